/* csv_reader -- a plain reader of CSV for tests, made without a look at the writer.
 * Source: RFC 4180, with LF for a line end, and NULL as an empty field without
 * quotes. */
#ifndef RSLOAD_CSV_READER_H
#define RSLOAD_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* One field. `data` is NUL-ended behind its `length`. */
struct csv_cell {
    const char *data;
    size_t length;
    bool is_quoted;
};

/* A whole text. Zeroed is valid and empty. Ownership: csv_release frees. */
struct csv {
    struct csv_cell *cells;
    size_t cell_count;
    size_t *row_ends; /* by row: the number of cells up to its end */
    size_t row_count;
    char *bytes;
};

static inline void
csv_release(struct csv *csv)
{
    free(csv->cells);
    free(csv->row_ends);
    free(csv->bytes);
    *csv = (struct csv){0};
}

/* Read a quoted field from behind its quote; NULL when it does not end. */
static inline const char *
csv_quoted(const char *p, const char *end, char **to)
{
    for (; p < end; p++) {
        if (*p != '"')
            *(*to)++ = *p;
        else if (p + 1 < end && p[1] == '"')
            *(*to)++ = *p++;
        else
            return p + 1;
    }
    return NULL;
}

/* Read a field without quotes; NULL when there is one inside it. */
static inline const char *
csv_bare(const char *p, const char *end, char **to)
{
    for (; p < end && *p != ',' && *p != '\n'; p++) {
        if (*p == '"' || *p == '\r')
            return NULL;
        *(*to)++ = *p;
    }
    return p;
}

/* Read `length` bytes at `p`; false when they are not CSV: a field that does not end,
 * text beside quotes, a last row without a line feed. */
static inline bool
csv_read(const char *p, size_t length, struct csv *ret)
{
    const char *end = p + length;
    char *to;

    /* no text has more cells or rows than bytes; the bytes shrink but for the NULs */
    *ret = (struct csv){.cells = calloc(length + 1, sizeof(struct csv_cell)),
                        .row_ends = calloc(length + 1, sizeof(size_t)),
                        .bytes = calloc(1, 2 * length + 1)};
    if (ret->cells == NULL || ret->row_ends == NULL || ret->bytes == NULL)
        abort();
    to = ret->bytes;
    while (p < end) {
        struct csv_cell *cell = &ret->cells[ret->cell_count++];

        cell->data = to;
        cell->is_quoted = *p == '"';
        p = cell->is_quoted ? csv_quoted(p + 1, end, &to) : csv_bare(p, end, &to);
        if (p == NULL || p == end || (*p != ',' && *p != '\n'))
            return false;
        cell->length = (size_t)(to - cell->data);
        *to++ = '\0';
        if (*p == '\n')
            ret->row_ends[ret->row_count++] = ret->cell_count;
        else if (p + 1 == end)
            return false; /* a comma leads nowhere */
        p++;
    }
    return ret->row_count == 0 ? length == 0
                               : ret->row_ends[ret->row_count - 1] == ret->cell_count;
}

/* How many cells row `row` has. */
static inline size_t
csv_width(const struct csv *csv, size_t row)
{
    return csv->row_ends[row] - (row > 0 ? csv->row_ends[row - 1] : 0);
}

static inline const struct csv_cell *
csv_at(const struct csv *csv, size_t row, size_t column)
{
    return &csv->cells[(row > 0 ? csv->row_ends[row - 1] : 0) + column];
}

/* Is the cell NULL: empty, without quotes? */
static inline bool
csv_is_null(const struct csv_cell *cell)
{
    return cell->length == 0 && !cell->is_quoted;
}

#endif
