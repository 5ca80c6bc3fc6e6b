/* lines -- a stream of bytes becomes lines that a scanner can read beyond. */
#ifndef RSLOAD_LINES_H
#define RSLOAD_LINES_H

#include "bytes.h"

/* The longest line that can be an event: what COPY takes as a row.
 * Source: Database Developer Guide, COPY ("4 MB"). */
#define LINES_MAX ((size_t)4 << 20)

/* One line of an object, without its line end. */
struct line {
    struct span
        text;        /* EVENT_LINE_PAD readable bytes follow; cut when it is too long */
    uint64_t number; /* from 1 */
    uint64_t offset; /* of its first byte in the unpacked object */
    uint64_t length; /* of the whole line */
};

/*
 * Splits one object after another. Lines are handed on where they lie when enough bytes
 * follow them, else copied. Belongs to one thread.
 */
struct lines {
    int (*each)(void *context, const struct line *line, struct error *err);
    void *context;
    struct text carry; /* the beginning of a line whose end has not come yet */
    uint64_t carried;  /* its bytes, more than the text's when it is too long */
    uint64_t number;   /* of the lines that ended */
    uint64_t offset;   /* where the line that is open begins */
};

/* Begin another object. */
void lines_begin(struct lines *lines);
void lines_release(struct lines *lines);

/* The next bytes. Errors: ERROR_IO out of memory; what `each` fails with. */
int lines_push(struct lines *lines, struct span piece, struct error *err) MUST_CHECK;

/* The object is over: what stands behind the last line feed is a line too. */
int lines_end(struct lines *lines, struct error *err) MUST_CHECK;

/* A sink that is lines_push. */
struct sink lines_sink(struct lines *lines);

#endif
