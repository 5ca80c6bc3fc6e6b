/* What people and machines are shown: figures, the table, the JSON, bars and
 * messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "bar.h"
#include "figure.h"
#include "load_id.h"
#include "message.h"
#include "report.h"

#define HOUR_S INT64_C(1795269600) /* 2026-11-21T14 */

static void
writes_figures(void **state)
{
    static const struct {
        uint64_t value;
        const char *count, *bytes;
    } cases[] = {
        {0, "0", "0 B"},
        {999, "999", "999 B"},
        {1000, "1,000", "1.00 kB"},
        {12345, "12,345", "12.3 kB"},
        {999499, "999,499", "999 kB"},
        {999500, "999,500", "1.00 MB"},
        {9994999, "9,994,999", "9.99 MB"},
        {9995000, "9,995,000", "10.0 MB"},
        {UINT64_MAX, "18,446,744,073,709,551,615", "18.4 EB"},
    };
    static const struct {
        double seconds;
        const char *text;
    } times[] = {
        {0, "0.00 s"},         {0.123, "0.12 s"},    {12.34, "12.3 s"},
        {59.94, "59.9 s"},     {59.96, "1 min 0 s"}, {125, "2 min 5 s"},
        {3599.6, "1 h 0 min"}, {7380, "2 h 3 min"},
    };
    struct text t = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_clear(&t);
        figure_count(&t, cases[i].value);
        assert_string_equal(text_string(&t), cases[i].count);
        text_clear(&t);
        figure_bytes(&t, cases[i].value);
        assert_string_equal(text_string(&t), cases[i].bytes);
    }
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        text_clear(&t);
        figure_seconds(&t, times[i].seconds);
        assert_string_equal(text_string(&t), times[i].text);
    }
    text_release(&t);
}

static void
percentages_do_not_lie(void **state)
{
    static const struct {
        uint64_t part, whole;
        const char *text;
    } cases[] = {
        {0, 0, "0 %"},
        {0, 9, "0 %"},
        {9, 9, "100 %"},
        {1, 3, "33.33 %"},
        {1, 1000000, "under 0.01 %"},
        {999999, 1000000, "over 99.99 %"},
    };
    struct text t = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_clear(&t);
        figure_percent(&t, cases[i].part, cases[i].whole);
        assert_string_equal(text_string(&t), cases[i].text);
    }
    text_clear(&t);
    figure_rate(&t, 5, 0);
    assert_string_equal(text_string(&t), "-");
    text_release(&t);
}

static struct run_table tables[] = {
    {.name = {"aliases", 7}, .rows = 1200, .parts = 1, .columns = 12},
    {.name = {"order_completed_in_the_shop", 27},
     .rows = 8431,
     .duplicates = 3,
     .parts = 1,
     .columns = 34,
     .is_new = true},
    {.name = {"tracks", 6}, .rows = 80113, .parts = 2, .columns = 21, .new_columns = 2},
};
static struct span statements[] = {
    {"CREATE TABLE \"web\".\"x\" (\"id\" VARCHAR(512))", 42},
    {"COPY \"web\".\"x\"", 14},
};

static struct run_report
sample(enum run_outcome outcome)
{
    return (struct run_report){
        .outcome = outcome,
        .inventory = {.load_id = SPAN("01kd0q3m5s8x1c2v3b4n5m6q7w"),
                      .window = {HOUR_S, HOUR_S + 3600},
                      .source = SPAN("s3://events/2026/11/21/14/"),
                      .schema = SPAN("web"),
                      .tool = SPAN("rsload 1.0"),
                      .counts = {.objects = 16,
                                 .stored_bytes = 21400000,
                                 .raw_bytes = 166000000,
                                 .lines = 100012,
                                 .events = 100000,
                                 .rejected = 12,
                                 .rows = 89744,
                                 .values = 4000000,
                                 .truncated = 3}},
        .staged = SPAN("s3://staging/web/2026-11-21T14/01kd0q3m5s8x1c2v3b4n5m6q7w"),
        .tables = tables,
        .table_count = 3,
        .list_s = 0.25,
        .extract_s = 5,
        .load_s = 7,
        .total_s = 12.5,
    };
}

