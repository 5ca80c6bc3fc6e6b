#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "row.h"
#include "value.h"

/* Which areas of an event a table of a kind takes. */
static bool
takes(enum table_kind kind, enum path_area area)
{
    switch (kind) {
    case TABLE_TRACKS: return area == AREA_CONTEXT;
    case TABLE_EVENT:
        return area == AREA_CONTEXT || area == AREA_PROPERTIES ||
               area == AREA_USER_PROPERTIES;
    case TABLE_PAGES:
    case TABLE_SCREENS: return area == AREA_CONTEXT || area == AREA_PROPERTIES;
    case TABLE_IDENTIFIES:
        return area == AREA_CONTEXT || area == AREA_TRAITS ||
               area == AREA_USER_PROPERTIES;
    case TABLE_GROUPS:
    case TABLE_ALIASES: return area == AREA_CONTEXT || area == AREA_TRAITS;
    default: return false;
    }
}

static const char *
area_name(enum path_area area)
{
    switch (area) {
    case AREA_CONTEXT: return "context";
    case AREA_TRAITS: return "traits";
    case AREA_USER_PROPERTIES: return "user_properties";
    default: return "properties";
    }
}

/* ---- naming: once for each path and table ---- */

/* The snake-cased keys of the path, joined by underscores; keys without a usable byte are
 * passed over, and a path without any gets its bytes in hex. */
static void
name_path(struct transform *t, uint32_t node, struct text *ret)
{
    const struct path_tree *paths = &t->event.paths;
    uint32_t chain[EVENT_DEPTH_MAX + 1];
    size_t depth = 0;
    size_t from;

    if (paths->nodes[node].area == AREA_CONTEXT)
        text_add(ret, SPAN("context_"));
    from = ret->length;
    for (uint32_t n = node; paths->nodes[n].depth > 1 && depth <= EVENT_DEPTH_MAX;
         n = paths->nodes[n].parent)
        chain[depth++] = n;
    while (depth > 0) {
        const struct path_node *n = &paths->nodes[chain[--depth]];
        size_t before = ret->length;

        if (before > from)
            text_add_char(ret, '_');
        name_snake((struct span){n->key, n->key_length}, ret);
        if (ret->length == before + 1 && before > from)
            ret->length = before; /* nothing came: take the underscore back */
    }
    if (ret->length > from)
        return;
    text_clear(&t->other);
    path_text(paths, node, &t->other);
    name_hex(text_span(&t->other), ret);
}

/* Has the warehouse's table the column? */
static bool
has_existing(const struct batch *batch, struct span name)
{
    struct shelf_column column;

    for (size_t i = 0; i < batch->column_count; i++) {
        if (!batch->columns[i].is_existing)
            continue;
        shelf_copy_columns(batch->table, i, i + 1, &column);
        if (span_equal(column.name, name))
            return true;
    }
    return false;
}

/*
 * The name of the column for a path in a table. A name that a standard column has gets an
 * underscore in front. Where another tool made the column without the underscore that a
 * reserved word would get, that column is used.
 */
static struct span
name_column(struct transform *t, const struct batch *batch, uint32_t node)
{
    struct text *name = &t->name;
    bool is_word;

    text_clear(name);
    name_path(t, node, name);
    is_word = name_is_reserved(text_span(name));
    name_finish(name);
    if (is_word &&
        has_existing(batch, (struct span){name->data + 1, name->length - 1}) &&
        standard_find(batch->table->kind,
                      (struct span){name->data + 1, name->length - 1}) == STANDARD_NONE)
        return (struct span){name->data + 1, name->length - 1};
    if (standard_find(batch->table->kind, text_span(name)) == STANDARD_NONE)
        return text_span(name);
    text_clear(&t->other);
    text_add_char(&t->other, '_');
    text_add(&t->other, text_span(name));
    name_finish(&t->other);
    return text_span(&t->other);
}

/* The column of a path that this worker has not yet linked in this table. */
static int
link_column(struct transform *t, struct batch *batch, uint32_t node, uint32_t *ret,
            struct error *err)
{
    struct span name = name_column(t, batch, node);
    size_t at;

    if (text_check(&t->name, err) || text_check(&t->other, err) ||
        shelf_column(t->shelf, batch->table, name, &at, err))
        return -1;
    *ret = at == SIZE_MAX ? BATCH_NO_COLUMN : (uint32_t)at;
    if (at != SIZE_MAX && at >= batch->column_count && batch_learn(batch, err))
        return -1;
    return batch_link(batch, node, *ret, err);
}

/* ---- discards ---- */

/* Discard the value of a cell; `plain` is its text. */
static int
discard_cell(struct transform *t, const struct batch *batch, size_t column,
             struct span plain, const char *reason, struct error *err)
{
    struct shelf_column known;

    shelf_copy_columns(batch->table, column, column + 1, &known);
    return row_discard(t, batch->table->name, known.name, plain, reason, err);
}

/* ---- collisions: two paths of one event that lead to one column ---- */

/* Is the path spelled exactly as the column is named? */
static bool
is_exact(const struct transform *t, const struct batch *batch, size_t column,
         const struct cell *cell)
{
    const struct path_node *node = &t->event.paths.nodes[cell->node];
    struct shelf_column known;

    shelf_copy_columns(batch->table, column, column + 1, &known);
    if (node->depth != 2)
        return false;
    if (node->area == AREA_CONTEXT)
        known.name = span_behind(known.name, SPAN("context_"));
    return span_equal((struct span){node->key, node->key_length}, known.name);
}

/* Context goes first, then traits, then userProperties, then properties. */
static int
area_rank(enum path_area area)
{
    return area == AREA_CONTEXT           ? 3
           : area == AREA_TRAITS          ? 2
           : area == AREA_USER_PROPERTIES ? 1
                                          : 0;
}

