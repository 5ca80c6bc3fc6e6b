/* s3_call: what is asked again and what is not, and what is said about it. */
#include "s3_world.h"

#include <stdio.h>

#include "aws_sign.h"
#include "s3_endpoint.h"
#include "s3_retry.h"

#define EMPTY                                                                          \
    "<ListBucketResult><IsTruncated>false</IsTruncated>"                               \
    "</ListBucketResult>"
#define CODE(code) "<Error><Code>" code "</Code><Message>m</Message></Error>"

/* A server that answers so `times` times, and then with an empty listing. */
struct script {
    const char *rule;
    const char *status; /* NULL: the connection is closed without an answer */
    const char *headers;
    const char *body;
    size_t times;
    int rc;
    enum error_kind kind;
    const char *said; /* part of the error's line */
    size_t requests;
};

#define EVER 1000

static const struct script scripts[] = {
    {"500 InternalError once", "500 Internal Server Error", "", CODE("InternalError"),
     1, 0, ERROR_NONE, "", 2},
    {"502 with HTML", "502 Bad Gateway", "", "<html>bad</html>", 2, 0, ERROR_NONE, "",
     3},
    {"504 without a body", "504 Gateway Timeout", "", "", 2, 0, ERROR_NONE, "", 3},
    {"503 SlowDown", "503 Slow Down", "", CODE("SlowDown"), 3, 0, ERROR_NONE, "", 4},
    {"503 for ever", "503 Slow Down", "x-amz-request-id: R1\r\n", CODE("SlowDown"),
     EVER, -1, ERROR_BUSY, "503 SlowDown: m (request id R1), after 4 attempts", 4},
    {"429", "429 Too Many Requests", "", "", 1, 0, ERROR_NONE, "", 2},
    {"408", "408 Request Timeout", "", "", 1, 0, ERROR_NONE, "", 2},
    {"400 RequestTimeout", "400 Bad Request", "", CODE("RequestTimeout"), 1, 0,
     ERROR_NONE, "", 2},
    {"no answer, once", NULL, "", "", 1, 0, ERROR_NONE, "", 2},
    {"no answer, for ever", NULL, "", "", EVER, -1, ERROR_UNREACHABLE,
     "after 4 attempts", 4},
    {"400 BadDigest once", "400 Bad Request", "", CODE("BadDigest"), 1, 0, ERROR_NONE,
     "", 2},
    {"400 BadDigest twice", "400 Bad Request", "", CODE("BadDigest"), EVER, -1,
     ERROR_SOURCE, "BadDigest", 2},
    {"200 with an error document", "200 OK", "", CODE("InternalError"), 1, 0,
     ERROR_NONE, "", 2},
    {"200 with a document that is cut", "200 OK", "", "<ListBucketResult><Cont", 1, 0,
     ERROR_NONE, "", 2},
    {"200 with another document", "200 OK", "", "<html></html>", EVER, -1, ERROR_SOURCE,
     "list s3://bucket/in/: the answer is a <html>", 1},
    {"403 AccessDenied", "403 Forbidden", "x-amz-request-id: R2\r\n",
     CODE("AccessDenied"), EVER, -1, ERROR_DENIED,
     "list s3://bucket/in/: the server answers 403 AccessDenied: m (request id R2): "
     "the "
     "credentials need s3:ListBucket on arn:aws:s3:::bucket",
     1},
    {"403 without a body", "403 Forbidden", "", "", EVER, -1, ERROR_DENIED,
     "s3:ListBucket", 1},
    {"403 SignatureDoesNotMatch", "403 Forbidden", "", CODE("SignatureDoesNotMatch"),
     EVER, -1, ERROR_DENIED, "secret access key", 1},
    {"403 InvalidAccessKeyId", "403 Forbidden", "", CODE("InvalidAccessKeyId"), EVER,
     -1, ERROR_DENIED, "unknown there", 1},
    {"400 ExpiredToken, with keys that never change", "400 Bad Request", "",
     CODE("ExpiredToken"), EVER, -1, ERROR_DENIED, "get new credentials", 1},
    {"404 NoSuchBucket", "404 Not Found", "", CODE("NoSuchBucket"), EVER, -1,
     ERROR_SOURCE, "check the bucket's name", 1},
    {"400 of another kind", "400 Bad Request", "", CODE("InvalidArgument"), EVER, -1,
     ERROR_SOURCE, "InvalidArgument", 1},
    {"501", "501 Not Implemented", "", CODE("NotImplemented"), EVER, -1, ERROR_SOURCE,
     "501", 1},
    {"301 with the region in a header", "301 Moved Permanently",
     "x-amz-bucket-region: eu-west-1\r\nLocation: http://127.0.0.1:1/\r\n", "", 1, 0,
     ERROR_NONE, "", 2},
    {"400 with the region in the document", "400 Bad Request", "",
     "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></"
     "Error>",
     1, 0, ERROR_NONE, "", 2},
    {"another region for ever", "301 Moved Permanently",
     "x-amz-bucket-region: eu-west-1\r\n", "", EVER, -1, ERROR_CONFIG, "--region", 2},
    {"a region that is none", "301 Moved Permanently",
     "x-amz-bucket-region: x.evil.example/\r\n", "", EVER, -1, ERROR_CONFIG,
     "no name of a region", 1},
    {"307 to another host is not followed", "307 Temporary Redirect",
     "Location: http://127.0.0.1:1/\r\n", "", EVER, -1, ERROR_CONFIG, "307", 1},
    {"the clock is behind, once", "403 Forbidden",
     "Date: Sat, 21 Nov 2026 14:20:00 GMT\r\n", CODE("RequestTimeTooSkewed"), 1, 0,
     ERROR_NONE, "", 2},
    {"the clock is wrong for ever", "403 Forbidden",
     "Date: Sat, 21 Nov 2026 14:20:00 GMT\r\n", CODE("RequestTimeTooSkewed"), EVER, -1,
     ERROR_DENIED, "set this machine's clock", 2},
    {"a skew without a date", "403 Forbidden", "", CODE("RequestTimeTooSkewed"), EVER,
     -1, ERROR_DENIED, "clock", 1},
};

