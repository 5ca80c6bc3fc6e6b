#include "shelf.h"

#include <stdlib.h>
#include <string.h>

#include "shelf_own.h"

#define FIRST_SLOTS 256

int
shelf_new(const struct catalog *catalog, uint64_t budget_bytes, struct shelf **ret,
          struct error *err)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);

    if (shelf == NULL)
        return error_no_memory(err);
    shelf->catalog = catalog;
    shelf->budget_bytes = (int64_t)budget_bytes;
    shelf->slot_count = FIRST_SLOTS;
    shelf->slots = calloc(shelf->slot_count, sizeof(struct shelf_table *));
    shelf->tables = calloc(shelf->slot_count / 2, sizeof(struct shelf_table *));
    (void)pthread_mutex_init(&shelf->lock, NULL); /* default attributes: cannot fail */
    if (shelf->slots == NULL || shelf->tables == NULL) {
        shelf_free(shelf);
        return error_no_memory(err);
    }
    *ret = shelf;
    return 0;
}

static void
free_table(struct shelf_table *table)
{
    while (table->parts != NULL) {
        struct shelf_part *part = table->parts;

        table->parts = part->next;
        packed_release(&part->packed);
        free(part);
    }
    (void)pthread_mutex_destroy(&table->lock);
    free(table->columns);
    free(table);
}

void
shelf_free(struct shelf *shelf)
{
    if (shelf == NULL)
        return;
    for (size_t i = 0; shelf->tables != NULL && i < shelf->table_count; i++)
        free_table(shelf->tables[i]);
    free(shelf->tables);
    free(shelf->slots);
    arena_release(&shelf->names);
    (void)pthread_mutex_destroy(&shelf->lock);
    free(shelf);
}

static size_t
hash_name(struct span name)
{
    size_t hash = 14695981039346656037u;

    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.data[i]) * 1099511628211u;
    return hash ^ (hash >> 29);
}

/* Where the name is, or the free slot where it belongs. */
static struct shelf_table **
find_slot(struct shelf_table **slots, size_t count, struct span name)
{
    size_t at = hash_name(name) & (count - 1);

    while (slots[at] != NULL && !span_equal(slots[at]->name, name))
        at = (at + 1) & (count - 1);
    return &slots[at];
}

/* Twice the slots, and room for half as many tables as slots. */
static int
grow(struct shelf *shelf, struct error *err)
{
    size_t count = shelf->slot_count * 2;
    struct shelf_table **slots = calloc(count, sizeof(struct shelf_table *));
    struct shelf_table **tables = realloc(shelf->tables,
                                          count / 2 * sizeof(struct shelf_table *));

    if (tables != NULL)
        shelf->tables = tables;
    if (slots == NULL || tables == NULL) {
        free(slots);
        return error_no_memory(err);
    }
    for (size_t i = 0; i < shelf->table_count; i++)
        *find_slot(slots, count, tables[i]->name) = tables[i];
    free(shelf->slots);
    shelf->slots = slots;
    shelf->slot_count = count;
    return 0;
}

static int
make_table(struct shelf *shelf, enum table_kind kind, struct span name,
           struct shelf_table **ret, struct error *err)
{
    struct shelf_table *table;

    if (shelf->table_count == SHELF_TABLE_MAX)
        return error_set(err, ERROR_DATA, "more than %d tables", SHELF_TABLE_MAX);
    if (shelf->table_count * 2 >= shelf->slot_count && grow(shelf, err))
        return -1;
    table = calloc(1, sizeof *table);
    if (table == NULL)
        return error_no_memory(err);
    table->kind = kind;
    table->index = (uint32_t)shelf->table_count;
    (void)pthread_mutex_init(&table->lock, NULL); /* default attributes: cannot fail */
    if (arena_copy(&shelf->names, name, &table->name, err) ||
        shelf_begin_columns(table, catalog_find(shelf->catalog, name), err)) {
        free_table(table);
        return -1;
    }
    shelf->tables[shelf->table_count++] = table;
    *find_slot(shelf->slots, shelf->slot_count, table->name) = table;
    *ret = table;
    return 0;
}

