/* Values: their classes, the join of types, what existing columns take, text and CSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "value.h"

/* Scan one JSON value into a cell. The line and the event live as long as the test. */
struct scanned {
    struct event event;
    char line[400];
    struct cell cell;
};

static const struct cell *
scan(struct scanned *s, const char *json)
{
    enum event_status status;
    struct error err;
    int length;

    memset(s->line, 0, sizeof s->line);
    length = snprintf(s->line, sizeof s->line - EVENT_LINE_PAD,
                      "{\"properties\":{\"v\":%s}}", json);
    assert_true(length > 0 && (size_t)length < sizeof s->line - EVENT_LINE_PAD);
    s->line[length] = '\n';
    assert_int_equal(event_scan(&s->event, s->line, (size_t)length, &status, &err), 0);
    assert_int_equal(status, EVENT_OK);
    s->cell = s->event.cells[0];
    return &s->cell;
}

static void
begin(struct scanned *s)
{
    struct error err;

    assert_int_equal(event_init(&s->event, 64, &err), 0);
}

static void
test_classes(void **state)
{
    static const struct {
        const char *json;
        enum value_class class;
    } cases[] = {
        {"true", VALUE_BOOLEAN},
        {"false", VALUE_BOOLEAN},
        {"0", VALUE_INTEGER},
        {"-0", VALUE_INTEGER},
        {"9007199254740992", VALUE_INTEGER},
        {"-9007199254740992", VALUE_INTEGER},
        {"9007199254740993", VALUE_LARGE_INTEGER},
        {"9223372036854775807", VALUE_LARGE_INTEGER},
        {"-9223372036854775808", VALUE_LARGE_INTEGER},
        {"9223372036854775808", VALUE_TEXT},
        {"-9223372036854775809", VALUE_TEXT},
        {"12345678901234567890123", VALUE_TEXT},
        {"1.0", VALUE_DOUBLE},
        {"1e3", VALUE_DOUBLE},
        {"-0.0", VALUE_DOUBLE},
        {"1.7e308", VALUE_DOUBLE},
        {"1e309", VALUE_TEXT},
        {"1e-309", VALUE_TEXT},
        {"2.3e-308", VALUE_DOUBLE},
        {"0e-999", VALUE_DOUBLE},
        {"0.000e99999", VALUE_DOUBLE},
        {"\"x\"", VALUE_TEXT},
        {"\"123\"", VALUE_TEXT},
        {"\"true\"", VALUE_TEXT},
        {"\"2024-01-02\"", VALUE_TIME},
        {"\"2024-01-02T03:04:05.678Z\"", VALUE_TIME},
        {"\"2024-02-30\"", VALUE_TEXT},
        {"\"2024-01-02T03:04:05+02:00\"", VALUE_TIME},
        {"\"2024-01-0\\u0032\"", VALUE_TEXT},
        {"[1]", VALUE_JSON},
    };
    struct scanned s;

    (void)state;
    begin(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (value_classify(scan(&s, cases[i].json)) != cases[i].class)
            fail_msg("%s", cases[i].json);
    event_release(&s.event);
}

static void
test_join(void **state)
{
    static const struct {
        unsigned classes;
        enum column_type type;
    } cases[] = {
        {0, COLUMN_VARCHAR},
        {VALUE_BOOLEAN, COLUMN_BOOLEAN},
        {VALUE_INTEGER, COLUMN_BIGINT},
        {VALUE_LARGE_INTEGER, COLUMN_BIGINT},
        {VALUE_INTEGER | VALUE_LARGE_INTEGER, COLUMN_BIGINT},
        {VALUE_DOUBLE, COLUMN_DOUBLE},
        {VALUE_INTEGER | VALUE_DOUBLE, COLUMN_DOUBLE},
        {VALUE_LARGE_INTEGER | VALUE_DOUBLE, COLUMN_VARCHAR},
        {VALUE_TIME, COLUMN_TIMESTAMP},
        {VALUE_TIME | VALUE_TEXT, COLUMN_VARCHAR},
        {VALUE_TIME | VALUE_INTEGER, COLUMN_VARCHAR},
        {VALUE_BOOLEAN | VALUE_INTEGER, COLUMN_VARCHAR},
        {VALUE_JSON, COLUMN_VARCHAR},
        {VALUE_TEXT, COLUMN_VARCHAR},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(value_join(cases[i].classes), cases[i].type);
}

/* What goes into a column that is there, as which text; NULL: it does not. */
static void
test_cast(void **state)
{
    static const struct {
        enum column_type type;
        const char *json;
        const char *text;
    } cases[] = {
        {COLUMN_VARCHAR, "1.50", "1.50"},
        {COLUMN_VARCHAR, "true", "true"},
        {COLUMN_BIGINT, "7", "7"},
        {COLUMN_BIGINT, "9223372036854775807", "9223372036854775807"},
        {COLUMN_BIGINT, "9223372036854775808", NULL},
        {COLUMN_BIGINT, "1.0", "1"},
        {COLUMN_BIGINT, "1e3", "1000"},
        {COLUMN_BIGINT, "1.5", NULL},
        {COLUMN_BIGINT, "9007199254740993.0", "9007199254740993"},
        {COLUMN_BIGINT, "-9223372036854775808.000", "-9223372036854775808"},
        {COLUMN_BIGINT, "9223372036854775808.0", NULL},
        {COLUMN_BIGINT, "0.00012e5", "12"},
        {COLUMN_BIGINT, "0.00012e4", NULL},
        {COLUMN_BIGINT, "1200e-2", "12"},
        {COLUMN_BIGINT, "100.50e1", "1005"},
        {COLUMN_BIGINT, "-0.0", "0"},
        {COLUMN_BIGINT, "0e5", "0"},
        {COLUMN_BIGINT, "1e18", "1000000000000000000"},
        {COLUMN_BIGINT, "1e19", NULL},
        {COLUMN_BIGINT, "5e-324", NULL},
        {COLUMN_BIGINT, "\"10\"", "10"},
        {COLUMN_BIGINT, "\"1.0\"", "1"},
        {COLUMN_BIGINT, "\"007\"", NULL},
        {COLUMN_BIGINT, "\" 1\"", NULL},
        {COLUMN_BIGINT, "true", NULL},
        {COLUMN_DOUBLE, "1", "1"},
        {COLUMN_DOUBLE, "9007199254740993", NULL},
        {COLUMN_DOUBLE, "1.25", "1.25"},
        {COLUMN_DOUBLE, "\"1.25\"", "1.25"},
        {COLUMN_DOUBLE, "1e400", NULL},
        {COLUMN_DOUBLE, "\"x\"", NULL},
        {COLUMN_BOOLEAN, "true", "true"},
        {COLUMN_BOOLEAN, "\"false\"", "false"},
        {COLUMN_BOOLEAN, "1", NULL},
        {COLUMN_BOOLEAN, "\"True\"", NULL},
        {COLUMN_TIMESTAMP, "\"2024-01-02T03:04:05.500+02:00\"",
         "2024-01-02 01:04:05.5"},
        {COLUMN_TIMESTAMP, "\"2024-01-02\"", "2024-01-02 00:00:00"},
        {COLUMN_TIMESTAMP, "\"yesterday\"", NULL},
        {COLUMN_TIMESTAMP, "1704164645", NULL},
        {COLUMN_SUPER, "[1,2]", "[1,2]"},
        {COLUMN_SUPER, "\"a\\\"b\"", "\"a\\\"b\""},
        {COLUMN_OTHER, "1", NULL},
    };
    struct scanned s;
    struct text scratch = {0};

    (void)state;
    begin(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cell *cell = scan(&s, cases[i].json);
        char room[VALUE_CAST_ROOM];
        bool is_repaired;
        struct span text;
        bool fits = value_cast(cases[i].type, value_classify(cell), cell,
                               value_plain(cell, &scratch, &is_repaired), room, &text);

        if (fits != (cases[i].text != NULL) ||
            (fits && !span_equal(text, span_of(cases[i].text))))
            fail_msg("%s into %s", cases[i].json, column_type_name(cases[i].type));
    }
    text_release(&scratch);
    event_release(&s.event);
}

static void
test_plain(void **state)
{
    static const struct {
        const char *json;
        const char *plain;
        bool is_repaired;
    } cases[] = {
        {"\"x y\"", "x y", false},
        {"\"a\\nb\\\"c\"", "a\nb\"c", false},
        {"\"\\u0026\\u00e9\\ud83d\\ude00\"", "&\xc3\xa9\xf0\x9f\x98\x80", false},
        {"\"a\\u0000b\"", "ab", true},
        {"\"\\u0000\"", "", true},
        {"\"\\ud800\"", "\xef\xbf\xbd", true},
        {"\"a\xff"
         "b\"",
         "a\xef\xbf\xbd"
         "b",
         true},
        {"\"\xc3\"", "\xef\xbf\xbd", true},
        {"\"\xff\\n\"", "\xef\xbf\xbd\n", true},
        {"1.50", "1.50", false},
        {"true", "true", false},
        {"[1, {\"a b\" : \"c \\\" d\"} ]", "[1,{\"a b\":\"c \\\" d\"}]", false},
        {"[\"\xff\"]", "[\"\xef\xbf\xbd\"]", true},
        {"[\"\\u00e9\\u0026\\/\\n\\u0001\\\"\"]", "[\"\xc3\xa9&/\\n\\u0001\\\"\"]",
         false},
        {"[\"a\\u0000b\",\"\\ud800\"]", "[\"ab\",\"\xef\xbf\xbd\"]", true},
        {"\"\xe2\x82|\xed\xa0\x80|\xf0\x9f\x98|\xc0\x80\"",
         "\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd|"
         "\xef\xbf\xbd\xef\xbf\xbd",
         true},
    };
    struct scanned s;
    struct text scratch = {0};

    (void)state;
    begin(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool is_repaired;
        struct span plain = value_plain(scan(&s, cases[i].json), &scratch,
                                        &is_repaired);

        if (!span_equal(plain, span_of(cases[i].plain)) ||
            is_repaired != cases[i].is_repaired)
            fail_msg("%s: %.*s", cases[i].json, (int)plain.length, plain.data);
    }
    text_release(&scratch);
    event_release(&s.event);
}

static void
test_cut(void **state)
{
    struct span text = SPAN("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        assert_int_equal(value_cut(text, i).length, kept[i]);
}

static void
test_csv(void **state)
{
    static const struct {
        const char *plain;
        const char *csv;
    } cases[] = {
        {"", "\"\""},
        {"a,b", "\"a,b\""},
        {"\"", "\"\"\"\""},
        {"a\"b\"\"c", "\"a\"\"b\"\"\"\"c\""},
        {"line\r\nfeed", "\"line\r\nfeed\""},
        {"back\\slash", "\"back\\slash\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char csv[64];
        struct span plain = span_of(cases[i].plain);
        char *end = value_csv(csv, plain);

        assert_true((size_t)(end - csv) <= VALUE_CSV_ROOM(plain.length));
        *end = '\0';
        assert_string_equal(csv, cases[i].csv);
        if (strchr(cases[i].plain, '"') == NULL) {
            *value_csv_simple(csv, plain) = '\0';
            assert_string_equal(csv, cases[i].csv);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes), cmocka_unit_test(test_join),
        cmocka_unit_test(test_cast),    cmocka_unit_test(test_plain),
        cmocka_unit_test(test_cut),     cmocka_unit_test(test_csv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