static void
assert_report(struct run_report report, struct report_style style, const char *expected)
{
    struct text t = {0};

    report_text(&report, &style, &t);
    assert_string_equal(text_string(&t), expected);
    text_release(&t);
}

static void
shows_what_was_loaded(void **state)
{
    (void)state;
    assert_report(
        sample(RUN_LOADED), (struct report_style){0},
        "2026-11-21T14 is loaded into web (load 01kd0q3m5s8x1c2v3b4n5m6q7w)\n"
        "\n"
        "table                          rows  columns    new  parts  duplicates\n"
        "----------------------------------------------------------------------\n"
        "aliases                       1,200       12             1\n"
        "order_completed_in_the_shop   8,431       34  table      1           3\n"
        "tracks                       80,113       21     +2      2\n"
        "----------------------------------------------------------------------\n"
        "3 tables                     89,744       67     +2      4           3\n"
        "\n"
        "events   100,000 in 100,012 lines, 12 rejected (0.01 %)\n"
        "objects  16, 21.4 MB, 166 MB unpacked, from s3://events/2026/11/21/14/\n"
        "values   4,000,000, 3 cut to their column's size (under 0.01 %)\n"
        "time     12.5 s (list 0.25 s, read 5.00 s, load 7.00 s), 13.3 MB/s, 8,000 "
        "events/s\n");
}

