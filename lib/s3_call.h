/* s3_call -- signed requests to one bucket, repeated where that helps. */
#ifndef RSLOAD_S3_CALL_H
#define RSLOAD_S3_CALL_H

#include "aws_sign.h"
#include "bytes.h"
#include "error.h"
#include "http.h"
#include "s3_config.h"
#include "s3_endpoint.h"
#include "s3_error.h"
#include "s3_retry.h"
#include "store.h"

#define S3_CALL_FIELDS 8 /* of a call's query, and of its headers */

/* A bucket and all that asking it needs. Belongs to one thread. */
struct s3 {
    struct store store; /* the first: a store is cast to this */
    const struct store_s3_config *config;
    struct span bucket;
    struct text prefix; /* "" or "a/b/": what stands before the keys of the store */
    struct text region; /* now */
    struct s3_endpoint endpoint;
    struct http *http;
    struct http_answer answer; /* to the last attempt */
    struct s3_error error;     /* likewise */
    struct s3_retry retry;
    int64_t skew_s; /* the server's clock is that much ahead of ours */
    bool is_moved;  /* the region was corrected once */
    /* of the call under way: what is corrected once only */
    bool is_skew_corrected;
    bool is_renewed;
    bool is_repeated;
    struct aws_keys keys; /* that signed the last attempt */
};

/* One request. Zeroed but for method, verb, permission and kind is a valid one for the
 * bucket. */
struct s3_call {
    const char *method;
    const char *verb;       /* for messages: "list", "read", "write", "delete" */
    const char *permission; /* that it needs: "s3:GetObject" */
    enum error_kind kind;   /* of failures that have none of their own */
    struct span key;        /* whole; empty: the bucket itself */
    struct span name;       /* of what is asked for, for messages: a key or a prefix */
    struct aws_field query[S3_CALL_FIELDS];
    size_t query_count;
    struct aws_field headers[S3_CALL_FIELDS]; /* beside those of signing */
    size_t header_count;
    bool has_body;
    const struct span *pieces;
    size_t piece_count;
    struct span payload_hash; /* empty: of no bytes */
    int (*begin)(void *context, const struct http_answer *answer, struct error *err);
    void *context;
    struct sink sink;
};

/* A call begins: forget what was corrected for the one before. */
void s3_call_begin(struct s3 *s3);

/*
 * Sign and send the call, once. In `err` why not, unless it is S3_DONE.
 * Errors: ERROR_DENIED with the missing permission, ERROR_BUSY, ERROR_UNREACHABLE,
 * ERROR_CONFIG for a region, the call's kind; each with status, code and request id.
 */
enum s3_verdict s3_call_attempt(struct s3 *s3, const struct s3_call *call,
                                struct error *err);

/*
 * Make another attempt possible: wait, or correct clock, keys or region. Returns 0 when
 * it is worth it, -1 with `err` complete when not.
 */
int s3_call_recover(struct s3 *s3, const struct s3_call *call, enum s3_verdict verdict,
                    struct error *err) MUST_CHECK;

/* Begin, attempt, recover, until it is done or lost. Errors: as s3_call_attempt. */
int s3_call(struct s3 *s3, const struct s3_call *call, struct error *err) MUST_CHECK;

/* Put "read s3://bucket/key" before what stands in `err`. Returns -1, always. */
int s3_call_name(const struct s3 *s3, const struct s3_call *call, struct error *err);

#endif
