#include "grid.h"

#include <string.h>

#include "figure.h"

/* A name is not cut below this, however narrow the terminal. */
#define NAME_LEAST 12

/* Between two columns. */
#define GAP 2

enum {
    FIELD_NAME,
    FIELD_ROWS,
    FIELD_COLUMNS,
    FIELD_NEW,
    FIELD_PARTS,
    FIELD_TWICE,
    FIELDS
};

/* How many columns of a terminal a text takes: its code points. */
static size_t
width_of(struct span s)
{
    size_t width = 0;

    for (size_t i = 0; i < s.length; i++)
        width += ((unsigned char)s.data[i] & 0xc0) != 0x80;
    return width;
}

/* What the table is about to show. */
struct grid {
    const struct report_style *style;
    size_t widths[FIELDS]; /* 0: this field is not shown */
    struct text *out;
};

static const char *const headings[FIELDS] = {"table", "rows",  "columns",
                                             "new",   "parts", "duplicates"};

/* The text of one field of a table's line. */
static void
add_field(const struct run_table *t, int field, struct text *ret)
{
    switch (field) {
    case FIELD_NAME: text_add(ret, t->name); break;
    case FIELD_ROWS: figure_count(ret, t->rows); break;
    case FIELD_COLUMNS: figure_count(ret, t->columns); break;
    case FIELD_NEW:
        if (t->is_new)
            text_add_string(ret, "table");
        else if (t->new_columns > 0)
            text_addf(ret, "+%zu", t->new_columns);
        break;
    case FIELD_PARTS: figure_count(ret, t->parts); break;
    default:
        if (t->duplicates > 0)
            figure_count(ret, t->duplicates);
        break;
    }
}

/* The sums of all tables, as the line below them; `name` is "12 tables". */
static struct run_table
sum_of(const struct run_report *report, struct text *name)
{
    struct run_table sum = {0};

    for (size_t i = 0; i < report->table_count; i++) {
        const struct run_table *t = &report->tables[i];

        sum.rows += t->rows;
        sum.duplicates += t->duplicates;
        sum.parts += t->parts;
        sum.columns += t->columns;
        sum.new_columns += t->new_columns;
    }
    text_addf(name, "%zu tables", report->table_count);
    sum.name = text_span(name);
    return sum;
}

/* Widen the fields of `grid` for this line. */
static void
measure(struct grid *grid, const struct run_table *t)
{
    struct text field = {0};

    for (int i = 0; i < FIELDS; i++) {
        size_t width;

        text_clear(&field);
        add_field(t, i, &field);
        width = width_of(text_span(&field));
        if (width > 0 && width < strlen(headings[i]))
            width = strlen(headings[i]);
        if (width > grid->widths[i])
            grid->widths[i] = width;
    }
    text_release(&field);
}

static size_t
grid_width(const struct grid *grid)
{
    size_t width = grid->style->mark != NULL ? strlen(grid->style->mark) : 0;

    for (int i = 0; i < FIELDS; i++)
        width += grid->widths[i] != 0 ? grid->widths[i] + (i > 0 ? GAP : 0) : 0;
    return width;
}

/* Make it fit: first the names are cut, then what matters least is left out. */
static void
squeeze(struct grid *grid)
{
    static const int leave[] = {FIELD_PARTS, FIELD_COLUMNS, FIELD_NEW, FIELD_TWICE};
    size_t room = grid->style->width;
    size_t *name = &grid->widths[FIELD_NAME];

    if (room == 0)
        return;
    for (size_t i = 0; i <= sizeof leave / sizeof leave[0]; i++) {
        size_t width = grid_width(grid);
        size_t over = width > room ? width - room : 0;

        if (over == 0)
            return;
        if (*name > NAME_LEAST && *name - NAME_LEAST >= over) {
            *name -= over;
            return;
        }
        if (i < sizeof leave / sizeof leave[0])
            grid->widths[leave[i]] = 0;
    }
    *name = *name < NAME_LEAST ? *name : NAME_LEAST;
}

/* `s` in exactly `width` columns: filled up, or cut in the middle, where names of
 * events differ least. */
static void
add_cell(struct grid *grid, struct span s, size_t width, bool is_right)
{
    const char *dots = grid->style->is_utf8 ? "\xe2\x80\xa6" : "~";
    size_t have = width_of(s);

    if (have > width && have == s.length) {
        size_t tail = (width - 1) / 2;
        size_t head = width - 1 - tail;

        text_add(grid->out, (struct span){s.data, head});
        text_add_string(grid->out, dots);
        text_add(grid->out, (struct span){s.data + s.length - tail, tail});
        return;
    }
    if (is_right)
        text_addf(grid->out, "%*s", have < width ? (int)(width - have) : 0, "");
    text_add(grid->out, s);
    if (!is_right)
        text_addf(grid->out, "%*s", have < width ? (int)(width - have) : 0, "");
}

void
grid_mark(const struct report_style *style, struct text *ret)
{
    if (style->mark != NULL)
        text_add_string(ret, style->mark);
}

void
grid_end_line(struct text *ret)
{
    while (ret->length > 0 && ret->data[ret->length - 1] == ' ')
        ret->length--;
    text_add_char(ret, '\n');
}

/* A line of the grid: the headings when `t` is NULL. */
static void
add_row(struct grid *grid, const struct run_table *t)
{
    struct text field = {0};

    grid_mark(grid->style, grid->out);
    for (int i = 0; i < FIELDS; i++) {
        if (grid->widths[i] == 0)
            continue;
        text_clear(&field);
        if (t == NULL)
            text_add_string(&field, headings[i]);
        else
            add_field(t, i, &field);
        if (i > 0)
            text_addf(grid->out, "%*s", GAP, "");
        add_cell(grid, text_span(&field), grid->widths[i], i != FIELD_NAME);
    }
    grid_end_line(grid->out);
    text_release(&field);
}

static void
add_rule(struct grid *grid)
{
    const char *line = grid->style->is_utf8 ? "\xe2\x94\x80" : "-";
    size_t mark = grid->style->mark != NULL ? strlen(grid->style->mark) : 0;

    grid_mark(grid->style, grid->out);
    for (size_t i = grid_width(grid); i > mark; i--)
        text_add_string(grid->out, line);
    text_add_char(grid->out, '\n');
}

void
grid_tables(const struct run_report *report, const struct report_style *style,
            struct text *ret)
{
    struct grid grid = {.style = style, .out = ret};
    struct text name = {0};
    struct run_table sum = sum_of(report, &name);

    for (size_t i = 0; i < report->table_count; i++)
        measure(&grid, &report->tables[i]);
    measure(&grid, &sum);
    squeeze(&grid);
    add_row(&grid, NULL);
    add_rule(&grid);
    for (size_t i = 0; i < report->table_count; i++)
        add_row(&grid, &report->tables[i]);
    if (report->table_count > 1) {
        add_rule(&grid);
        add_row(&grid, &sum);
    }
    text_release(&name);
}
