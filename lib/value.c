#include "value.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "stamp.h"

#define EXACT_IN_DOUBLE INT64_C(9007199254740992) /* 2^53 */

/* Compare the digits with those of a limit of as many digits. */
static bool
digits_at_most(struct span digits, const char *limit)
{
    return memcmp(digits.data, limit, digits.length) <= 0;
}

static enum value_class
classify_integer(struct span text)
{
    bool is_negative = text.data[0] == '-';
    struct span digits = {text.data + is_negative, text.length - is_negative};

    if (digits.length <= 15)
        return VALUE_INTEGER;
    if (digits.length == 16 && digits_at_most(digits, "9007199254740992"))
        return VALUE_INTEGER;
    if (digits.length <= 18)
        return VALUE_LARGE_INTEGER;
    if (digits.length == 19 &&
        digits_at_most(digits,
                       is_negative ? "9223372036854775808" : "9223372036854775807"))
        return VALUE_LARGE_INTEGER;
    return VALUE_TEXT;
}

/* Copied, since strtod wants an end; texts of over 400 characters are not numbers that
 * anybody means as such. */
static bool
read_double(struct span text, double *ret)
{
    char copy[400];
    char *end;

    if (text.length == 0 || text.length >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    *ret = strtod(copy, &end);
    return end == copy + text.length;
}

/* Does the mantissa hold a digit other than 0? */
static bool
is_zero(struct span text)
{
    for (size_t i = 0; i < text.length && text.data[i] != 'e' && text.data[i] != 'E';
         i++)
        if (text.data[i] >= '1' && text.data[i] <= '9')
            return false;
    return true;
}

static enum value_class
classify_real(struct span text)
{
    double value;

    /* without an exponent, and short: neither too large nor too small for a double */
    if (text.length < 100 && memchr(text.data, 'e', text.length) == NULL &&
        memchr(text.data, 'E', text.length) == NULL)
        return VALUE_DOUBLE;
    if (!read_double(text, &value) || isinf(value))
        return VALUE_TEXT;
    if (fabs(value) < DBL_MIN && !is_zero(text))
        return VALUE_TEXT;
    return VALUE_DOUBLE;
}

enum value_class
value_classify(const struct cell *cell)
{
    struct span text = {cell->data, cell->length};
    int64_t time_us;

    switch (cell->kind) {
    case CELL_TRUE:
    case CELL_FALSE: return VALUE_BOOLEAN;
    case CELL_INTEGER: return classify_integer(text);
    case CELL_REAL: return classify_real(text);
    case CELL_ARRAY:
    case CELL_OBJECT: return VALUE_JSON;
    default: break;
    }
    /* no time is shorter than a date, and none needs an escape */
    if (text.length >= 10 && text.data[4] == '-' && !(cell->flags & CELL_ESCAPED) &&
        stamp_read(text, &time_us))
        return VALUE_TIME;
    return VALUE_TEXT;
}

enum column_type
value_join(unsigned classes)
{
    if (classes == VALUE_BOOLEAN)
        return COLUMN_BOOLEAN;
    if (classes == VALUE_TIME)
        return COLUMN_TIMESTAMP;
    if (classes == 0 ||
        (classes & (VALUE_BOOLEAN | VALUE_TIME | VALUE_TEXT | VALUE_JSON)))
        return COLUMN_VARCHAR;
    if (!(classes & VALUE_DOUBLE))
        return COLUMN_BIGINT;
    /* a double would round the large integers: text keeps both exact */
    return classes & VALUE_LARGE_INTEGER ? COLUMN_VARCHAR : COLUMN_DOUBLE;
}

/* The class of a string that is written as a number of JSON is; VALUE_TEXT if it is not. */
static enum value_class
classify_string_number(struct span plain)
{
    char line[64];
    const char *bad;
    bool is_real;

    if (plain.length == 0 || plain.length >= sizeof line)
        return VALUE_TEXT;
    memcpy(line, plain.data, plain.length);
    line[plain.length] = '\n';
    if (json_text_number(line, &is_real, &bad) != line + plain.length)
        return VALUE_TEXT;
    return is_real ? classify_real(plain) : classify_integer(plain);
}

/* BIGINT: an integer as it stands, a double when it is a whole number that is exact. */
static bool
cast_bigint(enum value_class class, struct span plain, char *room, struct span *ret)
{
    double value;

    if (class == VALUE_INTEGER || class == VALUE_LARGE_INTEGER)
        return true;
    if (class != VALUE_DOUBLE || !read_double(plain, &value) || floor(value) != value ||
        fabs(value) > (double)EXACT_IN_DOUBLE)
        return false;
    *ret = (struct span){
        room, (size_t)snprintf(room, VALUE_CAST_ROOM, "%lld", (long long)value)};
    return true;
}

static bool
cast_timestamp(struct span plain, char *room, struct span *ret)
{
    int64_t time_us;

    if (!stamp_read(plain, &time_us))
        return false;
    *ret = (struct span){room, stamp_write(time_us, room)};
    return true;
}

bool
value_cast(enum column_type type, enum value_class class, const struct cell *cell,
           struct span plain, char room[VALUE_CAST_ROOM], struct span *ret)
{
    *ret = plain;
    if (class == VALUE_TEXT && (type == COLUMN_BIGINT || type == COLUMN_DOUBLE))
        class = classify_string_number(plain);
    switch (type) {
    case COLUMN_VARCHAR: return true;
    case COLUMN_BIGINT: return cast_bigint(class, plain, room, ret);
    case COLUMN_DOUBLE: return class == VALUE_INTEGER || class == VALUE_DOUBLE;
    case COLUMN_BOOLEAN:
        return class == VALUE_BOOLEAN || span_equal(plain, SPAN("true")) ||
               span_equal(plain, SPAN("false"));
    case COLUMN_TIMESTAMP: return cast_timestamp(plain, room, ret);
    case COLUMN_SUPER:
        /* a string goes in as JSON, with the quotes that stand around it in the line */
        if (cell->kind == CELL_STRING)
            *ret = (struct span){cell->data - 1, (size_t)cell->length + 2};
        return !(cell->flags & CELL_BROKEN);
    default: return false;
    }
}

/* Take out U+0000, and put U+FFFD for each byte that is not UTF-8. Returns whether there
 * was any. Shape: `bytes` and `ret` are different memory. */
static bool
repair(struct span bytes, struct text *ret)
{
    bool is_repaired = false;
    size_t good = 0; /* where the bytes not yet copied begin */

    for (size_t i = 0; i < bytes.length;) {
        size_t n = json_text_utf8_length(bytes.data + i, bytes.length - i);

        if (n > 0 && bytes.data[i] != '\0') {
            i += n;
            continue;
        }
        text_add(ret, (struct span){bytes.data + good, i - good});
        if (n == 0)
            text_add(ret, SPAN("\xef\xbf\xbd"));
        is_repaired = true;
        good = ++i;
    }
    text_add(ret, (struct span){bytes.data + good, bytes.length - good});
    return is_repaired;
}

/* JSON without the white space between its tokens; what stands in strings stays. */
static void
compact(struct span json, struct text *ret)
{
    bool in_string = false;
    size_t from = 0;

    for (size_t i = 0; i < json.length; i++) {
        char c = json.data[i];

        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
            text_add(ret, (struct span){json.data + from, i - from});
            from = i + 1;
        }
    }
    text_add(ret, (struct span){json.data + from, json.length - from});
}

