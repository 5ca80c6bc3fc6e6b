#include "listing.h"

#include <string.h>

#define FIRST_ROOM 64

/* A listing on its way. */
struct reader {
    struct listing *listing;
    const struct store_place *place; /* of the source that is being listed */
    bool is_one;                     /* of one source: keys say which object it is */
    struct stop *stop;
    struct arena *arena;
};

/* Arenas do not give back: doubling wastes as much as is used, at most. */
static int
grow(struct listing *listing, struct arena *arena, struct error *err)
{
    size_t room = listing->room != 0 ? listing->room * 2 : FIRST_ROOM;
    struct extract_object *sources = arena_array(arena, room, sizeof *sources);
    struct object *objects = arena_array(arena, room, sizeof *objects);

    if (sources == NULL || objects == NULL)
        return error_no_memory(err);
    if (listing->count > 0) {
        memcpy(sources, listing->sources, listing->count * sizeof *sources);
        memcpy(objects, listing->objects, listing->count * sizeof *objects);
    }
    listing->sources = sources;
    listing->objects = objects;
    listing->room = room;
    return 0;
}

static int
name_object(const struct reader *reader, struct span key, struct span *ret,
            struct error *err)
{
    struct text url = {0};
    int rc;

    if (reader->is_one) {
        *ret = key;
        return 0;
    }
    text_add(&url, reader->place->url);
    text_add_char(&url, '/');
    text_add(&url, key);
    rc = text_check(&url, err) ? -1
                               : arena_copy(reader->arena, text_span(&url), ret, err);
    text_release(&url);
    return rc;
}

static int
take(void *context, const struct object *object, struct error *err)
{
    struct reader *reader = context;
    struct listing *listing = reader->listing;
    struct object copy = *object;

    if (object->size_bytes == 0 && span_ends(object->key, SPAN("/")))
        return 0;
    if (listing->count == listing->room && grow(listing, reader->arena, err))
        return -1;
    if (arena_copy(reader->arena, object->key, &copy.key, err) ||
        arena_copy(reader->arena, object->etag, &copy.etag, err))
        return -1;
    listing->sources[listing->count] = (struct extract_object){copy, reader->place};
    if (name_object(reader, copy.key, &copy.key, err))
        return -1;
    listing->objects[listing->count++] = copy;
    return stop_check(reader->stop, err);
}

int
listing_read(const struct store_place *sources, size_t source_count, struct span prefix,
             struct stop *stop, struct arena *arena, struct listing *ret,
             struct error *err)
{
    struct reader reader = {
        .listing = ret, .is_one = source_count == 1, .stop = stop, .arena = arena};

    *ret = (struct listing){0};
    for (size_t i = 0; i < source_count; i++) {
        struct store *store;
        int rc;

        reader.place = &sources[i];
        if (store_open(reader.place, &store, err))
            return -1;
        rc = store_list(store, prefix, take, &reader, err);
        store_close(store);
        if (rc != 0)
            return -1;
    }
    return 0;
}

void
listing_keep(struct listing *listing, const bool *is_new)
{
    size_t kept = 0;

    for (size_t i = 0; i < listing->count; i++) {
        if (!is_new[i])
            continue;
        listing->objects[kept] = listing->objects[i];
        listing->sources[kept++] = listing->sources[i];
    }
    listing->count = kept;
}

uint64_t
listing_bytes(const struct listing *listing)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < listing->count; i++)
        if (listing->objects[i].size_bytes != UINT64_MAX)
            bytes += listing->objects[i].size_bytes;
    return bytes;
}
