/* Cells find their columns: collisions, odd keys, existing tables, limits, nothing
 * lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>

#include "transformed.h"

/* Two paths, one column. Winner: the exact spelling, the shallower path, the first. */
static void
test_collisions(void **state)
{
    static const struct {
        const char *rule;
        const char *properties;
        const char *column;
        const char *winner;
        const char *losers; /* joined by blanks, in order */
    } cases[] = {
        {"the exact spelling wins", "'firstName':'A','first_name':'B'", "first_name",
         "B", "A "},
        {"wherever it stands", "'first_name':'B','firstName':'A'", "first_name", "B",
         "A "},
        {"else the first in the line", "'firstName':'A','first name':'B'", "first_name",
         "A", "B "},
        {"else the first in the line, turned", "'first name':'B','firstName':'A'",
         "first_name", "B", "A "},
        {"the shallower path wins", "'a':{'b':'deep'},'A_B':'flat'", "a_b", "flat",
         "deep "},
        {"the shallower path first", "'A_B':'flat','a':{'b':'deep'}", "a_b", "flat",
         "deep "},
        {"exact beats shallow order", "'a':{'b':{'c':'3'}},'a_b':{'c':'2'},'a_b_c':'1'",
         "a_b_c", "1", "3 2 "},
        {"three of a kind", "'x y':'1','x-y':'2','x_y':'3','x.y':'4'", "x_y", "3",
         "2 1 4 "},
        {"an equal value is no loss", "'firstName':'A','first_name':'A'", "first_name",
         "A", ""},
        {"equal as text", "'firstName':7,'first_name':'7'", "first_name", "7", ""},
        {"null does not compete", "'first_name':null,'firstName':'A'", "first_name",
         "A", ""},
        {"nor does the empty string", "'first_name':'','firstName':'A'", "first_name",
         "A", ""},
        {"the standard column's name", "'id':'1','_id':'2','ID':'3'", "_id", "2",
         "1 3 "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transformed x;
        struct text json = {0};
        struct text losers = {0};

        transformed_begin(&x);
        text_addf(&json, "{'type':'track','event':'E','properties':{%s}}",
                  cases[i].properties);
        transformed_event(&x, text_string(&json));
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        for (size_t row = 0; row < 2; row++)
            transformed_expect(&x, "e", row, cases[i].column, cases[i].winner);
        for (size_t row = 0; row < transformed_rows(&x, "rsload_discards") / 2; row++) {
            transformed_expect(&x, "rsload_discards", row, "column_name",
                               cases[i].column);
            text_addf(&losers, "%s ",
                      transformed_cell(&x, "rsload_discards", row, "column_value"));
        }
        if (strcmp(text_string(&losers), cases[i].losers) != 0)
            fail_msg("%s: lost %s", cases[i].rule, text_string(&losers));
        text_release(&losers);
        text_release(&json);
        transformed_release(&x);
    }
}

/* Keys and the columns of an event table; each value is found there. */
static void
test_columns(void **state)
{
    static const struct {
        const char *json; /* of the event, without type and event */
        const char *column;
        const char *text;
    } cases[] = {
        {"'properties':{'userID':'v'}", "_user_id", "v"},
        {"'properties':{'HTTPServer':'v'}", "httpserver", "v"},
        {"'properties':{'iOSVersion':'v'}", "i_osversion", "v"},
        {"'properties':{'address1Line':'v'}", "address1_line", "v"},
        {"'properties':{'2FA Enabled':'v'}", "_2fa_enabled", "v"},
        {"'properties':{'__timestamp':'v'}", "_timestamp", "v"},
        {"'properties':{'trailing_':'v'}", "_trailing", "v"},
        {"'properties':{'group':'v'}", "_group", "v"},
        {"'properties':{'user':{'group':'v'}}", "user_group", "v"},
        {"'properties':{'\xe8\xb4\xad\xe4\xb9\xb0':'v'}", "u_e8b4ade4b9b0", "v"},
        {"'properties':{'\\u8d2d\\u4e70':'v'}", "u_e8b4ade4b9b0", "v"},
        {"'properties':{'___':'v'}", "u_5f5f5f", "v"},
        {"'properties':{'':'v'}", "u_", "v"},
        {"'properties':{'a':{'\xe8\xb4\xad':'v'}}", "a", "v"},
        {"'properties':{'\xe8\xb4\xad':{'a':'v'}}", "a", "v"},
        {"'properties':{'-':{'+':'v'}}", "u_2d2e2b", "v"},
        {"'context':{'-':'v'}", "context_u_2d", "v"},
        {"'context':{'traits':{'email':'v'}}", "context_traits_email", "v"},
        {"'context':{'id':'v'}", "context_id", "v"},
        {"'context':{'order':'v'}", "context_order", "v"},
        {"'context':{'page':{'path':'v'}}", "context_page_path", "v"},
        /* values as text */
        {"'properties':{'v':'a\\n\\\"b\\\\'}", "v", "a\n\"b\\"},
        {"'properties':{'v':'x,y'}", "v", "x,y"},
        {"'properties':{'v':' '}", "v", " "},
        {"'properties':{'v':['']}", "v", "[\"\"]"},
        {"'properties':{'v':[null]}", "v", "[null]"},
        {"'properties':{'v':[{}]}", "v", "[{}]"},
        {"'properties':{'v':[[]]}", "v", "[[]]"},
        {"'properties':{'v':[1, {'a' : 'b c'}]}", "v", "[1,{\"a\":\"b c\"}]"},
        {"'properties':{'v':['\xc3\xa9']}", "v", "[\"\xc3\xa9\"]"},
        {"'properties':{'v':true}", "v", "true"},
        {"'properties':{'v':-0}", "v", "-0"},
        {"'properties':{'v':1e300}", "v", "1e300"},
        {"'properties':{'v':12345678901234567890123}", "v", "12345678901234567890123"},
        {"'properties':{'v':'a\\u0000b'}", "v", "ab"},
        {"'properties':{'v':'\xff'}", "v", "\xef\xbf\xbd"},
        {"'properties':{'v':'\\ud800'}", "v", "\xef\xbf\xbd"},
        {"'properties':{'v':'\\ud83d\\ude00'}", "v", "\xf0\x9f\x98\x80"},
        {"'properties':{'v':'a\xc0\x80 quote \\\" b'}", "v",
         "a\xef\xbf\xbd\xef\xbf\xbd quote \" b"},
        /* the last of two equal keys counts */
        {"'properties':{'v':1,'v':2}", "v", "2"},
        {"'properties':{'v':{'a':1}},'properties':{'w':2}", "w", "2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct transformed x;
        struct text json = {0};

        transformed_begin(&x);
        text_addf(&json, "{'type':'track','event':'E',%s}", cases[i].json);
        transformed_event(&x, text_string(&json));
        transformed_end(&x);
        transformed_expect(&x, "e", 0, cases[i].column, cases[i].text);
        assert_int_equal(transformed_rows(&x, "rsload_discards"), 0);
        text_release(&json);
        transformed_release(&x);
    }
}

/* What makes nothing makes no column. */
static void
test_nothing(void **state)
{
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    transformed_event(&x, "{'type':'page','properties':{'a':null,'b':{},'c':[],'d':'',"
                          "'e':{'f':{}},'v':1,'v':null},'context':{},'version':2,"
                          "'integrations':{'All':true}}");
    transformed_end(&x);
    assert_int_equal(
        shelf_table_at(x.shelf, transformed_table(&x, "pages"))->column_count, 11);
    assert_int_equal(x.t.counts.cells, 0);
    assert_int_equal(x.t.counts.nulls, 7); /* and context itself */
    transformed_release(&x);
}

/* properties, traits or context that are no object: kept, in the discards. */
static void
test_no_object(void **state)
{
    struct transformed x;

    (void)state;
    transformed_begin(&x);
    transformed_event(&x, "{'type':'page','properties':'text','context':[1, 2]}");
    transformed_event(&x, "{'type':'identify','traits':7,'context':null}");
    transformed_end(&x);
    assert_int_equal(transformed_rows(&x, "rsload_discards"), 3);
    transformed_expect_discard(&x, 0, "pages", "properties", "text", "not_an_object");
    transformed_expect_discard(&x, 1, "pages", "context", "[1,2]", "not_an_object");
    transformed_expect_discard(&x, 2, "identifies", "traits", "7", "not_an_object");
    transformed_release(&x);
}

/* The tree of paths only saves work: emptied before every event, the rows are the
 * same. */
static void
test_tiny_paths(void **state)
{
    struct transformed large;
    struct transformed tiny;

    (void)state;
    transformed_begin(&large);
    transformed_defaults(&tiny);
    tiny.options.paths_bytes = 1;
    transformed_begin_with(&tiny, NULL);
    for (int i = 0; i < 300; i++) {
        struct text json = {0};

        text_addf(
            &json,
            "{'type':'track','event':'E%d','messageId':'m%d','properties':{'k%d':%d,"
            "'deep':{'l%d':true},'same':'s'},'context':{'ip':'%d'}}",
            i % 7, i, i % 40, i, i % 11, i);
        transformed_event(&large, text_string(&json));
        transformed_event(&tiny, text_string(&json));
        text_release(&json);
    }
    transformed_end(&large);
    transformed_end(&tiny);
    assert_true(tiny.t.event.paths.count < 20);
    assert_true(large.t.event.paths.count > 50);
    assert_int_equal(large.table_count, tiny.table_count);
    for (size_t t = 0; t < large.table_count; t++) {
        const struct csv *a = &large.tables[t];
        const struct csv *b = &tiny.tables[t];

        assert_int_equal(a->cell_count, b->cell_count);
        for (size_t i = 0; i < a->cell_count; i++) {
            assert_string_equal(a->cells[i].data, b->cells[i].data);
            assert_int_equal(a->cells[i].is_quoted, b->cells[i].is_quoted);
        }
    }
    transformed_release(&large);
    transformed_release(&tiny);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_collisions), cmocka_unit_test(test_columns),
        cmocka_unit_test(test_nothing),    cmocka_unit_test(test_no_object),
        cmocka_unit_test(test_tiny_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
