/* catalog -- what a schema of the warehouse holds, read with one query. */
#ifndef RSLOAD_CATALOG_H
#define RSLOAD_CATALOG_H

#include "bytes.h"
#include "column.h"

struct target;

/*
 * Read the tables, views and columns of the target's schema. A schema that is not there
 * gives an empty catalog. Ownership: `ret` lies in `arena`. Errors: as pg_ask.
 * Columns of a view are there as far as the server tells them.
 */
int catalog_read(struct target *target, struct arena *arena, struct catalog *ret,
                 struct error *err) MUST_CHECK;

#endif
