/* target: what the server is, how the session is set up, and how it is opened again. */
#include "fake_libpq.h"
#include "warehouse_world.h"

static const struct dialect_case {
    enum target_dialect wanted;
    const char *version;
    const char *name;
    size_t questions;
} dialect_cases[] = {
    {TARGET_DETECT,
     "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift "
     "1.0.77467\n",
     "redshift", 1},
    {TARGET_DETECT, "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64\n", "postgres",
     1},
    {TARGET_POSTGRES, "Redshift\n", "postgres", 0},
    {TARGET_REDSHIFT, "PostgreSQL 15\n", "redshift", 0},
};

static void
test_dialect(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(dialect_cases); i++) {
        const struct dialect_case *c = &dialect_cases[i];
        struct fake_rule rule = FAKE_RULE("version()", FAKE_ROWS, c->version);
        struct world w;

        fake_begin(&rule, 1);
        world_init(&w);
        w.options.dialect = c->wanted;
        w.options.schema = SPAN("RAW");
        world_open(&w);
        assert_string_equal(c->name, w.target->dialect->name);
        assert_int_equal(c->questions, fake_count("version()"));
        assert_string_equal(strcmp(c->name, "redshift") == 0 ? "raw" : "RAW",
                            text_string(&w.target->schema));
        world_close(&w);
    }
}

static void
test_session(void **state)
{
    struct world w;

    (void)state;
    fake_begin(NULL, 0);
    world_init(&w);
    w.options.query_group = SPAN("it's");
    w.options.statement_timeout_ms = 60000;
    world_open(&w);
    assert_string_equal("SET timezone TO 'UTC'\nSET query_group TO 'it''s'\n"
                        "SET statement_timeout TO 60000\n",
                        text_string(&fake.log));
    world_close(&w);
}

/* A server that went away comes back: tried again, but never a refused login. */
static const struct reopen_case {
    const char *refusal;
    int refusals; /* of the attempts behind the first connection; 0: all */
    int rc;
    int connections;
} reopen_cases[] = {
    {"failed: Connection refused\n", 3, 0, 4},
    {"failed: FATAL:  57P03: the database system is starting up\n", 2, 0, 3},
    {"failed: Connection refused\n", 0, -1, 4},
    {"failed: FATAL:  28000: password authentication failed\n", 3, -1, 2},
};

static void
test_reopen(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLD_COUNT(reopen_cases); i++) {
        const struct reopen_case *c = &reopen_cases[i];
        struct error err = {0};
        struct world w;

        fake_begin(NULL, 0);
        world_init(&w);
        world_open(&w);
        fake.refusal = c->refusal;
        fake.refusals = c->refusals;
        assert_int_equal(c->rc, target_reopen(w.target, &err));
        assert_int_equal(c->connections, fake.connections);
        if (c->rc == 0)
            assert_int_equal(2, fake_count("SET timezone"));
        else
            assert_null(w.target->pg);
        world_close(&w);
        assert_int_equal(fake.finished,
                         0); /* fake_end cleared it: nothing is left open */
    }
}

/* Waits grow, and end at once when the run does. */
static void
test_wait(void **state)
{
    struct error why = {0};
    struct error err = {0};
    struct world w;

    (void)state;
    fake_begin(NULL, 0);
    world_init(&w);
    world_open(&w);
    assert_int_equal(0, target_wait(w.target, 1, &err));
    (void)error_set(&why, ERROR_TERMINATED, "stopped");
    stop_ask(w.stop, &why);
    assert_int_equal(-1, target_wait(w.target, 60, &err)); /* would be 30 s */
    assert_int_equal(ERROR_TERMINATED, err.kind);
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialect),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_reopen),
        cmocka_unit_test(test_wait),
    };

    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
