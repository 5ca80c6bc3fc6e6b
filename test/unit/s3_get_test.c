/* s3_get: one object, whole and of one version, whatever becomes of the connection. */
#include "s3_world.h"

#include <inttypes.h>
#include <stdio.h>

#include "s3_get.h"

#define SIZE 65536

/* What the server does with each request for the object. */
enum trick {
    HONEST,
    CUT,            /* after `step` bytes */
    IGNORE_RANGE,   /* 200 with all of it, cut as well */
    OTHER_RANGE,    /* 206 that begins elsewhere */
    OTHER_TOTAL,    /* 206 of an object of another size */
    NO_RANGE,       /* 206 without Content-Range */
    CHANGED,        /* 412 when resumed */
    CHANGED_SILENT, /* 200 with another ETag when resumed: knows no If-Match */
    GONE,           /* 404 when resumed */
    LONGER,         /* Content-Length of one byte more */
    SHORTER,        /* of one byte less */
    BUSY,           /* 503 twice, then honest */
    STUCK,          /* 503 for ever */
    STALL,          /* silence after `step` bytes */
    RESET,          /* reset after `step` bytes */
    WEAK,           /* cut, with a weak ETag */
    NO_END,         /* chunks, the last of which never comes */
};

struct origin {
    enum trick trick;
    size_t step;
    char bytes[SIZE];
    size_t requests;
    bool had_bad_match; /* a request without the listed ETag */
};

/* The range of a request, all of it without one. */
static size_t
range_begin(const struct fake_request *request)
{
    struct span range = fake_http_header(request, "range");
    unsigned long begin = 0;

    if (range.length > 0)
        assert_int_equal(sscanf(range.data, "bytes=%lu-\r", &begin), 1);
    return begin;
}

static void
send_rest(struct origin *o, size_t begin, size_t length, struct text *reply)
{
    size_t first = begin, total = SIZE, told = SIZE - begin;

    if (o->trick == OTHER_RANGE && begin > 0)
        first = begin + 1;
    if (o->trick == OTHER_TOTAL && begin > 0)
        total = SIZE + 1;
    if (o->trick == LONGER)
        told++;
    if (o->trick == SHORTER)
        told--;
    if (begin == 0)
        text_add_string(reply, "HTTP/1.1 200 OK\r\n");
    else if (o->trick == NO_RANGE)
        text_add_string(reply, "HTTP/1.1 206 Partial Content\r\n");
    else
        text_addf(reply,
                  "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %zu-%d/%zu\r\n",
                  first, SIZE - 1, total);
    if (o->trick == NO_END) {
        text_addf(reply, "Transfer-Encoding: chunked\r\n\r\n%x\r\n", SIZE);
        text_add(reply, (struct span){o->bytes, SIZE});
        return;
    }
    text_addf(reply, "etag: %s\r\nContent-Length: %zu\r\n\r\n",
              o->trick == WEAK ? "W/\"v1\"" : "\"v1\"", told);
    text_add(reply, (struct span){o->bytes + begin, length});
}

static enum fake_after
serve(void *context, const struct fake_request *request, struct text *reply)
{
    struct origin *o = context;
    size_t begin = range_begin(request);
    size_t length = o->step > 0 && o->step < SIZE - begin ? o->step : SIZE - begin;
    bool is_cut = length < SIZE - begin;

    o->requests++;
    o->had_bad_match |= !fake_http_has(request, "if-match", "\"v1\"");
    if (begin > 0 && o->trick == CHANGED)
        fake_http_reply(reply, "412 Precondition Failed", "", SPAN(""));
    else if (begin > 0 && o->trick == GONE)
        fake_http_reply(reply, "404 Not Found", "",
                        SPAN("<Error><Code>NoSuchKey</Code></Error>"));
    else if (begin > 0 && o->trick == CHANGED_SILENT)
        fake_http_reply(reply, "200 OK", "ETag: \"v2\"\r\n",
                        (struct span){o->bytes, SIZE});
    else if (o->trick == STUCK || (o->trick == BUSY && o->requests <= 2))
        fake_http_reply(reply, "503 Slow Down", "x-amz-request-id: R7\r\n",
                        SPAN("<Error><Code>SlowDown</Code></Error>"));
    else if (o->trick == IGNORE_RANGE)
        send_rest(o, 0, o->requests * o->step < SIZE ? o->requests * o->step : SIZE,
                  reply);
    else
        send_rest(o, begin, length, reply);
    if (o->trick == STALL && is_cut)
        return FAKE_STALL;
    if (o->trick == RESET && is_cut)
        return FAKE_RESET;
    return FAKE_CLOSE;
}

