#include "reject.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "pack.h"
#include "utf8.h"

#define SLICE_BYTES ((size_t)256 << 10)
#define FILE_BYTES  ((size_t)8 << 20)

struct reject_log {
    pthread_mutex_t lock; /* guards all below; a leaf but for what the store does */
    struct store *staging;
    struct pack *pack;
    struct packed packed;
    struct text slice;
    uint64_t slice_lines;
    unsigned file_number;
};

int
reject_new(struct store *staging, struct reject_log **ret, struct error *err)
{
    struct reject_log *log = calloc(1, sizeof *log);

    if (log == NULL)
        return error_no_memory(err);
    if (pack_new(COMPRESS_GZIP, &log->pack, err)) {
        free(log);
        return -1;
    }
    log->staging = staging;
    (void)pthread_mutex_init(&log->lock, NULL); /* default attributes: cannot fail */
    *ret = log;
    return 0;
}

void
reject_free(struct reject_log *log)
{
    if (log == NULL)
        return;
    pack_free(log->pack);
    packed_release(&log->packed);
    text_release(&log->slice);
    (void)pthread_mutex_destroy(&log->lock);
    free(log);
}

/* A string of JSON: quotes, backslashes and control characters escaped, the rest as is. */
static void
add_string(struct text *to, struct span s)
{
    text_add_char(to, '"');
    for (size_t i = 0; i < s.length; i++) {
        unsigned char c = (unsigned char)s.data[i];

        if (c == '"' || c == '\\')
            text_addf(to, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            text_addf(to, "\\u%04x", c);
        else
            text_add_char(to, (char)c);
    }
    text_add_char(to, '"');
}

static void
add_base64(struct text *to, struct span s)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    text_add_char(to, '"');
    for (size_t i = 0; i < s.length; i += 3) {
        size_t n = s.length - i < 3 ? s.length - i : 3;
        uint32_t bits = 0;

        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < n ? (unsigned char)s.data[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            text_add_char(to, j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=');
    }
    text_add_char(to, '"');
}

static void
add_line(struct text *to, const struct reject *reject)
{
    bool is_utf8 = utf8_is_valid(reject->text.data, reject->text.length);

    text_add_string(to, "{\"object\":");
    add_string(to, reject->object);
    text_addf(to, ",\"line\":%llu,\"offset\":%llu,\"reason\":\"%s\",\"at\":%llu",
              (unsigned long long)reject->line, (unsigned long long)reject->offset,
              reject->reason, (unsigned long long)reject->at);
    if (reject->line_bytes != reject->text.length)
        text_addf(to, ",\"line_bytes\":%llu", (unsigned long long)reject->line_bytes);
    text_addf(to, ",\"%s\":", is_utf8 ? "text" : "base64");
    if (is_utf8)
        add_string(to, reject->text);
    else
        add_base64(to, reject->text);
    text_add_string(to, "}\n");
}

static int
pack_slice(struct reject_log *log, struct error *err)
{
    if (log->slice.length == 0)
        return 0;
    if (pack_add(log->pack, &log->packed, text_span(&log->slice), log->slice_lines,
                 err))
        return -1;
    text_clear(&log->slice);
    log->slice_lines = 0;
    return 0;
}

static int
put_file(struct reject_log *log, struct error *err)
{
    char key[40] = "rejects.ndjson.gz";
    int rc;

    if (log->packed.rows == 0)
        return 0;
    if (++log->file_number > 1)
        (void)snprintf(key, sizeof key, "rejects-%u.ndjson.gz", log->file_number);
    if (pack_end(log->pack, &log->packed, err))
        return -1;
    rc = log->staging == NULL
             ? 0
             : store_put(log->staging, span_of(key), log->packed.pieces,
                         log->packed.piece_count, err);
    packed_release(&log->packed);
    return rc;
}

int
reject_add(struct reject_log *log, const struct reject *reject, struct error *err)
{
    int rc = 0;

    (void)pthread_mutex_lock(&log->lock);
    add_line(&log->slice, reject);
    log->slice_lines++;
    if (log->slice.length >= SLICE_BYTES || log->slice.is_failed)
        rc = text_check(&log->slice, err) || pack_slice(log, err) ? -1 : 0;
    if (rc == 0 && log->packed.size_bytes >= FILE_BYTES)
        rc = put_file(log, err);
    (void)pthread_mutex_unlock(&log->lock);
    return rc;
}

int
reject_end(struct reject_log *log, struct error *err)
{
    if (text_check(&log->slice, err) || pack_slice(log, err))
        return -1;
    return put_file(log, err);
}