static void
never_passes_the_width_of_the_terminal(void **state)
{
    (void)state;
    for (size_t width = 20; width <= 100; width++) {
        struct run_report report = sample(RUN_LOADED);
        struct report_style style = {.width = width};
        struct text t = {0};
        const char *line;
        const char *end;

        report_text(&report, &style, &t);
        /* the table stands between the two empty lines */
        line = strstr(text_string(&t), "\n\n") + 2;
        end = strstr(line, "\n\n");
        for (; line < end; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\n") > width)
                fail_msg("%zu: %.*s", width, (int)strcspn(line, "\n"), line);
        text_release(&t);
    }
}

static void
cuts_a_name_in_its_middle(void **state)
{
    struct run_report report = sample(RUN_LOADED);
    struct report_style style = {.width = 60, .is_utf8 = true};
    struct text t = {0};

    (void)state;
    report_text(&report, &style, &t);
    assert_non_null(strstr(text_string(&t), "order_co\xe2\x80\xa6the_shop "));
    text_release(&t);
}

static void
one_table_needs_no_sum(void **state)
{
    struct run_report report = sample(RUN_LOADED);
    struct text t = {0};

    (void)state;
    report.table_count = 1;
    report_text(&report, &(struct report_style){0}, &t);
    assert_null(strstr(text_string(&t), "1 tables"));
    text_release(&t);
}

static void
says_that_there_was_nothing_to_do(void **state)
{
    (void)state;
    assert_report(sample(RUN_ALREADY), (struct report_style){0},
                  "2026-11-21T14 was loaded into web before (load "
                  "01kd0q3m5s8x1c2v3b4n5m6q7w): nothing to do\n");
    assert_report(sample(RUN_EMPTY), (struct report_style){0},
                  "2026-11-21T14 has no events for web: nothing to do\n");
}

static void
a_dry_run_is_sql(void **state)
{
    struct run_report report = sample(RUN_PLANNED);
    struct text t = {0};
    const char *line;
    int number = 0;

    (void)state;
    report.statements = statements;
    report.statement_count = 2;
    report_text(&report, &(struct report_style){.width = 80}, &t);
    assert_int_equal(strncmp(text_string(&t),
                             "CREATE TABLE \"web\".\"x\" (\"id\" VARCHAR(512));\n"
                             "COPY \"web\".\"x\";\n\n-- 2026-11-21T14 would be",
                             80),
                     0);
    for (line = text_string(&t); *line != '\0'; line += strcspn(line, "\n") + 1)
        if (number++ >= 3 && strncmp(line, "--", 2) != 0)
            fail_msg("%.*s", (int)strcspn(line, "\n"), line);
    text_release(&t);
}

static void
a_staged_load_says_where(void **state)
{
    struct run_report report = sample(RUN_STAGED);
    struct text t = {0};

    (void)state;
    report_text(&report, &(struct report_style){0}, &t);
    assert_non_null(strstr(text_string(&t), "staged   s3://staging/web/2026-11-21T14/"
                                            "01kd0q3m5s8x1c2v3b4n5m6q7w\n"));
    text_release(&t);
}

static void
writes_one_line_of_json(void **state)
{
    struct run_report report = sample(RUN_PLANNED);
    struct error err = {0};
    struct text t = {0};

    (void)state;
    report.table_count = 1;
    report.statements = statements;
    report.statement_count = 1;
    report.inventory.counts.values = UINT64_C(9007199254740993);
    assert_int_equal(report_json(&report, &t, &err), 0);
    assert_string_equal(
        text_string(&t),
        "{\"outcome\":\"planned\",\"from\":\"2026-11-21T14\",\"until\":\"2026-11-"
        "21T15\","
        "\"schema\":\"web\",\"load_id\":\"01kd0q3m5s8x1c2v3b4n5m6q7w\","
        "\"source\":\"s3://events/2026/11/21/14/\","
        "\"staged\":\"s3://staging/web/2026-11-21T14/01kd0q3m5s8x1c2v3b4n5m6q7w\","
        "\"tool\":\"rsload 1.0\",\"tables\":[{\"name\":\"aliases\",\"rows\":1200,"
        "\"duplicates\":0,\"columns\":12,\"new_columns\":0,\"is_new\":false,"
        "\"parts\":1}],\"counts\":{\"objects\":16,\"stored_bytes\":21400000,"
        "\"raw_bytes\":166000000,\"lines\":100012,\"events\":100000,\"rejected\":12,"
        "\"filtered\":0,\"rows\":89744,\"values\":9007199254740993,\"cells\":0,"
        "\"discards\":0,\"nulls\":0,\"truncated\":3,\"repaired\":0},"
        "\"seconds\":{\"list\":0.250,\"extract\":5.000,\"load\":7.000,"
        "\"total\":12.500},"
        "\"statements\":[\"CREATE TABLE \\\"web\\\".\\\"x\\\" (\\\"id\\\" "
        "VARCHAR(512))\"]}\n");
    text_release(&t);
}

static void
a_failed_hour_is_json_too(void **state)
{
    struct error why = {0};
    struct error err = {0};
    struct text t = {0};

    (void)state;
    (void)error_set(&why, ERROR_WAREHOUSE, "no \"room\"");
    (void)error_in(&why, "COPY web.x");
    assert_int_equal(report_json_failure(HOUR_S, &why, &t, &err), 0);
    assert_string_equal(
        text_string(&t),
        "{\"outcome\":\"failed\",\"from\":\"2026-11-21T14\",\"until\":\"2026-11-"
        "21T15\","
        "\"error\":{\"kind\":\"warehouse\",\"exit_code\":76,\"what\":\"COPY web.x\","
        "\"why\":\"no \\\"room\\\"\",\"hint\":\"\"}}\n");
    text_release(&t);
}

static void
messages_are_one_tame_line(void **state)
{
    struct error why = {0};
    struct text t = {0};

    (void)state;
    message_text(SAY_WARNING, "a\nb\x1b[31m", &t);
    message_text(SAY_INFO, "listed", &t);
    message_text(SAY_DEBUG, "GET", &t);
    (void)error_set(&why, ERROR_SOURCE, "is missing");
    (void)error_in(&why, "s3://in/a.gz");
    (void)error_hint(&why, "look there");
    message_error_text(&why, &t);
    assert_string_equal(text_string(&t),
                        "rsload: warning: a b [31m\n"
                        "rsload: listed\n"
                        "rsload: debug: GET\n"
                        "rsload: s3://in/a.gz: is missing: look there\n");
    text_clear(&t);
    message_json(SAY_WARNING, "a\nb", HOUR_S + 61, &t);
    message_error_json(&why, HOUR_S, &t);
    assert_string_equal(
        text_string(&t),
        "{\"time\":\"2026-11-21T14:01:01Z\",\"level\":\"warning\",\"message\":"
        "\"a\\nb\"}\n"
        "{\"time\":\"2026-11-21T14:00:00Z\",\"level\":\"error\",\"message\":"
        "\"s3://in/a.gz: is missing: look there\",\"kind\":\"source\",\"exit_code\":66,"
        "\"what\":\"s3://in/a.gz\",\"why\":\"is missing\",\"hint\":\"look there\"}\n");
    text_release(&t);
}

static void
a_bar_fits_and_tells_the_share(void **state)
{
    struct progress progress = {.phase = PROGRESS_READING,
                                .objects = 8,
                                .objects_total = 16,
                                .stored_bytes = 30,
                                .stored_total = 40,
                                .raw_bytes = 166000000,
                                .lines = 48000};
    struct bar bar = bar_look(&progress, SPAN("2026-11-21T14"), 2);
    struct text t = {0};

    (void)state;
    bar_draw(&bar, 79, false, &t);
    assert_string_equal(text_string(&t),
                        "2026-11-21T14  reading  [#########...]  75 %  "
                        "8 of 16 objects, 83.0 MB/s  0:02");
    text_clear(&t);
    bar_tell(&bar, &t);
    assert_string_equal(text_string(&t),
                        "2026-11-21T14: reading: 8 of 16 objects, 48,000 "
                        "lines, 83.0 MB/s, 75 %, 2.00 s");
    for (size_t width = 29; width < 120; width++) {
        text_clear(&t);
        bar_draw(&bar, width, false, &t);
        if (t.length > width)
            fail_msg("%zu: %s", width, text_string(&t));
    }
    /* without sizes the objects count; before the first, nothing is known */
    bar.stored_total = 0;
    assert_true(bar_share(&bar) > 0.49 && bar_share(&bar) < 0.51);
    bar.phase = PROGRESS_LISTING;
    assert_true(bar_share(&bar) < 0);
    bar.phase = PROGRESS_LOADING;
    bar.steps = 3;
    bar.steps_total = 12;
    text_clear(&t);
    bar_tell(&bar, &t);
    assert_string_equal(text_string(&t),
                        "2026-11-21T14: loading: 3 of 12 COPYs, 25 %, 2.00 s");
    text_release(&t);
}

static void
load_ids_are_ulids_in_lower_case(void **state)
{
    static const unsigned char zeros[LOAD_ID_RANDOM] = {0};
    static const unsigned char counted[LOAD_ID_RANDOM] = {0x00, 0x44, 0x32, 0x14, 0xc7,
                                                          0x42, 0x54, 0xb6, 0x35, 0xcf};
    unsigned char ones[LOAD_ID_RANDOM];
    char a[LOAD_ID_SIZE];
    char b[LOAD_ID_SIZE];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    load_id_make(0, zeros, a);
    assert_string_equal(a, "00000000000000000000000000");
    load_id_make((INT64_C(1) << 48) - 1, ones, a);
    assert_string_equal(a, "7zzzzzzzzzzzzzzzzzzzzzzzzz");
    /* 0, 1, 2 ... 15 in groups of five bits; 1469918176385 is the ULID page's own
     * time */
    load_id_make(INT64_C(1469918176385), counted, a);
    assert_string_equal(a, "01aryz6s410123456789abcdef");
    /* a millisecond later sorts behind, whatever is random */
    load_id_make(INT64_C(1795269600000), ones, a);
    load_id_make(INT64_C(1795269600001), zeros, b);
    assert_true(strcmp(a, b) < 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_figures),
        cmocka_unit_test(percentages_do_not_lie),
        cmocka_unit_test(shows_what_was_loaded),
        cmocka_unit_test(never_passes_the_width_of_the_terminal),
        cmocka_unit_test(cuts_a_name_in_its_middle),
        cmocka_unit_test(one_table_needs_no_sum),
        cmocka_unit_test(says_that_there_was_nothing_to_do),
        cmocka_unit_test(a_dry_run_is_sql),
        cmocka_unit_test(a_staged_load_says_where),
        cmocka_unit_test(writes_one_line_of_json),
        cmocka_unit_test(a_failed_hour_is_json_too),
        cmocka_unit_test(messages_are_one_tame_line),
        cmocka_unit_test(a_bar_fits_and_tells_the_share),
        cmocka_unit_test(load_ids_are_ulids_in_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
