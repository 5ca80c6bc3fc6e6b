/* transformed -- lines through one transformer, and the rows read back as cells. */
#ifndef RSLOAD_TRANSFORMED_H
#define RSLOAD_TRANSFORMED_H

/* The includer has cmocka's headers before this one. */
#include <stdlib.h>
#include <string.h>

#include "csv_reader.h"
#include "json_text.h"
#include "transform.h"
#include "utf8.h"

/* 2024-01-02T03:00:00Z: the window; its load began 1:05 hours later. */
#define TRANSFORMED_FROM_S INT64_C(1704164400)
#define TRANSFORMED_NOW_S  (TRANSFORMED_FROM_S + 3900)

/* A transformer and, after transformed_end, its tables. */
struct transformed {
    struct transform_options options;
    struct transform_origin origin;
    struct shelf *shelf;
    struct transform t;
    struct csv *tables; /* by the table's index */
    size_t table_count;
};

static const struct catalog transformed_no_catalog;

/* Begin with what the warehouse has (NULL: nothing). Options may be changed before. */
static inline void
transformed_begin_with(struct transformed *x, const struct catalog *catalog)
{
    struct error err;

    assert_int_equal(shelf_new(catalog != NULL ? catalog : &transformed_no_catalog,
                               UINT64_MAX / 4, &x->shelf, &err),
                     0);
    assert_int_equal(transform_init(&x->t, &x->options, x->shelf, &err), 0);
    transform_begin_object(&x->t);
}

static inline void
transformed_defaults(struct transformed *x)
{
    *x = (struct transformed){
        .options = {.window = {TRANSFORMED_FROM_S, TRANSFORMED_FROM_S + 3600},
                    .load_id = SPAN("01LOAD"),
                    .now_s = TRANSFORMED_NOW_S,
                    .depth_max = 64,
                    .paths_bytes = 1 << 20},
        .origin = {SPAN("a/b.gz"), TRANSFORMED_FROM_S + 60},
    };
}

static inline void
transformed_begin(struct transformed *x)
{
    transformed_defaults(x);
    transformed_begin_with(x, NULL);
}

/* Hand a line on, in a block of its own with nothing readable behind its pad. */
static inline enum transform_result
transformed_line(struct transformed *x, struct span text)
{
    char *line = malloc(text.length + EVENT_LINE_PAD);
    enum transform_result result;
    struct error err;

    assert_non_null(line);
    memcpy(line, text.data, text.length);
    memset(line + text.length, '"', EVENT_LINE_PAD);
    line[text.length] = '\n';
    assert_int_equal(transform_line(&x->t, (struct span){line, text.length}, &x->origin,
                                    &result, &err),
                     0);
    free(line);
    return result;
}

/* A line that must become rows. Single quotes stand for double ones, to be readable. */
static inline void
transformed_event(struct transformed *x, const char *json)
{
    struct text line = {0};

    text_add_string(&line, json);
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] == '\'')
            line.data[i] = '"';
    if (transformed_line(x, text_span(&line)) != TRANSFORM_LOADED)
        fail_msg("not loaded (%s): %s", x->t.reason != NULL ? x->t.reason : "", json);
    text_release(&line);
}

/* Nothing of a row may surprise COPY: as many cells as columns, UTF-8 without
 * U+0000, no longer than the column says. */
static inline void
transformed_check_row(const struct csv *csv, size_t row,
                      const struct shelf_column *columns, size_t column_count)
{
    assert_int_equal(csv_width(csv, row), column_count);
    for (size_t i = 0; i < column_count; i++) {
        const struct csv_cell *cell = csv_at(csv, row, i);

        assert_true(cell->length <= COLUMN_VARCHAR_MAX);
        assert_true(cell->length <= columns[i].longest);
        assert_true(utf8_is_valid(cell->data, cell->length));
        assert_null(memchr(cell->data, '\0', cell->length));
    }
}

static inline void
transformed_read(struct transformed *x, struct batch *batch, struct pack *pack)
{
    struct shelf_table *table = batch->table;
    struct shelf_column *columns;
    struct shelf_part *part;
    struct text all = {0};
    struct csv *csv = &x->tables[table->index];
    struct error err;

    assert_int_equal(batch_pack(batch, pack, true, &part, &err), 0);
    if (part == NULL)
        return;
    assert_int_equal(pack_end(pack, &part->packed, &err), 0);
    for (size_t i = 0; i < part->packed.piece_count; i++)
        text_add(&all, part->packed.pieces[i]);
    if (!csv_read(all.data, all.length, csv))
        fail_msg("%.*s: no CSV", SPAN_ARG(table->name));
    assert_int_equal(csv->row_count, part->packed.rows);
    assert_int_equal(part->column_count, table->column_count);
    columns = calloc(part->column_count, sizeof *columns);
    assert_non_null(columns);
    shelf_copy_columns(table, 0, part->column_count, columns);
    for (size_t i = 0; i < csv->row_count; i++)
        transformed_check_row(csv, i, columns, part->column_count);
    free(columns);
    text_release(&all);
    packed_release(&part->packed);
    free(part);
}

