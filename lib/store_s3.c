#include "store_s3.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_body.h"
#include "s3_call.h"
#include "s3_get.h"
#include "s3_list.h"
#include "s3_pages.h"

#define PUT_MAX_BYTES  ((uint64_t)5 << 30) /* of a single PUT, says S3 */
#define DEFAULT_REGION "us-east-1"

/* ---- places ---------------------------------------------------------------------- */

/* Split "s3://bucket/prefix". Returns whether it is one. */
static bool
split_url(struct span url, struct span *bucket, struct span *prefix)
{
    struct span scheme = SPAN("s3://");
    const char *slash;

    if (!span_starts(url, scheme))
        return false;
    url = (struct span){url.data + scheme.length, url.length - scheme.length};
    slash = url.length > 0 ? memchr(url.data, '/', url.length) : NULL;
    *bucket = url;
    *prefix = (struct span){0};
    if (slash != NULL) {
        bucket->length = (size_t)(slash - url.data);
        *prefix = (struct span){slash + 1, url.length - bucket->length - 1};
    }
    return true;
}

static int open_s3(const struct store_place *place, struct store **ret,
                   struct error *err);

int
store_s3_place(struct span url, const struct store_s3_config *config,
               struct store_place *ret, struct error *err)
{
    struct span bucket, prefix;

    if (!split_url(url, &bucket, &prefix) || span_ends(url, SPAN("/")))
        return error_set(err, ERROR_USAGE, "\"%.*s\" is no s3://bucket/prefix",
                         SPAN_ARG(url));
    if (!s3_bucket_is_valid(bucket)) {
        (void)error_set(err, ERROR_USAGE, "\"%.*s\" in \"%.*s\" is no name of a bucket",
                        SPAN_ARG(bucket), SPAN_ARG(url));
        return error_hint(err, "3 to 63 lower-case letters, digits, '-' and '.'");
    }
    *ret = (struct store_place){url, open_s3, config};
    return 0;
}

