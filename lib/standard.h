/* standard -- the kinds of tables and the columns that each has by specification. */
#ifndef RSLOAD_STANDARD_H
#define RSLOAD_STANDARD_H

#include "bytes.h"
#include "column.h"

/* What a table holds. */
enum table_kind {
    TABLE_TRACKS,
    TABLE_EVENT, /* one for each name of a track event */
    TABLE_IDENTIFIES,
    TABLE_PAGES,
    TABLE_SCREENS,
    TABLE_GROUPS,
    TABLE_ALIASES,
    TABLE_USERS,    /* made from identifies, in the warehouse */
    TABLE_DISCARDS, /* values that no column could take */
    TABLE_KIND_COUNT,
};

/* The columns whose meaning and type are fixed. */
enum standard {
    STANDARD_NONE,
    STANDARD_ID,
    STANDARD_RECEIVED_AT,
    STANDARD_UUID_TS,
    STANDARD_LOAD_ID,
    STANDARD_ANONYMOUS_ID,
    STANDARD_USER_ID,
    STANDARD_EVENT,
    STANDARD_EVENT_TEXT,
    STANDARD_GROUP_ID,
    STANDARD_PREVIOUS_ID,
    STANDARD_NAME,
    STANDARD_CATEGORY,
    STANDARD_ORIGINAL_TIMESTAMP,
    STANDARD_SENT_AT,
    STANDARD_TIMESTAMP,
    /* of the discards only: */
    STANDARD_TABLE_NAME,
    STANDARD_ROW_ID,
    STANDARD_COLUMN_NAME,
    STANDARD_COLUMN_VALUE,
    STANDARD_REASON,
    /* a name that others' tables use for their own ends: never filled, never taken */
    STANDARD_FOREIGN,
    STANDARD_COUNT,
};

/* The name of a table of that kind; empty for TABLE_EVENT. */
struct span standard_table(enum table_kind kind);

/* The name and the type of a standard column. */
struct span standard_name(enum standard role);
enum column_type standard_type(enum standard role);

/* Has a table of that kind the column? */
bool standard_has(enum table_kind kind, enum standard role);

/*
 * What the column `name` is in a table of that kind: a role, STANDARD_FOREIGN for the
 * names that are protected everywhere (uuid, loaded_at), or STANDARD_NONE.
 */
enum standard standard_find(enum table_kind kind, struct span name);

#endif
