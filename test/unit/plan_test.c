/* plan: the DDL between what is there and what a load needs, statement by statement. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include "catalog.h"
#include "plan.h"

/* The ledger, lock and discards as the catalog's question finds them: nothing to do. */
#define OWN_TABLES                                                                     \
    "rsload_discards|r|received_at|timestamp without time zone|f|f\n"                  \
    "rsload_discards|r|uuid_ts|timestamp without time zone|f|f\n"                      \
    "rsload_discards|r|load_id|character varying(512)|f|f\n"                           \
    "rsload_discards|r|table_name|character varying(512)|f|f\n"                        \
    "rsload_discards|r|row_id|character varying(512)|f|f\n"                            \
    "rsload_discards|r|column_name|character varying(512)|f|f\n"                       \
    "rsload_discards|r|column_value|character varying(512)|f|f\n"                      \
    "rsload_discards|r|reason|character varying(512)|f|f\n"                            \
    "rsload_loads|r|load_id|character varying(512)|f|f\n"                              \
    "rsload_loads|r|source|character varying(4096)|f|f\n"                              \
    "rsload_loads|r|window_from|timestamp without time zone|f|f\n"                     \
    "rsload_loads|r|window_until|timestamp without time zone|f|f\n"                    \
    "rsload_loads|r|objects|bigint|f|f\n"                                              \
    "rsload_loads|r|digest|character varying(512)|f|f\n"                               \
    "rsload_loads|r|object_list|character varying(65535)|f|f\n"                        \
    "rsload_loads|r|events|bigint|f|f\n"                                               \
    "rsload_loads|r|rows|bigint|f|f\n"                                                 \
    "rsload_loads|r|rejected|bigint|f|f\n"                                             \
    "rsload_loads|r|staged|character varying(4096)|f|f\n"                              \
    "rsload_loads|r|tool|character varying(512)|f|f\n"                                 \
    "rsload_loads|r|started|timestamp without time zone|f|f\n"                         \
    "rsload_loads|r|committed|timestamp without time zone|f|f\n"                       \
    "rsload_lock|r|load_id|character varying(512)|f|f\n"

#define TRACKS                                                                         \
    "tracks|r|id|character varying(512)|f|f\n"                                         \
    "tracks|r|received_at|timestamp without time zone|f|f\n"                           \
    "tracks|r|load_id|character varying(512)|f|f\n"                                    \
    "tracks|r|user_id|character varying(512)|f|f\n"

#define IDENTIFIES                                                                     \
    "identifies|r|id|character varying(512)|f|f\n"                                     \
    "identifies|r|received_at|timestamp without time zone|f|f\n"                       \
    "identifies|r|load_id|character varying(512)|f|f\n"                                \
    "identifies|r|user_id|character varying(512)|f|f\n"                                \
    "identifies|r|plan|character varying(512)|f|f\n"

#define USERS                                                                          \
    "users|r|id|character varying(512)|f|f\n"                                          \
    "users|r|received_at|timestamp without time zone|f|f\n"                            \
    "users|r|uuid_ts|timestamp without time zone|f|f\n"                                \
    "users|r|load_id|character varying(512)|f|f\n"                                     \
    "users|r|plan|character varying(512)|f|f\n"

/* Plan against the catalog that `answer` describes. */
static int
plan(struct world *w, struct fake_rule *rule, const char *answer, struct plan *ret,
     struct error *err)
{
    struct catalog catalog;

    *rule = (struct fake_rule)FAKE_RULE("pg_namespace", FAKE_ROWS, answer);
    assert_int_equal(0, catalog_read(w->target, &w->arena, &catalog, err));
    return plan_make(w->target, &catalog, &w->inventory, &w->arena, ret, err);
}

static void
begin(struct world *w, struct fake_rule *rule)
{
    fake_begin(rule, 1);
    *rule = (struct fake_rule)FAKE_RULE("pg_namespace", FAKE_ROWS, "");
    world_init(w);
    world_open(w);
}

static void
test_varchar(void **state)
{
    static const uint32_t sizes[][2] = {
        {0, 512},       {1, 512},         {512, 512},     {513, 1024},
        {4096, 4096},   {16385, 32768},   {32768, 32768}, {32769, 65535},
        {65535, 65535}, {4000000, 65535},
    };

    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(sizes); i++)
        assert_int_equal(sizes[i][1], plan_varchar(sizes[i][0]));
}

