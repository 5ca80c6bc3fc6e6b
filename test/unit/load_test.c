/* load: the transaction word by word, and what becomes of it when something comes between. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include <pthread.h>

#include "ledger_list.h"
#include "load.h"

/* As many rows as the steps have, in their order, however often they are copied. */
#define COUNTS                                                                         \
    FAKE_RULE_SOME("pg_last_copy_count", FAKE_ROWS, "2\n", 0, 1),                      \
        FAKE_RULE_SOME("pg_last_copy_count", FAKE_ROWS, "1\n", 0, 1),                  \
        FAKE_RULE("pg_last_copy_count", FAKE_ROWS, "3\n")

#define NO_CATALOG FAKE_RULE("pg_namespace", FAKE_ROWS, "\\N|\\N|\\N|\\N|\\N|\\N\n")
#define NO_LEDGER  FAKE_RULE("SELECT \"load_id\", \"object_list\"", FAKE_ROWS, "")
#define BOUNDS                                                                         \
    FAKE_RULE("SELECT MIN(", FAKE_ROWS, "2026-11-21 14:00:00|2026-11-21 14:59:00\n")

/* One load; the manifests need a folder, the URL is what Redshift would read. */
static int
run(struct world *w, struct load_report *report, struct error *err)
{
    struct load_job job = {
        .inventory = &w->inventory, .staging = &w->staging, .has_manifests = true};

    w->staging.url = SPAN("s3://st/x");
    return load_run(w->target, &job, &w->arena, report, err);
}

static void
begin(struct world *w, struct fake_rule *rules, size_t count)
{
    fake_begin(rules, count);
    world_init(w);
    world_open(w);
}

/* The statements in their order: the first words of each. */
static const char *const transcript[] = {
    "SET timezone TO 'UTC'",
    "SELECT c.relname",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"identifies\"",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"rsload_discards\"",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"rsload_loads\"",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"rsload_lock\"",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"tracks\"",
    "CREATE TABLE IF NOT EXISTS \"raw\".\"users\"",
    "BEGIN",
    "LOCK \"raw\".\"rsload_lock\"",
    "SELECT \"load_id\", \"object_list\" FROM \"raw\".\"rsload_loads\"",
    "CREATE TEMP TABLE \"rsload_stage_1\" (LIKE \"raw\".\"identifies\"",
    "COPY \"rsload_stage_1\" (\"id\", \"received_at\", \"load_id\", \"user_id\") FROM "
    "'s3://st/x/identifies/0001.manifest'",
    "SELECT pg_last_copy_count()",
    "COPY \"rsload_stage_1\" (\"id\", \"received_at\", \"load_id\", \"user_id\", "
    "\"plan\") "
    "FROM 's3://st/x/identifies/0002.manifest'",
    "SELECT pg_last_copy_count()",
    "SELECT MIN(\"received_at\")",
    "DELETE FROM \"raw\".\"identifies\" USING \"rsload_stage_1\"",
    "INSERT INTO \"raw\".\"identifies\"",
    "CREATE TEMP TABLE \"rsload_stage_2\" (LIKE \"raw\".\"tracks\"",
    "COPY \"rsload_stage_2\"",
    "SELECT pg_last_copy_count()",
    "SELECT MIN(\"received_at\")",
    "DELETE FROM \"raw\".\"tracks\"",
    "INSERT INTO \"raw\".\"tracks\"",
    "DROP TABLE \"rsload_stage_2\"",
    "CREATE TEMP TABLE \"rsload_users\" (LIKE \"raw\".\"users\"",
    "INSERT INTO \"rsload_users\"",
    "UPDATE \"raw\".\"users\"",
    "INSERT INTO \"raw\".\"users\"",
    "DROP TABLE \"rsload_users\"",
    "DROP TABLE \"rsload_stage_1\"",
    "INSERT INTO \"raw\".\"rsload_loads\"",
    "COMMIT",
};

