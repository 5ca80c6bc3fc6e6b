/* Existing tables, long values, long rows, and the events of the documentation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>

#include "transformed.h"

/* More keys than a table can have columns: the first stay, the rest is in the
 * discards. */
static void
test_many_columns(void **state)
{
    struct transformed x;
    struct text json = {0};
    char name[20];

    (void)state;
    transformed_begin(&x);
    text_add_string(&json, "{'type':'track','event':'E','properties':{");
    for (int i = 0; i < 2000; i++)
        text_addf(&json, "%s'c%d':%d", i > 0 ? "," : "", i, i);
    text_add_string(&json, "}}");
    for (int round = 0; round < 2; round++)
        transformed_event(&x, text_string(&json));
    transformed_end(&x);
    for (int i = 0; i < 2000; i++) {
        char value[20];
        int first = COLUMN_COUNT_NEW - 11;

        (void)snprintf(name, sizeof name, "c%d", i);
        (void)snprintf(value, sizeof value, "%d", i);
        for (size_t row = 0; row < 2; row++)
            if (i < first)
                transformed_expect(&x, "e", row, name, value);
            else
                transformed_expect_discard(
                    &x, (size_t)(i - first) + row * (size_t)(2000 - first), "e", name,
                    value, "too_many_columns");
    }
    assert_int_equal(x.t.counts.cells + x.t.counts.discards, 4000);
    text_release(&json);
    transformed_release(&x);
}

/* ---- what the warehouse has ---- */

static const struct {
    const char *json; /* the event without its type */
    const char *column;
    const char *text;     /* NULL: not in the row */
    const char *discards; /* the value in the discards; NULL: none */
} existing[] = {
    {"'properties':{'count':7}", "count", "7", NULL},
    {"'properties':{'count':'10'}", "count", "10", NULL},
    {"'properties':{'count':1.0}", "count", "1", NULL},
    {"'properties':{'count':1.5}", "count", NULL, "1.5"},
    {"'properties':{'count':'many \\u00e9'}", "count", NULL, "many \xc3\xa9"},
    {"'properties':{'count':[1, 2]}", "count", NULL, "[1,2]"},
    {"'properties':{'price':3}", "price", "3", NULL},
    {"'properties':{'price':'x'}", "price", NULL, "x"},
    {"'properties':{'is_new':true}", "is_new", "true", NULL},
    {"'properties':{'is_new':1}", "is_new", NULL, "1"},
    {"'properties':{'born':'2024-01-02T03:04:05+02:00'}", "born", "2024-01-02 01:04:05",
     NULL},
    {"'properties':{'born':'soon'}", "born", NULL, "soon"},
    {"'properties':{'tag':'t'}", "tag", "t", NULL}, /* made without its underscore */
    {"'properties':{'extra':[1, {'a':2}]}", "extra", "[1,{\"a\":2}]", NULL},
    {"'properties':{'extra':'text'}", "extra", "\"text\"", NULL},
    {"'userId':42", "user_id", "42", NULL},
    {"'userId':'forty-two'", "user_id", NULL, "forty-two"},
    {"'properties':{'shape':'x'}", "shape", NULL, "x"},
    {"'sentAt':'2024-01-02T03:04:05Z'", "sent_at", "2024-01-02 03:04:05", NULL},
};

/* A value that casts exactly goes in; else it is NULL there and stands in the
 * discards. */
