#include "batch.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_TEXT  ((size_t)8 << 10)
#define FIRST_ROWS  64
#define FIRST_LINKS 64

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

int
batch_init(struct batch *batch, struct shelf *shelf, struct shelf_table *table,
           struct error *err)
{
    *batch = (struct batch){.shelf = shelf, .table = table};
    if (batch_learn(batch, err)) {
        batch_release(batch);
        return -1;
    }
    return 0;
}

void
batch_release(struct batch *batch)
{
    int64_t bytes =
        (int64_t)(batch->room + batch->row_room * sizeof *batch->rows +
                  batch->column_room * (sizeof *batch->columns + sizeof *batch->seen) +
                  (batch->link_room + batch->guess_room) * sizeof *batch->links);

    if (batch->shelf != NULL)
        shelf_charge(batch->shelf, -bytes);
    free(batch->text);
    free(batch->rows);
    free(batch->columns);
    free(batch->seen);
    free(batch->links);
    free(batch->guesses);
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

/* ---- paths ---- */

static size_t
link_slot(const struct batch *batch, uint32_t node)
{
    size_t mask = batch->link_room - 1;
    size_t at = (node * 2654435761u >> 7) & mask;

    while (batch->links[at].node != 0 && batch->links[at].node != node)
        at = (at + 1) & mask;
    return at;
}

bool
batch_find(struct batch *batch, size_t position, uint32_t node, uint32_t *ret)
{
    size_t at;

    if (batch->link_room == 0)
        return false;
    at = link_slot(batch, node);
    if (batch->links[at].node == 0)
        return false;
    if (position < batch->guess_room)
        batch->guesses[position] = batch->links[at];
    *ret = batch->links[at].column;
    return true;
}

/* Twice the links, and as many guesses as there can be links. */
static int
grow_links(struct batch *batch, struct error *err)
{
    struct batch_link *old = batch->links;
    size_t old_room = batch->link_room;
    size_t room = old_room != 0 ? old_room * 2 : FIRST_LINKS;
    struct batch_link *links;

    if (resize(batch, (void **)&batch->guesses, batch->guess_room, room / 2,
               sizeof *batch->guesses, err))
        return -1;
    memset(batch->guesses + batch->guess_room, 0,
           (room / 2 - batch->guess_room) * sizeof *batch->guesses);
    batch->guess_room = room / 2;
    links = calloc(room, sizeof *links);
    if (links == NULL)
        return error_no_memory(err);
    shelf_charge(batch->shelf, (int64_t)((room - old_room) * sizeof *links));
    batch->links = links;
    batch->link_room = room;
    for (size_t i = 0; i < old_room; i++)
        if (old[i].node != 0)
            links[link_slot(batch, old[i].node)] = old[i];
    free(old);
    return 0;
}

int
batch_link(struct batch *batch, uint32_t node, uint32_t column, struct error *err)
{
    if (batch->link_count * 2 >= batch->link_room && grow_links(batch, err))
        return -1;
    batch->links[link_slot(batch, node)] = (struct batch_link){node, column};
    batch->link_count++;
    return 0;
}

void
batch_unlink(struct batch *batch)
{
    if (batch->link_room > 0)
        memset(batch->links, 0, batch->link_room * sizeof *batch->links);
    if (batch->guess_room > 0)
        memset(batch->guesses, 0, batch->guess_room * sizeof *batch->guesses);
    batch->link_count = 0;
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
