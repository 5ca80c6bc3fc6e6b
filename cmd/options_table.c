#include "options_table.h"

#include <string.h>

#include "argument.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#define HOURS_7_DAYS_S (UINT64_C(7) * 86400)

static void *
member(struct options *o, const struct option_row *row)
{
    return (char *)o + row->at;
}

static int
set_text(struct options *o, const struct option_row *row, const char *value,
         struct error *err)
{
    if (*value == '\0')
        return error_set(err, ERROR_USAGE, "the value is empty");
    *(const char **)member(o, row) = value;
    return 0;
}

static int
set_flag(struct options *o, const struct option_row *row, const char *value,
         struct error *err)
{
    (void)value;
    (void)err;
    *(bool *)member(o, row) = true;
    return 0;
}

static int
set_mode(struct options *o, const struct option_row *row, const char *value,
         struct error *err)
{
    o->mode = (enum run_mode)row->min;
    return row->argument != NULL ? set_text(o, row, value, err) : 0;
}

static int
set_hour(struct options *o, const struct option_row *row, const char *value,
         struct error *err)
{
    (void)row;
    o->has_window = true;
    return window_parse_hour(span_of(value), &o->window, err);
}

/* --from and --to: one end of the window, at the beginning of the hour named. */
static int
set_end(struct options *o, const struct option_row *row, const char *value,
        struct error *err)
{
    struct window hour;

    if (window_parse_hour(span_of(value), &hour, err))
        return -1;
    o->has_window = true;
    *(int64_t *)member(o, row) = hour.from_s;
    return 0;
}

static int
set_seconds(struct options *o, const struct option_row *row, const char *value,
            struct error *err)
{
    return argument_seconds(value, (int64_t)row->max, member(o, row), err);
}

static int
set_bytes(struct options *o, const struct option_row *row, const char *value,
          struct error *err)
{
    return argument_bytes(value, row->min, row->max, member(o, row), err);
}

static int
set_count(struct options *o, const struct option_row *row, const char *value,
          struct error *err)
{
    return argument_count(value, row->min, row->max, member(o, row), err);
}

static int
set_port(struct options *o, const struct option_row *row, const char *value,
         struct error *err)
{
    uint64_t number;

    if (argument_count(value, row->min, row->max, &number, err))
        return -1;
    return set_text(o, row, value, err);
}

static int
set_limit(struct options *o, const struct option_row *row, const char *value,
          struct error *err)
{
    (void)row;
    return argument_limit(value, &o->max_rejects, &o->max_reject_share, err);
}

/* The enumerations of `struct options` count as the words of their options stand. */
static int
set_word(struct options *o, const struct option_row *row, const char *value,
         struct error *err)
{
    int word;

    if (argument_word(value, row->words, &word, err))
        return -1;
    memcpy(member(o, row), &word, sizeof word);
    return 0;
}

#define AT(field) .at = offsetof(struct options, field)

