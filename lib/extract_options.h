/* extract_options -- what an extraction is told. */
#ifndef RSLOAD_EXTRACT_OPTIONS_H
#define RSLOAD_EXTRACT_OPTIONS_H

#include "column.h"
#include "inventory.h"
#include "store.h"
#include "window.h"

/* The least memory that one worker can live on: --memory below this is refused. */
#define EXTRACT_MEMORY_MIN ((uint64_t)32 << 20)

/* One object to read, and where. */
struct extract_object {
    struct object object;
    const struct store_place *source;
};

struct extract_options {
    struct window window;
    bool by_received_at; /* keep only events received in the window */
    struct span load_id;
    int64_t now_s;
    const struct store_place *staging; /* NULL: read and count, write nothing */
    const struct catalog *catalog; /* what the warehouse has; outlives the inventory */
    unsigned jobs;
    uint64_t memory_bytes; /* for all buffers together */
    uint64_t part_bytes;   /* a part is put when it has as many, packed */
    enum compress compress;
    unsigned depth_max;
    uint64_t rejects_max; /* more than this many ends the run at once */
};

#endif
