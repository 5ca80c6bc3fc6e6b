/* stamp -- times as events write them, and as a TIMESTAMP column takes them. */
#ifndef RSLOAD_STAMP_H
#define RSLOAD_STAMP_H

#include "bytes.h"

/* The longest text that stamp_write makes, with its NUL: "2024-01-02 03:04:05.123456". */
#define STAMP_TEXT_SIZE 27

/*
 * Read a time: YYYY-MM-DD, or that, "T" or one blank, HH:MM[:SS[.digits]], and perhaps
 * "Z", "z", +-HH, +-HHMM or +-HH:MM. No offset means UTC; digits after the sixth are cut.
 * The calendar is strict: years 0001 to 9999, no 30 February, no second 60.
 * Units: microseconds since 1970 UTC. Returns whether it is one; the moment must lie in
 * the years 0001 to 9999 in UTC too.
 * Source: ISO 8601, as far as Redshift's TIMESTAMP can hold it.
 */
bool stamp_read(struct span text, int64_t *ret_us);

/* Does a moment lie in the years 0001 to 9999? */
bool stamp_in_range(int64_t time_us);

/* A number of a JSON text as an epoch: seconds when under 1e11, else milliseconds. */
bool stamp_read_epoch(struct span number, int64_t *ret_us);

/* Write "YYYY-MM-DD HH:MM:SS[.ffffff]", trailing zeros of the fraction left out. Returns
 * the length; `ret` ends in a NUL. */
size_t stamp_write(int64_t time_us, char ret[STAMP_TEXT_SIZE]);

#endif
