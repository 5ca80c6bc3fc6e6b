/* plan -- the difference between what the schema holds and what a load needs, as DDL. */
#ifndef RSLOAD_PLAN_H
#define RSLOAD_PLAN_H

#include "bytes.h"
#include "column.h"
#include "inventory.h"

struct target;

enum plan_kind {
    PLAN_CREATE_SCHEMA,
    PLAN_CREATE_TABLE,
    PLAN_ADD_COLUMN,
    PLAN_WIDEN, /* a VARCHAR becomes longer */
};

/* One statement. Each stands alone and may be left behind when the load then fails. */
struct plan_statement {
    enum plan_kind kind;
    struct span table;  /* empty for the schema */
    struct span column; /* of PLAN_ADD_COLUMN and PLAN_WIDEN */
    struct span sql;
};

/* What a load needs of one table, beyond what is there. */
struct plan_table {
    struct span name;
    size_t new_columns;
    bool is_new;
};

/* Ownership: all in the arena. Sorted by table, then in order of the columns. */
struct plan {
    struct plan_statement *statements;
    size_t statement_count;
    struct plan_table *tables; /* those of the inventory, in its order */
    size_t table_count;
    struct table
        users; /* users as it will be; no columns when there are no identifies */
};

/* The VARCHAR that holds `bytes`: 512, 1024, ... 32768, 65535. */
uint32_t plan_varchar(uint32_t bytes);

/*
 * Plan the DDL for `inventory` against `catalog`: schema, rsload's own tables, the tables
 * and columns of the load, `users` from the columns of identifies. Never a DROP, never a
 * narrowing; what is there stays as it is.
 * Ownership: `ret` lies in `arena` and borrows from both.
 * Errors: ERROR_BUSY when a column has become of another type since the rows were
 * staged; ERROR_WAREHOUSE when a view stands where a table is needed, or a table would
 * have over 1,600 columns.
 * Source: Database Developer Guide, CREATE TABLE, ALTER TABLE.
 */
int plan_make(struct target *target, const struct catalog *catalog,
              const struct inventory *inventory, struct arena *arena, struct plan *ret,
              struct error *err) MUST_CHECK;

/* Refuse a plan that has statements, saying what is missing: --ddl never.
 * Errors: ERROR_WAREHOUSE. */
int plan_check_empty(const struct plan *plan, struct error *err) MUST_CHECK;

/*
 * Run the plan's statements, each on its own. That somebody else was faster is no
 * failure: `*ret_again` then says that the catalog must be read and planned anew.
 * Errors: as pg_run, naming the statement, with the GRANT or ALTER to run as the hint.
 */
int plan_run(struct target *target, const struct plan *plan, bool *ret_again,
             struct error *err) MUST_CHECK;

#endif
