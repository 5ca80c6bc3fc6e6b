/* http: what goes over the wire, who ends a transfer, connections that die. */
#include "http_world.h"

#include <string.h>

/* ---- what goes over the wire ----------------------------------------------------- */

static enum fake_after
echo(void *context, const struct fake_request *request, struct text *reply)
{
    struct text *seen = context;

    text_clear(seen);
    text_add(seen, request->head);
    text_add(seen, request->body);
    fake_http_reply(reply, "200 OK", "etag: \"abc\"\r\nX-Two:  b \r\n", SPAN("hello"));
    return FAKE_KEEP;
}

static void
gets_a_body_and_headers_on_one_connection(void **state)
{
    struct text seen = {0};
    struct world w;
    size_t requests, connections;

    (void)state;
    open_world(&w, echo, &seen, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(&w, "/a/../b//./c%20d?x=1"), 0);
        assert_int_equal(w.answer.status, 200);
        assert_int_equal(w.answer.failure, HTTP_OK);
        assert_string_equal(text_string(&w.body), "hello");
        assert_int_equal(w.answer.head.length_bytes, 5);
        assert_true(
            span_equal(http_head_find(&w.answer.head, SPAN("ETag")), SPAN("\"abc\"")));
        assert_true(
            span_equal(http_head_find(&w.answer.head, SPAN("x-two")), SPAN("b")));
        assert_int_equal(http_head_find(&w.answer.head, SPAN("x-tw")).length, 0);
    }
    close_world(&w, &requests, &connections);
    assert_int_equal(requests, 3);
    assert_int_equal(connections, 1);
    assert_true(
        span_starts(text_span(&seen), SPAN("GET /a/../b//./c%20d?x=1 HTTP/1.1\r\n")));
    assert_non_null(strstr(text_string(&seen), "Accept-Encoding: identity\r\n"));
    text_release(&seen);
}

static void
sends_methods_headers_and_pieces(void **state)
{
    static const struct span pieces[] = {{"one ", 4}, {NULL, 0}, {"two", 3}};
    const struct http_header headers[] = {{SPAN("Host"), SPAN("bucket.example")},
                                          {SPAN("X-Empty"), SPAN("")},
                                          {SPAN("If-Match"), SPAN("\"x\"")}};
    static const char *const methods[] = {"GET", "PUT", "DELETE", "POST"};
    struct text seen = {0};
    struct world w;

    (void)state;
    open_world(&w, echo, &seen, NULL);
    for (size_t i = 0; i < 4; i++) {
        struct http_request request = {.method = methods[i],
                                       .headers = headers,
                                       .header_count = 3,
                                       .has_body = i % 2 == 1,
                                       .pieces = pieces,
                                       .piece_count = i % 2 == 1 ? 3 : 0};

        assert_int_equal(send_to(&w, request, "/k"), 0);
        assert_true(span_starts(text_span(&seen), span_of(methods[i])));
        assert_non_null(strstr(text_string(&seen), "\r\nHost: bucket.example\r\n"));
        assert_non_null(strstr(text_string(&seen), "\r\nIf-Match: \"x\"\r\n"));
        assert_null(strstr(text_string(&seen), "Expect:"));
        assert_null(strstr(text_string(&seen), "Content-Type:"));
        assert_int_equal(span_ends(text_span(&seen), SPAN("\r\n\r\none two")),
                         i % 2 == 1);
    }
    close_world(&w, NULL, NULL);
    text_release(&seen);
}

static void
waits_for_100_before_a_large_body(void **state)
{
    struct text seen = {0}, large = {0};
    struct span piece;
    struct world w;

    (void)state;
    while (large.length < (1 << 20))
        text_add(&large, SPAN("0123456789abcdef"));
    piece = text_span(&large);
    open_world(&w, echo, &seen, NULL);
    assert_int_equal(send_to(&w,
                             (struct http_request){.method = "PUT",
                                                   .has_body = true,
                                                   .pieces = &piece,
                                                   .piece_count = 1},
                             "/k"),
                     0);
    assert_non_null(strstr(text_string(&seen), "Expect: 100-continue\r\n"));
    assert_true(span_ends(text_span(&seen), text_span(&large)));
    close_world(&w, NULL, NULL);
    text_release(&seen);
    text_release(&large);
}

static void
refuses_header_values_that_would_end_the_line(void **state)
{
    const struct http_header header = {SPAN("If-Match"), SPAN("a\r\nX: y")};
    struct text seen = {0};
    struct world w;
    size_t requests;

    (void)state;
    open_world(&w, echo, &seen, NULL);
    assert_int_equal(send_to(&w,
                             (struct http_request){.method = "GET",
                                                   .headers = &header,
                                                   .header_count = 1},
                             "/k"),
                     -1);
    assert_int_equal(w.err.kind, ERROR_BUG);
    close_world(&w, &requests, NULL);
    assert_int_equal(requests, 0);
    text_release(&seen);
}

/* ---- who ends a transfer, and connections that die ------------------------------- */

static int
refuse_piece(void *context, struct span piece, struct error *err)
{
    (void)context;
    (void)piece;
    return error_set(err, ERROR_DATA, "not this");
}

static int
refuse_answer(void *context, const struct http_answer *answer, struct error *err)
{
    (void)context;
    assert_int_equal(answer->status, 200);
    assert_int_equal(answer->head.length_bytes, 5);
    return error_set(err, ERROR_SOURCE, "not that");
}

