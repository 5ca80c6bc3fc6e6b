/* store_s3 over a real S3 server: what only such a server can tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "s3_server.h"
#include "store.h"

#define OBJECTS 60

struct world {
    struct s3_server server;
    char bucket[40];
    char url[60];
    struct error err;
};

#define MUST(call)                                                                     \
    do {                                                                               \
        if ((call) != 0)                                                               \
            fail_msg("%s: %s: %s", #call, w->err.what, w->err.why);                    \
    } while (0)

static struct store *
open_store(struct world *w, const struct store_s3_config *config,
           struct store_place *place)
{
    struct store *store;

    MUST(store_s3_place(span_of(w->url), config, place, &w->err));
    MUST(store_open(place, &store, &w->err));
    return store;
}

static int
count(void *context, const struct object *object, struct error *err)
{
    (void)object;
    (void)err;
    ++*(size_t *)context;
    return 0;
}

static int
drop(void *context, const struct object *object, struct error *err)
{
    return store_drop(context, object->key, err);
}

static void
drop_all(struct world *w)
{
    struct store_place place;
    struct store *store = open_store(w, &w->server.config, &place);

    MUST(store_list(store, SPAN(""), drop, store, &w->err));
    store_close(store);
}

/* Put, list, get and drop one object through `config`. */
static void
go_round(struct world *w, const struct store_s3_config *config, const char *key)
{
    static const struct span piece = {"content", 7};
    struct object object = {.key = span_of(key), .size_bytes = 7};
    struct store_place place;
    struct store *store = open_store(w, config, &place);
    struct text got = {0};
    size_t objects = 0;

    MUST(store_put(store, object.key, &piece, 1, &w->err));
    MUST(store_list(store, object.key, count, &objects, &w->err));
    MUST(store_get(store, &object, text_sink(&got), &w->err));
    MUST(store_drop(store, object.key, &w->err));
    assert_string_equal(text_string(&got), "content");
    if (objects != 1)
        fail_msg("%s: listed %zu times", key, objects);
    text_release(&got);
    store_close(store);
}

static void
keeps_keys_that_are_no_paths(void **state)
{
    static const char *const keys[] = {"a//b", "/lead", "dir/../x", "..",
                                       ".",    "a/.",   "x/"};
    struct world *w = *state;
    char longest[1025];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        go_round(w, &w->server.config, keys[i]);
    memset(longest, 'k', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    go_round(w, &w->server.config, longest);
}

static void
lists_over_pages_of_any_size(void **state)
{
    static const int sizes[] = {1, 7, 59, 60, 61, 999, 5000};
    struct world *w = *state;
    struct store_s3_config config = w->server.config;
    struct store_place place;
    struct store *store = open_store(w, &config, &place);
    char key[20];

    for (int i = 0; i < OBJECTS; i++) {
        (void)snprintf(key, sizeof key, "p/%02d", i);
        MUST(store_put(store, span_of(key), NULL, 0, &w->err));
    }
    store_close(store);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t objects = 0;

        config.page_keys = sizes[i];
        store = open_store(w, &config, &place);
        MUST(store_list(store, SPAN("p/"), count, &objects, &w->err));
        assert_int_equal(objects, OBJECTS);
        store_close(store);
    }
    drop_all(w);
}

static void
speaks_tls_by_address_and_by_name(void **state)
{
    struct world *w = *state;
    struct store_s3_config config = w->server.config;
    struct text named = {0};

    config.endpoint = span_of(w->server.endpoint_tls);
    config.ca_file = span_of(w->server.ca);
    go_round(w, &config, "tls by address");
    config.addressing = S3_ADDRESSING_VIRTUAL;
    text_addf(&named, "https://s3.localhost%s", strrchr(w->server.endpoint_tls, ':'));
    config.endpoint = text_span(&named);
    go_round(w, &config, "tls by name+");
    text_release(&named);
}

static void
asks_again_where_the_bucket_is(void **state)
{
    struct world *w = *state;
    struct store_s3_config config = w->server.config;

    config.region = SPAN("eu-west-7");
    go_round(w, &config, "k");
}