static const char *const all_new[] = {
    "CREATE SCHEMA IF NOT EXISTS \"raw\"",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"identifies\" (\"id\" VARCHAR(512), "
    "\"received_at\" TIMESTAMP, \"load_id\" VARCHAR(512), \"user_id\" VARCHAR(512), "
    "\"plan\" VARCHAR(1024)) DISTKEY(\"id\") SORTKEY(\"received_at\")",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"rsload_discards\" (\"received_at\" "
    "TIMESTAMP, "
    "\"uuid_ts\" TIMESTAMP, \"load_id\" VARCHAR(512), \"table_name\" VARCHAR(512), "
    "\"row_id\" VARCHAR(512), \"column_name\" VARCHAR(512), \"column_value\" "
    "VARCHAR(512), \"reason\" VARCHAR(512)) SORTKEY(\"received_at\")",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"rsload_loads\" (\"load_id\" VARCHAR(512), "
    "\"source\" VARCHAR(4096), \"window_from\" TIMESTAMP, \"window_until\" TIMESTAMP, "
    "\"objects\" BIGINT, \"digest\" VARCHAR(512), \"object_list\" VARCHAR(65535), "
    "\"events\" BIGINT, \"rows\" BIGINT, \"rejected\" BIGINT, \"staged\" "
    "VARCHAR(4096), "
    "\"tool\" VARCHAR(512), \"started\" TIMESTAMP, \"committed\" TIMESTAMP)",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"rsload_lock\" (\"load_id\" VARCHAR(512))",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"tracks\" (\"id\" VARCHAR(512), "
    "\"received_at\" TIMESTAMP, \"load_id\" VARCHAR(512), \"user_id\" VARCHAR(512)) "
    "DISTKEY(\"id\") SORTKEY(\"received_at\")",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"users\" (\"id\" VARCHAR(512), "
    "\"received_at\" TIMESTAMP, \"uuid_ts\" TIMESTAMP, \"load_id\" VARCHAR(512), "
    "\"plan\" VARCHAR(1024)) DISTKEY(\"id\") SORTKEY(\"received_at\")",
};

static void
test_empty_warehouse(void **state)
{
    struct fake_rule rule;
    struct plan p;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, &rule);
    w.columns[0][4].max_bytes = 1000;
    assert_int_equal(0, plan(&w, &rule, "", &p, &err));
    assert_int_equal(WORLD_COUNT(all_new), p.statement_count);
    for (size_t i = 0; i < p.statement_count; i++)
        assert_string_equal(all_new[i], p.statements[i].sql.data);
    assert_int_equal(5, p.tables[0].new_columns);
    assert_true(p.tables[1].is_new);
    world_close(&w);
}

/* With nothing to create no right to create is needed. */
static void
test_nothing_to_do(void **state)
{
    struct fake_rule rule;
    struct plan p;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, &rule);
    assert_int_equal(0, plan(&w, &rule, IDENTIFIES OWN_TABLES TRACKS USERS, &p, &err));
    assert_int_equal(0, p.statement_count);
    assert_int_equal(0, plan_check_empty(&p, &err));
    assert_int_equal(0, p.tables[0].new_columns);
    assert_false(p.tables[0].is_new);
    assert_int_equal(5, p.users.column_count);
    world_close(&w);
}

static void
test_add_and_widen(void **state)
{
    struct fake_rule rule;
    struct plan p;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, &rule);
    w.columns[1][3].max_bytes = 600;
    w.tables[1].column_count = 5; /* tracks has a new column, plan */
    assert_int_equal(0, plan(&w, &rule, IDENTIFIES OWN_TABLES TRACKS USERS, &p, &err));
    assert_int_equal(2, p.statement_count);
    assert_int_equal(PLAN_WIDEN, p.statements[0].kind);
    assert_string_equal("ALTER TABLE \"raw\".\"tracks\" ALTER COLUMN \"user_id\" TYPE "
                        "VARCHAR(1024)",
                        p.statements[0].sql.data);
    assert_string_equal(
        "ALTER TABLE \"raw\".\"tracks\" ADD COLUMN \"plan\" VARCHAR(512)",
        p.statements[1].sql.data);
    assert_int_equal(1, p.tables[1].new_columns);
    /* --ddl never says what is missing */
    assert_int_equal(-1, plan_check_empty(&p, &err));
    assert_int_equal(ERROR_WAREHOUSE, err.kind);
    world_assert_has(err.why, "column \"user_id\" of \"tracks\" is too short");
    world_assert_has(err.what, "2 statements");
    world_assert_has(err.hint, "ALTER TABLE \"raw\".\"tracks\"");
    world_close(&w);
}

