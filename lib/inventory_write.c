#include "inventory_json.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

/* Writing. cJSON says by NULL that memory is short; it is remembered and told once. */
struct writer {
    struct text string; /* a span with its NUL, for cJSON */
    bool is_failed;
};

static void
write_string(struct writer *w, cJSON *object, const char *name, struct span s)
{
    text_clear(&w->string);
    text_add(&w->string, s);
    if (cJSON_AddStringToObject(object, name, text_string(&w->string)) == NULL ||
        w->string.is_failed)
        w->is_failed = true;
}

/* Written as raw text: cJSON prints whole numbers of 16 digits two or three off. */
static void
write_number(struct writer *w, cJSON *object, const char *name, int64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%lld", (long long)value);
    if (cJSON_AddRawToObject(object, name, digits) == NULL)
        w->is_failed = true;
}

/* Add a new, empty object to the array `items`; NULL when memory is short. */
static cJSON *
write_item(struct writer *w, cJSON *items)
{
    cJSON *item = cJSON_CreateObject();

    if (item == NULL || !cJSON_AddItemToArray(items, item)) {
        cJSON_Delete(item);
        w->is_failed = true;
        return NULL;
    }
    return item;
}

static void
write_head(struct writer *w, cJSON *root, const struct inventory *inventory)
{
    char from[WINDOW_NAME_SIZE];
    char until[WINDOW_NAME_SIZE];
    char digest[65];

    window_name(inventory->window.from_s, from);
    window_name(inventory->window.until_s, until);
    inventory_digest(inventory->objects, inventory->object_count, digest);
    write_number(w, root, "version", INVENTORY_VERSION);
    write_string(w, root, "load_id", inventory->load_id);
    write_string(w, root, "tool", inventory->tool);
    write_string(w, root, "source", inventory->source);
    write_string(w, root, "schema", inventory->schema);
    write_string(w, root, "from", span_of(from));
    write_string(w, root, "until", span_of(until));
    write_number(w, root, "started_s", inventory->started_s);
    write_string(w, root, "compress", span_of(compress_name(inventory->compress)));
    write_string(w, root, "digest", span_of(digest));
}

static void
write_counts(struct writer *w, cJSON *root, const struct counts *counts)
{
    cJSON *object = cJSON_AddObjectToObject(root, "counts");

    w->is_failed |= object == NULL;
    for (size_t i = 0; i < INVENTORY_COUNTS; i++) {
        uint64_t value;

        memcpy(&value, (const char *)counts + inventory_counts[i].at, sizeof value);
        write_number(w, object, inventory_counts[i].name, (int64_t)value);
    }
}

static void
write_objects(struct writer *w, cJSON *root, const struct inventory *inventory)
{
    cJSON *items = cJSON_AddArrayToObject(root, "objects");

    w->is_failed |= items == NULL;
    for (size_t i = 0; i < inventory->object_count && !w->is_failed; i++) {
        const struct object *o = &inventory->objects[i];
        cJSON *item = write_item(w, items);

        write_string(w, item, "key", o->key);
        if (o->size_bytes != UINT64_MAX)
            write_number(w, item, "size_bytes", (int64_t)o->size_bytes);
        else if (cJSON_AddNullToObject(item, "size_bytes") == NULL)
            w->is_failed = true;
        write_string(w, item, "etag", o->etag);
        write_number(w, item, "modified_s", o->modified_s);
    }
}

static void
write_columns(struct writer *w, cJSON *object, const struct table *table)
{
    cJSON *items = cJSON_AddArrayToObject(object, "columns");

    w->is_failed |= items == NULL;
    for (size_t i = 0; i < table->column_count && !w->is_failed; i++) {
        const struct column *c = &table->columns[i];
        cJSON *item = write_item(w, items);

        write_string(w, item, "name", c->name);
        write_string(w, item, "type", span_of(column_type_name(c->type)));
        write_number(w, item, "max_bytes", c->max_bytes);
    }
}

/* Write the parts of one table, which begin at `*at`, and move `*at` behind them. */
static void
write_parts(struct writer *w, cJSON *object, const struct inventory *inventory,
            size_t table, size_t *at)
{
    cJSON *items = cJSON_AddArrayToObject(object, "parts");

    w->is_failed |= items == NULL;
    while (*at < inventory->part_count && inventory->parts[*at].table == table &&
           !w->is_failed) {
        const struct part *p = &inventory->parts[(*at)++];
        cJSON *item = write_item(w, items);

        write_string(w, item, "key", p->key);
        write_number(w, item, "columns", (int64_t)p->column_count);
        write_number(w, item, "rows", (int64_t)p->rows);
        write_number(w, item, "size_bytes", (int64_t)p->size_bytes);
        write_number(w, item, "raw_bytes", (int64_t)p->raw_bytes);
    }
}

static void
write_tables(struct writer *w, cJSON *root, const struct inventory *inventory)
{
    cJSON *items = cJSON_AddArrayToObject(root, "tables");
    size_t part = 0;

    w->is_failed |= items == NULL;
    for (size_t i = 0; i < inventory->table_count && !w->is_failed; i++) {
        cJSON *item = write_item(w, items);

        write_string(w, item, "name", inventory->tables[i].name);
        write_columns(w, item, &inventory->tables[i]);
        write_parts(w, item, inventory, i, &part);
    }
}

int
inventory_write(const struct inventory *inventory, struct text *json, struct error *err)
{
    struct writer w = {0};
    cJSON *root = cJSON_CreateObject();
    char *printed = NULL;

    write_head(&w, root, inventory);
    write_counts(&w, root, &inventory->counts);
    write_objects(&w, root, inventory);
    write_tables(&w, root, inventory);
    if (root != NULL && !w.is_failed)
        printed = cJSON_Print(root);
    cJSON_Delete(root);
    text_release(&w.string);
    if (printed == NULL)
        return error_no_memory(err);
    text_add_string(json, printed);
    text_add_char(json, '\n');
    cJSON_free(printed);
    return text_check(json, err);
}