static void
test_transcript(void **state)
{
    struct fake_rule rules[] = {
        COUNTS,
        NO_CATALOG,
        NO_LEDGER,
        BOUNDS,
        FAKE_RULE("INSERT INTO \"raw\".\"tracks\"", FAKE_OK, "INSERT 0 2"),
        FAKE_RULE("INSERT INTO \"raw\".\"identifies\"", FAKE_OK, "INSERT 0 3"),
        FAKE_RULE("DELETE FROM \"raw\".\"tracks\"", FAKE_OK, "DELETE 1"),
        FAKE_RULE("UPDATE", FAKE_OK, "UPDATE 1"),
        FAKE_RULE("INSERT INTO \"raw\".\"users\"", FAKE_OK, "INSERT 0 1")};
    struct load_report report;
    struct error err = {0};
    struct world w;
    const char *line;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    if (run(&w, &report, &err))
        fail_msg("%s: %s", err.what, err.why);
    line = text_string(&fake.log);
    for (size_t i = 0; i < WORLD_COUNT(transcript); i++) {
        if (strncmp(line, transcript[i], strlen(transcript[i])) != 0)
            fail_msg("statement %zu: %.80s\nwanted: %s", i, line, transcript[i]);
        line += strcspn(line, "\n") + 1;
    }
    assert_string_equal("", line);
    assert_int_equal(LOAD_DONE, report.outcome);
    assert_int_equal(1, report.attempts);
    assert_int_equal(2, report.tables[1].rows);
    assert_int_equal(2, report.tables[1].duplicates); /* one in the load, one older */
    assert_int_equal(5, report.rows);
    assert_int_equal(2, report.users);
    assert_true(report.tables[0].is_new);
    world_close(&w);
}

/* What the server does at one statement, and how the load ends. */
static const struct fault_case {
    const char *rule;
    const char *contains;
    enum fake_reply reply;
    const char *text;
    int times; /* 0: always */
    int rc;
    enum error_kind kind;
    int attempts; /* of a load that succeeds */
    const char *why;
} fault_cases[] = {
    {"1023 at a DELETE", "DELETE FROM \"raw\".\"tracks\"", FAKE_ERROR,
     "XX000|1023|Serializable isolation violation", 1, 0, ERROR_NONE, 2, ""},
    {"1018", "INSERT INTO \"raw\".\"tracks\"", FAKE_ERROR,
     "XX000|1018|Relation does not exist.", 1, 0, ERROR_NONE, 2, ""},
    {"a conflict by its words", "COMMIT", FAKE_ERROR,
     "XX000|could not complete because of conflict with concurrent transaction", 2, 0,
     ERROR_NONE, 3, ""},
    {"deadlock", "LOCK", FAKE_ERROR, "40P01|deadlock detected", 1, 0, ERROR_NONE, 2,
     ""},
    {"PostgreSQL's serialization", "COMMIT", FAKE_ERROR, "40001|could not serialize", 1,
     0, ERROR_NONE, 2, ""},
    {"1023 for ever", "COMMIT", FAKE_ERROR, "XX000|1023|Serializable", 0, -1,
     ERROR_BUSY, 0, "1023: Serializable"},
    {"the connection is lost in a COPY", "COPY", FAKE_LOST, NULL, 1, 0, ERROR_NONE, 2,
     ""},
    {"lost in the DDL", "CREATE TABLE", FAKE_LOST, NULL, 1, 0, ERROR_NONE, 2, ""},
    {"lost at COMMIT, and rolled back", "COMMIT", FAKE_LOST, NULL, 1, 0, ERROR_NONE, 2,
     ""},
    {"lost at every LOCK", "LOCK", FAKE_LOST, NULL, 0, -1, ERROR_BUSY, 0, "was lost"},
    {"COMMIT that rolls back", "COMMIT", FAKE_OK, "ROLLBACK", 0, -1, ERROR_WAREHOUSE, 0,
     "the server rolled back"},
    {"no right", "LOCK", FAKE_ERROR, "42501|permission denied for rsload_lock", 0, -1,
     ERROR_DENIED, 0, "permission denied"},
    {"the lock's time is over", "LOCK", FAKE_ERROR, "57014|canceled on user's request",
     0, -1, ERROR_BUSY, 0, "another run holds the lock of the schema \"raw\""},
    {"too few rows", "pg_last_copy_count", FAKE_ROWS, "1\n", 0, -1, ERROR_WAREHOUSE, 0,
     "2 rows were staged, but COPY loaded 1"},
    {"disk full", "INSERT INTO \"raw\".\"tracks\"", FAKE_ERROR, "53100|Disk Full", 0,
     -1, ERROR_WAREHOUSE, 0, "Disk Full"},
};

