#include "inventory_json.h"

#include <string.h>

#include <cjson/cJSON.h>

/* Shape of a load id: see `struct inventory`. */
#define LOAD_ID_LENGTH 26

static int
read_hour(const cJSON *root, const char *name, struct arena *arena, int64_t *ret_s,
          struct error *err)
{
    struct span text;
    struct window hour;

    if (member_string(root, name, arena, &text, err))
        return -1;
    if (window_parse_hour(text, &hour, err))
        return member_bad(err, name, "is not an hour like 2026-11-21T14");
    *ret_s = hour.from_s;
    return 0;
}

/* Names that become keys of a store: relative, and never out of the folder. */
static int
check_key(struct span key, const char *name, struct error *err)
{
    if (key.data[0] == '/' || strstr(key.data, "..") != NULL ||
        strpbrk(key.data, "\n\r") != NULL)
        return member_bad(err, name, "is not a key below the load's folder");
    return 0;
}

static int
read_load_id(const cJSON *root, struct arena *arena, struct span *ret,
             struct error *err)
{
    if (member_string(root, "load_id", arena, ret, err))
        return -1;
    if (ret->length != LOAD_ID_LENGTH ||
        strspn(ret->data, "0123456789abcdefghijklmnopqrstuvwxyz") != LOAD_ID_LENGTH)
        return member_bad(err, "load_id", "is not a load id");
    return 0;
}

static int
read_compress(const cJSON *root, struct arena *arena, enum compress *ret,
              struct error *err)
{
    struct span word;
    int found;

    if (member_string(root, "compress", arena, &word, err))
        return -1;
    found = compress_find(word);
    if (found < 0)
        return member_bad(err, "compress", "is none of none, gzip, zstd");
    *ret = (enum compress)found;
    return 0;
}

static int
read_head(const cJSON *root, struct arena *arena, struct inventory *ret,
          struct error *err)
{
    double number;

    if (member_number(root, "version", 0, (double)NUMBER_MAX, &number, err))
        return -1;
    if (number != INVENTORY_VERSION) {
        (void)member_bad(err, "version", "is not one that this rsload reads");
        return error_hint(err, "load it with the rsload that staged it");
    }
    if (read_load_id(root, arena, &ret->load_id, err) ||
        member_text(root, "tool", arena, &ret->tool, err) ||
        member_text(root, "source", arena, &ret->source, err) ||
        member_text(root, "schema", arena, &ret->schema, err) ||
        read_hour(root, "from", arena, &ret->window.from_s, err) ||
        read_hour(root, "until", arena, &ret->window.until_s, err) ||
        read_compress(root, arena, &ret->compress, err) ||
        member_number(root, "started_s", 0, (double)NUMBER_MAX, &number, err))
        return -1;
    ret->started_s = (int64_t)number;
    if (ret->window.until_s <= ret->window.from_s)
        return member_bad(err, "until", "is not after \"from\"");
    return 0;
}

static int
read_counts(const cJSON *root, struct counts *ret, struct error *err)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, "counts");

    if (!cJSON_IsObject(object))
        return member_bad(err, "counts", "is missing or not an object");
    for (size_t i = 0; i < INVENTORY_COUNTS; i++) {
        uint64_t value;

        if (member_count(object, inventory_counts[i].name, NUMBER_MAX, &value, err))
            return -1;
        memcpy((char *)ret + inventory_counts[i].at, &value, sizeof value);
    }
    return 0;
}

static int
read_object(const cJSON *item, struct arena *arena, struct object *ret,
            struct error *err)
{
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(item, "size_bytes");
    double modified;

    if (member_text(item, "key", arena, &ret->key, err) ||
        member_string(item, "etag", arena, &ret->etag, err) ||
        member_number(item, "modified_s", -(double)NUMBER_MAX, (double)NUMBER_MAX,
                      &modified, err))
        return -1;
    ret->modified_s = (int64_t)modified;
    ret->size_bytes = UINT64_MAX;
    return cJSON_IsNull(size)
               ? 0
               : member_count(item, "size_bytes", NUMBER_MAX, &ret->size_bytes, err);
}

static int
read_objects(const cJSON *root, struct arena *arena, struct inventory *ret,
             struct error *err)
{
    const cJSON *items;
    const cJSON *item;
    char digest[65];
    struct span written;
    size_t i = 0;

    if (member_array(root, "objects", &items, &ret->object_count, err))
        return -1;
    ret->objects = arena_array(arena, ret->object_count, sizeof *ret->objects);
    if (ret->objects == NULL)
        return error_no_memory(err);
    cJSON_ArrayForEach(item, items)
    {
        if (read_object(item, arena, &ret->objects[i++], err)) {
            return error_in(err, "object %zu", i);
        }
    }
    /* The digest ties the list to the ledger; a list edited by hand must not pass. */
    inventory_digest(ret->objects, ret->object_count, digest);
    if (member_string(root, "digest", arena, &written, err))
        return -1;
    if (!span_equal(written, span_of(digest)))
        return member_bad(err, "digest", "does not agree with the list of objects");
    return 0;
}

static int
read_column(const cJSON *item, struct arena *arena, struct column *ret,
            struct error *err)
{
    struct span word;
    uint64_t max_bytes;
    int type;

    if (member_text(item, "name", arena, &ret->name, err) ||
        member_string(item, "type", arena, &word, err) ||
        member_count(item, "max_bytes", UINT32_MAX, &max_bytes, err))
        return -1;
    type = column_type_find(word);
    if (type < 0 || type == COLUMN_OTHER)
        return member_bad(err, "type", "is no type of column");
    if (ret->name.length > COLUMN_NAME_MAX)
        return member_bad(err, "name", "is longer than a column's name can be");
    ret->type = (enum column_type)type;
    ret->max_bytes = (uint32_t)max_bytes;
    return 0;
}

