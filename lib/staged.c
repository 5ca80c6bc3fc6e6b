#include "staged.h"

#include "manifest.h"

#define LOAD_JSON SPAN("load.json")

int
staged_write(const struct inventory *inventory, const struct store_place *staging,
             bool with_manifests, struct error *err)
{
    struct store *store = NULL;
    struct text json = {0};
    struct span piece;
    int rc = -1;

    if (with_manifests && manifest_stage(inventory, staging, err))
        return -1;
    if (inventory_write(inventory, &json, err) || store_open(staging, &store, err))
        goto out;
    piece = text_span(&json);
    rc = store_put(store, LOAD_JSON, &piece, 1, err);
out:
    store_close(store);
    text_release(&json);
    return rc;
}

int
staged_read(const struct store_place *staging, struct arena *arena,
            struct inventory *ret, struct error *err)
{
    struct object object = {.key = LOAD_JSON, .size_bytes = UINT64_MAX};
    struct store *store = NULL;
    struct text json = {0};
    int rc = -1;

    if (store_open(staging, &store, err))
        goto out;
    if (store_get(store, &object, text_sink(&json), err)) {
        (void)error_hint(err, "is this the folder of a staged load?");
        goto out;
    }
    rc = inventory_read(text_span(&json), arena, ret, err);
    if (rc != 0)
        (void)error_in(err, "%.*s/load.json", SPAN_ARG(staging->url));
out:
    store_close(store);
    text_release(&json);
    return rc;
}
