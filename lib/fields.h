/* fields -- the top-level fields of an event become the values of standard columns. */
#ifndef RSLOAD_FIELDS_H
#define RSLOAD_FIELDS_H

#include "transform_state.h"

enum fields_time_state { FIELDS_TIME_ABSENT, FIELDS_TIME_BAD, FIELDS_TIME_GOOD };

enum { FIELDS_RECEIVED, FIELDS_SENT, FIELDS_ORIGINAL, FIELDS_TIMESTAMP };

/* The four times of an event, as they were sent. */
struct fields_times {
    enum fields_time_state state[4];
    int64_t us[4];
};

/*
 * Set the times. Without a time of receipt the object's is taken, else the beginning of
 * the window: never the clock, or the event would be in another hour when it is read
 * again. t->received_us is what came of it.
 */
void fields_set_times(struct transform *t, const struct transform_origin *origin,
                      struct fields_times *times);

/* Set the id; an event without messageId gets one made from its line. */
int fields_set_id(struct transform *t, struct span line, struct error *err) MUST_CHECK;

/* Set the texts that a table of `kind` has. */
void fields_set_texts(struct transform *t, enum table_kind kind);

/*
 * Pages and screens take `name` and `category` from the properties where the top level has
 * none; where both say the same, one of them is enough; where they differ, the property
 * goes its way to the column with an underscore.
 */
void fields_borrow_properties(struct transform *t);

/* Fields of the wrong kind, and times that are none, go to the discards. */
int fields_discard_odd(struct transform *t, const struct batch *batch,
                       const struct fields_times *times, struct error *err) MUST_CHECK;

#endif
