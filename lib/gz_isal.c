#include "gz.h"

#include <stdlib.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

/* Level 1 is ISA-L's best here: level 0 takes the same time and packs worse, 2 and 3 take
 * longer for less than 5 %. */
#define LEVEL       1
#define LEVEL_BYTES ISAL_DEF_LVL1_DEFAULT
#define OUT_BYTES   ((size_t)256 << 10)

/* The parts of a member's header, in their order (RFC 1952, 2.3), and which flag says that
 * an optional one is there. */
enum head_part {
    HEAD_FIXED,
    HEAD_EXTRA_LENGTH,
    HEAD_EXTRA,
    HEAD_NAME,
    HEAD_COMMENT,
    HEAD_CRC,
    HEAD_END,
};

static const uint8_t head_flags[] = {
    [HEAD_EXTRA_LENGTH] = 4, [HEAD_EXTRA] = 4, [HEAD_NAME] = 8,
    [HEAD_COMMENT] = 16,     [HEAD_CRC] = 2,
};

#define HEAD_FIXED_BYTES    10
#define HEAD_RESERVED_FLAGS 0xe0

/*
 * The header is read here, byte by byte: ISA-L 2.30 refuses one that has a checksum of its
 * own whenever it comes in two pieces.
 */
struct head {
    enum head_part part;
    uint8_t flags;
    uint32_t count;  /* bytes read of this part */
    uint32_t length; /* of the extra field */
    uint32_t crc;    /* of all before the checksum */
    uint32_t stored; /* the checksum */
};

struct gz_reader {
    struct inflate_state state;
    struct head head; /* of the member that has begun */
    bool is_inside;   /* a member has begun and not ended */
    bool is_behind;   /* a member has ended: zeros or another member may follow */
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
    reader->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
    reader->state.avail_out = OUT_BYTES; /* no output waits: see has_more */
    reader->head = (struct head){.part = HEAD_FIXED};
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
    if (code == ISAL_INCORRECT_CHECKSUM)
        return error_set(err, ERROR_SOURCE, "gzip checksum does not match");
    return error_set(err, ERROR_SOURCE, "gzip data is damaged");
}

/* The next byte of the fixed part; false when no header has it there. */
static bool
take_fixed(struct head *head, uint8_t c)
{
    static const uint8_t magic[] = {0x1f, 0x8b, 8 /* deflate */};

    if (head->count < sizeof magic)
        return c == magic[head->count];
    if (head->count == sizeof magic)
        head->flags = c;
    return (head->flags & HEAD_RESERVED_FLAGS) == 0;
}

/* Is the part over with the byte `c`, the last one counted? */
static bool
is_over(struct head *head, uint8_t c)
{
    switch (head->part) {
    case HEAD_FIXED: return head->count == HEAD_FIXED_BYTES;
    case HEAD_EXTRA_LENGTH:
        head->length |= (uint32_t)c << (8 * (head->count - 1));
        return head->count == 2;
    case HEAD_EXTRA: return head->count == head->length;
    case HEAD_CRC:
        head->stored |= (uint32_t)c << (8 * (head->count - 1));
        return head->count == 2;
    default: return c == '\0';
    }
}

/* On to the next part that is there. */
static void
next_part(struct head *head)
{
    do
        head->part++;
    while (head->part != HEAD_END && ((head->flags & head_flags[head->part]) == 0 ||
                                      (head->part == HEAD_EXTRA && head->length == 0)));
    head->count = 0;
}

/* Read of the header what there is of it; `*packed` moves. */
static int
read_head(struct head *head, struct span *packed, struct error *err)
{
    while (head->part != HEAD_END && packed->length > 0) {
        uint8_t c = (uint8_t)packed->data[0];

        *packed = (struct span){packed->data + 1, packed->length - 1};
        if (head->part == HEAD_FIXED && !take_fixed(head, c))
            return error_set(err, ERROR_SOURCE, "gzip header is invalid");
        if (head->part != HEAD_CRC)
            head->crc = crc32_gzip_refl(head->crc, &c, 1);
        head->count++;
        if (!is_over(head, c))
            continue;
        if (head->part == HEAD_CRC && head->stored != (head->crc & 0xffff))
            return error_set(err, ERROR_SOURCE, "gzip header is invalid");
        next_part(head);
    }
    return 0;
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
    size_t taken;
    struct span raw;
    int code;

    reader->is_inside = true;
    if (reader->head.part != HEAD_END)
        return read_head(&reader->head, packed, err);
    taken = packed->length < UINT32_MAX ? packed->length : UINT32_MAX;
    s->next_in = (uint8_t *)(uintptr_t)
                     packed->data; /* read only: ISA-L lacks a const */
    s->avail_in = (uint32_t)taken;
    s->next_out = reader->out;
    s->avail_out = OUT_BYTES;
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
