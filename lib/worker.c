#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The way of a row through memory. A worker writes it into its batch of the table. A batch
 * that has reached the size of a slice is packed into an open part of the table, which the
 * worker takes off the shelf for that and puts back, so that nobody waits for anybody. A
 * part that is large enough is put into staging.
 *
 * The first slice of a table is larger: by then nearly all of its columns have shown
 * themselves, and a part can only hold rows of one list of columns.
 */
#define FIRST_SLICE_BYTES ((size_t)1 << 20)
#define SLICE_BYTES       ((size_t)256 << 10)

/* ---- parts ---- */

static int
note_part(struct worker *w, struct shelf_table *table, const struct shelf_part *part,
          const char *key, struct error *err)
{
    char *copy = strdup(key);

    if (w->part_count == w->part_room && copy != NULL) {
        size_t room = w->part_room != 0 ? w->part_room * 2 : 64;
        struct worker_part *parts = realloc(w->parts, room * sizeof *parts);

        if (parts != NULL) {
            w->parts = parts;
            w->part_room = room;
        }
    }
    if (copy == NULL || w->part_count == w->part_room) {
        free(copy);
        return error_no_memory(err);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the span keeps it for worker_release */
    w->parts[w->part_count++] = (struct worker_part){
        .part = {.key = span_of(copy),
                 .column_count = part->column_count,
                 .rows = part->packed.rows,
                 .size_bytes = part->packed.size_bytes,
                 .raw_bytes = part->packed.raw_bytes},
        .table = table,
    };
    return 0;
}

/* End a part and put it. It is freed, whatever happens. */
static int
ship(struct worker *w, struct shelf_table *table, struct shelf_part *part,
     struct error *err)
{
    int64_t held = (int64_t)packed_bytes(&part->packed);
    char key[COLUMN_NAME_MAX + 32];
    int rc = -1;

    (void)snprintf(key, sizeof key, "%.*s/%04u%s", SPAN_ARG(table->name),
                   (unsigned)shelf_part_number(table),
                   compress_suffix(w->shared->options->compress)); /* names are short */
    if (pack_end(w->pack, &part->packed, err))
        goto out;
    if (w->staging != NULL && store_put(w->staging, span_of(key), part->packed.pieces,
                                        part->packed.piece_count, err)) {
        (void)error_in(err, "put part %s", key);
        goto out;
    }
    rc = note_part(w, table, part, key, err);
    progress_add(&w->shared->progress->parts, 1);
out:
    packed_release(&part->packed);
    free(part);
    shelf_charge(w->shared->shelf, -held);
    return rc;
}

/* Pack the batch's rows; put the part when it is large enough. */
static int
flush(struct worker *w, struct batch *batch, bool is_last, struct error *err)
{
    struct shelf_table *table = batch->table;
    struct shelf_part *part;

    if (batch_pack(batch, w->pack, is_last, &part, err))
        return -1;
    if (part == NULL)
        return 0;
    if (part->packed.size_bytes >= w->shared->options->part_bytes)
        return ship(w, table, part, err);
    shelf_return_part(table, part);
    return 0;
}

/* The batch whose text takes the most room, also when all its rows are packed. */
static struct batch *
largest_batch(const struct worker *w)
{
    struct batch *largest = NULL;

    for (size_t i = 0; i < w->transform.batch_room; i++) {
        struct batch *batch = w->transform.batches[i];

        if (batch == NULL || batch->room == 0)
            continue;
        if (largest == NULL || batch->room > largest->room ||
            (batch->room == largest->room && batch->length > largest->length))
            largest = batch;
    }
    return largest;
}

/*
 * Memory is spent: make room, with what is at hand. Texts of rows go first, down to the
 * smallest: packed, rows take a fraction of their text's room, while every part that is put
 * before it is large costs a request and a file that COPY opens.
 */
static int
relieve(struct worker *w, struct error *err)
{
    while (shelf_is_full(w->shared->shelf)) {
        struct batch *batch = largest_batch(w);
        struct shelf_table *table;
        struct shelf_part *part;

        if (batch != NULL) {
            if (flush(w, batch, true, err))
                return -1;
            continue;
        }
        part = shelf_take_fullest(w->shared->shelf, &table);
        if (part == NULL)
            return 0; /* what is left belongs to others, who will make room too */
        if (ship(w, table, part, err))
            return -1;
    }
    return 0;
}

/* ---- lines ---- */

static size_t
slice_bytes(const struct batch *batch)
{
    return batch->packs == 0 ? FIRST_SLICE_BYTES : SLICE_BYTES;
}

static int
flush_touched(struct worker *w, struct error *err)
{
    for (size_t i = 0; i < w->transform.touched_count; i++) {
        struct batch *batch = w->transform.touched[i];

        if (batch->length >= slice_bytes(batch) && flush(w, batch, false, err))
            return -1;
    }
    return shelf_is_full(w->shared->shelf) ? relieve(w, err) : 0;
}

static int
reject(struct worker *w, const struct line *line, const char *reason, size_t at,
       struct error *err)
{
    struct reject r = {
        .object = w->object->object.key,
        .line = line->number,
        .offset = line->offset,
        .reason = reason,
        .at = at,
        .text = line->text,
        .line_bytes = line->length,
    };

    if (line->length > LINES_MAX && r.text.length > REJECT_TEXT_MAX)
        r.text.length = REJECT_TEXT_MAX;
    if (reject_add(w->shared->rejects, &r, err))
        return -1;
    if (atomic_fetch_add(&w->shared->rejected, 1) < w->shared->options->rejects_max)
        return 0;
    (void)error_set(err, ERROR_DATA, "more than %llu lines are no events",
                    (unsigned long long)w->shared->options->rejects_max);
    return error_hint(err, "the last: line %llu of %.*s: %s; see --max-rejects",
                      (unsigned long long)line->number, SPAN_ARG(r.object), reason);
}

static int
take_line(void *context, const struct line *line, struct error *err)
{
    struct worker *w = context;
    struct transform_origin origin = {w->object->object.key,
                                      w->object->object.modified_s};
    enum transform_result result;

    if (line->length > LINES_MAX) {
        w->transform.counts.lines++;
        w->transform.counts.rejected++;
        return reject(w, line, "too long", 0, err);
    }
    if (transform_line(&w->transform, line->text, &origin, &result, err))
        return -1;
    if (result == TRANSFORM_REJECTED)
        return reject(w, line, w->transform.reason, w->transform.bad_at, err);
    return result == TRANSFORM_LOADED ? flush_touched(w, err) : 0;
}

/* ---- objects ---- */

/* What comes out of the unpacker: counted, and checked for the early end. */
static int
take_raw(void *context, struct span piece, struct error *err)
{
    struct worker *w = context;

    if (stop_check(w->shared->stop, err))
        return -1;
    w->object_raw_bytes += piece.length;
    progress_add(&w->shared->progress->raw_bytes, piece.length);
    return lines_push(&w->lines, piece, err);
}

static int
take_stored(void *context, struct span piece, struct error *err)
{
    struct worker *w = context;

    if (stop_check(w->shared->stop, err))
        return -1;
    w->transform.counts.stored_bytes += piece.length;
    progress_add(&w->shared->progress->stored_bytes, piece.length);
    return unpack_push(w->unpack, piece, err);
}

static int
open_source(struct worker *w, struct error *err)
{
    if (w->source_place == w->object->source)
        return 0;
    store_close(w->source);
    w->source = NULL;
    w->source_place = NULL;
    if (store_open(w->object->source, &w->source, err))
        return -1;
    w->source_place = w->object->source;
    return 0;
}

static int
read_object(struct worker *w, struct error *err)
{
    struct sink stored = {take_stored, w};
    struct sink raw = {take_raw, w};

    if (open_source(w, err))
        return -1;
    unpack_begin(w->unpack, raw);
    lines_begin(&w->lines);
    transform_begin_object(&w->transform);
    w->object_raw_bytes = 0;
    if (store_get(w->source, &w->object->object, stored, err) ||
        unpack_end(w->unpack, err) || lines_end(&w->lines, err))
        return -1;
    w->transform.counts.objects++;
    w->transform.counts.raw_bytes += w->object_raw_bytes;
    progress_add(&w->shared->progress->objects, 1);
    return 0;
}

/* The object's name goes in front, unless the store has said it already. */
static int
name_object(const struct worker *w, struct error *err)
{
    char line[sizeof err->what + sizeof err->why + sizeof err->hint];
    char key[sizeof err->what / 2];

    (void)snprintf(key, sizeof key, "%.*s", SPAN_ARG(w->object->object.key));
    error_line(err, line, sizeof line);
    if (strstr(line, key) != NULL)
        return -1;
    return error_in(err, "%.*s/%s", SPAN_ARG(w->object->source->url), key);
}

static int
read_objects(struct worker *w, struct error *err)
{
    struct worker_shared *shared = w->shared;

    for (;;) {
        size_t i = atomic_fetch_add(&shared->next, 1);

        if (stop_check(shared->stop, err))
            return -1;
        if (i >= shared->object_count)
            return 0;
        w->object = &shared->objects[shared->order[i]];
        if (read_object(w, err))
            return stop_asked(shared->stop) ? -1 : name_object(w, err);
    }
}

static int
flush_all(struct worker *w, struct error *err)
{
    for (size_t i = 0; i < w->transform.batch_room; i++)
        if (w->transform.batches[i] != NULL &&
            flush(w, w->transform.batches[i], true, err))
            return -1;
    return 0;
}

static int
finish(struct worker *w, struct error *err)
{
    struct shelf_table *table;
    struct shelf_part *part;

    while ((part = shelf_take_fullest(w->shared->shelf, &table)) != NULL)
        if (stop_check(w->shared->stop, err)) {
            shelf_return_part(table, part); /* freed with the shelf */
            return -1;
        } else if (ship(w, table, part, err)) {
            return -1;
        }
    return 0;
}

/* ---- the worker ---- */

int
worker_init(struct worker *w, struct worker_shared *shared, struct error *err)
{
    const struct extract_options *o = shared->options;
    struct transform_options options = {
        .window = o->window,
        .by_received_at = o->by_received_at,
        .load_id = o->load_id,
        .now_s = o->now_s,
        .depth_max = o->depth_max,
        .paths_bytes = shared->paths_bytes,
    };

    *w = (struct worker){.shared = shared};
    w->lines.each = take_line;
    w->lines.context = w;
    w->lines.carry.limit = 2 * LINES_MAX;
    if (transform_init(&w->transform, &options, shared->shelf, err) ||
        unpack_new(&w->unpack, err) || pack_new(o->compress, &w->pack, err))
        return -1;
    return o->staging != NULL ? store_open(o->staging, &w->staging, err) : 0;
}

void
worker_release(struct worker *w)
{
    for (size_t i = 0; i < w->part_count; i++)
        free((char *)(uintptr_t)w->parts[i].part.key.data); /* strdup'ed in note_part */
    free(w->parts);
    lines_release(&w->lines);
    store_close(w->source);
    store_close(w->staging);
    pack_free(w->pack);
    unpack_free(w->unpack);
    transform_release(&w->transform);
}

void
worker_read(struct worker *w)
{
    if (read_objects(w, &w->err) || flush_all(w, &w->err))
        stop_ask(w->shared->stop, &w->err);
}

void
worker_finish(struct worker *w)
{
    if (finish(w, &w->err))
        stop_ask(w->shared->stop, &w->err);
}
