#include "value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "json_text.h"
#include "stamp.h"

/* COPY refuses what is beyond a double's range; these bounds lie safely inside. */
#define DOUBLE_MOST  1.797e308
#define DOUBLE_LEAST 2.3e-308

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

static enum value_class
classify_real(struct span text)
{
    double value;

    /* without an exponent, and short: neither too large nor too small for a double */
    if (text.length < 100 && memchr(text.data, 'e', text.length) == NULL &&
        memchr(text.data, 'E', text.length) == NULL)
        return VALUE_DOUBLE;
    if (decimal_is_zero(text))
        return VALUE_DOUBLE;
    if (!read_double(text, &value) || fabs(value) > DOUBLE_MOST ||
        fabs(value) < DOUBLE_LEAST)
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

/* A double as the whole number that it is, told from its digits: a double would round. */
static bool
cast_whole(struct span plain, char *room, struct span *ret)
{
    int64_t value;
    bool is_whole;

    if (!decimal_whole(plain, 0, &value, &is_whole) || !is_whole)
        return false;
    *ret = (struct span){
        room, (size_t)snprintf(room, VALUE_CAST_ROOM, "%lld", (long long)value)};
    return true;
}

/* BIGINT: an integer as it stands, a double when it is a whole number. */
static bool
cast_bigint(enum value_class class, struct span plain, char *room, struct span *ret)
{
    if (class == VALUE_INTEGER || class == VALUE_LARGE_INTEGER)
        return true;
    return class == VALUE_DOUBLE && cast_whole(plain, room, ret);
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

/* A string of JSON, with no more escapes than it needs. */
static void
add_json_string(struct span plain, struct text *ret)
{
    static const char short_forms[] = "btn?fr"; /* from U+0008 on; U+000B has none */

    text_add_char(ret, '"');
    for (size_t i = 0; i < plain.length; i++) {
        unsigned char c = (unsigned char)plain.data[i];

        if (c == '"' || c == '\\')
            text_addf(ret, "\\%c", c);
        else if (c >= 8 && c <= 13 && c != 11)
            text_addf(ret, "\\%c", short_forms[c - 8]);
        else if (c < ' ')
            text_addf(ret, "\\u%04x", c);
        else
            text_add_char(ret, (char)c);
    }
    text_add_char(ret, '"');
}

/* Where the string that begins behind `p` ends: at its closing quote. */
static const char *
string_end(const char *p)
{
    while (*p != '"')
        p += *p == '\\' ? 2 : 1;
    return p;
}

/* Write a string of a JSON text anew: unescaped, mended, escaped where it must be. */
static bool
rewrite_string(struct span string, struct text *ret)
{
    struct text plain = {0};
    bool is_repaired = false;

    json_text_mend(string, &plain, &is_repaired);
    add_json_string(text_span(&plain), ret);
    ret->is_failed |= plain.is_failed;
    text_release(&plain);
    return is_repaired;
}

/* JSON text token by token: without white space, strings with no more escapes than they
 * need, numbers as they stand. Returns whether a string had to be mended. */
static bool
rewrite_json(struct span json, struct text *ret)
{
    const char *end = json.data + json.length;
    bool is_repaired = false;

    for (const char *p = json.data; p < end; p++) {
        if (*p == '"') {
            const char *close = string_end(p + 1);

            is_repaired |= rewrite_string((struct span){p + 1, (size_t)(close - p - 1)},
                                          ret);
            p = close;
        } else if ((unsigned char)*p > ' ') {
            text_add_char(ret, *p);
        }
    }
    return is_repaired;
}

static struct span
plain_json(const struct cell *cell, struct text *scratch, bool *ret_repaired)
{
    struct span json = {cell->data, cell->length};

    if (!(cell->flags & (CELL_SPACED | CELL_BROKEN | CELL_ESCAPED)))
        return json;
    text_clear(scratch);
    *ret_repaired = rewrite_json(json, scratch);
    return text_span(scratch);
}

static struct span
plain_string(const struct cell *cell, struct text *scratch, bool *ret_repaired)
{
    struct span string = {cell->data, cell->length};

    text_clear(scratch);
    if (!(cell->flags & CELL_BROKEN)) {
        json_text_unescape(string, scratch, ret_repaired);
        if (memchr(scratch->data, '\0', scratch->length) == NULL)
            return text_span(scratch);
        text_clear(scratch);
    }
    json_text_mend(string, scratch, ret_repaired); /* rare */
    return text_span(scratch);
}

struct span
value_plain(const struct cell *cell, struct text *scratch, bool *ret_repaired)
{
    *ret_repaired = false;
    if ((cell->flags & ~CELL_HIGH) == 0)
        return (struct span){cell->data, cell->length};
    if (cell->kind == CELL_STRING)
        return plain_string(cell, scratch, ret_repaired);
    return plain_json(cell, scratch, ret_repaired);
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
