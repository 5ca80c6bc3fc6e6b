#include "s3_call.h"

#include <stdio.h>
#include <string.h>

#include "s3_explain.h"

#define FIELDS                                                                         \
    (S3_CALL_FIELDS + 4) /* host, x-amz-date, -content-sha256, -security-token */

/* Differences below this are no matter of clocks: S3 allows fifteen minutes. */
#define SKEW_MIN_S 60

/* A request as it is signed and sent. */
struct outgoing {
    struct text path; /* unencoded */
    struct text url;
    struct text authorization;
    char time[AWS_TIME_SIZE];
    struct aws_field signed_fields[FIELDS];
    size_t signed_count;
    struct http_header headers[FIELDS + 1];
};

void
s3_call_begin(struct s3 *s3)
{
    s3_retry_begin(&s3->retry);
    s3->is_skew_corrected = false;
    s3->is_renewed = false;
    s3->is_repeated = false;
}

static void
release(struct outgoing *out)
{
    text_release(&out->path);
    text_release(&out->url);
    text_release(&out->authorization);
}

/* The path as signed and the URL as sent, of the same bytes. */
static int
make_url(const struct s3 *s3, const struct s3_call *call, struct outgoing *out,
         struct error *err)
{
    text_add(&out->path, text_span(&s3->endpoint.path));
    text_add_char(&out->path, '/');
    text_add(&out->path, call->key);
    text_add_string(&out->url, s3->endpoint.is_plain ? "http://" : "https://");
    text_add(&out->url, text_span(&s3->endpoint.host));
    aws_encode_path(text_span(&out->path), &out->url);
    if (call->query_count > 0) {
        text_add_char(&out->url, '?');
        if (aws_encode_query(call->query, call->query_count, &out->url, err))
            return -1;
    }
    if (text_check(&out->path, err))
        return -1;
    return text_check(&out->url, err);
}

static void
add_field(struct outgoing *out, struct span name, struct span value)
{
    out->signed_fields[out->signed_count++] = (struct aws_field){name, value};
}

/* Sign `call` as of now: a request that waited for its turn must not be too old. */
static int
sign(struct s3 *s3, const struct s3_call *call, struct outgoing *out, struct error *err)
{
    struct aws_scope scope = {text_span(&s3->region), SPAN("s3"),
                              s3->config->now_s(s3->config->now_context) + s3->skew_s};
    struct aws_request request = {.method = span_of(call->method),
                                  .path = text_span(&out->path),
                                  .query = call->query,
                                  .query_count = call->query_count,
                                  .headers = out->signed_fields,
                                  .payload_hash = call->payload_hash.length > 0
                                                      ? call->payload_hash
                                                      : SPAN(AWS_EMPTY_SHA256)};

    aws_time(scope.time_s, out->time);
    add_field(out, SPAN("Host"), text_span(&s3->endpoint.host));
    add_field(out, SPAN("x-amz-date"), span_of(out->time));
    add_field(out, SPAN("x-amz-content-sha256"), request.payload_hash);
    if (s3->keys.token.length > 0)
        add_field(out, SPAN("x-amz-security-token"), s3->keys.token);
    for (size_t i = 0; i < call->header_count; i++)
        add_field(out, call->headers[i].name, call->headers[i].value);
    request.header_count = out->signed_count;
    if (aws_authorization(&request, &scope, &s3->keys, &out->authorization, err))
        return -1;
    for (size_t i = 0; i < out->signed_count; i++)
        out->headers[i] = (struct http_header){out->signed_fields[i].name,
                                               out->signed_fields[i].value};
    out->headers[out->signed_count] = (struct http_header){
        SPAN("Authorization"), text_span(&out->authorization)};
    return 0;
}

/* Prepare everything that an attempt needs anew. */
static int
prepare(struct s3 *s3, const struct s3_call *call, struct outgoing *out,
        struct error *err)
{
    int64_t now_s = s3->config->now_s(s3->config->now_context);

    if (stop_check(s3->config->stop, err))
        return -1;
    aws_keys_release(&s3->keys);
    if (aws_credentials_get(s3->config->credentials, now_s, &s3->keys, err))
        return -1;
    if (make_url(s3, call, out, err))
        return -1;
    return sign(s3, call, out, err);
}

enum s3_verdict
s3_call_attempt(struct s3 *s3, const struct s3_call *call, struct error *err)
{
    struct outgoing out = {0};
    struct http_request request = {.method = call->method,
                                   .headers = out.headers,
                                   .has_body = call->has_body,
                                   .pieces = call->pieces,
                                   .piece_count = call->piece_count,
                                   .begin = call->begin,
                                   .context = call->context,
                                   .sink = call->sink};
    enum s3_verdict verdict = S3_REFUSED;

    s3->answer.failure = HTTP_REFUSED;
    s3->answer.status = 0;
    s3->error = (struct s3_error){0};
    if (prepare(s3, call, &out, err))
        goto out;
    request.url = text_span(&out.url);
    request.header_count = out.signed_count + 1;
    if (http_send(s3->http, &request, &s3->answer, err) == 0 &&
        s3->answer.status / 100 != 2) {
        s3_error_read(text_span(&s3->answer.error_body), &s3->error);
        (void)s3_explain(s3, call, err);
    }
    say(s3->config->say, SAY_DEBUG, "%s %s: %d", call->method, text_string(&out.url),
        s3->answer.status);
    verdict = s3_judge(&s3->answer, &s3->error);
out:
    release(&out);
    return verdict;
}

