/* occurrence -- how often a line without an id stood in its object before. */
#ifndef RSLOAD_OCCURRENCE_H
#define RSLOAD_OCCURRENCE_H

#include "bytes.h"

/* "rs-", 32 hex digits, NUL. */
#define OCCURRENCE_ID_SIZE 36

/* The lines of one object that had no messageId, by their SHA-256. Belongs to one thread.
 * Zeroed is valid and empty. */
struct occurrence {
    struct occurrence_line *lines;
    size_t count;
    size_t room;
};

/* Begin another object. */
void occurrence_clear(struct occurrence *occurrence);
void occurrence_release(struct occurrence *occurrence);

/*
 * An id for `line` that is the same whenever the object is read again: "rs-" and the
 * first 32 hex digits of SHA-256 over the line, a line feed, and how many equal lines
 * without an id stood before it in the object.
 */
int occurrence_id(struct occurrence *occurrence, struct span line,
                  char ret[OCCURRENCE_ID_SIZE], struct error *err) MUST_CHECK;

#endif
