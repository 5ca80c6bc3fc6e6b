/* name -- source keys become the names of tables and columns. */
#ifndef RSLOAD_NAME_H
#define RSLOAD_NAME_H

#include "bytes.h"

/*
 * Append `key` in snake case: ASCII letters and digits only, lower case, words joined by
 * underscores; nothing when no byte of it can be used. A run of capitals sticks to the
 * lower case that follows it; digits stay in their word; all other bytes separate words.
 * Source: what Segment's warehouses do (Segment documentation, "Warehouse Schemas").
 */
void name_snake(struct span key, struct text *ret);

/* Is it a reserved word of Redshift, in any case?
 * Source: Database Developer Guide, "Reserved words". */
bool name_is_reserved(struct span name);

/*
 * Make `name` fit for a table or a column, in place: an underscore goes before a leading
 * digit and before a reserved word; a name over COLUMN_NAME_MAX bytes keeps its first 118
 * and gets the first 8 hex digits of its SHA-256.
 */
void name_finish(struct text *name);

/* Append "u_" and the bytes of `key` in hex: the name of what has no usable byte. */
void name_hex(struct span key, struct text *ret);

/*
 * The name of the event table for the text of a track event; empty when the text is.
 * Appends to `slug` the snake case alone (the column `event`), to `table` the table's
 * name; the names of rsload's own tables get an underscore in front.
 */
void name_event(struct span event, struct text *slug, struct text *table);

/* Is it the name of a table that is not made for a track event? */
bool name_is_builtin_table(struct span name);

#endif
