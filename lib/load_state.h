/* load_state -- what the files of load share; private to them. */
#ifndef RSLOAD_LOAD_STATE_H
#define RSLOAD_LOAD_STATE_H

#include "dialect.h"
#include "ledger.h"
#include "load.h"
#include "manifest.h"
#include "plan.h"
#include "target.h"

/* One load on its way. */
struct load {
    struct target *target;
    const struct load_job *job;
    struct step *steps; /* sorted by table */
    size_t step_count;
    struct load_report *report;

    /* of the attempt at hand */
    struct arena arena;
    struct catalog catalog;
    struct plan plan;
    struct dialect_copy failed; /* the COPY that failed; no step: it was none */
    bool is_committing;         /* COMMIT was sent at least once, by any attempt */
    size_t steps_shown;         /* in the progress */
};

/* A text that is run and forgotten. In `ret_rows` (may be NULL) the rows it touched. */
int load_do(struct load *load, struct text *sql, uint64_t *ret_rows,
            struct error *err) MUST_CHECK;

/* Ask for one number. */
int load_ask(struct load *load, struct text *sql, uint64_t *ret,
             struct error *err) MUST_CHECK;

/* Give statements this many milliseconds; 0: as long as they take. */
int load_set_timeout(struct load *load, int64_t ms, struct error *err) MUST_CHECK;

/* The transaction, from BEGIN to COMMIT; the caller rolls back when it fails. */
int load_transaction(struct load *load, struct error *err) MUST_CHECK;

/* All steps of one table, with its dedupe: `count` steps from `first` on. The stage of
 * identifies is left for load_users, which drops it. */
int load_table(struct load *load, size_t first, size_t count,
               struct error *err) MUST_CHECK;

/* Fold this load's identifies into users. */
int load_users(struct load *load, struct error *err) MUST_CHECK;

/* The name of the temporary table for the table with that index. */
void load_stage_name(size_t table, struct text *ret);

/* Do the rows of the table go through a stage? */
bool load_is_staged(const struct load *load, const struct table *table);

#endif
