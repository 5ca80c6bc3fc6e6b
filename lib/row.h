/* row -- the cells of one table's row are written as a line of CSV. */
#ifndef RSLOAD_ROW_H
#define RSLOAD_ROW_H

#include "place.h"
#include "transform.h"

/*
 * Place and write the event's row for the table of `batch`. `*ret_is_too_long` says that
 * it is longer than COPY takes; nothing was added then.
 */
int row_write(struct transform *t, struct batch *batch, bool *ret_is_too_long,
              struct error *err) MUST_CHECK;

/* Write the row of a discard, of standard values alone. */
int row_write_discard(struct transform *t, struct batch *batch,
                      struct error *err) MUST_CHECK;

#endif
