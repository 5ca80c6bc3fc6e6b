#include "unpack.h"

#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "gz.h"

/* A frame may ask for a window of up to this: what zstd itself unpacks without being told. */
#define ZSTD_WINDOW_LOG_MAX 27

enum format { FORMAT_UNKNOWN, FORMAT_PLAIN, FORMAT_GZIP, FORMAT_ZSTD };

#define MAGIC_BYTES 4

struct unpack {
    struct sink out;
    enum format format;
    char magic[MAGIC_BYTES]; /* the first bytes, until there are enough of them */
    size_t magic_length;
    struct gz_reader *gz;
    ZSTD_DStream *zstd;
    size_t zstd_hint; /* 0: between frames */
    char *zstd_out;
    size_t zstd_room;
};

int
unpack_new(struct unpack **ret, struct error *err)
{
    struct unpack *unpack = calloc(1, sizeof *unpack);

    if (unpack == NULL)
        return error_no_memory(err);
    if (gz_reader_new(&unpack->gz, err)) {
        free(unpack);
        return -1;
    }
    *ret = unpack;
    return 0;
}

void
unpack_free(struct unpack *unpack)
{
    if (unpack == NULL)
        return;
    gz_reader_free(unpack->gz);
    (void)ZSTD_freeDStream(unpack->zstd); /* NULL is fine; always 0 */
    free(unpack->zstd_out);
    free(unpack);
}

void
unpack_begin(struct unpack *unpack, struct sink out)
{
    unpack->out = out;
    unpack->format = FORMAT_UNKNOWN;
    unpack->magic_length = 0;
    unpack->zstd_hint = 0;
    gz_reader_reset(unpack->gz);
}

/* zstd is the exception: its memory is taken when the first object needs it. */
static int
begin_zstd(struct unpack *unpack, struct error *err)
{
    if (unpack->zstd == NULL) {
        unpack->zstd = ZSTD_createDStream();
        unpack->zstd_room = ZSTD_DStreamOutSize();
        unpack->zstd_out = malloc(unpack->zstd_room);
    }
    if (unpack->zstd == NULL || unpack->zstd_out == NULL)
        return error_no_memory(err);
    /* neither fails with constants in range */
    (void)ZSTD_DCtx_reset(unpack->zstd, ZSTD_reset_session_only);
    (void)ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax,
                                 ZSTD_WINDOW_LOG_MAX);
    return 0;
}

static int
push_zstd(struct unpack *unpack, struct span packed, struct error *err)
{
    ZSTD_inBuffer in = {packed.data, packed.length, 0};
    bool is_full = false;

    while (in.pos < in.size || is_full) {
        ZSTD_outBuffer out = {unpack->zstd_out, unpack->zstd_room, 0};
        size_t hint = ZSTD_decompressStream(unpack->zstd, &out, &in);

        if (ZSTD_isError(hint))
            return error_set(err, ERROR_SOURCE, "zstd data is damaged: %s",
                             ZSTD_getErrorName(hint));
        if (out.pos > 0 &&
            sink_push(unpack->out, (struct span){unpack->zstd_out, out.pos}, err))
            return -1;
        unpack->zstd_hint = hint;
        is_full = out.pos == out.size && hint != 0;
    }
    return 0;
}

static int
push_known(struct unpack *unpack, struct span packed, struct error *err)
{
    if (packed.length == 0)
        return 0;
    switch (unpack->format) {
    case FORMAT_GZIP: return gz_reader_push(unpack->gz, packed, unpack->out, err);
    case FORMAT_ZSTD: return push_zstd(unpack, packed, err);
    default: return sink_push(unpack->out, packed, err);
    }
}

/* The first bytes are there, or all that there are: decide, and pass them on. */
static int
decide(struct unpack *unpack, struct error *err)
{
    const char *m = unpack->magic;
    size_t n = unpack->magic_length;

    unpack->format = FORMAT_PLAIN;
    if (n >= 2 && memcmp(m, "\x1f\x8b", 2) == 0)
        unpack->format = FORMAT_GZIP;
    else if (n >= 4 && memcmp(m + 1, "\xb5\x2f\xfd", 3) == 0 &&
             (unsigned char)m[0] == 0x28)
        unpack->format = FORMAT_ZSTD;
    if (unpack->format == FORMAT_ZSTD && begin_zstd(unpack, err))
        return -1;
    return push_known(unpack, (struct span){m, n}, err);
}

int
unpack_push(struct unpack *unpack, struct span packed, struct error *err)
{
    while (unpack->format == FORMAT_UNKNOWN && packed.length > 0) {
        unpack->magic[unpack->magic_length++] = packed.data[0];
        packed = (struct span){packed.data + 1, packed.length - 1};
        if (unpack->magic_length == MAGIC_BYTES && decide(unpack, err))
            return -1;
    }
    return unpack->format == FORMAT_UNKNOWN ? 0 : push_known(unpack, packed, err);
}

int
unpack_end(struct unpack *unpack, struct error *err)
{
    if (unpack->format == FORMAT_UNKNOWN && decide(unpack, err))
        return -1;
    if (unpack->format == FORMAT_GZIP)
        return gz_reader_end(unpack->gz, err);
    if (unpack->format == FORMAT_ZSTD && unpack->zstd_hint != 0) {
        (void)error_set(err, ERROR_SOURCE, "zstd data ends inside a frame");
        return error_hint(err, "the object may still be uploading; run again later");
    }
    return 0;
}

static int
push(void *context, struct span piece, struct error *err)
{
    return unpack_push(context, piece, err);
}

struct sink
unpack_sink(struct unpack *unpack)
{
    return (struct sink){push, unpack};
}
