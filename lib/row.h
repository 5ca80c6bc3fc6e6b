/* row -- the cells of one table's row are written as a line of CSV. */
#ifndef RSLOAD_ROW_H
#define RSLOAD_ROW_H

#include "transform_state.h"

/* A value that finds no column, or none that takes it: why, as rsload_discards has it. */
#define ROW_NAME_COLLISION   "name_collision"
#define ROW_TOO_MANY_COLUMNS "too_many_columns"
#define ROW_NOT_AN_OBJECT    "not_an_object"
#define ROW_TYPE_CONFLICT    "type_conflict"
#define ROW_BAD_TEXT         "bad_text"
#define ROW_BAD_TIME         "bad_time"
#define ROW_TRUNCATED        "truncated"

/* What became of the values of one row: see struct counts. */
struct row_counts {
    uint32_t values;
    uint32_t cells;
    uint32_t discards;
    uint32_t nulls;
    uint32_t merged;
    uint32_t truncated;
    uint32_t repaired;
};

/*
 * Write the row whose cells stand in t->slots, and set the slots to 0 again. `counts` has
 * what was counted before and gets what is counted now; it is added to t->counts with the
 * row. `*ret_is_too_long` says that the row is longer than COPY takes; it is not added
 * then.
 */
int row_write(struct transform *t, struct batch *batch, struct row_counts *counts,
              bool *ret_is_too_long, struct error *err) MUST_CHECK;

/*
 * Write a row into the discards: a value of `table` that is not in its column, or not
 * whole. Of the event being written; its standard values are set.
 */
int row_discard(struct transform *t, struct span table, struct span column,
                struct span value, const char *reason, struct error *err) MUST_CHECK;

#endif