int
shelf_open(struct shelf *shelf, enum table_kind kind, struct span name,
           struct shelf_table **ret, struct error *err)
{
    struct shelf_table *table;
    int rc = 0;

    (void)pthread_mutex_lock(&shelf->lock);
    table = *find_slot(shelf->slots, shelf->slot_count, name);
    if (table == NULL)
        rc = make_table(shelf, kind, name, &table, err);
    (void)pthread_mutex_unlock(&shelf->lock);
    if (rc == 0)
        *ret = table;
    return rc;
}

int
shelf_take_part(struct shelf_table *table, size_t column_count, struct shelf_part **ret,
                struct error *err)
{
    struct shelf_part **link;
    struct shelf_part *part;

    (void)pthread_mutex_lock(&table->lock);
    link = &table->parts;
    while (*link != NULL && (*link)->column_count != column_count)
        link = &(*link)->next;
    part = *link;
    if (part != NULL)
        *link = part->next;
    (void)pthread_mutex_unlock(&table->lock);
    if (part == NULL) {
        part = calloc(1, sizeof *part);
        if (part == NULL)
            return error_no_memory(err);
        part->column_count = column_count;
    }
    *ret = part;
    return 0;
}

void
shelf_return_part(struct shelf_table *table, struct shelf_part *part)
{
    (void)pthread_mutex_lock(&table->lock);
    part->next = table->parts;
    table->parts = part;
    (void)pthread_mutex_unlock(&table->lock);
}

/* Take `part` off its table; false when somebody else has it by now. */
static bool
take(struct shelf_table *table, const struct shelf_part *part)
{
    struct shelf_part **link;
    bool is_there;

    (void)pthread_mutex_lock(&table->lock);
    link = &table->parts;
    while (*link != NULL && *link != part)
        link = &(*link)->next;
    is_there = *link != NULL;
    if (is_there)
        *link = part->next;
    (void)pthread_mutex_unlock(&table->lock);
    return is_there;
}

struct shelf_part *
shelf_take_fullest(struct shelf *shelf, struct shelf_table **ret)
{
    struct shelf_part *fullest = NULL;
    uint64_t most = 0;

    (void)pthread_mutex_lock(&shelf->lock);
    for (size_t i = 0; i < shelf->table_count; i++) {
        struct shelf_table *table = shelf->tables[i];

        (void)pthread_mutex_lock(&table->lock);
        for (struct shelf_part *part = table->parts; part != NULL; part = part->next)
            /* a part of a stream may have rows and no bytes yet */
            if (fullest == NULL || part->packed.size_bytes > most) {
                most = part->packed.size_bytes;
                fullest = part;
                *ret = table;
            }
        (void)pthread_mutex_unlock(&table->lock);
    }
    /* the pointer may be stale when another worker was faster: then take finds it gone */
    if (fullest != NULL && !take(*ret, fullest))
        fullest = NULL;
    (void)pthread_mutex_unlock(&shelf->lock);
    return fullest;
}

uint32_t
shelf_part_number(struct shelf_table *table)
{
    uint32_t number;

    (void)pthread_mutex_lock(&table->lock);
    number = ++table->part_number;
    (void)pthread_mutex_unlock(&table->lock);
    return number;
}

void
shelf_charge(struct shelf *shelf, int64_t bytes)
{
    (void)atomic_fetch_add_explicit(&shelf->used_bytes, bytes, memory_order_relaxed);
}

bool
shelf_is_full(const struct shelf *shelf)
{
    return atomic_load_explicit(&shelf->used_bytes, memory_order_relaxed) >
           shelf->budget_bytes;
}

size_t
shelf_table_count(const struct shelf *shelf)
{
    return shelf->table_count;
}

struct shelf_table *
shelf_table_at(const struct shelf *shelf, size_t i)
{
    return shelf->tables[i];
}
