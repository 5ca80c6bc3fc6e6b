#include "manifest.h"

#include <stdio.h>

#include <cjson/cJSON.h>

/* The key of the `number`th (from 1) manifest of a table: "orders/0001.manifest". */
static int
name_manifest(struct step *step, size_t number, struct arena *arena, struct error *err)
{
    struct text key = {0};
    int rc;

    text_addf(&key, "%.*s/%04zu.manifest", SPAN_ARG(step->table->name), number);
    rc = text_check(&key, err);
    if (rc == 0)
        rc = arena_copy(arena, text_span(&key), &step->manifest_key, err);
    text_release(&key);
    return rc;
}

int
manifest_steps(const struct inventory *inventory, struct arena *arena,
               struct step **ret, size_t *ret_count, struct error *err)
{
    struct step *steps = arena_array(arena, inventory->part_count, sizeof *steps);
    size_t count = 0;
    size_t number = 0;

    if (steps == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < inventory->part_count; i++) {
        const struct part *part = &inventory->parts[i];
        const struct part *before = i > 0 ? part - 1 : NULL;

        if (before == NULL || before->table != part->table)
            number = 0;
        if (number == 0 || before->column_count != part->column_count) {
            struct step *step = &steps[count++];

            step->table = &inventory->tables[part->table];
            step->column_count = part->column_count;
            step->parts = part;
            if (name_manifest(step, ++number, arena, err))
                return -1;
        }
        steps[count - 1].part_count++;
        steps[count - 1].rows += part->rows;
    }
    *ret = steps;
    *ret_count = count;
    return 0;
}

/* Add the entry of one part. `*ret_is_short` when memory is. */
static int
add_entry(cJSON *entries, const struct part *part, struct span url, bool *ret_is_short,
          struct error *err)
{
    struct text full = {0};
    cJSON *entry = cJSON_CreateObject();
    cJSON *meta;
    char digits[24];
    int rc = 0;

    text_addf(&full, "%.*s/%.*s", SPAN_ARG(url), SPAN_ARG(part->key));
    /* only S3 is read by a server that cuts */
    if (span_starts(url, SPAN("s3://")) && full.length > MANIFEST_URL_MAX)
        rc = error_set(err, ERROR_CONFIG, "%s is over %u bytes long",
                       text_string(&full), MANIFEST_URL_MAX);
    if (rc != 0)
        (void)error_hint(err, "give --staging a shorter prefix");
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)part->size_bytes);
    meta = cJSON_CreateObject();
    if (full.is_failed || meta == NULL ||
        cJSON_AddStringToObject(entry, "url", text_string(&full)) == NULL ||
        cJSON_AddTrueToObject(entry, "mandatory") == NULL ||
        cJSON_AddRawToObject(meta, "content_length", digits) == NULL)
        *ret_is_short = true;
    if (!cJSON_AddItemToObject(entry, "meta", meta)) {
        cJSON_Delete(meta);
        *ret_is_short = true;
    }
    if (!cJSON_AddItemToArray(entries, entry)) {
        cJSON_Delete(entry);
        *ret_is_short = true;
    }
    text_release(&full);
    return rc;
}

int
manifest_text(const struct step *step, struct span url, struct text *ret,
              struct error *err)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *entries = cJSON_AddArrayToObject(root, "entries");
    bool is_short = entries == NULL;
    char *printed = NULL;
    int rc = 0;

    for (size_t i = 0; i < step->part_count && rc == 0 && !is_short; i++)
        rc = add_entry(entries, &step->parts[i], url, &is_short, err);
    if (rc == 0 && !is_short)
        printed = cJSON_Print(root);
    cJSON_Delete(root);
    if (rc != 0)
        return -1;
    if (printed == NULL)
        return error_no_memory(err);
    text_add_string(ret, printed);
    text_add_char(ret, '\n');
    cJSON_free(printed);
    return text_check(ret, err);
}

static int
put_manifest(struct store *store, const struct step *step, struct span url,
             struct error *err)
{
    struct text body = {0};
    struct span piece;
    int rc = manifest_text(step, url, &body, err);

    piece = text_span(&body);
    if (rc == 0)
        rc = store_put(store, step->manifest_key, &piece, 1, err);
    text_release(&body);
    if (rc != 0)
        return error_in(err, "manifest %.*s", SPAN_ARG(step->manifest_key));
    return 0;
}

int
manifest_stage(const struct inventory *inventory, const struct store_place *staging,
               struct error *err)
{
    struct arena arena = {0};
    struct store *store = NULL;
    struct step *steps;
    size_t count = 0;
    int rc = -1;

    if (manifest_steps(inventory, &arena, &steps, &count, err) ||
        store_open(staging, &store, err))
        goto out;
    rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = put_manifest(store, &steps[i], staging->url, err);
out:
    store_close(store);
    arena_release(&arena);
    return rc;
}
