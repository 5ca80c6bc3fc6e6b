/* ledger -- the table rsload_loads: which loads, of which objects, are in the warehouse. */
#ifndef RSLOAD_LEDGER_H
#define RSLOAD_LEDGER_H

#include "bytes.h"
#include "column.h"
#include "inventory.h"
#include "target.h"

/*
 * One row a load: load_id, source (its URL as filled from the window), window_from,
 * window_until, objects, digest (inventory_digest), object_list, events, rows, rejected,
 * staged (URL), tool, started, committed. A row is written in the transaction of the
 * load: it means that the load is in the warehouse, all of it.
 *
 * `object_list` tells late and changed objects from known ones after the staging folder is
 * long gone. It holds LEDGER_MARK bytes an object, without separators: 12 of base64 over
 * the SHA-256 of its key, 8 over that of its size and ETag. A load of more objects than
 * fit has further rows, in which all but load_id, source, window and object_list is NULL.
 * 72 bits tell the keys of one window apart, 48 bits two versions of one object.
 *
 * An object of which neither size nor ETag is known (standard input) is never known.
 */
#define LEDGER_MARK 20u

enum ledger_state {
    LEDGER_NEW,     /* nothing of the window was loaded */
    LEDGER_SAME,    /* all of the objects were */
    LEDGER_LATE,    /* some were not; the others are as they were */
    LEDGER_CHANGED, /* one has another content now */
};

/* What the ledger knows of a window's objects. */
struct ledger_answer {
    enum ledger_state state;
    bool has_load;        /* the load asked for is there itself */
    bool *is_new;         /* by object: not loaded yet, as it is now */
    size_t new_count;     /* objects that were never loaded */
    size_t changed_count; /* objects that were loaded with another content */
    size_t gone_count; /* objects that were loaded and are not among those asked for */
    struct span changed;   /* the key of the first changed one */
    struct span *load_ids; /* of the window's earlier loads */
    size_t load_count;
};

/* What is to be done about it. */
enum ledger_step {
    LEDGER_SKIP,    /* nothing */
    LEDGER_LOAD,    /* load the objects that are new; they may be all */
    LEDGER_REPLACE, /* load all, delete the earlier loads */
};

/*
 * Ask about the objects of `window` of `source`; `load_id` is that of this load. A ledger
 * that is not there knows nothing. Inside a transaction it must be there.
 * Ownership: `ret` lies in `arena`; `changed` borrows from the objects.
 * Errors: as pg_ask.
 */
int ledger_ask(struct target *target, struct span source, struct window window,
               struct span load_id, const struct object *objects, size_t count,
               struct arena *arena, struct ledger_answer *ret,
               struct error *err) MUST_CHECK;

/*
 * Decide by --rerun.
 * Errors: ERROR_CONFIG: `fail`, and the window was loaded; ERROR_SOURCE: an object
 * changed, but others that were loaded are gone and could not be loaded again.
 */
int ledger_decide(const struct ledger_answer *answer, enum target_rerun rerun,
                  enum ledger_step *ret, struct error *err) MUST_CHECK;

/* The ledger's columns, as an inventory has columns: what plan creates. */
#define LEDGER_COLUMNS 14
extern const struct column ledger_columns[LEDGER_COLUMNS];

/* Append the statement that writes the row of `inventory`; `rows` were loaded. */
void ledger_add_insert(struct target *target, const struct inventory *inventory,
                       struct span staged, uint64_t rows, struct text *sql);

/* Delete the rows of these loads. Errors: as pg_run. */
int ledger_delete(struct target *target, const struct span *load_ids, size_t count,
                  struct error *err) MUST_CHECK;

#endif
