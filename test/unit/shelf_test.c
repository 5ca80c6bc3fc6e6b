/* The shelf: what tables begin with, columns appended, parts taken and given back,
 * memory counted, by many threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shelf.h"

static const struct catalog nothing;

static struct shelf *
new_shelf(const struct catalog *catalog, uint64_t budget_bytes)
{
    struct shelf *shelf = NULL;
    struct error err;

    assert_int_equal(shelf_new(catalog, budget_bytes, &shelf, &err), 0);
    return shelf;
}

static struct shelf_table *
open_table(struct shelf *shelf, enum table_kind kind, const char *name)
{
    struct shelf_table *table = NULL;
    struct error err;

    assert_int_equal(shelf_open(shelf, kind, span_of(name), &table, &err), 0);
    return table;
}

static size_t
column(struct shelf *shelf, struct shelf_table *table, const char *name)
{
    struct error err;
    size_t at;

    assert_int_equal(shelf_column(shelf, table, span_of(name), &at, &err), 0);
    return at;
}

/* The names of a table's columns, joined by blanks. */
static void
describe(struct shelf_table *table, struct text *ret)
{
    for (size_t i = 0; i < shelf_column_count(table); i++) {
        struct shelf_column c;

        shelf_copy_columns(table, i, i + 1, &c);
        text_addf(ret, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(c.name));
    }
}

/* A new table has the standard columns of its kind, in the order of the
 * specification. */
static void
test_new_tables(void **state)
{
    static const struct {
        enum table_kind kind;
        const char *columns;
    } cases[] = {
        {TABLE_TRACKS, "id received_at uuid_ts load_id anonymous_id user_id event "
                       "event_text original_timestamp sent_at timestamp"},
        {TABLE_EVENT, "id received_at uuid_ts load_id anonymous_id user_id event "
                      "event_text original_timestamp sent_at timestamp"},
        {TABLE_IDENTIFIES, "id received_at uuid_ts load_id anonymous_id user_id "
                           "original_timestamp sent_at timestamp"},
        {TABLE_PAGES,
         "id received_at uuid_ts load_id anonymous_id user_id name category "
         "original_timestamp sent_at timestamp"},
        {TABLE_SCREENS, "id received_at uuid_ts load_id anonymous_id user_id name "
                        "category original_timestamp sent_at timestamp"},
        {TABLE_GROUPS, "id received_at uuid_ts load_id anonymous_id user_id group_id "
                       "original_timestamp sent_at timestamp"},
        {TABLE_ALIASES,
         "id received_at uuid_ts load_id anonymous_id user_id previous_id "
         "original_timestamp sent_at timestamp"},
        {TABLE_USERS, "id received_at uuid_ts load_id"},
        {TABLE_DISCARDS, "received_at uuid_ts load_id table_name row_id column_name "
                         "column_value reason"},
    };
    struct shelf *shelf = new_shelf(&nothing, 1);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text name = {0};
        struct text got = {0};
        struct shelf_table *table;

        text_addf(&name, "table_%zu", i);
        table = open_table(shelf, cases[i].kind, text_string(&name));
        describe(table, &got);
        assert_string_equal(text_string(&got), cases[i].columns);
        assert_ptr_equal(open_table(shelf, cases[i].kind, text_string(&name)), table);
        assert_int_equal(table->index, i);
        assert_ptr_equal(shelf_table_at(shelf, i), table);
        text_release(&name);
        text_release(&got);
    }
    shelf_free(shelf);
    shelf_free(NULL);
}

/* The warehouse's columns come first; what must not be named without need stays out
 * until a value comes for it. */
static void
test_existing_table(void **state)
{
    struct column columns[] = {
        {.name = SPAN("total"), .type = COLUMN_DOUBLE},
        {.name = SPAN("id"), .type = COLUMN_VARCHAR, .max_bytes = 512},
        {.name = SPAN("uuid"), .type = COLUMN_BIGINT},
        {.name = SPAN("row_number"), .type = COLUMN_BIGINT, .has_default = true},
        {.name = SPAN("shape"), .type = COLUMN_OTHER},
        {.name = SPAN("coupon"), .type = COLUMN_VARCHAR, .max_bytes = 64},
        {.name = SPAN("received_at"), .type = COLUMN_TIMESTAMP},
    };
    struct table table = {
        .name = SPAN("orders"), .columns = columns, .column_count = 7};
    struct catalog catalog = {.has_schema = true, .tables = &table, .table_count = 1};
    struct shelf *shelf = new_shelf(&catalog, 1);
    struct shelf_table *orders = open_table(shelf, TABLE_EVENT, "orders");
    struct shelf_column c;
    struct text got = {0};

    (void)state;
    describe(orders, &got);
    assert_string_equal(
        text_string(&got),
        "total id coupon received_at uuid_ts load_id anonymous_id user_id "
        "event event_text original_timestamp sent_at timestamp");
    shelf_copy_columns(orders, 2, 3, &c);
    assert_true(c.is_existing);
    assert_int_equal(c.existing_bytes, 64);
    assert_int_equal(c.role, STANDARD_NONE);
    shelf_copy_columns(orders, 1, 2, &c);
    assert_int_equal(c.role, STANDARD_ID);
    assert_int_equal(column(shelf, orders, "row_number"), 13);
    shelf_copy_columns(orders, 13, 14, &c);
    assert_true(c.is_existing);
    assert_int_equal(c.type, COLUMN_BIGINT);
    assert_int_equal(column(shelf, orders, "new_one"), 14);
    shelf_copy_columns(orders, 14, 15, &c);
    assert_false(c.is_existing);
    assert_int_equal(c.type, COLUMN_VARCHAR);
    text_release(&got);
    shelf_free(shelf);
}

