/* Events become rows: the worked example, six types, standard columns, missing
 * fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transformed.h"

struct expected {
    const char *table;
    size_t row;
    const char *column;
    const char *text; /* NULL is NULL */
};

static void
expect_all(const struct transformed *x, const struct expected *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        transformed_expect(x, cells[i].table, cells[i].row, cells[i].column,
                           cells[i].text);
}

#define EXPECT_ALL(x, cells) expect_all((x), (cells), sizeof(cells) / sizeof(cells)[0])

/* An event with all that can go wrong at once, cell by cell. */
static void
test_worked_example(void **state)
{
    static const struct expected cells[] = {
        {"tracks", 0, "id", "m1"},
        {"tracks", 0, "received_at", "2024-01-02 03:04:09.25"},
        {"tracks", 0, "uuid_ts", "2024-01-02 04:05:00"},
        {"tracks", 0, "load_id", "01LOAD"},
        {"tracks", 0, "anonymous_id", "a1"},
        {"tracks", 0, "user_id", "42"},
        {"tracks", 0, "event", "order_completed"},
        {"tracks", 0, "event_text", "Order Completed"},
        {"tracks", 0, "original_timestamp", "2024-01-02 03:04:05"},
        {"tracks", 0, "sent_at", "2024-01-02 03:04:06"},
        {"tracks", 0, "timestamp", "2024-01-02 03:04:08.25"},
        {"tracks", 0, "context_ip", "1.2.3.4"},
        {"tracks", 0, "context_page_url", "https://x/?a=1"},
        {"tracks", 0, "context_library_name", "analytics.js"},
        {"order_completed", 0, "id", "m1"},
        {"order_completed", 0, "received_at", "2024-01-02 03:04:09.25"},
        {"order_completed", 0, "user_id", "42"},
        {"order_completed", 0, "event", "order_completed"},
        {"order_completed", 0, "event_text", "Order Completed"},
        {"order_completed", 0, "timestamp", "2024-01-02 03:04:08.25"},
        {"order_completed", 0, "context_ip", "1.2.3.4"},
        {"order_completed", 0, "_id", "7"},
        {"order_completed", 0, "order_id", "o-1"},
        {"order_completed", 0, "total", "10.0"},
        {"order_completed", 0, "products", "[{\"sku\":\"A\"}]"},
        {"order_completed", 0, "_order", "x"},
        {"order_completed", 0, "httpstatus", "200"},
        {"order_completed", 0, "shipping_zip_code", "94109"},
        {"order_completed", 0, "first_name", "B"},
        {"order_completed", 0, "big", "12345678901234567890"},
        {"rsload_discards", 0, "table_name", "order_completed"},
        {"rsload_discards", 0, "row_id", "m1"},
        {"rsload_discards", 0, "column_name", "first_name"},
        {"rsload_discards", 0, "column_value", "A"},
        {"rsload_discards", 0, "reason", "name_collision"},
        {"rsload_discards", 0, "received_at", "2024-01-02 03:04:09.25"},
        {"rsload_discards", 0, "load_id", "01LOAD"},
    };
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    transformed_event(
        &x,
        "{'type':'track','event':'Order Completed','messageId':'m1','anonymousId':'a1',"
        "'userId':42,'originalTimestamp':'2024-01-02T03:04:05.000Z',"
        "'sentAt':'2024-01-02T03:04:06.000Z','receivedAt':'2024-01-02T03:04:09.250Z',"
        "'context':{'ip':'1.2.3.4','page':{'url':'https://x/?a=1'},"
        "'library':{'name':'analytics.js'}},"
        "'properties':{'id':7,'orderID':'o-1','total':10.0,'couponCode':null,"
        "'products':[{'sku':'A'}],'order':'x','HTTPStatus':200,"
        "'shipping':{'zipCode':'94109','address1':''},'firstName':'A','first_name':'B',"
        "'big':12345678901234567890}}");
    transformed_end(&x);
    EXPECT_ALL(&x, cells);
    assert_int_equal(x.table_count, 3);
    assert_int_equal(transformed_rows(&x, "tracks"), 1);
    assert_int_equal(transformed_rows(&x, "order_completed"), 1);
    assert_int_equal(transformed_rows(&x, "rsload_discards"), 1);
    assert_false(transformed_has(&x, "order_completed", "coupon_code"));
    assert_false(transformed_has(&x, "order_completed", "shipping_address1"));
    assert_false(transformed_has(&x, "tracks", "total"));
    transformed_release(&x);
}

