/* The command line and the configuration file: values, contradictions, what wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "argument.h"
#include "ini.h"
#include "options.h"

#define ARGUMENTS_MAX 16
#define PATH_SIZE     256
#define HOUR_S        INT64_C(1795269600) /* 2026-11-21T14 */

/* What every run needs; the cases add to it. */
#define NEEDED                                                                         \
    "--source", "s3://in/%Y/%m/%d/%H/", "--staging", "s3://out/p", "--schema", "web"

static int
parse(const char *const *arguments, struct arena *arena, struct options *ret,
      struct error *err)
{
    char *argv[ARGUMENTS_MAX + 1] = {(char *)(uintptr_t) "rsload"};
    int argc = 1;

    for (; argc < ARGUMENTS_MAX && arguments[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
    return options_parse(argc, argv, arena, ret, err);
}

/* Parse what must be right. */
static struct options
parsed(const char *const *arguments, struct arena *arena)
{
    struct options options = {0};
    struct error err = {0};
    char line[2048];

    if (parse(arguments, arena, &options, &err) != 0) {
        error_line(&err, line, sizeof line);
        fail_msg("%s", line);
    }
    return options;
}

static void
has_the_documented_defaults(void **state)
{
    struct arena arena = {0};
    struct options o = parsed((const char *[]){NEEDED, NULL}, &arena);

    (void)state;
    assert_int_equal(o.action, OPTIONS_RUN);
    assert_int_equal(o.mode, RUN_ALL);
    assert_false(o.has_window);
    assert_int_equal(o.lag_s, 900);
    assert_false(o.by_received_at);
    assert_int_equal(o.dialect, TARGET_DETECT);
    assert_int_equal(o.dedupe, TARGET_DEDUPE_TABLE);
    assert_int_equal(o.dedupe_days, 30);
    assert_int_equal(o.rerun, TARGET_RERUN_AUTO);
    assert_int_equal(o.ddl, TARGET_DDL_AUTO);
    assert_int_equal(o.lock_timeout_s, 600);
    assert_int_equal(o.jobs, 0);
    assert_int_equal(o.memory_bytes, 134217728);
    assert_int_equal(o.part_bytes, 67108864);
    assert_int_equal(o.compress, COMPRESS_GZIP);
    assert_true(o.max_rejects == UINT64_MAX);
    assert_true(o.max_reject_share > 0.00999 && o.max_reject_share < 0.01001);
    assert_int_equal(o.report, OPTIONS_TEXT);
    assert_int_equal(o.log_format, OPTIONS_TEXT);
    assert_false(o.is_quiet || o.is_verbose);
    assert_null(o.host);
    arena_release(&arena);
}

static void
takes_every_value(void **state)
{
    struct arena arena = {0};
    struct options o = parsed(
        (const char *[]){NEEDED, "--from=2026-11-21T14", "--to", "2026-11-22 00:00Z",
                         "-h", "db", "-p5439", "-Uloader", "-d", "warehouse", NULL},
        &arena);

    (void)state;
    assert_int_equal(o.window.from_s, HOUR_S);
    assert_int_equal(o.window.until_s, HOUR_S + 10 * 3600);
    assert_string_equal(o.host, "db");
    assert_string_equal(o.port, "5439");
    assert_string_equal(o.username, "loader");
    assert_string_equal(o.dbname, "warehouse");

    o = parsed((const char *[]){NEEDED, "--dialect=postgres", "--dedupe=none",
                                "--rerun=replace", "--ddl=never", "--compress=zstd",
                                "--report=json", "--log-format=json", "--max-rejects=0",
                                NULL},
               &arena);
    assert_int_equal(o.dialect, TARGET_POSTGRES);
    assert_int_equal(o.dedupe, TARGET_DEDUPE_NONE);
    assert_int_equal(o.rerun, TARGET_RERUN_REPLACE);
    assert_int_equal(o.ddl, TARGET_DDL_NEVER);
    assert_int_equal(o.compress, COMPRESS_ZSTD);
    assert_int_equal(o.report, OPTIONS_JSON);
    assert_int_equal(o.log_format, OPTIONS_JSON);
    assert_int_equal(o.max_rejects, 0);
    assert_true(o.max_reject_share >= 1);

    o = parsed((const char *[]){NEEDED, "--hour", "2026-11-21T14", "--lag=2h",
                                "--jobs=3", "--memory=1GiB", "--part-size=1M",
                                "--lock-timeout=0", "--dry-run", NULL},
               &arena);
    assert_int_equal(o.window.until_s - o.window.from_s, 3600);
    assert_int_equal(o.lag_s, 7200);
    assert_int_equal(o.jobs, 3);
    assert_int_equal(o.memory_bytes, INT64_C(1) << 30);
    assert_int_equal(o.part_bytes, 1 << 20);
    assert_int_equal(o.lock_timeout_s, 0);
    assert_int_equal(o.mode, RUN_DRY);
    arena_release(&arena);
}

static void
a_staged_folder_says_its_schema_hour_and_load(void **state)
{
    struct arena arena = {0};
    struct options o = parsed(
        (const char *[]){"--load-only",
                         "s3://out/p/web/2026-11-21T14/01kd0q3m5s8x1c2v3b4n5m6q7w//",
                         NULL},
        &arena);

    (void)state;
    assert_int_equal(o.mode, RUN_LOAD_ONLY);
    assert_string_equal(o.staged,
                        "s3://out/p/web/2026-11-21T14/01kd0q3m5s8x1c2v3b4n5m6q7w");
    assert_string_equal(o.schema, "web");
    assert_string_equal(o.load_id, "01kd0q3m5s8x1c2v3b4n5m6q7w");
    assert_int_equal(o.window.from_s, HOUR_S);
    assert_int_equal(o.window.until_s, HOUR_S + 3600);
    arena_release(&arena);
}

static void
a_source_without_an_hour_is_read_by_received_at(void **state)
{
    struct arena arena = {0};
    struct options o = parsed((const char *[]){"--source", "s3://in/logs/%F/",
                                               "--staging", "file:///tmp/x///",
                                               "--schema", "web", NULL},
                              &arena);

    (void)state;
    assert_true(o.by_received_at);
    assert_string_equal(o.staging, "file:///tmp/x");
    arena_release(&arena);
}

static void
refuses_and_says_why(void **state)
{
    static const struct {
        const char *rule;
        const char *arguments[12];
        const char *line; /* a part of what is printed */
    } cases[] = {
        {"nothing at all", {NULL}, "--source, --staging and --schema are missing"},
        {"one missing",
         {"--source", "-", "--staging", "s3://b"},
         "--schema is missing: see rsload --help"},
        {"an unknown option", {"--hoour", "x"}, "\"--hoour\": did you mean --hour?"},
        {"half an option", {"--dry"}, "did you mean --dry-run?"},
        {"nothing near", {"--frobnicate"}, "\"--frobnicate\": see rsload --help"},
        {"an unknown letter", {"-x"}, "unknown option \"-x\""},
        {"a word alone", {"web"}, "unexpected argument \"web\""},
        {"two dashes", {"--"}, "unexpected argument \"--\""},
        {"no value at the end", {"--schema"}, "--schema: the value is missing"},
        {"an option for a value", {"--schema", "--quiet"}, "--schema: the value is"},
        {"an empty value", {NEEDED, "--username="}, "--username: the value is empty"},
        {"a value for a flag", {"--quiet=yes"}, "--quiet: takes no value"},
        {"twice", {"--jobs=1", "--jobs=1"}, "--jobs: given twice"},
        {"hour and from",
         {NEEDED, "--hour=2026-11-21T14", "--from=2026-11-21T14"},
         "--hour: contradicts --from"},
        {"two halves",
         {NEEDED, "--stage-only", "--dry-run"},
         "--dry-run: contradicts --stage-only"},
        {"two authorities",
         {NEEDED, "--iam-role=default", "--copy-credentials"},
         "--iam-role: contradicts --copy-credentials"},
        {"quiet and verbose", {NEEDED, "--quiet", "--verbose"}, "--quiet: contradicts"},
        {"a schema for a staged folder",
         {"--load-only=file:///x/web/2026-11-21T14/01kd0q3m5s8x1c2v3b4n5m6q7w",
          "--schema=web"},
         "--load-only: contradicts --schema"},
        {"a folder that no run left",
         {"--load-only=s3://out/p"},
         "--load-only: \"s3://out/p\" is not the folder of a load"},
        {"half a window", {NEEDED, "--from=2026-11-21T14"}, "--from needs --to"},
        {"the other half", {NEEDED, "--to=2026-11-21T14"}, "--to needs --from"},
        {"a window of nothing",
         {NEEDED, "--from=2026-11-21T14", "--to=2026-11-21T14"},
         "--to is not after --from"},
        {"half an hour",
         {NEEDED, "--hour=2026-11-21T14:30"},
         "--hour: \"2026-11-21T14:30\" is not on the hour"},
        {"no hour in the source", {"--source=s3://in/all/"}, "--schema are missing"},
        {"a source of all times",
         {"--source=s3://in/all/", "--staging=s3://out", "--schema=web"},
         "--source: \"s3://in/all/\" names no hour"},
        {"a source of a month",
         {"--source=s3://in/%Y/%m/", "--staging=s3://out", "--schema=web"},
         "names neither a whole hour nor a whole day"},
        {"another conversion",
         {"--source=s3://in/%Y/%m/%d/%H/%M", "--staging=s3://out", "--schema=web"},
         "\"%M\" is no conversion"},
        {"a day that is no folder",
         {"--source=s3://in/%F", "--staging=s3://out", "--schema=web"},
         "the day is not a folder"},
        {"a bucket without a slash",
         {"--source=s3://in%F-%H", "--staging=s3://out", "--schema=web"},
         "has no \"/\" behind its bucket"},
        {"no bucket",
         {"--source=-", "--staging=s3:///x", "--schema=web"},
         "--staging: \"s3:///x\" names no bucket"},
        {"a relative file",
         {"--source=-", "--staging=file://x", "--schema=web"},
         "--staging: \"file://x\" is no absolute path"},
        {"another scheme",
         {"--source=-", "--staging=gs://x", "--schema=web"},
         "--staging: \"gs://x\" is no URL that rsload knows"},
        {"standard input for two hours",
         {"--source=-", "--staging=s3://x", "--schema=web", "--from=2026-11-21T14",
          "--to=2026-11-21T16"},
         "--source - is one hour"},
        {"a schema with a slash",
         {"--source=-", "--staging=s3://x", "--schema=a/b"},
         "--schema: \"a/b\" cannot be the name of a folder"},
        {"a port of letters", {NEEDED, "--port=pg"}, "--port: \"pg\" is not a whole"},
        {"a port too high", {NEEDED, "-p", "65536"}, "--port: \"65536\" is not from 1"},
        {"no jobs", {NEEDED, "--jobs=0"}, "--jobs: \"0\" is not from 1 to 256"},
        {"too little memory",
         {NEEDED, "--memory=1M"},
         "--memory: \"1M\" is not from 32MiB to 1TiB"},
        {"parts over the memory",
         {NEEDED, "--memory=32M", "--part-size=33M"},
         "--part-size is more than --memory"},
        {"a lag without a unit", {NEEDED, "--lag=15"}, "--lag: \"15\" is not a time"},
        {"a lag of weeks", {NEEDED, "--lag=8d"}, "--lag: \"8d\" is more than 7 days"},
        {"over a hundred percent",
         {NEEDED, "--max-rejects=101%"},
         "--max-rejects: \"101%"},
        {"another word",
         {NEEDED, "--rerun=maybe"},
         "--rerun: \"maybe\" is none of auto|replace|fail"},
        {"a password in a URI",
         {NEEDED, "-d", "postgresql://u:geheim@h/d"},
         "--dbname: a password does not belong here"},
        {"a password in a conninfo",
         {NEEDED, "-d", "host=h password=geheim"},
         "--dbname: a password does not belong here"},
        {"a conninfo that is none",
         {NEEDED, "-d", "geheim = 'x"},
         "--dbname: the connection string cannot be read"},
        {"an endpoint without a scheme",
         {NEEDED, "--endpoint-url=localhost:9000"},
         "--endpoint-url: \"localhost:9000\" is no http"},
        {"Redshift from files",
         {"--source=-", "--staging=file:///x", "--schema=web", "--dialect=redshift"},
         "Redshift's COPY reads s3:// only"},
        {"Redshift without a right",
         {NEEDED, "--dialect=redshift"},
         "name a role by --iam-role"},
        {"a section of nothing", {NEEDED, "--section=x"}, "--section needs --config"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct options o = {0};
        struct error err = {0};
        char line[2048];

        if (parse(cases[i].arguments, &arena, &o, &err) != -1)
            fail_msg("%s: accepted", cases[i].rule);
        error_line(&err, line, sizeof line);
        if (err.kind != ERROR_USAGE || strstr(line, cases[i].line) == NULL)
            fail_msg("%s: %s", cases[i].rule, line);
        if (strstr(line, "geheim") != NULL)
            fail_msg("%s: a secret is printed: %s", cases[i].rule, line);
        arena_release(&arena);
    }
}

/* Write `content` to a new file and its name to `path`. */
static void
write_file(const char *content, char path[PATH_SIZE])
{
    const char *folder = getenv("TMPDIR");
    int fd;

    (void)snprintf(path, PATH_SIZE, "%s/rsload-options-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    (void)close(fd);
}

static void
the_file_gives_what_the_command_line_does_not(void **state)
{
    static const char content[] = "# for all\r\n"
                                  "source = s3://in/%Y/%m/%d/%H/\r\n"
                                  "jobs=2\n"
                                  "  iam-role\t=  default  \n"
                                  "stage-only = yes\n"
                                  "\n"
                                  "[web]\n"
                                  "; the shop\n"
                                  "schema = web\n"
                                  "jobs = 3\n"
                                  "staging = s3://out/web\n"
                                  "[app]\n"
                                  "schema = app\n"
                                  "jobs = 4\n";
    struct arena arena = {0};
    struct options o;
    char path[PATH_SIZE];

    (void)state;
    write_file(content, path);
    o = parsed((const char *[]){"--config", path, "--section=web", NULL}, &arena);
    assert_string_equal(o.source, "s3://in/%Y/%m/%d/%H/");
    assert_string_equal(o.schema, "web");
    assert_string_equal(o.iam_role, "default");
    assert_int_equal(o.jobs, 3);
    assert_int_equal(o.mode, RUN_STAGE_ONLY);

    /* the line wins, also over what it contradicts */
    o = parsed((const char *[]){"--config", path, "--section", "app", "--jobs=9",
                                "--staging=s3://b", "--copy-credentials", "--dry-run",
                                NULL},
               &arena);
    assert_int_equal(o.jobs, 9);
    assert_string_equal(o.schema, "app");
    assert_true(o.has_copy_credentials);
    assert_null(o.iam_role);
    assert_int_equal(o.mode, RUN_DRY);
    (void)unlink(path);
    arena_release(&arena);
}

static void
a_flag_of_the_file_can_be_no(void **state)
{
    struct arena arena = {0};
    struct options o;
    char path[PATH_SIZE];

    (void)state;
    write_file("quiet = yes\nverbose = no\n[loud]\nquiet = no\nverbose = yes\n", path);
    o = parsed((const char *[]){NEEDED, "--config", path, NULL}, &arena);
    assert_true(o.is_quiet && !o.is_verbose);
    o = parsed((const char *[]){NEEDED, "--config", path, "--section=loud", NULL},
               &arena);
    assert_true(!o.is_quiet && o.is_verbose);
    (void)unlink(path);
    arena_release(&arena);
}

static void
refuses_a_bad_file_and_names_the_line(void **state)
{
    static const struct {
        const char *rule, *content, *line;
    } cases[] = {
        {"an unknown option", "\nshema = web\n",
         "line 2: unknown option \"shema\": did you mean schema?"},
        {"an unknown option of another section", "[x]\nshema = web\n", "line 2:"},
        {"a bad value", "jobs = many\n",
         "line 1: jobs: \"many\" is not a whole number"},
        {"a flag of no word", "quiet = 1\n",
         "line 1: quiet: \"1\" is neither yes nor no"},
        {"no equals sign", "quiet\n", "line 1: \"quiet\" is not \"name = value\""},
        {"no name", "= x\n", "line 1: no name"},
        {"an open section", "[web\n", "line 1: the section's \"]\" is missing"},
        {"a section of no name", "[ ]\n", "line 1: a section without a name"},
        {"one option twice", "jobs = 1\njobs = 1\n",
         "line 2: \"jobs\" stands in line 1 already"},
        {"a contradiction", "iam-role = default\ncopy-credentials = yes\n",
         "line 1: iam-role: contradicts copy-credentials"},
        {"an option of the line", "config = x\n",
         "line 1: \"config\" only works on the command line"},
        {"a password", "dbname = host=h password=geheim\n",
         "a password does not belong"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct options o = {0};
        struct error err = {0};
        char line[2048];
        char path[PATH_SIZE];

        write_file(cases[i].content, path);
        if (parse((const char *[]){NEEDED, "--config", path, NULL}, &arena, &o, &err) !=
            -1)
            fail_msg("%s: accepted", cases[i].rule);
        error_line(&err, line, sizeof line);
        if (strstr(line, cases[i].line) == NULL || strstr(line, "geheim") != NULL)
            fail_msg("%s: %s", cases[i].rule, line);
        if (strstr(line, "line ") != NULL && err.kind != ERROR_CONFIG)
            fail_msg("%s: is a usage error", cases[i].rule);
        (void)unlink(path);
        arena_release(&arena);
    }
}

static void
refuses_a_file_or_a_section_that_is_not_there(void **state)
{
    struct arena arena = {0};
    struct options o;
    struct error err = {0};
    char path[PATH_SIZE];

    (void)state;
    assert_int_equal(
        parse((const char *[]){"--config=/nowhere/x", NULL}, &arena, &o, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_string_equal(err.what, "/nowhere/x");
    write_file("[a]\n", path);
    assert_int_equal(parse((const char *[]){"--config", path, "--section=b", NULL},
                           &arena, &o, &err),
                     -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_string_equal(err.why, "has no section \"b\"");
    /* a section of nothing but its name is there */
    o = parsed((const char *[]){NEEDED, "--config", path, "--section=a", NULL}, &arena);
    (void)unlink(path);
    arena_release(&arena);
}

static void
help_is_at_most_79_wide_and_ends_the_reading(void **state)
{
    struct text help = {0};
    struct arena arena = {0};
    struct options o;
    const char *line;

    (void)state;
    options_help(&help);
    for (line = text_string(&help); *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 79)
            fail_msg("%.*s", (int)strcspn(line, "\n"), line);
    text_release(&help);
    o = parsed((const char *[]){"--help", "--nonsense", NULL}, &arena);
    assert_int_equal(o.action, OPTIONS_HELP);
    o = parsed((const char *[]){"--quiet", "--version", NULL}, &arena);
    assert_int_equal(o.action, OPTIONS_VERSION);
    arena_release(&arena);
}

static void
sizes_and_times(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes; /* UINT64_MAX: refused */
    } sizes[] = {
        {"0", 0},
        {"512", 512},
        {"512b", 512},
        {"1k", 1024},
        {"1kb", 1000},
        {"1KiB", 1024},
        {"2MB", 2000000},
        {"2mib", 2097152},
        {"3G", UINT64_C(3221225472)},
        {"", UINT64_MAX},
        {"M", UINT64_MAX},
        {"-1", UINT64_MAX},
        {"+1", UINT64_MAX},
        {"1.5M", UINT64_MAX},
        {"1 M", UINT64_MAX},
        {"1MM", UINT64_MAX},
        {"99999999999999999999", UINT64_MAX},
        {"18446744073709551615K", UINT64_MAX},
    };
    static const struct {
        const char *text;
        int64_t seconds; /* -1: refused */
    } times[] = {
        {"0", 0},      {"0s", 0},      {"90s", 90}, {"15m", 900},
        {"2h", 7200},  {"7d", 604800}, {"15", -1},  {"m", -1},
        {"15min", -1}, {"-1m", -1},    {"8d", -1},  {"18446744073709551615s", -1},
    };
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t bytes = UINT64_MAX;
        int rc = argument_bytes(sizes[i].text, 0, UINT64_MAX - 1, &bytes, &err);

        if (bytes != sizes[i].bytes || (rc == 0) != (bytes != UINT64_MAX))
            fail_msg("%s: %llu", sizes[i].text, (unsigned long long)bytes);
    }
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int64_t seconds = -1;
        int rc = argument_seconds(times[i].text, 604800, &seconds, &err);

        if (seconds != times[i].seconds || (rc == 0) != (seconds != -1))
            fail_msg("%s: %lld", times[i].text, (long long)seconds);
    }
}

static void
limits_are_counts_or_percentages(void **state)
{
    static const struct {
        const char *text;
        uint64_t count;
        double share; /* -1: refused */
    } cases[] = {
        {"0", 0, 1},
        {"500", 500, 1},
        {"0%", UINT64_MAX, 0},
        {"1%", UINT64_MAX, 0.01},
        {"0.5%", UINT64_MAX, 0.005},
        {"100%", UINT64_MAX, 1},
        {"100.1%", 7, -1},
        {"%", 7, -1},
        {"1.%", 7, -1},
        {"1.5", 7, -1},
        {"-1%", 7, -1},
        {"1%%", 7, -1},
    };
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t count = 7;
        double share = -1;
        int rc = argument_limit(cases[i].text, &count, &share, &err);
        double off = share - cases[i].share;

        if (cases[i].share < 0 ? rc != -1 : rc != 0)
            fail_msg("%s: %d", cases[i].text, rc);
        if (rc == 0 && (count != cases[i].count || off > 1e-9 || off < -1e-9))
            fail_msg("%s: %llu, %g", cases[i].text, (unsigned long long)count, share);
    }
}

static void
distances_count_slips_of_the_finger(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = {
        {"", "", 0},          {"", "abc", 3},      {"hour", "hour", 0},
        {"hoour", "hour", 1}, {"huor", "hour", 1}, {"hour", "hout", 1},
        {"our", "hour", 1},   {"abc", "xyz", 3},   {"ca", "abc", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(argument_distance(span_of(cases[i].a), span_of(cases[i].b)),
                         cases[i].distance);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_documented_defaults),
        cmocka_unit_test(takes_every_value),
        cmocka_unit_test(a_staged_folder_says_its_schema_hour_and_load),
        cmocka_unit_test(a_source_without_an_hour_is_read_by_received_at),
        cmocka_unit_test(refuses_and_says_why),
        cmocka_unit_test(the_file_gives_what_the_command_line_does_not),
        cmocka_unit_test(a_flag_of_the_file_can_be_no),
        cmocka_unit_test(refuses_a_bad_file_and_names_the_line),
        cmocka_unit_test(refuses_a_file_or_a_section_that_is_not_there),
        cmocka_unit_test(help_is_at_most_79_wide_and_ends_the_reading),
        cmocka_unit_test(sizes_and_times),
        cmocka_unit_test(limits_are_counts_or_percentages),
        cmocka_unit_test(distances_count_slips_of_the_finger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
