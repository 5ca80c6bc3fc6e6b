/* s3_endpoint and s3_retry: hosts, bucket names, waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "s3_endpoint.h"
#include "s3_retry.h"
#include "store_s3.h"

static void
makes_hosts_and_paths(void **state)
{
    static const struct {
        const char *rule, *endpoint, *region, *bucket;
        enum s3_addressing addressing;
        const char *url; /* NULL: an error */
    } cases[] = {
        {"AWS", "", "eu-west-1", "b-1", S3_ADDRESSING_AUTO,
         "https://b-1.s3.eu-west-1.amazonaws.com"},
        {"dots break the certificate", "", "eu-west-1", "b.1", S3_ADDRESSING_AUTO,
         "https://s3.eu-west-1.amazonaws.com/b.1"},
        {"path style", "", "us-east-1", "b-1", S3_ADDRESSING_PATH,
         "https://s3.us-east-1.amazonaws.com/b-1"},
        {"China", "", "cn-north-1", "b-1", S3_ADDRESSING_AUTO,
         "https://b-1.s3.cn-north-1.amazonaws.com.cn"},
        {"virtual with dots", "", "eu-west-1", "b.1", S3_ADDRESSING_VIRTUAL, NULL},
        {"an endpoint", "http://127.0.0.1:9000", "r", "b-1", S3_ADDRESSING_AUTO,
         "http://127.0.0.1:9000/b-1"},
        {"its path, and a slash too many", "https://h/base/", "r", "b-1",
         S3_ADDRESSING_AUTO, "https://h/base/b-1"},
        {"virtual", "https://s3.localhost:9", "r", "b-1", S3_ADDRESSING_VIRTUAL,
         "https://b-1.s3.localhost:9"},
        {"lower case, no default port", "https://HOST:443", "r", "b-1",
         S3_ADDRESSING_PATH, "https://host/b-1"},
        {"a port that is no default", "http://h:443", "r", "b-1", S3_ADDRESSING_PATH,
         "http://h:443/b-1"},
        {"IPv6", "http://[::1]:80", "r", "b-1", S3_ADDRESSING_AUTO, "http://[::1]/b-1"},
        {"no scheme", "h", "r", "b-1", S3_ADDRESSING_AUTO, NULL},
        {"a password", "https://u:p@h", "r", "b-1", S3_ADDRESSING_AUTO, NULL},
        {"a query", "https://h/?x", "r", "b-1", S3_ADDRESSING_AUTO, NULL},
        {"no host", "https:///x", "r", "b-1", S3_ADDRESSING_AUTO, NULL},
        {"a region that is none", "", "x.evil.example/", "b-1", S3_ADDRESSING_AUTO,
         NULL},
        {"no region", "", "", "b-1", S3_ADDRESSING_AUTO, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_s3_config config = {.endpoint = span_of(cases[i].endpoint),
                                         .addressing = cases[i].addressing};
        struct s3_endpoint endpoint = {0};
        struct text url = {0};
        struct error err = {0};
        int rc = s3_endpoint_make(&config, span_of(cases[i].bucket),
                                  span_of(cases[i].region), &endpoint, &err);

        text_add_string(&url, endpoint.is_plain ? "http://" : "https://");
        text_add(&url, text_span(&endpoint.host));
        text_add(&url, text_span(&endpoint.path));
        if ((rc == 0) != (cases[i].url != NULL) ||
            (rc != 0 && err.kind != ERROR_CONFIG) ||
            (rc == 0 && strcmp(text_string(&url), cases[i].url) != 0))
            fail_msg("%s: %s %s", cases[i].rule, text_string(&url), err.why);
        s3_endpoint_release(&endpoint);
        text_release(&url);
    }
}

static void
knows_names_of_buckets(void **state)
{
    static const char *const good[] = {"abc", "a-b.c-1", "1bucket", "a.b.c.d",
                                       "1.2.3.d"};
    static const char *const bad[] = {"ab",   "Abc",  "a_b",  "a..b",    "-abc", "abc-",
                                      ".abc", "a/bc", "a?bc", "1.2.3.4", "",     "a b"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!s3_bucket_is_valid(span_of(good[i])))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (s3_bucket_is_valid(span_of(bad[i])))
            fail_msg("%s", bad[i]);
}

static void
reads_urls_of_places(void **state)
{
    static const char *const good[] = {"s3://bucket", "s3://bucket/a/b",
                                       "s3://bucket//a"};
    static const char *const bad[] = {
        "s3://bucket/",   "s3://b",         "s3:///a", "S3://bucket",
        "https://bucket", "s3://bucket/a/", ""};
    struct store_s3_config config = {0};
    struct store_place place;
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (store_s3_place(span_of(good[i]), &config, &place, &err))
            fail_msg("%s: %s", good[i], err.why);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (store_s3_place(span_of(bad[i]), &config, &place, &err) == 0 ||
            err.kind != ERROR_USAGE)
            fail_msg("%s", bad[i]);
    assert_int_equal(store_s3_addressing(SPAN("virtual")), S3_ADDRESSING_VIRTUAL);
    assert_int_equal(store_s3_addressing(SPAN("other")), -1);
}

static void
waits_at_random_up_to_a_bound_that_doubles(void **state)
{
    struct s3_retry retry;
    int64_t total_ms = 0;
    int last_ms = -1;
    bool is_other = false;

    (void)state;
    s3_retry_init(&retry, 8, 1000, 42);
    for (int n = 1; n < 8; n++) {
        int ms = -1, most = n < 6 ? 1000 << (n - 1) : 20000;

        assert_true(s3_retry_next(&retry, S3_AGAIN, &ms));
        assert_in_range(ms, 0, most);
        is_other |= last_ms >= 0 && ms != last_ms;
        last_ms = ms;
        total_ms += ms;
    }
    assert_true(is_other);
    assert_true(total_ms > 0);
    assert_false(s3_retry_next(&retry, S3_AGAIN, &last_ms));
    s3_retry_begin(&retry);
    assert_true(s3_retry_next(&retry, S3_AGAIN, &last_ms));
}

static void
stops_asking_when_its_tokens_are_spent(void **state)
{
    struct s3_retry retry;
    int ms, granted = 0;

    (void)state;
    s3_retry_init(&retry, 2, 1, 42);
    for (;; granted++) {
        s3_retry_begin(&retry);
        if (!s3_retry_next(&retry, S3_AGAIN, &ms))
            break;
    }
    assert_int_equal(granted, 100); /* 500 tokens, 5 each */
    for (int i = 0; i < 9; i++)
        s3_retry_done(&retry); /* one token each */
    s3_retry_begin(&retry);
    assert_false(s3_retry_next(&retry, S3_AGAIN_SLOW, &ms)); /* takes 10 */
    assert_true(s3_retry_next(&retry, S3_AGAIN, &ms));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_hosts_and_paths),
        cmocka_unit_test(knows_names_of_buckets),
        cmocka_unit_test(reads_urls_of_places),
        cmocka_unit_test(waits_at_random_up_to_a_bound_that_doubles),
        cmocka_unit_test(stops_asking_when_its_tokens_are_spent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
