/* transform -- one worker's way from lines to rows: scan, name, place, write. */
#ifndef RSLOAD_TRANSFORM_H
#define RSLOAD_TRANSFORM_H

#include "transform_state.h"

enum transform_result {
    TRANSFORM_BLANK,    /* no event, not counted */
    TRANSFORM_LOADED,   /* rows were added to batches */
    TRANSFORM_FILTERED, /* outside the window */
    TRANSFORM_REJECTED, /* no event: `reason`, and `bad_at` in the line */
};

/* Ownership: transform_release frees. `shelf` and `options->load_id` outlive it. */
int transform_init(struct transform *t, const struct transform_options *options,
                   struct shelf *shelf, struct error *err) MUST_CHECK;
void transform_release(struct transform *t);

/* Begin another object. */
void transform_begin_object(struct transform *t);

/*
 * Turn one line into rows.
 * Shape: the line without its line end; EVENT_LINE_PAD readable bytes follow it, the
 * first of them a line feed.
 * Errors: ERROR_IO out of memory; ERROR_DATA too many tables. A bad line is a result.
 */
int transform_line(struct transform *t, struct span line,
                   const struct transform_origin *origin, enum transform_result *ret,
                   struct error *err) MUST_CHECK;

#endif