static const struct {
    const char *rule;
    enum trick trick;
    size_t step;
    int rc;
    enum error_kind kind;
    const char *why; /* part of the error */
    size_t requests; /* 0: not looked at */
} cases[] = {
    {"one request", HONEST, 0, 0, ERROR_NONE, "", 1},
    {"cut after every 4 KiB", CUT, 4096, 0, ERROR_NONE, "", 16},
    {"cut after every 60,001 bytes", CUT, 60001, 0, ERROR_NONE, "", 2},
    {"reset after every 30,000 bytes", RESET, 30000, 0, ERROR_NONE, "", 0},
    {"silence after 40,000 bytes", STALL, 40000, 0, ERROR_NONE, "", 2},
    {"Range ignored: the begin is dropped", IGNORE_RANGE, 20000, 0, ERROR_NONE, "", 4},
    {"another range is refused", OTHER_RANGE, 20000, -1, ERROR_SOURCE, "byte 20000", 4},
    {"another total is refused", OTHER_TOTAL, 20000, -1, ERROR_SOURCE, "65537", 4},
    {"206 without Content-Range is refused", NO_RANGE, 20000, -1, ERROR_SOURCE, "\"\"",
     4},
    {"changed between cut and resume", CHANGED, 20000, -1, ERROR_SOURCE, "changed", 2},
    {"changed, on a server without If-Match", CHANGED_SILENT, 20000, -1, ERROR_SOURCE,
     "changed", 2},
    {"deleted between cut and resume", GONE, 20000, -1, ERROR_SOURCE, "NoSuchKey", 2},
    {"a length larger than listed", LONGER, 0, -1, ERROR_SOURCE, "65537", 2},
    {"a length smaller than listed", SHORTER, 0, -1, ERROR_SOURCE, "65535", 2},
    {"broken behind the last byte", NO_END, 0, 0, ERROR_NONE, "", 1},
    {"throttled twice", BUSY, 0, 0, ERROR_NONE, "", 3},
    {"throttled for ever", STUCK, 0, -1, ERROR_BUSY, "R7", 4},
};

/* Get the object as it was listed; -1 fails. */
static int
get_object(struct s3_world *w, uint64_t size, struct span etag, struct text *got)
{
    struct object object = {SPAN("k"), size, etag, 0};

    return store_get(w->store, &object, text_sink(got), &w->err);
}

static void
fill(struct origin *o)
{
    for (size_t i = 0; i < SIZE; i++)
        o->bytes[i] = (char)(i * 31 + i / 251);
}

static void
gives_each_byte_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct origin origin = {.trick = cases[i].trick, .step = cases[i].step};
        struct text got = {0};
        struct s3_world w;
        char line[3000];
        int rc;

        fill(&origin);
        s3_world_open(&w, serve, &origin);
        rc = get_object(&w, SIZE, SPAN("\"v1\""), &got);
        error_line(&w.err, line, sizeof line);
        if (rc != cases[i].rc ||
            (rc != 0 &&
             (w.err.kind != cases[i].kind || strstr(line, cases[i].why) == NULL ||
              strstr(line, "s3://bucket/in/k") == NULL)))
            fail_msg("%s: rc %d, %s", cases[i].rule, rc, line);
        if (rc == 0 ? got.length != SIZE : got.length > SIZE)
            fail_msg("%s: %zu bytes", cases[i].rule, got.length);
        assert_memory_equal(got.data != NULL ? got.data : "", origin.bytes, got.length);
        assert_false(origin.had_bad_match);
        (void)s3_world_close(&w);
        if (cases[i].requests > 0 && origin.requests != cases[i].requests)
            fail_msg("%s: %zu requests", cases[i].rule, origin.requests);
        text_release(&got);
    }
}

