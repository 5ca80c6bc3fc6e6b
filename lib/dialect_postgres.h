/* dialect_postgres -- PostgreSQL: parts are read back, unpacked and sent with COPY. */
#ifndef RSLOAD_DIALECT_POSTGRES_H
#define RSLOAD_DIALECT_POSTGRES_H

#include "dialect.h"

extern const struct dialect dialect_postgres;

#endif
