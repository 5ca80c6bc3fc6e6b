/* aws_keys -- one set of AWS credentials, copied with care and wiped when let go. */
#ifndef RSLOAD_AWS_KEYS_H
#define RSLOAD_AWS_KEYS_H

#include "bytes.h"
#include "error.h"

/*
 * Zeroed is valid and empty. The spans point into one block that aws_keys_release
 * overwrites before it frees it. Never print `secret` or `token`.
 */
struct aws_keys {
    struct span access_key;
    struct span secret;
    struct span token;  /* empty for long-term keys */
    char *block;        /* for aws_keys.c only */
    size_t block_bytes; /* likewise */
};

/* Make a set from copies of the three. Ownership: the caller's, until aws_keys_release.
 * Errors: ERROR_CONFIG for a control character in any of them, ERROR_IO. */
int aws_keys_make(struct span access_key, struct span secret, struct span token,
                  struct aws_keys *ret, struct error *err) MUST_CHECK;

/* Are the two the same set? */
bool aws_keys_equal(const struct aws_keys *a, const struct aws_keys *b);

/* Overwrite and free; zeroes it. */
void aws_keys_release(struct aws_keys *keys);

/* Overwrite what `t` holds, then release it: for texts that held a secret. Give such a
 * text its room at once (text_room): growing moves it and leaves a copy behind. */
void aws_wipe_text(struct text *t);

#endif
