#include "run.h"

#include <time.h>

#include "catalog.h"
#include "extract.h"
#include "ledger.h"
#include "listing.h"
#include "load.h"
#include "progress.h"
#include "staged.h"
#include "target.h"

/* Objects below properties are flattened to this depth. */
#define DEPTH_MAX 64

/* A run on its way. */
struct run {
    const struct run_options *options;
    struct stop *stop;
    const struct say *say;
    struct progress *progress;
    struct arena *arena;
    struct run_report *report;
    struct target *target; /* NULL: none, or not connected now */
    struct catalog catalog;
    struct listing listing;
};

static double
now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* always there on our platforms */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Waiting for objects takes long, and servers drop sessions that do nothing: each half of
 * a run has its own. */
static int
connect_target(struct run *run, struct error *err)
{
    if (run->options->target == NULL)
        return 0;
    return target_open(run->options->target, run->stop, run->say, &run->target, err);
}

static void
disconnect_target(struct run *run)
{
    target_close(run->target);
    run->target = NULL;
}

static void
announce_objects(const struct run *run)
{
    uint64_t bytes = listing_bytes(&run->listing);

    progress_add(&run->progress->objects_total, run->listing.count);
    progress_add(&run->progress->stored_total, bytes);
    if (bytes > 0)
        say(run->say, SAY_INFO, "%zu %s, %.1f MB, in %.*s", run->listing.count,
            run->listing.count == 1 ? "object" : "objects", (double)bytes / 1e6,
            SPAN_ARG(run->options->source_url));
}

/* ---- the ledger ---- */

/* `*ret_is_done` says that there is nothing to do. */
static int
ask_ledger(struct run *run, bool *ret_is_done, struct error *err)
{
    const struct run_options *o = run->options;
    struct ledger_answer answer;
    enum ledger_step step;

    *ret_is_done = false;
    if (run->target == NULL)
        return 0;
    if (ledger_ask(run->target, o->source_url, o->window, o->load_id,
                   run->listing.objects, run->listing.count, run->arena, &answer,
                   err) ||
        ledger_decide(&answer, o->target->rerun, &step, err))
        return -1;
    if (step == LEDGER_LOAD && answer.load_count > 0)
        say(run->say, SAY_INFO, "%zu objects came late; the others are loaded already",
            answer.new_count);
    if (step == LEDGER_REPLACE)
        say(run->say, SAY_INFO, "the hour is loaded anew in place of %zu earlier loads",
            answer.load_count);
    if (step == LEDGER_LOAD)
        listing_keep(&run->listing, answer.is_new);
    *ret_is_done = step == LEDGER_SKIP;
    if (*ret_is_done && answer.load_count > 0)
        run->report->inventory.load_id = answer.load_ids[answer.load_count - 1];
    return 0;
}

/* What the warehouse has, as far as it is asked. */
static int
ask_warehouse(struct run *run, bool *ret_is_done, struct error *err)
{
    int rc = -1;

    *ret_is_done = false;
    if (connect_target(run, err) || ask_ledger(run, ret_is_done, err))
        goto out;
    if (run->target != NULL && run->options->mode != RUN_STAGE_ONLY &&
        target_check_staging(run->target, run->options->staging->url, err))
        goto out;
    if (run->target != NULL && !*ret_is_done &&
        catalog_read(run->target, run->arena, &run->catalog, err))
        goto out;
    rc = 0;
out:
    disconnect_target(run);
    return rc;
}

/* ---- extracting ---- */

static void
fill_inventory(struct run *run)
{
    const struct run_options *o = run->options;
    struct inventory *i = &run->report->inventory;

    i->load_id = o->load_id;
    i->window = o->window;
    i->source = o->source_url;
    i->schema = o->schema;
    i->tool = o->tool;
    i->started_s = o->now_s;
    i->compress = o->compress;
    i->objects = run->listing.objects;
    i->object_count = run->listing.count;
}

static int
check_rejects(const struct run *run, struct error *err)
{
    const struct counts *c = &run->report->inventory.counts;
    const struct run_options *o = run->options;

    if (c->rejected <= o->max_rejects &&
        (double)c->rejected <= o->max_reject_share * (double)c->lines)
        return 0;
    (void)error_set(err, ERROR_DATA, "%llu of %llu lines are no events",
                    (unsigned long long)c->rejected, (unsigned long long)c->lines);
    if (o->mode == RUN_DRY)
        return error_hint(err, "see --max-rejects");
    return error_hint(err, "they are kept in %.*s/rejects.ndjson.gz; see --max-rejects",
                      SPAN_ARG(o->staging->url));
}

static int
extract(struct run *run, struct error *err)
{
    const struct run_options *o = run->options;
    struct extract_options options = {
        .window = o->window,
        .by_received_at = o->by_received_at,
        .load_id = o->load_id,
        .now_s = o->now_s,
        .staging = o->mode == RUN_DRY ? NULL : o->staging,
        .catalog = &run->catalog,
        .jobs = o->jobs,
        .memory_bytes = o->memory_bytes,
        .part_bytes = o->part_bytes,
        .compress = o->compress,
        .depth_max = DEPTH_MAX,
        .rejects_max = o->max_rejects,
    };

    fill_inventory(run);
    if (extract_run(&options, run->listing.sources, run->listing.count, run->stop,
                    run->progress, run->arena, &run->report->inventory, err))
        return -1;
    return check_rejects(run, err);
}

