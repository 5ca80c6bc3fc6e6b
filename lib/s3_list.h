/* s3_list -- one page of ListObjectsV2, read from the XML of its answer. */
#ifndef RSLOAD_S3_LIST_H
#define RSLOAD_S3_LIST_H

#include "bytes.h"
#include "error.h"
#include "store.h"

#define S3_LIST_KEYS_MAX 1000 /* of a page, whatever is asked for */
#define S3_KEY_MAX       1024 /* bytes of a key */

/* A page. Keys are decoded and whole (with the bucket's prefix). */
struct s3_page {
    const struct object *objects; /* in the order of the answer */
    size_t count;
    bool is_truncated;      /* there are more */
    struct span next_token; /* opaque; not empty when is_truncated */
};

/* A page being read. */
struct s3_list;

/* Ownership: the caller's, until s3_list_free; what a page holds lies in `arena`. */
int s3_list_new(struct arena *arena, struct s3_list **ret,
                struct error *err) MUST_CHECK;
void s3_list_free(struct s3_list *list);

/*
 * Read the next piece of the answer.
 * Errors: ERROR_SOURCE naming what is wrong: no XML, another document, a size or a key
 * that cannot be, limits passed.
 */
int s3_list_push(struct s3_list *list, struct span piece, struct error *err) MUST_CHECK;

/* The answer ends here. Errors: as above; the document is not whole. */
int s3_list_end(struct s3_list *list, struct s3_page *ret,
                struct error *err) MUST_CHECK;

/* Is it worth asking again: was the document cut, or an <Error> under status 200? */
bool s3_list_is_passing(const struct s3_list *list);

/*
 * Append `s` with %XX and '+' decoded (encoding-type=url).
 * Errors: ERROR_SOURCE for a '%' without two hex digits and for a NUL.
 */
int s3_decode(struct span s, struct text *ret, struct error *err) MUST_CHECK;

#endif
