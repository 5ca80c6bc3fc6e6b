/* http: what becomes of answers that are odd, broken or too large. */
#include <stdatomic.h>

#include "http_world.h"

#include <string.h>

/* ---- answers that are raw bytes -------------------------------------------------- */

struct raw {
    const char *rule;
    const char *bytes;
    enum fake_after after;
    int rc;
    enum http_failure failure;
    int status;
    const char *body; /* NULL: not looked at */
};

/* The case that is on: set by the test, read by the server's thread. */
typedef _Atomic(const struct raw *) raw_now;

static enum fake_after
answer_raw(void *context, const struct fake_request *request, struct text *reply)
{
    const struct raw *raw = atomic_load((raw_now *)context);

    (void)request;
    text_add_string(reply, raw->bytes);
    return raw->after;
}

#define OK "HTTP/1.1 200 OK\r\n"

static const struct raw raws[] = {
    {"a length larger than the body", OK "Content-Length: 9\r\n\r\nhello", FAKE_CLOSE,
     -1, HTTP_BROKEN, 200, "hello"},
    {"a body longer than its length is cut there", OK "Content-Length: 3\r\n\r\nhello",
     FAKE_CLOSE, 0, HTTP_OK, 200, "hel"},
    {"a length and chunks",
     OK
     "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
     FAKE_CLOSE, -1, HTTP_BROKEN, 200, ""},
    {"two lengths that differ",
     OK "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello", FAKE_CLOSE, -1,
     HTTP_BROKEN, 200, ""},
    {"two lengths that agree", OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
     FAKE_CLOSE, 0, HTTP_OK, 200, "hello"},
    {"a length that is no number", OK "Content-Length: 5x\r\n\r\nhello", FAKE_CLOSE, -1,
     HTTP_BROKEN, -1, ""},
    {"chunks", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
     FAKE_KEEP, 0, HTTP_OK, 200, "hello"},
    {"chunks without an end", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
     FAKE_CLOSE, -1, HTTP_BROKEN, 200, "hello"},
    {"a chunk cut", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", FAKE_CLOSE, -1,
     HTTP_BROKEN, 200, "hel"},
    {"HTTP/1.0 up to the end of the connection", "HTTP/1.0 200 OK\r\n\r\nhello",
     FAKE_CLOSE, 0, HTTP_OK, 200, "hello"},
    {"HTTP/0.9", "hello", FAKE_CLOSE, -1, HTTP_BROKEN, 0, ""},
    {"no answer at all", "", FAKE_CLOSE, -1, HTTP_BROKEN, 0, ""},
    {"a reset", "", FAKE_RESET, -1, HTTP_BROKEN, 0, ""},
    {"a reset inside the body", OK "Content-Length: 9\r\n\r\nhello", FAKE_RESET, -1,
     HTTP_BROKEN, -1, NULL},
    {"no byte in time", "", FAKE_STALL, -1, HTTP_TIMEOUT, 0, ""},
    {"silence inside the body", OK "Content-Length: 9\r\n\r\nhello", FAKE_STALL, -1,
     HTTP_TIMEOUT, 200, "hello"},
    {"an early hint before the answer",
     "HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\nX: a\r\n\r\n" OK
     "Content-Length: 5\r\n\r\nhello",
     FAKE_KEEP, 0, HTTP_OK, 200, "hello"},
    {"a redirect is an answer",
     "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n"
     "Content-Length: 0\r\n\r\n",
     FAKE_KEEP, 0, HTTP_OK, 307, ""},
    {"gzip stays gzip",
     OK "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\x1f\x8b\x08zz", FAKE_KEEP,
     0, HTTP_OK, 200, "\x1f\x8b\x08zz"},
    {"nothing to say", "HTTP/1.1 204 No Content\r\n\r\n", FAKE_KEEP, 0, HTTP_OK, 204,
     ""},
};

static void
judges_answers(void **state)
{
    raw_now on = NULL;
    struct world w;

    (void)state;
    open_world(&w, answer_raw, &on, NULL);
    for (size_t i = 0; i < sizeof raws / sizeof raws[0]; i++) {
        const struct raw *now = &raws[i];
        int rc;

        atomic_store(&on, now);
        rc = get(&w, "/");
        if (rc != now->rc || w.answer.failure != now->failure ||
            (now->status >= 0 && w.answer.status != now->status) ||
            (now->body != NULL && strcmp(text_string(&w.body), now->body) != 0))
            fail_msg("%s: rc %d, failure %d, status %d, body \"%s\", %s", now->rule, rc,
                     (int)w.answer.failure, w.answer.status, text_string(&w.body),
                     w.err.why);
        if (rc != 0)
            assert_int_equal(w.err.kind, ERROR_UNREACHABLE);
    }
    close_world(&w, NULL, NULL);
}

static enum fake_after
answer_headers(void *context, const struct fake_request *request, struct text *reply)
{
    size_t lines = *(const size_t *)context;

    (void)request;
    if (lines == 0) { /* a flood of answers that are none */
        for (size_t i = 0; i < 20000; i++)
            text_add(reply, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
        return FAKE_CLOSE;
    }
    text_add(reply, SPAN("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Long: "));
    for (size_t i = 0; i < 16384; i++)
        text_add_char(reply, 'x');
    for (size_t i = 0; i < lines; i++)
        text_addf(reply, "\r\nX-%zu: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i);
    text_add(reply, SPAN("\r\n\r\n"));
    return FAKE_CLOSE;
}

static void
limits_headers(void **state)
{
    size_t lines = 10;
    struct world w;

    (void)state;
    open_world(&w, answer_headers, &lines, NULL);
    assert_int_equal(get(&w, "/"), 0);
    assert_int_equal(http_head_find(&w.answer.head, SPAN("x-long")).length, 16384);
    lines = 10000;
    assert_int_equal(get(&w, "/"), -1);
    assert_int_equal(w.answer.failure, HTTP_BROKEN);
    lines = 0;
    assert_int_equal(get(&w, "/"), -1);
    assert_int_equal(w.answer.failure, HTTP_BROKEN);
    close_world(&w, NULL, NULL);
}

static enum fake_after
answer_large_error(void *context, const struct fake_request *request,
                   struct text *reply)
{
    struct text body = {0};

    (void)context;
    (void)request;
    while (body.length < 200000)
        text_add(&body, SPAN("0123456789"));
    fake_http_reply(reply, "503 Slow Down", "", text_span(&body));
    text_release(&body);
    return FAKE_KEEP;
}

static void
keeps_the_begin_of_an_error_body_and_gives_the_sink_none(void **state)
{
    struct world w;
    size_t connections;

    (void)state;
    open_world(&w, answer_large_error, NULL, NULL);
    assert_int_equal(get(&w, "/"), 0);
    assert_int_equal(get(&w, "/"), 0);
    assert_int_equal(w.answer.status, 503);
    assert_int_equal(w.answer.error_body.length, 64 << 10);
    assert_int_equal(w.body.length, 0);
    close_world(&w, NULL, &connections);
    assert_int_equal(connections, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_answers),
        cmocka_unit_test(limits_headers),
        cmocka_unit_test(keeps_the_begin_of_an_error_body_and_gives_the_sink_none),
    };

    return cmocka_run_group_tests(tests, set_up_curl, tear_down_curl);
}
