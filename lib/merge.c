#include "merge.h"

#include "pg.h"
#include "target.h"

/* Append `"a", "b", ...`: the table's columns. */
static void
add_columns(const struct table *table, struct text *sql)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (i > 0)
            text_add_string(sql, ", ");
        pg_add_name(table->columns[i].name, sql);
    }
}

/* Append `base` as a name that no column of the table has. */
static void
add_free_name(const struct table *table, const char *base, struct text *sql)
{
    struct text name = {0};

    text_add_string(&name, base);
    while (table_find(table, text_span(&name)) != SIZE_MAX && !name.is_failed)
        text_add_char(&name, '_');
    sql->is_failed |= name.is_failed;
    pg_add_name(text_span(&name), sql);
    text_release(&name);
}

void
merge_add_stage(struct target *target, struct span table, struct span stage,
                struct text *sql)
{
    text_add_string(sql, "CREATE TEMP TABLE ");
    pg_add_name(stage, sql);
    text_add_string(sql, " (LIKE ");
    target_add_table(target, table, sql);
    text_add_string(sql, " INCLUDING DEFAULTS)");
}

void
merge_add_survey(const struct merge *merge, struct text *sql)
{
    text_add_string(sql, "SELECT MIN(\"received_at\"), MAX(\"received_at\") FROM ");
    pg_add_name(merge->stage, sql);
}

void
merge_add_delete(struct target *target, const struct merge *merge, unsigned days,
                 struct span oldest, struct span newest, struct text *sql)
{
    struct text table = {0};
    struct text stage = {0};

    target_add_table(target, merge->table->name, &table);
    pg_add_name(merge->stage, &stage);
    text_addf(sql, "DELETE FROM %s USING %s WHERE %s.\"id\" = %s.\"id\"",
              text_string(&table), text_string(&stage), text_string(&table),
              text_string(&stage));
    text_addf(sql,
              " AND %s.\"received_at\" >= %s.\"received_at\" - INTERVAL '%u days'"
              " AND %s.\"received_at\" <= %s.\"received_at\" + INTERVAL '%u days'",
              text_string(&table), text_string(&stage), days, text_string(&table),
              text_string(&stage), days);
    /* The same once more with constants: they tell a column store which blocks it need
     * not read. */
    if (oldest.length > 0 && newest.length > 0)
        text_addf(sql,
                  " AND %s.\"received_at\" >= TIMESTAMP '%.*s' - INTERVAL '%u days'"
                  " AND %s.\"received_at\" <= TIMESTAMP '%.*s' + INTERVAL '%u days'",
                  text_string(&table), SPAN_ARG(oldest), days, text_string(&table),
                  SPAN_ARG(newest), days);
    sql->is_failed |= table.is_failed || stage.is_failed;
    text_release(&table);
    text_release(&stage);
}

/* Append the query that ranks rows by id, the newest first: all columns, and the rank. */
static void
add_ranked(const struct merge *merge, struct text *sql)
{
    text_add_string(sql, "SELECT ");
    add_columns(merge->table, sql);
    text_add_string(sql, ", ROW_NUMBER() OVER (PARTITION BY \"id\""
                         " ORDER BY \"received_at\" DESC NULLS LAST) AS ");
    add_free_name(merge->table, "rsload_rank", sql);
    text_add_string(sql, " FROM ");
}

void
merge_add_insert(struct target *target, const struct merge *merge, struct text *sql)
{
    text_add_string(sql, "INSERT INTO ");
    target_add_table(target, merge->table->name, sql);
    text_add_string(sql, " (");
    add_columns(merge->table, sql);
    text_add_string(sql, ") SELECT ");
    add_columns(merge->table, sql);
    text_add_string(sql, " FROM (");
    add_ranked(merge, sql);
    pg_add_name(merge->stage, sql);
    text_add_string(sql, ") AS \"ranked\" WHERE ");
    add_free_name(merge->table, "rsload_rank", sql);
    text_add_string(sql, " = 1 OR \"id\" IS NULL");
}

/* Append the condition that a row is of this load. */
static void
add_of_load(struct target *target, struct span load_id, struct text *sql)
{
    text_add_string(sql, "\"load_id\" = ");
    pg_add_literal(target->pg, load_id, sql);
}

void
merge_add_surplus(struct target *target, const struct merge *merge, struct text *sql)
{
    text_add_string(sql, "SELECT COUNT(\"id\") - COUNT(DISTINCT \"id\") FROM ");
    target_add_table(target, merge->table->name, sql);
    text_add_string(sql, " WHERE ");
    add_of_load(target, merge->load_id, sql);
}

void
merge_add_keep(struct target *target, const struct merge *merge, struct text *sql)
{
    text_add_string(sql, "INSERT INTO ");
    pg_add_name(merge->stage, sql);
    text_add_string(sql, " (");
    add_columns(merge->table, sql);
    text_add_string(sql, ") SELECT ");
    add_columns(merge->table, sql);
    text_add_string(sql, " FROM (");
    add_ranked(merge, sql);
    target_add_table(target, merge->table->name, sql);
    text_add_string(sql, " WHERE ");
    add_of_load(target, merge->load_id, sql);
    text_add_string(sql, " AND \"id\" IN (SELECT \"id\" FROM ");
    target_add_table(target, merge->table->name, sql);
    text_add_string(sql, " WHERE ");
    add_of_load(target, merge->load_id, sql);
    text_add_string(sql, " GROUP BY \"id\" HAVING COUNT(*) > 1)) AS \"ranked\" WHERE ");
    add_free_name(merge->table, "rsload_rank", sql);
    text_add_string(sql, " = 1");
}

void
merge_add_purge(struct target *target, const struct merge *merge, struct text *sql)
{
    text_add_string(sql, "DELETE FROM ");
    target_add_table(target, merge->table->name, sql);
    text_add_string(sql, " WHERE ");
    add_of_load(target, merge->load_id, sql);
    text_add_string(sql, " AND \"id\" IN (SELECT \"id\" FROM ");
    pg_add_name(merge->stage, sql);
    text_add_char(sql, ')');
}
