/* pg: what it asks libpq for, what becomes of every kind of failure, and how it stops. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include <pthread.h>

static struct pg *
open_pg(struct world *w, struct error *err)
{
    struct pg_options options = {.stop = w->stop, .say = &w->say};
    struct pg *pg = NULL;

    return pg_open(&options, &pg, err) == 0 ? pg : NULL;
}

static void
begin(struct world *w, struct fake_rule *rules, size_t count)
{
    struct error err = {0};

    fake_begin(rules, count);
    world_init(w);
    assert_int_equal(0, stop_new(&w->stop, &err));
}

static const struct tls_case {
    const char *rule;
    const char *settings;
    bool has_sslmode;
    const char *wanted; /* in what libpq is given */
    const char *unwanted;
} tls_cases[] = {
    {"another host is verified", "host=wh.example.com\nsslmode=prefer\n", false,
     "sslmode=verify-full\nsslrootcert=/etc/ssl/certs/ca-certificates.crt\n", NULL},
    {"a socket needs no TLS", "sslmode=prefer\n", false, "keepalives=1\n", "sslmode"},
    {"a folder is a socket", "host=/run/pg\nsslmode=prefer\n", false, "", "sslmode"},
    {"loopback needs no TLS", "host=127.0.0.1\nsslmode=prefer\n", false, "", "sslmode"},
    {"nor does its name", "host=localhost,::1\nsslmode=prefer\n", false, "", "sslmode"},
    {"one host elsewhere is enough", "host=localhost,a\nsslmode=prefer\n", false,
     "sslmode=verify-full", NULL},
    {"the address counts, not the name",
     "host=localhost\nhostaddr=10.0.0.1\n"
     "sslmode=prefer\n",
     false, "sslmode=verify-full", NULL},
    {"127.evil.com is not loopback", "host=127.evil.com\nsslmode=prefer\n", false,
     "sslmode=verify-full", NULL},
    {"what the user said holds", "host=a\nsslmode=prefer\n", true, "", "sslmode"},
    {"require is left alone", "host=a\nsslmode=require\n", true, "", "sslrootcert"},
    {"verify-ca gets the bundle", "host=a\nsslmode=verify-ca\n", true,
     "sslrootcert=/etc/ssl", NULL},
    {"a bundle of his own", "host=a\nsslmode=verify-ca\nsslrootcert=/x\n", true, "",
     "sslrootcert=/etc"},
    {"keepalives of his own", "keepalives=0\n", false, "keepalives_idle=30\n",
     "keepalives=1"},
    {"no GSS", "gssencmode=prefer\n", false, "gssencmode=disable\n", NULL},
    {"always UTF-8", "", false, "client_encoding=UTF8\n", NULL},
};

static void
test_tls(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(tls_cases); i++) {
        const struct tls_case *c = &tls_cases[i];
        struct pg_options options = {.has_sslmode = c->has_sslmode};
        struct pg *pg = NULL;
        struct error err = {0};

        fake_begin(NULL, 0);
        fake.settings = c->settings;
        assert_int_equal(0, pg_open(&options, &pg, &err));
        if (strstr(text_string(&fake.asked), c->wanted) == NULL ||
            (c->unwanted != NULL &&
             strstr(text_string(&fake.asked), c->unwanted) != NULL))
            fail_msg("%s: asked for %s", c->rule, text_string(&fake.asked));
        pg_close(pg);
    }
    fake_end();
}

