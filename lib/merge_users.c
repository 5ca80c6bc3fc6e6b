#include "merge.h"

#include "dialect.h"
#include "pg.h"
#include "target.h"
#include "window.h"

/* The columns of users that are not folded: id, and what says which load it was. */
static bool
is_folded(struct span name)
{
    return !span_equal(name, SPAN("id")) && !span_equal(name, SPAN("uuid_ts")) &&
           !span_equal(name, SPAN("load_id"));
}

/* A name like `base` that no column of users has. */
static int
free_name(const struct table *users, const char *base, struct arena *arena,
          struct span *ret, struct error *err)
{
    struct text name = {0};
    int rc;

    text_add_string(&name, base);
    while (table_find(users, text_span(&name)) != SIZE_MAX && !name.is_failed)
        text_add_char(&name, '_');
    rc = text_check(&name, err);
    if (rc == 0)
        rc = arena_copy(arena, text_span(&name), ret, err);
    text_release(&name);
    return rc;
}

/* Append `FROM identifies WHERE ...`: this load's rows that tell of a user. */
static void
add_source(struct target *target, const struct merge_users *u, struct text *sql)
{
    text_add_string(sql, " FROM ");
    text_add(sql, u->from);
    text_add_string(sql, " WHERE \"user_id\" IS NOT NULL AND \"load_id\" = ");
    pg_add_literal(target->pg, u->load_id, sql);
}

/* Append a column of identifies in the type that users have: the same, or text. */
static void
add_cast(const struct merge_users *u, const struct column *column, struct text *sql)
{
    size_t at = table_find(u->identifies, column->name);
    enum column_type type = at != SIZE_MAX ? u->identifies->columns[at].type
                                           : column->type;

    if (type == column->type) {
        pg_add_name(column->name, sql);
    } else if (type == COLUMN_BOOLEAN) {
        /* Redshift casts no boolean to text */
        text_add_string(sql, "CASE WHEN ");
        pg_add_name(column->name, sql);
        text_add_string(sql, " THEN 'true' WHEN NOT ");
        pg_add_name(column->name, sql);
        text_add_string(sql, " THEN 'false' END");
    } else {
        text_add_string(sql, "CAST(");
        pg_add_name(column->name, sql);
        text_addf(sql, " AS VARCHAR(%u))", COLUMN_VARCHAR_MAX);
    }
}

/* Append the query of all that is known: the users' rows as they are, which come after
 * any event of the same moment, and the load's events. */
static void
add_history(struct target *target, const struct merge_users *u, struct span key,
            struct text *sql)
{
    text_add_string(sql, "SELECT \"id\", CAST('' AS VARCHAR(1)) AS ");
    pg_add_name(key, sql);
    for (size_t i = 0; i < u->users->column_count; i++) {
        if (!is_folded(u->users->columns[i].name))
            continue;
        text_add_string(sql, ", ");
        pg_add_name(u->users->columns[i].name, sql);
    }
    text_add_string(sql, " FROM ");
    target_add_table(target, u->users->name, sql);
    text_add_string(sql, " WHERE \"id\" IN (SELECT \"user_id\"");
    add_source(target, u, sql);
    text_add_string(sql, ") UNION ALL SELECT \"user_id\", \"id\"");
    for (size_t i = 0; i < u->users->column_count; i++) {
        if (!is_folded(u->users->columns[i].name))
            continue;
        text_add_string(sql, ", ");
        add_cast(u, &u->users->columns[i], sql);
    }
    add_source(target, u, sql);
}

/* Append the columns, with `before` in front of each but the first. */
static void
add_columns(const struct table *users, const char *before, struct text *sql)
{
    for (size_t i = 0; i < users->column_count; i++) {
        if (i > 0)
            text_add_string(sql, before);
        pg_add_name(users->columns[i].name, sql);
    }
}

/* Append the INSERT around the fold: what it folds, and what says which load it was. */
static void
add_insert(struct target *target, const struct merge_users *u,
           const struct dialect_fold *fold, struct text *sql)
{
    char uuid_ts[20];

    window_timestamp(u->uuid_ts_s, uuid_ts);
    text_add_string(sql, "INSERT INTO ");
    pg_add_name(u->fold, sql);
    text_add_string(sql, " (");
    add_columns(u->users, ", ", sql);
    text_add_string(sql, ") SELECT ");
    for (size_t i = 0; i < u->users->column_count; i++) {
        struct span name = u->users->columns[i].name;

        if (i > 0)
            text_add_string(sql, ", ");
        if (span_equal(name, SPAN("uuid_ts")))
            text_addf(sql, "TIMESTAMP '%s'", uuid_ts);
        else if (span_equal(name, SPAN("load_id")))
            pg_add_literal(target->pg, u->load_id, sql);
        else
            pg_add_name(name, sql);
    }
    text_add_string(sql, " FROM (");
    target->dialect->fold(fold, sql);
    text_add_string(sql, ") AS \"newest\"");
}

int
merge_add_fold(struct target *target, const struct merge_users *users,
               struct arena *arena, struct text *sql, struct error *err)
{
    struct span *columns = arena_array(arena, users->users->column_count,
                                       sizeof *columns);
    struct dialect_fold fold = {.columns = columns};
    struct text history = {0};
    int rc = -1;

    if (columns == NULL)
        return error_no_memory(err);
    if (free_name(users->users, "rsload_key", arena, &fold.key, err) ||
        free_name(users->users, "rsload_rank", arena, &fold.rank, err))
        return -1;
    for (size_t i = 0; i < users->users->column_count; i++)
        if (is_folded(users->users->columns[i].name))
            columns[fold.column_count++] = users->users->columns[i].name;
    add_history(target, users, fold.key, &history);
    if (text_check(&history, err))
        goto out;
    fold.history = text_span(&history);
    add_insert(target, users, &fold, sql);
    rc = text_check(sql, err);
out:
    text_release(&history);
    return rc;
}

void
merge_add_update(struct target *target, const struct merge_users *users,
                 struct text *sql)
{
    const char *before = " SET ";

    text_add_string(sql, "UPDATE ");
    target_add_table(target, users->users->name, sql);
    for (size_t i = 0; i < users->users->column_count; i++) {
        struct span name = users->users->columns[i].name;

        if (span_equal(name, SPAN("id")))
            continue;
        text_add_string(sql, before);
        pg_add_name(name, sql);
        text_add_string(sql, " = ");
        pg_add_name(users->fold, sql);
        text_add_char(sql, '.');
        pg_add_name(name, sql);
        before = ", ";
    }
    text_add_string(sql, " FROM ");
    pg_add_name(users->fold, sql);
    text_add_string(sql, " WHERE ");
    target_add_table(target, users->users->name, sql);
    text_add_string(sql, ".\"id\" = ");
    pg_add_name(users->fold, sql);
    text_add_string(sql, ".\"id\"");
}

void
merge_add_arrivals(struct target *target, const struct merge_users *users,
                   struct text *sql)
{
    text_add_string(sql, "INSERT INTO ");
    target_add_table(target, users->users->name, sql);
    text_add_string(sql, " (");
    add_columns(users->users, ", ", sql);
    text_add_string(sql, ") SELECT ");
    add_columns(users->users, ", ", sql);
    text_add_string(sql, " FROM ");
    pg_add_name(users->fold, sql);
    text_add_string(sql, " WHERE NOT EXISTS (SELECT 1 FROM ");
    target_add_table(target, users->users->name, sql);
    text_add_string(sql, " AS \"there\" WHERE \"there\".\"id\" = ");
    pg_add_name(users->fold, sql);
    text_add_string(sql, ".\"id\")");
}
