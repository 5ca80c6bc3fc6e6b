/* progress -- how far a run has come, counted by its threads, read by whoever shows it. */
#ifndef RSLOAD_PROGRESS_H
#define RSLOAD_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

/* What a run is doing. */
enum progress_phase {
    PROGRESS_LISTING,
    PROGRESS_READING,
    PROGRESS_LOADING,
    PROGRESS_DONE,
};

/* Counters that only grow within a run. Threads: any may read, the run's own add. */
struct progress {
    atomic_int phase; /* enum progress_phase */
    atomic_uint_fast64_t objects_total;
    atomic_uint_fast64_t stored_total; /* bytes of all objects; 0 when not known */
    atomic_uint_fast64_t objects;
    atomic_uint_fast64_t stored_bytes;
    atomic_uint_fast64_t raw_bytes;
    atomic_uint_fast64_t lines;
    atomic_uint_fast64_t parts;
    atomic_uint_fast64_t steps_total; /* of the load: COPYs */
    atomic_uint_fast64_t steps;
};

/* Add to a counter. */
static inline void
progress_add(atomic_uint_fast64_t *counter, uint64_t n)
{
    (void)atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

#endif
