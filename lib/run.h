/* run -- one hour from objects to rows in the warehouse: the order of things. */
#ifndef RSLOAD_RUN_H
#define RSLOAD_RUN_H

#include "bytes.h"
#include "error.h"
#include "inventory.h"
#include "say.h"
#include "stop.h"
#include "store.h"
#include "window.h"

struct progress;
struct target_options;

enum run_mode {
    RUN_ALL,
    RUN_DRY,        /* read and transform, then say what would be done; write nothing */
    RUN_STAGE_ONLY, /* stop when parts, manifests and load.json are staged */
    RUN_LOAD_ONLY,  /* take such a staged folder and do the rest */
};

/*
 * What to do; borrowed for the call. A mode leaves alone what it has no use for:
 * RUN_LOAD_ONLY needs `staging` (the load's own folder) and `target`, and nothing else.
 */
struct run_options {
    enum run_mode mode;
    struct window window; /* one hour */
    struct span load_id;  /* 26 characters, sorts by time */
    int64_t now_s;        /* when the run began: uuid_ts of its rows */
    struct span tool;     /* "rsload 1.0", for the ledger */
    const struct store_place *sources;
    size_t source_count;       /* 1, or 2 when a day's folder and the next are read */
    struct span source_prefix; /* of the keys: what the URL has behind its last slash */
    struct span
        source_url;      /* filled from the window; the ledger's name of the source */
    bool by_received_at; /* keep only events received in the window */
    const struct store_place *staging; /* root: <staging>/<schema>/<hour>/<load id> */
    struct span schema;
    unsigned jobs;
    uint64_t memory_bytes;
    uint64_t part_bytes;
    enum compress compress;
    uint64_t max_rejects;                /* a number; UINT64_MAX: none */
    double max_reject_share;             /* of all lines, 0 to 1 */
    const struct target_options *target; /* NULL: RUN_STAGE_ONLY without a warehouse */
};

enum run_outcome {
    RUN_LOADED,
    RUN_ALREADY, /* the warehouse has these very objects */
    RUN_EMPTY,   /* no objects in the window */
    RUN_PLANNED, /* a dry run */
    RUN_STAGED,
};

/* What became of one table. */
struct run_table {
    struct span name;
    uint64_t rows;       /* loaded (planned, staged) */
    uint64_t duplicates; /* not loaded: their id was there */
    size_t parts;
    size_t columns;
    size_t new_columns;
    bool is_new;
};

/* What came of it; all of it lies in the arena. */
struct run_report {
    enum run_outcome outcome;
    struct inventory inventory;
    struct span
        staged; /* the URL of the load's folder; empty when nothing was staged */
    struct run_table *tables; /* in the order of the inventory's */
    size_t table_count;
    struct span *statements; /* a dry run's SQL, credentials masked */
    size_t statement_count;
    double list_s;
    double extract_s;
    double load_s;
    double total_s;
};

/*
 * Load one hour: ask the ledger, list, extract, plan, load. On failure nothing of the hour
 * is in the warehouse; what was staged may stay under the load's own folder.
 * Threads: `jobs` of its own while it extracts; it has ended them when it returns.
 * Errors: of every kind but ERROR_USAGE; each names what was tried.
 */
int run_hour(const struct run_options *options, struct stop *stop,
             const struct say *say, struct progress *progress, struct arena *arena,
             struct run_report *ret, struct error *err) MUST_CHECK;

#endif