static void
test_existing(void **state)
{
    struct column columns[] = {
        {.name = SPAN("born"), .type = COLUMN_TIMESTAMP},
        {.name = SPAN("count"), .type = COLUMN_BIGINT},
        {.name = SPAN("extra"), .type = COLUMN_SUPER},
        {.name = SPAN("is_new"), .type = COLUMN_BOOLEAN},
        {.name = SPAN("price"), .type = COLUMN_DOUBLE},
        {.name = SPAN("sent_at"), .type = COLUMN_VARCHAR, .max_bytes = 30},
        {.name = SPAN("shape"), .type = COLUMN_OTHER},
        {.name = SPAN("tag"), .type = COLUMN_VARCHAR, .max_bytes = 30},
        {.name = SPAN("user_id"), .type = COLUMN_BIGINT},
    };
    struct table table = {.name = SPAN("pages"), .columns = columns, .column_count = 9};
    struct catalog catalog = {.has_schema = true, .tables = &table, .table_count = 1};

    (void)state;
    for (size_t i = 0; i < sizeof existing / sizeof existing[0]; i++) {
        struct transformed x;
        struct text json = {0};

        transformed_defaults(&x);
        transformed_begin_with(&x, &catalog);
        text_addf(&json, "{'type':'page',%s}", existing[i].json);
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        transformed_expect(&x, "pages", 0, existing[i].column, existing[i].text);
        if (existing[i].discards != NULL)
            transformed_expect_discard(&x, 0, "pages", existing[i].column,
                                       existing[i].discards, "type_conflict");
        else
            assert_int_equal(transformed_rows(&x, "rsload_discards"), 0);
        text_release(&json);
        transformed_release(&x);
    }
}

/* ---- long values ---- */

static void
add_long(struct text *json, size_t length, const char *piece)
{
    text_add_string(json, "{'type':'page','messageId':'m','properties':{'v':'");
    for (size_t i = 0; i < length; i += strlen(piece))
        text_add_string(json, piece);
    text_add_string(json, "'}}");
}

/* The longest VARCHAR holds 65,535 bytes; what is longer is cut between characters. */
static void
test_long_values(void **state)
{
    static const struct {
        const char *piece;
        size_t length;
        size_t kept;
    } cases[] = {
        {"x", 65535, 65535},
        {"x", 65536, 65535},
        {"\xc3\xa9", 65534, 65534},
        {"\xc3\xa9", 65536, 65534},
        {"\xe2\x82\xac", 65535, 65535},
        {"\xe2\x82\xac", 65538, 65535},
        {"\xf0\x9f\x98\x80", 65536, 65532},
        {"\\\"", 2 * 65535, 65535},
        {"\\\"", 2 * 65536, 65535},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transformed x;
        struct text json = {0};
        size_t bytes = cases[i].piece[0] == '\\' ? cases[i].length / 2
                                                 : cases[i].length;

        transformed_begin(&x);
        add_long(&json, cases[i].length, cases[i].piece);
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        assert_int_equal(strlen(transformed_cell(&x, "pages", 0, "v")), cases[i].kept);
        assert_int_equal(x.t.counts.truncated, bytes > 65535);
        assert_int_equal(transformed_rows(&x, "rsload_discards"), bytes > 65535);
        text_release(&json);
        transformed_release(&x);
    }
}

/* A value of megabytes is cut in its row and in the discards, and the rows after it
 * need no more room than before. */
static void
test_huge_value(void **state)
{
    struct transformed x;
    struct text json = {0};
    struct batch *screens;

    (void)state;
    transformed_begin(&x);
    add_long(&json, 4000000, "x");
    transformed_event(&x, text_string(&json));
    transformed_event(&x, "{'type':'screen','properties':{'v':1}}");
    screens = x.t.kinds[TABLE_SCREENS];
    assert_true(screens->room <= 65536);
    assert_true(x.t.kinds[TABLE_DISCARDS]->room <= 1 << 20);
    transformed_end(&x);
    assert_int_equal(strlen(transformed_cell(&x, "rsload_discards", 0, "column_value")),
                     65535);
    text_release(&json);
    transformed_release(&x);
}

