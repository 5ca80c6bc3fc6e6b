/* Names: snake case, reserved words, leading digits, length, names without any
 * letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "digest.h"
#include "name.h"

/* Source keys and the columns that they make. */
static const struct {
    const char *key;
    const char *column;
} columns[] = {
    /* a run of capitals sticks to the lower case behind it */
    {"HTTPServer", "httpserver"},
    {"myURLPath", "my_urlpath"},
    {"productSKUCode", "product_skucode"},
    {"UTMSource", "utmsource"},
    {"iOS", "i_os"},
    {"iOSVersion", "i_osversion"},
    {"aMRR_calc", "a_mrr_calc"},
    {"OAuth2Token", "oauth2_token"},
    {"samPLE text", "sam_ple_text"},
    {"orderID", "order_id"},
    {"HTTPStatus", "httpstatus"},
    /* digits stay in their word */
    {"ipV4", "ip_v4"},
    {"v2", "v2"},
    {"abc123def", "abc123def"},
    {"address1Line", "address1_line"},
    {"fooBAR1baz", "foo_bar1baz"},
    /* a leading digit gets an underscore */
    {"2FA Enabled", "_2fa_enabled"},
    {"25dollarpurchase", "_25dollarpurchase"},
    {"3doctors", "_3doctors"},
    {"101_account_update", "_101_account_update"},
    /* underscores in front, behind and in runs vanish */
    {"_private", "private"},
    {"order__completed", "order_completed"},
    {"trailing_", "_trailing"},
    {"a_", "a"},
    {"__a__b__", "a_b"},
    /* reserved words get an underscore, whatever way they are spelled */
    {"__timestamp", "_timestamp"},
    {"group", "_group"},
    {"order", "_order"},
    {"table", "_table"},
    {"user", "_user"},
    {"tag", "_tag"},
    {"percent", "_percent"},
    {"open", "_open"},
    {"SELECT", "_select"},
    {"Order ", "_order"},
    {"user_id", "user_id"},
    {"ordering", "ordering"},
    /* other bytes separate */
    {"price($)", "price"},
    {"$price", "price"},
    {"Caf\xc3\xa9", "caf"},
    {"\xc3\x9c"
     "ber User",
     "ber_user"},
    {"na\xc3\xafve", "na_ve"},
    {"L\xe2\x80\x99Or\xc3\xa9"
     "al",
     "l_or_al"},
    {"don't", "don_t"},
    {"a.b", "a_b"},
    {"a\tb", "a_b"},
    /* nothing usable: the bytes in hex */
    {"\xe8\xb4\xad\xe4\xb9\xb0", "u_e8b4ade4b9b0"},
    {"___", "u_5f5f5f"},
    {" ", "u_20"},
    /* already in snake case */
    {"already_snake_case", "already_snake_case"},
    {"a1_2b", "a1_2b"},
    {"a", "a"},
    {"A", "a"},
};

/* The name of a column as place.c puts it together for one key. */
static void
name_of(struct span key, struct text *ret)
{
    name_snake(key, ret);
    if (ret->length == 0)
        name_hex(key, ret);
    name_finish(ret);
}

static void
test_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct text got = {0};

        name_of(span_of(columns[i].key), &got);
        if (strcmp(text_string(&got), columns[i].column) != 0)
            fail_msg("%s gives %s", columns[i].key, text_string(&got));
        text_release(&got);
    }
}

/* The name is appended: what stands before it in the text changes nothing. */
static void
test_appends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct text alone = {0};
        struct text behind = {0};

        text_add_string(&behind, "context_");
        name_snake(span_of(columns[i].key), &alone);
        name_snake(span_of(columns[i].key), &behind);
        assert_int_equal(behind.length, alone.length + 8);
        if (alone.length > 0)
            assert_memory_equal(behind.data + 8, alone.data, alone.length);
        text_release(&alone);
        text_release(&behind);
    }
}

static char *
read_whole(const char *folder, const char *name)
{
    char path[1000];
    char *data = calloc(1, 1 << 20);
    FILE *f;

    assert_non_null(data);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    assert_non_null(f);
    assert_true(fread(data, 1, (1 << 20) - 1, f) > 0);
    (void)fclose(f);
    return data;
}

/* The cases of the package that Segment names its columns with. */
static void
test_segment_cases(void **state)
{
    const char *folder = getenv("RSLOAD_TESTDATA");
    const cJSON *item;
    cJSON *json;
    char *data;
    int seen = 0;

    (void)state;
    if (folder == NULL) {
        print_message("skipped: RSLOAD_TESTDATA is not set\n");
        skip();
    }
    data = read_whole(folder, "segment/go_snakecase_cases.json");
    json = cJSON_Parse(data);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "cases"))
    {
        const char *in = cJSON_GetStringValue(cJSON_GetObjectItem(item, "in"));
        const char *out = cJSON_GetStringValue(cJSON_GetObjectItem(item, "out"));
        struct text got = {0};

        assert_non_null(in);
        assert_non_null(out);
        name_snake(span_of(in), &got);
        if (strcmp(text_string(&got), out) != 0)
            fail_msg("%s gives %s, not %s", in, text_string(&got), out);
        text_release(&got);
        seen++;
    }
    assert_true(seen >= 32);
    cJSON_Delete(json);
    free(data);
}

