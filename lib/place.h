/* place -- the cells of an event find their columns in one table. */
#ifndef RSLOAD_PLACE_H
#define RSLOAD_PLACE_H

#include "row.h"
#include "transform_state.h"

/*
 * Fill t->slots with the cells of the event that belong into the table of `batch`: each
 * column's slot is 1 + the index of its cell. row_write sets them to 0 again. Values that
 * lose their column to another go to the discards; all are counted.
 */
int place_cells(struct transform *t, struct batch *batch, struct row_counts *counts,
                struct error *err) MUST_CHECK;

#endif
