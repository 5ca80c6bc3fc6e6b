/* transform -- one worker's way from lines to rows: scan, name, place, write. */
#ifndef RSLOAD_TRANSFORM_H
#define RSLOAD_TRANSFORM_H

#include "batch.h"
#include "bytes.h"
#include "event.h"
#include "inventory.h"
#include "occurrence.h"
#include "shelf.h"
#include "standard.h"
#include "window.h"

/* What is the same for all events of a run. */
struct transform_options {
    struct window window;
    bool by_received_at; /* keep only events received in the window */
    struct span load_id;
    int64_t now_s; /* uuid_ts: when the load began */
    unsigned depth_max;
    size_t paths_bytes; /* what the tree of paths may cost before it is begun anew */
};

/* Where lines come from: what an event without an id or a time is given. */
struct transform_origin {
    struct span key;
    int64_t modified_s; /* 0 when not known */
};

enum transform_result {
    TRANSFORM_BLANK,    /* no event, not counted */
    TRANSFORM_LOADED,   /* rows were added to batches */
    TRANSFORM_FILTERED, /* outside the window */
    TRANSFORM_REJECTED, /* no event: `reason`, and `bad_at` in the line */
};

/* The value of a standard column in the rows of one event. */
struct standard_value {
    struct span text; /* empty is NULL */
    bool is_quoted;   /* text: not a time */
    bool is_simple;   /* holds no quote */
};

/* An event's text, and where it leads. */
struct transform_route;

/*
 * One worker's transformer. After transform_line has added rows, `touched` are the
 * batches that grew. Belongs to one thread; the shelf is shared.
 */
struct transform {
    struct transform_options options;
    struct event event;
    struct shelf *shelf;
    struct counts counts;
    const char *reason; /* TRANSFORM_REJECTED: why, a constant */
    size_t bad_at;
    struct batch *touched[3];
    size_t touched_count;
    struct batch **batches; /* by the table's index; NULL where this worker has none */
    size_t batch_room;

    /* the rest is the transformer's own */
    struct batch *kinds[TABLE_KIND_COUNT];
    struct occurrence occurrence;
    struct transform_route *routes;
    size_t route_count;
    size_t route_room;
    struct arena route_texts;
    uint32_t
        slots[COLUMN_COUNT_MAX]; /* by column: 1 + the index of its cell; 0 is NULL */
    struct standard_value standard[STANDARD_COUNT];
    struct text standard_texts[STANDARD_COUNT];
    int64_t received_us;
    char made_id[OCCURRENCE_ID_SIZE];
    char stamps[STANDARD_COUNT][32];
    struct text scratch;
    struct text other;
    struct text name;
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
