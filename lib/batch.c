#include "batch.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_TEXT  ((size_t)8 << 10)
#define FIRST_ROWS  64
#define FIRST_LINKS 32

/* A link and its two slots. */
#define LINK_BYTES (sizeof(struct batch_link) + 2 * sizeof(uint32_t))

/* realloc to `count` items of `size`, charged to the budget. `*p` is left as it is when
 * memory is short. */
static int
resize(struct batch *batch, void **p, size_t old_count, size_t count, size_t size,
       struct error *err)
{
    void *more = realloc(*p, count * size);

    if (more == NULL && count > 0)
        return error_no_memory(err);
    shelf_charge(batch->shelf, ((int64_t)count - (int64_t)old_count) * (int64_t)size);
    *p = more;
    return 0;
}

/* ---- paths ---- */

/* Where the path's slot is, or the free one where it belongs. */
static uint32_t *
find_slot(const struct batch *batch, uint32_t node)
{
    size_t mask = 2 * batch->link_room - 1;
    size_t at = (node * 2654435761u >> 7) & mask;

    while (batch->slots[at] != 0 && batch->links[batch->slots[at]].node != node)
        at = (at + 1) & mask;
    return &batch->slots[at];
}

static int
grow_links(struct batch *batch, struct error *err)
{
    size_t room = batch->link_room != 0 ? 2 * batch->link_room : FIRST_LINKS;
    struct batch_link *links = realloc(batch->links, room * sizeof *links);
    uint32_t *slots;

    if (links == NULL)
        return error_no_memory(err);
    batch->links = links;
    slots = calloc(2 * room, sizeof *slots);
    if (slots == NULL)
        return error_no_memory(err);
    shelf_charge(batch->shelf, (int64_t)((room - batch->link_room) * LINK_BYTES));
    free(batch->slots);
    batch->slots = slots;
    batch->link_room = room;
    if (batch->link_count == 0)
        batch_unlink(batch);
    for (uint32_t i = 1; i < batch->link_count; i++)
        *find_slot(batch, links[i].node) = i;
    return 0;
}

/* The link came next in the row: guess it next time. */
static void
follow(struct batch *batch, uint32_t at)
{
    uint32_t *likely = batch->links[batch->previous].next;

    likely[1] = likely[0];
    likely[0] = at;
    batch->previous = at;
}

bool
batch_find(struct batch *batch, uint32_t node, uint32_t *ret)
{
    uint32_t at = *find_slot(batch, node);

    if (at == 0)
        return false;
    follow(batch, at);
    *ret = batch->links[at].column;
    return true;
}

int
batch_link(struct batch *batch, uint32_t node, uint32_t column, struct error *err)
{
    uint32_t at = (uint32_t)batch->link_count;

    if (batch->link_count == batch->link_room && grow_links(batch, err))
        return -1;
    batch->links[at] = (struct batch_link){.node = node, .column = column};
    *find_slot(batch, node) = at;
    batch->link_count++;
    follow(batch, at);
    return 0;
}

void
batch_unlink(struct batch *batch)
{
    memset(batch->slots, 0, 2 * batch->link_room * sizeof *batch->slots);
    batch->links[0] = (struct batch_link){0};
    batch->link_count = 1;
    batch->previous = 0;
}

int
batch_init(struct batch *batch, struct shelf *shelf, struct shelf_table *table,
           struct error *err)
{
    *batch = (struct batch){.shelf = shelf, .table = table};
    if (batch_learn(batch, err) || grow_links(batch, err)) {
        batch_release(batch);
        return -1;
    }
    return 0;
}

void
batch_release(struct batch *batch)
{
    int64_t bytes = (int64_t)(batch->room + batch->row_room * sizeof *batch->rows +
                              batch->column_room *
                                  (sizeof *batch->columns + sizeof *batch->seen) +
                              batch->link_room * LINK_BYTES);

    if (batch->shelf != NULL)
        shelf_charge(batch->shelf, -bytes);
    free(batch->text);
    free(batch->rows);
    free(batch->columns);
    free(batch->seen);
    free(batch->links);
    free(batch->slots);
    *batch = (struct batch){0};
}

/* ---- columns ---- */

