/* Which folders an hour is read from, and where a load is staged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "compose.h"

#define LOAD_ID "01kd0q3m5s8x1c2v3b4n5m6q7w"

static void
assert_span(const char *rule, struct span s, const char *expected)
{
    if (!span_equal(s, span_of(expected)))
        fail_msg("%s: \"%.*s\", not \"%s\"", rule, SPAN_ARG(s), expected);
}

static void
an_hour_has_its_folders(void **state)
{
    static const struct {
        const char *rule, *source, *hour, *lag;
        const char *root, *prefix, *next; /* `next` NULL: only one folder is read */
    } cases[] = {
        {"an hour's folder", "file:///e/%Y/%m/%d/%H/", "2026-11-21T14", "15m",
         "file:///e/2026/11/21/14", "", NULL},
        {"keys that begin with the hour", "file:///e/%F/%H-", "2026-11-21T14", "15m",
         "file:///e/2026-11-21", "14-", NULL},
        {"the root folder", "file:///%F-%H", "2026-11-21T14", "15m", "file://",
         "2026-11-21-14", NULL},
        {"a day's folder", "file:///e/%F/", "2026-11-21T22", "1h",
         "file:///e/2026-11-21", "", NULL},
        {"the lag reaches into the next day", "file:///e/%F/", "2026-11-21T23", "15m",
         "file:///e/2026-11-21", "", "file:///e/2026-11-22"},
        {"a long lag reaches from earlier", "file:///e/%F/", "2026-11-21T22", "2h",
         "file:///e/2026-11-21", "", "file:///e/2026-11-22"},
        {"without a lag a day ends at midnight", "file:///e/%F/", "2026-11-21T23", "0",
         "file:///e/2026-11-21", "", NULL},
        {"the next day may be in the next year", "file:///e/%F/p-", "2026-12-31T23",
         "1s", "file:///e/2026-12-31", "p-", "file:///e/2027-01-01"},
        {"an hour's folder has no next one", "file:///e/%F/%H/", "2026-11-21T23", "2h",
         "file:///e/2026-11-21/23", "", NULL},
        {"standard input", "-", "2026-11-21T14", "15m", "-", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *argv[] = {(char *)(uintptr_t) "rsload",
                        (char *)(uintptr_t) "--staging=file:///staging/",
                        (char *)(uintptr_t) "--schema=web",
                        (char *)(uintptr_t) "--source",
                        (char *)(uintptr_t)cases[i].source,
                        (char *)(uintptr_t) "--hour",
                        (char *)(uintptr_t)cases[i].hour,
                        (char *)(uintptr_t) "--lag",
                        (char *)(uintptr_t)cases[i].lag};
        struct arena arena = {0};
        struct options options = {0};
        struct compose compose = {0};
        struct compose_hour hour;
        struct error err = {0};
        struct text staging = {0};

        if (options_parse(9, argv, &arena, &options, &err) ||
            compose_init(&compose, &options, NULL, (struct say){0}, &arena, &err) ||
            compose_hour(&compose, options.window.from_s, SPAN(LOAD_ID), &hour, &err))
            fail_msg("%s: %s: %s", cases[i].rule, err.what, err.why);
        assert_span(cases[i].rule, hour.sources[0].url, cases[i].root);
        assert_span(cases[i].rule, hour.source_prefix, cases[i].prefix);
        assert_int_equal(hour.source_count, cases[i].next != NULL ? 2 : 1);
        if (cases[i].next != NULL)
            assert_span(cases[i].rule, hour.sources[1].url, cases[i].next);
        text_addf(&staging, "file:///staging/web/%s/" LOAD_ID, cases[i].hour);
        assert_span(cases[i].rule, hour.staging.url, text_string(&staging));
        text_release(&staging);
        compose_release(&compose);
        arena_release(&arena);
    }
}

/* Fill a compose from `dbname` alone, for the case given by `mode`. */
static struct compose
composed(const char *mode, const char *dbname, struct options *options,
         struct arena *arena)
{
    char *argv[] = {(char *)(uintptr_t) "rsload",
                    (char *)(uintptr_t) "--staging=file:///staging",
                    (char *)(uintptr_t) "--schema=web",
                    (char *)(uintptr_t) "--source=-",
                    (char *)(uintptr_t)mode,
                    (char *)(uintptr_t) "--dbname",
                    (char *)(uintptr_t)dbname};
    struct compose compose = {0};
    struct error err = {0};

    if (options_parse(dbname != NULL ? 7 : 5, argv, arena, options, &err) ||
        compose_init(&compose, options, NULL, (struct say){0}, arena, &err))
        fail_msg("%s: %s", err.what, err.why);
    return compose;
}

static void
staging_alone_needs_no_database(void **state)
{
    struct arena arena = {0};
    struct options options = {0};

    (void)state;
    (void)unsetenv("PGHOST");
    (void)unsetenv("PGHOSTADDR");
    (void)unsetenv("PGSERVICE");
    (void)unsetenv("PGDATABASE");
    assert_false(composed("--stage-only", NULL, &options, &arena).has_target);
    assert_true(composed("--stage-only", "x", &options, &arena).has_target);
    assert_true(composed("--dry-run", NULL, &options, &arena).has_target);
    (void)setenv("PGHOST", "db", 1);
    assert_true(composed("--stage-only", NULL, &options, &arena).has_target);
    (void)unsetenv("PGHOST");
    arena_release(&arena);
}

static void
what_the_user_says_about_tls_is_known(void **state)
{
    static const struct {
        const char *dbname, *variable;
        bool has_sslmode, has_sslrootcert;
    } cases[] = {
        {"warehouse", NULL, false, false},
        {"host=db sslmode=require", NULL, true, false},
        {"postgresql://db/x?sslrootcert=/ca.pem", NULL, false, true},
        {"warehouse", "PGSSLMODE", true, false},
        {"warehouse", "PGSSLROOTCERT", false, true},
    };
    struct arena arena = {0};
    struct options options = {0};

    (void)state;
    (void)unsetenv("PGSSLMODE");
    (void)unsetenv("PGSSLROOTCERT");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct compose compose;

        if (cases[i].variable != NULL)
            (void)setenv(cases[i].variable, "x", 1);
        compose = composed("--dry-run", cases[i].dbname, &options, &arena);
        if (compose.target.has_sslmode != cases[i].has_sslmode ||
            compose.target.has_sslrootcert != cases[i].has_sslrootcert)
            fail_msg("%s %s", cases[i].dbname,
                     cases[i].variable != NULL ? cases[i].variable : "");
        if (cases[i].variable != NULL)
            (void)unsetenv(cases[i].variable);
    }
    arena_release(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_has_its_folders),
        cmocka_unit_test(staging_alone_needs_no_database),
        cmocka_unit_test(what_the_user_says_about_tls_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
