/* s3_config -- how to reach S3: what the driver and the calls below it are told. */
#ifndef RSLOAD_S3_CONFIG_H
#define RSLOAD_S3_CONFIG_H

#include "aws_credentials.h"
#include "bytes.h"
#include "say.h"
#include "stop.h"

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

#endif
