/* window -- whole UTC hours, and how they fill a URL's strftime conversions. */
#ifndef RSLOAD_WINDOW_H
#define RSLOAD_WINDOW_H

#include "bytes.h"
#include "error.h"

#define WINDOW_HOUR_S 3600

/* A half-open span of time, [from_s, until_s), seconds since 1970 UTC, on the hour. */
struct window {
    int64_t from_s;
    int64_t until_s;
};

/* "2026-11-21T14" and its end, as the ledger, folders and messages name an hour. */
#define WINDOW_NAME_SIZE 14

/* The smallest unit of time that a source URL tells apart. */
enum window_unit {
    WINDOW_UNIT_NONE, /* no conversion at all */
    WINDOW_UNIT_DAY,  /* a day's folder: events are kept by receivedAt */
    WINDOW_UNIT_HOUR, /* an hour's folder: all of it is the hour's */
    WINDOW_UNIT_ODD,  /* conversions, but neither a whole day nor an hour */
};

/*
 * Parse an hour: "2026-11-21T14", "2026-11-21 14", "2026-11-21T14:00", "...T14:00Z",
 * "...T14:00:00Z". Years 1970 to 9999, strict calendar.
 * Errors: ERROR_USAGE naming the text; a time that is not on the hour is refused.
 */
int window_parse_hour(struct span text, struct window *ret,
                      struct error *err) MUST_CHECK;

/* The newest hour that ended at least `lag_s` seconds before `now_s`. */
struct window window_default(int64_t now_s, int64_t lag_s);

/* The hour that begins at `from_s` (on the hour). */
struct window window_hour(int64_t from_s);

/* "2026-11-21T14" into `name`. */
void window_name(int64_t from_s, char name[WINDOW_NAME_SIZE]);

/* "2026-11-21 14:00:00" (for SQL) into `text`, of at least 20 bytes. */
void window_timestamp(int64_t time_s, char text[20]);

/* What the conversions of `url` tell apart. */
enum window_unit window_url_unit(struct span url);

/*
 * Append `url` with its conversions filled from the hour at `from_s`:
 * %Y %m %d %H %j %y %F %s %% (strftime's meaning, UTC, no locale).
 * Errors: ERROR_USAGE for any other conversion, naming it.
 */
int window_fill_url(struct span url, int64_t from_s, struct text *ret,
                    struct error *err) MUST_CHECK;

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar, and back. */
int64_t window_days_from_date(int64_t year, unsigned month, unsigned day);
void window_date_from_days(int64_t days, int64_t *ret_year, unsigned *ret_month,
                           unsigned *ret_day);

#endif