/* What a user set stays: wider columns, 65,535 that cannot become wider, text. */
static void
test_never_narrows(void **state)
{
    struct fake_rule rule;
    struct plan p;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, &rule);
    w.columns[1][0].max_bytes = 700;
    w.columns[1][2].max_bytes = 4000000;
    w.columns[1][3].max_bytes = 65535;
    assert_int_equal(0, plan(&w, &rule,
                             IDENTIFIES OWN_TABLES
                             "tracks|r|id|character varying(777)|f|f\n"
                             "tracks|r|received_at|timestamp without time zone|f|f\n"
                             "tracks|r|load_id|character varying(65535)|f|f\n"
                             "tracks|r|user_id|text|f|f\n" USERS,
                             &p, &err));
    assert_int_equal(0, p.statement_count);
    world_close(&w);
}

static const struct refused_case {
    const char *rule;
    const char *answer;
    enum error_kind kind;
    const char *why;
} refused_cases[] = {
    {"another type than the rows were staged for",
     "tracks|r|id|character varying(512)|f|f\ntracks|r|received_at|"
     "timestamp without time zone|f|f\ntracks|r|load_id|bigint|f|f\n",
     ERROR_BUSY,
     "column \"load_id\" of \"tracks\" is bigint, but the rows were staged for "
     "varchar"},
    {"a view", "tracks|v|id|character varying(512)|f|f\n", ERROR_WAREHOUSE,
     "\"tracks\" is no table that can be loaded"},
    {"a view whose columns nobody tells", "tracks|v|\\N|\\N|\\N|\\N\n", ERROR_WAREHOUSE,
     "\"tracks\" is no table"},
    {"the ledger of somebody else", "rsload_loads|r|load_id|bigint|f|f\n",
     ERROR_WAREHOUSE, "\"load_id\" of \"rsload_loads\" is bigint, but must be varchar"},
};

static void
test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(refused_cases); i++) {
        const struct refused_case *c = &refused_cases[i];
        struct fake_rule rule;
        struct plan p;
        struct error err = {0};
        struct world w;

        begin(&w, &rule);
        assert_int_equal(-1, plan(&w, &rule, c->answer, &p, &err));
        assert_int_equal(c->kind, err.kind);
        world_assert_has(err.why, c->why);
        world_close(&w);
    }
}

static void
test_too_many_columns(void **state)
{
    static struct column columns[COLUMN_COUNT_MAX + 1];
    static char names[COLUMN_COUNT_MAX + 1][8];
    struct fake_rule rule;
    struct plan p;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, &rule);
    for (size_t i = 0; i <= COLUMN_COUNT_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "c%zu", i);
        columns[i] = (struct column){.name = span_of(names[i])};
    }
    w.tables[1].columns = columns;
    w.tables[1].column_count = COLUMN_COUNT_MAX;
    assert_int_equal(0, plan(&w, &rule, "", &p, &err));
    /* a column that is there already counts as well */
    assert_int_equal(-1, plan(&w, &rule, "tracks|r|own|bigint|f|f\n", &p, &err));
    assert_int_equal(ERROR_WAREHOUSE, err.kind);
    world_assert_has(err.why, "has 1 columns and would need 1600 more");
    w.tables[1].column_count++;
    assert_int_equal(-1, plan(&w, &rule, "", &p, &err));
    world_close(&w);
}

