#include "inventory_json.h"

#include <cjson/cJSON.h>

/* More would be no load that anyone made. */
#define ITEMS_MAX 10000000

const struct inventory_count inventory_counts[INVENTORY_COUNTS] = {
    {"objects", offsetof(struct counts, objects)},
    {"stored_bytes", offsetof(struct counts, stored_bytes)},
    {"raw_bytes", offsetof(struct counts, raw_bytes)},
    {"lines", offsetof(struct counts, lines)},
    {"events", offsetof(struct counts, events)},
    {"rejected", offsetof(struct counts, rejected)},
    {"filtered", offsetof(struct counts, filtered)},
    {"rows", offsetof(struct counts, rows)},
    {"values", offsetof(struct counts, values)},
    {"cells", offsetof(struct counts, cells)},
    {"discards", offsetof(struct counts, discards)},
    {"nulls", offsetof(struct counts, nulls)},
    {"truncated", offsetof(struct counts, truncated)},
    {"merged", offsetof(struct counts, merged)},
    {"repaired", offsetof(struct counts, repaired)},
    {"made_ids", offsetof(struct counts, made_ids)},
    {"made_times", offsetof(struct counts, made_times)},
    {"anonymous", offsetof(struct counts, anonymous)},
};

_Static_assert(INVENTORY_COUNTS * sizeof(uint64_t) == sizeof(struct counts),
               "load.json keeps every count");

int
member_bad(struct error *err, const char *name, const char *why)
{
    return error_set(err, ERROR_SOURCE, "load.json: member \"%s\" %s", name, why);
}

int
member_string(const cJSON *object, const char *name, struct arena *arena,
              struct span *ret, struct error *err)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    if (item == NULL)
        return member_bad(err, name, "is missing");
    if (!cJSON_IsString(item))
        return member_bad(err, name, "is not a string");
    return arena_copy(arena, span_of(item->valuestring), ret, err);
}

int
member_text(const cJSON *object, const char *name, struct arena *arena,
            struct span *ret, struct error *err)
{
    if (member_string(object, name, arena, ret, err))
        return -1;
    return ret->length > 0 ? 0 : member_bad(err, name, "is empty");
}

int
member_number(const cJSON *object, const char *name, double min, double max,
              double *ret, struct error *err)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    if (item == NULL)
        return member_bad(err, name, "is missing");
    if (!cJSON_IsNumber(item))
        return member_bad(err, name, "is not a number");
    if (!(item->valuedouble >= min && item->valuedouble <= max) ||
        (double)(int64_t)item->valuedouble != item->valuedouble)
        return member_bad(err, name, "is out of range");
    *ret = item->valuedouble;
    return 0;
}

int
member_count(const cJSON *object, const char *name, uint64_t max, uint64_t *ret,
             struct error *err)
{
    double value = 0;

    if (member_number(object, name, 0, (double)max, &value, err))
        return -1;
    *ret = (uint64_t)value;
    return 0;
}

int
member_array(const cJSON *object, const char *name, const cJSON **ret,
             size_t *ret_count, struct error *err)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    int count;

    if (item == NULL)
        return member_bad(err, name, "is missing");
    if (!cJSON_IsArray(item))
        return member_bad(err, name, "is not an array");
    count = cJSON_GetArraySize(item);
    if (count > ITEMS_MAX)
        return member_bad(err, name, "has too many items");
    *ret = item;
    *ret_count = (size_t)count;
    return 0;
}