/* A row longer than COPY takes is a reject, and leaves no half behind. */
static void
test_too_long_row(void **state)
{
    struct transformed x;
    struct text json = {0};

    (void)state;
    transformed_begin(&x);
    text_add_string(&json, "{\"type\":\"track\",\"event\":\"E\",\"properties\":{");
    for (int i = 0; i < 70; i++) {
        text_addf(&json, "%s\"v%d\":\"", i > 0 ? "," : "", i);
        for (int j = 0; j < 32000; j++)
            text_add_string(&json, "\\\"");
        text_add_char(&json, '"');
    }
    text_add_string(&json, "}}");
    assert_int_equal(transformed_line(&x, text_span(&json)), TRANSFORM_REJECTED);
    assert_string_equal(x.t.reason, "too long");
    transformed_event(&x, "{'type':'track','event':'E','properties':{'v1':'x'}}");
    transformed_end(&x);
    assert_int_equal(transformed_rows(&x, "e"), 1);
    assert_int_equal(transformed_rows(&x, "tracks"), 1);
    transformed_expect(&x, "e", 0, "v1", "x");
    transformed_expect(&x, "e", 0, "v2", NULL);
    text_release(&json);
    transformed_release(&x);
}

/* ---- the documentation's events ---- */

/* Does the text stand in any cell of any row? */
static bool
is_somewhere(const struct transformed *x, const char *text)
{
    for (size_t t = 0; t < x->table_count; t++)
        for (size_t i = 0; i < x->tables[t].cell_count; i++)
            if (strcmp(x->tables[t].cells[i].data, text) == 0)
                return true;
    return false;
}

/* Every string below `item` that is no array's must stand somewhere. */
static void
check_leaves(const struct transformed *x, const cJSON *item, const char *line,
             unsigned *seen)
{
    const cJSON *child;

    if (cJSON_IsString(item) && item->valuestring[0] != '\0') {
        if (!is_somewhere(x, item->valuestring))
            fail_msg("%s is lost from %s", item->valuestring, line);
        ++*seen;
    }
    if (cJSON_IsObject(item))
        cJSON_ArrayForEach(child, item) check_leaves(x, child, line, seen);
}

static bool
takes(const char *type, const char *area)
{
    if (strcmp(area, "context") == 0)
        return true;
    if (strcmp(type, "track") == 0 || strcmp(type, "page") == 0 ||
        strcmp(type, "screen") == 0)
        return strcmp(area, "properties") == 0;
    return strcmp(area, "traits") == 0;
}

/* Each event on its own: loaded, and no string of it lost. */
static void
check_documented(const char *line, unsigned *seen)
{
    static const char *const areas[] = {"properties", "traits", "context"};
    struct transformed x;
    cJSON *json = cJSON_Parse(line);
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItem(json, "type"));

    assert_non_null(type);
    transformed_begin(&x);
    if (transformed_line(&x, span_of(line)) != TRANSFORM_LOADED)
        fail_msg("rejected: %s: %s", x.t.reason, line);
    transformed_end(&x);
    for (size_t i = 0; i < 3; i++)
        if (takes(type, areas[i]))
            check_leaves(&x, cJSON_GetObjectItem(json, areas[i]), line, seen);
    cJSON_Delete(json);
    transformed_release(&x);
}

static void
test_documented(void **state)
{
    const char *folder = getenv("RSLOAD_TESTDATA");
    char path[1000];
    static char line[100000];
    unsigned lines = 0;
    unsigned seen = 0;
    FILE *f;

    (void)state;
    if (folder == NULL) {
        print_message("skipped: RSLOAD_TESTDATA is not set\n");
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/segment/segment_docs_examples.ndjson",
                   folder);
    f = fopen(path, "rb");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        check_documented(line, &seen);
        lines++;
    }
    (void)fclose(f);
    assert_int_equal(lines, 87);
    assert_true(seen > 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_columns), cmocka_unit_test(test_existing),
        cmocka_unit_test(test_long_values),  cmocka_unit_test(test_huge_value),
        cmocka_unit_test(test_too_long_row), cmocka_unit_test(test_documented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
