#include "s3_pages.h"

#include <stdio.h>

#include "s3_list.h"

/* A page may be empty though more follow (where many versions were deleted), but not
 * for ever. */
#define EMPTY_PAGES_MAX 1000

/* A listing under way; over all of its pages. */
struct listing {
    struct s3 *s3;
    struct s3_call call;
    struct text prefix; /* whole */
    struct text token;  /* of the next page */
    struct text last;   /* the key delivered last, whole */
    int empty_pages;    /* in a row */
    store_each *each;
    void *context;
};

static int
push_page(void *context, struct span piece, struct error *err)
{
    return s3_list_push(context, piece, err);
}

/* One attempt at a page. A document that came broken under status 200 counts as 500. */
static enum s3_verdict
try_page(struct listing *l, struct arena *arena, struct s3_page *ret, struct error *err)
{
    struct s3_list *list;
    enum s3_verdict verdict;

    if (s3_list_new(arena, &list, err))
        return S3_REFUSED;
    l->call.sink = (struct sink){push_page, list};
    verdict = s3_call_attempt(l->s3, &l->call, err);
    if (verdict == S3_DONE && s3_list_end(list, ret, err))
        verdict = S3_REFUSED;
    if (verdict == S3_REFUSED && l->s3->answer.status / 100 == 2 &&
        !stop_asked(l->s3->config->stop)) {
        l->s3->answer.failure = HTTP_BROKEN; /* by us, but it is the server's fault */
        if (s3_list_is_passing(list))
            verdict = S3_AGAIN;
    }
    s3_list_free(list);
    return verdict;
}

static int
get_page(struct listing *l, struct arena *arena, struct s3_page *ret, struct error *err)
{
    enum s3_verdict verdict;

    s3_call_begin(l->s3);
    while ((verdict = try_page(l, arena, ret, err)) != S3_DONE) {
        if (s3_call_recover(l->s3, &l->call, verdict, err))
            return -1;
        arena_release(arena);
    }
    s3_retry_done(&l->s3->retry);
    return 0;
}

static int
refuse(const struct listing *l, const char *what, struct error *err)
{
    (void)error_set(err, ERROR_SOURCE, "the server %s", what);
    return s3_call_name(l->s3, &l->call, err);
}

/* Keys must be below the prefix and must ascend, over page ends too: or else the server
 * gives what was not asked for, or the same page again and again. */
static int
deliver(struct listing *l, const struct s3_page *page, struct error *err)
{
    for (size_t i = 0; i < page->count; i++) {
        struct object object = page->objects[i];
        size_t skip = l->s3->prefix.length;

        if (!span_starts(object.key, text_span(&l->prefix)))
            return refuse(l, "lists a key outside the prefix", err);
        if (l->last.length > 0 && span_compare(object.key, text_span(&l->last)) <= 0)
            return refuse(l, "lists keys out of order", err);
        text_clear(&l->last);
        text_add(&l->last, object.key);
        object.key = (struct span){object.key.data + skip, object.key.length - skip};
        if (text_check(&l->last, err) || l->each(l->context, &object, err))
            return -1;
    }
    return 0;
}

/* Go on behind `page`: with a token that is not the one that led to it. */
static int
next_page(struct listing *l, const struct s3_page *page, struct error *err)
{
    if (span_equal(page->next_token, text_span(&l->token)))
        return refuse(l, "gives one token twice", err);
    l->empty_pages = page->count == 0 ? l->empty_pages + 1 : 0;
    if (l->empty_pages > EMPTY_PAGES_MAX)
        return refuse(l, "gives empty pages without an end", err);
    text_clear(&l->token);
    text_add(&l->token, page->next_token);
    return text_check(&l->token, err);
}

static void
add_parameter(struct s3_call *call, struct span name, struct span value)
{
    call->query[call->query_count++] = (struct aws_field){name, value};
}

static int
list_pages(struct listing *l, struct span page_keys, struct error *err)
{
    struct s3_page page = {.is_truncated = true};
    struct arena arena = {0};
    int rc = 0;

    while (rc == 0 && page.is_truncated) {
        l->call.query_count = 0;
        add_parameter(&l->call, SPAN("list-type"), SPAN("2"));
        add_parameter(&l->call, SPAN("encoding-type"), SPAN("url"));
        add_parameter(&l->call, SPAN("max-keys"), page_keys);
        add_parameter(&l->call, SPAN("prefix"), text_span(&l->prefix));
        if (l->token.length > 0)
            add_parameter(&l->call, SPAN("continuation-token"), text_span(&l->token));
        rc = get_page(l, &arena, &page, err);
        if (rc == 0)
            rc = deliver(l, &page, err);
        if (rc == 0 && page.is_truncated)
            rc = next_page(l, &page, err);
        arena_release(&arena);
    }
    return rc;
}

int
s3_pages(struct s3 *s3, struct span prefix, store_each *each, void *context,
         struct error *err)
{
    struct listing l = {.s3 = s3,
                        .call = {.method = "GET",
                                 .verb = "list",
                                 .permission = "s3:ListBucket",
                                 .kind = ERROR_SOURCE},
                        .each = each,
                        .context = context};
    int page_keys = s3->config->page_keys > 0 ? s3->config->page_keys
                                              : S3_LIST_KEYS_MAX;
    char count[16];
    int rc = -1;

    (void)snprintf(count, sizeof count, "%d", page_keys);
    text_add(&l.prefix, text_span(&s3->prefix));
    text_add(&l.prefix, prefix);
    l.call.name = text_span(&l.prefix);
    if (text_check(&l.prefix, err) == 0)
        rc = list_pages(&l, span_of(count), err);
    text_release(&l.prefix);
    text_release(&l.token);
    text_release(&l.last);
    return rc;
}
