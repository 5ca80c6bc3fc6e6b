/* Signature Version 4: published signatures, and rules that no example shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aws_sign.h"

#define SECRET  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define KEY_ID  "AKIAIOSFODNN7EXAMPLE"
#define MAY_24  1369353600 /* 2013-05-24T00:00:00Z */
#define WELCOME "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"

/* ---- four of the examples that AWS prints ---------------------------------------- */

struct example {
    const char *name, *method, *path;
    struct aws_field query[2], headers[5];
    const char *payload_hash, *signed_names, *signature;
};

#define FIELD(name, value)                                                             \
    {                                                                                  \
        {(name), sizeof(name) - 1},                                                    \
        {                                                                              \
            (value), sizeof(value) - 1                                                 \
        }                                                                              \
    }
#define EXAMPLE_HOST        FIELD("Host", "examplebucket.s3.amazonaws.com")
#define EXAMPLE_DATE        FIELD("x-amz-date", "20130524T000000Z")
#define EXAMPLE_HASH(value) FIELD("X-Amz-Content-SHA256", value)

static const struct example examples[] = {
    {"a range of an object",
     "GET",
     "/test.txt",
     {{{0}, {0}}},
     {EXAMPLE_HOST, FIELD("Range", "bytes=0-9"), EXAMPLE_HASH(AWS_EMPTY_SHA256),
      EXAMPLE_DATE},
     AWS_EMPTY_SHA256,
     "host;range;x-amz-content-sha256;x-amz-date",
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
    {"a dollar in the key is encoded once",
     "PUT",
     "/test$file.text",
     {{{0}, {0}}},
     {EXAMPLE_HOST, FIELD("Date", "Fri, 24 May 2013 00:00:00 GMT"),
      FIELD("x-amz-storage-class", "REDUCED_REDUNDANCY"), EXAMPLE_HASH(WELCOME),
      EXAMPLE_DATE},
     WELCOME,
     "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
    {"a parameter without a value",
     "GET",
     "/",
     {FIELD("lifecycle", "")},
     {EXAMPLE_DATE, EXAMPLE_HASH(AWS_EMPTY_SHA256), EXAMPLE_HOST},
     AWS_EMPTY_SHA256,
     "host;x-amz-content-sha256;x-amz-date",
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
    {"parameters out of order",
     "GET",
     "/",
     {FIELD("prefix", "J"), FIELD("max-keys", "2")},
     {EXAMPLE_HOST, EXAMPLE_HASH(AWS_EMPTY_SHA256), EXAMPLE_DATE},
     AWS_EMPTY_SHA256,
     "host;x-amz-content-sha256;x-amz-date",
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
};

static size_t
count_fields(const struct aws_field *fields, size_t room)
{
    size_t n = 0;

    while (n < room && fields[n].name.length > 0)
        n++;
    return n;
}

static void
makes_the_published_authorization(void **state)
{
    struct error err = {0};
    struct aws_keys keys = {0};

    (void)state;
    assert_int_equal(aws_keys_make(SPAN(KEY_ID), SPAN(SECRET), SPAN(""), &keys, &err),
                     0);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const struct example *e = &examples[i];
        struct aws_request request = {
            span_of(e->method),        span_of(e->path), e->query,
            count_fields(e->query, 2), e->headers,       count_fields(e->headers, 5),
            span_of(e->payload_hash)};
        struct aws_scope scope = {SPAN("us-east-1"), SPAN("s3"), MAY_24};
        struct text got = {0}, wanted = {0};

        text_addf(&wanted,
                  "AWS4-HMAC-SHA256 Credential=%s/20130524/us-east-1/s3/aws4_request, "
                  "SignedHeaders=%s, Signature=%s",
                  KEY_ID, e->signed_names, e->signature);
        assert_int_equal(aws_authorization(&request, &scope, &keys, &got, &err), 0);
        if (!span_equal(text_span(&got), text_span(&wanted)))
            fail_msg("%s:\n%s\n%s", e->name, text_string(&got), text_string(&wanted));
        text_release(&got);
        text_release(&wanted);
    }
    aws_keys_release(&keys);
}

/* ---- rules that no example shows ------------------------------------------------- */

static void
encodes_each_byte_once(void **state)
{
    static const struct {
        const char *rule, *plain, *path, *value;
    } cases[] = {
        {"unreserved stay", "AZaz09-._~", "AZaz09-._~", "AZaz09-._~"},
        {"slashes stay in a path", "/a//b/../c/.", "/a//b/../c/.",
         "%2Fa%2F%2Fb%2F..%2Fc%2F."},
        {"blank, plus, percent", " +%20", "%20%2B%2520", "%20%2B%2520"},
        {"others", "=&?#!*'()", "%3D%26%3F%23%21%2A%27%28%29",
         "%3D%26%3F%23%21%2A%27%28%29"},
        {"bytes of UTF-8", "\xc3\xbc\x01\x7f", "%C3%BC%01%7F", "%C3%BC%01%7F"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text path = {0}, value = {0};

        aws_encode_path(span_of(cases[i].plain), &path);
        aws_encode(span_of(cases[i].plain), &value);
        assert_string_equal(text_string(&path), cases[i].path);
        assert_string_equal(text_string(&value), cases[i].value);
        text_release(&path);
        text_release(&value);
    }
}

static void
sorts_pairs_not_joined_strings(void **state)
{
    static const struct aws_field query[] = {FIELD("q.x", "1"), FIELD("q", "2"),
                                             FIELD("b", "z"), FIELD("b", "a/ "),
                                             FIELD("uploads", "")};
    struct text t = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(aws_encode_query(query, 5, &t, &err), 0);
    assert_string_equal(text_string(&t), "b=a%2F%20&b=z&q=2&q.x=1&uploads=");
    text_release(&t);
}

static void
refuses_too_many_fields(void **state)
{
    static const struct aws_field query[AWS_FIELDS_MAX + 1];
    struct text t = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(aws_encode_query(query, AWS_FIELDS_MAX + 1, &t, &err), -1);
    assert_int_equal(err.kind, ERROR_BUG);
    text_release(&t);
}

static void
writes_times(void **state)
{
    char time[AWS_TIME_SIZE];

    (void)state;
    aws_time(MAY_24, time);
    assert_string_equal(time, "20130524T000000Z");
    aws_time(951827696, time);
    assert_string_equal(time, "20000229T123456Z");
    aws_time(INT64_MAX, time); /* no such date: any text of the right size */
    assert_int_equal(strlen(time), AWS_TIME_SIZE - 1);
}

static void
refuses_keys_that_would_break_a_header(void **state)
{
    struct error err = {0};
    struct aws_keys keys = {0};

    (void)state;
    assert_int_equal(
        aws_keys_make(SPAN("AK"), SPAN("s\r\nX: y"), SPAN(""), &keys, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_null(strstr(err.why, "X: y"));
    assert_int_equal(aws_keys_make(SPAN("AK"), SPAN("s"), SPAN("t\n"), &keys, &err),
                     -1);
    assert_non_null(strstr(err.why, "session token"));
    aws_keys_release(&keys);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_published_authorization),
        cmocka_unit_test(encodes_each_byte_once),
        cmocka_unit_test(sorts_pairs_not_joined_strings),
        cmocka_unit_test(refuses_too_many_fields),
        cmocka_unit_test(writes_times),
        cmocka_unit_test(refuses_keys_that_would_break_a_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
