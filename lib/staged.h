/* staged -- the folder of a staged load: manifests, and load.json that completes it. */
#ifndef RSLOAD_STAGED_H
#define RSLOAD_STAGED_H

#include "inventory.h"
#include "store.h"

/*
 * Put load.json, and before it the manifests when `with_manifests`: a folder that has
 * load.json is complete. Errors: as store_put.
 */
int staged_write(const struct inventory *inventory, const struct store_place *staging,
                 bool with_manifests, struct error *err) MUST_CHECK;

/*
 * Read load.json of the folder. Ownership: `ret` lies in `arena`.
 * Errors: as store_get and inventory_read, naming the folder.
 */
int staged_read(const struct store_place *staging, struct arena *arena,
                struct inventory *ret, struct error *err) MUST_CHECK;

#endif