/* Which table, and what of the event goes there. */
static void
test_types(void **state)
{
    static const struct expected cells[] = {
        {"tracks", 0, "event", "signed_up"},
        {"tracks", 0, "context_ip", "1"},
        {"signed_up", 0, "plan", "p"},
        {"identifies", 0, "user_id", "u"},
        {"identifies", 0, "email", "e"},
        {"identifies", 0, "context_ip", "1"},
        {"pages", 0, "name", "Home"},
        {"pages", 0, "category", "Docs"},
        {"pages", 0, "url", "/"},
        {"screens", 0, "name", "Main"},
        {"screens", 0, "variation", "blue"},
        {"groups", 0, "group_id", "g"},
        {"groups", 0, "employees", "7"},
        {"aliases", 0, "previous_id", "old"},
        {"aliases", 0, "reason", "merge"},
        {"tracks", 1, "event", "signed_up"},
    };
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    transformed_event(&x, "{'type':'track','event':'Signed Up','userId':'u',"
                          "'properties':{'plan':'p'},'context':{'ip':'1'}}");
    transformed_event(&x, "{'type':'identify','userId':'u','traits':{'email':'e'},"
                          "'properties':{'no':1},'context':{'ip':'1'}}");
    transformed_event(&x, "{'type':'page','name':'Home','category':'Docs',"
                          "'properties':{'url':'/'},'traits':{'no':1}}");
    transformed_event(&x, "{'type':'screen','name':'Main',"
                          "'properties':{'variation':'blue'}}");
    transformed_event(&x, "{'type':'group','groupId':'g','traits':{'employees':7}}");
    transformed_event(&x, "{'type':'alias','previousId':'old',"
                          "'traits':{'reason':'merge'},'properties':{'no':1}}");
    /* the type is told in any case */
    transformed_event(&x, "{'type':'TRACK','event':'signed_up'}");
    transformed_end(&x);
    EXPECT_ALL(&x, cells);
    assert_int_equal(x.table_count, 7);
    assert_false(transformed_has(&x, "tracks", "plan"));
    assert_false(transformed_has(&x, "identifies", "no"));
    assert_false(transformed_has(&x, "pages", "no"));
    assert_false(transformed_has(&x, "aliases", "no"));
    transformed_release(&x);
}

static void
test_rejects(void **state)
{
    static const struct {
        const char *line;
        enum transform_result result;
        const char *reason;
    } cases[] = {
        {"", TRANSFORM_BLANK, NULL},
        {" \t", TRANSFORM_BLANK, NULL},
        {"{", TRANSFORM_REJECTED, "not JSON"},
        {"[]", TRANSFORM_REJECTED, "not an object"},
        {"{}", TRANSFORM_REJECTED, "no type"},
        {"{\"type\":null}", TRANSFORM_REJECTED, "no type"},
        {"{\"type\":7}", TRANSFORM_REJECTED, "unknown type"},
        {"{\"type\":\"\"}", TRANSFORM_REJECTED, "unknown type"},
        {"{\"type\":\"delete\"}", TRANSFORM_REJECTED, "unknown type"},
        {"{\"type\":\"tracks\"}", TRANSFORM_REJECTED, "unknown type"},
        {"{\"type\":\"tr\\u0061ck\",\"event\":\"x\"}", TRANSFORM_LOADED, NULL},
    };
    struct transformed x;
    unsigned rejected = 0;

    (void)state;
    transformed_begin(&x);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (transformed_line(&x, span_of(cases[i].line)) != cases[i].result)
            fail_msg("%s", cases[i].line);
        if (cases[i].reason != NULL)
            assert_string_equal(x.t.reason, cases[i].reason);
        rejected += cases[i].result == TRANSFORM_REJECTED;
    }
    transformed_end(&x);
    assert_int_equal(x.t.counts.rejected, rejected);
    assert_int_equal(x.t.counts.events, 1);
    assert_int_equal(x.t.counts.lines, rejected + 1);
    transformed_release(&x);
}

