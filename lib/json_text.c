#include "json_text.h"

#include <stddef.h>
#include <string.h>

#include "cell.h"
#include "scan.h"
#include "utf8.h"

static const char *
fail(const char *p, const char **ret_bad)
{
    *ret_bad = p;
    return NULL;
}

static bool
is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* From a backslash to behind its escape. A line feed is no part of any escape, so the
 * reads stop at the end of the line. */
static const char *
escape(const char *p, const char **ret_bad)
{
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return p + 2;
    case 'u':
        for (int i = 2; i < 6; i++)
            if (!is_hex(p[i]))
                return fail(p + i, ret_bad);
        return p + 6;
    default: return fail(p + 1, ret_bad);
    }
}

const char *
json_text_string(const char *p, uint8_t *flags, const char **ret_bad)
{
    const char *from = p;
    uint32_t high = 0;

    for (;;) {
        struct scan_masks m = scan_string(p);
        unsigned at;

        if (m.stops == 0) {
            high |= m.high;
            p += SCAN_WIDTH;
            continue;
        }
        at = (unsigned)__builtin_ctz(m.stops);
        high |= m.high & ((1u << at) - 1);
        p += at;
        if (*p == '"')
            break;
        if (*p != '\\')
            return fail(p, ret_bad);
        *flags |= CELL_ESCAPED;
        p = escape(p, ret_bad);
        if (p == NULL)
            return NULL;
    }
    if (high != 0) {
        *flags |= CELL_HIGH;
        if (!utf8_is_valid(from, (size_t)(p - from)))
            *flags |= CELL_BROKEN;
    }
    return p;
}

const char *
json_text_number(const char *p, bool *ret_is_real, const char **ret_bad)
{
    *ret_is_real = false;
    if (*p == '-')
        p++;
    if (!is_digit(*p))
        return fail(p, ret_bad);
    if (*p == '0')
        p++;
    else
        while (is_digit(*p))
            p++;
    if (*p == '.') {
        *ret_is_real = true;
        if (!is_digit(*++p))
            return fail(p, ret_bad);
        while (is_digit(*p))
            p++;
    }
    if (*p == 'e' || *p == 'E') {
        *ret_is_real = true;
        p++;
        if (*p == '+' || *p == '-')
            p++;
        if (!is_digit(*p))
            return fail(p, ret_bad);
        while (is_digit(*p))
            p++;
    }
    return p;
}

const char *
json_text_word(const char *p, const char **ret_bad)
{
    const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";

    for (; *word != '\0'; word++, p++)
        if (*p != *word)
            return fail(p, ret_bad);
    return p;
}

const char *
json_text_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p;
}

/* json_text_space inside a value: notes that there was some. */
static inline const char *
space(const char *p, const char *end, uint8_t *flags)
{
    if ((unsigned char)*p > ' ')
        return p;
    if (p < end)
        *flags |= CELL_SPACED;
    return json_text_space(p, end);
}

/* The containers that are open, one bit each: set for an object. */
struct nest {
    uint64_t is_object[JSON_TEXT_NESTING_MAX / 64];
    unsigned depth;
};

static void
nest_push(struct nest *nest, bool is_object)
{
    uint64_t bit = (uint64_t)1 << (nest->depth % 64);
    uint64_t *word = &nest->is_object[nest->depth / 64];

    *word = is_object ? *word | bit : *word & ~bit;
    nest->depth++;
}

static bool
nest_top_is_object(const struct nest *nest)
{
    unsigned top = nest->depth - 1;

    return (nest->is_object[top / 64] >> (top % 64) & 1) != 0;
}

/* A key with its colon, up to its value. */
static const char *
key_and_colon(const char *p, const char *end, uint8_t *flags, const char **ret_bad)
{
    if (*p != '"')
        return fail(p, ret_bad);
    p = json_text_string(p + 1, flags, ret_bad);
    if (p == NULL)
        return NULL;
    p = space(p + 1, end, flags);
    if (*p != ':')
        return fail(p, ret_bad);
    return space(p + 1, end, flags);
}

