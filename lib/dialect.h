/* dialect -- what differs between the warehouses: types, DDL, COPY, and a few expressions. */
#ifndef RSLOAD_DIALECT_H
#define RSLOAD_DIALECT_H

#include "bytes.h"
#include "column.h"
#include "manifest.h"
#include "store.h"

struct target;

/* One step on its way into a table: the target itself, or a temporary one like it. */
struct dialect_copy {
    const struct step *step;
    struct span into; /* as SQL: "s"."t" */
    const struct store_place *staging;
    enum compress compress;
};

/*
 * One row an id out of many: for each of `columns` the newest value that is not NULL,
 * newest by received_at, then by `key`.
 */
struct dialect_fold {
    const struct span *columns;
    size_t column_count;
    struct span
        history;     /* as SQL: a query with "id", "received_at", `key` and `columns` */
    struct span key; /* the names of two columns that collide with none of `columns` */
    struct span rank;
};

/* The contracts are those of the wrappers in target.h, or stand here. */
struct dialect {
    const char *name; /* "redshift", "postgres" */

    /* SQL: the time now as a timestamp without zone, UTC, in an INSERT. */
    const char *clock;

    /* SQL over pg_attribute a: does the server fill the column when nobody else does? */
    const char *has_default;

    /* Are names folded to lower case even in quotes? */
    bool folds_names;

    /* Append the type of a column; `bytes` is the length of a VARCHAR. */
    void (*type)(enum column_type type, uint32_t bytes, struct text *sql);

    /* The type that format_type calls `text`, and a VARCHAR's length. */
    enum column_type (*type_find)(struct span text, uint32_t *ret_bytes);

    /* Append what stands behind the columns of CREATE TABLE: how rows are spread by `id`
     * and sorted by `received_at`, where the table has them. */
    void (*keys)(bool has_id, bool has_received_at, struct text *sql);

    /* Can COPY read what lies below `url`? */
    int (*check_staging)(const struct target *target, struct span url,
                         struct error *err);

    /*
     * Call `each` for every statement with which `copy` loads the step, secrets masked.
     * Nothing is sent.
     */
    int (*show)(struct target *target, const struct dialect_copy *copy,
                int (*each)(void *context, struct span sql, struct error *err),
                void *context, struct error *err);

    /* Load the step within the caller's transaction; how many rows it brought goes into
     * `ret_rows`. Errors: as pg_run, store_get and unpack_push, naming table and part. */
    int (*copy)(struct target *target, const struct dialect_copy *copy,
                uint64_t *ret_rows, struct error *err);

    /*
     * A COPY failed and was rolled back: put into `err` the part, line, column, value
     * and reason, when the server tells them. Never fails: `err` stays what it was then.
     */
    void (*explain)(struct target *target, const struct dialect_copy *copy,
                    struct error *err);

    /* Append a query that gives one row an id: "id", then the columns. */
    void (*fold)(const struct dialect_fold *fold, struct text *sql);
};

/* What the dialects share. The type in PostgreSQL's words, or COLUMN_OTHER; a VARCHAR
 * without a length is COLUMN_VARCHAR_MAX long. */
enum column_type dialect_type_find(struct span text, uint32_t *ret_bytes);

/* Append `("a", "b", ...)`: the columns of the step. */
void dialect_add_columns(const struct step *step, struct text *sql);

#endif
