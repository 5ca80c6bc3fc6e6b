/* dialect: what each warehouse is told to bring a step in, and what its failures say. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include "aws_keys.h"

#define COPY_HEAD                                                                      \
    "COPY \"raw\".\"tracks\" (\"id\", \"received_at\", \"load_id\", \"user_id\") "     \
    "FROM "                                                                            \
    "'s3://st/x/tracks/0001.manifest'"
#define COPY_TAIL                                                                      \
    " NULL AS 'null-x' EMPTYASNULL TIMEFORMAT 'auto' DATEFORMAT 'auto' MAXERROR 0 "    \
    "COMPUPDATE OFF STATUPDATE OFF"

static const struct type_case {
    const char *text;
    enum column_type type;
    uint32_t bytes;
} type_cases[] = {
    {"character varying(512)", COLUMN_VARCHAR, 512},
    {"character varying(65535)", COLUMN_VARCHAR, 65535},
    {"character varying", COLUMN_VARCHAR, 65535},
    {"text", COLUMN_VARCHAR, 65535},
    {"bigint", COLUMN_BIGINT, 0},
    {"double precision", COLUMN_DOUBLE, 0},
    {"boolean", COLUMN_BOOLEAN, 0},
    {"timestamp without time zone", COLUMN_TIMESTAMP, 0},
    {"super", COLUMN_SUPER, 0},
    {"json", COLUMN_SUPER, 0},
    {"timestamp with time zone", COLUMN_OTHER, 0},
    {"integer", COLUMN_OTHER, 0},
    {"numeric(18,0)", COLUMN_OTHER, 0},
    {"character(4)", COLUMN_OTHER, 0},
    {"", COLUMN_OTHER, 0},
};

static void
test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(type_cases); i++) {
        uint32_t bytes = 7;

        assert_int_equal(type_cases[i].type,
                         dialect_type_find(span_of(type_cases[i].text), &bytes));
        assert_int_equal(type_cases[i].bytes, bytes);
    }
}

/* The last step: tracks, with 4 columns. */
static struct dialect_copy
last_step(struct world *w)
{
    struct step *steps = NULL;
    struct error err = {0};
    size_t count = 0;

    assert_int_equal(0, manifest_steps(&w->inventory, &w->arena, &steps, &count, &err));
    return (struct dialect_copy){.step = &steps[count - 1],
                                 .into = SPAN("\"raw\".\"tracks\""),
                                 .staging = &w->staging};
}

static int
give_keys(void *context, struct aws_keys *ret, struct error *err)
{
    (void)context;
    return aws_keys_make(SPAN("AKIAEXAMPLE12345"), SPAN("se/cret+of'the:key"),
                         SPAN("token-token-token"), ret, err);
}

static const struct copy_case {
    const char *role;
    const char *region;
    bool has_keys;
    enum compress compress;
    const char *wanted; /* what the server is told */
    const char *shown;  /* what everybody else sees; NULL: the same */
} copy_cases[] = {
    {WORLD_ROLE, "", false, COMPRESS_GZIP,
     COPY_HEAD " IAM_ROLE '" WORLD_ROLE "' MANIFEST FORMAT AS CSV GZIP" COPY_TAIL,
     COPY_HEAD " IAM_ROLE '***' MANIFEST FORMAT AS CSV GZIP" COPY_TAIL},
    {"default", "eu-west-1", false, COMPRESS_ZSTD,
     COPY_HEAD
     " IAM_ROLE default MANIFEST REGION 'eu-west-1' FORMAT AS CSV ZSTD" COPY_TAIL,
     NULL},
    {"", "", true, COMPRESS_NONE,
     COPY_HEAD
     " ACCESS_KEY_ID 'AKIAEXAMPLE12345' SECRET_ACCESS_KEY "
     "'se/cret+of''the:key' SESSION_TOKEN 'token-token-token' MANIFEST FORMAT AS "
     "CSV" COPY_TAIL,
     COPY_HEAD
     " ACCESS_KEY_ID '***' SECRET_ACCESS_KEY '***' SESSION_TOKEN '***' MANIFEST "
     "FORMAT AS CSV" COPY_TAIL},
};

static int
take_statement(void *context, struct span sql, struct error *err)
{
    text_add(context, sql);
    return text_check(context, err);
}

