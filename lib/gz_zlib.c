#include "gz.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#define LEVEL        1
#define OUT_BYTES    ((size_t)256 << 10)
#define GZIP_WINDOW  (15 + 16) /* zlib's way to ask for the gzip wrapper */
#define RAW_WINDOW   (-15)     /* and for none */
#define MEMORY_LEVEL 8

struct gz_reader {
    z_stream stream;
    bool is_inside; /* a member has begun and not ended */
    bool is_behind; /* a member has ended: zeros or another member may follow */
    char out[OUT_BYTES];
};

struct gz_writer {
    z_stream stream;
};

int
gz_reader_new(struct gz_reader **ret, struct error *err)
{
    struct gz_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL || inflateInit2(&reader->stream, GZIP_WINDOW) != Z_OK) {
        free(reader);
        return error_no_memory(err);
    }
    *ret = reader;
    return 0;
}

void
gz_reader_free(struct gz_reader *reader)
{
    if (reader == NULL)
        return;
    (void)inflateEnd(&reader->stream); /* fails only on a state that is not one */
    free(reader);
}

static void
begin_member(struct gz_reader *reader)
{
    (void)inflateReset(&reader->stream); /* as inflateEnd */
    reader->is_inside = false;
}

void
gz_reader_reset(struct gz_reader *reader)
{
    begin_member(reader);
    reader->is_behind = false;
}

static int
fail(const struct gz_reader *reader, int code, struct error *err)
{
    const char *why = reader->stream.msg != NULL ? reader->stream.msg : "";

    if (code == Z_MEM_ERROR)
        return error_no_memory(err);
    if (strstr(why, "check") != NULL && strstr(why, "header") == NULL)
        return error_set(err, ERROR_SOURCE, "gzip checksum does not match");
    if (strstr(why, "header") != NULL || strstr(why, "method") != NULL)
        return error_set(err, ERROR_SOURCE, "gzip header is invalid");
    return error_set(err, ERROR_SOURCE, "gzip data is damaged");
}

/* Between members: zeros are padding. Returns how many bytes to pass over. */
static size_t
padding(const struct gz_reader *reader, struct span packed)
{
    size_t n = 0;

    if (!reader->is_behind || reader->is_inside)
        return 0;
    while (n < packed.length && packed.data[n] == '\0')
        n++;
    return n;
}

/* Unpack one buffer full; `*packed` moves. */
static int
step(struct gz_reader *reader, struct span *packed, struct sink out, struct error *err)
{
    z_stream *s = &reader->stream;
    size_t taken = packed->length < UINT32_MAX ? packed->length : UINT32_MAX;
    struct span raw;
    int code;

    s->next_in = (Bytef *)(uintptr_t)packed->data; /* read only: zlib lacks a const */
    s->avail_in = (uInt)taken;
    s->next_out = (Bytef *)reader->out;
    s->avail_out = (uInt)OUT_BYTES;
    reader->is_inside = true;
    code = inflate(s, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return fail(reader, code, err);
    taken -= s->avail_in;
    *packed = (struct span){packed->data + taken, packed->length - taken};
    raw = (struct span){reader->out, OUT_BYTES - s->avail_out};
    if (raw.length > 0 && sink_push(out, raw, err))
        return -1;
    if (code == Z_STREAM_END) {
        begin_member(reader);
        reader->is_behind = true;
    }
    return 0;
}

/* Has the inflater output that waits for room? */
static bool
has_more(const struct gz_reader *reader)
{
    return reader->is_inside && reader->stream.avail_out == 0;
}

int
gz_reader_push(struct gz_reader *reader, struct span packed, struct sink out,
               struct error *err)
{
    for (;;) {
        size_t zeros = padding(reader, packed);

        packed = (struct span){packed.data + zeros, packed.length - zeros};
        if (packed.length == 0 && !has_more(reader))
            return 0;
        if (step(reader, &packed, out, err))
            return -1;
    }
}

int
gz_reader_end(struct gz_reader *reader, struct error *err)
{
    if (!reader->is_inside && reader->is_behind)
        return 0;
    (void)error_set(err, ERROR_SOURCE, "gzip data ends inside a member");
    return error_hint(err, "the object may still be uploading; run again later");
}

int
gz_writer_new(struct gz_writer **ret, struct error *err)
{
    struct gz_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL || deflateInit2(&writer->stream, LEVEL, Z_DEFLATED, RAW_WINDOW,
                                       MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(writer);
        return error_no_memory(err);
    }
    *ret = writer;
    return 0;
}

void
gz_writer_free(struct gz_writer *writer)
{
    if (writer == NULL)
        return;
    (void)deflateEnd(&writer->stream); /* says only that output was left */
    free(writer);
}

int
gz_writer_slice(struct gz_writer *writer, struct span raw, struct text *ret,
                struct error *err)
{
    z_stream *s = &writer->stream;
    size_t left = raw.length;

    (void)deflateReset(s); /* fails only on a state that is not one */
    s->next_in = (Bytef *)(uintptr_t)raw.data; /* read only: zlib lacks a const */
    s->avail_in = 0;
    do {
        uInt more = left < UINT32_MAX / 2 ? (uInt)left : UINT32_MAX / 2;
        char *to = text_room(ret, OUT_BYTES);

        if (to == NULL)
            return text_check(ret, err);
        s->avail_in += more;
        left -= more;
        s->next_out = (Bytef *)to;
        s->avail_out = (uInt)OUT_BYTES;
        /* Z_BUF_ERROR: nothing was left to do when the last buffer was just full */
        if (deflate(s, Z_FULL_FLUSH) == Z_STREAM_ERROR)
            return error_set(err, ERROR_BUG, "packing failed");
        ret->length += OUT_BYTES - s->avail_out;
    } while (s->avail_out == 0 || s->avail_in > 0 || left > 0);
    return 0;
}

uint32_t
gz_crc32(uint32_t crc, struct span raw)
{
    return (uint32_t)crc32_z(crc, (const Bytef *)raw.data, raw.length);
}
