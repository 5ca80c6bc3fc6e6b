/* column -- a table's columns as plain data: names, types, sizes. */
#ifndef RSLOAD_COLUMN_H
#define RSLOAD_COLUMN_H

#include "bytes.h"

/* The types that rsload makes or fills. */
enum column_type {
    COLUMN_VARCHAR,
    COLUMN_BIGINT,
    COLUMN_DOUBLE,
    COLUMN_BOOLEAN,
    COLUMN_TIMESTAMP, /* without zone, UTC */
    COLUMN_SUPER,     /* json on PostgreSQL */
    COLUMN_OTHER,     /* only in a catalog: any other type that somebody made */
};

/* The longest VARCHAR of Redshift, in bytes (Database Developer Guide, "Character types"). */
#define COLUMN_VARCHAR_MAX 65535u

/* The most columns a table can have (Database Developer Guide, CREATE TABLE, "Limits"). */
#define COLUMN_COUNT_MAX 1600u

/* New columns stop here, so that some room is left for others: what comes later goes to
 * the discards. */
#define COLUMN_COUNT_NEW 1500u

/* The longest name of a table or column, in bytes (Database Developer Guide, "Names"). */
#define COLUMN_NAME_MAX 127u

/*
 * One column. In a catalog: as the warehouse has it, `max_bytes` the declared length of a
 * VARCHAR (0 for other types; PostgreSQL counts characters, which is said as it stands).
 * In an inventory: as a load needs it, `max_bytes` the longest value staged, in bytes.
 */
struct column {
    struct span name;
    enum column_type type;
    uint32_t max_bytes;
    bool is_not_null;      /* catalog: declared NOT NULL */
    bool has_default;      /* catalog: has a DEFAULT (or is an identity) */
    struct span type_text; /* catalog: the type in the server's words */
};

/* One table or view with its columns in order. */
struct table {
    struct span name;
    struct column *columns;
    size_t column_count;
    bool is_view; /* catalog: not a plain table, cannot be loaded */
};

/* What a schema holds. Zeroed: nothing, the schema is not there. */
struct catalog {
    bool has_schema;
    struct table *tables; /* sorted by name, bytewise */
    size_t table_count;
};

/* The lower-case name of a type for reports and load.json: "varchar", "bigint", ... */
const char *column_type_name(enum column_type type);

/* The type of that name; -1 when there is none. */
int column_type_find(struct span name);

/* The table of that name, or NULL. */
const struct table *catalog_find(const struct catalog *catalog, struct span name);

/* The index of the column of that name, or SIZE_MAX. Linear: not for inner loops. */
size_t table_find(const struct table *table, struct span column);

#endif
