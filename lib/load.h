/* load -- a staged load goes into the warehouse, all of it and once. */
#ifndef RSLOAD_LOAD_H
#define RSLOAD_LOAD_H

#include "bytes.h"
#include "error.h"
#include "inventory.h"

struct progress;
struct target;

/* What to load; borrowed for the call. */
struct load_job {
    const struct inventory *inventory;
    const struct store_place *staging; /* the load's own folder */
    bool has_manifests;                /* they are staged already (--load-only) */
    struct progress *progress;         /* may be NULL */
};

/* What became of one table. */
struct load_table {
    struct span name;
    uint64_t rows;       /* that are in it now */
    uint64_t duplicates; /* staged rows left out, and older rows of their ids deleted */
    size_t new_columns;
    bool is_new;
};

enum load_outcome {
    LOAD_DONE,
    LOAD_ALREADY, /* the ledger has this load, or all of its objects */
};

/* What came of it; all in the arena. */
struct load_report {
    enum load_outcome outcome;
    struct load_table
        *tables; /* in the order of the inventory's; users is not among them */
    size_t table_count;
    uint64_t rows;          /* over all tables */
    uint64_t duplicates;    /* likewise */
    uint64_t replaced_rows; /* of earlier loads of the window, deleted */
    uint64_t users;         /* rows of users that were made or renewed */
    int attempts;           /* of the transaction: 1 when nothing came between */
};

/*
 * Load: manifests, DDL, then one transaction with the lock, the ledger, every COPY, the
 * dedupe, users and the ledger's row. A transaction that met another one is run again, and
 * so is one whose connection was lost; lost while it committed, the ledger tells.
 * On failure nothing of the load is in the warehouse; new tables and columns may be.
 * Ownership: `ret` lies in `arena`.
 * Errors: ERROR_BUSY: another run holds the lock for too long, loaded part of the
 * window meanwhile, or attempts are spent; ERROR_DENIED with the GRANT to run;
 * ERROR_WAREHOUSE naming the statement or the part, line, column and value;
 * ERROR_UNREACHABLE; as store_put; the reason of stop.
 */
int load_run(struct target *target, const struct load_job *job, struct arena *arena,
             struct load_report *ret, struct error *err) MUST_CHECK;

/*
 * What load_run would send: every DDL and COPY statement, one text each, secrets masked.
 * Only the catalog is read. `ret_tables` are as in struct load_report, with the rows
 * staged. Ownership: in `arena`. Errors: as plan_make and pg_ask.
 */
int load_dry(struct target *target, const struct load_job *job, struct arena *arena,
             struct span **ret, size_t *ret_count, struct load_table **ret_tables,
             struct error *err) MUST_CHECK;

#endif
