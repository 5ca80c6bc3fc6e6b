/* json_text -- the grammar of JSON below the event: tokens checked, never copied. */
#ifndef RSLOAD_JSON_TEXT_H
#define RSLOAD_JSON_TEXT_H

#include "bytes.h"
#include "error.h"

#include <stdint.h>

/* Nesting beyond this is refused, wherever it stands: no sender means it. */
#define JSON_TEXT_NESTING_MAX 512

/*
 * All functions walk a line that a line feed ends, with SCAN_WIDTH readable bytes behind:
 * no token of JSON holds a raw line feed, so none needs to look for the end.
 * Each returns where the token ends, or NULL; `*ret_bad` then is where it went wrong.
 * Source: RFC 8259.
 */

/* From behind the opening quote to the closing one; adds enum cell_flags to `*flags`. */
const char *json_text_string(const char *p, uint8_t *flags, const char **ret_bad);

/* A number; `*ret_is_real` says whether it has a fraction or an exponent. */
const char *json_text_number(const char *p, bool *ret_is_real, const char **ret_bad);

/* true, false or null. */
const char *json_text_word(const char *p, const char **ret_bad);

/*
 * Any value, with all below it, not deeper than `depth_max`; adds enum cell_flags to
 * `*flags`. `end` is where the line ends. Iterative: the depth costs no stack.
 */
const char *json_text_value(const char *p, const char *end, unsigned depth_max,
                            uint8_t *flags, const char **ret_bad);

/* The first byte from `p` on that is not JSON white space, or `end`. */
const char *json_text_space(const char *p, const char *end);

/* Append the unescaped content of a string that json_text_string has accepted. A lone
 * surrogate becomes U+FFFD and sets `*ret_lone`, which is left alone otherwise. */
void json_text_unescape(struct span string, struct text *ret, bool *ret_lone);

/* The same, and what is U+0000 is taken out, what is not UTF-8 becomes U+FFFD. */
void json_text_mend(struct span string, struct text *ret, bool *ret_repaired);

#endif
