/* gzipped -- gzip as zlib makes it, for tests of what reads it. */
#ifndef RSLOAD_GZIPPED_H
#define RSLOAD_GZIPPED_H

/* The includer has cmocka's headers before this one. */
#include <zlib.h>

#include "bytes.h"

/* Append `raw` as one member, as zlib makes it. `head` may be NULL. */
static inline void
gzipped_member(struct text *to, struct span raw, int level, gz_header *head)
{
    z_stream s = {0};
    uLong bound;

    assert_int_equal(deflateInit2(&s, level, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
    if (head != NULL)
        assert_int_equal(deflateSetHeader(&s, head), Z_OK);
    bound = deflateBound(&s, (uLong)raw.length) + 200;
    s.next_in = (Bytef *)(uintptr_t)raw.data;
    s.avail_in = (uInt)raw.length;
    s.next_out = (Bytef *)text_room(to, bound);
    s.avail_out = (uInt)bound;
    assert_non_null(s.next_out);
    assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
    to->length += s.total_out;
    (void)deflateEnd(&s);
}

#endif
