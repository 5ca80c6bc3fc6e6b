/* extracted -- a folder of objects, an extraction over it, and what it left behind. */
#ifndef RSLOAD_EXTRACTED_H
#define RSLOAD_EXTRACTED_H

/* The includer has cmocka's headers before this one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv_reader.h"
#include "extract.h"
#include "pack.h"
#include "stop.h"
#include "store_file.h"
#include "unpack.h"

#define EXTRACTED_OBJECTS_MAX 16

/* A folder with `in` and `out`, and all that a run needs. */
struct extracted {
    char folder[200];
    char in_url[220];
    char out_url[220];
    char keys[EXTRACTED_OBJECTS_MAX][20];
    struct extract_object objects[EXTRACTED_OBJECTS_MAX];
    size_t object_count;
    struct store_place in;
    struct store_place out;
    struct store *in_store;
    struct store *out_store;
    struct stop *stop;
    struct progress progress;
    struct arena arena;
    struct inventory inventory;
    struct extract_options options;
    struct error err;
};

static const struct catalog extracted_no_catalog;
static const struct store_file_config extracted_no_config;

static inline void
extracted_begin(struct extracted *f)
{
    const char *temporary = getenv("TMPDIR");

    *f = (struct extracted){.object_count = 0};
    (void)snprintf(f->folder, sizeof f->folder, "%s/rsload-extract-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->in_url, sizeof f->in_url, "file://%s/in", f->folder);
    (void)snprintf(f->out_url, sizeof f->out_url, "file://%s/out", f->folder);
    assert_int_equal(
        store_file_place(span_of(f->in_url), &extracted_no_config, &f->in, &f->err), 0);
    assert_int_equal(
        store_file_place(span_of(f->out_url), &extracted_no_config, &f->out, &f->err),
        0);
    assert_int_equal(store_open(&f->in, &f->in_store, &f->err), 0);
    assert_int_equal(store_open(&f->out, &f->out_store, &f->err), 0);
    assert_int_equal(stop_new(&f->stop, &f->err), 0);
    f->options = (struct extract_options){
        .window = {1704164400, 1704168000},
        .load_id = SPAN("01LOAD"),
        .now_s = 1704168300,
        .staging = &f->out,
        .catalog = &extracted_no_catalog,
        .jobs = 2,
        .memory_bytes = (uint64_t)128 << 20,
        .part_bytes = 64 << 20,
        .compress = COMPRESS_GZIP,
        .depth_max = 64,
        .rejects_max = 1000,
    };
}

static inline void
extracted_end(struct extracted *f)
{
    char command[300];

    store_close(f->in_store);
    store_close(f->out_store);
    stop_free(f->stop);
    arena_release(&f->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
}

/* Put `raw` as an object, packed as `compress` says, all but the last `cut` bytes. */
static inline void
extracted_add_object(struct extracted *f, struct span raw, enum compress compress,
                     size_t cut)
{
    char *key = f->keys[f->object_count];
    struct packed packed = {0};
    struct text all = {0};
    struct span piece;
    struct pack *pack;

    (void)snprintf(key, sizeof f->keys[0], "day/%02zu.gz", f->object_count);
    assert_int_equal(pack_new(compress, &pack, &f->err), 0);
    assert_int_equal(pack_add(pack, &packed, raw, 1, &f->err), 0);
    assert_int_equal(pack_end(pack, &packed, &f->err), 0);
    for (size_t i = 0; i < packed.piece_count; i++)
        text_add(&all, packed.pieces[i]);
    piece = (struct span){all.data, all.length - cut};
    assert_int_equal(store_put(f->in_store, span_of(key), &piece, 1, &f->err), 0);
    f->objects[f->object_count++] = (struct extract_object){
        {.key = span_of(key), .size_bytes = piece.length}, &f->in};
    pack_free(pack);
    packed_release(&packed);
    text_release(&all);
}

static inline int
extracted_run(struct extracted *f)
{
    return extract_run(&f->options, f->objects, f->object_count, f->stop, &f->progress,
                       &f->arena, &f->inventory, &f->err);
}

static inline void
extracted_must_run(struct extracted *f)
{
    char line[2048];

    if (extracted_run(f) == 0)
        return;
    error_line(&f->err, line, sizeof line);
    fail_msg("%s", line);
}

/* The unpacked content of a staged object. */
static inline void
extracted_fetch(struct extracted *f, struct span key, uint64_t size_bytes,
                struct text *ret)
{
    struct object object = {.key = key, .size_bytes = size_bytes};
    struct unpack *unpack;

    assert_int_equal(unpack_new(&unpack, &f->err), 0);
    unpack_begin(unpack, text_sink(ret));
    if (store_get(f->out_store, &object, unpack_sink(unpack), &f->err))
        fail_msg("%.*s: %s", SPAN_ARG(key), f->err.why);
    assert_int_equal(unpack_end(unpack, &f->err), 0);
    unpack_free(unpack);
}

static inline const struct table *
extracted_find_table(const struct extracted *f, const char *name)
{
    for (size_t i = 0; i < f->inventory.table_count; i++)
        if (span_equal(f->inventory.tables[i].name, span_of(name)))
            return &f->inventory.tables[i];
    return NULL;
}

/* Every part is there, is what the inventory says, and is CSV of that many columns.
 * Returns the rows of `table`, the cells of its `column` summed up as numbers. */
static inline uint64_t
extracted_check_parts(struct extracted *f, const char *table, const char *column,
                      uint64_t *ret_sum)
{
    const struct inventory *inventory = &f->inventory;
    const struct table *wanted = extracted_find_table(f, table);
    size_t at = wanted != NULL ? table_find(wanted, span_of(column)) : SIZE_MAX;
    uint64_t rows = 0;

    *ret_sum = 0;
    for (size_t i = 0; i < inventory->part_count; i++) {
        const struct part *part = &inventory->parts[i];
        const struct table *of = &inventory->tables[part->table];
        struct text raw = {0};
        struct csv csv;

        assert_true(span_starts(part->key, of->name));
        assert_true(part->column_count <= of->column_count);
        extracted_fetch(f, part->key, part->size_bytes, &raw);
        assert_int_equal(raw.length, part->raw_bytes);
        assert_true(csv_read(raw.data, raw.length, &csv));
        assert_int_equal(csv.row_count, part->rows);
        for (size_t row = 0; row < csv.row_count; row++) {
            assert_int_equal(csv_width(&csv, row), part->column_count);
            if (of == wanted && at < part->column_count)
                *ret_sum += strtoull(csv_at(&csv, row, at)->data, NULL, 10);
        }
        rows += of == wanted ? csv.row_count : 0;
        csv_release(&csv);
        text_release(&raw);
    }
    return rows;
}

/* `count` events over `tables` tables; their numbers go into property n. Of few
 * tables each gets its columns one after another, of many each has its own from the
 * start. */
static inline uint64_t
extracted_add_events(struct extracted *f, size_t count, size_t tables, size_t first,
                     enum compress c)
{
    struct text raw = {0};
    uint64_t sum = 0;

    for (size_t i = first; i < first + count; i++) {
        text_addf(&raw,
                  "{\"type\":\"track\",\"event\":\"Event %zu\",\"messageId\":\"m%zu\","
                  "\"receivedAt\":\"2024-01-02T03:04:05Z\",\"context\":{\"ip\":\"1\"},"
                  "\"properties\":{\"n\":%zu,\"key %zu\":\"value %zu\"}}\n",
                  i % tables, i, i, tables < 100 ? i % 37 : i % tables % 37, i);
        sum += i;
    }
    extracted_add_object(f, text_span(&raw), c, 0);
    text_release(&raw);
    return sum;
}

#endif
