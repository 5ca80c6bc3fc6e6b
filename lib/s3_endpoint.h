/* s3_endpoint -- where a bucket's objects are asked for: scheme, host and path. */
#ifndef RSLOAD_S3_ENDPOINT_H
#define RSLOAD_S3_ENDPOINT_H

#include "bytes.h"
#include "error.h"
#include "s3_config.h"

/* Zeroed is valid and empty; s3_endpoint_release frees. The URL of a key is the scheme,
 * the host, and then the encoded path followed by a slash and the key. */
struct s3_endpoint {
    bool is_plain;    /* http */
    struct text host; /* as the Host header says it: lower case, no default port */
    struct text path; /* unencoded: "" or "/bucket" or "/base/bucket" */
};

/*
 * Make the endpoint of `bucket` in `region` from the configuration.
 * Errors: ERROR_CONFIG: a region that cannot be part of a host's name, an endpoint that
 * is no plain URL, virtual addressing of a bucket with dots.
 * Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
 */
int s3_endpoint_make(const struct store_s3_config *config, struct span bucket,
                     struct span region, struct s3_endpoint *ret,
                     struct error *err) MUST_CHECK;

void s3_endpoint_release(struct s3_endpoint *endpoint);

/* May a bucket be called so? Source: Amazon S3 User Guide, "General purpose bucket
 * naming rules": 3 to 63 of a-z, 0-9, '-' and '.', no IP address, nothing odd at the
 * ends. */
bool s3_bucket_is_valid(struct span bucket);

#endif
