/* plan_want -- the tables and columns that a load needs, whatever is there; plan's own. */
#ifndef RSLOAD_PLAN_WANT_H
#define RSLOAD_PLAN_WANT_H

#include "bytes.h"
#include "column.h"
#include "inventory.h"

struct plan_want {
    struct table *tables; /* sorted by name */
    size_t table_count;
    struct table users; /* as in struct plan */
};

/*
 * The inventory's tables, the ledger, the lock, the discards, and users where there are
 * identifies. Ownership: `ret` lies in `arena` and borrows from both.
 */
int plan_want_make(const struct catalog *catalog, const struct inventory *inventory,
                   struct arena *arena, struct plan_want *ret,
                   struct error *err) MUST_CHECK;

#endif