/* Naming a name again changes nothing, so two runs over one schema agree. */
static void
test_settled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct text once = {0};
        struct text twice = {0};

        name_snake(span_of(columns[i].key), &once);
        name_snake(text_span(&once), &twice);
        assert_true(span_equal(text_span(&once), text_span(&twice)));
        text_release(&once);
        text_release(&twice);
    }
}

static void
test_reserved(void **state)
{
    static const char *const words[] = {
        "aes128", "all",  "timestamp", "interval",     "mostly16", "pivot", "unpivot",
        "unnest", "user", "without",   "current_date", "TDES",     "Null",  "snapshot",
        "tag",    "lzo",  "encrypt",   "mostly8",      "mostly32", "is",    "do",
    };
    static const char *const others[] = {
        "", "uuid", "mostly13", "aes", "withouts", "name", "id", "date", "_user", "xyz",
    };

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!name_is_reserved(span_of(words[i])))
            fail_msg("%s is reserved", words[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (name_is_reserved(span_of(others[i])))
            fail_msg("%s is not reserved", others[i]);
}

/* The longest name is 127 bytes; beyond that, 118 of them and 8 digits of the
 * digest. */
static void
test_length(void **state)
{
    static const struct {
        const char *first;
        size_t length;
        bool is_cut;
    } cases[] = {
        {"a", 126, false}, {"a", 127, false}, {"a", 128, true},
        {"a", 500, true},  {"9", 126, false}, /* 127 with its underscore */
        {"9", 127, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text name = {0};
        struct text full = {0};
        char hex[DIGEST_HEX_SIZE];

        text_add_string(&name, cases[i].first);
        while (name.length < cases[i].length)
            text_add_char(&name, 'b');
        if (cases[i].first[0] == '9')
            text_add_char(&full, '_');
        text_add(&full, text_span(&name));
        name_finish(&name);
        if (cases[i].is_cut) {
            digest_hex(text_span(&full), hex);
            full.length = 118;
            text_addf(&full, "_%.8s", hex);
            assert_int_equal(name.length, COLUMN_NAME_MAX);
        }
        assert_string_equal(text_string(&name), text_string(&full));
        text_release(&name);
        text_release(&full);
    }
}

/* Two names that differ only behind the cut stay two names. */
static void
test_cut_apart(void **state)
{
    struct text a = {0};
    struct text b = {0};

    (void)state;
    while (a.length < 200) {
        text_add_char(&a, 'x');
        text_add_char(&b, 'x');
    }
    text_add_char(&b, 'y');
    name_finish(&a);
    name_finish(&b);
    assert_false(span_equal(text_span(&a), text_span(&b)));
    text_release(&a);
    text_release(&b);
}

static void
test_events(void **state)
{
    static const struct {
        const char *event;
        const char *slug;
        const char *table;
    } cases[] = {
        {"Order Completed", "order_completed", "order_completed"},
        {"order_completed", "order_completed", "order_completed"},
        {"  Order Completed ", "order_completed", "order_completed"},
        {"", "", ""},
        {"\xe8\xb4\xad\xe4\xb9\xb0", "", "u_e8b4ade4b9b0"},
        {"123", "123", "_123"},
        {"2FA", "2fa", "_2fa"},
        {"Group", "group", "_group"},
        {"User", "user", "_user"},
        {"tracks", "tracks", "_tracks"},
        {"Pages", "pages", "_pages"},
        {"screens", "screens", "_screens"},
        {"aliases", "aliases", "_aliases"},
        {"groups", "groups", "_groups"},
        {"accounts", "accounts", "_accounts"},
        {"Users", "users", "_users"},
        {"_users", "users", "_users"},
        {"identifies", "identifies", "_identifies"},
        {"rsload_loads", "rsload_loads", "_rsload_loads"},
        {"Rsload Lock", "rsload_lock", "_rsload_lock"},
        {"rsload", "rsload", "rsload"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text slug = {0};
        struct text table = {0};

        name_event(span_of(cases[i].event), &slug, &table);
        if (strcmp(text_string(&slug), cases[i].slug) != 0 ||
            strcmp(text_string(&table), cases[i].table) != 0)
            fail_msg("%s gives %s and %s", cases[i].event, text_string(&slug),
                     text_string(&table));
        text_release(&slug);
        text_release(&table);
    }
}

/* The slug of a long event is whole; its table is cut. */
static void
test_long_event(void **state)
{
    struct text event = {0};
    struct text slug = {0};
    struct text table = {0};

    (void)state;
    while (event.length < 200)
        text_add_char(&event, 'e');
    name_event(text_span(&event), &slug, &table);
    assert_int_equal(slug.length, 200);
    assert_int_equal(table.length, COLUMN_NAME_MAX);
    text_release(&event);
    text_release(&slug);
    text_release(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),       cmocka_unit_test(test_appends),
        cmocka_unit_test(test_segment_cases), cmocka_unit_test(test_settled),
        cmocka_unit_test(test_reserved),      cmocka_unit_test(test_length),
        cmocka_unit_test(test_cut_apart),     cmocka_unit_test(test_events),
        cmocka_unit_test(test_long_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