/* What a server saw. */
struct origin {
    const struct script *script;
    size_t requests;
    char times[8][AWS_TIME_SIZE];
    struct text last_head;
};

static enum fake_after
act(void *context, const struct fake_request *request, struct text *reply)
{
    struct origin *o = context;
    const struct script *s = o->script;
    bool is_scripted = o->requests < s->times;

    if (o->requests < 8)
        (void)snprintf(o->times[o->requests], AWS_TIME_SIZE, "%.*s",
                       SPAN_ARG(fake_http_header(request, "x-amz-date")));
    o->requests++;
    text_clear(&o->last_head);
    text_add(&o->last_head, request->head);
    if (is_scripted && s->status == NULL)
        return FAKE_RESET;
    if (is_scripted)
        fake_http_reply(reply, s->status, s->headers, span_of(s->body));
    else
        fake_http_reply(reply, "200 OK", "", SPAN(EMPTY));
    return FAKE_KEEP;
}

static int
count(void *context, const struct object *object, struct error *err)
{
    (void)object;
    (void)err;
    ++*(size_t *)context;
    return 0;
}

static void
repeats_what_may_pass_and_explains_what_will_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const struct script *s = &scripts[i];
        struct origin origin = {.script = s};
        size_t objects = 0;
        struct s3_world w;
        char line[3000];
        int rc;

        s3_world_open(&w, act, &origin);
        rc = store_list(w.store, SPAN(""), count, &objects, &w.err);
        error_line(&w.err, line, sizeof line);
        if (rc != s->rc ||
            (rc != 0 && (w.err.kind != s->kind || strstr(line, s->said) == NULL)))
            fail_msg("%s: rc %d, %s", s->rule, rc, line);
        (void)s3_world_close(&w);
        if (origin.requests != s->requests)
            fail_msg("%s: %zu requests", s->rule, origin.requests);
        text_release(&origin.last_head);
    }
}

static const struct script *
find_script(const char *rule)
{
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (strcmp(scripts[i].rule, rule) == 0)
            return &scripts[i];
    fail_msg("no script \"%s\"", rule);
    return NULL;
}

static void
signs_with_the_server_s_clock_from_then_on(void **state)
{
    struct origin origin = {.script = find_script("the clock is behind, once")};
    size_t objects = 0;
    struct s3_world w;

    (void)state;
    s3_world_open(&w, act, &origin);
    assert_int_equal(store_list(w.store, SPAN(""), count, &objects, &w.err), 0);
    assert_int_equal(store_list(w.store, SPAN(""), count, &objects, &w.err), 0);
    assert_non_null(strstr(text_string(&w.said), "1200 s behind"));
    (void)s3_world_close(&w);
    assert_string_equal(origin.times[0], "20261121T140000Z");
    assert_string_equal(origin.times[1], "20261121T142000Z");
    assert_string_equal(origin.times[2], "20261121T142000Z");
    text_release(&origin.last_head);
}

