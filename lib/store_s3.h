/* store_s3 -- objects in S3 and in what speaks its language. */
#ifndef RSLOAD_STORE_S3_H
#define RSLOAD_STORE_S3_H

#include "bytes.h"
#include "error.h"
#include "s3_config.h"
#include "store.h"

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
