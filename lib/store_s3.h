/* store_s3 -- objects in S3 and in what speaks its language. */
#ifndef RSLOAD_STORE_S3_H
#define RSLOAD_STORE_S3_H

#include "aws_credentials.h"
#include "bytes.h"
#include "error.h"
#include "say.h"
#include "stop.h"
#include "store.h"

/* How the bucket stands in a URL: before the host's name or first in the path. */
enum s3_addressing {
    S3_ADDRESSING_AUTO, /* virtual for AWS and a bucket without dots, else path */
    S3_ADDRESSING_PATH,
    S3_ADDRESSING_VIRTUAL,
};

/*
 * How to reach S3; shared by all places and threads, read only, outlives them. Zeroed
 * but for `region`, `credentials` and `now_s` is a valid one for AWS.
 */
struct store_s3_config {
    struct span region; /* may be empty with an endpoint: "us-east-1" then */
    struct span
        endpoint; /* "https://host[:port][/path]"; empty: AWS. http:// is allowed */
    enum s3_addressing addressing;
    struct span ca_file; /* empty: the system's */
    struct aws_credentials *credentials;
    struct stop *stop;
    const struct say *say;
    int64_t (*now_s)(void *context); /* the wall clock, seconds since 1970 UTC */
    void *now_context;
    uint64_t seed;          /* of the random waits between attempts */
    int attempts;           /* in a row without progress; 0: 8 */
    int retry_base_ms;      /* the first wait is up to this; 0: 1,000 */
    int stall_timeout_s;    /* 0: as http.h */
    int connect_timeout_ms; /* 0: as http.h */
    int page_keys;          /* keys asked for in a page of a listing; 0: 1,000 */
};

/*
 * The place of `url` ("s3://bucket" or "s3://bucket/prefix", no slash at the end).
 * Ownership: `url` and `config` are borrowed for the life of the place.
 * Errors: ERROR_USAGE when it is no such URL or the bucket's name is not allowed.
 * Source: Amazon S3 User Guide, "General purpose bucket naming rules".
 */
int store_s3_place(struct span url, const struct store_s3_config *config,
                   struct store_place *ret, struct error *err) MUST_CHECK;

/* The addressing of that word ("auto", "path", "virtual"); -1 when there is none. */
int store_s3_addressing(struct span word);

#endif
