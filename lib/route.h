/* route -- which tables an event goes to. */
#ifndef RSLOAD_ROUTE_H
#define RSLOAD_ROUTE_H

#include "transform_state.h"

/* The text of a track event, and where it leads. */
struct transform_route {
    struct span text;    /* the field's text in the line: the key */
    uint8_t kind;        /* and its cell_kind; CELL_NULL: the slot is free */
    struct span slug;    /* the column `event`; empty: NULL */
    struct batch *batch; /* NULL: the name makes no table */
};

/*
 * The kind of table for the event's `type`; TABLE_KIND_COUNT with t->reason set when it
 * has none.
 */
enum table_kind route_kind(struct transform *t);

/* The batch of this worker for the table of that kind and name. */
int route_batch(struct transform *t, enum table_kind kind, struct span name,
                struct batch **ret, struct error *err) MUST_CHECK;

/* The batch of a kind whose name is fixed. */
int route_fixed(struct transform *t, enum table_kind kind, struct batch **ret,
                struct error *err) MUST_CHECK;

/*
 * The route of a track event. Fills the standard values `event` and `event_text`;
 * `*ret` is NULL when the event has no name: then only tracks takes it.
 */
int route_event(struct transform *t, struct batch **ret, struct error *err) MUST_CHECK;

#endif