static void
test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(fault_cases); i++) {
        const struct fault_case *c = &fault_cases[i];
        /* every step has two rows, in every attempt */
        struct fake_rule rules[] = {
            FAKE_RULE_SOME(c->contains, c->reply, c->text, 0, c->times),
            FAKE_RULE("pg_last_copy_count", FAKE_ROWS, "2\n"), NO_CATALOG, NO_LEDGER,
            BOUNDS};
        struct load_report report = {0};
        struct error err = {0};
        struct world w;
        int rc;

        begin(&w, rules, WORLD_COUNT(rules));
        for (size_t p = 0; p < 3; p++)
            w.parts[p].rows = 2;
        rc = run(&w, &report, &err);
        if (rc != c->rc)
            fail_msg("%s: %d, %s: %s", c->rule, rc, err.what, err.why);
        if (rc == 0) {
            assert_int_equal(c->attempts, report.attempts);
            assert_int_equal(
                1, fake_count("COMMIT") -
                       (size_t)(strcmp(c->contains, "COMMIT") == 0 ? c->times : 0));
        } else {
            assert_int_equal(c->kind, err.kind);
            world_assert_has(err.why, c->why);
        }
        if (c->kind == ERROR_DENIED)
            world_assert_has(err.hint,
                             "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES "
                             "IN SCHEMA \"raw\" TO \"loader\"");
        if (c->kind == ERROR_BUSY && c->times == 0 &&
            strcmp(c->contains, "COMMIT") == 0)
            world_assert_has(err.what, "gave up after 3 attempts");
        world_close(&w);
    }
}

/* The answer to COMMIT was lost, but the ledger has the load: it happened. */
static void
test_commit_unknown(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE_SOME("COMMIT", FAKE_LOST, NULL, 0, 1),
        FAKE_RULE_SOME("SELECT \"load_id\", \"object_list\"", FAKE_ROWS, "", 0, 1),
        FAKE_RULE("SELECT \"load_id\", \"object_list\"", FAKE_ROWS, WORLD_LOAD "|\n"),
        COUNTS,
        NO_CATALOG,
        BOUNDS};
    struct load_report report;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    assert_int_equal(0, run(&w, &report, &err));
    assert_int_equal(LOAD_DONE, report.outcome);
    assert_int_equal(2, report.attempts);
    assert_int_equal(2, fake.connections);
    assert_int_equal(3, fake_count("COPY \"rsload_stage")); /* nothing twice */
    assert_int_equal(2,
                     fake_count("LOCK \"raw\".\"rsload_lock\"")); /* asked under it */
    assert_int_equal(1, fake_count("COMMIT"));
    assert_int_equal(1, fake_count("ROLLBACK"));
    world_close(&w);
}

/* The window's earlier loads, as the ledger answers under the lock. */
static const struct rerun_case {
    const char *rule;
    size_t loaded;    /* of the two objects */
    const char *etag; /* of the first, when it was loaded */
    enum target_rerun rerun;
    int rc;
    enum load_outcome outcome;
    size_t deletes; /* from the tables that have loads, and the ledger */
    const char *why;
} rerun_cases[] = {
    {"the same", 2, NULL, TARGET_RERUN_AUTO, 0, LOAD_ALREADY, 0, ""},
    {"the same, replaced", 2, NULL, TARGET_RERUN_REPLACE, 0, LOAD_DONE, 2, ""},
    {"one changed", 2, "\"9\"", TARGET_RERUN_AUTO, 0, LOAD_DONE, 2, ""},
    {"another run loaded one of them meanwhile", 1, NULL, TARGET_RERUN_AUTO, -1,
     LOAD_DONE, 0, "1 of the 2 staged objects are loaded already"},
    {"fail", 2, NULL, TARGET_RERUN_FAIL, -1, LOAD_DONE, 0,
     "was loaded before, by 01old"},
};

static void
test_rerun(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(rerun_cases); i++) {
        const struct rerun_case *c = &rerun_cases[i];
        struct text answer = {0};
        struct fake_rule rules[] = {
            FAKE_RULE("SELECT \"load_id\", \"object_list\"", FAKE_ROWS, NULL), COUNTS,
            FAKE_RULE("pg_namespace", FAKE_ROWS,
                      "old|r|load_id|character varying(512)|f|f\n"
                      "old|r|received_at|timestamp without time zone|f|f\n"
                      "old|r|uuid_ts|timestamp without time zone|f|f\n"
                      "others|r|load_id|bigint|f|f\n"
                      "seen|v|load_id|character varying(512)|f|f\n"
                      "seen|v|received_at|timestamp without time zone|f|f\n"
                      "seen|v|uuid_ts|timestamp without time zone|f|f\n"),
            BOUNDS};
        struct load_report report = {0};
        struct error err = {0};
        char mark[LEDGER_MARK];
        struct world w;

        begin(&w, rules, WORLD_COUNT(rules));
        w.options.rerun = c->rerun;
        text_add_string(&answer, "01old|");
        for (size_t o = 0; o < c->loaded; o++) {
            struct object object = w.objects[o];

            if (o == 0 && c->etag != NULL)
                object.etag = span_of(c->etag);
            ledger_list_mark(&object, mark);
            text_add(&answer, (struct span){mark, sizeof mark});
        }
        text_add_char(&answer, '\n');
        rules[0].text = text_string(&answer);
        if (run(&w, &report, &err) != c->rc)
            fail_msg("%s: %s: %s", c->rule, err.what, err.why);
        if (c->rc == 0)
            assert_int_equal(c->outcome, report.outcome);
        assert_int_equal(c->deletes, fake_count(" WHERE \"load_id\" IN ('01old')"));
        assert_int_equal(c->deletes / 2, fake_count("DELETE FROM \"raw\".\"old\""));
        assert_int_equal(c->rc == 0 && c->outcome == LOAD_DONE, fake_count("COMMIT"));
        world_assert_has(err.why, c->why);
        text_release(&answer);
        world_close(&w);
    }
}

