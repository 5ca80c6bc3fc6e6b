#include "load_state.h"

#include <string.h>

#include "pg.h"

/* The longest a server's statement_timeout can be, in milliseconds. */
#define TIMEOUT_MAX INT64_C(2147483647)

int
load_set_timeout(struct load *load, int64_t ms, struct error *err)
{
    struct text sql = {0};

    text_addf(&sql, "SET statement_timeout TO %lld",
              (long long)(ms > TIMEOUT_MAX ? TIMEOUT_MAX : ms));
    return load_do(load, &sql, NULL, err);
}

/*
 * BEGIN, and the lock as the first statement: on Redshift the snapshot is taken with the
 * first read or write, so what another run committed while we waited is seen. There is
 * no LOCK with a limit of time; a timeout of the statement does as well.
 */
static int
begin(struct load *load, struct error *err)
{
    const struct target_options *o = load->target->options;
    struct text sql = {0};
    int rc;

    if (o->lock_timeout_s > 0 && load_set_timeout(load, o->lock_timeout_s * 1000, err))
        return -1;
    if (pg_run(load->target->pg, SPAN("BEGIN"), NULL, err))
        return -1;
    pg_patience(load->target->pg, "another run is loading into this schema: waiting "
                                  "for its lock");
    text_add_string(&sql, "LOCK ");
    target_add_table(load->target, TARGET_LOCK, &sql);
    rc = load_do(load, &sql, NULL, err);
    pg_patience(load->target->pg, NULL);
    if (rc != 0 && strcmp(pg_failure(load->target->pg)->sqlstate, "57014") == 0) {
        (void)error_set(err, ERROR_BUSY,
                        "another run holds the lock of the schema "
                        "\"%.*s\" for over %lld s",
                        SPAN_ARG(text_span(&load->target->schema)),
                        (long long)o->lock_timeout_s);
        return error_hint(err, "run again later, or with a longer --lock-timeout");
    }
    if (rc != 0)
        return error_in(err, "lock rsload_lock");
    if (o->lock_timeout_s > 0)
        return load_set_timeout(load, o->statement_timeout_ms, err);
    return 0;
}

/* Is it a table of ours, whose rows are deleted by load? users keeps what it learned. */
static bool
has_loads(const struct table *table)
{
    return !table->is_view && !span_equal(table->name, SPAN("users")) &&
           !span_equal(table->name, TARGET_LEDGER) &&
           !span_equal(table->name, TARGET_LOCK) &&
           table_find(table, SPAN("load_id")) != SIZE_MAX &&
           table_find(table, SPAN("uuid_ts")) != SIZE_MAX &&
           table_find(table, SPAN("received_at")) != SIZE_MAX;
}

static int
delete_from(struct load *load, const struct table *table,
            const struct ledger_answer *answer, struct error *err)
{
    struct text sql = {0};
    uint64_t rows = 0;

    text_add_string(&sql, "DELETE FROM ");
    target_add_table(load->target, table->name, &sql);
    text_add_string(&sql, " WHERE \"load_id\" IN (");
    for (size_t i = 0; i < answer->load_count; i++) {
        if (i > 0)
            text_add_string(&sql, ", ");
        pg_add_literal(load->target->pg, answer->load_ids[i], &sql);
    }
    text_add_char(&sql, ')');
    if (load_do(load, &sql, &rows, err))
        return error_in(err, "delete the window's earlier rows of \"%.*s\"",
                        SPAN_ARG(table->name));
    load->report->replaced_rows += rows;
    return 0;
}

static int
replace(struct load *load, const struct ledger_answer *answer, struct error *err)
{
    for (size_t i = 0; i < load->catalog.table_count; i++)
        if (has_loads(&load->catalog.tables[i]) &&
            delete_from(load, &load->catalog.tables[i], answer, err))
            return -1;
    return ledger_delete(load->target, answer->load_ids, answer->load_count, err);
}

/*
 * Look at the ledger, now that nobody else writes it. When the load is there already it
 * was an attempt of ours whose answer to COMMIT was lost, or a staged folder that was
 * loaded before.
 */
static int
look(struct load *load, bool *ret_is_done, struct error *err)
{
    const struct inventory *inventory = load->job->inventory;
    struct ledger_answer answer;
    enum ledger_step step;

    *ret_is_done = true;
    if (ledger_ask(load->target, inventory->source, inventory->window,
                   inventory->load_id, inventory->objects, inventory->object_count,
                   &load->arena, &answer, err))
        return -1;
    load->report->outcome = answer.has_load && load->is_committing ? LOAD_DONE
                                                                   : LOAD_ALREADY;
    if (answer.has_load)
        return 0;
    if (ledger_decide(&answer, load->target->options->rerun, &step, err))
        return -1;
    if (step == LEDGER_SKIP)
        return 0;
    load->report->outcome = LOAD_DONE;
    *ret_is_done = false;
    load->report->replaced_rows = 0;
    if (step == LEDGER_REPLACE)
        return replace(load, &answer, err);
    if (answer.state == LEDGER_NEW || answer.new_count == inventory->object_count)
        return 0;
    (void)error_set(err, ERROR_BUSY, "%zu of the %zu staged objects are loaded already",
                    inventory->object_count - answer.new_count,
                    inventory->object_count);
    return error_hint(err, "another run loaded them meanwhile: run again from the "
                           "source, or with --rerun replace");
}

static bool
is_last_of_table(const struct load *load, size_t step)
{
    return step + 1 == load->step_count ||
           load->steps[step + 1].table != load->steps[step].table;
}

/* Every table in the order of the names, users among them: two loads that met in another
 * order could wait for each other. */
static int
load_tables(struct load *load, struct error *err)
{
    bool has_users = false;
    size_t first = 0;

    for (size_t i = 0; i < load->step_count; i++)
        has_users |= span_equal(load->steps[i].table->name, SPAN("identifies"));

    for (size_t i = 0; i < load->step_count; i++) {
        if (has_users && span_compare(load->steps[i].table->name, SPAN("users")) > 0) {
            has_users = false;
            if (load_users(load, err))
                return -1;
        }
        if (!is_last_of_table(load, i))
            continue;
        if (load_table(load, first, i + 1 - first, err))
            return -1;
        first = i + 1;
    }
    return has_users ? load_users(load, err) : 0;
}

/* Add up the tables, and write the ledger's row. */
static int
write_ledger(struct load *load, struct error *err)
{
    struct load_report *report = load->report;
    struct text sql = {0};

    report->rows = 0;
    report->duplicates = 0;
    for (size_t i = 0; i < report->table_count; i++) {
        report->rows += report->tables[i].rows;
        report->duplicates += report->tables[i].duplicates;
    }
    ledger_add_insert(load->target, load->job->inventory, load->job->staging->url,
                      report->rows, &sql);
    if (load_do(load, &sql, NULL, err))
        return error_in(err, "write the ledger");
    return 0;
}

int
load_transaction(struct load *load, struct error *err)
{
    bool is_done = false;

    if (begin(load, err) || look(load, &is_done, err))
        return -1;
    if (is_done) {
        pg_rollback(load->target->pg);
        return 0;
    }
    if (load_tables(load, err) || write_ledger(load, err))
        return -1;
    load->is_committing = true;
    if (pg_commit(load->target->pg, err))
        return error_in(err, "commit");
    return 0;
}
