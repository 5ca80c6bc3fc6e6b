/* worker -- one thread of an extraction: it reads objects and leaves parts. */
#ifndef RSLOAD_WORKER_H
#define RSLOAD_WORKER_H

#include <stdatomic.h>

#include "extract_options.h"
#include "lines.h"
#include "pack.h"
#include "progress.h"
#include "reject.h"
#include "shelf.h"
#include "stop.h"
#include "transform.h"
#include "unpack.h"

/* What the workers of an extraction share. Only `next` and `rejected` change. */
struct worker_shared {
    const struct extract_options *options;
    const struct extract_object *objects;
    const size_t *order; /* largest first: the last one to end should be a small one */
    size_t object_count;
    struct stop *stop;
    struct progress *progress;
    struct shelf *shelf;
    struct reject_log *rejects;
    size_t paths_bytes;
    atomic_size_t next; /* in `order` */
    atomic_uint_fast64_t rejected;
};

/* A part that was put. `key` is allocated on its own. */
struct worker_part {
    struct part part;
    struct shelf_table *table;
};

/* One thread's own. */
struct worker {
    struct worker_shared *shared;
    struct transform transform;
    struct unpack *unpack;
    struct pack *pack;
    struct lines lines;
    const struct store_place *source_place; /* of `source` */
    struct store *source;
    struct store *staging;
    const struct extract_object *object; /* being read */
    uint64_t object_raw_bytes;
    struct worker_part *parts;
    size_t part_count;
    size_t part_room;
    struct error err;
};

/* Make a worker. Ownership: worker_release frees, whatever became of worker_init. */
int worker_init(struct worker *worker, struct worker_shared *shared,
                struct error *err) MUST_CHECK;
void worker_release(struct worker *worker);

/*
 * Read object after object until none is left or the run is stopped, then pack what rows
 * are left. On failure `worker->err` is set and the run asked to stop.
 */
void worker_read(struct worker *worker);

/* Put the open parts of all tables, one after another until none is left. As worker_read. */
void worker_finish(struct worker *worker);

#endif
