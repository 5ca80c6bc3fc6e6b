#include "s3_get.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RANGE_SIZE 40

/* An object under way; over all of its requests. */
struct download {
    struct s3 *s3;
    struct sink sink;
    uint64_t pushed;         /* bytes handed on */
    uint64_t total;          /* of the object; UINT64_MAX until it is known */
    uint64_t skip;           /* of this answer: it begins before what is wanted */
    struct text etag;        /* "" until it is known */
    enum s3_verdict refusal; /* ours, of an answer that was not asked for; or S3_DONE */
};

/* Read a number up to the character `end`; returns what follows, or NULL. */
static const char *
read_number(const char *p, const char *stop, char end, uint64_t *ret)
{
    uint64_t number = 0;
    const char *first = p;

    for (; p < stop && *p >= '0' && *p <= '9'; p++) {
        if (number > (INT64_MAX - 9) / 10)
            return NULL;
        number = number * 10 + (uint64_t)(*p - '0');
    }
    if (p == first || (end != '\0' ? p == stop || *p != end : p != stop))
        return NULL;
    *ret = number;
    return p + 1;
}

bool
s3_content_range(struct span value, uint64_t *ret_first, uint64_t *ret_last,
                 uint64_t *ret_total)
{
    const char *stop, *p;

    if (!span_starts(value, SPAN("bytes ")))
        return false;
    stop = value.data + value.length;
    p = read_number(value.data + 6, stop, '-', ret_first);
    if (p != NULL)
        p = read_number(p, stop, '/', ret_last);
    if (p == NULL || *ret_last < *ret_first)
        return false;
    if (stop - p == 1 && *p == '*') {
        *ret_total = UINT64_MAX;
        return true;
    }
    return read_number(p, stop, '\0', ret_total) != NULL && *ret_last < *ret_total;
}

/* The answer is not what was asked for: `verdict` says whether to ask again. */
static int
refuse(struct download *d, enum s3_verdict verdict)
{
    d->refusal = verdict;
    return -1;
}

/* The opaque part of an ETag: lists and headers differ in quotes, proxies weaken it. */
static struct span
bare(struct span etag)
{
    if (span_starts(etag, SPAN("W/")))
        etag = (struct span){etag.data + 2, etag.length - 2};
    if (etag.length >= 2 && etag.data[0] == '"' && etag.data[etag.length - 1] == '"')
        etag = (struct span){etag.data + 1, etag.length - 2};
    return etag;
}

/* Is the answer of the version we want? Not every server heeds If-Match. */
static int
check_version(struct download *d, const struct http_answer *answer, struct error *err)
{
    struct span etag = http_head_find(&answer->head, SPAN("etag"));

    if (d->etag.length == 0 && d->pushed == 0) {
        text_add(&d->etag, etag);
        return text_check(&d->etag, err);
    }
    if (span_equal(bare(etag), bare(text_span(&d->etag))) ||
        (etag.length == 0 && (d->pushed == 0 || answer->status == 206)))
        return 0;
    (void)error_set(err, ERROR_SOURCE,
                    d->pushed > 0 ? "the object was changed while it was read"
                                  : "the object was changed after the listing");
    (void)error_hint(err, "run again: the object is listed anew then");
    return refuse(d, S3_REFUSED);
}

/* An answer of the whole object, be it that a Range was ignored. */
static int
begin_whole(struct download *d, const struct http_answer *answer, struct error *err)
{
    uint64_t length = answer->head.length_bytes;

    if (d->total != UINT64_MAX && length != UINT64_MAX && length != d->total) {
        (void)error_set(err, ERROR_SOURCE,
                        "the server sends %" PRIu64 " bytes, the object has %" PRIu64,
                        length, d->total);
        return refuse(d, S3_AGAIN_ONCE);
    }
    if (d->total == UINT64_MAX)
        d->total = length;
    d->skip = d->pushed;
    return 0;
}

/* An answer of what is left. */
static int
begin_rest(struct download *d, const struct http_answer *answer, struct error *err)
{
    struct span range = http_head_find(&answer->head, SPAN("content-range"));
    uint64_t first, last, total;

    if (d->pushed > 0 && s3_content_range(range, &first, &last, &total) &&
        first == d->pushed && total == d->total && last + 1 == total)
        return 0;
    (void)error_set(err, ERROR_SOURCE,
                    "the server sends \"%.*s\" where byte %" PRIu64
                    " and the rest of %" PRIu64 " was asked for",
                    range.length < 80 ? span_int(range.length) : 80,
                    range.length > 0 ? range.data : "", d->pushed, d->total);
    return refuse(d, S3_AGAIN);
}

static int
begin(void *context, const struct http_answer *answer, struct error *err)
{
    struct download *d = context;

    d->skip = 0;
    if (answer->status != 200 && answer->status != 206) {
        (void)error_set(err, ERROR_SOURCE, "the server answers %d to a GET",
                        answer->status);
        return refuse(d, S3_AGAIN);
    }
    if (check_version(d, answer, err))
        return -1;
    return answer->status == 206 ? begin_rest(d, answer, err)
                                 : begin_whole(d, answer, err);
}

