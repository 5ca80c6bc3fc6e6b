/* event -- one line of NDJSON: checked whole, flattened into cells in a single pass. */
#ifndef RSLOAD_EVENT_H
#define RSLOAD_EVENT_H

#include "bytes.h"
#include "cell.h"
#include "path.h"

/* Bytes that must be readable behind a line; the first of them must be a line feed. */
#define EVENT_LINE_PAD 32

/* The most levels of objects that can be flattened: the bound of --max-depth. */
#define EVENT_DEPTH_MAX 200

enum event_status {
    EVENT_OK,
    EVENT_BLANK,      /* white space only: no event, not counted */
    EVENT_NOT_JSON,   /* `bad_at` says where it stops being JSON */
    EVENT_NOT_OBJECT, /* JSON, but not an object */
};

/* The scanner's own: an object that is open while a line is walked. */
struct event_frame {
    uint32_t node;
    uint32_t previous; /* the last key of this object; 0 before the first */
    uint32_t instance; /* its number among all objects */
};

/*
 * A worker's scanner. event_scan fills `cells` (context, properties, traits, in the order
 * of the line) and `fields` (the top-level fields, CELL_NULL where absent); both borrow
 * from the line and are valid until the next call. Belongs to one thread.
 */
struct event {
    struct path_tree paths;
    struct cell *cells;
    size_t cell_count;
    size_t cell_room;
    struct cell fields[FIELD_COUNT];
    size_t bad_at;
    uint8_t flags;      /* enum cell_flags of all cells and fields */
    uint32_t instance;  /* counts objects, to tell a key met twice in one */
    unsigned depth_max; /* objects below are kept as text: --max-depth */
    struct text key;    /* an unescaped key */
    struct event_frame frames[EVENT_DEPTH_MAX + 1];
};

/* Ownership: event_release frees. Errors: ERROR_IO out of memory. */
int event_init(struct event *event, unsigned depth_max, struct error *err) MUST_CHECK;
void event_release(struct event *event);

/*
 * Scan the `length` bytes of `line` (its line feed not among them).
 * Shape: a line feed and EVENT_LINE_PAD - 1 readable bytes follow the line.
 * Duplicate keys: the last one counts, as in ECMAScript's JSON.parse.
 * Errors: ERROR_IO out of memory; a bad line is a status, not an error.
 * Source: RFC 8259; number text is kept as it is.
 */
int event_scan(struct event *event, const char *line, size_t length,
               enum event_status *ret, struct error *err) MUST_CHECK;

/* The word for a status as rejects.ndjson.gz has it: "not JSON", "not an object". */
const char *event_status_reason(enum event_status status);

#endif