static const struct refusal_case {
    const char *message;
    enum error_kind kind;
    const char *why;
    const char *hint;
} refusal_cases[] = {
    {"connection to server at \"h\" (10.0.0.1), port 5439 failed: FATAL:  28P01: "
     "password "
     "authentication failed for user \"x\"\nLOCATION:  auth_failed, auth.c:1\n",
     ERROR_DENIED, "password authentication failed for user \"x\"", "not tried again"},
    {"connection to server failed: FATAL:  28000: no pg_hba.conf entry for host, SSL "
     "off\n",
     ERROR_DENIED, "no pg_hba.conf entry for host, SSL off", "TLS"},
    {"failed: FATAL:  3D000: database \"y\" does not exist\n", ERROR_CONFIG,
     "database \"y\" does not exist", "--dbname"},
    {"failed: FATAL:  53300: too many connections\n", ERROR_BUSY,
     "too many connections", ""},
    {"failed: FATAL:  57P03: the database system is starting up\n", ERROR_BUSY,
     "the database system is starting up", ""},
    {"connection to server at \"h\", port 1 failed: Connection refused\n\tIs the "
     "server "
     "running?\n",
     ERROR_UNREACHABLE, "Connection refused\n\tIs the server running?", ""},
    {"could not translate host name \"h\" to address: Name or service not known\n",
     ERROR_UNREACHABLE, "could not translate host name", ""},
    {"connection to server failed: authentication method 13 not supported\n",
     ERROR_DENIED, "authentication method 13 not supported", "SHA-256"},
    {"connection to server failed: SSL error: certificate verify failed\n",
     ERROR_UNREACHABLE, "certificate verify failed", "sslrootcert"},
    {"connection to server failed: server does not support SSL, but SSL was required\n",
     ERROR_UNREACHABLE, "does not support SSL", "sslmode=disable"},
};

static void
test_refusals(void **state)
{
    struct world w;

    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(refusal_cases); i++) {
        const struct refusal_case *c = &refusal_cases[i];
        struct error err = {0};

        begin(&w, NULL, 0);
        fake.refusal = c->message;
        assert_null(open_pg(&w, &err));
        assert_int_equal(c->kind, err.kind);
        world_assert_has(err.why, c->why);
        world_assert_has(err.hint, c->hint);
        world_assert_has(err.what, "connect to ");
        assert_int_equal(1, fake.connections); /* a login is never tried again */
        assert_int_equal(1, fake.finished);
        world_close(&w);
    }
}

static const struct failure_case {
    const char *reply;
    enum error_kind kind;
    const char *why;
} failure_cases[] = {
    {"42P01|relation \"t\" does not exist", ERROR_WAREHOUSE,
     "relation \"t\" does not exist (SQLSTATE 42P01)"},
    {"42501|permission denied", ERROR_DENIED, "permission denied (SQLSTATE 42501)"},
    {"40P01|deadlock", ERROR_BUSY, "deadlock (SQLSTATE 40P01)"},
    {"XX000|1023|Serializable isolation violation", ERROR_WAREHOUSE,
     "1023: Serializable isolation violation (SQLSTATE XX000)"},
    {"XX000|Access Denied|  -----  error: Access Denied  context: s3://b/k",
     ERROR_WAREHOUSE, "Access Denied: s3://b/k (SQLSTATE XX000)"},
    {"XX000|Assert|  -----  error: Assert", ERROR_WAREHOUSE, "Assert (SQLSTATE XX000)"},
    {"57014|canceled on user's request", ERROR_BUSY, "canceled"},
};

static void
test_failures(void **state)
{
    struct world w;

    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(failure_cases); i++) {
        struct fake_rule rules[] = {
            FAKE_RULE("SELECT 1", FAKE_ERROR, failure_cases[i].reply)};
        struct error err = {0};
        struct pg *pg;

        begin(&w, rules, 1);
        pg = open_pg(&w, &err);
        assert_int_equal(-1, pg_run(pg, SPAN("SELECT 1"), NULL, &err));
        assert_int_equal(failure_cases[i].kind, err.kind);
        world_assert_has(err.why, failure_cases[i].why);
        assert_false(pg_failure(pg)->is_lost);
        /* the session goes on */
        assert_int_equal(0, pg_run(pg, SPAN("SELECT 2"), NULL, &err));
        assert_string_equal("", pg_failure(pg)->sqlstate);
        pg_close(pg);
        world_close(&w);
    }
}

