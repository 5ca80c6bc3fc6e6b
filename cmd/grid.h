/* grid -- the lines of a report that stand in columns: one a table. */
#ifndef RSLOAD_GRID_H
#define RSLOAD_GRID_H

#include "bytes.h"
#include "report.h"

/* Append headings, a line a table, and the sums. Made to fit the width of `style`:
 * first names are cut in their middle, then columns are left out. */
void grid_tables(const struct run_report *report, const struct report_style *style,
                 struct text *ret);

/* Append what stands in front of every line. */
void grid_mark(const struct report_style *style, struct text *ret);

/* Append a line feed; blanks before it go. */
void grid_end_line(struct text *ret);

#endif
