/* store_stdin -- standard input as a store of one object, to be read once. */
#ifndef RSLOAD_STORE_STDIN_H
#define RSLOAD_STORE_STDIN_H

#include "bytes.h"
#include "stop.h"
#include "store.h"

/* Outlives the place. `fd` is 0 but in tests. */
struct store_stdin_config {
    int fd;
    struct stop *stop;
};

/* The place "-": its one object has the key "-" and no known size; put and drop are
 * refused (ERROR_USAGE). Ownership: `config` is borrowed. */
struct store_place store_stdin_place(const struct store_stdin_config *config);

#endif