int
store_s3_addressing(struct span word)
{
    static const char *const words[] = {[S3_ADDRESSING_AUTO] = "auto",
                                        [S3_ADDRESSING_PATH] = "path",
                                        [S3_ADDRESSING_VIRTUAL] = "virtual"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (span_equal(word, span_of(words[i])))
            return (int)i;
    return -1;
}

/* ---- list, get, put, drop -------------------------------------------------------- */

/* The whole key of `key` into `ret`. */
static int
whole_key(const struct s3 *s3, struct span key, struct text *ret, struct error *err)
{
    text_add(ret, text_span(&s3->prefix));
    text_add(ret, key);
    if (text_check(ret, err))
        return -1;
    if (ret->length > S3_KEY_MAX)
        return error_set(err, ERROR_CONFIG, "a key of %zu bytes, S3 allows %d",
                         ret->length, S3_KEY_MAX);
    if (ret->length == 0 || memchr(ret->data, '\0', ret->length) != NULL)
        return error_set(err, ERROR_BUG, "a key that is empty or has a NUL");
    return 0;
}

static int
list_s3(struct store *store, struct span prefix, store_each *each, void *context,
        struct error *err)
{
    return s3_pages((struct s3 *)store, prefix, each, context, err);
}

static int
get_s3(struct store *store, const struct object *object, struct sink sink,
       struct error *err)
{
    struct s3 *s3 = (struct s3 *)store;
    struct text key = {0};
    int rc = whole_key(s3, object->key, &key, err);

    if (rc == 0)
        rc = s3_get(s3, text_span(&key), object, sink, err);
    text_release(&key);
    return rc;
}

static int
put_s3(struct store *store, struct span key, const struct span *pieces,
       size_t piece_count, struct error *err)
{
    struct s3 *s3 = (struct s3 *)store;
    struct text whole = {0};
    char hash[AWS_SIGNATURE_SIZE];
    struct s3_call call = {.method = "PUT",
                           .verb = "write",
                           .permission = "s3:PutObject",
                           .kind = ERROR_STAGING,
                           .has_body = true,
                           .pieces = pieces,
                           .piece_count = piece_count};
    uint64_t bytes = http_body_bytes(pieces, piece_count);
    int rc = whole_key(s3, key, &whole, err);

    call.key = call.name = text_span(&whole);
    if (rc == 0 && bytes > PUT_MAX_BYTES) {
        (void)error_set(err, ERROR_STAGING,
                        "%" PRIu64 " bytes, a single PUT takes 5 GiB", bytes);
        (void)error_hint(err, "choose a smaller --part-size");
        rc = s3_call_name(s3, &call, err);
    }
    if (rc == 0)
        rc = aws_payload_hash(pieces, piece_count, hash, err);
    if (rc == 0) {
        call.payload_hash = span_of(hash);
        rc = s3_call(s3, &call, err);
    }
    text_release(&whole);
    return rc;
}

static int
drop_s3(struct store *store, struct span key, struct error *err)
{
    struct s3 *s3 = (struct s3 *)store;
    struct text whole = {0};
    struct s3_call call = {.method = "DELETE",
                           .verb = "delete",
                           .permission = "s3:DeleteObject",
                           .kind = ERROR_STAGING};
    int rc = whole_key(s3, key, &whole, err);

    call.key = call.name = text_span(&whole);
    if (rc == 0) {
        rc = s3_call(s3, &call, err);
        /* S3 answers 204 for a key that is not there, others 404 */
        if (s3->answer.status == 404 && strcmp(s3->error.code, "NoSuchBucket") != 0)
            rc = 0;
    }
    text_release(&whole);
    return rc;
}

/* ---- open, close ----------------------------------------------------------------- */

static void
close_s3(struct store *store)
{
    struct s3 *s3 = (struct s3 *)store;

    http_free(s3->http);
    http_answer_release(&s3->answer);
    s3_endpoint_release(&s3->endpoint);
    aws_keys_release(&s3->keys);
    text_release(&s3->prefix);
    text_release(&s3->region);
    free(s3);
}

static const struct store_driver driver = {list_s3, get_s3, put_s3, drop_s3, close_s3};

static int
set_region(struct s3 *s3, struct error *err)
{
    const struct store_s3_config *config = s3->config;

    text_add(&s3->region, config->region);
    if (s3->region.length == 0 && config->endpoint.length > 0)
        text_add(&s3->region, SPAN(DEFAULT_REGION));
    if (s3->region.length == 0) {
        (void)error_set(err, ERROR_CONFIG, "no region is set for s3://%.*s",
                        SPAN_ARG(s3->bucket));
        return error_hint(err, "set it with --region, AWS_REGION or the profile");
    }
    if (text_check(&s3->region, err))
        return -1;
    return s3_endpoint_make(config, s3->bucket, text_span(&s3->region), &s3->endpoint,
                            err);
}

static int
set_up(struct s3 *s3, struct span prefix, struct error *err)
{
    const struct store_s3_config *config = s3->config;
    struct http_options options = {.ca_file = config->ca_file,
                                   .connect_timeout_ms = config->connect_timeout_ms,
                                   .stall_timeout_s = config->stall_timeout_s,
                                   .stop = config->stop};
    uint64_t seed = config->seed ^ (uint64_t)(uintptr_t)s3; /* no two threads in step */

    text_add(&s3->prefix, prefix);
    if (prefix.length > 0)
        text_add_char(&s3->prefix, '/');
    s3_retry_init(&s3->retry, config->attempts, config->retry_base_ms, seed);
    if (text_check(&s3->prefix, err) || set_region(s3, err))
        return -1;
    options.is_plain_allowed = s3->endpoint.is_plain;
    return http_new(&options, &s3->http, err);
}

static int
open_s3(const struct store_place *place, struct store **ret, struct error *err)
{
    struct s3 *s3 = calloc(1, sizeof *s3);
    struct span prefix = {0};

    if (s3 == NULL)
        return error_no_memory(err);
    s3->store.driver = &driver;
    s3->config = place->config;
    (void)split_url(place->url, &s3->bucket, &prefix); /* store_s3_place looked */
    if (set_up(s3, prefix, err)) {
        close_s3(&s3->store);
        return error_in(err, "open %.*s", SPAN_ARG(place->url));
    }
    *ret = &s3->store;
    return 0;
}
