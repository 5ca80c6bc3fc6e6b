/* merge: the SQL that makes one row of many, word by word. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include "merge.h"

#define COLUMNS "\"id\", \"received_at\", \"load_id\", \"user_id\""

static void
begin(struct world *w, enum target_dialect dialect, struct merge *merge)
{
    fake_begin(NULL, 0);
    world_init(w);
    w->options.dialect = dialect;
    world_open(w);
    *merge = (struct merge){
        .table = &w->tables[1], .stage = SPAN("st"), .load_id = SPAN("01l")};
}

/* Compare, and begin anew. */
static void
assert_sql(const char *wanted, struct text *sql)
{
    assert_string_equal(wanted, text_string(sql));
    text_clear(sql);
}

static void
test_table(void **state)
{
    struct text sql = {0};
    struct merge merge;
    struct world w;

    (void)state;
    begin(&w, TARGET_REDSHIFT, &merge);
    merge_add_stage(w.target, SPAN("tracks"), merge.stage, &sql);
    assert_sql("CREATE TEMP TABLE \"st\" (LIKE \"raw\".\"tracks\" INCLUDING DEFAULTS)",
               &sql);
    merge_add_survey(&merge, &sql);
    assert_sql("SELECT MIN(\"received_at\"), MAX(\"received_at\") FROM \"st\"", &sql);
    merge_add_delete(w.target, &merge, 30, SPAN("2026-11-21 14:00:00"),
                     SPAN("2026-11-21 14:59:59.9"), &sql);
    assert_sql("DELETE FROM \"raw\".\"tracks\" USING \"st\""
               " WHERE \"raw\".\"tracks\".\"id\" = \"st\".\"id\""
               " AND \"raw\".\"tracks\".\"received_at\" >= \"st\".\"received_at\""
               " - INTERVAL '30 days'"
               " AND \"raw\".\"tracks\".\"received_at\" <= \"st\".\"received_at\""
               " + INTERVAL '30 days'"
               " AND \"raw\".\"tracks\".\"received_at\" >="
               " TIMESTAMP '2026-11-21 14:00:00' - INTERVAL '30 days'"
               " AND \"raw\".\"tracks\".\"received_at\" <="
               " TIMESTAMP '2026-11-21 14:59:59.9' + INTERVAL '30 days'",
               &sql);
    merge_add_insert(w.target, &merge, &sql);
    assert_sql("INSERT INTO \"raw\".\"tracks\" (" COLUMNS ") SELECT " COLUMNS
               " FROM (SELECT " COLUMNS ", ROW_NUMBER() OVER (PARTITION BY \"id\""
               " ORDER BY \"received_at\" DESC NULLS LAST) AS \"rsload_rank\""
               " FROM \"st\") AS \"ranked\""
               " WHERE \"rsload_rank\" = 1 OR \"id\" IS NULL",
               &sql);
    text_release(&sql);
    world_close(&w);
}

/* A property may have any name, also that of our own column. */
static void
test_taken_name(void **state)
{
    struct text sql = {0};
    struct merge merge;
    struct world w;

    (void)state;
    begin(&w, TARGET_REDSHIFT, &merge);
    w.columns[1][2].name = SPAN("rsload_rank");
    w.columns[1][3].name = SPAN("rsload_rank_");
    merge_add_insert(w.target, &merge, &sql);
    world_assert_has(text_string(&sql), "AS \"rsload_rank__\" FROM \"st\"");
    world_assert_has(text_string(&sql), "WHERE \"rsload_rank__\" = 1");
    text_release(&sql);
    world_close(&w);
}

