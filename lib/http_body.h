/* http_body -- pieces read as one stream, as often as it takes. */
#ifndef RSLOAD_HTTP_BODY_H
#define RSLOAD_HTTP_BODY_H

#include "bytes.h"

/* Set `pieces` and `count`, zero the rest: the reader stands at the start. */
struct http_body {
    const struct span *pieces;
    size_t count;
    size_t piece; /* where the reader stands */
    size_t at;
};

/* The bytes of all pieces together. */
uint64_t http_body_bytes(const struct span *pieces, size_t count);

/* Read up to `room` bytes into `to`. Returns how many; 0 at the end. */
size_t http_body_read(struct http_body *body, char *to, size_t room);

/* Go back to the start. */
void http_body_rewind(struct http_body *body);

#endif