/* Columns keep their place; a full table says so, and still finds what it has. */
static void
test_columns(void **state)
{
    struct shelf *shelf = new_shelf(&nothing, 1);
    struct shelf_table *table = open_table(shelf, TABLE_EVENT, "x");
    size_t first = shelf_column_count(table);

    (void)state;
    for (size_t round = 0; round < 2; round++)
        for (size_t i = first; i < COLUMN_COUNT_NEW + 5; i++) {
            struct text name = {0};

            text_addf(&name, "c%zu", i);
            assert_int_equal(column(shelf, table, text_string(&name)),
                             i < COLUMN_COUNT_NEW ? i : SIZE_MAX);
            text_release(&name);
        }
    assert_int_equal(shelf_column_count(table), COLUMN_COUNT_NEW);
    assert_int_equal(column(shelf, table, "id"), 0);
    shelf_free(shelf);
}

static void
test_too_many_tables(void **state)
{
    struct shelf *shelf = new_shelf(&nothing, 1);
    struct shelf_table *table;
    struct error err = {0};

    (void)state;
    for (int i = 0; i < SHELF_TABLE_MAX; i++) {
        struct text name = {0};

        text_addf(&name, "t%d", i);
        (void)open_table(shelf, TABLE_USERS, text_string(&name));
        text_release(&name);
    }
    assert_int_equal(shelf_open(shelf, TABLE_USERS, SPAN("more"), &table, &err), -1);
    assert_int_equal(err.kind, ERROR_DATA);
    assert_int_equal(shelf_open(shelf, TABLE_USERS, SPAN("t7"), &table, &err), 0);
    assert_int_equal(table->index, 7);
    assert_int_equal(shelf_table_count(shelf), SHELF_TABLE_MAX);
    shelf_free(shelf);
}

/* What workers saw is joined: the longest, the sum, all classes. */
static void
test_merge(void **state)
{
    static const struct shelf_seen seen[2][3] = {{{5, 1, 2}, {0, 0, 0}, {9, 2, 4}},
                                                 {{3, 4, 8}, {7, 1, 1}, {9, 1, 4}}};
    struct shelf *shelf = new_shelf(&nothing, 1);
    struct shelf_table *table = open_table(shelf, TABLE_TRACKS, "tracks");
    struct shelf_column c[3];

    (void)state;
    shelf_merge_columns(table, seen[0], 3);
    shelf_merge_columns(table, seen[1], 3);
    shelf_copy_columns(table, 0, 3, c);
    assert_int_equal(c[0].longest, 5);
    assert_int_equal(c[0].values, 5);
    assert_int_equal(c[0].classes, 10);
    assert_int_equal(c[1].longest, 7);
    assert_int_equal(c[2].values, 3);
    shelf_free(shelf);
}

/* A part is found by its list of columns; the fullest of all tables goes first, and one
 * that has packed nothing yet but holds rows is not forgotten. */
