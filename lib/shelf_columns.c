#include "shelf.h"

#include <stdlib.h>
#include <string.h>

#include "shelf_own.h"

#define FIRST_COLUMNS 64

/* Append a column; the name outlives the table. The table's lock is held, or the table is
 * not yet known to others. */
static int
append(struct shelf_table *table, struct shelf_column column, struct error *err)
{
    if (table->column_count == table->column_room) {
        size_t room = table->column_room != 0 ? table->column_room * 2 : FIRST_COLUMNS;
        struct shelf_column *columns = realloc(table->columns, room * sizeof *columns);

        if (columns == NULL)
            return error_no_memory(err);
        table->columns = columns;
        table->column_room = room;
    }
    table->columns[table->column_count++] = column;
    return 0;
}

static struct shelf_column
existing_column(const struct shelf_table *table, const struct column *column)
{
    return (struct shelf_column){
        .name = column->name,
        .type = column->type,
        .role = standard_find(table->kind, column->name),
        .is_existing = true,
        .existing_bytes = column->max_bytes,
    };
}

static size_t
find_column(const struct shelf_table *table, struct span name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (span_equal(table->columns[i].name, name))
            return i;
    return SIZE_MAX;
}

int
shelf_begin_columns(struct shelf_table *table, const struct table *existing,
                    struct error *err)
{
    for (size_t i = 0; existing != NULL && i < existing->column_count; i++) {
        struct shelf_column column = existing_column(table, &existing->columns[i]);

        if (column.role == STANDARD_FOREIGN ||
            (column.role == STANDARD_NONE &&
             (existing->columns[i].has_default || column.type == COLUMN_OTHER)))
            continue;
        if (append(table, column, err))
            return -1;
    }
    for (int i = STANDARD_NONE + 1; i < STANDARD_FOREIGN; i++) {
        enum standard role = (enum standard)i;
        struct shelf_column column = {
            .name = standard_name(role), .type = standard_type(role), .role = role};

        if (!standard_has(table->kind, role) ||
            find_column(table, column.name) != SIZE_MAX)
            continue;
        if (append(table, column, err))
            return -1;
    }
    return 0;
}

/* The column as the warehouse has it, though the table did not begin with it; NULL when
 * it has none. */
static const struct column *
find_existing(const struct shelf *shelf, const struct shelf_table *table,
              struct span name)
{
    const struct table *existing = catalog_find(shelf->catalog, table->name);
    size_t at = existing != NULL ? table_find(existing, name) : SIZE_MAX;

    return at != SIZE_MAX ? &existing->columns[at] : NULL;
}

/* The names' arena is the shelf's: its lock comes before the table's. */
static int
add_column(struct shelf *shelf, struct shelf_table *table, struct span name,
           struct error *err)
{
    const struct column *existing = find_existing(shelf, table, name);
    struct shelf_column column = {.type = COLUMN_VARCHAR};

    if (existing != NULL)
        column = existing_column(table, existing);
    else if (arena_copy(&shelf->names, name, &column.name, err))
        return -1;
    return append(table, column, err);
}

int
shelf_column(struct shelf *shelf, struct shelf_table *table, struct span name,
             size_t *ret, struct error *err)
{
    size_t at;
    int rc = 0;

    (void)pthread_mutex_lock(&shelf->lock);
    (void)pthread_mutex_lock(&table->lock);
    at = find_column(table, name);
    if (at == SIZE_MAX && table->column_count < COLUMN_COUNT_NEW) {
        at = table->column_count;
        rc = add_column(shelf, table, name, err);
    }
    (void)pthread_mutex_unlock(&table->lock);
    (void)pthread_mutex_unlock(&shelf->lock);
    if (rc == 0)
        *ret = at;
    return rc;
}

void
shelf_merge_columns(struct shelf_table *table, const struct shelf_seen *seen,
                    size_t count)
{
    (void)pthread_mutex_lock(&table->lock);
    for (size_t i = 0; i < count; i++) {
        struct shelf_column *column = &table->columns[i];

        column->classes |= seen[i].classes;
        column->values += seen[i].values;
        if (seen[i].longest > column->longest)
            column->longest = seen[i].longest;
    }
    (void)pthread_mutex_unlock(&table->lock);
}

size_t
shelf_column_count(struct shelf_table *table)
{
    size_t count;

    (void)pthread_mutex_lock(&table->lock);
    count = table->column_count;
    (void)pthread_mutex_unlock(&table->lock);
    return count;
}

void
shelf_copy_columns(struct shelf_table *table, size_t from, size_t until,
                   struct shelf_column *ret)
{
    (void)pthread_mutex_lock(&table->lock);
    for (size_t i = from; i < until; i++)
        ret[i - from] = table->columns[i];
    (void)pthread_mutex_unlock(&table->lock);
}
