#include "options_table.h"

#include <string.h>

#include "connection.h"

#define S3_URL   SPAN("s3://")
#define FILE_URL SPAN("file://")

/* A schema's name is also the name of a folder below the staging. */
static int
check_schema(const char *schema, struct error *err)
{
    struct span name = span_of(schema);

    if (name.length > COLUMN_NAME_MAX)
        return error_set(err, ERROR_USAGE, "\"%s\" is longer than %u bytes", schema,
                         COLUMN_NAME_MAX);
    if (strchr(schema, '/') != NULL || strcmp(schema, ".") == 0 ||
        strcmp(schema, "..") == 0)
        return error_set(err, ERROR_USAGE,
                         "\"%s\" cannot be the name of a folder, as a schema's must",
                         schema);
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)schema[i] < ' ' || schema[i] == 0x7f)
            return error_set(err, ERROR_USAGE, "holds a control character");
    return 0;
}

/* s3://bucket..., file:///...: that there is a bucket, an absolute path, nothing
 * odd. */
static int
check_url(struct span url, struct error *err)
{
    for (size_t i = 0; i < url.length; i++)
        if ((unsigned char)url.data[i] < ' ' || url.data[i] == 0x7f)
            return error_set(err, ERROR_USAGE, "holds a control character");
    if (span_starts(url, S3_URL)) {
        if (url.length == S3_URL.length || url.data[S3_URL.length] == '/')
            return error_set(err, ERROR_USAGE, "\"%.*s\" names no bucket",
                             SPAN_ARG(url));
        return 0;
    }
    if (span_starts(url, FILE_URL)) {
        if (url.length > FILE_URL.length && url.data[FILE_URL.length] == '/')
            return 0;
        (void)error_set(err, ERROR_USAGE, "\"%.*s\" is no absolute path",
                        SPAN_ARG(url));
        return error_hint(err, "write it with three slashes: file:///folder");
    }
    (void)error_set(err, ERROR_USAGE, "\"%.*s\" is no URL that rsload knows",
                    SPAN_ARG(url));
    return error_hint(err, "write s3://bucket/prefix or file:///folder");
}

/* The URL without slashes at its end (those of "s3://" and "file:///" stay). */
static int
strip_slashes(const char **url, struct arena *arena, struct error *err)
{
    struct span s = span_of(*url);
    size_t least = span_starts(s, FILE_URL) ? FILE_URL.length + 1 : S3_URL.length + 1;

    while (s.length > least && s.data[s.length - 1] == '/')
        s.length--;
    if (arena_copy(arena, s, &s, err))
        return -1;
    *url = s.data;
    return 0;
}

/* A source must name its hour, or its day, below the bucket. */
static int
check_source(struct options *o, struct error *err)
{
    struct span url = span_of(o->source);
    struct text filled = {0};
    enum window_unit unit = window_url_unit(url);
    int rc;

    if (strcmp(o->source, "-") == 0)
        return 0;
    if (check_url(url, err))
        return -1;
    rc = window_fill_url(url, 0, &filled, err);
    text_release(&filled);
    if (rc != 0)
        return -1;
    if (unit == WINDOW_UNIT_NONE || unit == WINDOW_UNIT_ODD) {
        (void)error_set(err, ERROR_USAGE, "\"%s\" %s", o->source,
                        unit == WINDOW_UNIT_NONE
                            ? "names no hour: every run would load all of it"
                            : "names neither a whole hour nor a whole day");
        return error_hint(err, "put %%Y/%%m/%%d/%%H/ where the hour stands, or "
                               "%%Y/%%m/%%d/ for a day's folder");
    }
    if (span_starts(url, S3_URL) && strchr(o->source + S3_URL.length, '/') == NULL)
        return error_set(err, ERROR_USAGE, "\"%s\" has no \"/\" behind its bucket",
                         o->source);
    o->by_received_at = unit == WINDOW_UNIT_DAY;
    /* Two days are read with one prefix below them: it must not change with the day. */
    if (o->by_received_at && strchr(strrchr(o->source, '/'), '%') != NULL) {
        (void)error_set(err, ERROR_USAGE, "\"%s\": the day is not a folder", o->source);
        return error_hint(err, "put a \"/\" behind the day");
    }
    return 0;
}

/* ".../<schema>/<hour>/<load id>", as a run leaves it: that says the rest. */
static int
check_staged(struct options *o, struct arena *arena, struct error *err)
{
    struct span rest = span_of(o->staged);
    struct span parts[3] = {{0}};
    struct window hour;
    struct error ignored; /* what is wrong with the hour alone says too little */

    for (int i = 2; i >= 0; i--) {
        size_t length = 0;

        while (length < rest.length && rest.data[rest.length - length - 1] != '/')
            length++;
        parts[i] = (struct span){rest.data + rest.length - length, length};
        rest.length -= length < rest.length ? length + 1 : length;
    }
    if (parts[2].length != 26 || parts[1].length != WINDOW_NAME_SIZE - 1 ||
        window_parse_hour(parts[1], &hour, &ignored) || parts[0].length == 0) {
        (void)error_set(err, ERROR_USAGE, "\"%s\" is not the folder of a load",
                        o->staged);
        return error_hint(err, "it ends in /SCHEMA/HOUR/LOAD-ID, as --stage-only "
                               "reported it");
    }
    if (arena_copy(arena, parts[0], &parts[0], err))
        return -1;
    if (arena_copy(arena, parts[2], &parts[2], err))
        return -1;
    o->schema = parts[0].data;
    o->load_id = parts[2].data;
    o->window = hour;
    o->has_window = true;
    return 0;
}