/* users takes what identifies tells, with the types that it has itself. */
static void
test_users(void **state)
{
    struct fake_rule rule;
    struct plan p;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, &rule);
    w.columns[0][4].type = COLUMN_BIGINT;
    w.columns[0][3].max_bytes = 900;
    assert_int_equal(0, plan(&w, &rule, "", &p, &err));
    assert_int_equal(COLUMN_BIGINT, p.users.columns[4].type);
    assert_int_equal(900, p.users.columns[0].max_bytes); /* id is their user_id */
    /* as text, where users has text; not at all, where it has something else */
    assert_int_equal(
        0, plan(&w, &rule, "users|r|plan|character varying(512)|f|f\n", &p, &err));
    assert_int_equal(COLUMN_VARCHAR, p.users.columns[4].type);
    assert_int_equal(0, plan(&w, &rule, "users|r|plan|boolean|f|f\n", &p, &err));
    assert_int_equal(4, p.users.column_count);
    /* an old column without a value in this load makes none in users */
    w.columns[0][4].max_bytes = 0;
    assert_int_equal(0, plan(&w, &rule, "identifies|r|plan|bigint|f|f\n", &p, &err));
    assert_int_equal(4, p.users.column_count);
    w.inventory.tables = &w.tables[1]; /* no identifies, no users */
    w.inventory.table_count = 1;
    assert_int_equal(0, plan(&w, &rule, OWN_TABLES TRACKS, &p, &err));
    assert_int_equal(0, p.statement_count);
    assert_int_equal(0, p.users.column_count);
    world_close(&w);
}

/* What the server says to a statement, and what becomes of the run. */
static const struct run_case {
    const char *statement;
    const char *reply;
    int rc;
    bool is_again;
    enum error_kind kind;
    const char *hint;
} run_cases[] = {
    {"ADD COLUMN", "42701|column \"plan\" already exists", 0, true, ERROR_NONE, ""},
    {"CREATE TABLE", "42P07|relation exists", 0, true, ERROR_NONE, ""},
    {"CREATE SCHEMA", "42P06|schema exists", 0, true, ERROR_NONE, ""},
    {"CREATE TABLE", "23505|duplicate key in pg_type", 0, true, ERROR_NONE, ""},
    {"ALTER COLUMN", "0A000|cannot alter: target column size should be different", 0,
     true, ERROR_NONE, ""},
    {"CREATE SCHEMA", "42501|permission denied for database", -1, false, ERROR_DENIED,
     "GRANT CREATE, USAGE ON SCHEMA \"raw\" TO \"loader\""},
    {"CREATE TABLE", "42501|permission denied for schema raw", -1, false, ERROR_DENIED,
     "GRANT CREATE, USAGE ON SCHEMA \"raw\" TO \"loader\""},
    {"ADD COLUMN", "42501|must be owner of table tracks", -1, false, ERROR_DENIED,
     "ALTER TABLE \"raw\".\"tracks\" OWNER TO \"loader\""},
    {"ALTER COLUMN", "0A000|cannot alter type of a column used by a view", -1, false,
     ERROR_WAREHOUSE, "run the statement yourself; nothing was loaded"},
};

static void
test_run(void **state)
{
    static struct plan_statement statements[] = {
        {PLAN_CREATE_SCHEMA, {NULL, 0}, {NULL, 0}, {"CREATE SCHEMA x", 15}},
        {PLAN_CREATE_TABLE, {"tracks", 6}, {NULL, 0}, {"CREATE TABLE x", 14}},
        {PLAN_ADD_COLUMN,
         {"tracks", 6},
         {"plan", 4},
         {"ALTER TABLE x ADD COLUMN p", 26}},
        {PLAN_WIDEN, {"tracks", 6}, {"plan", 4}, {"ALTER TABLE x ALTER COLUMN p", 28}},
    };
    const struct plan p = {.statements = statements, .statement_count = 4};

    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(run_cases); i++) {
        const struct run_case *c = &run_cases[i];
        struct fake_rule rule = FAKE_RULE(c->statement, FAKE_ERROR, c->reply);
        struct error err = {0};
        bool is_again = false;
        struct world w;

        fake_begin(&rule, 1);
        world_init(&w);
        world_open(&w);
        assert_int_equal(c->rc, plan_run(w.target, &p, &is_again, &err));
        if (c->rc == 0) {
            assert_int_equal(c->is_again, is_again);
            assert_int_equal(1, fake_count("ALTER COLUMN")); /* the rest was run */
        } else {
            assert_int_equal(c->kind, err.kind);
            world_assert_has(err.hint, c->hint);
            world_assert_has(err.what, c->statement);
        }
        world_close(&w);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varchar),
        cmocka_unit_test(test_empty_warehouse),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_add_and_widen),
        cmocka_unit_test(test_never_narrows),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_many_columns),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_run),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