static void
test_window(void **state)
{
    struct text sql = {0};
    struct merge merge;
    struct world w;

    (void)state;
    begin(&w, TARGET_REDSHIFT, &merge);
    merge_add_surplus(w.target, &merge, &sql);
    assert_sql("SELECT COUNT(\"id\") - COUNT(DISTINCT \"id\") FROM \"raw\".\"tracks\""
               " WHERE \"load_id\" = '01l'",
               &sql);
    merge_add_keep(w.target, &merge, &sql);
    assert_sql("INSERT INTO \"st\" (" COLUMNS ") SELECT " COLUMNS
               " FROM (SELECT " COLUMNS ", ROW_NUMBER() OVER (PARTITION BY \"id\""
               " ORDER BY \"received_at\" DESC NULLS LAST) AS \"rsload_rank\""
               " FROM \"raw\".\"tracks\" WHERE \"load_id\" = '01l' AND \"id\" IN"
               " (SELECT \"id\" FROM \"raw\".\"tracks\" WHERE \"load_id\" = '01l'"
               " GROUP BY \"id\" HAVING COUNT(*) > 1)) AS \"ranked\""
               " WHERE \"rsload_rank\" = 1",
               &sql);
    merge_add_purge(w.target, &merge, &sql);
    assert_sql("DELETE FROM \"raw\".\"tracks\" WHERE \"load_id\" = '01l'"
               " AND \"id\" IN (SELECT \"id\" FROM \"st\")",
               &sql);
    text_release(&sql);
    world_close(&w);
}

#define SOURCE " FROM \"st\" WHERE \"user_id\" IS NOT NULL AND \"load_id\" = '01l'"

#define HISTORY                                                                        \
    "SELECT \"id\", CAST('' AS VARCHAR(1)) AS \"rsload_key\", \"received_at\", "       \
    "\"plan\""                                                                         \
    " FROM \"raw\".\"users\" WHERE \"id\" IN (SELECT \"user_id\"" SOURCE ")"           \
    " UNION ALL SELECT \"user_id\", \"id\", \"received_at\", \"plan\"" SOURCE

#define FOLD_HEAD                                                                      \
    "INSERT INTO \"fold\" (\"id\", \"received_at\", \"uuid_ts\", \"load_id\", "        \
    "\"plan\")"                                                                        \
    " SELECT \"id\", \"received_at\", TIMESTAMP '2026-11-21 15:06:40', '01l', "        \
    "\"plan\""                                                                         \
    " FROM ("

static const char fold_redshift[] = FOLD_HEAD
    "SELECT \"id\", \"received_at\", \"plan\" FROM (SELECT \"id\","
    " FIRST_VALUE(\"received_at\" IGNORE NULLS) OVER (PARTITION BY \"id\""
    " ORDER BY \"received_at\" DESC NULLS LAST, \"rsload_key\" DESC"
    " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS \"received_at\","
    " FIRST_VALUE(\"plan\" IGNORE NULLS) OVER (PARTITION BY \"id\""
    " ORDER BY \"received_at\" DESC NULLS LAST, \"rsload_key\" DESC"
    " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS \"plan\","
    " ROW_NUMBER() OVER (PARTITION BY \"id\" ORDER BY \"received_at\" DESC NULLS LAST)"
    " AS \"rsload_rank\" FROM (" HISTORY ") AS \"history\") AS \"folded\""
    " WHERE \"rsload_rank\" = 1) AS \"newest\"";

static const char fold_postgres[] = FOLD_HEAD
    "SELECT \"id\", (ARRAY_AGG(\"received_at\" ORDER BY \"received_at\" DESC NULLS "
    "LAST,"
    " \"rsload_key\" COLLATE \"C\" DESC) FILTER (WHERE \"received_at\" IS NOT NULL))[1]"
    " AS \"received_at\", (ARRAY_AGG(\"plan\" ORDER BY \"received_at\" DESC NULLS LAST,"
    " \"rsload_key\" COLLATE \"C\" DESC) FILTER (WHERE \"plan\" IS NOT NULL))[1]"
    " AS \"plan\" FROM (" HISTORY ") AS \"history\" GROUP BY \"id\") AS \"newest\"";

