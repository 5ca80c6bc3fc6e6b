#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "gz.h"

/* A zstd compressor lives as long as its part, and every table has one: level 1 with a
 * small window keeps it near half a MiB. */
#define ZSTD_LEVEL      1
#define ZSTD_WINDOW_LOG 18

struct pack {
    enum compress compress;
    struct gz_writer *gz;
    struct text out; /* what one call makes, before it is copied to its size */
};

/* RFC 1952, 2.3: no name, no time (the same rows give the same bytes), system unknown. */
#define GZIP_HEAD SPAN("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")

int
pack_new(enum compress compress, struct pack **ret, struct error *err)
{
    struct pack *pack = calloc(1, sizeof *pack);

    if (pack == NULL)
        return error_no_memory(err);
    pack->compress = compress;
    if (compress == COMPRESS_GZIP && gz_writer_new(&pack->gz, err)) {
        free(pack);
        return -1;
    }
    *ret = pack;
    return 0;
}

void
pack_free(struct pack *pack)
{
    if (pack == NULL)
        return;
    gz_writer_free(pack->gz);
    text_release(&pack->out);
    free(pack);
}

/* Add a copy of `bytes` as the next piece. */
static int
add_piece(struct packed *packed, struct span bytes, struct error *err)
{
    char *copy;

    if (bytes.length == 0)
        return 0;
    if (packed->piece_count == packed->piece_room) {
        size_t room = packed->piece_room != 0 ? packed->piece_room * 2 : 8;
        struct span *pieces = realloc(packed->pieces, room * sizeof *pieces);

        if (pieces == NULL)
            return error_no_memory(err);
        packed->pieces = pieces;
        packed->piece_room = room;
    }
    copy = malloc(bytes.length);
    if (copy == NULL)
        return error_no_memory(err);
    memcpy(copy, bytes.data, bytes.length);
    packed->pieces[packed->piece_count++] = (struct span){copy, bytes.length};
    packed->size_bytes += bytes.length;
    return 0;
}

static int
add_gzip(struct pack *pack, struct packed *packed, struct span slice, struct error *err)
{
    text_clear(&pack->out);
    if (packed->piece_count == 0)
        text_add(&pack->out, GZIP_HEAD);
    if (gz_writer_slice(pack->gz, slice, &pack->out, err))
        return -1;
    packed->crc = gz_crc32(packed->crc, slice);
    return add_piece(packed, text_span(&pack->out), err);
}

static int
begin_zstd(struct packed *packed, struct error *err)
{
    packed->zstd = ZSTD_createCCtx();
    if (packed->zstd == NULL)
        return error_no_memory(err);
    /* constants in range: cannot fail */
    (void)ZSTD_CCtx_setParameter(packed->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    (void)ZSTD_CCtx_setParameter(packed->zstd, ZSTD_c_windowLog, ZSTD_WINDOW_LOG);
    (void)ZSTD_CCtx_setParameter(packed->zstd, ZSTD_c_checksumFlag, 1);
    return 0;
}

static int
run_zstd(struct pack *pack, struct packed *packed, struct span slice,
         ZSTD_EndDirective how, struct error *err)
{
    ZSTD_inBuffer in = {slice.data, slice.length, 0};
    size_t left;

    if (packed->zstd == NULL && begin_zstd(packed, err))
        return -1;
    text_clear(&pack->out);
    do {
        size_t room = ZSTD_CStreamOutSize();
        ZSTD_outBuffer out = {text_room(&pack->out, room), room, 0};

        if (out.dst == NULL)
            return text_check(&pack->out, err);
        left = ZSTD_compressStream2(packed->zstd, &out, &in, how);
        if (ZSTD_isError(left))
            return error_set(err, ERROR_BUG, "packing failed: %s",
                             ZSTD_getErrorName(left));
        pack->out.length += out.pos;
    } while (in.pos < in.size || (how == ZSTD_e_end && left > 0));
    return add_piece(packed, text_span(&pack->out), err);
}

int
pack_add(struct pack *pack, struct packed *packed, struct span slice, uint64_t rows,
         struct error *err)
{
    packed->raw_bytes += slice.length;
    packed->rows += rows;
    switch (pack->compress) {
    case COMPRESS_GZIP: return add_gzip(pack, packed, slice, err);
    case COMPRESS_ZSTD: return run_zstd(pack, packed, slice, ZSTD_e_continue, err);
    default: return add_piece(packed, slice, err);
    }
}

static int
end_gzip(struct packed *packed, struct error *err)
{
    uint32_t words[2] = {packed->crc, (uint32_t)packed->raw_bytes};
    char tail[2 + sizeof words];

    tail[0] = GZ_LAST_BLOCK.data[0];
    tail[1] = GZ_LAST_BLOCK.data[1];
    for (size_t i = 0; i < sizeof words; i++)
        tail[2 + i] = (char)(words[i / 4] >> (8 * (i % 4)));
    return add_piece(packed, (struct span){tail, sizeof tail}, err);
}

int
pack_end(struct pack *pack, struct packed *packed, struct error *err)
{
    int rc = 0;

    if (pack->compress == COMPRESS_GZIP)
        rc = end_gzip(packed, err);
    else if (pack->compress == COMPRESS_ZSTD)
        rc = run_zstd(pack, packed, (struct span){"", 0}, ZSTD_e_end, err);
    (void)ZSTD_freeCCtx(packed->zstd); /* NULL is fine; always 0 */
    packed->zstd = NULL;
    return rc;
}

size_t
packed_bytes(const struct packed *packed)
{
    size_t zstd = packed->zstd != NULL ? ZSTD_sizeof_CCtx(packed->zstd) : 0;

    return (size_t)packed->size_bytes + packed->piece_room * sizeof *packed->pieces +
           zstd;
}

void
packed_release(struct packed *packed)
{
    for (size_t i = 0; i < packed->piece_count; i++)
        free((char *)(uintptr_t)packed->pieces[i].data); /* malloc'ed in add_piece */
    free(packed->pieces);
    (void)ZSTD_freeCCtx(packed->zstd); /* NULL is fine; always 0 */
    *packed = (struct packed){0};
}