struct span
value_plain(const struct cell *cell, struct text *scratch, bool *ret_repaired)
{
    struct span text = {cell->data, cell->length};
    size_t from;

    *ret_repaired = false;
    if ((cell->flags & ~CELL_HIGH) == 0 ||
        (cell->kind != CELL_STRING && !(cell->flags & (CELL_SPACED | CELL_BROKEN))))
        return text;
    text_clear(scratch);
    if (cell->kind == CELL_STRING)
        json_text_unescape(text, scratch, ret_repaired);
    else
        compact(text, scratch);
    if (!(cell->flags & CELL_BROKEN) &&
        memchr(scratch->data, '\0', scratch->length) == NULL)
        return text_span(scratch);
    /* rare: mended behind what was unescaped, so that one scratch is enough */
    from = scratch->length;
    if (text_room(scratch, 3 * from) == NULL)
        return (struct span){NULL, 0};
    if (repair((struct span){scratch->data, from}, scratch))
        *ret_repaired = true;
    return (struct span){scratch->data + from, scratch->length - from};
}

struct span
value_cut(struct span plain, size_t bytes)
{
    if (plain.length <= bytes)
        return plain;
    while (bytes > 0 && ((unsigned char)plain.data[bytes] & 0xc0) == 0x80)
        bytes--;
    return (struct span){plain.data, bytes};
}

char *
value_csv(char *to, struct span plain)
{
    *to++ = '"';
    for (size_t i = 0; i < plain.length; i++) {
        char c = plain.data[i];

        /* without a branch: JSON text has a quote every few bytes */
        to[0] = c;
        to[1] = '"';
        to += 1 + (c == '"');
    }
    *to++ = '"';
    return to;
}

char *
value_csv_simple(char *to, struct span plain)
{
    *to++ = '"';
    if (plain.length > 0)
        memcpy(to, plain.data, plain.length);
    to += plain.length;
    *to++ = '"';
    return to;
}