static void
signs_for_the_bucket_s_region_from_then_on(void **state)
{
    struct origin origin = {.script = find_script("301 with the region in a header")};
    size_t objects = 0;
    struct s3_world w;

    (void)state;
    s3_world_open(&w, act, &origin);
    assert_int_equal(store_list(w.store, SPAN(""), count, &objects, &w.err), 0);
    assert_int_equal(store_list(w.store, SPAN(""), count, &objects, &w.err), 0);
    assert_int_equal(s3_world_close(&w), 3);
    assert_non_null(
        strstr(text_string(&origin.last_head), "/eu-west-1/s3/aws4_request"));
    assert_non_null(strstr(text_string(&origin.last_head),
                           "SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                           "x-amz-security-token,"));
    text_release(&origin.last_head);
}

/* ---- put and drop ---------------------------------------------------------------- */

/* Fails the first requests, and keeps the body of the last. */
struct bucket {
    size_t fail_times;
    size_t requests;
    struct text body;
    struct text head;
};

static enum fake_after
take_put(void *context, const struct fake_request *request, struct text *reply)
{
    struct bucket *b = context;

    text_clear(&b->body);
    text_add(&b->body, request->body);
    text_clear(&b->head);
    text_add(&b->head, request->head);
    if (b->requests++ < b->fail_times)
        return FAKE_RESET;
    fake_http_reply(reply, "200 OK", "ETag: \"x\"\r\n", SPAN(""));
    return FAKE_KEEP;
}

static void
puts_all_pieces_again_after_a_reset(void **state)
{
    static const struct span pieces[] = {{"Welcome ", 8}, {"to Amazon S3.", 13}};
    struct bucket bucket = {.fail_times = 2};
    struct s3_world w;

    (void)state;
    s3_world_open(&w, take_put, &bucket);
    assert_int_equal(store_put(w.store, SPAN("a b/+.gz"), pieces, 2, &w.err), 0);
    assert_string_equal(text_string(&bucket.body), "Welcome to Amazon S3.");
    /* the hash that AWS's own example prints for this body */
    assert_non_null(
        strstr(text_string(&bucket.head),
               "x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b"
               "6b4b4e99e42034a8b803f8b072\r\n"));
    assert_non_null(strstr(text_string(&bucket.head), "PUT /bucket/in/a%20b/%2B.gz "));
    (void)s3_world_close(&w);
    assert_int_equal(bucket.requests, 3);
    text_release(&bucket.body);
    text_release(&bucket.head);
}

static void
refuses_what_no_single_put_takes(void **state)
{
    static const char byte = 'x';
    struct span piece = {&byte, ((size_t)5 << 30) + 1}; /* never read */
    struct bucket bucket = {0};
    struct s3_world w;

    (void)state;
    s3_world_open(&w, take_put, &bucket);
    assert_int_equal(store_put(w.store, SPAN("k"), &piece, 1, &w.err), -1);
    assert_int_equal(w.err.kind, ERROR_STAGING);
    assert_non_null(strstr(w.err.why, "5 GiB"));
    assert_int_equal(s3_world_close(&w), 0);
}

static enum fake_after
answer_404(void *context, const struct fake_request *request, struct text *reply)
{
    (void)request;
    fake_http_reply(reply, "404 Not Found", "", span_of(context));
    return FAKE_KEEP;
}

static void
drops_what_is_not_there_but_not_in_no_bucket(void **state)
{
    static char no_key[] = CODE("NoSuchKey"), no_bucket[] = CODE("NoSuchBucket");
    struct s3_world w;

    (void)state;
    s3_world_open(&w, answer_404, no_key);
    assert_int_equal(store_drop(w.store, SPAN("k"), &w.err), 0);
    (void)s3_world_close(&w);
    s3_world_open(&w, answer_404, no_bucket);
    assert_int_equal(store_drop(w.store, SPAN("k"), &w.err), -1);
    assert_int_equal(w.err.kind, ERROR_STAGING);
    (void)s3_world_close(&w);
}

static enum fake_after
stop_and_refuse(void *context, const struct fake_request *request, struct text *reply)
{
    struct error why = {0};

    (void)request;
    (void)error_set(&why, ERROR_TERMINATED, "stopped by SIGTERM");
    stop_ask(context, &why);
    fake_http_reply(reply, "503 Slow Down", "", SPAN(""));
    return FAKE_KEEP;
}

static void
stops_while_it_waits_for_the_next_attempt(void **state)
{
    struct error err = {0};
    size_t objects = 0;
    struct stop *stop;
    struct s3_world w;

    (void)state;
    assert_int_equal(stop_new(&stop, &err), 0);
    s3_world_open(&w, stop_and_refuse, stop);
    store_close(w.store);
    w.config.stop = stop;
    w.config.retry_base_ms = 100000000; /* cut at 20 s */
    assert_int_equal(store_open(&w.place, &w.store, &w.err), 0);
    assert_int_equal(store_list(w.store, SPAN(""), count, &objects, &w.err), -1);
    assert_int_equal(w.err.kind, ERROR_TERMINATED);
    assert_string_equal(w.err.what, "");
    assert_int_equal(s3_world_close(&w), 1);
    stop_free(stop);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_what_may_pass_and_explains_what_will_not),
        cmocka_unit_test(signs_with_the_server_s_clock_from_then_on),
        cmocka_unit_test(signs_for_the_bucket_s_region_from_then_on),
        cmocka_unit_test(puts_all_pieces_again_after_a_reset),
        cmocka_unit_test(refuses_what_no_single_put_takes),
        cmocka_unit_test(drops_what_is_not_there_but_not_in_no_bucket),
        cmocka_unit_test(stops_while_it_waits_for_the_next_attempt),
    };

    return cmocka_run_group_tests(tests, s3_world_set_up, s3_world_tear_down);
}
