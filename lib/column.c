#include "column.h"

static const char *const type_names[] = {
    [COLUMN_VARCHAR] = "varchar",     [COLUMN_BIGINT] = "bigint",
    [COLUMN_DOUBLE] = "double",       [COLUMN_BOOLEAN] = "boolean",
    [COLUMN_TIMESTAMP] = "timestamp", [COLUMN_SUPER] = "super",
    [COLUMN_OTHER] = "other",
};

const char *
column_type_name(enum column_type type)
{
    return type_names[type];
}

int
column_type_find(struct span name)
{
    for (int i = 0; i <= COLUMN_OTHER; i++)
        if (span_equal(name, span_of(type_names[i])))
            return i;
    return -1;
}

const struct table *
catalog_find(const struct catalog *catalog, struct span name)
{
    size_t low = 0;
    size_t high = catalog->table_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = span_compare(name, catalog->tables[middle].name);

        if (order == 0)
            return &catalog->tables[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

size_t
table_find(const struct table *table, struct span column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (span_equal(table->columns[i].name, column))
            return i;
    return SIZE_MAX;
}