static void
test_masks_secrets(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE("COPY", FAKE_ERROR, "XX000|no key hunter22222 here")};
    struct error err = {0};
    struct world w;
    struct pg *pg;

    (void)state;
    begin(&w, rules, 1);
    pg = open_pg(&w, &err);
    assert_int_equal(0, pg_hide(pg, SPAN("hunter22222"), &err));
    assert_int_equal(0, pg_hide(pg, SPAN("hunter22222"), &err));
    assert_int_equal(0, pg_hide(pg, SPAN("default"), &err)); /* too short to be one */
    assert_int_equal(-1, pg_run(pg, SPAN("COPY default 'hunter22222'"), NULL, &err));
    world_assert_has(err.why, "no key *** here");
    world_assert_has(text_string(&w.said), "COPY default '***'");
    assert_null(strstr(text_string(&w.said), "hunter"));
    world_assert_has(text_string(&fake.log), "'hunter22222'"); /* the server gets it */
    assert_null(strstr(pg_failure(pg)->message, "hunter"));
    pg_close(pg);
    world_close(&w);
}

static void
test_quotes(void **state)
{
    struct text sql = {0};
    struct error err = {0};
    struct world w;
    struct pg *pg;

    (void)state;
    begin(&w, NULL, 0);
    fake.doubles_backslashes = true;
    pg = open_pg(&w, &err);
    pg_add_literal(pg, SPAN("it's a\\b"), &sql);
    text_add_char(&sql, ' ');
    pg_add_name(SPAN("od\"d"), &sql);
    text_add_char(&sql, ' ');
    pg_add_literal(pg, (struct span){0}, &sql);
    assert_string_equal("'it''s a\\\\b' \"od\"\"d\" ''", text_string(&sql));
    text_release(&sql);
    pg_close(pg);
    world_close(&w);
}

static void
test_commit_that_rolled_back(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE("COMMIT", FAKE_OK, "ROLLBACK")};
    struct error err = {0};
    struct world w;
    struct pg *pg;

    (void)state;
    begin(&w, rules, 1);
    pg = open_pg(&w, &err);
    assert_int_equal(0, pg_run(pg, SPAN("BEGIN"), NULL, &err));
    assert_int_equal(-1, pg_commit(pg, &err));
    assert_string_equal("the server rolled back", err.why);
    pg_close(pg);
    world_close(&w);
}

static void
test_lost_connection(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE("SELECT", FAKE_LOST, NULL)};
    struct error err = {0};
    struct world w;
    struct pg *pg;

    (void)state;
    begin(&w, rules, 1);
    pg = open_pg(&w, &err);
    assert_int_equal(-1, pg_run(pg, SPAN("SELECT 1"), NULL, &err));
    assert_int_equal(ERROR_UNREACHABLE, err.kind);
    world_assert_has(err.why, "was lost: server closed the connection unexpectedly");
    assert_true(pg_failure(pg)->is_lost);
    pg_rollback(pg); /* does nothing */
    assert_int_equal(-1, pg_run(pg, SPAN("INSERT"), NULL, &err));
    assert_int_equal(0, fake_count("INSERT"));
    pg_close(pg);
    world_close(&w);
}

/* Ask for the end a little later, from another thread. */
static void *
ask_stop(void *context)
{
    struct error why = {0};
    struct world *w = context;

    assert_int_equal(0, stop_wait(NULL, 30, &why));
    (void)error_set(&why, ERROR_INTERRUPTED, "stopped by SIGINT");
    stop_ask(w->stop, &why);
    return NULL;
}

static void
test_stop_cancels(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE("COPY", FAKE_HANG, NULL)};
    struct error err = {0};
    struct world w;
    struct pg *pg;
    pthread_t thread;

    (void)state;
    begin(&w, rules, 1);
    pg = open_pg(&w, &err);
    assert_int_equal(0, pg_run(pg, SPAN("BEGIN"), NULL, &err));
    assert_int_equal(0, pthread_create(&thread, NULL, ask_stop, &w));
    assert_int_equal(-1, pg_run(pg, SPAN("COPY t"), NULL, &err));
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_int_equal(ERROR_INTERRUPTED, err.kind);
    assert_int_equal(1, fake.cancels);
    pg_rollback(pg); /* works although the end was asked for */
    assert_int_equal(1, fake_count("ROLLBACK"));
    assert_int_equal(-1, pg_run(pg, SPAN("SELECT 1"), NULL, &err));
    assert_int_equal(0, fake_count("SELECT 1")); /* nothing new is begun */
    pg_close(pg);
    world_close(&w);
}

