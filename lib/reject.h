/* reject -- the lines of a run that are no events: rejects.ndjson.gz. */
#ifndef RSLOAD_REJECT_H
#define RSLOAD_REJECT_H

#include "bytes.h"
#include "store.h"

/* Of a line that is longer than an event can be, this much is kept. */
#define REJECT_TEXT_MAX ((size_t)64 << 10)

/* One line that is no event. */
struct reject {
    struct span object; /* key */
    uint64_t line;      /* from 1 */
    uint64_t offset;    /* of its first byte in the unpacked object */
    const char *reason;
    uint64_t at;         /* where in the line it goes wrong */
    struct span text;    /* the line itself */
    uint64_t line_bytes; /* its length; more than the text's when that was cut */
};

/* All rejects of a run, packed as they come. May be used from several threads at once. */
struct reject_log;

/* `staging` NULL keeps nothing (a dry run). It is used by one thread at a time. */
int reject_new(struct store *staging, struct reject_log **ret,
               struct error *err) MUST_CHECK;
void reject_free(struct reject_log *log);

/*
 * Add one line as a JSON object: object, line, offset, reason, at, and the line as `text`,
 * or as `base64` when it is not UTF-8; `line_bytes` when it was cut.
 * Errors: those of store_put, since full files are put as they fill.
 */
int reject_add(struct reject_log *log, const struct reject *reject,
               struct error *err) MUST_CHECK;

/* Put what is left: rejects.ndjson.gz, the second file rejects-2.ndjson.gz and so on; no
 * file when there was no reject. */
int reject_end(struct reject_log *log, struct error *err) MUST_CHECK;

#endif
