#include "catalog.h"

#include <stdlib.h>

#include "dialect.h"
#include "pg.h"
#include "target.h"

/* The columns of the question, in order. */
enum { TABLE, KIND, COLUMN, TYPE, NOT_NULL, DEFAULT };

/*
 * One question for all: the schema alone gives a row of NULLs, a table without columns
 * (a view that is bound late) one with its name. Good on PostgreSQL and Redshift, where
 * it runs on the leader; names are sorted here, since the server's order may not be
 * bytewise.
 */
static void
add_question(struct target *target, struct text *sql)
{
    text_addf(sql,
              "SELECT c.relname, c.relkind, a.attname,"
              " format_type(a.atttypid, a.atttypmod), a.attnotnull, %s",
              target->dialect->has_default);
    text_add_string(sql, " FROM pg_catalog.pg_namespace n"
                         " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid"
                         " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
                         " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
                         " AND a.attnum > 0 AND NOT a.attisdropped"
                         " WHERE n.nspname = ");
    pg_add_literal(target->pg, text_span(&target->schema), sql);
    text_add_string(sql, " ORDER BY c.relname, a.attnum");
}

static bool
is_true(struct span cell)
{
    return span_equal(cell, SPAN("t")) || span_equal(cell, SPAN("true"));
}

/* Read the column in `row`. */
static int
read_column(const struct target *target, const struct pg_rows *rows, size_t row,
            struct arena *arena, struct column *ret, struct error *err)
{
    if (arena_copy(arena, pg_rows_cell(rows, row, COLUMN), &ret->name, err) ||
        arena_copy(arena, pg_rows_cell(rows, row, TYPE), &ret->type_text, err))
        return -1;
    ret->type = target->dialect->type_find(ret->type_text, &ret->max_bytes);
    ret->is_not_null = is_true(pg_rows_cell(rows, row, NOT_NULL));
    ret->has_default = is_true(pg_rows_cell(rows, row, DEFAULT));
    return 0;
}

/* Read the table whose `count` rows begin at `first`. */
static int
read_table(const struct target *target, const struct pg_rows *rows, size_t first,
           size_t count, struct arena *arena, struct table *ret, struct error *err)
{
    struct span kind = pg_rows_cell(rows, first, KIND);

    ret->is_view = !span_equal(kind, SPAN("r")) && !span_equal(kind, SPAN("p"));
    ret->columns = arena_array(arena, count, sizeof *ret->columns);
    if (ret->columns == NULL)
        return error_no_memory(err);
    for (size_t i = first; i < first + count; i++) {
        if (pg_rows_cell(rows, i, COLUMN).data == NULL)
            continue;
        if (read_column(target, rows, i, arena, &ret->columns[ret->column_count], err))
            return -1;
        ret->column_count++;
    }
    return arena_copy(arena, pg_rows_cell(rows, first, TABLE), &ret->name, err);
}

/* How many rows from `first` on are of its table. */
static size_t
count_rows(const struct pg_rows *rows, size_t first)
{
    struct span name = pg_rows_cell(rows, first, TABLE);
    size_t end = first + 1;

    while (end < pg_rows_count(rows) &&
           span_equal(pg_rows_cell(rows, end, TABLE), name))
        end++;
    return end - first;
}

static int
compare_tables(const void *a, const void *b)
{
    return span_compare(((const struct table *)a)->name,
                        ((const struct table *)b)->name);
}

static int
read_tables(const struct target *target, const struct pg_rows *rows,
            struct arena *arena, struct catalog *ret, struct error *err)
{
    size_t count = 0;
    size_t first;

    ret->has_schema = pg_rows_count(rows) > 0;
    for (first = 0; first < pg_rows_count(rows); first += count_rows(rows, first))
        count++;
    ret->tables = arena_array(arena, count, sizeof *ret->tables);
    if (ret->tables == NULL)
        return error_no_memory(err);
    for (first = 0; first < pg_rows_count(rows); first += count) {
        count = count_rows(rows, first);
        if (pg_rows_cell(rows, first, TABLE).data == NULL)
            continue;
        if (read_table(target, rows, first, count, arena,
                       &ret->tables[ret->table_count], err))
            return -1;
        ret->table_count++;
    }
    qsort(ret->tables, ret->table_count, sizeof *ret->tables, compare_tables);
    return 0;
}

int
catalog_read(struct target *target, struct arena *arena, struct catalog *ret,
             struct error *err)
{
    struct text sql = {0};
    struct pg_rows *rows = NULL;
    struct catalog catalog = {0};
    int rc;

    add_question(target, &sql);
    rc = target_ask(target, &sql, &rows, err);
    if (rc == 0)
        rc = read_tables(target, rows, arena, &catalog, err);
    text_release(&sql);
    pg_rows_free(rows);
    if (rc != 0)
        return error_in(err, "read the tables of schema \"%.*s\"",
                        SPAN_ARG(text_span(&target->schema)));
    *ret = catalog;
    return 0;
}
