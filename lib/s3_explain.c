#include "s3_explain.h"

#include <stdio.h>
#include <string.h>

static bool
has_code(const struct s3 *s3, const char *code)
{
    return strcmp(s3->error.code, code) == 0;
}

static bool
is_about_keys(const struct s3 *s3)
{
    return has_code(s3, "ExpiredToken") || has_code(s3, "ExpiredTokenException") ||
           has_code(s3, "InvalidToken") || has_code(s3, "TokenRefreshRequired") ||
           has_code(s3, "RequestTimeTooSkewed");
}

static enum error_kind
kind_of(const struct s3 *s3, const struct s3_call *call)
{
    int status = s3->answer.status;

    switch (s3_judge(&s3->answer, &s3->error)) {
    case S3_AGAIN:
    case S3_AGAIN_LATER:
    case S3_AGAIN_SLOW: return ERROR_BUSY;
    case S3_ELSEWHERE: return ERROR_CONFIG;
    default: break;
    }
    if (status == 401 || status == 403 || is_about_keys(s3))
        return ERROR_DENIED;
    return call->kind;
}

/* What the user can do. */
static int
add_hint(const struct s3 *s3, const struct s3_call *call, struct error *err)
{
    int status = s3->answer.status;

    if (has_code(s3, "NoSuchBucket"))
        return error_hint(err, "check the bucket's name and, for an endpoint of your "
                               "own, that the bucket is there");
    if (has_code(s3, "SignatureDoesNotMatch"))
        return error_hint(err, "the secret access key does not belong to the access "
                               "key id, or something on the way changes requests");
    if (has_code(s3, "InvalidAccessKeyId"))
        return error_hint(err, "the access key id is unknown there: check the profile "
                               "and AWS_ACCESS_KEY_ID");
    if (has_code(s3, "RequestTimeTooSkewed"))
        return error_hint(err, "set this machine's clock");
    if (is_about_keys(s3))
        return error_hint(err, "the session token is of no use any more: get new "
                               "credentials and run again");
    if (status == 403)
        return error_hint(err,
                          "the credentials need %s on %s%.*s%s, and the bucket's "
                          "policy and key must allow it",
                          call->permission, "arn:aws:s3:::", SPAN_ARG(s3->bucket),
                          call->key.length > 0 ? "/*" : "");
    if (status == 412)
        return error_hint(err, "run again: the object is listed anew then");
    if (status == 301 || status == 307 || has_code(s3, "AuthorizationHeaderMalformed"))
        return error_hint(err, "give the bucket's region with --region");
    return -1;
}

/* The request's id: of the header, for documents may lack it. */
static struct span
request_id(const struct s3 *s3)
{
    struct span id = http_head_find(&s3->answer.head, SPAN("x-amz-request-id"));

    return id.length > 0 ? id : span_of(s3->error.request_id);
}

int
s3_explain(const struct s3 *s3, const struct s3_call *call, struct error *err)
{
    const struct s3_error *e = &s3->error;
    struct span id = request_id(s3);
    char text[512] = "";
    const char *meaning = e->message;

    if (s3->answer.status == 412)
        meaning = "the object is not the one that was listed, it was changed";
    else if (s3->answer.status == 404 && e->code[0] == '\0')
        meaning = "there is no such object";
    if (id.length > 0)
        (void)snprintf(text, sizeof text, " (request id %.*s)", SPAN_ARG(id));
    (void)error_set(err, kind_of(s3, call), "the server answers %d%s%s%s%s%s",
                    s3->answer.status, e->code[0] != '\0' ? " " : "", e->code,
                    meaning[0] != '\0' ? ": " : "", meaning, text);
    return add_hint(s3, call, err);
}
