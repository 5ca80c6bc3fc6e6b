#include "load_state.h"

#include <string.h>

#include "catalog.h"
#include "pg.h"
#include "progress.h"
#include "say.h"
#include "stop.h"

#define ATTEMPTS 8

/* How often the catalog is read anew because somebody else changes it. */
#define PLAN_ROUNDS 5

/* The report's tables, as many as the inventory has. */
static int
begin_report(struct load *load, struct arena *arena, struct error *err)
{
    const struct inventory *inventory = load->job->inventory;
    struct load_report *report = load->report;

    *report = (struct load_report){.table_count = inventory->table_count};
    report->tables = arena_array(arena, inventory->table_count, sizeof *report->tables);
    if (report->tables == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < inventory->table_count; i++)
        report->tables[i].name = inventory->tables[i].name;
    return 0;
}

/* The first plan that has something to do is what the load changed. */
static void
note_plan(struct load *load)
{
    for (size_t i = 0; i < load->plan.table_count; i++) {
        struct load_table *to = &load->report->tables[i];

        if (load->plan.tables[i].new_columns > to->new_columns)
            to->new_columns = load->plan.tables[i].new_columns;
        to->is_new |= load->plan.tables[i].is_new;
    }
}

/* Read the catalog and bring the schema up to what the load needs. */
static int
prepare(struct load *load, struct error *err)
{
    bool is_again = true;

    for (int round = 0; is_again; round++) {
        if (round == PLAN_ROUNDS)
            return error_set(err, ERROR_BUSY, "the schema changes all the time");
        arena_release(&load->arena);
        load->plan = (struct plan){0};
        if (catalog_read(load->target, &load->arena, &load->catalog, err) ||
            plan_make(load->target, &load->catalog, load->job->inventory, &load->arena,
                      &load->plan, err))
            return -1;
        if (load->target->options->ddl == TARGET_DDL_NEVER &&
            plan_check_empty(&load->plan, err))
            return -1;
        note_plan(load);
        if (load->plan.statement_count > 0)
            say(load->target->say, SAY_INFO, "schema \"%.*s\": %zu statement%s of DDL",
                SPAN_ARG(text_span(&load->target->schema)), load->plan.statement_count,
                load->plan.statement_count == 1 ? "" : "s");
        if (plan_run(load->target, &load->plan, &is_again, err))
            return -1;
    }
    return 0;
}

/*
 * Did the transaction meet another one? Redshift says so in the message, with a SQLSTATE
 * that stands for anything.
 * Source: Database Developer Guide, "Troubleshooting for serializable isolation errors".
 */
static bool
met_another(const struct pg_failure *f)
{
    if (strcmp(f->sqlstate, "40001") == 0 || strcmp(f->sqlstate, "40P01") == 0)
        return true;
    return strncmp(f->message, "1023", 4) == 0 || strncmp(f->message, "1018", 4) == 0 ||
           strstr(f->message, "conflict with concurrent transaction") != NULL;
}

/* What the user who lacks a right should ask for. */
static void
hint_grant(const struct load *load, struct error *err)
{
    struct span schema = text_span(&load->target->schema);
    const char *user = pg_user(load->target->pg);

    if (err->kind != ERROR_DENIED || err->hint[0] != '\0' ||
        strcmp(pg_failure(load->target->pg)->sqlstate, "42501") != 0)
        return;
    if (strstr(pg_failure(load->target->pg)->message, "temporary") != NULL)
        (void)error_hint(err, "GRANT TEMP ON DATABASE ... TO \"%s\"", user);
    else
        (void)error_hint(err,
                         "GRANT USAGE ON SCHEMA \"%.*s\" TO \"%s\"; GRANT SELECT, "
                         "INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "
                         "\"%.*s\" TO \"%s\"",
                         SPAN_ARG(schema), user, SPAN_ARG(schema), user);
}

/* The attempt failed: roll back, and find out what the server knows of it. */
static void
give_up(struct load *load, struct error *err)
{
    struct pg *pg = load->target->pg;
    const struct pg_failure *f = pg_failure(pg);

    pg_rollback(pg);
    if (f->is_lost || met_another(f) || stop_asked(load->target->stop))
        return;
    hint_grant(load, err);
    /* A COPY that failed for its data has a row in the server's views; not one that was
     * refused, or whose parts could not be read. */
    if (load->failed.step != NULL && f->sqlstate[0] != '\0' &&
        err->kind == ERROR_WAREHOUSE)
        load->target->dialect->explain(load->target, &load->failed, err);
}

/* One attempt: 0 when the load is in the warehouse. */
static int
attempt(struct load *load, struct error *err)
{
    const struct target_options *o = load->target->options;

    load->failed = (struct dialect_copy){0};
    /* An earlier transaction that was rolled back left the limit for its LOCK behind. */
    if (o->lock_timeout_s > 0 && load_set_timeout(load, o->statement_timeout_ms, err))
        return -1;
    if (prepare(load, err)) {
        hint_grant(load, err);
        return -1;
    }
    if (load_transaction(load, err)) {
        give_up(load, err);
        return -1;
    }
    return 0;
}

/* Another attempt? -1 with the reason of the end, or of the last failure. */
static int
prepare_again(struct load *load, int attempts, struct error *err)
{
    const struct pg_failure *f = pg_failure(load->target->pg);
    bool is_lost = f->is_lost;
    int most = load->target->options->attempts > 0 ? load->target->options->attempts
                                                   : ATTEMPTS;

    if (stop_check(load->target->stop, err))
        return -1;
    if (!is_lost && !met_another(f))
        return -1;
    if (attempts >= most) {
        err->kind = ERROR_BUSY;
        return error_in(err, "gave up after %d attempts", attempts);
    }
    say(load->target->say, SAY_WARNING, "attempt %d of %d failed, running it again: %s",
        attempts, most, err->why);
    if (target_wait(load->target, attempts, err))
        return -1;
    return is_lost ? target_reopen(load->target, err) : 0;
}

static int
run(struct load *load, struct error *err)
{
    for (;;) {
        load->report->attempts++;
        if (attempt(load, err) == 0)
            return 0;
        if (prepare_again(load, load->report->attempts, err))
            return -1;
    }
}

static int
begin_load(struct load *load, struct arena *arena, struct error *err)
{
    if (target_check_staging(load->target, load->job->staging->url, err) ||
        manifest_steps(load->job->inventory, arena, &load->steps, &load->step_count,
                       err))
        return -1;
    return begin_report(load, arena, err);
}

int
load_run(struct target *target, const struct load_job *job, struct arena *arena,
         struct load_report *ret, struct error *err)
{
    struct load_report report = {0};
    struct load load = {.target = target, .job = job, .report = &report};
    int rc = -1;

    if (begin_load(&load, arena, err))
        return -1;
    if (job->progress != NULL)
        progress_add(&job->progress->steps_total, load.step_count);
    if (!job->has_manifests && manifest_stage(job->inventory, job->staging, err))
        goto out;
    if (run(&load, err))
        goto out;
    *ret = report;
    rc = 0;
out:
    arena_release(&load.arena);
    return rc;
}
