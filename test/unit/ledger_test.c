/* ledger: what it knows of a window's objects, what is done about it, what it writes. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include "ledger.h"
#include "ledger_list.h"

/* The marks of `count` objects. */
static void
add_marks(const struct object *objects, size_t count, struct text *list)
{
    char mark[LEDGER_MARK];

    for (size_t i = 0; i < count; i++) {
        ledger_list_mark(&objects[i], mark);
        text_add(list, (struct span){mark, sizeof mark});
    }
}

static void
test_marks(void **state)
{
    struct object o = {SPAN("a.gz"), 10, SPAN("\"1\""), 0};
    char one[LEDGER_MARK];
    char two[LEDGER_MARK];

    (void)state;
    ledger_list_mark(&o, one);
    o.modified_s = 99; /* a copy with another time is the same object */
    ledger_list_mark(&o, two);
    assert_memory_equal(one, two, LEDGER_MARK);
    o.etag = SPAN("\"2\"");
    ledger_list_mark(&o, two);
    assert_memory_equal(one, two, LEDGER_MARK_KEY);
    assert_memory_not_equal(one, two, LEDGER_MARK);
    o.etag = SPAN("\"1\"");
    o.size_bytes = 11;
    ledger_list_mark(&o, two);
    assert_memory_not_equal(one, two, LEDGER_MARK);
    o.key = SPAN("b.gz");
    ledger_list_mark(&o, two);
    assert_memory_not_equal(one, two, LEDGER_MARK_KEY);
    for (size_t i = 0; i < LEDGER_MARK; i++)
        assert_non_null(memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789-_",
                               two[i], 64));
}

/* The objects are a, b, c; `loaded` of them were loaded, by `loads` loads. */
static const struct compare_case {
    const char *rule;
    size_t loaded;
    const char *other_etag; /* of the first, as it was loaded */
    bool is_extra_loaded;   /* another object was loaded, too */
    bool is_unknown;        /* nothing is known of the first but its key */
    enum ledger_state state;
    size_t new_count;
    size_t changed_count;
    size_t gone_count;
} compare_cases[] = {
    {"nothing was loaded", 0, NULL, false, false, LEDGER_NEW, 3, 0, 0},
    {"all was loaded", 3, NULL, false, false, LEDGER_SAME, 0, 0, 0},
    {"one came late", 2, NULL, false, false, LEDGER_LATE, 1, 0, 0},
    {"one changed", 3, "\"9\"", false, false, LEDGER_CHANGED, 0, 1, 0},
    {"one changed, one came late", 2, "\"9\"", false, false, LEDGER_CHANGED, 1, 1, 0},
    {"one is gone", 3, NULL, true, false, LEDGER_SAME, 0, 0, 1},
    {"changed and gone", 3, "\"9\"", true, false, LEDGER_CHANGED, 0, 1, 1},
    {"what is not known is new each time", 3, NULL, false, true, LEDGER_LATE, 1, 0, 1},
};

static void
test_compare(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(compare_cases); i++) {
        const struct compare_case *c = &compare_cases[i];
        struct object objects[4] = {{SPAN("a"), 1, SPAN("\"1\""), 0},
                                    {SPAN("b"), 2, SPAN("\"2\""), 0},
                                    {SPAN("c"), 3, SPAN("\"3\""), 0},
                                    {SPAN("d"), 4, SPAN("\"4\""), 0}};
        struct ledger_answer answer = {.load_count = c->loaded > 0};
        struct arena arena = {0};
        struct text list = {0};
        struct error err = {0};

        if (c->is_unknown)
            objects[0] = (struct object){SPAN("a"), UINT64_MAX, {NULL, 0}, 0};
        if (c->is_extra_loaded)
            add_marks(&objects[3], 1, &list);
        if (c->other_etag != NULL)
            objects[0].etag = span_of(c->other_etag);
        add_marks(objects, c->loaded, &list);
        if (c->other_etag != NULL)
            objects[0].etag = SPAN("\"1\"");
        assert_int_equal(0, ledger_list_compare(text_span(&list), objects, 3, &arena,
                                                &answer, &err));
        if (answer.state != c->state || answer.new_count != c->new_count ||
            answer.changed_count != c->changed_count ||
            answer.gone_count != c->gone_count)
            fail_msg("%s: state %d, %zu new, %zu changed, %zu gone", c->rule,
                     (int)answer.state, answer.new_count, answer.changed_count,
                     answer.gone_count);
        assert_int_equal(c->loaded < 3, answer.is_new[2]);
        if (c->changed_count > 0)
            assert_true(span_equal(SPAN("a"), answer.changed));
        text_release(&list);
        arena_release(&arena);
    }
}