static void
test_notices(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE("one", FAKE_NOTICE, "INFO|Load into table 't' completed"),
        FAKE_RULE("two", FAKE_NOTICE, "WARNING|there is no transaction in progress")};
    struct error err = {0};
    struct world w;
    struct pg *pg;

    (void)state;
    begin(&w, rules, 2);
    pg = open_pg(&w, &err);
    assert_int_equal(0, pg_run(pg, SPAN("one"), NULL, &err));
    assert_int_equal(0, pg_run(pg, SPAN("two"), NULL, &err));
    world_assert_has(text_string(&w.said), "0 the server says: Load into table");
    world_assert_has(text_string(&w.said),
                     "2 the server says: there is no transaction");
    pg_close(pg);
    world_close(&w);
}

static void
test_rows(void **state)
{
    struct fake_rule rules[] = {FAKE_RULE("SELECT", FAKE_ROWS, "a|12\n\\N|-3\n"),
                                FAKE_RULE("DELETE", FAKE_OK, "DELETE 42")};
    struct pg_rows *rows = NULL;
    struct error err = {0};
    struct world w;
    uint64_t touched = 0;
    struct pg *pg;

    (void)state;
    begin(&w, rules, 2);
    pg = open_pg(&w, &err);
    assert_int_equal(0, pg_ask(pg, SPAN("SELECT x"), &rows, &err));
    assert_int_equal(2, pg_rows_count(rows));
    assert_true(span_equal(SPAN("a"), pg_rows_cell(rows, 0, 0)));
    assert_null(pg_rows_cell(rows, 1, 0).data);
    assert_null(pg_rows_cell(rows, 2, 0).data); /* no such row */
    assert_null(pg_rows_cell(rows, 0, 2).data); /* no such column */
    assert_int_equal(12, pg_rows_number(rows, 0, 1));
    assert_int_equal(0, pg_rows_number(rows, 1, 1)); /* not from 0 on */
    pg_rows_free(rows);
    assert_int_equal(0, pg_run(pg, SPAN("DELETE"), &touched, &err));
    assert_int_equal(42, touched);
    pg_close(pg);
    world_close(&w);
}

static void
test_copy(void **state)
{
    struct fake_rule rules[] = {
        FAKE_RULE_SOME("COPY ends", FAKE_ERROR,
                       "22P02|invalid input||COPY t, line 2, column c: \"x\"", 1, 1)};
    struct error err = {0};
    struct world w;
    uint64_t rows = 0;
    struct pg *pg;

    (void)state;
    begin(&w, rules, 1);
    pg = open_pg(&w, &err);
    assert_int_equal(0, pg_copy_begin(pg, SPAN("COPY t FROM STDIN"), &err));
    assert_int_equal(0, pg_copy_data(pg, SPAN("1\n2"), &err));
    assert_int_equal(0, pg_copy_data(pg, (struct span){0}, &err));
    assert_int_equal(0, pg_copy_data(pg, SPAN("\n"), &err));
    assert_int_equal(0, pg_copy_end(pg, &rows, &err));
    assert_int_equal(2, rows);
    assert_string_equal("1\n2\n", text_string(&fake.copied));
    /* what the server dislikes shows at the end */
    assert_int_equal(0, pg_copy_begin(pg, SPAN("COPY t FROM STDIN"), &err));
    assert_int_equal(-1, pg_copy_end(pg, &rows, &err));
    assert_string_equal("22P02", pg_failure(pg)->sqlstate);
    assert_string_equal("COPY t, line 2, column c: \"x\"", pg_failure(pg)->context);
    pg_close(pg);
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_masks_secrets),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_commit_that_rolled_back),
        cmocka_unit_test(test_lost_connection),
        cmocka_unit_test(test_stop_cancels),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_copy),
    };

    return cmocka_run_group_tests_name("pg", tests, NULL, NULL);
}
