/* report -- the result of a run: a table for people, JSON for programs. */
#ifndef RSLOAD_REPORT_H
#define RSLOAD_REPORT_H

#include "bytes.h"
#include "error.h"
#include "run.h"

/* What the place has where a report goes. */
struct report_style {
    size_t width;     /* columns of the terminal; 0: it may be as wide as it gets */
    bool is_utf8;     /* lines may be drawn */
    const char *mark; /* in front of each line: "-- " behind the SQL of a dry run */
};

/*
 * Append the result for people: what was done, a line a table, and the account of
 * everything read. A dry run's statements come first, each with its semicolon, and the
 * rest behind "-- ", so that all of it is SQL.
 */
void report_text(const struct run_report *report, const struct report_style *style,
                 struct text *ret);

/* Append the result as one line of JSON. Errors: ERROR_IO out of memory. */
int report_json(const struct run_report *report, struct text *ret,
                struct error *err) MUST_CHECK;

/* The same for the hour at `from_s`, which failed by `why`. */
int report_json_failure(int64_t from_s, const struct error *why, struct text *ret,
                        struct error *err) MUST_CHECK;

/* The word for an outcome: "loaded", "already", "empty", "planned", "staged". */
const char *report_outcome(enum run_outcome outcome);

#endif