/* A load that is in the ledger itself: a staged folder that is loaded again. */
static void
test_same_folder_again(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE("SELECT \"load_id\", \"object_list\"", FAKE_ROWS, WORLD_LOAD "|\n"),
        NO_CATALOG};
    struct load_report report;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, rules, 2);
    w.options.rerun = TARGET_RERUN_REPLACE;
    assert_int_equal(0, run(&w, &report, &err));
    assert_int_equal(LOAD_ALREADY, report.outcome);
    assert_int_equal(0, fake_count("COPY \"rsload_stage"));
    world_close(&w);
}

static const struct mode_case {
    enum target_dedupe dedupe;
    const char *surplus; /* rows too many */
    size_t copies_into_table;
    size_t temporary;
    uint64_t rows;
} mode_cases[] = {
    {TARGET_DEDUPE_TABLE, "0\n", 0, 3, 0},
    {TARGET_DEDUPE_WINDOW, "0\n", 3, 1, 6},
    {TARGET_DEDUPE_WINDOW, "1\n", 3, 3, 4}, /* each table had one too many */
    {TARGET_DEDUPE_NONE, "1\n", 3, 1, 6},
};

static void
test_modes(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(mode_cases); i++) {
        const struct mode_case *c = &mode_cases[i];
        struct fake_rule rules[] = {COUNTS, NO_CATALOG, NO_LEDGER, BOUNDS,
                                    FAKE_RULE("COUNT(DISTINCT", FAKE_ROWS, c->surplus)};
        struct load_report report;
        struct error err = {0};
        struct world w;

        begin(&w, rules, WORLD_COUNT(rules));
        w.options.dedupe = c->dedupe;
        assert_int_equal(0, run(&w, &report, &err));
        assert_int_equal(c->copies_into_table, fake_count("COPY \"raw\"."));
        assert_int_equal(c->temporary, fake_count("CREATE TEMP TABLE"));
        assert_int_equal(c->temporary, fake_count("DROP TABLE"));
        assert_int_equal(c->rows, report.rows);
        world_close(&w);
    }
}

static void
test_lock_timeout(void **state)
{
    struct fake_rule rules[] = {COUNTS, NO_CATALOG, NO_LEDGER, BOUNDS};
    struct load_report report;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    w.options.lock_timeout_s = 5;
    assert_int_equal(0, run(&w, &report, &err));
    world_assert_has(text_string(&fake.log),
                     "SET statement_timeout TO 5000\nBEGIN\nLOCK "
                     "\"raw\".\"rsload_lock\"\nSET statement_timeout TO 0\n");
    world_close(&w);
}

/* The COPY fails for its data: explained after ROLLBACK, and never tried again. */
static void
test_bad_row(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE("COPY \"rsload_stage_2\"", FAKE_ERROR,
                  "XX000|Load into table 'rsload_stage_2' failed.  Check "
                  "'stl_load_errors' system table for details."),
        FAKE_RULE("FROM stl_load_errors", FAKE_ROWS,
                  "s3://st/x/tracks/0001.csv|7|user_id|zz|String length exceeds DDL "
                  "length|1204\n"),
        COUNTS,
        NO_CATALOG,
        NO_LEDGER,
        BOUNDS};
    struct load_report report;
    struct error err = {0};
    struct world w;
    const char *rollback;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    assert_int_equal(-1, run(&w, &report, &err));
    assert_int_equal(ERROR_WAREHOUSE, err.kind);
    assert_string_equal(
        "part tracks/0001.csv, line 7, column \"user_id\", value \"zz\": "
        "String length exceeds DDL length (code 1204)",
        err.why);
    rollback = strstr(text_string(&fake.log), "ROLLBACK\n");
    assert_non_null(rollback);
    assert_non_null(strstr(rollback, "FROM stl_load_errors"));
    assert_int_equal(1, fake_count("BEGIN"));
    world_close(&w);
}