static void
test_redshift_copy(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(copy_cases); i++) {
        const struct copy_case *c = &copy_cases[i];
        const char *shown = c->shown != NULL ? c->shown : c->wanted;
        struct fake_rule rules[] = {FAKE_RULE("pg_last_copy_count", FAKE_ROWS, "3\n")};
        struct dialect_copy copy;
        struct text statement = {0};
        struct error err = {0};
        uint64_t rows = 0;
        struct world w;

        fake_begin(rules, 1);
        world_init(&w);
        w.options.iam_role = span_of(c->role);
        w.options.region = span_of(c->region);
        w.options.copy_keys = c->has_keys ? give_keys : NULL;
        world_open(&w);
        copy = last_step(&w);
        copy.compress = c->compress;
        w.staging.url = SPAN("s3://st/x");
        assert_int_equal(0, dialect_redshift.copy(w.target, &copy, &rows, &err));
        assert_int_equal(3, rows);
        world_assert_has(text_string(&fake.log), c->wanted);
        world_assert_has(text_string(&w.said), shown);
        assert_null(strstr(text_string(&w.said), "cret+of"));
        assert_int_equal(0, dialect_redshift.show(w.target, &copy, take_statement,
                                                  &statement, &err));
        assert_string_equal(shown, text_string(&statement));
        text_release(&statement);
        world_close(&w);
    }
}

static const struct staging_case {
    const char *url;
    const char *role;
    int rc;
    const char *hint;
} staging_cases[] = {
    {"s3://st/x", "default", 0, ""},
    {"file:///tmp", "default", -1, "s3://"},
    {"s3://st/x", "", -1, "--iam-role"},
};

static void
test_redshift_staging(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(staging_cases); i++) {
        struct error err = {0};
        struct world w;

        fake_begin(NULL, 0);
        world_init(&w);
        w.options.iam_role = span_of(staging_cases[i].role);
        world_open(&w);
        assert_int_equal(
            staging_cases[i].rc,
            target_check_staging(w.target, span_of(staging_cases[i].url), &err));
        world_assert_has(err.hint, staging_cases[i].hint);
        if (staging_cases[i].rc != 0)
            assert_int_equal(ERROR_CONFIG, err.kind);
        world_close(&w);
    }
}

static const struct refusal_case {
    const char *reply;
    enum error_kind kind;
    const char *hint;
} refusal_cases[] = {
    {"XX000|S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 0",
     ERROR_DENIED, "s3:ListBucket"},
    {"XX000|User arn:aws:redshift:x is not authorized to assume IAM Role " WORLD_ROLE,
     ERROR_DENIED, "attach the role"},
    {"XX000|S3ServiceException:The bucket you are attempting to access must be "
     "addressed "
     "using the specified endpoint.,Status 301,Error PermanentRedirect",
     ERROR_CONFIG, "--region"},
    {"XX000|Load into table 'tracks' failed.  Check 'stl_load_errors' system table for "
     "details.",
     ERROR_WAREHOUSE, ""},
};

static void
test_redshift_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(refusal_cases); i++) {
        struct fake_rule rules[] = {
            FAKE_RULE("COPY", FAKE_ERROR, refusal_cases[i].reply)};
        struct dialect_copy copy;
        struct error err = {0};
        uint64_t rows = 0;
        struct world w;

        fake_begin(rules, 1);
        world_init(&w);
        world_open(&w);
        copy = last_step(&w);
        assert_int_equal(-1, dialect_redshift.copy(w.target, &copy, &rows, &err));
        assert_int_equal(refusal_cases[i].kind, err.kind);
        world_assert_has(err.hint, refusal_cases[i].hint);
        world_assert_has(err.what, "tracks/0001.manifest");
        assert_null(strstr(err.why, WORLD_ROLE));
        world_close(&w);
    }
}

#define LONG_VALUE                                                                     \
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789" \
    "01"                                                                               \
    "234567890123456789"

