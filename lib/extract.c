#include "extract.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"
#include "worker.h"

/* What a worker holds besides rows and parts: the unpacker's and the packer's buffers, a
 * line of 4 MiB twice (carried, and its strings unescaped), its tables' routes. */
#define WORKER_BYTES ((uint64_t)12 << 20)

/* The tree of paths of all workers together: a share of the memory. */
#define PATHS_SHARE 8

/* The extraction as a whole. */
struct extraction {
    struct worker_shared shared;
    struct worker *workers;
    unsigned worker_count;
    pthread_t *threads;
    size_t *order;
};

/* ---- threads ---- */

static void *
read_thread(void *worker)
{
    worker_read(worker);
    return NULL;
}

static void *
finish_thread(void *worker)
{
    worker_finish(worker);
    return NULL;
}

/* Run `body` once for each worker, and wait for all. */
static int
run_threads(struct extraction *x, void *(*body)(void *), struct error *err)
{
    unsigned started = 0;
    int code = 0;

    while (started < x->worker_count && code == 0) {
        code = pthread_create(&x->threads[started], NULL, body, &x->workers[started]);
        started += code == 0;
    }
    if (code != 0) {
        (void)error_set(err, ERROR_IO, "cannot start a thread: %s", strerror(code));
        stop_ask(x->shared.stop, err);
    }
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(x->threads[i], NULL); /* a thread of ours, joined once */
    return stop_check(x->shared.stop, err);
}

/* ---- what the workers leave ---- */

static void
add_counts(struct counts *to, const struct counts *from)
{
    uint64_t *sum = (uint64_t *)to;
    const uint64_t *more = (const uint64_t *)from;

    /* nothing but counters: inventory.c asserts it */
    for (size_t i = 0; i < sizeof *to / sizeof *sum; i++)
        sum[i] += more[i];
}

static int
compare_tables(const void *a, const void *b)
{
    return span_compare(((const struct table *)a)->name,
                        ((const struct table *)b)->name);
}

static int
copy_columns(const struct shelf_table *from, struct arena *arena, struct table *ret,
             struct error *err)
{
    ret->columns = arena_array(arena, from->column_count, sizeof *ret->columns);
    if (ret->columns == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < from->column_count; i++) {
        const struct shelf_column *c = &from->columns[i];
        struct column *to = &ret->columns[i];

        to->type = c->type;
        to->max_bytes = c->longest;
        if (arena_copy(arena, c->name, &to->name, err))
            return -1;
    }
    ret->column_count = from->column_count;
    return 0;
}

static int
collect_tables(const struct shelf *shelf, struct arena *arena, struct inventory *ret,
               struct error *err)
{
    size_t count = shelf_table_count(shelf);

    ret->tables = arena_array(arena, count, sizeof *ret->tables);
    if (ret->tables == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        const struct shelf_table *from = shelf_table_at(shelf, i);

        if (arena_copy(arena, from->name, &ret->tables[i].name, err) ||
            copy_columns(from, arena, &ret->tables[i], err))
            return -1;
    }
    ret->table_count = count;
    qsort(ret->tables, count, sizeof *ret->tables, compare_tables);
    return 0;
}

static int
compare_parts(const void *a, const void *b)
{
    const struct part *x = a;
    const struct part *y = b;

    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->column_count != y->column_count)
        return x->column_count < y->column_count ? -1 : 1;
    return span_compare(x->key, y->key);
}

static size_t
table_index(const struct inventory *inventory, struct span name)
{
    const struct table key = {.name = name};
    const struct table *found = bsearch(&key, inventory->tables, inventory->table_count,
                                        sizeof key, compare_tables);

    return (size_t)(found - inventory->tables); /* every part's table is there */
}

static int
collect_parts(const struct extraction *x, struct arena *arena, struct inventory *ret,
              struct error *err)
{
    size_t count = 0;

    for (unsigned i = 0; i < x->worker_count; i++)
        count += x->workers[i].part_count;
    ret->parts = arena_array(arena, count, sizeof *ret->parts);
    if (ret->parts == NULL)
        return error_no_memory(err);
    for (unsigned i = 0; i < x->worker_count; i++)
        for (size_t j = 0; j < x->workers[i].part_count; j++) {
            const struct worker_part *from = &x->workers[i].parts[j];
            struct part *to = &ret->parts[ret->part_count++];

            *to = from->part;
            to->table = table_index(ret, from->table->name);
            if (arena_copy(arena, from->part.key, &to->key, err))
                return -1;
        }
    qsort(ret->parts, count, sizeof *ret->parts, compare_parts);
    return 0;
}

/* Every line is an event, a reject or filtered; every value is somewhere; every row lies
 * in a part. */
