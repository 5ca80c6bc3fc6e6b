#include "dialect_postgres.h"

#include <string.h>

#include "pg.h"
#include "target.h"
#include "unpack.h"

/* What of a bad value is shown. */
#define VALUE_SHOWN 100

static void
add_type(enum column_type type, uint32_t bytes, struct text *sql)
{
    static const char *const names[] = {
        [COLUMN_VARCHAR] = "VARCHAR",         [COLUMN_BIGINT] = "BIGINT",
        [COLUMN_DOUBLE] = "DOUBLE PRECISION", [COLUMN_BOOLEAN] = "BOOLEAN",
        [COLUMN_TIMESTAMP] = "TIMESTAMP",     [COLUMN_SUPER] = "JSON",
        [COLUMN_OTHER] = "VARCHAR",
    };

    text_add_string(sql, names[type]);
    if (type == COLUMN_VARCHAR)
        text_addf(sql, "(%u)", (unsigned)bytes);
}

/* A table has no keys here: indexes are the owner's affair. */
static void
add_keys(bool has_id, bool has_received_at, struct text *sql)
{
    (void)has_id;
    (void)has_received_at;
    (void)sql;
}

/* We read the parts ourselves, from wherever they are. */
static int
check_staging(const struct target *target, struct span url, struct error *err)
{
    (void)target;
    (void)url;
    (void)err;
    return 0;
}

static void
add_copy(const struct dialect_copy *copy, struct text *sql)
{
    text_add_string(sql, "COPY ");
    text_add(sql, copy->into);
    text_add_char(sql, ' ');
    dialect_add_columns(copy->step, sql);
    text_add_string(sql, " FROM STDIN WITH (FORMAT csv)");
}

/* One COPY a part, so that a bad line can be named. */
static int
show(struct target *target, const struct dialect_copy *copy,
     int (*each)(void *context, struct span sql, struct error *err), void *context,
     struct error *err)
{
    struct text sql = {0};
    int rc;

    (void)target;
    add_copy(copy, &sql);
    rc = text_check(&sql, err);
    for (size_t i = 0; i < copy->step->part_count && rc == 0; i++)
        rc = each(context, text_span(&sql), err);
    text_release(&sql);
    return rc;
}

static int
push_copy(void *context, struct span piece, struct error *err)
{
    return pg_copy_data(context, piece, err);
}

/* Read the part and send what is in it. */
static int
send_part(struct target *target, const struct dialect_copy *copy, struct store *store,
          struct unpack *unpack, const struct part *part, struct error *err)
{
    const struct object object = {.key = part->key, .size_bytes = part->size_bytes};

    unpack_begin(unpack, (struct sink){push_copy, target->pg});
    /* A plain part goes as it is: a CSV may begin with any bytes. */
    if (copy->compress == COMPRESS_NONE)
        return store_get(store, &object, (struct sink){push_copy, target->pg}, err);
    return store_get(store, &object, unpack_sink(unpack), err) ||
                   unpack_end(unpack, err)
               ? -1
               : 0;
}

/* "COPY t, line 2, column c: "abc"" without what we say ourselves. */
static int
explain_line(struct target *target, struct error *err)
{
    const struct pg_failure *f = pg_failure(target->pg);
    const char *line = strstr(f->context, ", line ");
    size_t length;

    if (line == NULL)
        return -1;
    length = strcspn(line + 2, "\n");
    return error_set(err, err->kind, "%.*s%s: %s (SQLSTATE %s)",
                     (int)(length > VALUE_SHOWN + 60 ? VALUE_SHOWN + 60 : length),
                     line + 2, length > VALUE_SHOWN + 60 ? "..." : "", f->message,
                     f->sqlstate);
}

static int
copy_part(struct target *target, const struct dialect_copy *copy, struct store *store,
          struct unpack *unpack, const struct part *part, uint64_t *rows,
          struct error *err)
{
    struct text sql = {0};
    uint64_t got = 0;
    int rc = -1;

    add_copy(copy, &sql);
    if (text_check(&sql, err) || pg_copy_begin(target->pg, text_span(&sql), err))
        goto out;
    if (send_part(target, copy, store, unpack, part, err)) {
        pg_copy_abort(target->pg);
        goto out;
    }
    if (pg_copy_end(target->pg, &got, err)) {
        (void)explain_line(target, err);
        goto out;
    }
    *rows += got;
    rc = 0;
out:
    text_release(&sql);
    if (rc != 0)
        return error_in(err, "COPY into \"%.*s\": part %.*s",
                        SPAN_ARG(copy->step->table->name), SPAN_ARG(part->key));
    return 0;
}

static int
run_copy(struct target *target, const struct dialect_copy *copy, uint64_t *ret_rows,
         struct error *err)
{
    struct store *store = NULL;
    struct unpack *unpack = NULL;
    uint64_t rows = 0;
    int rc = -1;

    if (store_open(copy->staging, &store, err) || unpack_new(&unpack, err))
        goto out;
    for (size_t i = 0; i < copy->step->part_count; i++)
        if (copy_part(target, copy, store, unpack, &copy->step->parts[i], &rows, err))
            goto out;
    *ret_rows = rows;
    rc = 0;
out:
    unpack_free(unpack);
    store_close(store);
    return rc;
}

/* Nothing to read back: the failure said it all. */
static void
explain(struct target *target, const struct dialect_copy *copy, struct error *err)
{
    (void)target;
    (void)copy;
    (void)err;
}

/* PostgreSQL has no IGNORE NULLS: the first of a sorted array that leaves NULLs out. */
static void
add_fold(const struct dialect_fold *fold, struct text *sql)
{
    text_add_string(sql, "SELECT \"id\"");
    for (size_t i = 0; i < fold->column_count; i++) {
        text_add_string(sql, ", (ARRAY_AGG(");
        pg_add_name(fold->columns[i], sql);
        text_add_string(sql, " ORDER BY \"received_at\" DESC NULLS LAST, ");
        pg_add_name(fold->key, sql);
        text_add_string(sql, " COLLATE \"C\" DESC) FILTER (WHERE ");
        pg_add_name(fold->columns[i], sql);
        text_add_string(sql, " IS NOT NULL))[1] AS ");
        pg_add_name(fold->columns[i], sql);
    }
    text_add_string(sql, " FROM (");
    text_add(sql, fold->history);
    text_add_string(sql, ") AS \"history\" GROUP BY \"id\"");
}

const struct dialect dialect_postgres = {
    .name = "postgres",
    .clock = "(now() AT TIME ZONE 'UTC')",
    .has_default = "a.atthasdef OR a.attidentity <> ''",
    .folds_names = false,
    .type = add_type,
    .type_find = dialect_type_find,
    .keys = add_keys,
    .check_staging = check_staging,
    .show = show,
    .copy = run_copy,
    .explain = explain,
    .fold = add_fold,
};
