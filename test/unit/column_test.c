/* Catalogues: types by name and back, tables and columns found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "column.h"

static void
test_types(void **state)
{
    (void)state;
    for (int type = COLUMN_VARCHAR; type <= COLUMN_OTHER; type++)
        assert_int_equal(
            column_type_find(span_of(column_type_name((enum column_type)type))), type);
    assert_int_equal(column_type_find(SPAN("VARCHAR")), -1);
    assert_int_equal(column_type_find(SPAN("")), -1);
    assert_int_equal(column_type_find(SPAN("int")), -1);
}

/* Every table of a catalogue of any size is found, and none that is not there. */
static void
test_tables(void **state)
{
    static const char *const names[] = {"a", "ab", "b", "ba", "c", "d", "e_1", "e_2"};
    struct table tables[8];

    (void)state;
    for (size_t i = 0; i < 8; i++)
        tables[i] = (struct table){.name = span_of(names[i])};
    for (size_t count = 0; count <= 8; count++) {
        struct catalog catalog = {.tables = tables, .table_count = count};

        for (size_t i = 0; i < 8; i++)
            assert_ptr_equal(catalog_find(&catalog, span_of(names[i])),
                             i < count ? &tables[i] : NULL);
        assert_null(catalog_find(&catalog, SPAN("")));
        assert_null(catalog_find(&catalog, SPAN("aa")));
        assert_null(catalog_find(&catalog, SPAN("z")));
    }
    assert_null(catalog_find(&(struct catalog){0}, SPAN("a")));
}

static void
test_columns(void **state)
{
    struct column columns[] = {{.name = SPAN("id")}, {.name = SPAN("b")}};
    struct table table = {.columns = columns, .column_count = 2};

    (void)state;
    assert_int_equal(table_find(&table, SPAN("id")), 0);
    assert_int_equal(table_find(&table, SPAN("b")), 1);
    assert_true(table_find(&table, SPAN("i")) == SIZE_MAX);
    assert_true(table_find(&table, SPAN("ID")) == SIZE_MAX);
    assert_true(table_find(&(struct table){0}, SPAN("id")) == SIZE_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
