#include "row.h"

#include <string.h>

#include "route.h"
#include "value.h"

/* What a cast or a normalised time takes at most, a comma, two quotes. */
#define COLUMN_ROOM 40

/* A row while it is written. */
struct row {
    struct transform *t;
    struct batch *batch;
    char *to;
    bool has_slots; /* false: a row of the discards */
    struct row_counts *counts;
    struct error *err;
};

/* The most bytes that the event's row can take. Text doubles when it is all quotes; a byte
 * that is not UTF-8 becomes three. */
static size_t
row_room(const struct transform *t, const struct batch *batch, size_t text_bytes)
{
    size_t factor = t->event.flags & CELL_BROKEN ? 6 : 2;
    size_t standard = 0;

    for (size_t i = 0; i < STANDARD_COUNT; i++)
        standard += VALUE_CSV_ROOM(t->standard[i].text.length);
    return text_bytes * factor + standard + (batch->column_count + 1) * COLUMN_ROOM;
}

static void
note(struct row *row, size_t column, struct span text, unsigned class)
{
    struct shelf_seen *seen = &row->batch->seen[column];

    seen->classes |= (uint8_t) class;
    seen->values++;
    if (text.length > seen->longest)
        seen->longest = (uint32_t)text.length;
}

static struct span
column_name(const struct row *row, size_t column)
{
    struct shelf_column known;

    shelf_copy_columns(row->batch->table, column, column + 1, &known);
    return known.name;
}

/* Keep a value that the column does not take, or not whole, in the discards. Those of the
 * discards themselves are cut without more ado. */
static int
discard(struct row *row, size_t column, struct span plain, const char *reason)
{
    if (!row->has_slots)
        return 0;
    return row_discard(row->t, row->batch->table->name, column_name(row, column), plain,
                       reason, row->err);
}

/* Cut text to what a VARCHAR can hold. */
static int
cut(struct row *row, size_t column, struct span *text)
{
    if (text->length <= COLUMN_VARCHAR_MAX)
        return 0;
    row->counts->truncated++;
    if (discard(row, column, *text, ROW_TRUNCATED))
        return -1;
    *text = value_cut(*text, COLUMN_VARCHAR_MAX);
    return 0;
}

static void
put(struct row *row, struct span text, bool is_quoted, bool is_simple)
{
    if (!is_quoted) {
        memcpy(row->to, text.data, text.length);
        row->to += text.length;
    } else if (is_simple) {
        row->to = value_csv_simple(row->to, text);
    } else {
        row->to = value_csv(row->to, text);
    }
}

/* A standard column that somebody made with another type takes what casts exactly. */
static int
put_cast_standard(struct row *row, size_t column, const struct standard_value *value)
{
    static const struct cell none = {.kind = CELL_NULL};
    enum value_class class = value->is_quoted ? VALUE_TEXT : VALUE_TIME;
    char room[VALUE_CAST_ROOM];
    struct span text;

    if (!value_cast((enum column_type)row->batch->columns[column].type, class, &none,
                    value->text, room, &text)) {
        row->counts->values++; /* standard values count when they are discarded only */
        row->counts->discards++;
        return discard(row, column, value->text, ROW_TYPE_CONFLICT);
    }
    note(row, column, text, class);
    put(row, text, true, false);
    return 0;
}

static int
put_standard(struct row *row, size_t column)
{
    const struct batch_column *known = &row->batch->columns[column];
    const struct standard_value *value = &row->t->standard[known->role];
    struct span text = value->text;

    if (text.length == 0)
        return 0;
    if (known->is_existing && known->type != COLUMN_VARCHAR &&
        known->type != (uint8_t)standard_type((enum standard)known->role))
        return put_cast_standard(row, column, value);
    if (cut(row, column, &text))
        return -1;
    note(row, column, text, VALUE_TEXT);
    put(row, text, value->is_quoted, value->is_simple);
    return 0;
}

/* A value for a column that the warehouse has, of another type than VARCHAR. */
static int
put_cast(struct row *row, size_t column, const struct cell *cell,
         enum value_class class, struct span plain)
{
    char room[VALUE_CAST_ROOM];
    struct span text;

    if (!value_cast((enum column_type)row->batch->columns[column].type, class, cell,
                    plain, room, &text)) {
        row->counts->discards++;
        return discard(row, column, plain, ROW_TYPE_CONFLICT);
    }
    note(row, column, text, class);
    row->counts->cells++;
    put(row, text, true, false);
    return 0;
}

/* Copy text of the line, sixteen bytes at a time: what is read and written beyond it lies
 * in the line's pad and in the row's room. */
static char *
copy_line_text(char *to, const char *from, uint32_t length)
{
    for (uint32_t i = 0; i < length; i += 16)
        memcpy(to + i, from + i, 16);
    return to + length;
}

/*
 * The common case: a string without escapes for a VARCHAR that has seen text before (so
 * that nobody asks whether it is a time). Returns whether it was that.
 */
