#include "plan_want.h"

#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "standard.h"
#include "target.h"

/* Tables beside the inventory's: ledger, lock, discards, users. */
#define MORE_TABLES 4

static const struct column lock_columns[] = {
    {.name = {"load_id", 7}, .type = COLUMN_VARCHAR},
};

static const struct table *
find(const struct table *tables, size_t count, struct span name)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(tables[i].name, name))
            return &tables[i];
    return NULL;
}

/* A table with a copy of `columns`. */
static int
add_table(struct span name, const struct column *columns, size_t count,
          struct arena *arena, struct table *ret, struct error *err)
{
    ret->name = name;
    ret->columns = arena_array(arena, count, sizeof *ret->columns);
    if (ret->columns == NULL)
        return error_no_memory(err);
    memcpy(ret->columns, columns, count * sizeof *columns);
    ret->column_count = count;
    return 0;
}

/* The standard columns of a kind of table. */
static int
add_standard(enum table_kind kind, struct arena *arena, struct table *ret,
             struct error *err)
{
    ret->name = standard_table(kind);
    ret->columns = arena_array(arena, STANDARD_COUNT, sizeof *ret->columns);
    if (ret->columns == NULL)
        return error_no_memory(err);
    for (int i = STANDARD_NONE + 1; i < STANDARD_FOREIGN; i++) {
        enum standard role = (enum standard)i;

        if (standard_has(kind, role))
            ret->columns[ret->column_count++] = (struct column){
                .name = standard_name(role), .type = standard_type(role)};
    }
    return 0;
}

/*
 * Is the column of identifies one that users have, and with which type there? Columns
 * that are in identifies already and have no value in this load make none in users. A
 * column that users have with another type takes the value as text, or is left alone.
 */
static bool
goes_to_users(const struct column *column, const struct table *identifies_there,
              const struct table *users_there, struct column *ret)
{
    size_t at = users_there != NULL ? table_find(users_there, column->name) : SIZE_MAX;

    *ret = *column;
    if (column->type == COLUMN_OTHER ||
        standard_find(TABLE_IDENTIFIES, column->name) != STANDARD_NONE ||
        standard_find(TABLE_USERS, column->name) != STANDARD_NONE)
        return false;
    if (at != SIZE_MAX) {
        ret->type = users_there->columns[at].type;
        return ret->type == column->type || ret->type == COLUMN_VARCHAR;
    }
    return column->max_bytes > 0 || identifies_there == NULL ||
           table_find(identifies_there, column->name) == SIZE_MAX;
}

/* users: its own columns, then the traits and the context of identifies. */
static int
make_users(const struct catalog *catalog, const struct table *identifies,
           struct arena *arena, struct table *ret, struct error *err)
{
    struct span name = standard_table(TABLE_USERS);
    const struct table *there = catalog_find(catalog, name);
    const struct table *identifies_there = catalog_find(catalog, identifies->name);
    size_t user_id = table_find(identifies, standard_name(STANDARD_USER_ID));
    struct table own = {0};

    if (add_standard(TABLE_USERS, arena, &own, err))
        return -1;
    ret->name = name;
    ret->columns = arena_array(arena, own.column_count + identifies->column_count,
                               sizeof *ret->columns);
    if (ret->columns == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < own.column_count; i++) {
        struct column *column = &ret->columns[ret->column_count++];

        *column = own.columns[i];
        if (span_equal(column->name, SPAN("id")) && user_id != SIZE_MAX)
            column->max_bytes = identifies->columns[user_id].max_bytes;
    }
    for (size_t i = 0; i < identifies->column_count; i++)
        if (goes_to_users(&identifies->columns[i], identifies_there, there,
                          &ret->columns[ret->column_count]))
            ret->column_count++;
    return 0;
}

static int
compare_tables(const void *a, const void *b)
{
    return span_compare(((const struct table *)a)->name,
                        ((const struct table *)b)->name);
}

int
plan_want_make(const struct catalog *catalog, const struct inventory *inventory,
               struct arena *arena, struct plan_want *ret, struct error *err)
{
    const struct table *identifies = find(inventory->tables, inventory->table_count,
                                          standard_table(TABLE_IDENTIFIES));
    size_t room = inventory->table_count + MORE_TABLES;
    struct plan_want want = {0};

    want.tables = arena_array(arena, room, sizeof *want.tables);
    if (want.tables == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < inventory->table_count; i++)
        want.tables[want.table_count++] = inventory->tables[i];
    if (add_table(TARGET_LEDGER, ledger_columns, LEDGER_COLUMNS, arena,
                  &want.tables[want.table_count++], err) ||
        add_table(TARGET_LOCK, lock_columns, 1, arena, &want.tables[want.table_count++],
                  err))
        return -1;
    if (find(inventory->tables, inventory->table_count, TARGET_DISCARDS) == NULL &&
        add_standard(TABLE_DISCARDS, arena, &want.tables[want.table_count++], err))
        return -1;
    if (identifies != NULL) {
        if (make_users(catalog, identifies, arena, &want.users, err))
            return -1;
        want.tables[want.table_count++] = want.users;
    }
    qsort(want.tables, want.table_count, sizeof *want.tables, compare_tables);
    *ret = want;
    return 0;
}
