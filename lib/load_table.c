#include "load_state.h"

#include "merge.h"
#include "pg.h"
#include "progress.h"

int
load_do(struct load *load, struct text *sql, uint64_t *ret_rows, struct error *err)
{
    int rc = target_run(load->target, sql, ret_rows, err);

    text_release(sql);
    return rc;
}

int
load_ask(struct load *load, struct text *sql, uint64_t *ret, struct error *err)
{
    struct pg_rows *rows = NULL;
    int rc = target_ask(load->target, sql, &rows, err);

    if (rc == 0)
        *ret = pg_rows_number(rows, 0, 0);
    pg_rows_free(rows);
    text_release(sql);
    return rc;
}

void
load_stage_name(size_t table, struct text *ret)
{
    text_addf(ret, "rsload_stage_%zu", table + 1);
}

static bool
has_id(const struct table *table)
{
    return table_find(table, SPAN("id")) != SIZE_MAX &&
           table_find(table, SPAN("received_at")) != SIZE_MAX;
}

bool
load_is_staged(const struct load *load, const struct table *table)
{
    return load->target->options->dedupe == TARGET_DEDUPE_TABLE && has_id(table);
}

static size_t
index_of(const struct load *load, const struct table *table)
{
    return (size_t)(table - load->job->inventory->tables);
}

/* Tell that one more step is done, once, however often the transaction is run. */
static void
show_step(struct load *load, size_t step)
{
    if (load->job->progress == NULL || step < load->steps_shown)
        return;
    load->steps_shown = step + 1;
    progress_add(&load->job->progress->steps, 1);
}

/* COPY one step into `into`; a failure is remembered, to be explained after ROLLBACK. */
static int
copy_step(struct load *load, size_t step, struct span into, uint64_t *ret_rows,
          struct error *err)
{
    struct dialect_copy copy = {
        .step = &load->steps[step],
        .into = into,
        .staging = load->job->staging,
        .compress = load->job->inventory->compress,
    };

    if (load->target->dialect->copy(load->target, &copy, ret_rows, err) == 0) {
        show_step(load, step);
        return 0;
    }
    load->failed = copy;
    load->failed.into = (struct span){0}; /* its text does not last */
    return -1;
}

/* COPY the steps; how many rows came goes into `ret_rows`, which is checked. */
static int
copy_steps(struct load *load, size_t first, size_t count, struct span into,
           uint64_t *ret_rows, struct error *err)
{
    *ret_rows = 0;
    for (size_t i = first; i < first + count; i++) {
        const struct step *step = &load->steps[i];
        uint64_t rows = 0;

        if (copy_step(load, i, into, &rows, err))
            return -1;
        if (rows != step->rows) {
            (void)error_set(err, ERROR_WAREHOUSE,
                            "%llu rows were staged, but COPY loaded %llu",
                            (unsigned long long)step->rows, (unsigned long long)rows);
            return error_in(err, "table \"%.*s\", %.*s", SPAN_ARG(step->table->name),
                            SPAN_ARG(step->manifest_key));
        }
        *ret_rows += rows;
    }
    return 0;
}

static int
drop(struct load *load, struct span stage, struct error *err)
{
    struct text sql = {0};

    text_add_string(&sql, "DROP TABLE ");
    pg_add_name(stage, &sql);
    return load_do(load, &sql, NULL, err);
}

/* The oldest and newest received_at of the stage bound the search for older rows. */
static int
delete_older(struct load *load, const struct merge *merge, uint64_t *ret_deleted,
             struct error *err)
{
    unsigned days = load->target->options->dedupe_days;
    struct pg_rows *rows = NULL;
    struct text sql = {0};
    int rc;

    merge_add_survey(merge, &sql);
    rc = target_ask(load->target, &sql, &rows, err);
    text_release(&sql);
    if (rc == 0) {
        merge_add_delete(load->target, merge, days > 0 ? days : TARGET_DEDUPE_DAYS,
                         pg_rows_cell(rows, 0, 0), pg_rows_cell(rows, 0, 1), &sql);
        rc = load_do(load, &sql, ret_deleted, err);
    }
    pg_rows_free(rows);
    return rc;
}

/* Through a temporary table: of each id the newest row goes in, and those of the last
 * weeks go out. */
static int
load_staged(struct load *load, size_t first, size_t count, struct load_table *ret,
            struct error *err)
{
    const struct table *table = load->steps[first].table;
    struct merge merge = {.table = table, .load_id = load->job->inventory->load_id};
    struct text stage = {0};
    struct text into = {0};
    struct text sql = {0};
    uint64_t staged = 0;
    uint64_t deleted = 0;
    uint64_t inserted = 0;
    int rc = -1;

    load_stage_name(index_of(load, table), &stage);
    merge.stage = text_span(&stage);
    pg_add_name(merge.stage, &into);
    merge_add_stage(load->target, table->name, merge.stage, &sql);
    if (load_do(load, &sql, NULL, err) ||
        copy_steps(load, first, count, text_span(&into), &staged, err) ||
        delete_older(load, &merge, &deleted, err))
        goto out;
    merge_add_insert(load->target, &merge, &sql);
    if (load_do(load, &sql, &inserted, err))
        goto out;
    ret->rows = inserted;
    ret->duplicates = staged - inserted + deleted;
    rc = span_equal(table->name, SPAN("identifies")) ? 0 : drop(load, merge.stage, err);
out:
    text_release(&stage);
    text_release(&into);
    text_release(&sql);
    return rc;
}