static inline bool
put_plain_string(struct row *row, size_t column, const struct cell *cell)
{
    struct shelf_seen *seen = &row->batch->seen[column];

    if (cell->kind != CELL_STRING || (cell->flags & ~CELL_HIGH) != 0 ||
        !(seen->classes & VALUE_TEXT) || cell->length > COLUMN_VARCHAR_MAX ||
        row->batch->columns[column].type != COLUMN_VARCHAR)
        return false;
    seen->values++;
    if (cell->length > seen->longest)
        seen->longest = cell->length;
    row->counts->cells++;
    *row->to++ = '"';
    row->to = copy_line_text(row->to, cell->data, cell->length);
    *row->to++ = '"';
    return true;
}

static int
put_cell(struct row *row, size_t column, const struct cell *cell)
{
    enum value_class class = value_classify(cell);
    bool is_repaired;
    struct span plain = value_plain(cell, &row->t->scratch, &is_repaired);
    bool is_text = cell->kind >= CELL_STRING;

    if (text_check(&row->t->scratch, row->err))
        return -1;
    row->counts->repaired += is_repaired;
    if (row->batch->columns[column].type != COLUMN_VARCHAR)
        return put_cast(row, column, cell, class, plain);
    if (plain.length == 0) { /* nothing but U+0000 was in it */
        row->counts->nulls++;
        return 0;
    }
    if (cut(row, column, &plain))
        return -1;
    note(row, column, plain, class);
    row->counts->cells++;
    put(row, plain, is_text,
        cell->kind == CELL_STRING && !(cell->flags & CELL_ESCAPED));
    return 0;
}

/* All columns in their order. Slots are set to 0 on the way, for the next row. */
static int
put_columns(struct row *row)
{
    const struct batch *batch = row->batch;
    uint32_t *slots = row->t->slots;
    int rc = 0;

    for (size_t i = 0; i < batch->column_count; i++) {
        if (i > 0)
            *row->to++ = ',';
        if (batch->columns[i].role != STANDARD_NONE) {
            rc |= put_standard(row, i);
        } else if (row->has_slots && slots[i] != 0) {
            const struct cell *cell = &row->t->event.cells[slots[i] - 1];

            slots[i] = 0;
            if (!put_plain_string(row, i, cell))
                rc |= put_cell(row, i, cell);
        }
    }
    *row->to++ = '\n';
    return rc;
}

static void
count_row(struct row *row)
{
    struct counts *counts = &row->t->counts;

    counts->rows++;
    counts->values += row->counts->values;
    counts->cells += row->counts->cells;
    counts->discards += row->counts->discards;
    counts->nulls += row->counts->nulls;
    counts->merged += row->counts->merged;
    counts->truncated += row->counts->truncated;
    counts->repaired += row->counts->repaired;
}

static void
touch(struct transform *t, struct batch *batch)
{
    for (size_t i = 0; i < t->touched_count; i++)
        if (t->touched[i] == batch)
            return;
    t->touched[t->touched_count++] = batch;
}

static int
write(struct row *row, size_t text_bytes, bool *ret_is_too_long)
{
    struct batch *batch = row->batch;
    char *from;

    row->to = batch_room(batch, row_room(row->t, batch, text_bytes), row->err);
    if (row->to == NULL)
        return -1;
    from = row->to;
    if (put_columns(row))
        return -1;
    *ret_is_too_long = (size_t)(row->to - from) > BATCH_ROW_MAX;
    if (*ret_is_too_long)
        return 0;
    if (batch_add(batch, row->to, row->err))
        return -1;
    count_row(row);
    touch(row->t, batch);
    return 0;
}

int
row_write(struct transform *t, struct batch *batch, struct row_counts *counts,
          bool *ret_is_too_long, struct error *err)
{
    struct row row = {
        .t = t, .batch = batch, .has_slots = true, .counts = counts, .err = err};
    size_t text_bytes = 0;

    for (size_t i = 0; i < t->event.cell_count; i++)
        text_bytes += (size_t)t->event.cells[i].length + 2;
    return write(&row, text_bytes, ret_is_too_long);
}

static void
set_standard(struct transform *t, enum standard role, struct span text)
{
    t->standard[role] = (struct standard_value){.text = text, .is_quoted = true};
}

int
row_discard(struct transform *t, struct span table, struct span column,
            struct span value, const char *reason, struct error *err)
{
    struct row_counts counts = {0};
    struct row row = {.t = t, .counts = &counts, .err = err};
    bool is_too_long; /* never: two columns of 64 KiB and some names */
    int rc;

    if (route_fixed(t, TABLE_DISCARDS, &row.batch, err))
        return -1;
    set_standard(t, STANDARD_TABLE_NAME, table);
    set_standard(t, STANDARD_ROW_ID, t->standard[STANDARD_ID].text);
    set_standard(t, STANDARD_COLUMN_NAME, column);
    /* cut before room is made for it: it may be as long as a line; and taken out again,
     * or every later row of any table would get room for it */
    set_standard(t, STANDARD_COLUMN_VALUE, value_cut(value, COLUMN_VARCHAR_MAX));
    set_standard(t, STANDARD_REASON, span_of(reason));
    rc = write(&row, 0, &is_too_long);
    set_standard(t, STANDARD_COLUMN_VALUE, (struct span){NULL, 0});
    return rc;
}