static void *
ask_stop(void *context)
{
    struct error why = {0};
    struct world *w = context;

    assert_int_equal(0, stop_wait(NULL, 30, &why));
    (void)error_set(&why, ERROR_TERMINATED, "stopped by SIGTERM");
    stop_ask(w->stop, &why);
    return NULL;
}

static void
test_stop(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE("COPY \"rsload_stage_2\"", FAKE_HANG, NULL),
                                COUNTS, NO_CATALOG, NO_LEDGER, BOUNDS};
    struct load_report report;
    struct error err = {0};
    struct world w;
    pthread_t thread;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    assert_int_equal(0, pthread_create(&thread, NULL, ask_stop, &w));
    assert_int_equal(-1, run(&w, &report, &err));
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_int_equal(ERROR_TERMINATED, err.kind);
    assert_int_equal(1, fake.cancels);
    assert_int_equal(1, fake_count("ROLLBACK"));
    assert_int_equal(0, fake_count("COMMIT"));
    assert_int_equal(0, fake_count("stl_load_errors")); /* nothing is asked any more */
    world_close(&w);
}

/* A table without rows takes no part, and users have nothing to learn. */
static void
test_no_identifies(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE("pg_last_copy_count", FAKE_ROWS, "3\n"),
                                NO_CATALOG, NO_LEDGER, BOUNDS};
    struct load_report report;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    w.inventory.parts = &w.parts[2];
    w.inventory.part_count = 1;
    assert_int_equal(0, run(&w, &report, &err));
    assert_int_equal(1, fake_count("COPY \"rsload_stage"));
    assert_int_equal(0, fake_count("\"rsload_users\""));
    world_close(&w);
}

static void
test_ddl_never(void **state)
{
    struct fake_rule rules[] = {NO_CATALOG};
    struct load_report report;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, rules, 1);
    w.options.ddl = TARGET_DDL_NEVER;
    assert_int_equal(-1, run(&w, &report, &err));
    world_assert_has(err.what, "--ddl never");
    assert_int_equal(0, fake_count("CREATE"));
    assert_int_equal(0, fake_count("BEGIN"));
    world_close(&w);
}

/* Somebody else adds the column meanwhile: the catalog is read and planned anew. */
static void
test_plans_again(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE_SOME("CREATE TABLE IF NOT EXISTS \"raw\".\"tracks\"", FAKE_ERROR,
                       "42P07|relation exists", 0, 1),
        COUNTS, NO_CATALOG, NO_LEDGER, BOUNDS};
    struct load_report report;
    struct error err = {0};
    struct world w;

    (void)state;
    begin(&w, rules, WORLD_COUNT(rules));
    assert_int_equal(0, run(&w, &report, &err));
    assert_int_equal(2, fake_count("pg_namespace"));
    assert_int_equal(1, report.attempts);
    world_close(&w);
}

static void
test_dry(void **state)
{
    struct fake_rule rules[] = {NO_CATALOG};
    struct load_table *tables = NULL;
    struct span *statements = NULL;
    struct error err = {0};
    size_t count = 0;
    struct world w;
    struct load_job job = {.inventory = &w.inventory, .staging = &w.staging};

    (void)state;
    begin(&w, rules, 1);
    w.staging.url = SPAN("s3://st/x");
    assert_int_equal(
        0, load_dry(w.target, &job, &w.arena, &statements, &count, &tables, &err));
    assert_int_equal(9, count); /* six tables, three COPYs */
    world_assert_has(statements[8].data, "COPY \"rsload_stage_2\"");
    world_assert_has(statements[8].data, "IAM_ROLE '***'");
    assert_int_equal(3, tables[0].rows);
    assert_int_equal(4, tables[1].new_columns);
    assert_int_equal(0, fake_count("CREATE"));
    assert_int_equal(0, fake_count("COPY"));
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transcript),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_commit_unknown),
        cmocka_unit_test(test_rerun),
        cmocka_unit_test(test_same_folder_again),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_lock_timeout),
        cmocka_unit_test(test_bad_row),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_ddl_never),
        cmocka_unit_test(test_no_identifies),
        cmocka_unit_test(test_plans_again),
        cmocka_unit_test(test_dry),
    };

    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