static int
recover_clock(struct s3 *s3, struct error *err)
{
    struct span date = http_head_find(&s3->answer.head, SPAN("date"));
    int64_t now_s = s3->config->now_s(s3->config->now_context);
    int64_t server_s;
    int64_t skew_s;

    if (s3->is_skew_corrected || !http_date(date, &server_s))
        return -1;
    s3->is_skew_corrected = true;
    skew_s = server_s - now_s;
    /* a request that waited long is refused so as well, with clocks that agree */
    if (skew_s > -SKEW_MIN_S && skew_s < SKEW_MIN_S)
        skew_s = 0;
    if (skew_s != s3->skew_s)
        say(s3->config->say, SAY_WARNING,
            "this machine's clock is %lld s %s that of %s: signing with the server's",
            (long long)(skew_s < 0 ? -skew_s : skew_s),
            skew_s < 0 ? "ahead of" : "behind", text_string(&s3->endpoint.host));
    s3->skew_s = skew_s;
    (void)err; /* stays what the server said */
    return 0;
}

static int
recover_keys(struct s3 *s3, struct error *err)
{
    int64_t now_s = s3->config->now_s(s3->config->now_context);
    struct error why = {0};
    bool is_new = false;

    if (s3->is_renewed)
        return -1;
    s3->is_renewed = true;
    if (aws_credentials_renew(s3->config->credentials, now_s, &s3->keys, &is_new,
                              &why)) {
        *err = why;
        return -1;
    }
    return is_new ? 0 : -1;
}

/* Ask where the bucket is instead: once a store, with a name that is fit for a host. */
static int
recover_region(struct s3 *s3, struct error *err)
{
    struct span region = http_head_find(&s3->answer.head, SPAN("x-amz-bucket-region"));
    struct error why = {0};

    if (region.length == 0)
        region = span_of(s3->error.region);
    if (s3->is_moved || region.length == 0 ||
        span_equal(region, text_span(&s3->region)))
        return -1;
    if (s3_endpoint_make(s3->config, s3->bucket, region, &s3->endpoint, &why)) {
        *err = why;
        return error_in(err, "the server names the bucket's region");
    }
    s3->is_moved = true;
    text_clear(&s3->region);
    text_add(&s3->region, region);
    say(s3->config->say, SAY_INFO, "bucket %.*s is in region %s", SPAN_ARG(s3->bucket),
        text_string(&s3->region));
    return 0;
}

static int
recover_later(struct s3 *s3, enum s3_verdict verdict, struct error *err)
{
    struct error why;
    int wait_ms;
    int attempts = s3->retry.attempt;

    if (!s3_retry_next(&s3->retry, verdict, &wait_ms)) {
        size_t length = strlen(err->why);

        (void)snprintf(err->why + length, sizeof err->why - length,
                       ", after %d attempts", attempts);
        return -1;
    }
    say(s3->config->say, SAY_INFO, "s3://%.*s: %s: attempt %d in %d ms",
        SPAN_ARG(s3->bucket), err->why, attempts + 1, wait_ms);
    if (stop_wait(s3->config->stop, wait_ms, &why)) {
        *err = why;
        return -1;
    }
    return 0;
}

int
s3_call_recover(struct s3 *s3, const struct s3_call *call, enum s3_verdict verdict,
                struct error *err)
{
    int rc = -1;

    switch (verdict) {
    case S3_AGAIN:
    case S3_AGAIN_LATER:
    case S3_AGAIN_SLOW: rc = recover_later(s3, verdict, err); break;
    case S3_AGAIN_ONCE:
        if (!s3->is_repeated)
            rc = recover_later(s3, verdict, err);
        s3->is_repeated = true;
        break;
    case S3_SKEWED: rc = recover_clock(s3, err); break;
    case S3_EXPIRED: rc = recover_keys(s3, err); break;
    case S3_ELSEWHERE: rc = recover_region(s3, err); break;
    case S3_DONE:
    case S3_REFUSED: break;
    }
    /* what the sink or stop said is not about this object */
    if (rc == 0 || s3->answer.failure == HTTP_ENDED || stop_asked(s3->config->stop))
        return rc;
    return s3_call_name(s3, call, err);
}

int
s3_call(struct s3 *s3, const struct s3_call *call, struct error *err)
{
    enum s3_verdict verdict;

    s3_call_begin(s3);
    while ((verdict = s3_call_attempt(s3, call, err)) != S3_DONE)
        if (s3_call_recover(s3, call, verdict, err))
            return -1;
    s3_retry_done(&s3->retry);
    return 0;
}

int
s3_call_name(const struct s3 *s3, const struct s3_call *call, struct error *err)
{
    return error_in(err, "%s s3://%.*s/%.*s", call->verb, SPAN_ARG(s3->bucket),
                    SPAN_ARG(call->name));
}