/* What is refused at once, and with which words. */
static void
explains_refusals(void **state)
{
    struct world *w = *state;
    const struct {
        const char *rule, *endpoint, *ca, *url;
        enum error_kind kind;
        const char *said;
    } cases[] = {
        {"no such bucket", w->server.endpoint, "", "s3://no-such-bucket/in",
         ERROR_SOURCE, "NoSuchBucket"},
        {"a CA that nobody knows", w->server.endpoint_tls, "", "", ERROR_UNREACHABLE,
         "AWS_CA_BUNDLE"},
        {"a CA file that is not there", w->server.endpoint_tls, "/no/such/file", "",
         ERROR_CONFIG, "/no/such/file"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_s3_config config = w->server.config;
        struct store_place place;
        struct store *store;
        size_t objects = 0;
        char line[3000];

        config.endpoint = span_of(cases[i].endpoint);
        config.ca_file = span_of(cases[i].ca);
        config.attempts = 1;
        MUST(store_s3_place(span_of(cases[i].url[0] != '\0' ? cases[i].url : w->url),
                            &config, &place, &w->err));
        MUST(store_open(&place, &store, &w->err));
        assert_int_equal(store_list(store, SPAN(""), count, &objects, &w->err), -1);
        error_line(&w->err, line, sizeof line);
        if (w->err.kind != cases[i].kind || strstr(line, cases[i].said) == NULL)
            fail_msg("%s: %d %s", cases[i].rule, (int)w->err.kind, line);
        store_close(store);
    }
}

static const char *
wrong_secret(void *context, const char *name)
{
    struct world *w = context;

    if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0)
        return w->server.key;
    return strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0 ? "wrong-secret" : NULL;
}

static void
is_denied_with_a_wrong_secret_and_does_not_tell_it(void **state)
{
    struct world *w = *state;
    struct store_s3_config config = w->server.config;
    struct aws_sources sources = {.variable = wrong_secret, .context = w};
    struct store_place place;
    struct store *store;
    size_t objects = 0;
    char line[3000];

    MUST(aws_credentials_new(&sources, &config.credentials, &w->err));
    store = open_store(w, &config, &place);
    assert_int_equal(store_list(store, SPAN(""), count, &objects, &w->err), -1);
    assert_int_equal(w->err.kind, ERROR_DENIED);
    error_line(&w->err, line, sizeof line);
    assert_non_null(strstr(line, "SignatureDoesNotMatch"));
    assert_null(strstr(line, "wrong-secret"));
    store_close(store);
    aws_credentials_free(config.credentials);
}

static int64_t
slow_clock(void *context)
{
    struct world *w = context;

    return w->server.config.now_s(NULL) - 1200;
}

static void
works_with_a_clock_that_is_twenty_minutes_slow(void **state)
{
    struct world *w = *state;
    struct store_s3_config config = w->server.config;

    config.now_s = slow_clock;
    config.now_context = w;
    go_round(w, &config, "k");
}

static void
outlasts_slow_down(void **state)
{
    struct world *w = *state;
    struct store_s3_config config = w->server.config;

    if (w->server.endpoint_slow[0] == '\0') {
        print_message("skipped: the S3 server was started without --slow\n");
        skip();
    }
    config.endpoint = span_of(w->server.endpoint_slow);
    config.retry_base_ms = 300;
    for (int i = 0; i < 3; i++)
        go_round(w, &config, "k");
}

static int
open_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    *state = w;
    assert_true(s3_server_open(&w->server));
    (void)snprintf(w->bucket, sizeof w->bucket, "store-s3-%ld", (long)getpid());
    (void)snprintf(w->url, sizeof w->url, "s3://%s", w->bucket);
    s3_server_make_bucket(&w->server, w->bucket);
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

static int
close_world(void **state)
{
    struct world *w = *state;

    s3_server_close(&w->server);
    free(w);
    curl_global_cleanup();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_keys_that_are_no_paths),
        cmocka_unit_test(lists_over_pages_of_any_size),
        cmocka_unit_test(speaks_tls_by_address_and_by_name),
        cmocka_unit_test(asks_again_where_the_bucket_is),
        cmocka_unit_test(explains_refusals),
        cmocka_unit_test(is_denied_with_a_wrong_secret_and_does_not_tell_it),
        cmocka_unit_test(works_with_a_clock_that_is_twenty_minutes_slow),
        cmocka_unit_test(outlasts_slow_down),
    };

    if (getenv("RSLOAD_S3_ENV") == NULL) {
        puts("skipped: RSLOAD_S3_ENV names no S3 server");
        return 0;
    }
    return cmocka_run_group_tests(tests, open_world, close_world);
}