/* Every line and every value is somewhere. */
static inline void
transformed_check_account(const struct transformed *x)
{
    const struct counts *c = &x->t.counts;
    uint64_t rows = 0;

    for (size_t i = 0; i < x->table_count; i++)
        rows += x->tables[i].row_count;
    assert_int_equal(c->rows, rows);
    assert_int_equal(c->lines, c->events + c->rejected + c->filtered);
    assert_int_equal(c->values, c->cells + c->discards + c->nulls + c->merged);
}

/* No more lines: all rows are read back, and checked for what holds always. */
static inline void
transformed_end(struct transformed *x)
{
    struct pack *pack;
    struct error err;

    x->table_count = shelf_table_count(x->shelf);
    x->tables = calloc(x->table_count + 1, sizeof *x->tables);
    assert_non_null(x->tables);
    assert_int_equal(pack_new(COMPRESS_NONE, &pack, &err), 0);
    for (size_t i = 0; i < x->t.batch_room; i++)
        if (x->t.batches[i] != NULL)
            transformed_read(x, x->t.batches[i], pack);
    pack_free(pack);
    transformed_check_account(x);
}

static inline void
transformed_release(struct transformed *x)
{
    for (size_t i = 0; i < x->table_count; i++)
        csv_release(&x->tables[i]);
    free(x->tables);
    transform_release(&x->t);
    shelf_free(x->shelf);
}

/* The table's index, or SIZE_MAX. */
static inline size_t
transformed_table(const struct transformed *x, const char *table)
{
    for (size_t i = 0; i < x->table_count; i++)
        if (span_equal(shelf_table_at(x->shelf, i)->name, span_of(table)))
            return i;
    return SIZE_MAX;
}

static inline size_t
transformed_rows(const struct transformed *x, const char *table)
{
    size_t at = transformed_table(x, table);

    return at == SIZE_MAX ? 0 : x->tables[at].row_count;
}

/* The column's index, or SIZE_MAX. */
static inline size_t
transformed_column(const struct transformed *x, size_t table, const char *column)
{
    const struct shelf_table *t = shelf_table_at(x->shelf, table);

    for (size_t i = 0; i < t->column_count; i++)
        if (span_equal(t->columns[i].name, span_of(column)))
            return i;
    return SIZE_MAX;
}

/* Is there such a column? */
static inline bool
transformed_has(const struct transformed *x, const char *table, const char *column)
{
    size_t at = transformed_table(x, table);

    return at != SIZE_MAX && transformed_column(x, at, column) != SIZE_MAX;
}

/* The text of a cell; NULL when it is NULL. */
static inline const char *
transformed_cell(const struct transformed *x, const char *table, size_t row,
                 const char *column)
{
    size_t at = transformed_table(x, table);
    size_t c = at != SIZE_MAX ? transformed_column(x, at, column) : SIZE_MAX;
    const struct csv_cell *cell;

    if (c == SIZE_MAX)
        fail_msg("no column %s.%s", table, column);
    if (row >= x->tables[at].row_count)
        fail_msg("%s has no row %zu", table, row);
    cell = csv_at(&x->tables[at], row, c);
    return csv_is_null(cell) ? NULL : cell->data;
}

/* The cell must be `text` (NULL: NULL). */
static inline void
transformed_expect(const struct transformed *x, const char *table, size_t row,
                   const char *column, const char *text)
{
    const char *got = transformed_cell(x, table, row, column);

    if ((got == NULL) != (text == NULL) ||
        (got != NULL && text != NULL && strcmp(got, text) != 0))
        fail_msg("%s[%zu].%s is %s, not %s", table, row, column,
                 got != NULL ? got : "NULL", text != NULL ? text : "NULL");
}

/* One row of the discards: what, where, why. */
static inline void
transformed_expect_discard(const struct transformed *x, size_t row, const char *table,
                           const char *column, const char *value, const char *reason)
{
    transformed_expect(x, "rsload_discards", row, "table_name", table);
    transformed_expect(x, "rsload_discards", row, "column_name", column);
    transformed_expect(x, "rsload_discards", row, "column_value", value);
    transformed_expect(x, "rsload_discards", row, "reason", reason);
}

#endif
