/* figure -- numbers as people read them: 1,234,567; 83.2 MB; 12.3 s; 0.01 %. */
#ifndef RSLOAD_FIGURE_H
#define RSLOAD_FIGURE_H

#include "bytes.h"

/* "1,234,567". */
void figure_count(struct text *ret, uint64_t count);

/* "999 B", "83.2 MB": powers of 1000, three digits. */
void figure_bytes(struct text *ret, uint64_t bytes);

/* "0.12 s", "12.3 s", "2 min 5 s", "1 h 2 min". */
void figure_seconds(struct text *ret, double seconds);

/* "0.01 %" of `part` in `whole`: never "0 %" or "100 %" unless it is that. */
void figure_percent(struct text *ret, uint64_t part, uint64_t whole);

/* `count` in `seconds`: how many in one, as figure_count and figure_bytes write it; "-"
 * when the time is too short to tell. */
void figure_rate(struct text *ret, uint64_t count, double seconds);
void figure_byte_rate(struct text *ret, uint64_t bytes, double seconds);

#endif