const struct option_row option_rows[OPTION_COUNT] = {
    {"hour", "TIME", "load this hour: 2026-11-21T14 (UTC)", set_hour,
     .group = "Which hour (the default is the newest that ended --lag ago)"},
    {"from", "TIME", "load every hour from this one ...", set_end, AT(window.from_s)},
    {"to", "TIME", "... up to this one, which is not loaded", set_end,
     AT(window.until_s)},
    {"lag", "TIME", "how long after its end an hour is complete\n(15m; s, m, h or d)",
     set_seconds, AT(lag_s), .max = HOURS_7_DAYS_S},

    {"source", "URL",
     "where the events are: s3://b/p/%Y/%m/%d/%H/,\nfile:///d/%F/%H/, or - (standard "
     "input)",
     set_text, AT(source), .group = "From where, by way of what, to where"},
    {"staging", "URL", "where parts are put for COPY: s3://b/p", set_text, AT(staging)},
    {"schema", "NAME", "the schema of the tables", set_text, AT(schema)},

    {"host", "HOST", "the database's host or socket folder", set_text, AT(host),
     .letter = 'h', .group = "Connection (as psql; PG* variables and ~/.pgpass count)"},
    {"port", "PORT", "its port", set_port, AT(port), 1, 65535, .letter = 'p'},
    {"username", "NAME", "the user", set_text, AT(username), .letter = 'U'},
    {"dbname", "NAME", "the database, a conninfo string or a\npostgresql:// URI",
     set_text, AT(dbname), .letter = 'd'},
    {"dialect", "WORD", "auto, redshift or postgres (auto)", set_word, AT(dialect),
     .words = "auto|redshift|postgres"},
    {"lock-timeout", "TIME", "how long to wait for another run\n(10m; 0: for ever)",
     set_seconds, AT(lock_timeout_s), .max = HOURS_7_DAYS_S},

    {"iam-role", "ARN",
     "the role that COPY reads with: an ARN, a\nchain ARN,ARN or default", set_text,
     AT(iam_role), .group = "What COPY reads the staging with (Redshift)"},
    {"copy-credentials", NULL, "the temporary AWS keys rsload runs under", set_flag,
     AT(has_copy_credentials)},

    {"dedupe", "WORD",
     "table, window or none: against which rows an\nid is unique (table)", set_word,
     AT(dedupe), .words = "table|window|none", .group = "How rows are loaded"},
    {"dedupe-days", "N", "how far around received_at to look for an id\n(30)",
     set_count, AT(dedupe_days), 1, 36500},
    {"rerun", "WORD",
     "auto, replace or fail: what to do with an\nhour that was loaded (auto)", set_word,
     AT(rerun), .words = "auto|replace|fail"},
    {"ddl", "WORD", "auto or never: may tables and columns be\nmade (auto)", set_word,
     AT(ddl), .words = "auto|never"},
    {"max-rejects", "N|N%", "fail above so many bad lines (1%)", set_limit,
     AT(max_rejects)},

    {"jobs", "N", "objects read at once (the processors, at\nmost 8)", set_count,
     AT(jobs), 1, 256, .group = "Size and speed"},
    {"memory", "SIZE", "for all buffers together (128MiB)", set_bytes, AT(memory_bytes),
     32 * MIB, 1024 * GIB},
    {"part-size", "SIZE", "of a part, packed (64MiB)", set_bytes, AT(part_bytes),
     64 * KIB, 5 * GIB},
    {"compress", "WORD", "none, gzip or zstd: how parts are packed\n(gzip)", set_word,
     AT(compress), .words = "none|gzip|zstd"},

    {"dry-run", NULL, "print the statements, change nothing", set_mode, .min = RUN_DRY,
     .group = "Half a run"},
    {"stage-only", NULL, "stop when the parts are staged", set_mode,
     .min = RUN_STAGE_ONLY},
    {"load-only", "URL", "load what --stage-only left in this folder", set_mode,
     AT(staged), RUN_LOAD_ONLY},

    {"region", "NAME", "the region of the buckets", set_text, AT(region),
     .group = "AWS (AWS_* variables and ~/.aws count)"},
    {"endpoint-url", "URL", "another S3 server than Amazon's", set_text,
     AT(endpoint_url)},
    {"aws-profile", "NAME", "the profile in ~/.aws", set_text, AT(aws_profile)},
    {"ca-file", "FILE", "certificates to trust for S3", set_text, AT(ca_file)},

    {"report", "WORD", "text or json: the result on stdout (text)", set_word,
     AT(report), .words = "text|json", .group = "What is printed"},
    {"log-format", "WORD", "text or json: messages on stderr (text)", set_word,
     AT(log_format), .words = "text|json"},
    {"quiet", NULL, "no progress, only warnings and errors", set_flag, AT(is_quiet)},
    {"verbose", NULL, "requests and statements too", set_flag, AT(is_verbose)},

    {"config", "FILE", "read options from an INI file", NULL, .at = 0,
     .group = "The rest"},
    {"section", "NAME", "and from this section of it", NULL, .at = 0},
    {"help", NULL, "print this", NULL, .at = 0},
    {"version", NULL, "print the version", NULL, .at = 0},
};

/* The folder of --load-only knows its source, staging, schema and hour. */
const struct option_rivals option_rivals[] = {
    {"hour", "from"},          {"hour", "to"},
    {"dry-run", "stage-only"}, {"dry-run", "load-only"},
    {"load-only", "source"},   {"stage-only", "load-only"},
    {"load-only", "hour"},     {"load-only", "from"},
    {"load-only", "to"},       {"load-only", "lag"},
    {"load-only", "schema"},   {"load-only", "staging"},
    {"quiet", "verbose"},      {"iam-role", "copy-credentials"},
};
const size_t option_rival_count = sizeof option_rivals / sizeof option_rivals[0];

size_t
option_find(struct span name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (span_equal(name, span_of(option_rows[i].name)))
            return i;
    return OPTION_COUNT;
}

const char *
option_nearest(struct span name)
{
    const char *nearest = NULL;
    unsigned least = name.length < 6 ? 2 : 3;

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        struct span other = span_of(option_rows[i].name);
        unsigned distance = argument_distance(name, other);

        /* half of the beginning is as near as a slip of the finger: --comp, --dedup */
        if (name.length >= 3 && span_starts(other, name))
            distance = 1;
        if (distance < least) {
            least = distance;
            nearest = option_rows[i].name;
        }
    }
    return nearest;
}
