/* Extraction end to end over files: objects in, parts and counts out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extracted.h"

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
        struct extracted f;
        uint64_t want = 0;
        uint64_t sum;

        extracted_begin(&f);
        f.options.jobs = cases[i].jobs;
        f.options.compress = cases[i].staging;
        for (size_t o = 0; o < 5; o++)
            want += extracted_add_events(&f, 1500 + o, 6, 2000 * o, cases[i].source);
        extracted_must_run(&f);
        assert_int_equal(f.inventory.counts.events, 7510);
        assert_int_equal(f.inventory.counts.rows, 2 * 7510);
        assert_int_equal(f.inventory.counts.objects, 5);
        assert_int_equal(f.inventory.table_count, 7);
        assert_int_equal(f.inventory.compress, cases[i].staging);
        assert_int_equal(extracted_check_parts(&f, "tracks", "context_ip", &sum), 7510);
        assert_int_equal(sum, 7510);
        for (size_t t = 0; t < 6; t++) {
            char name[20];

            (void)snprintf(name, sizeof name, "event_%zu", t);
            assert_true(extracted_check_parts(&f, name, "n", &sum) > 0);
            want -= sum;
        }
        assert_int_equal(want, 0);
        extracted_end(&f);
    }
}

/* Nothing is written, and everything is counted as if it were. */
static void
test_dry_run(void **state)
{
    struct extracted f;
    char command[300];

    (void)state;
    extracted_begin(&f);
    (void)extracted_add_events(&f, 1000, 3, 0, COMPRESS_GZIP);
    extracted_add_object(&f, SPAN("no event\n"), COMPRESS_NONE, 0);
    f.options.staging = NULL;
    extracted_must_run(&f);
    assert_int_equal(f.inventory.counts.events, 1000);
    assert_int_equal(f.inventory.counts.rejected, 1);
    assert_int_equal(f.inventory.counts.rows, 2000);
    assert_int_equal(f.inventory.table_count, 4);
    (void)snprintf(command, sizeof command, "test ! -e '%s/out'", f.folder);
    assert_int_equal(system(command), 0);
    extracted_end(&f);
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
        struct extracted f;
        size_t n = 6000;
        uint64_t sum;

        extracted_begin(&f);
        f.options.memory_bytes = cases[i].memory_bytes;
        f.options.jobs = cases[i].jobs;
        for (size_t o = 0; o < 4; o++)
            (void)extracted_add_events(&f, n, 2000, n * o, COMPRESS_GZIP);
        if (!cases[i].is_written)
            f.options.staging = NULL;
        extracted_must_run(&f);
        assert_int_equal(f.inventory.counts.events, 4 * n);
        assert_int_equal(f.inventory.counts.rows, 8 * n);
        assert_int_equal(f.inventory.table_count, 2001);
        assert_true(f.inventory.part_count <= cases[i].parts);
        if (cases[i].is_written) {
            assert_int_equal(extracted_check_parts(&f, "tracks", "context_ip", &sum),
                             4 * n);
            assert_int_equal(sum, 4 * n);
            n /= 500; /* rows of each table */
            assert_int_equal(extracted_check_parts(&f, "event_7", "n", &sum), n);
            assert_int_equal(sum, n * 7 + 2000 * n * (n - 1) / 2);
        }
        extracted_end(&f);
    }
}

/* Rows of megabytes, then many small ones: the room that the large ones took is given
 * back, or every small row would make a part. */
static void
test_large_then_small(void **state)
{
    struct extracted f;
    struct text raw = {0};
    uint64_t sum;

    (void)state;
    extracted_begin(&f);
    f.options.memory_bytes = EXTRACT_MEMORY_MIN;
    f.options.jobs = 1;
    for (int i = 0; i < 12; i++) {
        text_addf(&raw,
                  "{\"type\":\"track\",\"event\":\"Large %d\",\"properties\":{\"a\":0",
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
    extracted_add_object(&f, text_span(&raw), COMPRESS_GZIP, 0);
    text_release(&raw);
    extracted_must_run(&f);
    assert_int_equal(f.inventory.counts.events, 3012);
    assert_true(f.inventory.part_count < 200);
    assert_int_equal(extracted_check_parts(&f, "tracks", "id", &sum), 3012);
    extracted_end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_tiny_memory),
        cmocka_unit_test(test_large_then_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