/* Where a track event's table comes from. */
static void
test_event_names(void **state)
{
    static const struct {
        const char *event; /* as JSON */
        const char *table; /* NULL: only tracks */
        const char *slug;
        const char *text;
    } cases[] = {
        {"'Order Completed'", "order_completed", "order_completed", "Order Completed"},
        {"' Order  Completed '", "order_completed", "order_completed",
         " Order  Completed "},
        {"123", "_123", "123", "123"},
        {"true", "_true", "true", "true"},
        {"1.5", "_1_5", "1_5", "1.5"},
        {"'users'", "_users", "users", "users"},
        {"'rsload_loads'", "_rsload_loads", "rsload_loads", "rsload_loads"},
        {"'Group'", "_group", "group", "Group"},
        {"'\xe8\xb4\xad'", "u_e8b4ad", NULL, "\xe8\xb4\xad"},
        {"'\\u8d2d'", "u_e8b4ad", NULL, "\xe8\xb4\xad"},
        {"''", NULL, NULL, NULL},
        {"null", NULL, NULL, NULL},
        {"{'a':1}", NULL, NULL, NULL},
        {"['a']", NULL, NULL, NULL},
        {"'\\u0000'", NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transformed x;
        struct text json = {0};

        transformed_begin(&x);
        text_addf(&json, "{'type':'track','event':%s,'properties':{'v':1}}",
                  cases[i].event);
        /* the second time by the route that is known */
        transformed_event(&x, text_string(&json));
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        for (size_t row = 0; row < 2; row++) {
            transformed_expect(&x, "tracks", row, "event", cases[i].slug);
            transformed_expect(&x, "tracks", row, "event_text", cases[i].text);
            if (cases[i].table == NULL)
                continue;
            transformed_expect(&x, cases[i].table, row, "event", cases[i].slug);
            transformed_expect(&x, cases[i].table, row, "event_text", cases[i].text);
            transformed_expect(&x, cases[i].table, row, "v", "1");
        }
        transformed_release(&x);
        text_release(&json);
    }
}

/* More names than routes are kept for: the tables stay the same. */
static void
test_many_event_texts(void **state)
{
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    for (int i = 0; i < 40000; i++) {
        struct text json = {0};

        /* dots and dashes in all ways make one name */
        text_add_string(&json, "{'type':'track','event':'A");
        for (int bit = 0; bit < 16; bit++)
            text_add_char(&json, i >> bit & 1 ? '.' : '-');
        text_add_string(&json, "B'}");
        transformed_event(&x, text_string(&json));
        text_release(&json);
    }
    transformed_end(&x);
    assert_int_equal(x.table_count, 2);
    assert_int_equal(transformed_rows(&x, "a_b"), 40000);
    transformed_release(&x);
}

/* A load's own columns are the same in every row, whatever events say. */
static void
test_own_columns(void **state)
{
    static const struct expected cells[] = {
        {"pages", 0, "uuid_ts", "2024-01-02 04:05:00"},
        {"pages", 0, "load_id", "01LOAD"},
        {"pages", 0, "_uuid_ts", "1"},
        {"pages", 0, "_load_id", "2"},
        {"pages", 0, "_uuid", "3"},
        {"pages", 0, "_loaded_at", "4"},
        {"pages", 0, "_received_at", "5"},
        {"pages", 0, "_timestamp", "6"},
    };
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    transformed_event(&x, "{'type':'page','uuid_ts':'x','load_id':'x',"
                          "'properties':{'uuid_ts':1,'loadID':2,'uuid':3,'loaded_at':4,"
                          "'receivedAt':5,'timestamp':6}}");
    transformed_end(&x);
    EXPECT_ALL(&x, cells);
    assert_false(transformed_has(&x, "pages", "uuid"));
    assert_false(transformed_has(&x, "pages", "loaded_at"));
    transformed_release(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),   cmocka_unit_test(test_types),
        cmocka_unit_test(test_rejects),          cmocka_unit_test(test_event_names),
        cmocka_unit_test(test_many_event_texts), cmocka_unit_test(test_own_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