static const struct decide_case {
    enum ledger_state state;
    size_t gone_count;
    enum target_rerun rerun;
    int step; /* -1: refused */
    enum error_kind kind;
} decide_cases[] = {
    {LEDGER_NEW, 0, TARGET_RERUN_AUTO, LEDGER_LOAD, ERROR_NONE},
    {LEDGER_NEW, 0, TARGET_RERUN_REPLACE, LEDGER_LOAD, ERROR_NONE},
    {LEDGER_NEW, 0, TARGET_RERUN_FAIL, LEDGER_LOAD, ERROR_NONE},
    {LEDGER_SAME, 0, TARGET_RERUN_AUTO, LEDGER_SKIP, ERROR_NONE},
    {LEDGER_SAME, 5, TARGET_RERUN_AUTO, LEDGER_SKIP, ERROR_NONE},
    {LEDGER_SAME, 0, TARGET_RERUN_REPLACE, LEDGER_REPLACE, ERROR_NONE},
    {LEDGER_SAME, 0, TARGET_RERUN_FAIL, -1, ERROR_CONFIG},
    {LEDGER_LATE, 0, TARGET_RERUN_AUTO, LEDGER_LOAD, ERROR_NONE},
    {LEDGER_LATE, 0, TARGET_RERUN_REPLACE, LEDGER_REPLACE, ERROR_NONE},
    {LEDGER_CHANGED, 0, TARGET_RERUN_AUTO, LEDGER_REPLACE, ERROR_NONE},
    {LEDGER_CHANGED, 1, TARGET_RERUN_AUTO, -1, ERROR_SOURCE},
    {LEDGER_CHANGED, 1, TARGET_RERUN_REPLACE, LEDGER_REPLACE, ERROR_NONE},
};

static void
test_decide(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(decide_cases); i++) {
        const struct decide_case *c = &decide_cases[i];
        struct span id = SPAN("01load");
        struct ledger_answer answer = {.state = c->state,
                                       .gone_count = c->gone_count,
                                       .changed = SPAN("a.gz"),
                                       .load_ids = &id,
                                       .load_count = 1};
        struct error err = {0};
        enum ledger_step step = LEDGER_SKIP;
        int rc = ledger_decide(&answer, c->rerun, &step, &err);

        assert_int_equal(c->step < 0 ? -1 : 0, rc);
        assert_int_equal(c->kind, err.kind);
        if (rc == 0)
            assert_int_equal(c->step, step);
    }
}

static void
test_ask(void **state)
{
    struct text rows = {0};
    struct fake_rule rules[] = {
        FAKE_RULE("FROM \"raw\".\"rsload_loads\"", FAKE_ROWS, "")};
    struct ledger_answer answer;
    struct error err = {0};
    struct world w;

    (void)state;
    fake_begin(rules, 1);
    world_init(&w);
    world_open(&w);
    /* one load in two rows, and the load that is asked for */
    text_add_string(&rows, "01one|");
    add_marks(w.objects, 1, &rows);
    text_add_string(&rows, "\n01one|");
    add_marks(&w.objects[1], 1, &rows);
    text_add_string(&rows, "\n" WORLD_LOAD "|\n");
    rules[0].text = text_string(&rows);
    assert_int_equal(0, ledger_ask(w.target, SPAN("s3://in/it's/"), w.inventory.window,
                                   w.inventory.load_id, w.objects, 2, &w.arena, &answer,
                                   &err));
    assert_true(answer.has_load);
    assert_int_equal(1, answer.load_count);
    assert_true(span_equal(SPAN("01one"), answer.load_ids[0]));
    assert_int_equal(LEDGER_SAME, answer.state);
    world_assert_has(text_string(&fake.log),
                     "SELECT \"load_id\", \"object_list\" FROM \"raw\".\"rsload_loads\""
                     " WHERE (\"source\" = 's3://in/it''s/'"
                     " AND \"window_from\" = '2026-11-21 14:00:00'"
                     " AND \"window_until\" = '2026-11-21 15:00:00')"
                     " OR \"load_id\" = '" WORLD_LOAD "'");
    text_release(&rows);
    world_close(&w);
}

