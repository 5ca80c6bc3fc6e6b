/* inventory -- what an extraction staged: the content of load.json, as plain data. */
#ifndef RSLOAD_INVENTORY_H
#define RSLOAD_INVENTORY_H

#include "bytes.h"
#include "column.h"
#include "store.h"
#include "window.h"

/* How parts are compressed; the word of --compress and of COPY's option. */
enum compress { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

/* One staged part: CSV (RFC 4180, LF, every text quoted, NULL an unquoted empty field)
 * holding the first `column_count` columns of its table, in their order. */
struct part {
    struct span key; /* below the load's own folder: "orders/0001.csv.gz" */
    size_t table;    /* index in the inventory's tables */
    size_t column_count;
    uint64_t rows;
    uint64_t size_bytes; /* as stored */
    uint64_t raw_bytes;  /* of CSV */
};

/* What was counted while reading; the account of a run. */
struct counts {
    uint64_t objects;
    uint64_t stored_bytes; /* of the objects */
    uint64_t raw_bytes;    /* of their lines */
    uint64_t lines;        /* that were not blank */
    uint64_t events;       /* lines that became rows */
    uint64_t rejected;     /* lines that are no event */
    uint64_t filtered;     /* events outside the window or not selected */
    uint64_t rows;         /* over all tables */
    uint64_t values;       /* leaf values seen: cells + discards + nulls + merged */
    uint64_t cells;        /* values that stand in a row */
    uint64_t discards;     /* values that stand in rsload_discards */
    uint64_t nulls;        /* values that are null, {}, [] or an empty string */
    uint64_t truncated;    /* values cut to the size of their column */
    uint64_t merged;       /* values equal to another of the same column and row */
    uint64_t made_ids;     /* events without messageId: the id is made from the line */
    uint64_t made_times;   /* events without receivedAt: the object's time is taken */
    uint64_t anonymous;    /* events with neither anonymousId nor userId */
    uint64_t repaired; /* texts with a NUL, invalid UTF-8 or a lone surrogate mended */
};

/*
 * All of one load, as the extraction leaves it and load.json keeps it.
 * Ownership: everything lies in the arena of whoever made it.
 */
struct inventory {
    struct span load_id; /* 26 characters, sorts by time */
    struct window window;
    struct span source; /* the source URL as filled from the window */
    struct span schema;
    struct span tool; /* "rsload 1.0" */
    int64_t started_s;
    enum compress compress;
    struct object *objects; /* sorted by key */
    size_t object_count;
    struct table *tables; /* sorted by name; columns: the warehouse's first, then new
                                ones in order of appearance */
    size_t table_count;
    struct part *parts; /* sorted by table, then column_count, then key */
    size_t part_count;
    struct counts counts;
};

/* The word of a compression: "none", "gzip", "zstd". */
const char *compress_name(enum compress compress);

/* The end of a part's name: ".csv", ".csv.gz", ".csv.zst". */
const char *compress_suffix(enum compress compress);

/* The compression of that word; -1 when there is none. */
int compress_find(struct span name);

/*
 * 64 lower-case hex digits into `digest`: SHA-256 over the objects' keys, sizes and ETags in order of the
 * keys. Two loads with one digest read the same bytes.
 */
void inventory_digest(const struct object *objects, size_t count, char digest[65]);

/* Append the inventory as load.json (version 1; the man page, FILES, describes it). */
int inventory_write(const struct inventory *inventory, struct text *json,
                    struct error *err) MUST_CHECK;

/*
 * Read load.json. Ownership: `ret` lies in `arena`.
 * Errors: ERROR_SOURCE naming the member that is missing, of the wrong type or out of range.
 */
int inventory_read(struct span json, struct arena *arena, struct inventory *ret,
                   struct error *err) MUST_CHECK;

#endif
