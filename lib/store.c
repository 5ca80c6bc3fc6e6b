#include "store.h"

int
store_open(const struct store_place *place, struct store **ret, struct error *err)
{
    return place->open(place, ret, err);
}

int
store_list(struct store *store, struct span prefix, store_each *each, void *context,
           struct error *err)
{
    return store->driver->list(store, prefix, each, context, err);
}

int
store_get(struct store *store, const struct object *object, struct sink sink,
          struct error *err)
{
    return store->driver->get(store, object, sink, err);
}

int
store_put(struct store *store, struct span key, const struct span *pieces,
          size_t piece_count, struct error *err)
{
    return store->driver->put(store, key, pieces, piece_count, err);
}

int
store_drop(struct store *store, struct span key, struct error *err)
{
    return store->driver->drop(store, key, err);
}

void
store_close(struct store *store)
{
    if (store != NULL)
        store->driver->close(store);
}