static void
test_no_ledger_yet(void **state)
{
    static const char *const replies[] = {"42P01|relation does not exist",
                                          "3F000|schema does not exist"};
    struct ledger_answer answer;
    struct error err = {0};
    struct world w;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fake_rule rules[] = {FAKE_RULE("rsload_loads", FAKE_ERROR, replies[i])};

        fake_begin(rules, 1);
        world_init(&w);
        world_open(&w);
        assert_int_equal(0, ledger_ask(w.target, SPAN("s"), w.inventory.window,
                                       w.inventory.load_id, w.objects, 2, &w.arena,
                                       &answer, &err));
        assert_int_equal(LEDGER_NEW, answer.state);
        assert_true(answer.is_new[0]);
        world_close(&w);
    }
}

static void
test_insert(void **state)
{
    struct text sql = {0};
    struct text list = {0};
    struct world w;
    char wanted[512];

    (void)state;
    fake_begin(NULL, 0);
    world_init(&w);
    world_open(&w);
    ledger_add_insert(w.target, &w.inventory, SPAN("s3://st/x"), 6, &sql);
    add_marks(w.objects, 2, &list);
    (void)snprintf(wanted, sizeof wanted,
                   "', '%s', 6, 6, 1, 's3://st/x', 'rsload 1.0', "
                   "'2026-11-21 15:06:40', GETDATE())",
                   text_string(&list));
    world_assert_has(text_string(&sql),
                     "INSERT INTO \"raw\".\"rsload_loads\" (\"load_id\", \"source\", "
                     "\"window_from\", \"window_until\", \"objects\", \"digest\", "
                     "\"object_list\", \"events\", \"rows\", \"rejected\", \"staged\", "
                     "\"tool\", \"started\", \"committed\") VALUES ('" WORLD_LOAD "', "
                     "'s3://in/2026/11/21/14/', '2026-11-21 14:00:00', "
                     "'2026-11-21 15:00:00', 2, '");
    world_assert_has(text_string(&sql), wanted);
    text_release(&list);
    text_release(&sql);
    world_close(&w);
}

/* More objects than a VARCHAR has room for: further rows that only go on with the list. */
static void
test_many_objects(void **state)
{
    static struct object objects[7000];
    static char keys[7000][8];
    struct text sql = {0};
    struct world w;
    size_t rows = 0;

    (void)state;
    fake_begin(NULL, 0);
    world_init(&w);
    world_open(&w);
    for (size_t i = 0; i < 7000; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "%zu", i);
        objects[i] = (struct object){span_of(keys[i]), i, SPAN("e"), 0};
    }
    w.inventory.objects = objects;
    w.inventory.object_count = 7000;
    ledger_add_insert(w.target, &w.inventory, SPAN("s"), 6, &sql);
    for (const char *p = text_string(&sql); (p = strstr(p, WORLD_LOAD)) != NULL; p++)
        rows++;
    assert_int_equal(3, rows); /* 3,276 in each */
    world_assert_has(text_string(&sql), ", NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
    text_release(&sql);
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),         cmocka_unit_test(test_compare),
        cmocka_unit_test(test_decide),        cmocka_unit_test(test_ask),
        cmocka_unit_test(test_no_ledger_yet), cmocka_unit_test(test_insert),
        cmocka_unit_test(test_many_objects),
    };

    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
