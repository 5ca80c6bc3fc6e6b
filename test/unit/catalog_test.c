/* catalog: the answer to one question becomes tables and columns. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include "catalog.h"

static void
read_answer(struct world *w, const char *answer, struct catalog *ret)
{
    static struct fake_rule rule;
    struct error err = {0};

    rule = (struct fake_rule)FAKE_RULE("pg_namespace", FAKE_ROWS, answer);
    fake_begin(&rule, 1);
    world_init(w);
    w->options.schema = SPAN("It's");
    world_open(w);
    assert_int_equal(0, catalog_read(w->target, &w->arena, ret, &err));
}

static void
test_no_schema(void **state)
{
    struct catalog catalog;
    struct world w;

    (void)state;
    read_answer(&w, "", &catalog);
    assert_false(catalog.has_schema);
    assert_int_equal(0, catalog.table_count);
    /* Redshift folds names even in quotes; the literal is quoted */
    world_assert_has(text_string(&fake.log), "WHERE n.nspname = 'it''s'");
    world_close(&w);
}

static void
test_empty_schema(void **state)
{
    struct catalog catalog;
    struct world w;

    (void)state;
    read_answer(&w, "\\N|\\N|\\N|\\N|\\N|\\N\n", &catalog);
    assert_true(catalog.has_schema);
    assert_int_equal(0, catalog.table_count);
    world_close(&w);
}

static void
test_tables(void **state)
{
    struct catalog catalog;
    const struct table *table;
    struct world w;

    (void)state;
    /* the server's order is not bytewise */
    read_answer(&w,
                "tracks|r|id|character varying(512)|t|f\n"
                "tracks|r|n|integer|f|t\n"
                "_a|p|x|double precision|f|f\n"
                "late|v|\\N|\\N|\\N|\\N\n"
                "bare|r|\\N|\\N|\\N|\\N\n"
                "Zed|v|y|text|f|f\n",
                &catalog);
    assert_int_equal(5, catalog.table_count);
    assert_true(span_equal(SPAN("Zed"), catalog.tables[0].name));
    assert_true(catalog.tables[0].is_view);
    table = catalog_find(&catalog, SPAN("tracks"));
    assert_non_null(table);
    assert_false(table->is_view);
    assert_int_equal(2, table->column_count);
    assert_int_equal(512, table->columns[0].max_bytes);
    assert_true(table->columns[0].is_not_null);
    assert_false(table->columns[0].has_default);
    assert_int_equal(COLUMN_OTHER, table->columns[1].type);
    assert_true(span_equal(SPAN("integer"), table->columns[1].type_text));
    assert_true(table->columns[1].has_default);
    assert_false(catalog_find(&catalog, SPAN("_a"))->is_view);
    assert_true(catalog_find(&catalog, SPAN("late"))->is_view);
    assert_int_equal(0, catalog_find(&catalog, SPAN("bare"))->column_count);
    world_close(&w);
}

static void
test_failure_names_the_schema(void **state)
{
    struct fake_rule rule = FAKE_RULE("pg_namespace", FAKE_ERROR, "42501|no");
    struct catalog catalog;
    struct error err = {0};
    struct world w;

    (void)state;
    fake_begin(&rule, 1);
    world_init(&w);
    world_open(&w);
    assert_int_equal(-1, catalog_read(w.target, &w.arena, &catalog, &err));
    assert_int_equal(ERROR_DENIED, err.kind);
    assert_string_equal("read the tables of schema \"raw\"", err.what);
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_schema),
        cmocka_unit_test(test_empty_schema),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_failure_names_the_schema),
    };

    return cmocka_run_group_tests_name("catalog", tests, NULL, NULL);
}