static void
test_parts(void **state)
{
    struct shelf *shelf = new_shelf(&nothing, 1);
    struct shelf_table *a = open_table(shelf, TABLE_TRACKS, "tracks");
    struct shelf_table *b = open_table(shelf, TABLE_PAGES, "pages");
    struct shelf_table *from = NULL;
    struct shelf_part *parts[3];
    struct shelf_part *again;
    struct error err;

    (void)state;
    assert_int_equal(shelf_take_part(a, 11, &parts[0], &err), 0);
    assert_int_equal(shelf_take_part(a, 11, &parts[1], &err), 0);
    assert_ptr_not_equal(parts[0], parts[1]);
    assert_int_equal(shelf_take_part(b, 5, &parts[2], &err), 0);
    parts[0]->packed.size_bytes = 10;
    parts[1]->packed.size_bytes = 0;
    parts[1]->packed.rows = 1;
    parts[2]->packed.size_bytes = 20;
    for (size_t i = 0; i < 3; i++)
        shelf_return_part(i < 2 ? a : b, parts[i]);
    assert_int_equal(shelf_take_part(a, 12, &again, &err), 0);
    assert_true(again != parts[0] && again != parts[1]);
    free(again);
    assert_ptr_equal(shelf_take_fullest(shelf, &from), parts[2]);
    assert_ptr_equal(from, b);
    assert_ptr_equal(shelf_take_fullest(shelf, &from), parts[0]);
    assert_ptr_equal(from, a);
    assert_ptr_equal(shelf_take_fullest(shelf, &from), parts[1]);
    assert_null(shelf_take_fullest(shelf, &from));
    for (size_t i = 0; i < 3; i++)
        free(parts[i]);
    assert_int_equal(shelf_part_number(a), 1);
    assert_int_equal(shelf_part_number(a), 2);
    assert_int_equal(shelf_part_number(b), 1);
    shelf_free(shelf);
}

static void
test_budget(void **state)
{
    struct shelf *shelf = new_shelf(&nothing, 100);

    (void)state;
    assert_false(shelf_is_full(shelf));
    shelf_charge(shelf, 100);
    assert_false(shelf_is_full(shelf));
    shelf_charge(shelf, 1);
    assert_true(shelf_is_full(shelf));
    shelf_charge(shelf, -101);
    assert_false(shelf_is_full(shelf));
    shelf_free(shelf);
}

/* ---- many threads ---- */

#define THREADS 4
#define ROUNDS  400
#define TABLES  7

struct actor {
    struct shelf *shelf;
    unsigned number;
    uint64_t slices;
    uint64_t shipped;
};

/* A slice of `rows` 1 into a part of a random table, now and then a part shipped. */
static void *
act(void *context)
{
    struct actor *actor = context;
    uint32_t random = actor->number + 1;

    for (int i = 0; i < ROUNDS; i++) {
        struct shelf_table *table;
        struct shelf_part *part;
        struct shelf_seen seen[3] = {{1, 1, 1}, {2, 1, 2}, {3, 1, 4}};
        struct text name = {0};

        random = random * 1103515245u + 12345u;
        text_addf(&name, "t%u", (random >> 16) % TABLES);
        table = open_table(actor->shelf, TABLE_EVENT, text_string(&name));
        text_clear(&name);
        text_addf(&name, "c%u", (random >> 8) % 50);
        (void)column(actor->shelf, table, text_string(&name));
        shelf_merge_columns(table, seen, 3);
        part = NULL;
        if (shelf_take_part(table, shelf_column_count(table), &part,
                            &(struct error){0}))
            abort();
        part->packed.rows++;
        part->packed.size_bytes += random >> 28;
        shelf_charge(actor->shelf, 1);
        actor->slices++;
        shelf_return_part(table, part);
        if (i % 10 == 0 && (part = shelf_take_fullest(actor->shelf, &table)) != NULL) {
            actor->shipped += part->packed.rows;
            shelf_charge(actor->shelf, -(int64_t)part->packed.rows);
            free(part);
        }
        text_release(&name);
    }
    return NULL;
}

/* Nothing is lost, nothing is taken twice, every table's columns are told once. */
static void
test_threads(void **state)
{
    struct shelf *shelf = new_shelf(&nothing, 0);
    struct actor actors[THREADS];
    pthread_t threads[THREADS];
    struct shelf_table *table;
    struct shelf_part *part;
    uint64_t slices = 0;
    uint64_t shipped = 0;

    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        actors[i] = (struct actor){.shelf = shelf, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, act, &actors[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        slices += actors[i].slices;
        shipped += actors[i].shipped;
    }
    assert_int_equal(shelf_is_full(shelf), shipped < slices);
    while ((part = shelf_take_fullest(shelf, &table)) != NULL) {
        shipped += part->packed.rows;
        shelf_charge(shelf, -(int64_t)part->packed.rows);
        free(part);
    }
    assert_int_equal(shipped, slices);
    assert_false(shelf_is_full(shelf));
    for (size_t i = 0; i < shelf_table_count(shelf); i++) {
        struct shelf_table *t = shelf_table_at(shelf, i);

        for (size_t a = 0; a < t->column_count; a++)
            for (size_t b = a + 1; b < t->column_count; b++)
                assert_false(span_equal(t->columns[a].name, t->columns[b].name));
    }
    shelf_free(shelf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_tables),      cmocka_unit_test(test_existing_table),
        cmocka_unit_test(test_columns),         cmocka_unit_test(test_merge),
        cmocka_unit_test(test_too_many_tables), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_budget),          cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
