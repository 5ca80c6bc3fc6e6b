/* s3_pages -- a listing over as many pages as it takes. */
#ifndef RSLOAD_S3_PAGES_H
#define RSLOAD_S3_PAGES_H

#include "s3_call.h"
#include "store.h"

/*
 * Call `each` for every object below the store's prefix whose key begins with `prefix`;
 * as store_list. A page is delivered when all of it was read and checked.
 * Source: Amazon S3 API Reference, "ListObjectsV2".
 */
int s3_pages(struct s3 *s3, struct span prefix, store_each *each, void *context,
             struct error *err) MUST_CHECK;

#endif