static const char *
scalar(const char *p, uint8_t *flags, const char **ret_bad)
{
    bool is_real;

    switch (*p) {
    case '"':
        p = json_text_string(p + 1, flags, ret_bad);
        return p == NULL ? NULL : p + 1;
    case 't':
    case 'f':
    case 'n': return json_text_word(p, ret_bad);
    default: return json_text_number(p, &is_real, ret_bad);
    }
}

/*
 * Two places take turns: before a value, and behind one. A container that opens leads
 * before its first value (or closes at once); a value that ends leads to a comma, which
 * leads before the next, or to the end of its container, which is a value that ends.
 */
const char *
json_text_value(const char *p, const char *end, unsigned depth_max, uint8_t *flags,
                const char **ret_bad)
{
    struct nest nest = {.depth = 0};
    bool is_object;

    if (depth_max > JSON_TEXT_NESTING_MAX)
        depth_max = JSON_TEXT_NESTING_MAX;
before:
    if (*p == '{' || *p == '[') {
        if (nest.depth == depth_max)
            return fail(p, ret_bad);
        is_object = *p == '{';
        nest_push(&nest, is_object);
        p = space(p + 1, end, flags);
        if (*p == (is_object ? '}' : ']')) {
            p++;
            goto closed;
        }
        if (is_object && (p = key_and_colon(p, end, flags, ret_bad)) == NULL)
            return NULL;
        goto before;
    }
    p = scalar(p, flags, ret_bad);
    if (p == NULL)
        return NULL;
    if (nest.depth == 0)
        return p;
behind:
    p = space(p, end, flags);
    is_object = nest_top_is_object(&nest);
    if (*p == ',') {
        p = space(p + 1, end, flags);
        if (is_object && (p = key_and_colon(p, end, flags, ret_bad)) == NULL)
            return NULL;
        goto before;
    }
    if (*p != (is_object ? '}' : ']'))
        return fail(p, ret_bad);
    p++;
closed:
    nest.depth--;
    if (nest.depth == 0)
        return p;
    goto behind;
}

static unsigned
hex4(const char *p)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)p[i];

        value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* Write a code point as UTF-8. Returns behind it. */
static char *
put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

/* The code point of the \u escape at `p`, with the low half that follows a high one;
 * `*ret_length` is what it takes. */
static unsigned
code_point(const char *p, const char *end, size_t *ret_length, bool *ret_lone)
{
    unsigned code = hex4(p + 2);

    *ret_length = 6;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code <= 0xdbff && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        unsigned low = hex4(p + 8);

        if (low >= 0xdc00 && low <= 0xdfff) {
            *ret_length = 12;
            return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    *ret_lone = true;
    return 0xfffd;
}

/* What the escapes of two characters mean, by their second. */
static char
meaning(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
    }
}

/* No escape is shorter than what it stands for: the room is asked for once. */
void
json_text_unescape(struct span string, struct text *ret, bool *ret_lone)
{
    const char *p = string.data;
    const char *end = p + string.length;
    char *to = text_room(ret, string.length);

    if (to == NULL)
        return;
    while (p < end) {
        const char *back = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((back != NULL ? back : end) - p);
        size_t length = 2;

        memcpy(to, p, plain);
        to += plain;
        p += plain;
        if (back == NULL)
            break;
        if (back[1] == 'u')
            to = put_utf8(to, code_point(back, end, &length, ret_lone));
        else
            *to++ = meaning(back[1]);
        p += length;
    }
    ret->length = (size_t)(to - ret->data);
}

void
json_text_mend(struct span string, struct text *ret, bool *ret_repaired)
{
    struct text plain = {0};

    json_text_unescape(string, &plain, ret_repaired);
    *ret_repaired |= utf8_repair(text_span(&plain), ret);
    ret->is_failed |= plain.is_failed;
    text_release(&plain);
}
