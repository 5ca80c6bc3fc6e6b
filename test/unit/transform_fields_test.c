/* Standard columns: what is missing, odd or outside, and where names come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transformed.h"

/* What an event without an id, a time or a person gets. */
static void
test_missing(void **state)
{
    struct transformed x;
    const char *first;
    const char *second;

    (void)state;
    transformed_begin(&x);
    transformed_event(&x, "{'type':'page'}");
    transformed_event(&x, "{'type':'page'}");
    transformed_event(&x, "{'type':'page','messageId':''}");
    transformed_event(&x, "{'type':'page','messageId':null,'userId':''}");
    transformed_event(&x, "{'type':'page','messageId':7,'anonymousId':true}");
    transform_begin_object(&x.t);
    x.origin.modified_s = 0;
    transformed_event(&x, "{'type':'page'}");
    transformed_end(&x);
    first = transformed_cell(&x, "pages", 0, "id");
    second = transformed_cell(&x, "pages", 1, "id");
    assert_int_equal(strlen(first), 35);
    assert_int_equal(strncmp(first, "rs-", 3), 0);
    assert_string_not_equal(first, second);
    transformed_expect(&x, "pages", 5, "id", first);
    transformed_expect(&x, "pages", 4, "id", "7");
    transformed_expect(&x, "pages", 4, "anonymous_id", "true");
    transformed_expect(&x, "pages", 3, "user_id", NULL);
    /* the object's time, then the window's */
    transformed_expect(&x, "pages", 0, "received_at", "2024-01-02 03:01:00");
    transformed_expect(&x, "pages", 0, "timestamp", "2024-01-02 03:01:00");
    transformed_expect(&x, "pages", 0, "sent_at", NULL);
    transformed_expect(&x, "pages", 0, "original_timestamp", NULL);
    transformed_expect(&x, "pages", 5, "received_at", "2024-01-02 03:00:00");
    assert_int_equal(x.t.counts.made_ids, 5);
    assert_int_equal(x.t.counts.made_times, 6);
    assert_int_equal(x.t.counts.anonymous, 5);
    transformed_release(&x);
}