/* users as plan gives it, and this load's identifies in a stage. */
static struct merge_users
make_users(struct world *w, struct column columns[5], struct table *users)
{
    static const char *const names[] = {"id", "received_at", "uuid_ts", "load_id",
                                        "plan"};

    for (size_t i = 0; i < 5; i++)
        columns[i] = (struct column){.name = span_of(names[i])};
    columns[1].type = COLUMN_TIMESTAMP;
    *users = (struct table){
        .name = SPAN("users"), .columns = columns, .column_count = 5};
    return (struct merge_users){
        .users = users,
        .identifies = &w->tables[0],
        .from = SPAN("\"st\""),
        .fold = SPAN("fold"),
        .load_id = SPAN("01l"),
        .uuid_ts_s = w->inventory.started_s,
    };
}

static void
test_users(void **state)
{
    static const struct {
        enum target_dialect dialect;
        const char *fold;
    } cases[] = {{TARGET_REDSHIFT, fold_redshift}, {TARGET_POSTGRES, fold_postgres}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct column columns[5];
        struct table table;
        struct merge_users users;
        struct text sql = {0};
        struct error err = {0};
        struct merge merge;
        struct world w;

        begin(&w, cases[i].dialect, &merge);
        users = make_users(&w, columns, &table);
        assert_int_equal(0, merge_add_fold(w.target, &users, &w.arena, &sql, &err));
        assert_sql(cases[i].fold, &sql);
        merge_add_update(w.target, &users, &sql);
        assert_sql(
            "UPDATE \"raw\".\"users\" SET \"received_at\" = \"fold\".\"received_at\","
            " \"uuid_ts\" = \"fold\".\"uuid_ts\","
            " \"load_id\" = \"fold\".\"load_id\", \"plan\" = \"fold\".\"plan\""
            " FROM \"fold\" WHERE \"raw\".\"users\".\"id\" = \"fold\".\"id\"",
            &sql);
        merge_add_arrivals(w.target, &users, &sql);
        assert_sql(
            "INSERT INTO \"raw\".\"users\" (\"id\", \"received_at\", \"uuid_ts\","
            " \"load_id\", \"plan\") SELECT \"id\", \"received_at\", \"uuid_ts\","
            " \"load_id\", \"plan\" FROM \"fold\" WHERE NOT EXISTS (SELECT 1 FROM"
            " \"raw\".\"users\" AS \"there\""
            " WHERE \"there\".\"id\" = \"fold\".\"id\")",
            &sql);
        text_release(&sql);
        world_close(&w);
    }
}

/* A column that users has as text takes any type; Redshift casts no boolean. */
static void
test_users_as_text(void **state)
{
    static const struct {
        enum column_type type;
        const char *wanted;
    } cases[] = {
        {COLUMN_VARCHAR, "\"received_at\", \"plan\" FROM \"st\""},
        {COLUMN_BIGINT,
         "\"received_at\", CAST(\"plan\" AS VARCHAR(65535)) FROM \"st\""},
        {COLUMN_BOOLEAN, "\"received_at\", CASE WHEN \"plan\" THEN 'true' WHEN NOT "
                         "\"plan\" THEN 'false' END FROM \"st\""},
    };

    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(cases); i++) {
        struct column columns[5];
        struct table table;
        struct merge_users users;
        struct text sql = {0};
        struct error err = {0};
        struct merge merge;
        struct world w;

        begin(&w, TARGET_REDSHIFT, &merge);
        users = make_users(&w, columns, &table);
        w.columns[0][4].type = cases[i].type;
        assert_int_equal(0, merge_add_fold(w.target, &users, &w.arena, &sql, &err));
        world_assert_has(text_string(&sql), cases[i].wanted);
        text_release(&sql);
        world_close(&w);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),         cmocka_unit_test(test_taken_name),
        cmocka_unit_test(test_window),        cmocka_unit_test(test_users),
        cmocka_unit_test(test_users_as_text),
    };

    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