static int
check_account(const struct inventory *i, struct error *err)
{
    const struct counts *c = &i->counts;
    uint64_t rows = 0;

    for (size_t p = 0; p < i->part_count; p++)
        rows += i->parts[p].rows;
    if (c->lines == c->events + c->rejected + c->filtered && c->rows == rows &&
        c->values == c->cells + c->discards + c->nulls + c->merged)
        return 0;
    return error_set(
        err, ERROR_BUG,
        "the account does not balance: lines %llu = events %llu + rejected %llu + "
        "filtered %llu; values %llu = cells %llu + discards %llu + nulls %llu + merged "
        "%llu; rows %llu = staged %llu",
        (unsigned long long)c->lines, (unsigned long long)c->events,
        (unsigned long long)c->rejected, (unsigned long long)c->filtered,
        (unsigned long long)c->values, (unsigned long long)c->cells,
        (unsigned long long)c->discards, (unsigned long long)c->nulls,
        (unsigned long long)c->merged, (unsigned long long)c->rows,
        (unsigned long long)rows);
}

static int
collect(const struct extraction *x, struct arena *arena, struct inventory *ret,
        struct error *err)
{
    ret->compress = x->shared.options->compress;
    ret->counts = (struct counts){0};
    ret->part_count = 0;
    for (unsigned i = 0; i < x->worker_count; i++)
        add_counts(&ret->counts, &x->workers[i].transform.counts);
    if (collect_tables(x->shared.shelf, arena, ret, err) ||
        collect_parts(x, arena, ret, err))
        return -1;
    return check_account(ret, err);
}

/* ---- the order of things ---- */

/* Largest first; qsort has no context, so the sizes go along. */
struct sized {
    uint64_t size_bytes;
    size_t index;
};

static int
compare_sized(const void *a, const void *b)
{
    const struct sized *x = a;
    const struct sized *y = b;

    if (x->size_bytes != y->size_bytes)
        return x->size_bytes > y->size_bytes ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static int
order_objects(struct extraction *x, struct error *err)
{
    size_t count = x->shared.object_count;
    struct sized *sized = calloc(count + 1, sizeof *sized);

    x->order = calloc(count + 1, sizeof *x->order);
    if (sized == NULL || x->order == NULL) {
        free(sized);
        return error_no_memory(err);
    }
    for (size_t i = 0; i < count; i++)
        sized[i] = (struct sized){x->shared.objects[i].object.size_bytes, i};
    qsort(sized, count, sizeof *sized, compare_sized);
    for (size_t i = 0; i < count; i++)
        x->order[i] = sized[i].index;
    x->shared.order = x->order;
    free(sized);
    return 0;
}

/* As many workers as were asked for, as there are objects, and as the memory feeds. */
static int
plan_workers(struct extraction *x, uint64_t *ret_budget, struct error *err)
{
    const struct extract_options *o = x->shared.options;
    uint64_t most = o->memory_bytes / (EXTRACT_MEMORY_MIN / 2);
    uint64_t count = o->jobs;

    if (o->memory_bytes < EXTRACT_MEMORY_MIN) {
        (void)error_set(err, ERROR_USAGE, "--memory is too small for one worker");
        return error_hint(err, "give it at least %llu MiB",
                          (unsigned long long)EXTRACT_MEMORY_MIN >> 20);
    }
    if (count > x->shared.object_count)
        count = x->shared.object_count;
    if (count > most)
        count = most;
    x->worker_count = count > 0 ? (unsigned)count : 1;
    *ret_budget = o->memory_bytes - x->worker_count * WORKER_BYTES;
    x->shared.paths_bytes = (size_t)(o->memory_bytes / PATHS_SHARE / x->worker_count);
    *ret_budget -= o->memory_bytes / PATHS_SHARE;
    return 0;
}

static int
start(struct extraction *x, struct error *err)
{
    x->workers = calloc(x->worker_count, sizeof *x->workers);
    x->threads = calloc(x->worker_count, sizeof *x->threads);
    if (x->workers == NULL || x->threads == NULL)
        return error_no_memory(err);
    for (unsigned i = 0; i < x->worker_count; i++)
        if (worker_init(&x->workers[i], &x->shared, err))
            return -1;
    return 0;
}

static void
release(struct extraction *x)
{
    for (unsigned i = 0; x->workers != NULL && i < x->worker_count; i++)
        worker_release(&x->workers[i]);
    free(x->workers);
    free(x->threads);
    free(x->order);
    reject_free(x->shared.rejects);
    shelf_free(x->shared.shelf);
}

int
extract_run(const struct extract_options *options, const struct extract_object *objects,
            size_t object_count, struct stop *stop, struct progress *progress,
            struct arena *arena, struct inventory *ret, struct error *err)
{
    struct extraction x = {.shared = {.options = options,
                                      .objects = objects,
                                      .object_count = object_count,
                                      .stop = stop,
                                      .progress = progress}};
    struct store *staging = NULL;
    uint64_t budget = 0; /* GCC with -fsanitize=thread cannot tell */
    int rc = -1;

    if (plan_workers(&x, &budget, err) || order_objects(&x, err))
        goto out;
    if (options->staging != NULL && store_open(options->staging, &staging, err))
        goto out;
    if (shelf_new(options->catalog, budget, &x.shared.shelf, err) ||
        reject_new(staging, &x.shared.rejects, err) || start(&x, err))
        goto out;
    if (run_threads(&x, read_thread, err) || run_threads(&x, finish_thread, err) ||
        reject_end(x.shared.rejects, err))
        goto out;
    rc = collect(&x, arena, ret, err);
out:
    release(&x);
    store_close(staging);
    return rc;
}
