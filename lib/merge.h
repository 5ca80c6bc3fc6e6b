/* merge -- rows of one id become one: the SQL of --dedupe and of the table users. */
#ifndef RSLOAD_MERGE_H
#define RSLOAD_MERGE_H

#include "bytes.h"
#include "column.h"

struct target;

/* One table of a load. */
struct merge {
    const struct table *table; /* the inventory's: its columns are what is loaded */
    struct span stage;         /* the temporary table with the load's rows; unquoted */
    struct span load_id;
};

/* Append CREATE TEMP TABLE `stage`, like `table`. */
void merge_add_stage(struct target *target, struct span table, struct span stage,
                     struct text *sql);

/* Append the query that tells the stage's oldest and newest received_at. */
void merge_add_survey(const struct merge *merge, struct text *sql);

/*
 * Append the DELETE of rows that have an id of the stage and were received within `days`
 * of its row; `oldest` and `newest` bound the search (of merge_add_survey).
 */
void merge_add_delete(struct target *target, const struct merge *merge, unsigned days,
                      struct span oldest, struct span newest, struct text *sql);

/* Append the INSERT of the stage's rows, of each id the newest. Rows without an id all
 * go in. */
void merge_add_insert(struct target *target, const struct merge *merge,
                      struct text *sql);

/*
 * For --dedupe window, whose rows went straight into the table: append the query that
 * tells how many rows of the load are one too many; the INSERT of the rows to keep
 * into `stage`, of ids that are there more than once; the DELETE of all rows of these.
 * merge_add_insert then brings back those to keep.
 */
void merge_add_surplus(struct target *target, const struct merge *merge,
                       struct text *sql);
void merge_add_keep(struct target *target, const struct merge *merge, struct text *sql);
void merge_add_purge(struct target *target, const struct merge *merge,
                     struct text *sql);

/*
 * The table users. `users` are the columns to renew (of struct plan), `identifies` the
 * load's columns; `from` is where this load's identifies are (as SQL); `fold` a temporary
 * table like users.
 */
struct merge_users {
    const struct table *users;
    const struct table *identifies;
    struct span from;
    struct span fold;
    struct span load_id;
    int64_t uuid_ts_s; /* when the load began */
};

/*
 * Append the INSERT into the fold: one row a user of this load, for each column the
 * newest value that is not NULL, over the row there and the load's, by (received_at, id).
 * Columns of users that the load does not have are left alone.
 * Ownership: scratch memory from `arena`. Errors: ERROR_IO.
 */
int merge_add_fold(struct target *target, const struct merge_users *users,
                   struct arena *arena, struct text *sql, struct error *err) MUST_CHECK;

/* Append the UPDATE of the users that are there, and the INSERT of those who are not. */
void merge_add_update(struct target *target, const struct merge_users *users,
                      struct text *sql);
void merge_add_arrivals(struct target *target, const struct merge_users *users,
                        struct text *sql);

#endif
