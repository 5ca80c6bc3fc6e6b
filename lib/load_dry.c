#include "load_state.h"

#include "catalog.h"
#include "pg.h"

/* The statements as they come: in the arena, in an array that grows. */
struct list {
    struct arena *arena;
    struct span *statements;
    size_t count;
    size_t room;
};

static int
add(void *context, struct span sql, struct error *err)
{
    struct list *list = context;

    if (list->count == list->room) {
        size_t room = list->room != 0 ? list->room * 2 : 64;
        struct span *more = arena_array(list->arena, room, sizeof *more);

        if (more == NULL)
            return error_no_memory(err);
        for (size_t i = 0; i < list->count; i++)
            more[i] = list->statements[i];
        list->statements = more;
        list->room = room;
    }
    if (arena_copy(list->arena, sql, &list->statements[list->count], err))
        return -1;
    list->count++;
    return 0;
}

/* The COPY statements of one step, as load_table would send them. */
static int
add_step(struct load *load, const struct step *step, struct list *list,
         struct error *err)
{
    struct dialect_copy copy = {
        .step = step,
        .staging = load->job->staging,
        .compress = load->job->inventory->compress,
    };
    struct text stage = {0};
    struct text into = {0};
    int rc;

    load_stage_name((size_t)(step->table - load->job->inventory->tables), &stage);
    if (load_is_staged(load, step->table))
        pg_add_name(text_span(&stage), &into);
    else
        target_add_table(load->target, step->table->name, &into);
    copy.into = text_span(&into);
    rc = load->target->dialect->show(load->target, &copy, add, list, err);
    text_release(&stage);
    text_release(&into);
    return rc;
}

static int
make_tables(const struct load *load, struct arena *arena, struct load_table **ret,
            struct error *err)
{
    const struct inventory *inventory = load->job->inventory;
    struct load_table *tables = arena_array(arena, inventory->table_count,
                                            sizeof *tables);

    if (tables == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < inventory->table_count; i++) {
        tables[i].name = inventory->tables[i].name;
        tables[i].new_columns = load->plan.tables[i].new_columns;
        tables[i].is_new = load->plan.tables[i].is_new;
    }
    for (size_t i = 0; i < load->step_count; i++)
        tables[load->steps[i].table - inventory->tables].rows += load->steps[i].rows;
    *ret = tables;
    return 0;
}

int
load_dry(struct target *target, const struct load_job *job, struct arena *arena,
         struct span **ret, size_t *ret_count, struct load_table **ret_tables,
         struct error *err)
{
    struct load load = {.target = target, .job = job};
    struct list list = {.arena = arena};

    if (target_check_staging(target, job->staging->url, err) ||
        manifest_steps(job->inventory, arena, &load.steps, &load.step_count, err) ||
        catalog_read(target, arena, &load.catalog, err) ||
        plan_make(target, &load.catalog, job->inventory, arena, &load.plan, err) ||
        make_tables(&load, arena, ret_tables, err))
        return -1;
    for (size_t i = 0; i < load.plan.statement_count; i++)
        if (add(&list, load.plan.statements[i].sql, err))
            return -1;
    for (size_t i = 0; i < load.step_count; i++)
        if (add_step(&load, &load.steps[i], &list, err))
            return -1;
    *ret = list.statements;
    *ret_count = list.count;
    return 0;
}