/* ---- staging ---- */

static int
stage(struct run *run, bool with_manifests, struct error *err)
{
    run->report->staged = run->options->staging->url;
    return staged_write(&run->report->inventory, run->options->staging, with_manifests,
                        err);
}

/* ---- the report ---- */

/* A line for each table of the inventory; `loaded` has what the load knows of them. */
static int
fill_tables(struct run *run, const struct load_table *loaded, struct error *err)
{
    const struct inventory *i = &run->report->inventory;
    struct run_table *tables = arena_array(run->arena, i->table_count, sizeof *tables);

    if (tables == NULL)
        return error_no_memory(err);
    for (size_t t = 0; t < i->table_count; t++) {
        tables[t].name = i->tables[t].name;
        tables[t].columns = i->tables[t].column_count;
        if (loaded != NULL) {
            tables[t].rows = loaded[t].rows;
            tables[t].duplicates = loaded[t].duplicates;
            tables[t].new_columns = loaded[t].new_columns;
            tables[t].is_new = loaded[t].is_new;
        }
    }
    for (size_t p = 0; p < i->part_count; p++) {
        tables[i->parts[p].table].parts++;
        if (loaded == NULL)
            tables[i->parts[p].table].rows += i->parts[p].rows;
    }
    run->report->tables = tables;
    run->report->table_count = i->table_count;
    return 0;
}

/* ---- loading ---- */

static int
load(struct run *run, bool has_manifests, struct error *err)
{
    struct load_job job = {
        .inventory = &run->report->inventory,
        .staging = run->options->staging,
        .has_manifests = has_manifests,
        .progress = run->progress,
    };
    struct load_report report;
    int rc = -1;

    if (connect_target(run, err))
        return -1;
    if (load_run(run->target, &job, run->arena, &report, err))
        goto out;
    run->report->outcome = report.outcome == LOAD_ALREADY ? RUN_ALREADY : RUN_LOADED;
    rc = fill_tables(run, report.outcome == LOAD_DONE ? report.tables : NULL, err);
out:
    disconnect_target(run);
    return rc;
}

static int
plan(struct run *run, struct error *err)
{
    struct load_job job = {
        .inventory = &run->report->inventory,
        .staging = run->options->staging,
    };
    struct load_table *tables;
    int rc = -1;

    if (connect_target(run, err))
        return -1;
    if (load_dry(run->target, &job, run->arena, &run->report->statements,
                 &run->report->statement_count, &tables, err))
        goto out;
    run->report->outcome = RUN_PLANNED;
    rc = fill_tables(run, tables, err);
out:
    disconnect_target(run);
    return rc;
}

/* ---- the order of things ---- */

static void
set_phase(struct run *run, enum progress_phase phase)
{
    atomic_store(&run->progress->phase, (int)phase);
}

/* What stands behind the extraction depends on the mode. */
static int
conclude(struct run *run, struct error *err)
{
    switch (run->options->mode) {
    case RUN_DRY: return plan(run, err);
    case RUN_STAGE_ONLY:
        run->report->outcome = RUN_STAGED;
        return stage(run, true, err) ? -1 : fill_tables(run, NULL, err);
    default: return stage(run, false, err) ? -1 : load(run, false, err);
    }
}

static int
run_extracting(struct run *run, struct error *err)
{
    double began_s = now_s();
    bool is_done;

    set_phase(run, PROGRESS_LISTING);
    if (listing_read(run->options->sources, run->options->source_count,
                     run->options->source_prefix, run->stop, run->arena, &run->listing,
                     err))
        return -1;
    run->report->outcome = RUN_EMPTY;
    fill_inventory(run);
    if (run->listing.count == 0)
        return 0;
    if (ask_warehouse(run, &is_done, err))
        return -1;
    run->report->list_s = now_s() - began_s;
    run->report->outcome = RUN_ALREADY;
    if (is_done)
        return 0;
    announce_objects(run);
    set_phase(run, PROGRESS_READING);
    if (extract(run, err))
        return -1;
    run->report->extract_s = now_s() - began_s - run->report->list_s;
    set_phase(run, PROGRESS_LOADING);
    if (conclude(run, err))
        return -1;
    run->report->load_s = now_s() - began_s - run->report->list_s -
                          run->report->extract_s;
    return 0;
}

static int
run_load_only(struct run *run, struct error *err)
{
    double began_s = now_s();

    set_phase(run, PROGRESS_LOADING);
    if (staged_read(run->options->staging, run->arena, &run->report->inventory, err) ||
        load(run, true, err))
        return -1;
    run->report->staged = run->options->staging->url;
    run->report->load_s = now_s() - began_s;
    return 0;
}

int
run_hour(const struct run_options *options, struct stop *stop, const struct say *say,
         struct progress *progress, struct arena *arena, struct run_report *ret,
         struct error *err)
{
    struct run run = {.options = options,
                      .stop = stop,
                      .say = say,
                      .progress = progress,
                      .arena = arena,
                      .report = ret};
    double began_s = now_s();
    int rc;

    *ret = (struct run_report){.outcome = RUN_EMPTY};
    rc = options->mode == RUN_LOAD_ONLY ? run_load_only(&run, err)
                                        : run_extracting(&run, err);
    ret->total_s = now_s() - began_s;
    set_phase(&run, PROGRESS_DONE);
    return rc;
}