static int
check_missing(const struct options *o, struct error *err)
{
    struct text list = {0};
    const char *missing[3] = {o->source ? NULL : "--source",
                              o->staging ? NULL : "--staging",
                              o->schema ? NULL : "--schema"};
    int count = (missing[0] != NULL) + (missing[1] != NULL) + (missing[2] != NULL);
    int named = 0;

    if (count == 0)
        return 0;
    for (int i = 0; i < 3; i++)
        if (missing[i] != NULL) {
            text_add_string(&list, named == 0           ? ""
                                   : named + 1 == count ? " and "
                                                        : ", ");
            text_add_string(&list, missing[i]);
            named++;
        }
    (void)error_set(err, ERROR_USAGE, "%s %s missing", text_string(&list),
                    count == 1 ? "is" : "are");
    text_release(&list);
    return error_hint(err, "see rsload --help");
}

static int
check_window(const struct options *o, struct error *err)
{
    const struct window *w = &o->window;

    if (!o->has_window)
        return 0;
    if (w->from_s == OPTIONS_UNSET || w->until_s == OPTIONS_UNSET) {
        bool has_from = w->from_s != OPTIONS_UNSET;

        (void)error_set(err, ERROR_USAGE, "--%s needs --%s", has_from ? "from" : "to",
                        has_from ? "to" : "from");
        return error_hint(err, "--to names the first hour that is not loaded");
    }
    if (w->from_s >= w->until_s)
        return error_set(err, ERROR_USAGE, "--to is not after --from");
    if (o->source != NULL && strcmp(o->source, "-") == 0 &&
        w->until_s - w->from_s > WINDOW_HOUR_S)
        return error_set(err, ERROR_USAGE,
                         "--source - is one hour: --from and --to name several");
    return 0;
}

/* What is known to fail on Redshift before anything is asked. */
static int
check_redshift(const struct options *o, struct error *err)
{
    const char *url = o->mode == RUN_LOAD_ONLY ? o->staged : o->staging;

    if (o->dialect != TARGET_REDSHIFT || o->mode == RUN_STAGE_ONLY)
        return 0;
    if (!span_starts(span_of(url), S3_URL)) {
        (void)error_set(err, ERROR_USAGE, "\"%s\": Redshift's COPY reads s3:// only",
                        url);
        return error_in(err, o->mode == RUN_LOAD_ONLY ? "--load-only" : "--staging");
    }
    if (o->iam_role == NULL && !o->has_copy_credentials) {
        (void)error_set(err, ERROR_USAGE, "COPY has no right to read the staging");
        return error_hint(err, "name a role by --iam-role, or use --copy-credentials");
    }
    return 0;
}

static int
check_urls(struct options *o, struct arena *arena, struct error *err)
{
    if (o->source != NULL && check_source(o, err))
        return error_in(err, "--source");
    if (o->staging != NULL &&
        (check_url(span_of(o->staging), err) || strip_slashes(&o->staging, arena, err)))
        return error_in(err, "--staging");
    if (o->staged != NULL &&
        (check_url(span_of(o->staged), err) || strip_slashes(&o->staged, arena, err) ||
         check_staged(o, arena, err)))
        return error_in(err, "--load-only");
    if (o->endpoint_url != NULL && strncmp(o->endpoint_url, "https://", 8) != 0 &&
        strncmp(o->endpoint_url, "http://", 7) != 0) {
        (void)error_set(err, ERROR_USAGE, "\"%s\" is no http:// or https:// URL",
                        o->endpoint_url);
        return error_in(err, "--endpoint-url");
    }
    return 0;
}

int
options_check(struct options *o, struct arena *arena, struct error *err)
{
    if (o->mode != RUN_LOAD_ONLY && check_missing(o, err))
        return -1;
    if (check_urls(o, arena, err) || check_window(o, err))
        return -1;
    if (o->schema != NULL && check_schema(o->schema, err))
        return error_in(err, "--schema");
    if (o->dbname != NULL && connection_check(o->dbname, err))
        return error_in(err, "--dbname");
    if (o->part_bytes > o->memory_bytes) {
        (void)error_set(err, ERROR_USAGE, "--part-size is more than --memory");
        return error_hint(err, "buffers of several parts must fit");
    }
    return check_redshift(o, err);
}
