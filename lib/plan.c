#include "plan.h"

#include <stdlib.h>

#include "dialect.h"
#include "ledger.h"
#include "pg.h"
#include "plan_want.h"
#include "target.h"

/* A plan as it grows. */
struct builder {
    struct target *target;
    const struct catalog *catalog;
    struct arena *arena;
    struct plan *plan;
    size_t room;    /* of plan->statements */
    bool is_staged; /* the table at hand has rows that are staged already */
};

uint32_t
plan_varchar(uint32_t bytes)
{
    uint32_t size = 512;

    while (size < bytes && size < 32768)
        size *= 2;
    return size < bytes ? COLUMN_VARCHAR_MAX : size;
}

/* Add the statement `sql`, which is released. */
static int
add(struct builder *b, enum plan_kind kind, struct span table, struct span column,
    struct text *sql, struct error *err)
{
    struct plan_statement *statement = &b->plan->statements[b->plan->statement_count];
    int rc = text_check(sql, err);

    if (rc == 0 && b->plan->statement_count == b->room)
        rc = error_set(err, ERROR_BUG, "a plan of more than %zu statements", b->room);
    if (rc == 0)
        rc = arena_copy(b->arena, text_span(sql), &statement->sql, err);
    text_release(sql);
    if (rc != 0)
        return -1;
    statement->kind = kind;
    statement->table = table;
    statement->column = column;
    b->plan->statement_count++;
    return 0;
}

static void
add_column_text(const struct builder *b, const struct column *column, struct text *sql)
{
    pg_add_name(column->name, sql);
    text_add_char(sql, ' ');
    b->target->dialect->type(column->type, plan_varchar(column->max_bytes), sql);
}

/* Every column is nullable: a NOT NULL can never be taken back on Redshift. */
static int
create_table(struct builder *b, const struct table *want, struct error *err)
{
    struct text sql = {0};

    if (want->column_count > COLUMN_COUNT_MAX)
        return error_set(err, ERROR_WAREHOUSE, "table \"%.*s\" would have %zu columns",
                         SPAN_ARG(want->name), want->column_count);
    text_add_string(&sql, "CREATE TABLE IF NOT EXISTS ");
    target_add_table(b->target, want->name, &sql);
    text_add_string(&sql, " (");
    for (size_t i = 0; i < want->column_count; i++) {
        if (i > 0)
            text_add_string(&sql, ", ");
        add_column_text(b, &want->columns[i], &sql);
    }
    text_add_char(&sql, ')');
    b->target->dialect->keys(table_find(want, SPAN("id")) != SIZE_MAX,
                             table_find(want, SPAN("received_at")) != SIZE_MAX, &sql);
    return add(b, PLAN_CREATE_TABLE, want->name, (struct span){0}, &sql, err);
}

static int
add_column(struct builder *b, const struct table *want, const struct column *column,
           struct error *err)
{
    struct text sql = {0};

    text_add_string(&sql, "ALTER TABLE ");
    target_add_table(b->target, want->name, &sql);
    text_add_string(&sql, " ADD COLUMN ");
    add_column_text(b, column, &sql);
    return add(b, PLAN_ADD_COLUMN, want->name, column->name, &sql, err);
}

static int
widen(struct builder *b, const struct table *want, const struct column *column,
      struct error *err)
{
    struct text sql = {0};

    text_add_string(&sql, "ALTER TABLE ");
    target_add_table(b->target, want->name, &sql);
    text_add_string(&sql, " ALTER COLUMN ");
    pg_add_name(column->name, &sql);
    text_add_string(&sql, " TYPE ");
    b->target->dialect->type(COLUMN_VARCHAR, plan_varchar(column->max_bytes), &sql);
    return add(b, PLAN_WIDEN, want->name, column->name, &sql, err);
}

/* The column is there: is it as it was when the rows were staged, and long enough? */
static int
check_column(struct builder *b, const struct table *want, const struct column *column,
             const struct column *there, struct error *err)
{
    if (there->type != column->type && !b->is_staged)
        return error_set(err, ERROR_WAREHOUSE,
                         "column \"%.*s\" of \"%.*s\" is %.*s, but must be %s",
                         SPAN_ARG(column->name), SPAN_ARG(want->name),
                         SPAN_ARG(there->type_text), column_type_name(column->type));
    if (there->type != column->type) {
        (void)error_set(err, ERROR_BUSY,
                        "column \"%.*s\" of \"%.*s\" is %.*s, but the "
                        "rows were staged for %s",
                        SPAN_ARG(column->name), SPAN_ARG(want->name),
                        SPAN_ARG(there->type_text), column_type_name(column->type));
        return error_hint(err, "somebody changed the table meanwhile: run again");
    }
    if (there->type == COLUMN_VARCHAR && there->max_bytes < column->max_bytes &&
        there->max_bytes < plan_varchar(column->max_bytes))
        return widen(b, want, column, err);
    return 0;
}

