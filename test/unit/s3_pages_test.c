/* s3_pages: listings over several pages, from servers that get them wrong. */
#include "s3_world.h"

#include <stdio.h>

#define KEY(key)   "<Contents><Key>" key "</Key><Size>1</Size></Contents>"
#define PAGE(keys) "<ListBucketResult><EncodingType>url</EncodingType>" keys
#define MORE(token)                                                                    \
    "<IsTruncated>true</IsTruncated><NextContinuationToken>" token                     \
    "</NextContinuationToken></ListBucketResult>"
#define LAST "<IsTruncated>false</IsTruncated></ListBucketResult>"

#define PAGES 4

struct script {
    const char *rule;
    const char *pages[PAGES]; /* the last of them again and again */
    int rc;
    const char *listed; /* each key with a blank behind */
    const char *said;
    size_t requests; /* 0: not looked at */
};

static const struct script scripts[] = {
    {"two pages",
     {PAGE(KEY("in/a") KEY("in/b")) MORE("t1"), PAGE(KEY("in/c")) LAST},
     0,
     "a b c ",
     "",
     2},
    {"an exact multiple ends without another request",
     {PAGE(KEY("in/a")) MORE("t1"), PAGE(KEY("in/b")) LAST},
     0,
     "a b ",
     "",
     2},
    {"an empty page between",
     {PAGE(KEY("in/a")) MORE("t1"), PAGE("") MORE("t2"), PAGE(KEY("in/b")) LAST},
     0,
     "a b ",
     "",
     3},
    {"the folder's own marker", {PAGE(KEY("in/") KEY("in/a")) LAST}, 0, " a ", "", 1},
    {"a page cut is read again, and its keys are given once",
     {PAGE(KEY("in/a")), PAGE(KEY("in/a")) MORE("t1"), PAGE(KEY("in/b")) "",
      PAGE(KEY("in/b")) LAST},
     0,
     "a b ",
     "",
     4},
    {"one token twice",
     {PAGE(KEY("in/a")) MORE("t1"), PAGE(KEY("in/b")) MORE("t1")},
     -1,
     "a b ",
     "gives one token twice",
     2},
    {"the same page again",
     {PAGE(KEY("in/a")) MORE("t1"), PAGE(KEY("in/a")) MORE("t2")},
     -1,
     "a ",
     "out of order",
     2},
    {"keys out of order",
     {PAGE(KEY("in/b") KEY("in/a")) LAST},
     -1,
     "b ",
     "out of order",
     1},
    {"a key outside the prefix",
     {PAGE(KEY("in/a") KEY("out/a")) LAST},
     -1,
     "a ",
     "outside the prefix",
     1},
    {"a key that only begins alike",
     {PAGE(KEY("inside")) LAST},
     -1,
     "",
     "outside the prefix",
     1},
};

struct origin {
    const struct script *script;
    size_t requests;
    struct text targets;
};

static enum fake_after
serve(void *context, const struct fake_request *request, struct text *reply)
{
    struct origin *o = context;
    size_t page = o->requests++;

    while (page > 0 && (page >= PAGES || o->script->pages[page] == NULL))
        page--;
    text_add(&o->targets,
             (struct span){request->head.data, strcspn(request->head.data, "\r")});
    text_add_char(&o->targets, '\n');
    fake_http_reply(reply, "200 OK", "", span_of(o->script->pages[page]));
    return FAKE_KEEP;
}

static int
note(void *context, const struct object *object, struct error *err)
{
    (void)err;
    text_add(context, object->key);
    text_add_char(context, ' ');
    return 0;
}

static void
follows_tokens_and_mistrusts_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        struct origin origin = {.script = &scripts[i]};
        struct text listed = {0};
        struct s3_world w;
        char line[3000];
        int rc;

        s3_world_open(&w, serve, &origin);
        rc = store_list(w.store, SPAN(""), note, &listed, &w.err);
        error_line(&w.err, line, sizeof line);
        if (rc != scripts[i].rc ||
            strcmp(text_string(&listed), scripts[i].listed) != 0 ||
            (rc != 0 &&
             (w.err.kind != ERROR_SOURCE || strstr(line, scripts[i].said) == NULL ||
              strstr(line, "list s3://bucket/in/") == NULL)))
            fail_msg("%s: rc %d, %s, %s", scripts[i].rule, rc, text_string(&listed),
                     line);
        (void)s3_world_close(&w);
        if (origin.requests != scripts[i].requests)
            fail_msg("%s: %zu requests", scripts[i].rule, origin.requests);
        text_release(&listed);
        text_release(&origin.targets);
    }
}

static void
asks_with_sorted_and_encoded_parameters(void **state)
{
    static const struct script script = {
        .pages = {PAGE(KEY("in/a+b/1")) MORE("x/+=&amp;y"), PAGE("") LAST}};
    struct origin origin = {.script = &script};
    struct text listed = {0};
    struct s3_world w;

    (void)state;
    s3_world_open(&w, serve, &origin);
    w.config.page_keys = 0;
    if (store_list(w.store, SPAN("a b/"), note, &listed, &w.err))
        fail_msg("%s", w.err.why);
    (void)s3_world_close(&w);
    assert_string_equal(
        text_string(&origin.targets),
        "GET /bucket/?encoding-type=url&list-type=2&max-keys=1000&prefix=in%2Fa%20b%2F "
        "HTTP/1.1\n"
        "GET /bucket/?continuation-token=x%2F%2B%3D%26y&encoding-type=url&list-type=2&"
        "max-keys=1000&prefix=in%2Fa%20b%2F HTTP/1.1\n");
    text_release(&listed);
    text_release(&origin.targets);
}

static enum fake_after
serve_empty_pages(void *context, const struct fake_request *request, struct text *reply)
{
    struct text page = {0};

    (void)context;
    text_addf(&page, PAGE("") MORE("t%zu"), request->number % 2);
    fake_http_reply(reply, "200 OK", "", text_span(&page));
    text_release(&page);
    return FAKE_KEEP;
}

static void
does_not_follow_empty_pages_for_ever(void **state)
{
    struct text listed = {0};
    struct s3_world w;

    (void)state;
    s3_world_open(&w, serve_empty_pages, NULL);
    assert_int_equal(store_list(w.store, SPAN(""), note, &listed, &w.err), -1);
    assert_non_null(strstr(w.err.why, "empty pages"));
    assert_true(s3_world_close(&w) > 1000);
    text_release(&listed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_tokens_and_mistrusts_pages),
        cmocka_unit_test(asks_with_sorted_and_encoded_parameters),
        cmocka_unit_test(does_not_follow_empty_pages_for_ever),
    };

    return cmocka_run_group_tests(tests, s3_world_set_up, s3_world_tear_down);
}
