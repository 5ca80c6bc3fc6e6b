#include "dialect.h"

#include <stdlib.h>

#include "pg.h"

static const struct type_name {
    const char *name;
    enum column_type type;
    uint32_t bytes;
} type_names[] = {
    {"bigint", COLUMN_BIGINT, 0},
    {"boolean", COLUMN_BOOLEAN, 0},
    {"character varying", COLUMN_VARCHAR, COLUMN_VARCHAR_MAX},
    {"double precision", COLUMN_DOUBLE, 0},
    {"json", COLUMN_SUPER, 0},
    {"super", COLUMN_SUPER, 0},
    {"text", COLUMN_VARCHAR, COLUMN_VARCHAR_MAX},
    {"timestamp without time zone", COLUMN_TIMESTAMP, 0},
};

enum column_type
dialect_type_find(struct span text, uint32_t *ret_bytes)
{
    struct span length = span_behind(text, SPAN("character varying("));

    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (!span_equal(text, span_of(type_names[i].name)))
            continue;
        *ret_bytes = type_names[i].bytes;
        return type_names[i].type;
    }
    *ret_bytes = 0;
    if (length.length == 0 || length.length > 10)
        return COLUMN_OTHER;
    for (size_t i = 0; i + 1 < length.length; i++)
        *ret_bytes = *ret_bytes * 10 + (uint32_t)(length.data[i] - '0');
    return COLUMN_VARCHAR;
}

void
dialect_add_columns(const struct step *step, struct text *sql)
{
    for (size_t i = 0; i < step->column_count; i++) {
        text_add_string(sql, i == 0 ? "(" : ", ");
        pg_add_name(step->table->columns[i].name, sql);
    }
    text_add_char(sql, ')');
}