int
batch_learn(struct batch *batch, struct error *err)
{
    size_t count = shelf_column_count(batch->table);
    struct shelf_column column;
    size_t room = count + count / 2;

    if (count > batch->column_room) {
        if (resize(batch, (void **)&batch->columns, batch->column_room, room,
                   sizeof *batch->columns, err))
            return -1;
        if (resize(batch, (void **)&batch->seen, batch->column_room, room,
                   sizeof *batch->seen, err)) {
            shelf_charge(batch->shelf, (int64_t)((batch->column_room - room) *
                                                 sizeof *batch->columns));
            return -1;
        }
        batch->column_room = room;
    }
    for (size_t i = batch->column_count; i < count; i++) {
        shelf_copy_columns(batch->table, i, i + 1, &column);
        batch->columns[i] = (struct batch_column){
            (uint8_t)column.role, (uint8_t)column.type, column.is_existing};
        batch->seen[i] = (struct shelf_seen){0};
    }
    batch->column_count = count;
    return 0;
}

/* ---- rows ---- */

char *
batch_room(struct batch *batch, size_t bytes, struct error *err)
{
    size_t room = batch->room != 0 ? batch->room : FIRST_TEXT;

    if (batch->room - batch->length >= bytes)
        return batch->text + batch->length;
    while (room - batch->length < bytes)
        room *= 2;
    if (resize(batch, (void **)&batch->text, batch->room, room, 1, err))
        return NULL;
    batch->room = room;
    return batch->text + batch->length;
}

int
batch_add(struct batch *batch, const char *end, struct error *err)
{
    if (batch->row_count == batch->row_room) {
        size_t room = batch->row_room != 0 ? batch->row_room * 2 : FIRST_ROWS;

        if (resize(batch, (void **)&batch->rows, batch->row_room, room,
                   sizeof *batch->rows, err))
            return -1;
        batch->row_room = room;
    }
    batch->length = (size_t)(end - batch->text);
    batch->rows[batch->row_count++] = (struct batch_row){(uint32_t)batch->length,
                                                         (uint32_t)batch->column_count};
    return 0;
}

size_t
batch_bytes(const struct batch *batch)
{
    return batch->length;
}

/* ---- packing ---- */

/* The rows completed to `column_count` columns. */
static int
complete(const struct batch *batch, size_t column_count, struct text *ret,
         struct error *err)
{
    uint32_t from = 0;

    for (size_t i = 0; i < batch->row_count; i++) {
        struct batch_row row = batch->rows[i];
        size_t commas = column_count - row.columns;
        char *to = text_room(ret, row.end - from + commas);

        if (to == NULL)
            return text_check(ret, err);
        /* all but the line feed, the commas, the line feed */
        memcpy(to, batch->text + from, row.end - from - 1);
        to += row.end - from - 1;
        memset(to, ',', commas);
        to[commas] = '\n';
        ret->length += row.end - from + commas;
        from = row.end;
    }
    return 0;
}

/* Rows only ever gain columns: when the first is complete, all are. */
static bool
is_complete(const struct batch *batch, size_t column_count)
{
    return batch->rows[0].columns == column_count;
}

static int
add_rows(struct batch *batch, struct pack *pack, struct shelf_part *part,
         struct error *err)
{
    struct text completed = {0};
    struct span rows = {batch->text, batch->length};
    int64_t before = (int64_t)packed_bytes(&part->packed);
    int rc = -1;

    if (!is_complete(batch, part->column_count)) {
        if (complete(batch, part->column_count, &completed, err))
            goto out;
        rows = text_span(&completed);
    }
    rc = pack_add(pack, &part->packed, rows, batch->row_count, err);
    shelf_charge(batch->shelf, (int64_t)packed_bytes(&part->packed) - before);
out:
    text_release(&completed);
    return rc;
}

static void
forget_rows(struct batch *batch, bool is_last)
{
    shelf_merge_columns(batch->table, batch->seen, batch->column_count);
    memset(batch->seen, 0, batch->column_count * sizeof *batch->seen);
    batch->length = 0;
    batch->row_count = 0;
    batch->packs++;
    if (!is_last)
        return;
    shelf_charge(batch->shelf,
                 -(int64_t)(batch->room + batch->row_room * sizeof *batch->rows));
    free(batch->text);
    free(batch->rows);
    batch->text = NULL;
    batch->rows = NULL;
    batch->room = 0;
    batch->row_room = 0;
}

int
batch_pack(struct batch *batch, struct pack *pack, bool is_last,
           struct shelf_part **ret, struct error *err)
{
    size_t column_count = shelf_column_count(batch->table);
    struct shelf_part *part = NULL;

    if (batch->row_count > 0) {
        if (shelf_take_part(batch->table, column_count, &part, err))
            return -1;
        if (add_rows(batch, pack, part, err)) {
            shelf_return_part(batch->table, part); /* freed with the shelf */
            return -1;
        }
    }
    forget_rows(batch, is_last);
    *ret = part;
    return 0;
}