static void
ends_as_begin_and_sink_say(void **state)
{
    struct text seen = {0};
    struct world w;

    (void)state;
    open_world(&w, echo, &seen, NULL);
    assert_int_equal(
        send_to(&w,
                (struct http_request){.method = "GET", .sink = {refuse_piece, NULL}},
                "/"),
        -1);
    assert_int_equal(w.answer.failure, HTTP_ENDED);
    assert_int_equal(w.err.kind, ERROR_DATA);
    assert_string_equal(w.err.why, "not this");
    assert_int_equal(
        send_to(&w, (struct http_request){.method = "GET", .begin = refuse_answer},
                "/"),
        -1);
    assert_int_equal(w.answer.failure, HTTP_ENDED);
    assert_string_equal(w.err.why, "not that");
    assert_int_equal(w.body.length, 0);
    assert_int_equal(get(&w, "/"), 0);
    close_world(&w, NULL, NULL);
    text_release(&seen);
}

static enum fake_after
stop_and_stall(void *context, const struct fake_request *request, struct text *reply)
{
    struct error why = {0};

    (void)request;
    (void)reply;
    (void)error_set(&why, ERROR_TERMINATED, "stopped by SIGTERM");
    stop_ask(context, &why);
    return FAKE_STALL;
}

static void
ends_at_once_when_stop_is_asked(void **state)
{
    struct stop *stop;
    struct error err = {0};
    struct world w;

    (void)state;
    assert_int_equal(stop_new(&stop, &err), 0);
    open_world(&w, stop_and_stall, stop, stop);
    assert_int_equal(get(&w, "/"), -1);
    assert_int_equal(w.answer.failure, HTTP_ENDED); /* and no time-out of a second */
    assert_int_equal(w.err.kind, ERROR_TERMINATED);
    close_world(&w, NULL, NULL);
    stop_free(stop);
}

static enum fake_after
die_on_reuse(void *context, const struct fake_request *request, struct text *reply)
{
    struct text *bodies = context;

    text_add(bodies, request->body);
    text_add_char(bodies, '|');
    if (request->connection == 0 && request->on_connection == 1)
        return FAKE_CLOSE;
    fake_http_reply(reply, "200 OK", "", SPAN(""));
    return FAKE_KEEP;
}

static void
repeats_the_whole_body_when_a_reused_connection_is_dead(void **state)
{
    static const struct span pieces[] = {{"ab", 2}, {"cd", 2}};
    struct http_request put = {
        .method = "PUT", .has_body = true, .pieces = pieces, .piece_count = 2};
    struct text bodies = {0};
    struct world w;

    (void)state;
    open_world(&w, die_on_reuse, &bodies, NULL);
    assert_int_equal(send_to(&w, put, "/"), 0);
    assert_int_equal(send_to(&w, put, "/"), 0);
    close_world(&w, NULL, NULL);
    assert_string_equal(text_string(&bodies), "abcd|abcd|abcd|");
    text_release(&bodies);
}

static void
names_the_host_that_cannot_be_reached(void **state)
{
    static const struct {
        const char *rule, *url;
        enum http_failure failure;
    } cases[] = {
        {"nobody listens", "http://127.0.0.1:1/", HTTP_BROKEN},
        {"another scheme", "ftp://127.0.0.1/", HTTP_REFUSED},
        {"no URL", "http://", HTTP_REFUSED},
    };
    struct http_options options = {.is_plain_allowed = true};
    struct http_answer answer = {0};
    struct error err = {0};
    struct http *http;

    (void)state;
    assert_int_equal(http_new(&options, &http, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = {.method = "GET", .url = span_of(cases[i].url)};

        assert_int_equal(http_send(http, &request, &answer, &err), -1);
        if (answer.failure != cases[i].failure || err.kind != ERROR_UNREACHABLE)
            fail_msg("%s: %d %s", cases[i].rule, (int)answer.failure, err.why);
        if (i == 0)
            assert_non_null(strstr(err.why, "127.0.0.1"));
    }
    http_free(http);
    options.is_plain_allowed = false;
    assert_int_equal(http_new(&options, &http, &err), 0);
    assert_int_equal(http_send(http,
                               &(struct http_request){
                                   .method = "GET", .url = SPAN("http://127.0.0.1:1/")},
                               &answer, &err),
                     -1);
    assert_int_equal(answer.failure, HTTP_REFUSED);
    http_free(http);
    http_answer_release(&answer);
}

static void
reads_dates(void **state)
{
    static const struct {
        const char *text;
        int64_t time_s;
    } cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:37", -1},
        {"Sun, 06 Nuv 1994 08:49:37 GMT", -1},
        {"Sun, 31 Feb 1994 08:49:37 GMT", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t time_s = -1;

        assert_int_equal(http_date(span_of(cases[i].text), &time_s),
                         cases[i].time_s >= 0);
        assert_int_equal(time_s, cases[i].time_s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gets_a_body_and_headers_on_one_connection),
        cmocka_unit_test(sends_methods_headers_and_pieces),
        cmocka_unit_test(waits_for_100_before_a_large_body),
        cmocka_unit_test(refuses_header_values_that_would_end_the_line),
        cmocka_unit_test(ends_as_begin_and_sink_say),
        cmocka_unit_test(ends_at_once_when_stop_is_asked),
        cmocka_unit_test(repeats_the_whole_body_when_a_reused_connection_is_dead),
        cmocka_unit_test(names_the_host_that_cannot_be_reached),
        cmocka_unit_test(reads_dates),
    };

    return cmocka_run_group_tests(tests, set_up_curl, tear_down_curl);
}