static int
take(void *context, struct span piece, struct error *err)
{
    struct download *d = context;

    if (d->skip > 0) {
        size_t skip = piece.length < d->skip ? piece.length : (size_t)d->skip;

        d->skip -= skip;
        piece = (struct span){piece.data + skip, piece.length - skip};
    }
    if (piece.length == 0)
        return 0;
    if (d->total != UINT64_MAX && piece.length > d->total - d->pushed) {
        (void)error_set(err, ERROR_SOURCE,
                        "the server sends more than the object's %" PRIu64 " bytes",
                        d->total);
        return refuse(d, S3_AGAIN);
    }
    if (sink_push(d->sink, piece, err))
        return -1;
    d->pushed += piece.length;
    return 0;
}

/* If-Match wants a strong ETag in quotes; some servers list it without. */
static void
add_match(struct download *d, struct s3_call *call, struct text *quoted)
{
    struct span etag = text_span(&d->etag);

    if (etag.length == 0 || span_starts(etag, SPAN("W/")))
        return;
    if (etag.data[0] != '"') {
        text_clear(quoted);
        text_addf(quoted, "\"%.*s\"", SPAN_ARG(etag));
        etag = text_span(quoted);
    }
    call->headers[call->header_count++] = (struct aws_field){SPAN("If-Match"), etag};
}

/* One attempt, from where we are. */
static enum s3_verdict
attempt(struct download *d, const struct s3_call *base, struct error *err)
{
    struct s3_call call = *base;
    struct text quoted = {0};
    char range[RANGE_SIZE];
    enum s3_verdict verdict;

    d->refusal = S3_DONE;
    if (d->pushed > 0) {
        (void)snprintf(range, sizeof range, "bytes=%" PRIu64 "-", d->pushed);
        call.headers[call.header_count++] = (struct aws_field){SPAN("Range"),
                                                               span_of(range)};
    }
    add_match(d, &call, &quoted);
    verdict = s3_call_attempt(d->s3, &call, err);
    text_release(&quoted);
    return d->refusal != S3_DONE ? d->refusal : verdict;
}

/* An attempt ended without an error, or at the last byte: is the object whole? */
static enum s3_verdict
check_whole(struct download *d, enum s3_verdict verdict, struct error *err)
{
    if (d->total == d->pushed && verdict != S3_REFUSED &&
        d->s3->answer.status / 100 == 2 && d->refusal == S3_DONE)
        return S3_DONE; /* whatever happened behind the last byte */
    if (verdict != S3_DONE)
        return verdict;
    if (d->total == UINT64_MAX)
        return S3_DONE;
    (void)error_set(err, ERROR_SOURCE,
                    "the transfer ends after %" PRIu64 " of %" PRIu64 " bytes",
                    d->pushed, d->total);
    return S3_AGAIN;
}

/* Without a version a second request could be of another object. */
static int
check_resumable(const struct download *d, struct error *err)
{
    bool is_versioned = d->etag.length > 0 &&
                        !span_starts(text_span(&d->etag), SPAN("W/"));

    if (d->pushed == 0 || (is_versioned && d->total != UINT64_MAX))
        return 0;
    return error_set(err, ERROR_UNREACHABLE,
                     "the transfer broke after %" PRIu64
                     " bytes, and the server tells no version to go on with",
                     d->pushed);
}

static int
download(struct download *d, const struct s3_call *call, struct error *err)
{
    struct s3 *s3 = d->s3;

    s3_call_begin(s3);
    for (;;) {
        uint64_t before = d->pushed;
        enum s3_verdict verdict = attempt(d, call, err);

        verdict = check_whole(d, verdict, err);
        if (verdict == S3_DONE)
            break;
        if (d->pushed > before)
            s3_retry_done(&s3->retry); /* it goes on, if slowly */
        if (d->refusal != S3_DONE)
            s3->answer.failure = HTTP_BROKEN; /* by us, but it is the server's fault */
        if (verdict != S3_REFUSED && check_resumable(d, err))
            return s3_call_name(s3, call, err);
        if (d->pushed > 0 && s3->answer.failure != HTTP_ENDED)
            (void)error_in(err, "after %" PRIu64 " bytes", d->pushed);
        if (s3_call_recover(s3, call, verdict, err))
            return -1;
    }
    s3_retry_done(&s3->retry);
    return 0;
}

int
s3_get(struct s3 *s3, struct span key, const struct object *object, struct sink sink,
       struct error *err)
{
    struct download d = {.s3 = s3, .sink = sink, .total = object->size_bytes};
    struct s3_call call = {.method = "GET",
                           .verb = "read",
                           .permission = "s3:GetObject",
                           .kind = ERROR_SOURCE,
                           .key = key,
                           .name = key,
                           .begin = begin,
                           .context = &d,
                           .sink = {take, &d}};
    int rc = -1;

    text_add(&d.etag, object->etag);
    if (text_check(&d.etag, err) == 0)
        rc = download(&d, &call, err);
    text_release(&d.etag);
    return rc;
}