/* The four times: as sent, computed, borrowed, or none. */
static void
test_times(void **state)
{
    static const struct {
        const char *fields;
        const char *received;
        const char *sent;
        const char *original;
        const char *happened;
        const char *discards; /* columns of bad times, joined */
    } cases[] = {
        {"'receivedAt':'2024-01-02T03:00:10Z','sentAt':'2024-01-02T03:00:05Z',"
         "'originalTimestamp':'2024-01-02T03:00:01Z','timestamp':'2024-01-01'",
         "2024-01-02 03:00:10", "2024-01-02 03:00:05", "2024-01-02 03:00:01",
         "2024-01-01 00:00:00", ""},
        {"'receivedAt':'2024-01-02T03:00:10.5Z','sentAt':'2024-01-02T03:00:05.25Z',"
         "'originalTimestamp':'2024-01-02T03:00:01Z'",
         "2024-01-02 03:00:10.5", "2024-01-02 03:00:05.25", "2024-01-02 03:00:01",
         "2024-01-02 03:00:06.25", ""},
        {"'receivedAt':'2024-01-02T03:00:10Z',"
         "'originalTimestamp':'2024-01-02T03:00:01+01:00'",
         "2024-01-02 03:00:10", NULL, "2024-01-02 02:00:01", "2024-01-02 02:00:01", ""},
        {"'receivedAt':'2024-01-02T03:00:10Z','sentAt':'2024-01-02T03:00:05Z'",
         "2024-01-02 03:00:10", "2024-01-02 03:00:05", NULL, "2024-01-02 03:00:10", ""},
        {"'receivedAt':1704164410,'sentAt':1704164405250", "2024-01-02 03:00:10",
         "2024-01-02 03:00:05.25", NULL, "2024-01-02 03:00:10", ""},
        {"'receivedAt':'0001-01-01T00:00:00Z','sentAt':'0001-01-01T00:00:00Z',"
         "'timestamp':'0001-01-01T00:00:00Z'",
         "2024-01-02 03:01:00", NULL, NULL, "2024-01-02 03:01:00", ""},
        {"'receivedAt':'','sentAt':null", "2024-01-02 03:01:00", NULL, NULL,
         "2024-01-02 03:01:00", ""},
        {"'receivedAt':'garbage','sentAt':'2024-02-30','originalTimestamp':true,"
         "'timestamp':[1]",
         "2024-01-02 03:01:00", NULL, NULL, "2024-01-02 03:01:00",
         "received_at sent_at original_timestamp timestamp "},
        {"'receivedAt':'2024-01-02T03:00:10Z','timestamp':'not a time',"
         "'originalTimestamp':'2024-01-02T03:00:01Z'",
         "2024-01-02 03:00:10", NULL, "2024-01-02 03:00:01", "2024-01-02 03:00:01",
         "timestamp "},
        /* a correction that leaves the calendar is none */
        {"'receivedAt':'2024-01-02T03:00:10Z','sentAt':'9999-12-31T00:00:00Z',"
         "'originalTimestamp':'0001-01-02T00:00:00Z'",
         "2024-01-02 03:00:10", "9999-12-31 00:00:00", "0001-01-02 00:00:00",
         "0001-01-02 00:00:00", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transformed x;
        struct text json = {0};
        struct text discards = {0};

        transformed_begin(&x);
        text_addf(&json, "{'type':'page','messageId':'m',%s}", cases[i].fields);
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        transformed_expect(&x, "pages", 0, "received_at", cases[i].received);
        transformed_expect(&x, "pages", 0, "sent_at", cases[i].sent);
        transformed_expect(&x, "pages", 0, "original_timestamp", cases[i].original);
        transformed_expect(&x, "pages", 0, "timestamp", cases[i].happened);
        for (size_t row = 0; row < transformed_rows(&x, "rsload_discards"); row++) {
            text_addf(&discards, "%s ",
                      transformed_cell(&x, "rsload_discards", row, "column_name"));
            transformed_expect(&x, "rsload_discards", row, "reason", "bad_time");
            transformed_expect(&x, "rsload_discards", row, "row_id", "m");
        }
        assert_string_equal(text_string(&discards), cases[i].discards);
        text_release(&discards);
        text_release(&json);
        transformed_release(&x);
    }
}

/* What is discarded is text that COPY takes: unescaped, and UTF-8. */
static void
test_discarded_fields(void **state)
{
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    transformed_event(&x, "{'type':'group','messageId':'m','sentAt':'ill\\u0000 \xff',"
                          "'groupId':[1, 2],'userId':{'a':'\xff'},'name':{'x':1}}");
    transformed_end(&x);
    transformed_expect(&x, "groups", 0, "group_id", NULL);
    transformed_expect(&x, "groups", 0, "user_id", NULL);
    assert_int_equal(transformed_rows(&x, "rsload_discards"), 3);
    transformed_expect_discard(&x, 0, "groups", "sent_at", "ill \xef\xbf\xbd",
                               "bad_time");
    transformed_expect_discard(&x, 1, "groups", "user_id", "{\"a\":\"\xef\xbf\xbd\"}",
                               "bad_text");
    transformed_expect_discard(&x, 2, "groups", "group_id", "[1,2]", "bad_text");
    transformed_release(&x);
}

/* Only events received in the window stay, where that is asked for. */
static void
test_window(void **state)
{
    static const struct {
        const char *received;
        enum transform_result result;
    } cases[] = {
        {"2024-01-02T03:00:00Z", TRANSFORM_LOADED},
        {"2024-01-02T03:59:59.999999Z", TRANSFORM_LOADED},
        {"2024-01-02T02:59:59.999999Z", TRANSFORM_FILTERED},
        {"2024-01-02T04:00:00Z", TRANSFORM_FILTERED},
        {"2024-01-02T05:30:00+02:00", TRANSFORM_LOADED},
    };
    struct transformed x;

    (void)state;
    transformed_defaults(&x);
    x.options.by_received_at = true;
    transformed_begin_with(&x, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text line = {0};

        text_addf(&line, "{\"type\":\"page\",\"receivedAt\":\"%s\"}",
                  cases[i].received);
        assert_int_equal(transformed_line(&x, text_span(&line)), cases[i].result);
        text_release(&line);
    }
    transformed_end(&x);
    assert_int_equal(transformed_rows(&x, "pages"), 3);
    assert_int_equal(x.t.counts.filtered, 2);
    transformed_release(&x);
}

/* A page's name and category: the top level, else the property; a property that says
 * something else keeps a column of its own. */
static void
test_page_names(void **state)
{
    static const struct {
        const char *fields;
        const char *name;
        const char *other; /* the column _name; NULL also when there is none */
    } cases[] = {
        {"'name':'Top'", "Top", NULL},
        {"'properties':{'name':'Property'}", "Property", NULL},
        {"'name':'Same','properties':{'name':'Same'}", "Same", NULL},
        {"'name':'Same','properties':{'name':'S\\u0061me'}", "Same", NULL},
        {"'name':'Top','properties':{'name':'Other'}", "Top", "Other"},
        {"'name':'','properties':{'name':'Property'}", "Property", NULL},
        {"'name':null,'properties':{'name':7}", "7", NULL},
        {"'name':'Top','properties':{'name':''}", "Top", NULL},
        {"'name':'Top','properties':{'name':['x']}", "Top", "[\"x\"]"},
        {"'properties':{'name':['x']}", NULL, "[\"x\"]"},
        {"'properties':{'Name':'Spelled'}", NULL, "Spelled"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transformed x;
        struct text json = {0};

        transformed_begin(&x);
        text_addf(&json, "{'type':'page',%s}", cases[i].fields);
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        transformed_expect(&x, "pages", 0, "name", cases[i].name);
        if (cases[i].other != NULL || transformed_has(&x, "pages", "_name"))
            transformed_expect(&x, "pages", 0, "_name", cases[i].other);
        text_release(&json);
        transformed_release(&x);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),          cmocka_unit_test(test_times),
        cmocka_unit_test(test_discarded_fields), cmocka_unit_test(test_window),
        cmocka_unit_test(test_page_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