static void
test_redshift_explains(void **state)
{
    static const char stl[] = "s3://s_t/x/tracks/0001.csv|7|total|" LONG_VALUE
                              "XYZ|Invalid digit|1207\n";
    struct fake_rule rules[] = {FAKE_RULE("FROM stl_load_errors", FAKE_ROWS, stl),
                                FAKE_RULE("sys_load_error_detail", FAKE_ROWS, "")};
    struct dialect_copy copy;
    struct error err = {0};
    struct world w;

    (void)state;
    fake_begin(rules, 2);
    fake.doubles_backslashes = true;
    world_init(&w);
    world_open(&w);
    copy = last_step(&w);
    w.staging.url = SPAN("s3://s_t/x");
    dialect_redshift.explain(w.target, &copy, &err);
    assert_int_equal(ERROR_WAREHOUSE, err.kind);
    assert_string_equal("COPY into \"tracks\"", err.what);
    assert_string_equal("part tracks/0001.csv, line 7, column \"total\", value "
                        "\"" LONG_VALUE "\": Invalid digit (code 1207)",
                        err.why);
    world_assert_has(text_string(&fake.log),
                     "TRIM(filename) LIKE 's3://s^_t/x/tracks/%' ESCAPE '^'");
    /* on Serverless the first view is not there, and the second has no value */
    rules[0] = (struct fake_rule)FAKE_RULE("FROM stl_load_errors", FAKE_ERROR,
                                           "42P01|relation does not exist");
    rules[1] = (struct fake_rule)FAKE_RULE(
        "sys_load_error_detail", FAKE_ROWS,
        "s3://s_t/x/tracks/0001.csv|8|total||Overflow|1204\n");
    dialect_redshift.explain(w.target, &copy, &err);
    assert_string_equal("part tracks/0001.csv, line 8, column \"total\": Overflow "
                        "(code 1204)",
                        err.why);
    /* where nothing is noted the error stays what it was */
    rules[1].text = "";
    (void)error_set(&err, ERROR_WAREHOUSE, "Load into table failed");
    dialect_redshift.explain(w.target, &copy, &err);
    assert_string_equal("Load into table failed", err.why);
    world_close(&w);
}

/* Put a part of the staging folder. */
static void
put_part(struct world *w, const char *key, const char *text)
{
    const struct span piece = span_of(text);
    struct store *store = NULL;
    struct error err = {0};

    assert_int_equal(0, store_open(&w->staging, &store, &err));
    assert_int_equal(0, store_put(store, span_of(key), &piece, 1, &err));
    store_close(store);
}

static void
test_postgres_copy(void **state)
{
    struct dialect_copy copy;
    struct error err = {0};
    uint64_t rows = 0;
    struct world w;

    (void)state;
    fake_begin(NULL, 0);
    world_init(&w);
    w.options.dialect = TARGET_POSTGRES;
    world_open(&w);
    put_part(&w, "tracks/0001.csv", "\"a\",,\"l\",\n\"b\",,\"l\",\n");
    w.parts[2].size_bytes = 20;
    copy = last_step(&w);
    assert_int_equal(0, dialect_postgres.copy(w.target, &copy, &rows, &err));
    assert_int_equal(2, rows);
    assert_string_equal("\"a\",,\"l\",\n\"b\",,\"l\",\n", text_string(&fake.copied));
    world_assert_has(text_string(&fake.log),
                     "COPY \"raw\".\"tracks\" (\"id\", \"received_at\", \"load_id\", "
                     "\"user_id\") FROM STDIN WITH (FORMAT csv)\n");
    /* it reads from anywhere */
    assert_int_equal(0, target_check_staging(w.target, w.staging.url, &err));
    world_close(&w);
}

static void
test_postgres_failures(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE(
        "COPY ends", FAKE_ERROR,
        "22P02|invalid input syntax for type bigint: \"x\"||COPY tracks, line 2, "
        "column total: \"x\"")};
    struct dialect_copy copy;
    struct error err = {0};
    uint64_t rows = 0;
    struct world w;

    (void)state;
    fake_begin(rules, 1);
    world_init(&w);
    w.options.dialect = TARGET_POSTGRES;
    world_open(&w);
    copy = last_step(&w);
    /* a part that is not there: the COPY is given up, the error is the store's */
    assert_int_equal(-1, dialect_postgres.copy(w.target, &copy, &rows, &err));
    assert_int_equal(ERROR_SOURCE, err.kind);
    world_assert_has(err.what, "COPY into \"tracks\": part tracks/0001.csv");
    assert_string_equal("", pg_failure(w.target->pg)->sqlstate);
    assert_int_equal(0, pg_run(w.target->pg, SPAN("SELECT 1"), NULL, &err));
    /* a bad line */
    put_part(&w, "tracks/0001.csv", "1\n");
    w.parts[2].size_bytes = 2;
    assert_int_equal(-1, dialect_postgres.copy(w.target, &copy, &rows, &err));
    assert_int_equal(ERROR_WAREHOUSE, err.kind);
    assert_string_equal("line 2, column total: \"x\": invalid input syntax for type "
                        "bigint: \"x\" (SQLSTATE 22P02)",
                        err.why);
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_redshift_copy),
        cmocka_unit_test(test_redshift_staging),
        cmocka_unit_test(test_redshift_refuses),
        cmocka_unit_test(test_redshift_explains),
        cmocka_unit_test(test_postgres_copy),
        cmocka_unit_test(test_postgres_failures),
    };

    return cmocka_run_group_tests_name("dialect", tests, NULL, NULL);
}
