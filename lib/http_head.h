/* http_head -- the header lines of an answer, and what they say about its length. */
#ifndef RSLOAD_HTTP_HEAD_H
#define RSLOAD_HTTP_HEAD_H

#include "bytes.h"

/* Of all header lines of one request, those of 1xx answers included. */
#define HTTP_HEAD_LIMIT ((size_t)256 << 10)

/* Zeroed is valid; begin it before the first line of each request. */
struct http_head {
    struct text lines;     /* of the last answer, as they came */
    uint64_t length_bytes; /* Content-Length; UINT64_MAX when not told */
    size_t total_bytes;    /* of all lines of this request */
    bool has_length;
    bool is_absurd; /* lengths that are no number or disagree */
};

/* Begin a request. */
void http_head_begin(struct http_head *head);

/* Add a line, with its line end; a status line drops those of the answer before it.
 * Returns whether it is within HTTP_HEAD_LIMIT. */
bool http_head_add(struct http_head *head, struct span line);

/* Does the head leave no doubt where the body ends? Two lengths that differ, or a
 * length and chunks, are how answers are smuggled.
 * Source: RFC 9112, section 6.3. */
bool http_head_is_sound(const struct http_head *head);

/* The value of header `name`, blanks trimmed; empty when it is not there. The name
 * matches in any case; the last of repeated headers counts. */
struct span http_head_find(const struct http_head *head, struct span name);

/* May `value` stand in a header line? Not with a control character: it would end it. */
bool http_head_is_value(struct span value);

/* Read a date as servers write it ("Sun, 06 Nov 1994 08:49:37 GMT") into seconds since
 * 1970 UTC. Returns whether it is one. Source: RFC 9110, section 5.6.7, IMF-fixdate. */
bool http_date(struct span text, int64_t *ret_s);

void http_head_release(struct http_head *head);

#endif