/* The load's rows are in the table: of those with one id all but the newest go out. */
static int
reduce(struct load *load, const struct merge *merge, struct load_table *ret,
       struct error *err)
{
    struct text sql = {0};
    uint64_t surplus = 0;

    merge_add_surplus(load->target, merge, &sql);
    if (load_ask(load, &sql, &surplus, err))
        return -1;
    if (surplus == 0)
        return 0;
    merge_add_stage(load->target, merge->table->name, merge->stage, &sql);
    if (load_do(load, &sql, NULL, err))
        return -1;
    merge_add_keep(load->target, merge, &sql);
    if (load_do(load, &sql, NULL, err))
        return -1;
    merge_add_purge(load->target, merge, &sql);
    if (load_do(load, &sql, NULL, err))
        return -1;
    merge_add_insert(load->target, merge, &sql);
    if (load_do(load, &sql, NULL, err))
        return -1;
    ret->rows -= surplus;
    ret->duplicates = surplus;
    return drop(load, merge->stage, err);
}

/* An event that came again, and replaced its row, brought its discards again: those of
 * earlier loads go out. */
static int
forget_discards(struct load *load, const struct table *table, struct error *err)
{
    struct span load_id = load->job->inventory->load_id;
    struct text sql = {0};

    text_add_string(&sql, "DELETE FROM ");
    target_add_table(load->target, table->name, &sql);
    text_add_string(&sql, " WHERE \"load_id\" <> ");
    pg_add_literal(load->target->pg, load_id, &sql);
    text_add_string(&sql, " AND \"row_id\" IN (SELECT \"row_id\" FROM ");
    target_add_table(load->target, table->name, &sql);
    text_add_string(&sql, " WHERE \"load_id\" = ");
    pg_add_literal(load->target->pg, load_id, &sql);
    text_add_char(&sql, ')');
    return load_do(load, &sql, NULL, err);
}

/* Straight into the table. */
static int
load_straight(struct load *load, size_t first, size_t count, struct load_table *ret,
              struct error *err)
{
    const struct table *table = load->steps[first].table;
    struct merge merge = {.table = table, .load_id = load->job->inventory->load_id};
    struct text stage = {0};
    struct text into = {0};
    int rc;

    target_add_table(load->target, table->name, &into);
    load_stage_name(index_of(load, table), &stage);
    merge.stage = text_span(&stage);
    rc = copy_steps(load, first, count, text_span(&into), &ret->rows, err);
    ret->duplicates = 0;
    if (rc == 0 && has_id(table) &&
        load->target->options->dedupe == TARGET_DEDUPE_WINDOW)
        rc = reduce(load, &merge, ret, err);
    if (rc == 0 && span_equal(table->name, TARGET_DISCARDS) &&
        load->target->options->dedupe == TARGET_DEDUPE_TABLE)
        rc = forget_discards(load, table, err);
    text_release(&stage);
    text_release(&into);
    return rc;
}

int
load_table(struct load *load, size_t first, size_t count, struct error *err)
{
    const struct table *table = load->steps[first].table;
    struct load_table *ret = &load->report->tables[index_of(load, table)];
    int rc = load_is_staged(load, table) ? load_staged(load, first, count, ret, err)
                                         : load_straight(load, first, count, ret, err);

    if (rc != 0 && load->failed.step == NULL)
        return error_in(err, "table \"%.*s\"", SPAN_ARG(table->name));
    return rc;
}

/* Run the three statements that bring the fold into users. */
static int
fold(struct load *load, const struct merge_users *users, struct error *err)
{
    struct text sql = {0};
    uint64_t updated = 0;
    uint64_t inserted = 0;

    merge_add_stage(load->target, users->users->name, users->fold, &sql);
    if (load_do(load, &sql, NULL, err))
        return -1;
    if (merge_add_fold(load->target, users, &load->arena, &sql, err)) {
        text_release(&sql);
        return -1;
    }
    if (load_do(load, &sql, NULL, err))
        return -1;
    merge_add_update(load->target, users, &sql);
    if (load_do(load, &sql, &updated, err))
        return -1;
    merge_add_arrivals(load->target, users, &sql);
    if (load_do(load, &sql, &inserted, err))
        return -1;
    load->report->users = updated + inserted;
    return drop(load, users->fold, err);
}

int
load_users(struct load *load, struct error *err)
{
    const struct inventory *inventory = load->job->inventory;
    struct merge_users users = {
        .users = &load->plan.users,
        .fold = SPAN("rsload_users"),
        .load_id = inventory->load_id,
        .uuid_ts_s = inventory->started_s,
    };
    struct text stage = {0};
    struct text from = {0};
    bool is_staged;
    int rc;

    for (size_t i = 0; i < inventory->table_count; i++)
        if (span_equal(inventory->tables[i].name, SPAN("identifies")))
            users.identifies = &inventory->tables[i];
    if (users.identifies == NULL)
        return 0;
    is_staged = load_is_staged(load, users.identifies);
    load_stage_name(index_of(load, users.identifies), &stage);
    if (is_staged)
        pg_add_name(text_span(&stage), &from);
    else
        target_add_table(load->target, users.identifies->name, &from);
    users.from = text_span(&from);
    rc = fold(load, &users, err);
    if (rc == 0 && is_staged)
        rc = drop(load, text_span(&stage), err);
    text_release(&stage);
    text_release(&from);
    return rc != 0 ? error_in(err, "table \"users\"") : 0;
}
