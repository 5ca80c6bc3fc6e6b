#include "s3_list.h"

#include <stdlib.h>
#include <string.h>

#include "http_head.h"
#include "s3_xml.h"
#include "stamp.h"

#define ROOT     "ListBucketResult"
#define CONTENTS ROOT "/Contents"

/* An object as the document tells it; keys are decoded when the document is whole, for
 * EncodingType may stand behind them. */
struct entry {
    struct object object;
    bool has_key;
    bool has_size;
};

struct s3_list {
    struct arena *arena;
    struct s3_xml *xml;
    struct entry entries[S3_LIST_KEYS_MAX];
    size_t count;
    bool is_truncated;
    bool has_truncated;
    bool is_encoded;
    bool is_error_document;
    struct span next_token;
};

static bool
is_path(struct span path, const char *wanted)
{
    return span_equal(path, span_of(wanted));
}

static int
open_element(void *context, struct span path, struct error *err)
{
    struct s3_list *list = context;

    if (memchr(path.data, '/', path.length) == NULL && !is_path(path, ROOT)) {
        list->is_error_document = is_path(path, "Error");
        return error_set(err, ERROR_SOURCE, "the answer is a <%.*s>, no <" ROOT ">",
                         path.length < 60 ? span_int(path.length) : 60, path.data);
    }
    if (!is_path(path, CONTENTS))
        return 0;
    if (list->count == S3_LIST_KEYS_MAX)
        return error_set(err, ERROR_SOURCE, "a page of over %d keys", S3_LIST_KEYS_MAX);
    list->entries[list->count++] = (struct entry){0};
    return 0;
}

/* A decimal number of at most INT64_MAX, and nothing else. */
static int
take_size(struct span text, struct entry *entry, struct error *err)
{
    uint64_t size = 0;
    bool is_number = text.length > 0 && text.length <= 19;

    for (size_t i = 0; is_number && i < text.length; i++) {
        is_number = text.data[i] >= '0' && text.data[i] <= '9';
        size = size * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (!is_number || size > INT64_MAX)
        return error_set(err, ERROR_SOURCE, "a <Size> of \"%.*s\"",
                         text.length < 40 ? span_int(text.length) : 40, text.data);
    entry->object.size_bytes = size;
    entry->has_size = true;
    return 0;
}

static int
take_etag(struct s3_list *list, struct span text, struct entry *entry,
          struct error *err)
{
    /* it goes into a header as it is */
    if (!http_head_is_value(text))
        return error_set(err, ERROR_SOURCE, "an <ETag> with a control character");
    return arena_copy(list->arena, text, &entry->object.etag, err);
}

static int
take_object_leaf(struct s3_list *list, struct span path, struct span text,
                 struct error *err)
{
    struct entry *entry = &list->entries[list->count - 1];
    int64_t time_us;

    if (is_path(path, CONTENTS "/Key")) {
        entry->has_key = true;
        return arena_copy(list->arena, text, &entry->object.key, err);
    }
    if (is_path(path, CONTENTS "/Size"))
        return take_size(text, entry, err);
    if (is_path(path, CONTENTS "/ETag"))
        return take_etag(list, text, entry, err);
    if (is_path(path, CONTENTS "/LastModified") && stamp_read(text, &time_us))
        entry->object.modified_s = time_us / 1000000;
    return 0;
}

static int
take_leaf(void *context, struct span path, struct span text, struct error *err)
{
    struct s3_list *list = context;

    if (span_starts(path, SPAN(CONTENTS "/")))
        return take_object_leaf(list, path, text, err);
    if (is_path(path, ROOT "/NextContinuationToken"))
        return arena_copy(list->arena, text, &list->next_token, err);
    if (is_path(path, ROOT "/EncodingType"))
        list->is_encoded = is_path(text, "url");
    if (is_path(path, ROOT "/IsTruncated")) {
        list->has_truncated = true;
        list->is_truncated = is_path(text, "true");
        if (!list->is_truncated && !is_path(text, "false"))
            return error_set(err, ERROR_SOURCE, "an <IsTruncated> of \"%.*s\"",
                             text.length < 40 ? span_int(text.length) : 40, text.data);
    }
    return 0;
}

int
s3_list_new(struct arena *arena, struct s3_list **ret, struct error *err)
{
    struct s3_list *list = calloc(1, sizeof *list);

    if (list == NULL)
        return error_no_memory(err);
    list->arena = arena;
    if (s3_xml_new((struct s3_xml_events){open_element, take_leaf, list}, &list->xml,
                   err)) {
        free(list);
        return -1;
    }
    *ret = list;
    return 0;
}

void
s3_list_free(struct s3_list *list)
{
    if (list == NULL)
        return;
    s3_xml_free(list->xml);
    free(list);
}

int
s3_list_push(struct s3_list *list, struct span piece, struct error *err)
{
    return s3_xml_push(list->xml, piece, err);
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int
s3_decode(struct span s, struct text *ret, struct error *err)
{
    for (size_t i = 0; i < s.length; i++) {
        int high, low;

        if (s.data[i] != '%') {
            text_add_char(ret, s.data[i] == '+' ? ' ' : s.data[i]);
            continue;
        }
        high = s.length - i > 2 ? hex_value(s.data[i + 1]) : -1;
        low = s.length - i > 2 ? hex_value(s.data[i + 2]) : -1;
        if (high < 0 || low < 0)
            return error_set(err, ERROR_SOURCE, "a key with a bad %%-escape");
        if (high == 0 && low == 0)
            return error_set(err, ERROR_SOURCE, "a key with a NUL");
        text_add_char(ret, (char)(high * 16 + low));
        i += 2;
    }
    return text_check(ret, err);
}

/* Check an entry and bring its key into its real form. */
static int
finish_entry(struct s3_list *list, struct entry *entry, struct text *key,
             struct error *err)
{
    struct span *raw = &entry->object.key;

    if (!entry->has_key || !entry->has_size || raw->length == 0)
        return error_set(err, ERROR_SOURCE, "an object without %s",
                         entry->has_size ? "a key" : "a size");
    if (list->is_encoded) {
        text_clear(key);
        if (s3_decode(*raw, key, err) ||
            arena_copy(list->arena, text_span(key), raw, err))
            return -1;
    }
    if (raw->length > S3_KEY_MAX)
        return error_set(err, ERROR_SOURCE, "a key of %zu bytes, S3 allows %d",
                         raw->length, S3_KEY_MAX);
    return 0;
}

int
s3_list_end(struct s3_list *list, struct s3_page *ret, struct error *err)
{
    struct object *objects;
    struct text key = {0};
    int rc = -1;

    if (s3_xml_end(list->xml, err))
        return -1;
    if (!list->has_truncated)
        return error_set(err, ERROR_SOURCE, "no <IsTruncated>");
    if (list->is_truncated && list->next_token.length == 0)
        return error_set(err, ERROR_SOURCE, "more keys, but no token to ask for them");
    objects = arena_array(list->arena, list->count, sizeof *objects);
    if (objects == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < list->count; i++) {
        if (finish_entry(list, &list->entries[i], &key, err))
            goto out;
        objects[i] = list->entries[i].object;
    }
    *ret = (struct s3_page){objects, list->count, list->is_truncated, list->next_token};
    rc = 0;
out:
    text_release(&key);
    return rc;
}

bool
s3_list_is_passing(const struct s3_list *list)
{
    return list->is_error_document || s3_xml_is_cut(list->xml);
}