static void
takes_version_and_size_from_the_answer_when_they_were_not_listed(void **state)
{
    struct origin origin = {.trick = CUT, .step = 20000};
    struct text got = {0};
    struct s3_world w;

    (void)state;
    fill(&origin);
    s3_world_open(&w, serve, &origin);
    assert_int_equal(get_object(&w, UINT64_MAX, SPAN(""), &got), 0);
    assert_int_equal(got.length, SIZE);
    assert_memory_equal(got.data, origin.bytes, SIZE);
    (void)s3_world_close(&w);
    text_release(&got);
}

static void
never_joins_what_no_strong_version_holds_together(void **state)
{
    struct origin origin = {.trick = WEAK, .step = 20000};
    struct text got = {0};
    struct s3_world w;

    (void)state;
    fill(&origin);
    s3_world_open(&w, serve, &origin);
    assert_int_equal(get_object(&w, SIZE, SPAN(""), &got), -1);
    assert_int_equal(w.err.kind, ERROR_UNREACHABLE);
    assert_non_null(strstr(w.err.why, "after 20000 bytes"));
    assert_int_equal(s3_world_close(&w), 1);
    text_release(&got);
}

static int
refuse(void *context, struct span piece, struct error *err)
{
    (void)context;
    (void)piece;
    return error_set(err, ERROR_DATA, "enough");
}

static void
passes_on_what_the_sink_says_unchanged(void **state)
{
    struct object object = {SPAN("k"), SIZE, SPAN("\"v1\""), 0};
    struct origin origin = {.trick = HONEST};
    struct s3_world w;

    (void)state;
    fill(&origin);
    s3_world_open(&w, serve, &origin);
    assert_int_equal(store_get(w.store, &object, (struct sink){refuse, NULL}, &w.err),
                     -1);
    assert_int_equal(w.err.kind, ERROR_DATA);
    assert_string_equal(w.err.what, "");
    assert_string_equal(w.err.why, "enough");
    assert_int_equal(s3_world_close(&w), 1);
}

static enum fake_after
serve_empty(void *context, const struct fake_request *request, struct text *reply)
{
    (void)context;
    assert_int_equal(fake_http_header(request, "range").length, 0);
    fake_http_reply(reply, "200 OK", "ETag: \"e\"\r\n", SPAN(""));
    return FAKE_KEEP;
}

static void
gets_an_empty_object_without_a_range(void **state)
{
    struct text got = {0};
    struct s3_world w;

    (void)state;
    s3_world_open(&w, serve_empty, NULL);
    assert_int_equal(get_object(&w, 0, SPAN("\"e\""), &got), 0);
    assert_int_equal(get_object(&w, 0, SPAN("e"), &got), 0); /* listed without quotes */
    assert_int_equal(got.length, 0);
    assert_int_equal(s3_world_close(&w), 2);
    text_release(&got);
}

static void
reads_content_ranges(void **state)
{
    static const struct {
        const char *text;
        bool is_one;
        uint64_t first, last, total;
    } ranges[] = {
        {"bytes 5-9/10", true, 5, 9, 10},
        {"bytes 0-0/*", true, 0, 0, UINT64_MAX},
        {"bytes 5-10/10", false, 0, 0, 0},
        {"bytes 6-5/10", false, 0, 0, 0},
        {"bytes */10", false, 0, 0, 0},
        {"bytes 5-9/10 ", false, 0, 0, 0},
        {"bytes -9/10", false, 0, 0, 0},
        {"bytes 5-99999999999999999999/10", false, 0, 0, 0},
        {"items 5-9/10", false, 0, 0, 0},
        {"", false, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        uint64_t first, last, total;
        bool is_one = s3_content_range(span_of(ranges[i].text), &first, &last, &total);

        if (is_one != ranges[i].is_one ||
            (is_one && (first != ranges[i].first || last != ranges[i].last ||
                        total != ranges[i].total)))
            fail_msg("%s", ranges[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_byte_once),
        cmocka_unit_test(
            takes_version_and_size_from_the_answer_when_they_were_not_listed),
        cmocka_unit_test(never_joins_what_no_strong_version_holds_together),
        cmocka_unit_test(passes_on_what_the_sink_says_unchanged),
        cmocka_unit_test(gets_an_empty_object_without_a_range),
        cmocka_unit_test(reads_content_ranges),
    };

    return cmocka_run_group_tests(tests, s3_world_set_up, s3_world_tear_down);
}
