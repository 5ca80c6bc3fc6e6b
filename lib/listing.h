/* listing -- the objects of a window, as they are read and as the ledger knows them. */
#ifndef RSLOAD_LISTING_H
#define RSLOAD_LISTING_H

#include "bytes.h"
#include "extract_options.h"
#include "stop.h"
#include "store.h"

/*
 * Zeroed is empty. `sources` and `objects` go together, in order of the keys. An object's
 * key is that below its source; with two sources its URL.
 * Ownership: all lies in the arena given to listing_read. Belongs to one thread.
 */
struct listing {
    struct extract_object *sources;
    struct object *objects;
    size_t count;
    size_t room;
};

/*
 * List `prefix` of each of the sources, the earlier first. Empty objects whose key ends in
 * a slash are left out: tools put them where a folder should be seen.
 * Errors: as store_list; the reason of `stop`.
 */
int listing_read(const struct store_place *sources, size_t source_count,
                 struct span prefix, struct stop *stop, struct arena *arena,
                 struct listing *ret, struct error *err) MUST_CHECK;

/* Keep only the objects that `is_new` says, one for each. */
void listing_keep(struct listing *listing, const bool *is_new);

/* The size of all objects together, as far as it is known. */
uint64_t listing_bytes(const struct listing *listing);

#endif
