/* argument -- what stands behind an option, as a value: sizes, times, counts, words. */
#ifndef RSLOAD_ARGUMENT_H
#define RSLOAD_ARGUMENT_H

#include "bytes.h"
#include "error.h"

/*
 * All of these fail with ERROR_USAGE, the text in quotes and what it should be, and say
 * in the hint how to write it. Texts are NUL-ended.
 */

/* A whole number from `min` to `max`. */
int argument_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
                   struct error *err) MUST_CHECK;

/*
 * A number of bytes from `min` to `max`. Units: none or B, K M G and KiB MiB GiB
 * (powers of 1024), kB MB GB (powers of 1000); the case of the letters does not
 * matter.
 */
int argument_bytes(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
                   struct error *err) MUST_CHECK;

/* A time of up to `max_s` seconds: a whole number and s, m, h or d; a bare 0. */
int argument_seconds(const char *text, int64_t max_s, int64_t *ret,
                     struct error *err) MUST_CHECK;

/* "12": a count, with `ret_share` 1; "0.5%": a share, with `ret_count` UINT64_MAX. */
int argument_limit(const char *text, uint64_t *ret_count, double *ret_share,
                   struct error *err) MUST_CHECK;

/* One of `words`, which are separated by "|": its index. */
int argument_word(const char *text, const char *words, int *ret,
                  struct error *err) MUST_CHECK;

/* How many letters must be added, dropped, changed or swapped to make `b` of `a`; texts
 * over 63 bytes are far from everything (63). */
unsigned argument_distance(struct span a, struct span b);

#endif
