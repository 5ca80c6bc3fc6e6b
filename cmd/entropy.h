/* entropy -- random bytes of the kind nobody can guess. */
#ifndef RSLOAD_ENTROPY_H
#define RSLOAD_ENTROPY_H

#include <stddef.h>

#include "error.h"

/* Fill `to` with up to 256 random bytes. Errors: ERROR_IO when the system has none. */
int entropy_fill(void *to, size_t size, struct error *err) MUST_CHECK;

#endif
