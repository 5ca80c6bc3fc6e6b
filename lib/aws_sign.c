#include "aws_sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "digest.h"

#define ALGORITHM  "AWS4-HMAC-SHA256"
#define DATE_CHARS 8 /* of AWS_TIME_SIZE: YYYYMMDD */
#define MAC_BYTES  32

/* A name or value ready to be compared: a piece of a text that holds all of them. */
struct piece {
    size_t at;
    size_t length;
};

struct sorted {
    const char *base;
    struct piece name;
    struct piece value;
    size_t order; /* in which it came: repeats of a header keep it */
};

void
aws_time(int64_t time_s, char ret[AWS_TIME_SIZE])
{
    time_t t = (time_t)time_s;
    struct tm utc;

    if (gmtime_r(&t, &utc) == NULL ||
        strftime(ret, AWS_TIME_SIZE, "%Y%m%dT%H%M%SZ", &utc) != AWS_TIME_SIZE - 1)
        memcpy(ret, "19700101T000000Z", AWS_TIME_SIZE);
}

static void
write_hex(const unsigned char bytes[MAC_BYTES], char ret[AWS_SIGNATURE_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < MAC_BYTES; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[AWS_SIGNATURE_SIZE - 1] = '\0';
}

int
aws_payload_hash(const struct span *pieces, size_t count, char ret[AWS_SIGNATURE_SIZE],
                 struct error *err)
{
    unsigned char bytes[MAC_BYTES];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool is_good = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; is_good && i < count; i++)
        is_good = EVP_DigestUpdate(hash, pieces[i].data, pieces[i].length) == 1;
    is_good = is_good && EVP_DigestFinal_ex(hash, bytes, NULL) == 1;
    EVP_MD_CTX_free(hash);
    if (!is_good)
        return error_set(err, ERROR_IO, "OpenSSL cannot make a SHA-256");
    write_hex(bytes, ret);
    return 0;
}

static bool
is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

static void
encode(struct span s, bool keeps_slash, struct text *ret)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.length; i++) {
        unsigned char c = (unsigned char)s.data[i];

        if (is_unreserved(s.data[i]) || (keeps_slash && c == '/')) {
            text_add_char(ret, s.data[i]);
        } else {
            text_add_char(ret, '%');
            text_add_char(ret, digits[c >> 4]);
            text_add_char(ret, digits[c & 15]);
        }
    }
}

void
aws_encode_path(struct span path, struct text *ret)
{
    encode(path, true, ret);
}

void
aws_encode(struct span value, struct text *ret)
{
    encode(value, false, ret);
}

static struct span
piece_span(const struct sorted *s, struct piece p)
{
    return (struct span){s->base + p.at, p.length};
}

/* By encoded name, then by encoded value: pairs, not joined strings ("q" < "q.x"). */
static int
compare_query(const void *left, const void *right)
{
    const struct sorted *a = left;
    const struct sorted *b = right;
    int order = span_compare(piece_span(a, a->name), piece_span(b, b->name));

    return order != 0 ? order
                      : span_compare(piece_span(a, a->value), piece_span(b, b->value));
}

