/* bar -- how far a run has come, in one line: for a terminal, a log file, a machine. */
#ifndef RSLOAD_BAR_H
#define RSLOAD_BAR_H

#include "bytes.h"
#include "progress.h"

/* One look at the counters of a run. */
struct bar {
    struct span hour; /* "2026-11-21T14" */
    enum progress_phase phase;
    uint64_t objects, objects_total;
    uint64_t stored_bytes, stored_total;
    uint64_t raw_bytes;
    uint64_t lines;
    uint64_t parts;
    uint64_t steps, steps_total;
    double elapsed_s; /* since the run began */
};

/* Look at `progress`. */
struct bar bar_look(const struct progress *progress, struct span hour,
                    double elapsed_s);

/* The share that is done of what the phase has to do, 0 to 1; -1 when not known. */
double bar_share(const struct bar *bar);

/* Append a line of at most `width` columns with a bar in it, without a line end. */
void bar_draw(const struct bar *bar, size_t width, bool is_utf8, struct text *ret);

/* Append the same as a sentence for a log file. */
void bar_tell(const struct bar *bar, struct text *ret);

#endif
