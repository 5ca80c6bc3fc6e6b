/* Signature Version 4 against AWS's own suite and S3 examples (RSLOAD_TESTDATA). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws_sign.h"
#include "digest.h"

#define MAY_24 1369353600 /* 2013-05-24T00:00:00Z, of all S3 examples */

static void
skip_without(const char *data)
{
    if (data != NULL)
        return;
    print_message("skipped: RSLOAD_TESTDATA is not set\n");
    skip();
}

static struct text
read_file(const char *path)
{
    struct text t = {0};
    FILE *f = fopen(path, "rb");
    char buffer[4096];
    size_t got;

    if (f == NULL)
        fail_msg("cannot read %s", path);
    while ((got = fread(buffer, 1, sizeof buffer, f)) > 0)
        text_add(&t, (struct span){buffer, got});
    (void)fclose(f);
    return t;
}

/* The expected text of a case, without the newline at its end. */
static struct text
read_case(const char *folder, const char *file)
{
    struct text path = {0}, t;

    text_addf(&path, "%s/%s", folder, file);
    t = read_file(text_string(&path));
    t.length -= t.length > 0 && t.data[t.length - 1] == '\n';
    text_release(&path);
    return t;
}

struct fields {
    struct arena arena;
    struct aws_field list[AWS_FIELDS_MAX];
    size_t count;
};

static void
fields_add(struct fields *f, struct span name, struct span value)
{
    struct error err = {0};
    struct aws_field *field = &f->list[f->count++];

    assert_true(f->count <= AWS_FIELDS_MAX);
    assert_int_equal(arena_copy(&f->arena, name, &field->name, &err), 0);
    assert_int_equal(arena_copy(&f->arena, value, &field->value, &err), 0);
}

/* Cut `s` at the first `c`: what is before it, and in `rest` what is behind. */
static struct span
cut(struct span s, char c, struct span *rest)
{
    const char *at = s.length > 0 ? memchr(s.data, c, s.length) : NULL;
    size_t length = at != NULL ? (size_t)(at - s.data) : s.length;

    *rest = at != NULL ? (struct span){at + 1, s.length - length - 1}
                       : (struct span){s.data + s.length, 0};
    return (struct span){s.data, length};
}

/* Some cases hold escapes: undo them, for the signer encodes by itself. */
static void
decode(struct span s, struct text *plain)
{
    text_clear(plain);
    for (size_t i = 0; i < s.length; i++) {
        unsigned byte;

        if (s.data[i] == '%' && sscanf(s.data + i + 1, "%2x", &byte) == 1) {
            text_add_char(plain, (char)byte);
            i += 2;
        } else {
            text_add_char(plain, s.data[i]);
        }
    }
}

static void
read_query(struct span query, struct fields *f)
{
    struct text plain_name = {0}, plain_value = {0};

    while (query.length > 0) {
        struct span value, rest, pair = cut(query, '&', &rest);

        decode(cut(pair, '=', &value), &plain_name);
        decode(value, &plain_value);
        fields_add(f, text_span(&plain_name), text_span(&plain_value));
        query = rest;
    }
    text_release(&plain_name);
    text_release(&plain_value);
}

/* Headers up to the empty line; a folded line continues the value before it. */
static struct span
read_headers(struct span lines, struct fields *f)
{
    while (lines.length > 0) {
        struct span value, line = cut(lines, '\n', &lines);
        struct aws_field *last = f->count > 0 ? &f->list[f->count - 1] : NULL;

        if (line.length == 0)
            break;
        if (line.data[0] == ' ' && last != NULL) {
            struct text joined = {0};
            struct error err = {0};

            text_add(&joined, last->value);
            text_add_char(&joined, ' ');
            text_add(&joined, line);
            assert_int_equal(
                arena_copy(&f->arena, text_span(&joined), &last->value, &err), 0);
            text_release(&joined);
        } else {
            struct span name = cut(line, ':', &value);

            fields_add(f, name, value);
        }
    }
    return lines;
}

