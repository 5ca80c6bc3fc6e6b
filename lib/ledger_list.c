#include "ledger_list.h"

#include <stdlib.h>
#include <string.h>

#include "digest.h"

/* A mark of the ledger, and whether an object was found for its key. */
struct known {
    char mark[LEDGER_MARK];
    bool is_met;
};

/* Six bits a letter, without padding: `count` letters need count * 6 / 8 bytes.
 * Source: RFC 4648, section 5. */
static void
encode(const unsigned char *bytes, size_t count, char *ret)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (size_t i = 0; i < count; i++) {
        size_t bit = i * 6;
        unsigned two = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

        ret[i] = letters[two >> (10 - bit % 8) & 63];
    }
}

void
ledger_list_mark(const struct object *object, char ret[LEDGER_MARK])
{
    unsigned char hash[DIGEST_BYTES];
    struct text content = {0};

    digest_sha256(object->key, hash);
    encode(hash, LEDGER_MARK_KEY, ret);
    /* Memory short for so little: the object counts as changed, which is safe. */
    text_addf(&content, "%llu:%.*s", (unsigned long long)object->size_bytes,
              SPAN_ARG(object->etag));
    digest_sha256(text_span(&content), hash);
    encode(hash, LEDGER_MARK - LEDGER_MARK_KEY, ret + LEDGER_MARK_KEY);
    text_release(&content);
}

static int
compare_marks(const void *a, const void *b)
{
    return memcmp(((const struct known *)a)->mark, ((const struct known *)b)->mark,
                  LEDGER_MARK);
}

/* The first of the marks with that key, or `count`. */
static size_t
find_key(const struct known *known, size_t count, const char *mark)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(known[middle].mark, mark, LEDGER_MARK_KEY) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count && memcmp(known[low].mark, mark, LEDGER_MARK_KEY) == 0)
        return low;
    return count;
}

/* Nothing tells whether it is the same as before. */
static bool
is_unknown(const struct object *object)
{
    return object->size_bytes == UINT64_MAX && object->etag.length == 0;
}

/* Look one object up; returns whether it is loaded as it is now. */
static bool
meet(struct known *known, size_t count, const struct object *object,
     struct ledger_answer *ret)
{
    char mark[LEDGER_MARK];
    size_t at;
    bool is_same = false;

    ledger_list_mark(object, mark);
    at = find_key(known, count, mark);
    if (at == count || is_unknown(object)) {
        ret->new_count++;
        return false;
    }
    for (; at < count && memcmp(known[at].mark, mark, LEDGER_MARK_KEY) == 0; at++) {
        known[at].is_met = true;
        is_same |= memcmp(known[at].mark, mark, LEDGER_MARK) == 0;
    }
    if (!is_same && ret->changed_count++ == 0)
        ret->changed = object->key;
    return is_same;
}

int
ledger_list_compare(struct span list, const struct object *objects, size_t count,
                    struct arena *arena, struct ledger_answer *ret, struct error *err)
{
    size_t known_count = list.length / LEDGER_MARK;
    struct known *known = arena_array(arena, known_count, sizeof *known);

    ret->is_new = arena_array(arena, count, sizeof *ret->is_new);
    if (known == NULL || ret->is_new == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < known_count; i++)
        memcpy(known[i].mark, list.data + i * LEDGER_MARK, LEDGER_MARK);
    qsort(known, known_count, sizeof *known, compare_marks);
    for (size_t i = 0; i < count; i++)
        ret->is_new[i] = !meet(known, known_count, &objects[i], ret);
    for (size_t i = 0; i < known_count; i++)
        ret->gone_count += !known[i].is_met;
    ret->state = LEDGER_SAME;
    if (ret->new_count > 0)
        ret->state = LEDGER_LATE;
    if (ret->changed_count > 0)
        ret->state = LEDGER_CHANGED;
    if (ret->load_count == 0)
        ret->state = LEDGER_NEW;
    return 0;
}
