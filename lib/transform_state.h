/* transform_state -- what one worker holds while it turns events into rows. */
#ifndef RSLOAD_TRANSFORM_STATE_H
#define RSLOAD_TRANSFORM_STATE_H

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

/* The value of a standard column in the rows of one event. */
struct standard_value {
    struct span text; /* empty is NULL */
    bool is_quoted;   /* text: not a time */
    bool is_simple;   /* holds no quote */
};

/* A cell that lost its column to another of the same event. */
struct transform_loser {
    uint32_t column;
    uint32_t slot; /* 1 + the index of the cell */
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
    struct transform_loser *losers;
    size_t loser_count;
    size_t loser_room;
    struct standard_value standard[STANDARD_COUNT];
    struct text standard_texts[STANDARD_COUNT];
    int64_t received_us;
    char made_id[OCCURRENCE_ID_SIZE];
    char stamps[STANDARD_COUNT][32];
    struct text scratch;
    struct text other;
    struct text name;
};

#endif