/* Does the later cell win the column? The exact spelling does, then the shallower path,
 * then the area, then the first in the line (a key given twice: where it stood first). */
static bool
later_wins(const struct transform *t, const struct batch *batch, size_t column,
           const struct cell *first, const struct cell *later)
{
    bool first_is_exact = is_exact(t, batch, column, first);
    bool later_is_exact = is_exact(t, batch, column, later);
    const struct path_node *f = &t->event.paths.nodes[first->node];
    const struct path_node *l = &t->event.paths.nodes[later->node];

    if (first_is_exact != later_is_exact)
        return later_is_exact;
    if (l->depth != f->depth)
        return l->depth < f->depth;
    if (area_rank((enum path_area)l->area) != area_rank((enum path_area)f->area))
        return area_rank((enum path_area)l->area) > area_rank((enum path_area)f->area);
    return path_is_before(&t->event.paths, later->node, first->node);
}

/* Two cells for one column: one keeps it, the other is noted. */
static int
collide(struct transform *t, struct batch *batch, size_t column, uint32_t later_slot,
        struct error *err)
{
    uint32_t first_slot = t->slots[column];
    bool later = later_wins(t, batch, column, &t->event.cells[first_slot - 1],
                            &t->event.cells[later_slot - 1]);

    if (t->loser_count == t->loser_room) {
        size_t room = t->loser_room != 0 ? t->loser_room * 2 : 16;
        struct transform_loser *losers = realloc(t->losers, room * sizeof *losers);

        if (losers == NULL)
            return error_no_memory(err);
        t->losers = losers;
        t->loser_room = room;
    }
    t->losers[t->loser_count++] = (struct transform_loser){
        .column = (uint32_t)column, .slot = later ? first_slot : later_slot};
    if (later)
        t->slots[column] = later_slot;
    return 0;
}

/* All cells have been placed: a loser that says what the winner says is no loss; any other
 * goes to the discards. */
static int
settle(struct transform *t, const struct batch *batch, struct row_counts *counts,
       struct error *err)
{
    for (size_t i = 0; i < t->loser_count; i++) {
        const struct transform_loser *loser = &t->losers[i];
        const struct cell *winner = &t->event.cells[t->slots[loser->column] - 1];
        bool is_repaired;
        struct span kept = value_plain(winner, &t->scratch, &is_repaired);
        struct span lost = value_plain(&t->event.cells[loser->slot - 1], &t->other,
                                       &is_repaired);

        if (span_equal(kept, lost)) {
            counts->merged++;
            continue;
        }
        counts->discards++;
        if (discard_cell(t, batch, loser->column, lost, ROW_NAME_COLLISION, err))
            return -1;
    }
    return 0;
}

/* ---- cells ---- */

/* properties (or context, traits) that are no object, or a table without room. */
static int
discard_path(struct transform *t, const struct batch *batch, const struct cell *cell,
             const char *reason, struct error *err)
{
    const struct path_node *node = &t->event.paths.nodes[cell->node];
    bool is_repaired;
    struct span plain = value_plain(cell, &t->scratch, &is_repaired);
    struct span column = span_of(area_name((enum path_area)node->area));

    if (node->depth > 1)
        column = name_column(t, batch, cell->node);
    return row_discard(t, batch->table->name, column, plain, reason, err);
}

/* Is there nothing in it but U+0000, which is taken out? */
static bool
is_all_nul(const struct cell *cell)
{
    static const char nul[] = "\\u0000";

    if (!(cell->flags & CELL_ESCAPED) || cell->length % (sizeof nul - 1) != 0)
        return false;
    for (uint32_t i = 0; i < cell->length; i += sizeof nul - 1)
        if (memcmp(cell->data + i, nul, sizeof nul - 1) != 0)
            return false;
    return true;
}

static bool
is_null(const struct cell *cell)
{
    return cell->kind == CELL_NULL ||
           (cell->kind == CELL_STRING && (cell->length == 0 || is_all_nul(cell)));
}

static int
place_cell(struct transform *t, struct batch *batch, size_t i,
           struct row_counts *counts, struct error *err)
{
    const struct cell *cell = &t->event.cells[i];
    uint32_t column;

    if (t->event.paths.nodes[cell->node].depth == 1) {
        counts->discards++;
        return discard_path(t, batch, cell, ROW_NOT_AN_OBJECT, err);
    }
    if (!batch_guess(batch, cell->node, &column) &&
        !batch_find(batch, cell->node, &column) &&
        link_column(t, batch, cell->node, &column, err))
        return -1;
    if (column == BATCH_NO_COLUMN) {
        counts->discards++;
        return discard_path(t, batch, cell, ROW_TOO_MANY_COLUMNS, err);
    }
    if (t->slots[column] != 0)
        return collide(t, batch, column, (uint32_t)i + 1, err);
    t->slots[column] = (uint32_t)i + 1;
    return 0;
}

int
place_cells(struct transform *t, struct batch *batch, struct row_counts *counts,
            struct error *err)
{
    enum table_kind kind = batch->table->kind;

    batch_begin_row(batch);
    t->loser_count = 0;
    for (size_t i = 0; i < t->event.cell_count; i++) {
        const struct cell *cell = &t->event.cells[i];

        if (cell->kind == CELL_DEAD ||
            !takes(kind, (enum path_area)t->event.paths.nodes[cell->node].area))
            continue;
        counts->values++;
        if (is_null(cell)) {
            counts->nulls++;
            continue;
        }
        if (place_cell(t, batch, i, counts, err))
            return -1;
    }
    return t->loser_count > 0 ? settle(t, batch, counts, err) : 0;
}
