/*
 * The contract of a store, run against store_file, and against store_s3 over a real S3
 * server when RSLOAD_S3_ENV names the file that test/s3/start wrote.
 */
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
#include "store_file.h"

/* The store that a test is run against: empty at its begin. */
struct subject {
    struct store_place place;
    struct store *store;
    struct s3_server server;
    bool is_s3;
    char url[200];
    struct error err;
};

/* ---- words of the tests ---------------------------------------------------------- */

#define MUST(call)                                                                     \
    do {                                                                               \
        if ((call) != 0)                                                               \
            fail_msg("%s: %s: %s", #call, s->err.what, s->err.why);                    \
    } while (0)

static void
put(struct subject *s, const char *key, const char *content)
{
    struct span piece = span_of(content);

    MUST(store_put(s->store, span_of(key), &piece, 1, &s->err));
}

/* A listing as text: "key=size " each; and the last object, in memory of its own. */
struct listed {
    struct text text;
    struct arena arena;
    struct object object;
    size_t count;
};

static int
note(void *context, const struct object *object, struct error *err)
{
    struct listed *l = context;

    text_add(&l->text, object->key);
    text_addf(&l->text, "=%llu ", (unsigned long long)object->size_bytes);
    l->object = *object;
    l->count++;
    if (arena_copy(&l->arena, object->key, &l->object.key, err))
        return -1;
    return arena_copy(&l->arena, object->etag, &l->object.etag, err);
}

static void
list(struct subject *s, const char *prefix, struct listed *ret)
{
    *ret = (struct listed){0};
    MUST(store_list(s->store, span_of(prefix), note, ret, &s->err));
}

static void
forget(struct listed *l)
{
    text_release(&l->text);
    arena_release(&l->arena);
}

static void
assert_listed(struct subject *s, const char *prefix, const char *wanted)
{
    struct listed l;

    list(s, prefix, &l);
    assert_string_equal(text_string(&l.text), wanted);
    forget(&l);
}

static void
assert_content(struct subject *s, const char *key, const char *wanted)
{
    struct object object = {.key = span_of(key), .size_bytes = UINT64_MAX};
    struct text got = {0};

    MUST(store_get(s->store, &object, text_sink(&got), &s->err));
    assert_string_equal(text_string(&got), wanted);
    text_release(&got);
}

static int
drop_one(void *context, const struct object *object, struct error *err)
{
    return store_drop(context, object->key, err);
}

/* ---- the contract ---------------------------------------------------------------- */

static void
gives_back_what_was_put(void **state)
{
    static const struct span pieces[] = {{"ab", 2}, {NULL, 0}, {"\0c", 2}};
    struct subject *s = *state;
    struct object object = {.key = SPAN("orders/0001.csv.gz"), .size_bytes = 4};
    struct text got = {0};

    MUST(store_put(s->store, object.key, pieces, 3, &s->err));
    MUST(store_get(s->store, &object, text_sink(&got), &s->err));
    assert_int_equal(got.length, 4);
    assert_memory_equal(got.data, "ab\0c", 4);
    text_release(&got);
}

static void
replaces_and_drops(void **state)
{
    struct subject *s = *state;

    put(s, "k", "one");
    put(s, "k", "and two");
    assert_content(s, "k", "and two");
    assert_listed(s, "", "k=7 ");
    MUST(store_drop(s->store, SPAN("k"), &s->err));
    assert_listed(s, "", "");
    MUST(store_drop(s->store, SPAN("k"), &s->err));
    MUST(store_drop(s->store, SPAN("no/such/folder"), &s->err));
}

static void
lists_in_bytewise_order_below_a_prefix(void **state)
{
    struct subject *s = *state;
    static const char *const keys[] = {"hr=1/b",   "hr=10/a", "hr=1x/a", "hr=1/a",
                                       "hr=1/c/d", "hr=1-a",  "hr=1/B",  "z"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        put(s, keys[i], "x");
    assert_listed(s, "hr=1/", "hr=1/B=1 hr=1/a=1 hr=1/b=1 hr=1/c/d=1 ");
    assert_listed(s, "hr=1",
                  "hr=1-a=1 hr=1/B=1 hr=1/a=1 hr=1/b=1 hr=1/c/d=1 hr=10/a=1 "
                  "hr=1x/a=1 ");
    assert_listed(s, "hr=1/c", "hr=1/c/d=1 ");
    assert_listed(s, "hr=2", "");
    assert_listed(s, "no/such/folder/", "");
}

static void
gives_an_empty_object(void **state)
{
    struct subject *s = *state;

    MUST(store_put(s->store, SPAN("empty"), NULL, 0, &s->err));
    assert_content(s, "empty", "");
    assert_listed(s, "", "empty=0 ");
}

static void
keeps_odd_keys(void **state)
{
    static const char *const keys[] = {
        "a b",
        "a+b",
        "a%20b",
        "a%2Bb",
        "\xc3\xbc/\xe6\x97\xa5\xe6\x9c\xac/\xf0\x9f\x98\x80",
        "a\tb\nc",
        "\x01",
        "&<>\"'",
        "~!*()",
        "a=b&c?d#e;f:g@h,i$j",
    };
    struct subject *s = *state;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct listed l;

        put(s, keys[i], keys[i]);
        list(s, keys[i], &l);
        assert_int_equal(l.count, 1);
        if (!span_equal(l.object.key, span_of(keys[i])))
            fail_msg("%s came back as %.*s", keys[i], SPAN_ARG(l.object.key));
        assert_content(s, keys[i], keys[i]);
        MUST(store_drop(s->store, span_of(keys[i]), &s->err));
        forget(&l);
    }
}

static void
knows_another_version(void **state)
{
    struct subject *s = *state;
    struct text got = {0};
    struct listed l;

    put(s, "k", "one");
    list(s, "k", &l);
    assert_true(l.object.etag.length > 0);
    assert_true(l.object.modified_s > 1700000000);
    MUST(store_get(s->store, &l.object, text_sink(&got), &s->err));
    put(s, "k", "two");
    text_clear(&got);
    assert_int_equal(store_get(s->store, &l.object, text_sink(&got), &s->err), -1);
    assert_int_equal(s->err.kind, ERROR_SOURCE);
    assert_int_equal(got.length, 0);
    l.object.etag = SPAN("");
    l.object.size_bytes = 4;
    assert_int_equal(store_get(s->store, &l.object, text_sink(&got), &s->err), -1);
    forget(&l);
    text_release(&got);
}

static void
names_what_is_missing(void **state)
{
    struct subject *s = *state;
    struct object object = {.key = SPAN("no/such"), .size_bytes = UINT64_MAX};
    struct text got = {0};

    assert_int_equal(store_get(s->store, &object, text_sink(&got), &s->err), -1);
    assert_int_equal(s->err.kind, ERROR_SOURCE);
    assert_non_null(strstr(s->err.what, s->url));
    assert_non_null(strstr(s->err.what, "no/such"));
    text_release(&got);
}

static int
refuse_piece(void *context, struct span piece, struct error *err)
{
    (void)context;
    (void)piece;
    return error_set(err, ERROR_DATA, "enough");
}

static int
refuse_object(void *context, const struct object *object, struct error *err)
{
    ++*(int *)context;
    (void)object;
    return error_set(err, ERROR_DATA, "enough");
}

static void
passes_on_what_its_caller_says(void **state)
{
    struct subject *s = *state;
    struct object object = {.key = SPAN("k"), .size_bytes = UINT64_MAX};
    int calls = 0;

    put(s, "k", "one");
    put(s, "l", "two");
    assert_int_equal(
        store_get(s->store, &object, (struct sink){refuse_piece, NULL}, &s->err), -1);
    assert_string_equal(s->err.why, "enough");
    assert_string_equal(s->err.what, "");
    assert_int_equal(store_list(s->store, SPAN(""), refuse_object, &calls, &s->err),
                     -1);
    assert_string_equal(s->err.why, "enough");
    assert_string_equal(s->err.what, "");
    assert_int_equal(calls, 1);
    assert_content(s, "k", "one");
}

static void
carries_large_objects(void **state)
{
    struct subject *s = *state;
    struct object object = {.key = SPAN("large"), .size_bytes = 6000000};
    struct text content = {0}, got = {0};
    struct span pieces[3];

    for (unsigned i = 0; content.length < 6000000; i++)
        text_add_char(&content, (char)(i * 2654435761u >> 24));
    pieces[0] = (struct span){content.data, 1};
    pieces[1] = (struct span){content.data + 1, 4999999};
    pieces[2] = (struct span){content.data + 5000000, 1000000};
    MUST(store_put(s->store, object.key, pieces, 3, &s->err));
    MUST(store_get(s->store, &object, text_sink(&got), &s->err));
    assert_true(span_equal(text_span(&got), text_span(&content)));
    text_release(&content);
    text_release(&got);
}

/* ---- the subjects ---------------------------------------------------------------- */

static int
open_file_subject(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct subject *s = calloc(1, sizeof *s);
    struct text folder = {0};

    assert_non_null(s);
    text_addf(&folder, "%s/rsload-XXXXXX", tmp != NULL ? tmp : "/tmp");
    (void)text_string(&folder);
    assert_non_null(mkdtemp(folder.data));
    (void)snprintf(s->url, sizeof s->url, "file://%s", folder.data);
    text_release(&folder);
    MUST(store_file_place(span_of(s->url), NULL, &s->place, &s->err));
    MUST(store_open(&s->place, &s->store, &s->err));
    *state = s;
    return 0;
}

static int
close_file_subject(void **state)
{
    struct subject *s = *state;
    char command[300];

    store_close(s->store);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", s->url + 7);
    assert_int_equal(system(command), 0);
    free(s);
    return 0;
}

static int
open_s3_subject(void **state)
{
    struct subject *s = calloc(1, sizeof *s);
    char bucket[40];

    assert_non_null(s);
    *state = s;
    if (!s3_server_open(&s->server))
        return 0;
    s->is_s3 = true;
    s->server.config.page_keys = 3; /* listings of several pages, with few objects */
    s->server.config.retry_base_ms = 10;
    (void)snprintf(bucket, sizeof bucket, "contract-%ld", (long)getpid());
    (void)snprintf(s->url, sizeof s->url, "s3://%s/in", bucket);
    MUST(store_s3_place(span_of(s->url), &s->server.config, &s->place, &s->err));
    s3_server_make_bucket(&s->server, bucket);
    MUST(store_open(&s->place, &s->store, &s->err));
    return 0;
}

static int
close_s3_subject(void **state)
{
    struct subject *s = *state;

    if (s->is_s3) {
        MUST(store_list(s->store, SPAN(""), drop_one, s->store, &s->err));
        store_close(s->store);
        s3_server_close(&s->server);
    }
    free(s);
    return 0;
}

/* The same test for S3, skipped where there is no server. */
#define ON_S3(test)                                                                    \
    static void test##_on_s3(void **state)                                             \
    {                                                                                  \
        const struct subject *s = *state;                                              \
                                                                                       \
        if (!s->is_s3)                                                                 \
            skip();                                                                    \
        test(state);                                                                   \
    }

#define TESTS(run)                                                                     \
    run(gives_back_what_was_put) run(replaces_and_drops)                               \
        run(lists_in_bytewise_order_below_a_prefix) run(gives_an_empty_object)         \
            run(keeps_odd_keys) run(knows_another_version) run(names_what_is_missing)  \
                run(passes_on_what_its_caller_says) run(carries_large_objects)

TESTS(ON_S3)

#define FILE_TEST(test)                                                                \
    cmocka_unit_test_setup_teardown(test, open_file_subject, close_file_subject),
#define S3_TEST(test)                                                                  \
    cmocka_unit_test_setup_teardown(test##_on_s3, open_s3_subject, close_s3_subject),

int
main(void)
{
    const struct CMUnitTest tests[] = {TESTS(FILE_TEST) TESTS(S3_TEST)};
    int failed;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
