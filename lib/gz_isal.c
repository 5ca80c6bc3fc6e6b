#include "gz.h"

#include <stdlib.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

/* Level 1 is ISA-L's best here: level 0 takes the same time and packs worse, 2 and 3 take
 * longer for less than 5 %. */
#define LEVEL       1
#define LEVEL_BYTES ISAL_DEF_LVL1_DEFAULT
#define OUT_BYTES   ((size_t)256 << 10)

struct gz_reader {
    struct inflate_state state;
    bool is_inside; /* a member has begun and not ended */
    bool is_behind; /* a member has ended: zeros or another member may follow */
    uint8_t out[OUT_BYTES];
};

struct gz_writer {
    struct isal_zstream stream;
    uint8_t level[LEVEL_BYTES];
};

int
gz_reader_new(struct gz_reader **ret, struct error *err)
{
    *ret = malloc(sizeof **ret);
    if (*ret == NULL)
        return error_no_memory(err);
    gz_reader_reset(*ret);
    return 0;
}

void
gz_reader_free(struct gz_reader *reader)
{
    free(reader);
}

static void
begin_member(struct gz_reader *reader)
{
    isal_inflate_init(&reader->state);
    reader->state.crc_flag = ISAL_GZIP;
    reader->is_inside = false;
}

void
gz_reader_reset(struct gz_reader *reader)
{
    begin_member(reader);
    reader->is_behind = false;
}

static int
fail(int code, struct error *err)
{
    switch (code) {
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
        return error_set(err, ERROR_SOURCE, "gzip header is invalid");
    case ISAL_INCORRECT_CHECKSUM:
        return error_set(err, ERROR_SOURCE, "gzip checksum does not match");
    default: return error_set(err, ERROR_SOURCE, "gzip data is damaged");
    }
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
    struct inflate_state *s = &reader->state;
    size_t taken = packed->length < UINT32_MAX ? packed->length : UINT32_MAX;
    struct span raw;
    int code;

    s->next_in = (uint8_t *)(uintptr_t)
                     packed->data; /* read only: ISA-L lacks a const */
    s->avail_in = (uint32_t)taken;
    s->next_out = reader->out;
    s->avail_out = OUT_BYTES;
    reader->is_inside = true;
    code = isal_inflate(s);
    if (code < 0)
        return fail(code, err);
    taken -= s->avail_in;
    *packed = (struct span){packed->data + taken, packed->length - taken};
    raw = (struct span){(const char *)reader->out, OUT_BYTES - s->avail_out};
    if (raw.length > 0 && sink_push(out, raw, err))
        return -1;
    if (s->block_state == ISAL_BLOCK_FINISH) {
        begin_member(reader);
        reader->is_behind = true;
    }
    return 0;
}

/* Has the inflater output that waits for room? */
static bool
has_more(const struct gz_reader *reader)
{
    return reader->is_inside && reader->state.avail_out == 0;
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
    *ret = malloc(sizeof **ret);
    return *ret == NULL ? error_no_memory(err) : 0;
}

void
gz_writer_free(struct gz_writer *writer)
{
    free(writer);
}

int
gz_writer_slice(struct gz_writer *writer, struct span raw, struct text *ret,
                struct error *err)
{
    struct isal_zstream *s = &writer->stream;
    size_t left = raw.length;

    isal_deflate_init(s);
    s->level = LEVEL;
    s->level_buf = writer->level;
    s->level_buf_size = LEVEL_BYTES;
    s->flush = FULL_FLUSH;
    s->next_in = (uint8_t *)(uintptr_t)raw.data; /* read only: ISA-L lacks a const */
    s->avail_in = 0;
    do {
        uint32_t more = left < UINT32_MAX / 2 ? (uint32_t)left : UINT32_MAX / 2;
        char *to = text_room(ret, OUT_BYTES);

        if (to == NULL)
            return text_check(ret, err);
        s->avail_in += more;
        left -= more;
        s->next_out = (uint8_t *)to;
        s->avail_out = (uint32_t)OUT_BYTES;
        if (isal_deflate(s) != COMP_OK)
            return error_set(err, ERROR_BUG, "packing failed");
        ret->length += OUT_BYTES - s->avail_out;
    } while (s->avail_out == 0 || s->avail_in > 0 || left > 0);
    return 0;
}

uint32_t
gz_crc32(uint32_t crc, struct span raw)
{
    return crc32_gzip_refl(crc, (const unsigned char *)raw.data, raw.length);
}