static const char *
json_text(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

/* A request of the suite as it is read, and what signs it. */
struct suite_case {
    struct fields headers, query;
    struct span method, path;
    char payload_hash[AWS_SIGNATURE_SIZE];
    struct text file;
    cJSON *context;
};

#define SUITE_TIME   1440938160 /* 2015-08-30T12:36:00Z, of all cases */
#define SUITE_STAMP  "20150830T123600Z"
#define SUITE_REGION "us-east-1"

static void
open_case(const char *folder, struct suite_case *c)
{
    struct text context = read_case(folder, "context.json");
    struct span lines, target, body, version = SPAN(" HTTP/1.1");

    c->context = cJSON_Parse(text_string(&context));
    assert_non_null(c->context);
    assert_string_equal(json_text(c->context, "timestamp"), "2015-08-30T12:36:00Z");
    assert_string_equal(json_text(c->context, "region"), SUITE_REGION);
    text_release(&context);
    c->file = read_case(folder, "request.txt");
    target = cut(text_span(&c->file), '\n', &lines);
    c->method = cut(target, ' ', &target);
    assert_true(span_ends(target, version)); /* the target may hold blanks */
    target.length -= version.length;
    c->path = cut(target, '?', &target);
    read_query(target, &c->query);
    body = read_headers(lines, &c->headers);
    digest_hex(body, c->payload_hash);
}

static void
close_case(struct suite_case *c)
{
    arena_release(&c->headers.arena);
    arena_release(&c->query.arena);
    text_release(&c->file);
    cJSON_Delete(c->context);
}

/* Do the three texts agree with the files "<way>-...txt" of the case? */
static void
compare_case(const char *folder, const char *way, const struct suite_case *c,
             const char *secret)
{
    struct aws_request request = {
        c->method,       c->path,          c->query.list,           c->query.count,
        c->headers.list, c->headers.count, span_of(c->payload_hash)};
    struct aws_scope scope = {SPAN(SUITE_REGION), SPAN("service"), SUITE_TIME};
    struct text canonical = {0}, to_sign = {0}, names[3] = {{0}}, wanted[3];
    char signature[AWS_SIGNATURE_SIZE];
    struct error err = {0};
    static const char *const files[] = {"canonical-request", "string-to-sign",
                                        "signature"};

    for (size_t i = 0; i < 3; i++) {
        text_addf(&names[i], "%s-%s.txt", way, files[i]);
        wanted[i] = read_case(folder, text_string(&names[i]));
        text_release(&names[i]);
    }
    assert_int_equal(aws_canonical_request(&request, &canonical, &err), 0);
    if (!span_equal(text_span(&canonical), text_span(&wanted[0])))
        fail_msg("%s %s:\n%s\n---\n%s", folder, way, text_string(&canonical),
                 text_string(&wanted[0]));
    aws_string_to_sign(text_span(&canonical), &scope, &to_sign);
    assert_string_equal(text_string(&to_sign), text_string(&wanted[1]));
    assert_int_equal(
        aws_signature(text_span(&to_sign), &scope, span_of(secret), signature, &err),
        0);
    assert_string_equal(signature, text_string(&wanted[2]));
    text_release(&canonical);
    text_release(&to_sign);
    for (size_t i = 0; i < 3; i++)
        text_release(&wanted[i]);
}

static void
check_header_signing(const char *folder)
{
    struct suite_case c = {0};
    const cJSON *credentials;
    const char *token;

    open_case(folder, &c);
    credentials = cJSON_GetObjectItemCaseSensitive(c.context, "credentials");
    token = json_text(credentials, "token");
    fields_add(&c.headers, SPAN("X-Amz-Date"), SPAN(SUITE_STAMP));
    if (token[0] != '\0' &&
        !cJSON_IsTrue(cJSON_GetObjectItem(c.context, "omit_session_token")))
        fields_add(&c.headers, SPAN("X-Amz-Security-Token"), span_of(token));
    if (cJSON_IsTrue(cJSON_GetObjectItem(c.context, "sign_body")))
        fields_add(&c.headers, SPAN("x-amz-content-sha256"), span_of(c.payload_hash));
    compare_case(folder, "header", &c, json_text(credentials, "secret_access_key"));
    close_case(&c);
}

/* Presigned: the query holds it all. */
static void
check_query_signing(const char *folder)
{
    struct suite_case c = {0};
    const cJSON *credentials;
    const char *token;
    struct text value = {0}, canonical;
    struct span lines, names = {0};

    open_case(folder, &c);
    credentials = cJSON_GetObjectItemCaseSensitive(c.context, "credentials");
    token = json_text(credentials, "token");
    text_addf(&value, "%s/20150830/%s/service/aws4_request",
              json_text(credentials, "access_key_id"), SUITE_REGION);
    fields_add(&c.query, SPAN("X-Amz-Credential"), text_span(&value));
    fields_add(&c.query, SPAN("X-Amz-Algorithm"), SPAN("AWS4-HMAC-SHA256"));
    fields_add(&c.query, SPAN("X-Amz-Date"), SPAN(SUITE_STAMP));
    fields_add(&c.query, SPAN("X-Amz-Expires"), SPAN("3600"));
    if (token[0] != '\0' &&
        !cJSON_IsTrue(cJSON_GetObjectItem(c.context, "omit_session_token")))
        fields_add(&c.query, SPAN("X-Amz-Security-Token"), span_of(token));
    /* the list of signed names is the last line but one of the expected text */
    canonical = read_case(folder, "query-canonical-request.txt");
    lines = text_span(&canonical);
    for (struct span line = {0}; lines.length > 0;) {
        names = line;
        line = cut(lines, '\n', &lines);
    }
    fields_add(&c.query, SPAN("X-Amz-SignedHeaders"), names);
    compare_case(folder, "query", &c, json_text(credentials, "secret_access_key"));
    text_release(&canonical);
    text_release(&value);
    close_case(&c);
}

/* Where other services normalise the path and S3 does not. */
static bool
is_normalised(struct span name)
{
    return span_starts(name, SPAN("get-")) && span_ends(name, SPAN("-normalized")) &&
           !span_equal(name, SPAN("get-space-normalized"));
}

static void
agrees_with_the_suite(void **state)
{
    const char *data = getenv("RSLOAD_TESTDATA");
    struct text root = {0}, folder = {0};
    struct dirent *entry;
    unsigned checked = 0;
    DIR *dir;

    (void)state;
    skip_without(data);
    text_addf(&root, "%s/sigv4/v4", data);
    dir = opendir(text_string(&root));
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || is_normalised(span_of(entry->d_name)))
            continue;
        text_clear(&folder);
        text_addf(&folder, "%s/%s", text_string(&root), entry->d_name);
        check_header_signing(text_string(&folder));
        check_query_signing(text_string(&folder));
        checked++;
    }
    (void)closedir(dir);
    assert_int_equal(checked, 32);
    text_release(&root);
    text_release(&folder);
}

