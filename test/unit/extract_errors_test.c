/* Extraction of what is broken, missing, too long or too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "extracted.h"

/* What is broken is named: the object, and what to do. */
static void
test_broken_object(void **state)
{
    struct extracted f;
    char line[2048];

    (void)state;
    extracted_begin(&f);
    (void)extracted_add_events(&f, 100, 2, 0, COMPRESS_GZIP);
    extracted_add_object(&f, SPAN("{\"type\":\"page\"}\n{\"type\":\"page\"}\n"),
                         COMPRESS_GZIP, 5);
    assert_int_equal(extracted_run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_SOURCE);
    error_line(&f.err, line, sizeof line);
    assert_non_null(strstr(line, "day/01.gz"));
    assert_non_null(strstr(line, "ends inside a member"));
    assert_non_null(strstr(line, "run again later"));
    extracted_end(&f);
}

static void
test_missing_object(void **state)
{
    struct extracted f;
    char line[2048];

    (void)state;
    extracted_begin(&f);
    (void)extracted_add_events(&f, 10, 2, 0, COMPRESS_GZIP);
    f.objects[0].object.key = SPAN("day/none.gz");
    assert_int_equal(extracted_run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_SOURCE);
    error_line(&f.err, line, sizeof line);
    assert_non_null(strstr(line, "day/none.gz"));
    extracted_end(&f);
}

/* Bad lines stand in one file, with where they were; the good ones beside them load. */
static void
test_rejects(void **state)
{
    struct extracted f;
    struct text raw = {0};

    (void)state;
    extracted_begin(&f);
    f.options.jobs = 1;
    extracted_add_object(
        &f, SPAN("{\"type\":\"page\"}\n\nbad one\n[1]\n{\"type\":\"page\"}\n"),
        COMPRESS_GZIP, 0);
    extracted_add_object(&f, SPAN("{\"type\":\"none\"}\r\n"), COMPRESS_GZIP, 0);
    extracted_must_run(&f);
    assert_int_equal(f.inventory.counts.lines, 5);
    assert_int_equal(f.inventory.counts.events, 2);
    assert_int_equal(f.inventory.counts.rejected, 3);
    extracted_fetch(&f, SPAN("rejects.ndjson.gz"), UINT64_MAX, &raw);
    assert_non_null(strstr(text_string(&raw),
                           "{\"object\":\"day/00.gz\",\"line\":3,\"offset\":17,"
                           "\"reason\":\"not JSON\",\"at\":0,\"text\":\"bad one\"}\n"));
    assert_non_null(
        strstr(text_string(&raw),
               "{\"object\":\"day/00.gz\",\"line\":4,\"offset\":25,"
               "\"reason\":\"not an object\",\"at\":0,\"text\":\"[1]\"}\n"));
    assert_non_null(strstr(text_string(&raw),
                           "{\"object\":\"day/01.gz\",\"line\":1,\"offset\":0,"
                           "\"reason\":\"unknown type\",\"at\":0,"
                           "\"text\":\"{\\\"type\\\":\\\"none\\\"}\"}\n"));
    text_release(&raw);
    extracted_end(&f);
}

/* So many rejects are allowed, and one more ends the run. */
static void
test_rejects_max(void **state)
{
    (void)state;
    for (uint64_t max = 0; max < 4; max++) {
        struct extracted f;

        extracted_begin(&f);
        f.options.jobs = 1;
        f.options.rejects_max = max;
        extracted_add_object(&f, SPAN("x\n{\"type\":\"page\"}\ny\n"), COMPRESS_GZIP, 0);
        assert_int_equal(extracted_run(&f), max < 2 ? -1 : 0);
        if (max < 2) {
            assert_int_equal(f.err.kind, ERROR_DATA);
            assert_non_null(strstr(f.err.hint, "day/00.gz"));
        }
        extracted_end(&f);
    }
}

/* A line beyond 4 MiB is a reject like any other; its beginning is kept. */
static void
test_too_long_line(void **state)
{
    struct extracted f;
    struct text raw = {0};

    (void)state;
    extracted_begin(&f);
    text_add_string(&raw, "{\"type\":\"page\",\"properties\":{\"v\":\"");
    for (int i = 0; i < 500000; i++)
        text_add_string(&raw, "0123456789");
    text_add_string(&raw, "\"}}\n{\"type\":\"page\"}\n");
    extracted_add_object(&f, text_span(&raw), COMPRESS_GZIP, 0);
    text_clear(&raw);
    extracted_must_run(&f);
    assert_int_equal(f.inventory.counts.events, 1);
    assert_int_equal(f.inventory.counts.rejected, 1);
    extracted_fetch(&f, SPAN("rejects.ndjson.gz"), UINT64_MAX, &raw);
    assert_non_null(strstr(text_string(&raw), "\"reason\":\"too long\""));
    assert_non_null(strstr(text_string(&raw), "\"line_bytes\":5000037"));
    assert_true(raw.length < 100000);
    text_release(&raw);
    extracted_end(&f);
}

/* Nothing to read is no error; too little memory is. */
static void
test_edges(void **state)
{
    struct extracted f;

    (void)state;
    extracted_begin(&f);
    extracted_must_run(&f);
    assert_int_equal(f.inventory.part_count, 0);
    assert_int_equal(f.inventory.table_count, 0);
    extracted_add_object(&f, SPAN("\n"), COMPRESS_GZIP, 0);
    extracted_must_run(&f);
    assert_int_equal(f.inventory.counts.lines, 0);
    f.options.memory_bytes = EXTRACT_MEMORY_MIN - 1;
    assert_int_equal(extracted_run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_USAGE);
    extracted_end(&f);
}

/* A run that is told to end does, with the reason it was told. */
static void
test_stopped(void **state)
{
    struct extracted f;
    struct error why;

    (void)state;
    extracted_begin(&f);
    (void)extracted_add_events(&f, 1000, 3, 0, COMPRESS_GZIP);
    (void)error_set(&why, ERROR_INTERRUPTED, "interrupted");
    stop_ask(f.stop, &why);
    assert_int_equal(extracted_run(&f), -1);
    assert_int_equal(f.err.kind, ERROR_INTERRUPTED);
    extracted_end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_object), cmocka_unit_test(test_missing_object),
        cmocka_unit_test(test_rejects),       cmocka_unit_test(test_rejects_max),
        cmocka_unit_test(test_too_long_line), cmocka_unit_test(test_edges),
        cmocka_unit_test(test_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
