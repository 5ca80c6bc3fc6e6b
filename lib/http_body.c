#include "http_body.h"

#include <string.h>

uint64_t
http_body_bytes(const struct span *pieces, size_t count)
{
    uint64_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += pieces[i].length;
    return total;
}

size_t
http_body_read(struct http_body *body, char *to, size_t room)
{
    size_t filled = 0;

    while (filled < room && body->piece < body->count) {
        struct span piece = body->pieces[body->piece];
        size_t left = piece.length - body->at;
        size_t length = left < room - filled ? left : room - filled;

        if (length > 0)
            memcpy(to + filled, piece.data + body->at, length);
        filled += length;
        body->at += length;
        if (body->at == piece.length) {
            body->piece++;
            body->at = 0;
        }
    }
    return filled;
}

void
http_body_rewind(struct http_body *body)
{
    body->piece = 0;
    body->at = 0;
}