static int
compare_header(const void *left, const void *right)
{
    const struct sorted *a = left;
    const struct sorted *b = right;
    int order = span_compare(piece_span(a, a->name), piece_span(b, b->name));

    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* Append a header's name in lower case. */
static void
add_lower(struct span s, struct text *t)
{
    for (size_t i = 0; i < s.length; i++)
        text_add_char(t, s.data[i] >= 'A' && s.data[i] <= 'Z'
                             ? (char)(s.data[i] - 'A' + 'a')
                             : s.data[i]);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Append a header's value trimmed, runs of blanks folded to one. */
static void
add_folded(struct span s, struct text *t)
{
    size_t begin = t->length;
    bool was_blank = false;

    for (size_t i = 0; i < s.length; i++) {
        if (is_blank(s.data[i])) {
            was_blank = true;
            continue;
        }
        if (was_blank && t->length > begin)
            text_add_char(t, ' ');
        was_blank = false;
        text_add_char(t, s.data[i]);
    }
}

/* Encode (or fold) all fields into `store` and sort what lies there. */
static int
sort_fields(const struct aws_field *fields, size_t count, bool is_query,
            struct text *store, struct sorted sorted[AWS_FIELDS_MAX], struct error *err)
{
    size_t room = 0;

    if (count > AWS_FIELDS_MAX)
        return error_set(err, ERROR_BUG, "%zu fields in one request", count);
    /* all at once: a text that grows leaves a copy behind, perhaps of a token */
    for (size_t i = 0; i < count; i++)
        room += 3 * (fields[i].name.length + fields[i].value.length);
    (void)text_room(store, room); /* a failure shows in text_check */
    for (size_t i = 0; i < count; i++) {
        struct sorted *s = &sorted[i];

        *s = (struct sorted){.order = i};
        s->name.at = store->length;
        (is_query ? aws_encode : add_lower)(fields[i].name, store);
        s->name.length = store->length - s->name.at;
        s->value.at = store->length;
        (is_query ? aws_encode : add_folded)(fields[i].value, store);
        s->value.length = store->length - s->value.at;
    }
    if (text_check(store, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        sorted[i].base = text_string(store);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, is_query ? compare_query : compare_header);
    return 0;
}

int
aws_encode_query(const struct aws_field *query, size_t count, struct text *ret,
                 struct error *err)
{
    struct sorted sorted[AWS_FIELDS_MAX] = {0};
    struct text store = {0};
    int rc = sort_fields(query, count, true, &store, sorted, err);

    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (i > 0)
            text_add_char(ret, '&');
        text_add(ret, piece_span(&sorted[i], sorted[i].name));
        text_add_char(ret, '=');
        text_add(ret, piece_span(&sorted[i], sorted[i].value));
    }
    text_release(&store);
    return rc;
}

static bool
is_same_name(const struct sorted *a, const struct sorted *b)
{
    return span_equal(piece_span(a, a->name), piece_span(b, b->name));
}

/* Append the canonical headers, when asked for, else their names joined by ';'. */
static void
add_headers(const struct sorted *sorted, size_t count, bool names_only, struct text *t)
{
    for (size_t i = 0; i < count; i++) {
        bool is_repeat = i > 0 && is_same_name(&sorted[i - 1], &sorted[i]);

        if (names_only && is_repeat)
            continue;
        if (names_only && i > 0)
            text_add_char(t, ';');
        if (!is_repeat)
            text_add(t, piece_span(&sorted[i], sorted[i].name));
        if (names_only)
            continue;
        text_add_char(t, is_repeat ? ',' : ':');
        text_add(t, piece_span(&sorted[i], sorted[i].value));
        if (i + 1 == count || !is_same_name(&sorted[i], &sorted[i + 1]))
            text_add_char(t, '\n');
    }
}

int
aws_canonical_request(const struct aws_request *request, struct text *ret,
                      struct error *err)
{
    struct sorted sorted[AWS_FIELDS_MAX] = {0};
    struct text store = {0};
    int rc = -1;

    text_add(ret, request->method);
    text_add_char(ret, '\n');
    aws_encode_path(request->path, ret);
    text_add_char(ret, '\n');
    if (aws_encode_query(request->query, request->query_count, ret, err))
        goto out;
    text_add_char(ret, '\n');
    if (sort_fields(request->headers, request->header_count, false, &store, sorted,
                    err))
        goto out;
    add_headers(sorted, request->header_count, false, ret);
    text_add_char(ret, '\n');
    add_headers(sorted, request->header_count, true, ret);
    text_add_char(ret, '\n');
    text_add(ret, request->payload_hash);
    rc = text_check(ret, err);
out:
    aws_wipe_text(&store); /* a session token may be among the headers */
    return rc;
}

/* Append "20130524/us-east-1/s3/aws4_request". */
static void
add_scope(const struct aws_scope *scope, struct text *t)
{
    char time[AWS_TIME_SIZE];

    aws_time(scope->time_s, time);
    text_add(t, (struct span){time, DATE_CHARS});
    text_addf(t, "/%.*s/%.*s/aws4_request", SPAN_ARG(scope->region),
              SPAN_ARG(scope->service));
}

void
aws_string_to_sign(struct span canonical, const struct aws_scope *scope,
                   struct text *ret)
{
    char time[AWS_TIME_SIZE];
    char hex[DIGEST_HEX_SIZE];

    aws_time(scope->time_s, time);
    digest_hex(canonical, hex);
    text_addf(ret, ALGORITHM "\n%s\n", time);
    add_scope(scope, ret);
    text_addf(ret, "\n%s", hex);
}

/* HMAC-SHA256 of `message` into `ret`, which may be where `key` lies. */
static int
mac(struct span key, struct span message, unsigned char ret[MAC_BYTES],
    struct error *err)
{
    unsigned char out[MAC_BYTES];
    unsigned int length = 0;

    if (HMAC(EVP_sha256(), key.data, span_int(key.length),
             (const unsigned char *)(message.length > 0 ? message.data : ""),
             message.length, out, &length) == NULL ||
        length != MAC_BYTES)
        return error_set(err, ERROR_IO, "OpenSSL cannot make an HMAC-SHA256");
    memcpy(ret, out, MAC_BYTES);
    OPENSSL_cleanse(out, sizeof out);
    return 0;
}

int
aws_signature(struct span string_to_sign, const struct aws_scope *scope,
              struct span secret, char ret[AWS_SIGNATURE_SIZE], struct error *err)
{
    unsigned char bytes[MAC_BYTES];
    struct span key = {(const char *)bytes, sizeof bytes};
    struct text first = {.limit = 1 << 16};
    char time[AWS_TIME_SIZE];
    int rc = -1;

    aws_time(scope->time_s, time);
    (void)text_room(&first, secret.length + 4); /* so that it never moves */
    text_add(&first, SPAN("AWS4"));
    text_add(&first, secret);
    if (text_check(&first, err) ||
        mac(text_span(&first), (struct span){time, DATE_CHARS}, bytes, err) ||
        mac(key, scope->region, bytes, err) || mac(key, scope->service, bytes, err) ||
        mac(key, SPAN("aws4_request"), bytes, err) ||
        mac(key, string_to_sign, bytes, err))
        goto out;
    write_hex(bytes, ret);
    rc = 0;
out:
    OPENSSL_cleanse(bytes, sizeof bytes);
    aws_wipe_text(&first);
    return rc;
}

/* Append "host;x-amz-date". */
static int
add_signed_names(const struct aws_request *request, struct text *ret, struct error *err)
{
    struct sorted sorted[AWS_FIELDS_MAX] = {0};
    struct text store = {0};
    int rc = sort_fields(request->headers, request->header_count, false, &store, sorted,
                         err);

    if (rc == 0)
        add_headers(sorted, request->header_count, true, ret);
    aws_wipe_text(&store);
    return rc;
}

int
aws_authorization(const struct aws_request *request, const struct aws_scope *scope,
                  const struct aws_keys *keys, struct text *ret, struct error *err)
{
    struct text canonical = {0};
    struct text string = {0};
    char signature[AWS_SIGNATURE_SIZE];
    int rc = -1;

    if (aws_canonical_request(request, &canonical, err))
        goto out;
    aws_string_to_sign(text_span(&canonical), scope, &string);
    if (text_check(&string, err) ||
        aws_signature(text_span(&string), scope, keys->secret, signature, err))
        goto out;
    /* the access key goes in as it is: some servers' hold colons */
    text_addf(ret, ALGORITHM " Credential=%.*s/", SPAN_ARG(keys->access_key));
    add_scope(scope, ret);
    text_add(ret, SPAN(", SignedHeaders="));
    if (add_signed_names(request, ret, err))
        goto out;
    text_addf(ret, ", Signature=%s", signature);
    rc = text_check(ret, err);
out:
    aws_wipe_text(&canonical);
    text_release(&string);
    return rc;
}
