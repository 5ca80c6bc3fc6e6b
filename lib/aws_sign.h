/* aws_sign -- Signature Version 4 as S3 wants it; every input is an argument. */
#ifndef RSLOAD_AWS_SIGN_H
#define RSLOAD_AWS_SIGN_H

#include "aws_keys.h"
#include "bytes.h"
#include "error.h"

#define AWS_FIELDS_MAX     32
#define AWS_SIGNATURE_SIZE 65 /* 64 lower-case hex digits and a NUL */
#define AWS_TIME_SIZE      17 /* "20130524T000000Z" and a NUL */

/* SHA-256 of no bytes: the payload hash of GET, HEAD and DELETE. */
#define AWS_EMPTY_SHA256                                                               \
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A header or a query parameter, neither encoded. */
struct aws_field {
    struct span name;
    struct span value;
};

/*
 * What is signed. `path` begins with a slash and is as the object is called: it is
 * encoded once and never normalised (S3's rule, not that of other services). `headers`
 * are those to sign: host, every x-amz-* that is sent, and what else should be safe;
 * names in any case, in any order, repeats allowed. `payload_hash` is the hex SHA-256
 * of the body and the value of x-amz-content-sha256.
 */
struct aws_request {
    struct span method;
    struct span path;
    const struct aws_field *query;
    size_t query_count;
    const struct aws_field *headers;
    size_t header_count;
    struct span payload_hash;
};

/* For whom and when. Units: seconds since 1970 UTC; x-amz-date must be of the same. */
struct aws_scope {
    struct span region;
    struct span service;
    int64_t time_s;
};

/* "20130524T000000Z" of `time_s` (years 0 to 9999) into `ret`. */
void aws_time(int64_t time_s, char ret[AWS_TIME_SIZE]);

/* Append `path` percent-encoded: unreserved characters and slashes stay. */
void aws_encode_path(struct span path, struct text *ret);

/* Append a name or a value of a query percent-encoded: slashes too. */
void aws_encode(struct span value, struct text *ret);

/*
 * Append the query sorted and encoded as it is signed ("list-type=2&prefix=a%2Fb");
 * send it in this form. Errors: ERROR_BUG when there are more than AWS_FIELDS_MAX.
 */
int aws_encode_query(const struct aws_field *query, size_t count, struct text *ret,
                     struct error *err) MUST_CHECK;

/* The SHA-256 of the pieces joined, in hex: the payload hash of a PUT. Errors:
 * ERROR_IO. */
int aws_payload_hash(const struct span *pieces, size_t count,
                     char ret[AWS_SIGNATURE_SIZE], struct error *err) MUST_CHECK;

/* Append the canonical request. Errors: ERROR_BUG for too many fields. */
int aws_canonical_request(const struct aws_request *request, struct text *ret,
                          struct error *err) MUST_CHECK;

/* Append the string to sign over the canonical request `canonical`. */
void aws_string_to_sign(struct span canonical, const struct aws_scope *scope,
                        struct text *ret);

/* The signature of `string_to_sign` under a key made of `secret` and `scope`.
 * Errors: ERROR_IO when OpenSSL fails or memory is short. */
int aws_signature(struct span string_to_sign, const struct aws_scope *scope,
                  struct span secret, char ret[AWS_SIGNATURE_SIZE],
                  struct error *err) MUST_CHECK;

/*
 * Append the value of the Authorization header. The keys' token, when there is one,
 * must be among the headers as x-amz-security-token. Errors: as above.
 * Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization
 * Header (AWS Signature Version 4)".
 */
int aws_authorization(const struct aws_request *request, const struct aws_scope *scope,
                      const struct aws_keys *keys, struct text *ret,
                      struct error *err) MUST_CHECK;

#endif