static int
read_columns(const cJSON *object, struct arena *arena, struct table *ret,
             struct error *err)
{
    const cJSON *items;
    const cJSON *item;
    size_t i = 0;

    if (member_array(object, "columns", &items, &ret->column_count, err))
        return -1;
    if (ret->column_count == 0 || ret->column_count > COLUMN_COUNT_MAX)
        return member_bad(err, "columns", "holds none, or more than a table can have");
    ret->columns = arena_array(arena, ret->column_count, sizeof *ret->columns);
    if (ret->columns == NULL)
        return error_no_memory(err);
    cJSON_ArrayForEach(item, items)
    {
        if (read_column(item, arena, &ret->columns[i++], err))
            return error_in(err, "column %zu", i);
    }
    return 0;
}

static int
read_part(const cJSON *item, struct arena *arena, size_t column_count, struct part *ret,
          struct error *err)
{
    uint64_t columns;

    if (member_text(item, "key", arena, &ret->key, err) ||
        check_key(ret->key, "key", err) ||
        member_count(item, "columns", column_count, &columns, err) ||
        member_count(item, "rows", NUMBER_MAX, &ret->rows, err) ||
        member_count(item, "size_bytes", NUMBER_MAX, &ret->size_bytes, err) ||
        member_count(item, "raw_bytes", NUMBER_MAX, &ret->raw_bytes, err))
        return -1;
    if (columns == 0)
        return member_bad(err, "columns", "is out of range");
    ret->column_count = (size_t)columns;
    return 0;
}

/* Read the parts of table `table` to the end of `ret->parts`, which has room for
 * them. */
static int
read_parts(const cJSON *object, struct arena *arena, size_t table,
           struct inventory *ret, struct error *err)
{
    const cJSON *items;
    const cJSON *item;
    const struct part *last = NULL;
    size_t count;
    size_t i = 0;

    if (member_array(object, "parts", &items, &count, err))
        return -1;
    cJSON_ArrayForEach(item, items)
    {
        struct part *p = &ret->parts[ret->part_count++];

        p->table = table;
        i++;
        if (read_part(item, arena, ret->tables[table].column_count, p, err))
            return error_in(err, "part %zu", i);
        if (last != NULL && (last->column_count > p->column_count ||
                             (last->column_count == p->column_count &&
                              span_compare(last->key, p->key) >= 0)))
            return member_bad(err, "parts", "is not sorted by columns and key");
        last = p;
    }
    return 0;
}

/* Make room for the tables and for the parts of all of them. */
static int
make_room(const cJSON *tables, struct arena *arena, struct inventory *ret,
          struct error *err)
{
    const cJSON *item;
    size_t part_count = 0;

    cJSON_ArrayForEach(item, tables)
    {
        const cJSON *parts;
        size_t count;

        if (member_array(item, "parts", &parts, &count, err))
            return -1;
        part_count += count;
    }
    ret->tables = arena_array(arena, ret->table_count, sizeof *ret->tables);
    ret->parts = arena_array(arena, part_count, sizeof *ret->parts);
    if (ret->tables == NULL || ret->parts == NULL)
        return error_no_memory(err);
    return 0;
}

static int
read_table(const cJSON *item, struct arena *arena, size_t i, struct inventory *ret,
           struct error *err)
{
    struct table *table = &ret->tables[i];

    if (member_text(item, "name", arena, &table->name, err))
        return error_in(err, "table %zu", i + 1);
    if (read_columns(item, arena, table, err) || read_parts(item, arena, i, ret, err))
        return error_in(err, "table \"%.*s\"", SPAN_ARG(table->name));
    if (table->name.length > COLUMN_NAME_MAX)
        return member_bad(err, "name", "is longer than a table's name can be");
    if (i > 0 && span_compare(ret->tables[i - 1].name, table->name) >= 0)
        return member_bad(err, "tables", "is not sorted by name");
    return 0;
}

static int
read_tables(const cJSON *root, struct arena *arena, struct inventory *ret,
            struct error *err)
{
    const cJSON *items;
    const cJSON *item;
    uint64_t rows = 0;
    size_t i = 0;

    if (member_array(root, "tables", &items, &ret->table_count, err) ||
        make_room(items, arena, ret, err))
        return -1;
    cJSON_ArrayForEach(item, items)
    {
        if (read_table(item, arena, i++, ret, err))
            return -1;
    }
    for (i = 0; i < ret->part_count; i++)
        rows += ret->parts[i].rows;
    if (rows != ret->counts.rows)
        return member_bad(err, "rows", "of \"counts\" is not the sum of the parts'");
    return 0;
}

int
inventory_read(struct span json, struct arena *arena, struct inventory *ret,
               struct error *err)
{
    const char *end = NULL;
    struct inventory read = {0};
    cJSON *root = cJSON_ParseWithLengthOpts(json.data, json.length, &end, 0);
    int rc = -1;

    if (!cJSON_IsObject(root)) {
        (void)error_set(err, ERROR_SOURCE, "load.json is not a JSON object");
        goto out;
    }
    while (end < json.data + json.length && strchr(" \t\r\n", *end) != NULL &&
           *end != 0)
        end++;
    if (end != json.data + json.length) {
        (void)error_set(err, ERROR_SOURCE, "load.json goes on behind its end");
        goto out;
    }
    if (read_head(root, arena, &read, err) || read_counts(root, &read.counts, err) ||
        read_objects(root, arena, &read, err) || read_tables(root, arena, &read, err))
        goto out;
    *ret = read;
    rc = 0;
out:
    cJSON_Delete(root);
    return rc;
}
