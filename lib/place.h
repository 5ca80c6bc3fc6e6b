/* place -- the cells of an event find their columns in one table. */
#ifndef RSLOAD_PLACE_H
#define RSLOAD_PLACE_H

#include "transform.h"

/* A value that finds no column, or none that takes it: why, as rsload_discards has it. */
#define PLACE_NAME_COLLISION   "name_collision"
#define PLACE_TOO_MANY_COLUMNS "too_many_columns"
#define PLACE_NOT_AN_OBJECT    "not_an_object"
#define PLACE_TYPE_CONFLICT    "type_conflict"
#define PLACE_BAD_ID           "bad_id"
#define PLACE_BAD_TIME         "bad_time"
#define PLACE_TOO_LONG         "too_long"

/* What became of the values of one row: see struct counts. */
struct place_counts {
    uint32_t values;
    uint32_t cells;
    uint32_t discards;
    uint32_t nulls;
    uint32_t merged;
};

/*
 * Fill t->slots with the cells of the event that belong into the table of `batch`: each
 * column's slot is 1 + the index of its cell. Whoever writes the row sets them to 0 again.
 * Values that lose their column to another go to the discards.
 */
int place_cells(struct transform *t, struct batch *batch, struct place_counts *counts,
                struct error *err) MUST_CHECK;

/* Write a row into the discards: a value of `table` that is not in its column. */
int place_discard(struct transform *t, struct span table, struct span column,
                  struct span value, const char *reason, struct error *err) MUST_CHECK;

#endif