static void
check_s3_example(const cJSON *e)
{
    struct aws_field headers[AWS_FIELDS_MAX], query[AWS_FIELDS_MAX];
    const cJSON *map = cJSON_GetObjectItemCaseSensitive(e, "signed_headers");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(e, "query"), *item;
    struct aws_request request = {
        .method = span_of(json_text(e, "method")),
        .path = span_of(json_text(e, "path_unencoded")),
        .query = query,
        .headers = headers,
        .payload_hash = span_of(json_text(e, "payload_hash"))};
    struct aws_scope scope = {span_of(json_text(e, "region")),
                              span_of(json_text(e, "service")), MAY_24};
    struct text canonical = {0}, to_sign = {0};
    char signature[AWS_SIGNATURE_SIZE];
    struct error err = {0};

    cJSON_ArrayForEach(item, map) headers[request.header_count++] = (struct aws_field){
        span_of(item->string), span_of(item->valuestring)};
    cJSON_ArrayForEach(item, list) query[request.query_count++] = (struct aws_field){
        span_of(cJSON_GetArrayItem(item, 0)->valuestring),
        span_of(cJSON_GetArrayItem(item, 1)->valuestring)};
    assert_int_equal(aws_canonical_request(&request, &canonical, &err), 0);
    assert_string_equal(text_string(&canonical), json_text(e, "canonical_request"));
    aws_string_to_sign(text_span(&canonical), &scope, &to_sign);
    assert_string_equal(text_string(&to_sign), json_text(e, "string_to_sign"));
    assert_int_equal(aws_signature(text_span(&to_sign), &scope,
                                   span_of(json_text(e, "secret_access_key")),
                                   signature, &err),
                     0);
    assert_string_equal(signature, json_text(e, "signature"));
    text_release(&canonical);
    text_release(&to_sign);
}

static void
agrees_with_the_s3_examples(void **state)
{
    const char *data = getenv("RSLOAD_TESTDATA");
    struct text path = {0}, file;
    cJSON *all;
    const cJSON *e;
    unsigned checked = 0;

    (void)state;
    skip_without(data);
    text_addf(&path, "%s/sigv4/s3-examples.json", data);
    file = read_file(text_string(&path));
    all = cJSON_Parse(text_string(&file));
    cJSON_ArrayForEach(e, all)
    {
        check_s3_example(e);
        checked++;
    }
    assert_int_equal(checked, 6);
    cJSON_Delete(all);
    text_release(&file);
    text_release(&path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_suite),
        cmocka_unit_test(agrees_with_the_s3_examples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
