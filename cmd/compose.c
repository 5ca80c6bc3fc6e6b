#include "compose.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws_settings.h"
#include "entropy.h"

#define DAY_S INT64_C(86400)

static const char *
variable(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

static int64_t
wall_clock_s(void *context)
{
    struct timespec now = {0};

    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* always there */
    return now.tv_sec;
}

static bool
is_s3(const char *url)
{
    return url != NULL && strncmp(url, "s3://", 5) == 0;
}

/* The option, or what the AWS variables and files say. */
static struct span
either(const char *option, struct span found)
{
    return option != NULL ? span_of(option) : found;
}

/* Read the AWS files and variables: only for those who use S3. */
static int
init_aws(struct compose *c, struct stop *stop, struct error *err)
{
    const struct options *o = c->options;
    struct aws_settings found = {0};
    int addressing = S3_ADDRESSING_AUTO;

    c->aws = (struct aws_sources){
        .variable = variable,
        .home = getenv("HOME"),
        .profile = span_of(o->aws_profile),
        .say = &c->say,
    };
    if (aws_settings_find(&c->aws, c->arena, &found, err) ||
        aws_credentials_new(&c->aws, &c->credentials, err))
        return -1;
    if (found.addressing.length > 0)
        addressing = store_s3_addressing(found.addressing);
    if (addressing < 0)
        return error_set(err, ERROR_CONFIG,
                         "the AWS profile's addressing_style \"%.*s\" is none of auto, "
                         "path, virtual",
                         SPAN_ARG(found.addressing));
    c->s3 = (struct store_s3_config){
        .region = either(o->region, found.region),
        .endpoint = either(o->endpoint_url, found.endpoint_url),
        .addressing = (enum s3_addressing)addressing,
        .ca_file = either(o->ca_file, found.ca_file),
        .credentials = c->credentials,
        .stop = stop,
        .say = &c->say,
        .now_s = wall_clock_s,
    };
    return entropy_fill(&c->s3.seed, sizeof c->s3.seed, err);
}

/* What COPY reads the staging with: a copy of the keys we have now. */
static int
copy_keys(void *context, struct aws_keys *ret, struct error *err)
{
    struct compose *c = context;

    return aws_credentials_get(c->credentials, wall_clock_s(NULL), ret, err);
}

/* --stage-only needs no database: it has one only when one is named. */
static int
init_target(struct compose *c, struct error *err)
{
    const struct options *o = c->options;

    if (connection_make(o, &c->connection, err))
        return error_in(err, "--dbname");
    c->has_target = o->mode != RUN_STAGE_ONLY || c->connection.is_named;
    c->target = (struct target_options){
        .keywords = c->connection.keywords,
        .values = c->connection.values,
        .has_sslmode = c->connection.has_sslmode,
        .has_sslrootcert = c->connection.has_sslrootcert,
        .schema = span_of(o->schema),
        .dialect = o->dialect,
        .dedupe = o->dedupe,
        .dedupe_days = (unsigned)o->dedupe_days,
        .rerun = o->rerun,
        .ddl = o->ddl,
        .lock_timeout_s = o->lock_timeout_s,
        .iam_role = span_of(o->iam_role),
        .copy_keys = o->has_copy_credentials ? copy_keys : NULL,
        .copy_context = c,
        .region = span_of(o->region),
    };
    return entropy_fill(&c->target.seed, sizeof c->target.seed, err);
}

int
compose_init(struct compose *ret, const struct options *options, struct stop *stop,
             struct say say, struct arena *arena, struct error *err)
{
    *ret = (struct compose){
        .options = options,
        .arena = arena,
        .say = say,
        .file = {.stop = stop},
        .standard_input = {.fd = 0, .stop = stop},
    };
    if ((is_s3(options->source) || is_s3(options->staging) || is_s3(options->staged) ||
         options->has_copy_credentials) &&
        init_aws(ret, stop, err))
        return -1;
    return init_target(ret, err);
}

void
compose_release(struct compose *compose)
{
    aws_credentials_free(compose->credentials);
    compose->credentials = NULL;
}

static int
make_place(struct compose *c, struct span url, struct store_place *ret,
           struct error *err)
{
    if (span_equal(url, SPAN("-"))) {
        *ret = store_stdin_place(&c->standard_input);
        return 0;
    }
    if (span_starts(url, SPAN("s3://")))
        return store_s3_place(url, &c->s3, ret, err);
    return store_file_place(url, &c->file, ret, err);
}

/* Cut "s3://b/2026/11/21/14-" at its last slash: the store's root, and how keys
 * begin. */
static int
make_source(struct compose *c, struct span url, struct store_place *ret,
            struct span *ret_prefix, struct error *err)
{
    struct span root = url;

    *ret_prefix = (struct span){0};
    if (!span_equal(url, SPAN("-"))) {
        while (root.data[root.length - 1] != '/')
            root.length--;
        *ret_prefix = (struct span){url.data + root.length, url.length - root.length};
        root.length--;
    }
    return make_place(c, root, ret, err);
}

/* The source's URL at a time, copied into the arena. */
static int
fill_source(struct compose *c, int64_t time_s, struct span *ret, struct error *err)
{
    struct text url = {0};
    int rc = window_fill_url(span_of(c->options->source), time_s, &url, err);

    if (rc == 0)
        rc = arena_copy(c->arena, text_span(&url), ret, err);
    text_release(&url);
    return rc;
}

static int
make_sources(struct compose *c, int64_t from_s, struct compose_hour *ret,
             struct error *err)
{
    int64_t midnight = from_s - from_s % DAY_S + DAY_S;
    int64_t settled = from_s + WINDOW_HOUR_S + c->options->lag_s;
    struct span next;

    if (fill_source(c, from_s, &ret->source_url, err) ||
        make_source(c, ret->source_url, &ret->sources[0], &ret->source_prefix, err))
        return -1;
    ret->source_count = 1;
    if (!c->options->by_received_at || settled <= midnight)
        return 0;
    if (fill_source(c, midnight, &next, err) ||
        make_source(c, next, &ret->sources[1], &ret->source_prefix, err))
        return -1;
    ret->source_count = 2;
    return 0;
}

int
compose_hour(struct compose *compose, int64_t from_s, struct span load_id,
             struct compose_hour *ret, struct error *err)
{
    const struct options *o = compose->options;
    struct text url = {0};
    char hour[WINDOW_NAME_SIZE];
    struct span staging;
    int rc;

    *ret = (struct compose_hour){0};
    if (o->mode == RUN_LOAD_ONLY)
        return make_place(compose, span_of(o->staged), &ret->staging, err);
    if (make_sources(compose, from_s, ret, err))
        return error_in(err, "--source");
    window_name(from_s, hour);
    text_addf(&url, "%s/%s/%s/%.*s", o->staging, o->schema, hour, SPAN_ARG(load_id));
    rc = text_check(&url, err);
    if (rc == 0)
        rc = arena_copy(compose->arena, text_span(&url), &staging, err);
    text_release(&url);
    if (rc != 0 || make_place(compose, staging, &ret->staging, err))
        return error_in(err, "--staging");
    return 0;
}