/* Plan one table; how many columns it lacks goes into `ret_new`. */
static int
plan_table(struct builder *b, const struct table *want, size_t *ret_new,
           struct error *err)
{
    const struct table *there = catalog_find(b->catalog, want->name);
    size_t added = 0;

    *ret_new = want->column_count;
    if (there == NULL)
        return create_table(b, want, err);
    if (there->is_view) {
        (void)error_set(err, ERROR_WAREHOUSE, "\"%.*s\" is no table that can be loaded",
                        SPAN_ARG(want->name));
        return error_hint(err, "rename the view, or load into another schema");
    }
    for (size_t i = 0; i < want->column_count; i++) {
        const struct column *column = &want->columns[i];
        size_t at = table_find(there, column->name);

        if (at == SIZE_MAX) {
            added++;
            if (add_column(b, want, column, err))
                return -1;
        } else if (check_column(b, want, column, &there->columns[at], err))
            return -1;
    }
    if (there->column_count + added > COLUMN_COUNT_MAX && added > 0)
        return error_set(err, ERROR_WAREHOUSE,
                         "table \"%.*s\" has %zu columns and would need %zu more, over "
                         "the %u that a table can have",
                         SPAN_ARG(want->name), there->column_count, added,
                         COLUMN_COUNT_MAX);
    *ret_new = added;
    return 0;
}

static int
create_schema(struct builder *b, struct error *err)
{
    struct text sql = {0};

    text_add_string(&sql, "CREATE SCHEMA IF NOT EXISTS ");
    pg_add_name(text_span(&b->target->schema), &sql);
    return add(b, PLAN_CREATE_SCHEMA, (struct span){0}, (struct span){0}, &sql, err);
}

/* Note for the report what a table of the inventory lacks. */
static void
note_table(struct builder *b, const struct inventory *inventory,
           const struct table *want, size_t new_columns)
{
    for (size_t i = 0; i < inventory->table_count; i++) {
        if (!span_equal(inventory->tables[i].name, want->name))
            continue;
        b->plan->tables[i].new_columns = new_columns;
        b->plan->tables[i].is_new = catalog_find(b->catalog, want->name) == NULL;
    }
}

static bool
is_staged(const struct inventory *inventory, struct span name)
{
    for (size_t i = 0; i < inventory->table_count; i++)
        if (span_equal(inventory->tables[i].name, name))
            return true;
    return false;
}

/* One statement a table or column at most, and the schema's. */
static int
make_room(struct builder *b, const struct plan_want *want,
          const struct inventory *inventory, struct error *err)
{
    b->room = 1;
    for (size_t i = 0; i < want->table_count; i++)
        b->room += 1 + want->tables[i].column_count;
    b->plan->statements = arena_array(b->arena, b->room, sizeof *b->plan->statements);
    b->plan->table_count = inventory->table_count;
    b->plan->tables = arena_array(b->arena, inventory->table_count,
                                  sizeof *b->plan->tables);
    if (b->plan->statements == NULL || b->plan->tables == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < inventory->table_count; i++)
        b->plan->tables[i].name = inventory->tables[i].name;
    return 0;
}

int
plan_make(struct target *target, const struct catalog *catalog,
          const struct inventory *inventory, struct arena *arena, struct plan *ret,
          struct error *err)
{
    struct plan plan = {0};
    struct builder b = {
        .target = target, .catalog = catalog, .arena = arena, .plan = &plan};
    struct plan_want want = {0};

    if (plan_want_make(catalog, inventory, arena, &want, err) ||
        make_room(&b, &want, inventory, err))
        return -1;
    if (!catalog->has_schema && create_schema(&b, err))
        return -1;
    for (size_t i = 0; i < want.table_count; i++) {
        size_t new_columns;

        b.is_staged = is_staged(inventory, want.tables[i].name);
        if (plan_table(&b, &want.tables[i], &new_columns, err))
            return -1;
        note_table(&b, inventory, &want.tables[i], new_columns);
    }
    plan.users = want.users;
    *ret = plan;
    return 0;
}

int
plan_check_empty(const struct plan *plan, struct error *err)
{
    const struct plan_statement *first = plan->statements;

    if (plan->statement_count == 0)
        return 0;
    if (first->kind == PLAN_CREATE_SCHEMA)
        (void)error_set(err, ERROR_WAREHOUSE, "the schema is missing");
    else if (first->kind == PLAN_CREATE_TABLE)
        (void)error_set(err, ERROR_WAREHOUSE, "table \"%.*s\" is missing",
                        SPAN_ARG(first->table));
    else
        (void)error_set(err, ERROR_WAREHOUSE, "column \"%.*s\" of \"%.*s\" is %s",
                        SPAN_ARG(first->column), SPAN_ARG(first->table),
                        first->kind == PLAN_WIDEN ? "too short" : "missing");
    (void)error_in(err, "--ddl never, but %zu statement%s would have to be run",
                   plan->statement_count, plan->statement_count == 1 ? "" : "s");
    return error_hint(err, "--dry-run prints them; the first is: %.*s",
                      SPAN_ARG(first->sql));
}
