/* s3_retry -- what an answer of S3 means for another attempt, and how long to wait. */
#ifndef RSLOAD_S3_RETRY_H
#define RSLOAD_S3_RETRY_H

#include "bytes.h"
#include "http.h"
#include "s3_error.h"

enum s3_verdict {
    S3_DONE,
    S3_AGAIN,       /* the same once more, after a wait */
    S3_AGAIN_LATER, /* likewise; the server is overloaded */
    S3_AGAIN_SLOW,  /* likewise; time ran out, which costs more */
    S3_AGAIN_ONCE,  /* the body was damaged on its way: one other attempt */
    S3_SKEWED,      /* our clock and the server's are apart */
    S3_EXPIRED,     /* the credentials are too old */
    S3_ELSEWHERE,   /* the bucket is in another region */
    S3_REFUSED,     /* no attempt will do better */
};

/*
 * What an answer of S3 means. Decided by the status first and by the code second, for
 * answers may have no document or another's.
 * Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; Amazon S3 API
 * Reference, "Error responses".
 */
enum s3_verdict s3_judge(const struct http_answer *answer, const struct s3_error *e);

/*
 * The attempts of one store: the standard mode of AWS's SDKs. A wait is random between
 * 0 and base * 2^(n-1), at most 20 s; each costs tokens from a bucket of 500 that
 * successes fill again, so that a broken server is not asked for ever.
 * Belongs to one thread.
 */
struct s3_retry {
    int attempts_max;
    int base_ms;
    uint64_t random; /* the state of the generator */
    int attempt;     /* of the request under way, from 1 */
    int tokens;
    int paid; /* for the last attempt */
};

/* `attempts_max` and `base_ms`: 0 gives 8 and 1,000. */
void s3_retry_init(struct s3_retry *retry, int attempts_max, int base_ms,
                   uint64_t seed);

/* A request begins, or has made progress: its attempts count from one again. */
void s3_retry_begin(struct s3_retry *retry);

/* May there be another attempt? In `ret_ms` how long to wait before it. */
bool s3_retry_next(struct s3_retry *retry, enum s3_verdict verdict, int *ret_ms);

/* The request came through. */
void s3_retry_done(struct s3_retry *retry);

#endif
