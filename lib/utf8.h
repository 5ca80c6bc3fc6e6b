/* utf8 -- is it UTF-8, and what to put where it is not. */
#ifndef RSLOAD_UTF8_H
#define RSLOAD_UTF8_H

#include "bytes.h"

/* How long the UTF-8 sequence at `data` is, of which `left` (not 0) bytes are there; 0
 * when it is none. Surrogates, overlong forms and what is over U+10FFFF are none.
 * Source: RFC 3629. */
size_t utf8_length(const char *data, size_t left);

/* How many of the `left` bytes at `data`, which begin no UTF-8 sequence, make one piece
 * that U+FFFD stands for: as many as could begin one, or one.
 * Source: The Unicode Standard, 3.9, "U+FFFD Substitution of Maximal Subparts". */
size_t utf8_broken(const char *data, size_t left);

/* Is all of it UTF-8? */
bool utf8_is_valid(const char *data, size_t length);

/* Append `bytes` without U+0000, with U+FFFD for each piece that is not UTF-8. Returns
 * whether there was any of either. Shape: `bytes` is not the text's own memory. */
bool utf8_repair(struct span bytes, struct text *ret);

#endif
