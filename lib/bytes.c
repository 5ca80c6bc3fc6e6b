#include "bytes.h"

#include <limits.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT ((size_t)1 << 30)
#define TEXT_FIRST 256

/* Blocks of an arena double from the first size to the last. */
#define ARENA_FIRST ((size_t)4096)
#define ARENA_LAST  ((size_t)1 << 20)

struct arena_block {
    struct arena_block *next;
    size_t size; /* of the bytes behind the header */
    size_t used;
};

/* The header rounded up, so that what follows it is aligned for anything. */
#define BLOCK_HEAD                                                                     \
    ((sizeof(struct arena_block) + alignof(max_align_t) - 1) / alignof(max_align_t) *  \
     alignof(max_align_t))

struct span
span_of(const char *string)
{
    return (struct span){string, string != NULL ? strlen(string) : 0};
}

int
span_int(size_t length)
{
    return length > INT_MAX ? INT_MAX : (int)length;
}

bool
span_equal(struct span a, struct span b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool
span_starts(struct span s, struct span prefix)
{
    return s.length >= prefix.length &&
           span_equal((struct span){s.data, prefix.length}, prefix);
}

struct span
span_behind(struct span s, struct span prefix)
{
    if (!span_starts(s, prefix))
        return (struct span){NULL, 0};
    return (struct span){s.data + prefix.length, s.length - prefix.length};
}

bool
span_ends(struct span s, struct span suffix)
{
    if (s.length < suffix.length)
        return false;
    if (suffix.length == 0)
        return true;
    return memcmp(s.data + s.length - suffix.length, suffix.data, suffix.length) == 0;
}

int
span_compare(struct span a, struct span b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;

    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

char *
text_room(struct text *t, size_t more)
{
    size_t limit = t->limit != 0 ? t->limit : TEXT_LIMIT;
    size_t room = t->room != 0 ? t->room : TEXT_FIRST;
    char *data;

    if (t->is_failed || more > limit || t->length > limit - more) {
        t->is_failed = true;
        return NULL;
    }
    /* one byte more than asked, for the NUL of text_string */
    if (t->data != NULL && t->length + more < t->room)
        return t->data + t->length;
    while (room <= t->length + more)
        room *= 2;
    data = realloc(t->data, room);
    if (data == NULL) {
        t->is_failed = true;
        return NULL;
    }
    t->data = data;
    t->room = room;
    return t->data + t->length;
}

void
text_add(struct text *t, struct span s)
{
    char *to = text_room(t, s.length);

    if (to == NULL || s.length == 0)
        return;
    memcpy(to, s.data, s.length);
    t->length += s.length;
}

void
text_add_string(struct text *t, const char *string)
{
    text_add(t, span_of(string));
}

void
text_add_char(struct text *t, char c)
{
    text_add(t, (struct span){&c, 1});
}

void
text_addf(struct text *t, const char *format, ...)
{
    va_list args;
    int length;
    char *to;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    to = length < 0 ? NULL : text_room(t, (size_t)length);
    if (to == NULL) {
        t->is_failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(to, (size_t)length + 1, format, args);
    va_end(args);
    t->length += (size_t)length;
}

struct span
text_span(const struct text *t)
{
    return (struct span){t->data, t->is_failed ? 0 : t->length};
}

const char *
text_string(struct text *t)
{
    if (text_room(t, 0) == NULL)
        return "";
    t->data[t->length] = '\0';
    return t->data;
}

void
text_clear(struct text *t)
{
    t->length = 0;
    t->is_failed = false;
}

int
text_check(const struct text *t, struct error *err)
{
    if (!t->is_failed)
        return 0;
    if (t->limit != 0 && t->length + 1 >= t->limit / 2)
        return error_set(err, ERROR_IO, "a text of over %zu bytes", t->limit);
    return error_no_memory(err);
}

void
text_release(struct text *t)
{
    free(t->data);
    *t = (struct text){.limit = t->limit};
}

void *
arena_alloc(struct arena *a, size_t size)
{
    struct arena_block *b = a->blocks;
    size_t step = alignof(max_align_t);
    size_t need;
    void *p;

    if (size > SIZE_MAX / 2)
        return NULL;
    need = (size + step - 1) / step * step;
    if (b == NULL || b->size - b->used < need) {
        size_t block = b == NULL ? ARENA_FIRST : b->size * 2;

        if (block > ARENA_LAST)
            block = ARENA_LAST;
        if (block < need)
            block = need;
        b = calloc(1, BLOCK_HEAD + block);
        if (b == NULL)
            return NULL;
        b->size = block;
        b->next = a->blocks;
        a->blocks = b;
        a->used_bytes += BLOCK_HEAD + block;
    }
    p = (char *)b + BLOCK_HEAD + b->used;
    b->used += need;
    return p;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(a, count * size);
}

int
arena_copy(struct arena *a, struct span s, struct span *ret, struct error *err)
{
    char *copy = s.length == SIZE_MAX ? NULL : arena_alloc(a, s.length + 1);

    if (copy == NULL)
        return error_no_memory(err);
    if (s.length > 0)
        memcpy(copy, s.data, s.length);
    *ret = (struct span){copy, s.length};
    return 0;
}

void
arena_release(struct arena *a)
{
    struct arena_block *b = a->blocks;

    while (b != NULL) {
        struct arena_block *next = b->next;

        free(b);
        b = next;
    }
    *a = (struct arena){0};
}

int
sink_push(struct sink sink, struct span piece, struct error *err)
{
    return sink.push(sink.context, piece, err);
}

static int
push_text(void *context, struct span piece, struct error *err)
{
    text_add(context, piece);
    return text_check(context, err);
}

struct sink
text_sink(struct text *t)
{
    return (struct sink){push_text, t};
}
