/* Standard columns: which table has which, and what is protected in all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "standard.h"

/* A letter for each kind of table that has the column: tracks, Event tables,
 * identifies, pages, screens, groups, aliases, users, discards. */
static const struct {
    const char *column;
    enum column_type type;
    const char *kinds;
} columns[] = {
    {"id", COLUMN_VARCHAR, "tEipsgau"},
    {"received_at", COLUMN_TIMESTAMP, "tEipsgaud"},
    {"uuid_ts", COLUMN_TIMESTAMP, "tEipsgaud"},
    {"load_id", COLUMN_VARCHAR, "tEipsgaud"},
    {"anonymous_id", COLUMN_VARCHAR, "tEipsga"},
    {"user_id", COLUMN_VARCHAR, "tEipsga"},
    {"event", COLUMN_VARCHAR, "tE"},
    {"event_text", COLUMN_VARCHAR, "tE"},
    {"group_id", COLUMN_VARCHAR, "g"},
    {"previous_id", COLUMN_VARCHAR, "a"},
    {"name", COLUMN_VARCHAR, "ps"},
    {"category", COLUMN_VARCHAR, "ps"},
    {"original_timestamp", COLUMN_TIMESTAMP, "tEipsga"},
    {"sent_at", COLUMN_TIMESTAMP, "tEipsga"},
    {"timestamp", COLUMN_TIMESTAMP, "tEipsga"},
    {"table_name", COLUMN_VARCHAR, "d"},
    {"row_id", COLUMN_VARCHAR, "d"},
    {"column_name", COLUMN_VARCHAR, "d"},
    {"column_value", COLUMN_VARCHAR, "d"},
    {"reason", COLUMN_VARCHAR, "d"},
};

static const char kind_letters[TABLE_KIND_COUNT + 1] = {
    [TABLE_TRACKS] = 't',  [TABLE_EVENT] = 'E',   [TABLE_IDENTIFIES] = 'i',
    [TABLE_PAGES] = 'p',   [TABLE_SCREENS] = 's', [TABLE_GROUPS] = 'g',
    [TABLE_ALIASES] = 'a', [TABLE_USERS] = 'u',   [TABLE_DISCARDS] = 'd',
};

static void
test_columns(void **state)
{
    (void)state;
    for (int kind = 0; kind < TABLE_KIND_COUNT; kind++)
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
            bool has = strchr(columns[i].kinds, kind_letters[kind]) != NULL;
            enum standard role = standard_find((enum table_kind)kind,
                                               span_of(columns[i].column));

            if (has != (role != STANDARD_NONE))
                fail_msg("%s in %c", columns[i].column, kind_letters[kind]);
            if (!has)
                continue;
            assert_true(standard_has((enum table_kind)kind, role));
            assert_true(span_equal(standard_name(role), span_of(columns[i].column)));
            assert_int_equal(standard_type(role), columns[i].type);
        }
}

/* Names that others use for their own ends are nobody's property. */
static void
test_foreign(void **state)
{
    (void)state;
    for (int kind = 0; kind < TABLE_KIND_COUNT; kind++) {
        assert_int_equal(standard_find((enum table_kind)kind, SPAN("uuid")),
                         STANDARD_FOREIGN);
        assert_int_equal(standard_find((enum table_kind)kind, SPAN("loaded_at")),
                         STANDARD_FOREIGN);
        assert_int_equal(standard_find((enum table_kind)kind, SPAN("")), STANDARD_NONE);
        assert_int_equal(standard_find((enum table_kind)kind, SPAN("uui")),
                         STANDARD_NONE);
        assert_int_equal(standard_find((enum table_kind)kind, SPAN("ID")),
                         STANDARD_NONE);
    }
}

static void
test_tables(void **state)
{
    static const char *const names[TABLE_KIND_COUNT] = {
        "tracks", "",        "identifies", "pages",          "screens",
        "groups", "aliases", "users",      "rsload_discards"};

    (void)state;
    for (int kind = 0; kind < TABLE_KIND_COUNT; kind++)
        assert_true(
            span_equal(standard_table((enum table_kind)kind), span_of(names[kind])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
