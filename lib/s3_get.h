/* s3_get -- one object streamed whole, taken up again where a transfer broke. */
#ifndef RSLOAD_S3_GET_H
#define RSLOAD_S3_GET_H

#include "s3_call.h"

/*
 * Push the object `key` (whole key) into `sink`; as store_get, with what `object` says
 * about size and ETag. Every request but the first names where it begins (Range); every
 * request that can names the version (If-Match), so that no two versions are ever
 * joined.
 */
int s3_get(struct s3 *s3, struct span key, const struct object *object,
           struct sink sink, struct error *err) MUST_CHECK;

/* Read "bytes 5-9/10" (the total may be "*": UINT64_MAX then). Returns whether it is
 * one. */
bool s3_content_range(struct span value, uint64_t *ret_first, uint64_t *ret_last,
                      uint64_t *ret_total);

#endif
