/* shelf -- the tables of a run as they grow: their columns, their open parts, the memory. */
#ifndef RSLOAD_SHELF_H
#define RSLOAD_SHELF_H

#include <pthread.h>
#include <stdatomic.h>

#include "bytes.h"
#include "column.h"
#include "inventory.h"
#include "pack.h"
#include "standard.h"

/* The most tables of one run: what a Redshift cluster of the smallest kind can hold. */
#define SHELF_TABLE_MAX 9900

/* A column of a table as it grows. All but `name`, `type`, `role`, `is_existing` and
 * `existing_bytes` (fixed when it is added) is guarded by the table's lock. */
struct shelf_column {
    struct span name;
    enum column_type type; /* existing: the warehouse's; new: VARCHAR until the end */
    enum standard role;    /* STANDARD_NONE: a property */
    bool is_existing;
    uint32_t existing_bytes; /* existing VARCHAR: its declared length */
    uint32_t longest;        /* bytes of the longest value */
    unsigned classes;        /* enum value_class, joined */
    uint64_t values;
};

/* What a worker saw in a column since it told last. */
struct shelf_seen {
    uint32_t longest;
    uint32_t values;
    uint8_t classes;
};

/* A part that is open: slices may still be added. */
struct shelf_part {
    struct shelf_part *next;
    size_t column_count;
    struct packed packed;
};

/*
 * One table. Columns are only ever appended, so a list of them is a number: how many.
 * Shared by all workers.
 */
struct shelf_table {
    struct span name;
    enum table_kind kind;
    uint32_t index;       /* in order of the tables' making */
    pthread_mutex_t lock; /* guards what follows */
    struct shelf_column *columns;
    size_t column_count;
    size_t column_room;
    struct shelf_part *parts; /* those that nobody holds */
    uint32_t part_number;
};

/*
 * All tables of a run, and one budget for the memory of all rows and parts.
 * Locks: the shelf's, then one table's; never two tables'.
 */
struct shelf;

/* Ownership: the caller's, until shelf_free. `catalog` outlives it. */
int shelf_new(const struct catalog *catalog, uint64_t budget_bytes, struct shelf **ret,
              struct error *err) MUST_CHECK;
void shelf_free(struct shelf *shelf);

/*
 * The table `name`, made when it is new: with the warehouse's columns where it has that
 * table, then the standard columns of its `kind` that are missing.
 * Ownership: the shelf's; valid as long as it is.
 * Errors: ERROR_DATA beyond SHELF_TABLE_MAX; ERROR_IO out of memory.
 */
int shelf_open(struct shelf *shelf, enum table_kind kind, struct span name,
               struct shelf_table **ret, struct error *err) MUST_CHECK;

/*
 * The index of the column `name` in `table`, added when it is new; SIZE_MAX when it is
 * new and the table is full (COLUMN_COUNT_NEW).
 */
int shelf_column(struct shelf *shelf, struct shelf_table *table, struct span name,
                 size_t *ret, struct error *err) MUST_CHECK;

/* Join what a worker saw into the table's columns: `seen` holds `count` of them. */
void shelf_merge_columns(struct shelf_table *table, const struct shelf_seen *seen,
                         size_t count);

/* How many columns the table has now. */
size_t shelf_column_count(struct shelf_table *table);

/* Copy the columns `from` .. `until` - 1 into `ret`. */
void shelf_copy_columns(struct shelf_table *table, size_t from, size_t until,
                        struct shelf_column *ret);

/*
 * Take an open part with that column list off the table, or a new one when none is free.
 * Ownership: the caller's alone, until shelf_return_part or packed_release and free.
 */
int shelf_take_part(struct shelf_table *table, size_t column_count,
                    struct shelf_part **ret, struct error *err) MUST_CHECK;

/* Put an open part back for others. */
void shelf_return_part(struct shelf_table *table, struct shelf_part *part);

/* Take the fullest open part of all tables, with its table; NULL when there is none. */
struct shelf_part *shelf_take_fullest(struct shelf *shelf, struct shelf_table **ret);

/* The next part number of a table, from 1. */
uint32_t shelf_part_number(struct shelf_table *table);

/* Count memory in (`bytes` > 0) and out. */
void shelf_charge(struct shelf *shelf, int64_t bytes);

/* Is more in use than the budget? */
bool shelf_is_full(const struct shelf *shelf);

/* The tables, in order of their making; only when no worker runs. */
size_t shelf_table_count(const struct shelf *shelf);
struct shelf_table *shelf_table_at(const struct shelf *shelf, size_t i);

#endif
