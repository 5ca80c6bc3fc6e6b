/* bytes -- borrowed spans, owned texts with a limit, arenas, and streams pushed on. */
#ifndef RSLOAD_BYTES_H
#define RSLOAD_BYTES_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns. Never NUL-ended unless said. `data` may be NULL only
 * when `length` is 0. */
struct span {
    const char *data;
    size_t length;
};

/* A span over a string literal, as an expression. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

/* For printf: "%.*s" with SPAN_ARG(span). Lengths over INT_MAX are cut. */
#define SPAN_ARG(s) span_int((s).length), ((s).length ? (s).data : "")

/* The span of a NUL-ended string; NULL gives the empty span. */
struct span span_of(const char *string);

/* `length` as an int, cut at INT_MAX: the precision argument of printf. */
int span_int(size_t length);

bool span_equal(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);

/* What follows `prefix` in `s`; the empty span when `s` does not begin with it. */
struct span span_behind(struct span s, struct span prefix);

bool span_ends(struct span s, struct span suffix);

/* Compare bytewise as memcmp does; a prefix comes first. */
int span_compare(struct span a, struct span b);

/*
 * Bytes that are built up. Zeroed (or {.limit = n}) is a valid empty text; `limit` 0
 * means 1 GiB. Appends never fail visibly: a text that could not grow, or would pass its
 * limit, becomes failed, ignores what follows, and says so once in text_check.
 * Ownership: text_release frees; the caller owns the struct. Belongs to one thread.
 */
struct text {
    char *data;
    size_t length;
    size_t room;
    size_t limit;
    bool is_failed;
};

void text_add(struct text *t, struct span s);
void text_add_string(struct text *t, const char *string);
void text_add_char(struct text *t, char c);
void text_addf(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3);

/* Make room for `more` bytes and return where they go (NULL when failed); the caller
 * writes at most that many and then adds what it wrote to `length`. */
char *text_room(struct text *t, size_t more);

/* The content, valid until the next append. */
struct span text_span(const struct text *t);

/* The content as a NUL-ended string, valid until the next append; "" when failed. */
const char *text_string(struct text *t);

/* Empty it, keeping the memory; also forgets a failure. */
void text_clear(struct text *t);

/* 0 when every append succeeded. Errors: ERROR_IO out of memory, or the limit passed. */
int text_check(const struct text *t, struct error *err) MUST_CHECK;

/* Free what it holds; zeroes it (the limit stays). */
void text_release(struct text *t);

/*
 * Many allocations with one death. Zeroed is valid and empty. Belongs to one thread.
 * Alignment: that of max_align_t for arena_alloc, none for arena_copy.
 */
struct arena {
    struct arena_block *blocks;
    size_t used_bytes; /* all blocks together: what it costs */
};

/* `size` zeroed bytes, or NULL when memory is short. */
void *arena_alloc(struct arena *a, size_t size);

/* An array of `count` zeroed items; NULL also when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of `s` in `ret`, NUL-ended for C libraries' sake (the NUL is not counted). */
int arena_copy(struct arena *a, struct span s, struct span *ret,
               struct error *err) MUST_CHECK;

/* Free everything. */
void arena_release(struct arena *a);

/*
 * A consumer of bytes: called with each piece in order, each byte once. Returns 0, or -1
 * with `err` set, which ends the stream. The piece is only valid during the call.
 */
struct sink {
    int (*push)(void *context, struct span piece, struct error *err);
    void *context;
};

/* Hand `piece` to `sink`. */
int sink_push(struct sink sink, struct span piece, struct error *err) MUST_CHECK;

/* A sink that appends to `t`. Errors: as text_check. */
struct sink text_sink(struct text *t);

#endif
