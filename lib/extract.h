/* extract -- objects become staged parts: worker threads read, transform, pack and put. */
#ifndef RSLOAD_EXTRACT_H
#define RSLOAD_EXTRACT_H

#include "extract_options.h"
#include "inventory.h"
#include "progress.h"

struct stop;

/*
 * Read all objects and stage their rows. Fills `tables`, `parts`, `counts` and `compress`
 * of `ret`, from `arena`; the rest of it is the caller's. Parts lie in staging under the
 * keys that the inventory says; whatever happens, workers have ended when it returns.
 *
 * Memory: buffers hold at most `memory_bytes`, but for the tables' columns (some 100
 * bytes each) and one line of up to 4 MiB a worker. A worker that finds the budget spent
 * does not wait for others: it packs its fullest batch, or puts the fullest part.
 *
 * Threads: `jobs` of its own. Errors: the first of any worker, naming the object; the
 * reason of `stop`; ERROR_DATA when there are too many rejects; ERROR_BUG when the account
 * does not balance.
 */
int extract_run(const struct extract_options *options,
                const struct extract_object *objects, size_t object_count,
                struct stop *stop, struct progress *progress, struct arena *arena,
                struct inventory *ret, struct error *err) MUST_CHECK;

#endif
