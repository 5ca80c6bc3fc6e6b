/* value -- the text of a cell as a column takes it, and as CSV has it. */
#ifndef RSLOAD_VALUE_H
#define RSLOAD_VALUE_H

#include "bytes.h"
#include "cell.h"
#include "column.h"

/*
 * What values a column has seen, as bits: enough to tell the least type that holds all
 * of them, whatever their order.
 */
enum value_class {
    VALUE_BOOLEAN = 1,
    VALUE_INTEGER = 2,       /* within +-2^53: exact in a double as well */
    VALUE_LARGE_INTEGER = 4, /* beyond that, fits 64 bits */
    VALUE_DOUBLE = 8,
    VALUE_TIME = 16, /* a string that stamp_read accepts */
    VALUE_TEXT = 32, /* any other string; a number that no type holds */
    VALUE_JSON = 64, /* an array or an object as text */
};

/*
 * The class of a cell that is not CELL_NULL or CELL_DEAD.
 * A number beyond 64 bits, or whose magnitude no normal double has, is VALUE_TEXT.
 */
enum value_class value_classify(const struct cell *cell);

/* The least type that holds all of `classes`; none at all is VARCHAR. */
enum column_type value_join(unsigned classes);

/* Room for a text that value_cast makes. */
#define VALUE_CAST_ROOM 32

/*
 * The text with which a value goes into an existing column of the `type` as exactly the
 * same value; false when there is none. `plain` is its text. A string goes into a number
 * or boolean column when it is written as JSON writes one, a whole double into BIGINT.
 * Ownership: `*ret` borrows from `plain`, the cell or `room`.
 */
bool value_cast(enum column_type type, enum value_class class, const struct cell *cell,
                struct span plain, char room[VALUE_CAST_ROOM], struct span *ret);

/*
 * The text of a cell that is not CELL_NULL or CELL_DEAD: strings unescaped; arrays and
 * objects without white space between tokens and with no more escapes than JSON needs;
 * numbers and words as they stand. U+0000 is taken out, what
 * is not UTF-8 and lone surrogates become U+FFFD; `*ret_repaired` then is true.
 * Ownership: borrows from the line, or from `scratch`, which it overwrites.
 */
struct span value_plain(const struct cell *cell, struct text *scratch,
                        bool *ret_repaired);

/* What of `plain` fits into `bytes`: cut at the end of a character. */
struct span value_cut(struct span plain, size_t bytes);

/* The most bytes that value_csv makes of `length` bytes. */
#define VALUE_CSV_ROOM(length) (2 * (size_t)(length) + 2)

/*
 * Write `plain` as a quoted field of CSV, quotes doubled. Returns behind it.
 * Shape: `to` has VALUE_CSV_ROOM(plain.length) bytes of room.
 * Source: RFC 4180, section 2.
 */
char *value_csv(char *to, struct span plain);

/* The same for text that is known to hold no quote: a copy. */
char *value_csv_simple(char *to, struct span plain);

#endif
