#include "s3_retry.h"

#define ATTEMPTS    8
#define BASE_MS     1000
#define WAIT_MAX_MS 20000
#define TOKENS      500
#define COST        5
#define COST_SLOW   10

struct meaning {
    const char *code;
    enum s3_verdict verdict;
};

/* Codes that decide on their own, whatever the status. */
static const struct meaning codes[] = {
    {"RequestTimeTooSkewed", S3_SKEWED},
    {"ExpiredToken", S3_EXPIRED},
    {"ExpiredTokenException", S3_EXPIRED},
    {"TokenRefreshRequired", S3_EXPIRED},
    {"AuthorizationHeaderMalformed", S3_ELSEWHERE},
    {"PermanentRedirect", S3_ELSEWHERE},
    {"IllegalLocationConstraintException", S3_ELSEWHERE},
    {"RequestTimeout", S3_AGAIN_SLOW},
    {"BadDigest", S3_AGAIN_ONCE},
    {"XAmzContentSHA256Mismatch", S3_AGAIN_ONCE},
    {"SlowDown", S3_AGAIN_LATER},
    {"Throttling", S3_AGAIN_LATER},
    {"ThrottlingException", S3_AGAIN_LATER},
    {"RequestLimitExceeded", S3_AGAIN_LATER},
    {"InternalError", S3_AGAIN},
    {"OperationAborted", S3_AGAIN},
};

static enum s3_verdict
judge_failure(enum http_failure failure)
{
    switch (failure) {
    case HTTP_BROKEN: return S3_AGAIN;
    case HTTP_TIMEOUT: return S3_AGAIN_SLOW;
    case HTTP_OK:
    case HTTP_REFUSED:
    case HTTP_ENDED: break;
    }
    return S3_REFUSED;
}

enum s3_verdict
s3_judge(const struct http_answer *answer, const struct s3_error *e)
{
    if (answer->failure != HTTP_OK)
        return judge_failure(answer->failure);
    if (answer->status / 100 == 2)
        return S3_DONE;
    if (answer->status == 301 || answer->status == 307 || answer->status == 308)
        return S3_ELSEWHERE;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (span_equal(span_of(e->code), span_of(codes[i].code)))
            return codes[i].verdict;
    switch (answer->status) {
    case 408: return S3_AGAIN_SLOW;
    case 429:
    case 503: return S3_AGAIN_LATER;
    case 500:
    case 502:
    case 504: return S3_AGAIN;
    default: return S3_REFUSED;
    }
}

void
s3_retry_init(struct s3_retry *retry, int attempts_max, int base_ms, uint64_t seed)
{
    *retry = (struct s3_retry){.attempts_max = attempts_max > 0 ? attempts_max
                                                                : ATTEMPTS,
                               .base_ms = base_ms > 0 ? base_ms : BASE_MS,
                               .random = seed,
                               .attempt = 1,
                               .tokens = TOKENS};
}

void
s3_retry_begin(struct s3_retry *retry)
{
    retry->attempt = 1;
    retry->paid = 0;
}

/* The next number of SplitMix64 (Steele, Lea, Flood 2014): any seed will do. */
static uint64_t
next_random(uint64_t *state)
{
    uint64_t z;

    *state += 0x9e3779b97f4a7c15;
    z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

bool
s3_retry_next(struct s3_retry *retry, enum s3_verdict verdict, int *ret_ms)
{
    int cost = verdict == S3_AGAIN_SLOW ? COST_SLOW : COST;
    int64_t most = retry->base_ms;

    if (retry->attempt >= retry->attempts_max || retry->tokens < cost)
        return false;
    for (int i = 1; i < retry->attempt && most < WAIT_MAX_MS; i++)
        most *= 2;
    if (most > WAIT_MAX_MS)
        most = WAIT_MAX_MS;
    *ret_ms = (int)(next_random(&retry->random) % (uint64_t)(most + 1));
    retry->tokens -= cost;
    retry->paid = cost;
    retry->attempt++;
    return true;
}

void
s3_retry_done(struct s3_retry *retry)
{
    retry->tokens += retry->paid > 0 ? retry->paid : 1;
    if (retry->tokens > TOKENS)
        retry->tokens = TOKENS;
    s3_retry_begin(retry);
}
