/* ini -- configuration files: "name = value" lines under "[section]" lines. */
#ifndef RSLOAD_INI_H
#define RSLOAD_INI_H

#include "bytes.h"
#include "error.h"

/* One "name = value" line; all borrowed from the file's text. */
struct ini_entry {
    struct span section; /* empty above the first section */
    struct span name;
    struct span value; /* without the blanks around it; may be empty */
    unsigned line;     /* 1 is the first */
};

/* Called once an entry, and once a section line with an empty `name`. Returns 0, or -1
 * with `err` set, which ends the reading. */
typedef int ini_each(void *context, const struct ini_entry *entry, struct error *err);

/*
 * Read a file's text. Shape: lines end in LF or CR LF; blank lines and lines that begin
 * with "#" or ";" say nothing; there are no continuation lines, quotes or comments
 * behind values, so that a value is what stands there.
 * Errors: ERROR_CONFIG naming the line; what `each` fails with.
 */
int ini_read(struct span text, ini_each *each, void *context,
             struct error *err) MUST_CHECK;

#endif
