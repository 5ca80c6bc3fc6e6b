/* shelf_own -- what the files of the shelf know of it; nobody else includes this. */
#ifndef RSLOAD_SHELF_OWN_H
#define RSLOAD_SHELF_OWN_H

#include "shelf.h"

struct shelf {
    const struct catalog *catalog;
    int64_t budget_bytes;
    atomic_int_fast64_t used_bytes;
    pthread_mutex_t lock;        /* guards what follows */
    struct arena names;          /* of tables and columns */
    struct shelf_table **tables; /* in order of their making */
    size_t table_count;
    struct shelf_table **slots; /* hash of the name to the table; NULL is free */
    size_t slot_count;
};

/*
 * The columns that a table begins with: the warehouse's, then the standard ones that it
 * lacks. Left out until an event has a value for them are those that must not be named in
 * a COPY without need: with a default or of a type that we never write.
 */
int shelf_begin_columns(struct shelf_table *table, const struct table *existing,
                        struct error *err) MUST_CHECK;

#endif
