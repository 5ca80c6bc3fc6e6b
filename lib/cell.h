/* cell -- one leaf of an event: plain data, before anyone asks for its column. */
#ifndef RSLOAD_CELL_H
#define RSLOAD_CELL_H

#include <stdint.h>

/* What a leaf of an event is, before anyone asks for its column. */
enum cell_kind {
    CELL_NULL, /* null, {} or []: makes nothing */
    CELL_TRUE,
    CELL_FALSE,
    CELL_INTEGER, /* without fraction or exponent, any number of digits */
    CELL_REAL,    /* with fraction or exponent */
    CELL_STRING,
    CELL_ARRAY,  /* not empty: JSON text */
    CELL_OBJECT, /* not empty, where no object can be flattened: JSON text */
    CELL_DEAD,   /* replaced by a later key of the same name */
};

enum cell_flags {
    CELL_ESCAPED = 1, /* string: holds a backslash */
    CELL_HIGH = 2,    /* string, array, object: holds bytes over 0x7f */
    CELL_BROKEN = 4,  /* string, array, object: not UTF-8 */
    CELL_SPACED = 8,  /* array, object: white space between its tokens */
};

/*
 * One leaf. `data` is its text in the line: of a string what stands between the quotes,
 * escapes untouched; of all else the JSON text.
 */
struct cell {
    const char *data;
    uint32_t length;
    uint32_t node; /* its path */
    uint8_t kind;
    uint8_t flags;
};

#endif
