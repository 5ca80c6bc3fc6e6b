/* Extraction end to end over files: objects in, parts and counts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
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

#define OBJECTS_MAX 16

/* A folder with `in` and `out`, and all that a run needs. */
struct fixture {
    char folder[200];
    char in_url[220];
    char out_url[220];
    char keys[OBJECTS_MAX][20];
    struct extract_object objects[OBJECTS_MAX];
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

static const struct catalog nothing;
static const struct store_file_config no_config;

static void
begin(struct fixture *f)
{
    const char *temporary = getenv("TMPDIR");

    *f = (struct fixture){.object_count = 0};
    (void)snprintf(f->folder, sizeof f->folder, "%s/rsload-extract-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->in_url, sizeof f->in_url, "file://%s/in", f->folder);
    (void)snprintf(f->out_url, sizeof f->out_url, "file://%s/out", f->folder);
    assert_int_equal(store_file_place(span_of(f->in_url), &no_config, &f->in, &f->err), 0);
    assert_int_equal(store_file_place(span_of(f->out_url), &no_config, &f->out, &f->err),
                     0);
    assert_int_equal(store_open(&f->in, &f->in_store, &f->err), 0);
    assert_int_equal(store_open(&f->out, &f->out_store, &f->err), 0);
    assert_int_equal(stop_new(&f->stop, &f->err), 0);
    f->options = (struct extract_options){
        .window = {1704164400, 1704168000},
        .load_id = SPAN("01LOAD"),
        .now_s = 1704168300,
        .staging = &f->out,
        .catalog = &nothing,
        .jobs = 2,
        .memory_bytes = (uint64_t)128 << 20,
        .part_bytes = 64 << 20,
        .compress = COMPRESS_GZIP,
        .depth_max = 64,
        .rejects_max = 1000,
    };
}

static void
end(struct fixture *f)
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
static void
add_object(struct fixture *f, struct span raw, enum compress compress, size_t cut)
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

static int
run(struct fixture *f)
{
    return extract_run(&f->options, f->objects, f->object_count, f->stop, &f->progress,
                       &f->arena, &f->inventory, &f->err);
}

static void
must_run(struct fixture *f)
{
    char line[2048];

    if (run(f) == 0)
        return;
    error_line(&f->err, line, sizeof line);
    fail_msg("%s", line);
}

/* The unpacked content of a staged object. */
static void
fetch(struct fixture *f, struct span key, uint64_t size_bytes, struct text *ret)
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

static const struct table *
find_table(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < f->inventory.table_count; i++)
        if (span_equal(f->inventory.tables[i].name, span_of(name)))
            return &f->inventory.tables[i];
    return NULL;
}

/* Every part is there, is what the inventory says, and is CSV of that many columns.
 * Returns the rows of `table`, the cells of its `column` summed up as numbers. */
static uint64_t
check_parts(struct fixture *f, const char *table, const char *column, uint64_t *ret_sum)
{
    const struct inventory *inventory = &f->inventory;
    const struct table *wanted = find_table(f, table);
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
        fetch(f, part->key, part->size_bytes, &raw);
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

/* `count` events over `tables` tables; their numbers go into property n. Of few tables each
 * gets its columns one after another, of many each has its own from the start. */
static uint64_t
add_events(struct fixture *f, size_t count, size_t tables, size_t first, enum compress c)
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
    add_object(f, text_span(&raw), c, 0);
    text_release(&raw);
    return sum;
}

static void
test_round_trip(void **state)
{
    static const struct {
        enum compress source;
        enum compress staging;
        unsigned jobs;
    } cases[] = {
        {COMPRESS_GZIP, COMPRESS_GZIP, 1}, {COMPRESS_GZIP, COMPRESS_GZIP, 2},
        {COMPRESS_GZIP, COMPRESS_GZIP, 4}, {COMPRESS_ZSTD, COMPRESS_ZSTD, 2},
        {COMPRESS_NONE, COMPRESS_NONE, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        uint64_t want = 0;
        uint64_t sum;

        begin(&f);
        f.options.jobs = cases[i].jobs;
        f.options.compress = cases[i].staging;
        for (size_t o = 0; o < 5; o++)
            want += add_events(&f, 1500 + o, 6, 2000 * o, cases[i].source);
        must_run(&f);
        assert_int_equal(f.inventory.counts.events, 7510);
        assert_int_equal(f.inventory.counts.rows, 2 * 7510);
        assert_int_equal(f.inventory.counts.objects, 5);
        assert_int_equal(f.inventory.table_count, 7);
        assert_int_equal(f.inventory.compress, cases[i].staging);
        assert_int_equal(check_parts(&f, "tracks", "context_ip", &sum), 7510);
        assert_int_equal(sum, 7510);
        for (size_t t = 0; t < 6; t++) {
            char name[20];

            (void)snprintf(name, sizeof name, "event_%zu", t);
            assert_true(check_parts(&f, name, "n", &sum) > 0);
            want -= sum;
        }
        assert_int_equal(want, 0);
        end(&f);
    }
}

/* Nothing is written, and everything is counted as if it were. */
static void
test_dry_run(void **state)
{
    struct fixture f;
    char command[300];

    (void)state;
    begin(&f);
    (void)add_events(&f, 1000, 3, 0, COMPRESS_GZIP);
    add_object(&f, SPAN("no event\n"), COMPRESS_NONE, 0);
    f.options.staging = NULL;
    must_run(&f);
    assert_int_equal(f.inventory.counts.events, 1000);
    assert_int_equal(f.inventory.counts.rejected, 1);
    assert_int_equal(f.inventory.counts.rows, 2000);
    assert_int_equal(f.inventory.table_count, 4);
    (void)snprintf(command, sizeof command, "test ! -e '%s/out'", f.folder);
    assert_int_equal(system(command), 0);
    end(&f);
}

/* 2,000 tables in little memory: nothing is lost, and where the tables' own needs leave
 * room for rows, a table is a part or two. */
static void
test_tiny_memory(void **state)
{
    static const struct {
        unsigned jobs;
        uint64_t memory_bytes;
        size_t parts;    /* at most */
        bool is_written; /* else only counted: a file a part takes its time */
    } cases[] = {
        {1, EXTRACT_MEMORY_MIN, 2500, true},
        {2, 2 * EXTRACT_MEMORY_MIN, 5000, false},
        {2, EXTRACT_MEMORY_MIN, 40000, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        size_t n = 6000;
        uint64_t sum;

        begin(&f);
        f.options.memory_bytes = cases[i].memory_bytes;
        f.options.jobs = cases[i].jobs;
        for (size_t o = 0; o < 4; o++)
            (void)add_events(&f, n, 2000, n * o, COMPRESS_GZIP);
        if (!cases[i].is_written)
            f.options.staging = NULL;
        must_run(&f);
        assert_int_equal(f.inventory.counts.events, 4 * n);
        assert_int_equal(f.inventory.counts.rows, 8 * n);
        assert_int_equal(f.inventory.table_count, 2001);
        assert_true(f.inventory.part_count <= cases[i].parts);
        if (cases[i].is_written) {
            assert_int_equal(check_parts(&f, "tracks", "context_ip", &sum), 4 * n);
            assert_int_equal(sum, 4 * n);
            n /= 500; /* rows of each table */
            assert_int_equal(check_parts(&f, "event_7", "n", &sum), n);
            assert_int_equal(sum, n * 7 + 2000 * n * (n - 1) / 2);
        }
        end(&f);
    }
}

/* Rows of megabytes, then many small ones: the room that the large ones took is given
 * back, or every small row would make a part. */
static void
test_large_then_small(void **state)
{
    struct fixture f;
    struct text raw = {0};
    uint64_t sum;

    (void)state;
    begin(&f);
    f.options.memory_bytes = EXTRACT_MEMORY_MIN;
    f.options.jobs = 1;
    for (int i = 0; i < 12; i++) {
        text_addf(&raw, "{\"type\":\"track\",\"event\":\"Large %d\",\"properties\":{\"a\":0",
                  i);
        for (int key = 0; key < 56; key++) {
            text_addf(&raw, ",\"v%d\":\"", key);
            for (int j = 0; j < 3700; j++)
                text_add_string(&raw, "0123456789abcdef");
            text_add_char(&raw, '"');
        }
        text_add_string(&raw, "}}\n");
    }
    for (int i = 0; i < 3000; i++)
        text_addf(&raw, "{\"type\":\"track\",\"event\":\"Small %d\"}\n", i % 5);
    add_object(&f, text_span(&raw), COMPRESS_GZIP, 0);
    text_release(&raw);
    must_run(&f);
    assert_int_equal(f.inventory.counts.events, 3012);
    assert_true(f.inventory.part_count < 200);
    assert_int_equal(check_parts(&f, "tracks", "id", &sum), 3012);
    end(&f);
}

/* What is broken is named: the object, and what to do. */
static void
test_broken_object(void **state)
{
    struct fixture f;
    char line[2048];

    (void)state;
    begin(&f);
    (void)add_events(&f, 100, 2, 0, COMPRESS_GZIP);
    add_object(&f, SPAN("{\"type\":\"page\"}\n{\"type\":\"page\"}\n"), COMPRESS_GZIP, 5);
    assert_int_equal(run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_SOURCE);
    error_line(&f.err, line, sizeof line);
    assert_non_null(strstr(line, "day/01.gz"));
    assert_non_null(strstr(line, "ends inside a member"));
    assert_non_null(strstr(line, "run again later"));
    end(&f);
}

static void
test_missing_object(void **state)
{
    struct fixture f;
    char line[2048];

    (void)state;
    begin(&f);
    (void)add_events(&f, 10, 2, 0, COMPRESS_GZIP);
    f.objects[0].object.key = SPAN("day/none.gz");
    assert_int_equal(run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_SOURCE);
    error_line(&f.err, line, sizeof line);
    assert_non_null(strstr(line, "day/none.gz"));
    end(&f);
}

/* Bad lines stand in one file, with where they were; the good ones beside them load. */
static void
test_rejects(void **state)
{
    struct fixture f;
    struct text raw = {0};

    (void)state;
    begin(&f);
    f.options.jobs = 1;
    add_object(&f, SPAN("{\"type\":\"page\"}\n\nbad one\n[1]\n{\"type\":\"page\"}\n"),
               COMPRESS_GZIP, 0);
    add_object(&f, SPAN("{\"type\":\"none\"}\r\n"), COMPRESS_GZIP, 0);
    must_run(&f);
    assert_int_equal(f.inventory.counts.lines, 5);
    assert_int_equal(f.inventory.counts.events, 2);
    assert_int_equal(f.inventory.counts.rejected, 3);
    fetch(&f, SPAN("rejects.ndjson.gz"), UINT64_MAX, &raw);
    assert_non_null(strstr(text_string(&raw),
                           "{\"object\":\"day/00.gz\",\"line\":3,\"offset\":17,"
                           "\"reason\":\"not JSON\",\"at\":0,\"text\":\"bad one\"}\n"));
    assert_non_null(strstr(text_string(&raw),
                           "{\"object\":\"day/00.gz\",\"line\":4,\"offset\":25,"
                           "\"reason\":\"not an object\",\"at\":0,\"text\":\"[1]\"}\n"));
    assert_non_null(strstr(text_string(&raw),
                           "{\"object\":\"day/01.gz\",\"line\":1,\"offset\":0,"
                           "\"reason\":\"unknown type\",\"at\":0,"
                           "\"text\":\"{\\\"type\\\":\\\"none\\\"}\"}\n"));
    text_release(&raw);
    end(&f);
}

/* So many rejects are allowed, and one more ends the run. */
static void
test_rejects_max(void **state)
{
    (void)state;
    for (uint64_t max = 0; max < 4; max++) {
        struct fixture f;

        begin(&f);
        f.options.jobs = 1;
        f.options.rejects_max = max;
        add_object(&f, SPAN("x\n{\"type\":\"page\"}\ny\n"), COMPRESS_GZIP, 0);
        assert_int_equal(run(&f), max < 2 ? -1 : 0);
        if (max < 2) {
            assert_int_equal(f.err.kind, ERROR_DATA);
            assert_non_null(strstr(f.err.hint, "day/00.gz"));
        }
        end(&f);
    }
}

/* A line beyond 4 MiB is a reject like any other; its beginning is kept. */
static void
test_too_long_line(void **state)
{
    struct fixture f;
    struct text raw = {0};

    (void)state;
    begin(&f);
    text_add_string(&raw, "{\"type\":\"page\",\"properties\":{\"v\":\"");
    for (int i = 0; i < 500000; i++)
        text_add_string(&raw, "0123456789");
    text_add_string(&raw, "\"}}\n{\"type\":\"page\"}\n");
    add_object(&f, text_span(&raw), COMPRESS_GZIP, 0);
    text_clear(&raw);
    must_run(&f);
    assert_int_equal(f.inventory.counts.events, 1);
    assert_int_equal(f.inventory.counts.rejected, 1);
    fetch(&f, SPAN("rejects.ndjson.gz"), UINT64_MAX, &raw);
    assert_non_null(strstr(text_string(&raw), "\"reason\":\"too long\""));
    assert_non_null(strstr(text_string(&raw), "\"line_bytes\":5000037"));
    assert_true(raw.length < 100000);
    text_release(&raw);
    end(&f);
}

/* Nothing to read is no error; too little memory is. */
static void
test_edges(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    must_run(&f);
    assert_int_equal(f.inventory.part_count, 0);
    assert_int_equal(f.inventory.table_count, 0);
    add_object(&f, SPAN("\n"), COMPRESS_GZIP, 0);
    must_run(&f);
    assert_int_equal(f.inventory.counts.lines, 0);
    f.options.memory_bytes = EXTRACT_MEMORY_MIN - 1;
    assert_int_equal(run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_USAGE);
    end(&f);
}

/* A run that is told to end does, with the reason it was told. */
static void
test_stopped(void **state)
{
    struct fixture f;
    struct error why;

    (void)state;
    begin(&f);
    (void)add_events(&f, 1000, 3, 0, COMPRESS_GZIP);
    (void)error_set(&why, ERROR_INTERRUPTED, "interrupted");
    stop_ask(f.stop, &why);
    assert_int_equal(run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_INTERRUPTED);
    end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_tiny_memory),    cmocka_unit_test(test_large_then_small),
        cmocka_unit_test(test_broken_object),  cmocka_unit_test(test_missing_object),
        cmocka_unit_test(test_rejects),        cmocka_unit_test(test_rejects_max),
        cmocka_unit_test(test_too_long_line),  cmocka_unit_test(test_edges),
        cmocka_unit_test(test_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
