/* batch -- rows of one table that one worker has made, as CSV text, until they are packed. */
#ifndef RSLOAD_BATCH_H
#define RSLOAD_BATCH_H

#include "bytes.h"
#include "pack.h"
#include "shelf.h"

/* The longest row that COPY takes, in bytes of CSV.
 * Source: Database Developer Guide, COPY, "from any source, a single input row ... 4 MB". */
#define BATCH_ROW_MAX ((size_t)4 << 20)

/* Where no column is: an answer of batch_find. */
#define BATCH_NO_COLUMN UINT32_MAX

/* What the row writer needs to know of a column, close together. */
struct batch_column {
    uint8_t role; /* enum standard */
    uint8_t type; /* enum column_type */
    bool is_existing;
};

/* Where a row ends in the text, and how many columns it has. */
struct batch_row {
    uint32_t end;
    uint32_t columns;
};

/* A source path and its column in this table. Rows of one sender have their paths in one
 * order, so each link remembers which two came next last. */
struct batch_link {
    uint32_t node;
    uint32_t column;
    uint32_t next[2];
};

/*
 * A row is written with the columns that were known then; later ones are NULL in it, and
 * since columns are only ever appended, that is a run of commas at its end, put in when
 * the batch is packed.
 *
 * Paths lead to columns through a hash, but for those that were guessed right: nearly
 * always one that followed before, or, where that is left out, the one behind it.
 * Belongs to one thread.
 */
struct batch {
    struct shelf *shelf;
    struct shelf_table *table;
    char *text;
    size_t length;
    size_t room;
    struct batch_row *rows;
    size_t row_count;
    size_t row_room;
    struct batch_column *columns;
    struct shelf_seen *seen;
    size_t column_count;
    size_t column_room;
    struct batch_link *links; /* the first is none: its `next` begins a row */
    size_t link_count;
    size_t link_room;
    uint32_t
        *slots; /* hash of the node to its link; 0 is free; twice the links' room */
    uint32_t previous; /* the link of the last path of this row; 0 before the first */
    uint32_t packs;    /* how often it was packed */
};

/* Begin with the columns that `table` has. Ownership: batch_release frees. */
int batch_init(struct batch *batch, struct shelf *shelf, struct shelf_table *table,
               struct error *err) MUST_CHECK;
void batch_release(struct batch *batch);

/* A row begins: its first path is guessed next. */
static inline void
batch_begin_row(struct batch *batch)
{
    batch->previous = 0;
}

/* Is the path one of those that are likely to come next in the row? */
static inline bool
batch_guess(struct batch *batch, uint32_t node, uint32_t *ret)
{
    const struct batch_link *links = batch->links;
    const uint32_t *likely = links[batch->previous].next;
    uint32_t at = likely[0];

    if (links[at].node != node) {
        at = likely[1];
        if (links[at].node != node)
            at = links[likely[0]].next[0];
    }
    if (links[at].node != node)
        return false;
    batch->previous = at;
    *ret = links[at].column;
    return true;
}

/* Look the path up, and guess it next time. Returns whether it is linked. */
bool batch_find(struct batch *batch, uint32_t node, uint32_t *ret);

/* Link a path to a column (or to BATCH_NO_COLUMN: the table is full). */
int batch_link(struct batch *batch, uint32_t node, uint32_t column,
               struct error *err) MUST_CHECK;

/* Forget all links: the numbers of paths are void. */
void batch_unlink(struct batch *batch);

/* Learn the columns that the table has by now. */
int batch_learn(struct batch *batch, struct error *err) MUST_CHECK;

/* Room for a row of up to `bytes`; NULL with `err` when memory is short. */
char *batch_room(struct batch *batch, size_t bytes, struct error *err);

/* The row that was written into batch_room's answer ends at `end`. */
int batch_add(struct batch *batch, const char *end, struct error *err) MUST_CHECK;

/* The bytes that it holds of rows. */
size_t batch_bytes(const struct batch *batch);

/*
 * Pack all rows into an open part of the table, which is the caller's alone then: to be
 * shipped or given back with shelf_return_part. NULL when there were no rows. With
 * `is_last` the memory of the text is given up as well.
 */
int batch_pack(struct batch *batch, struct pack *pack, bool is_last,
               struct shelf_part **ret, struct error *err) MUST_CHECK;

#endif
