#include "ledger.h"

#include <string.h>

#include "dialect.h"
#include "ledger_list.h"
#include "pg.h"

/* As many whole marks as a VARCHAR holds. */
#define MARKS_A_ROW (COLUMN_VARCHAR_MAX / LEDGER_MARK)

#define SOURCE_BYTES 4096

#define NAME(literal)                                                                  \
    {                                                                                  \
        (literal), sizeof(literal) - 1                                                 \
    }

const struct column ledger_columns[LEDGER_COLUMNS] = {
    {.name = NAME("load_id"), .type = COLUMN_VARCHAR},
    {.name = NAME("source"), .type = COLUMN_VARCHAR, .max_bytes = SOURCE_BYTES},
    {.name = NAME("window_from"), .type = COLUMN_TIMESTAMP},
    {.name = NAME("window_until"), .type = COLUMN_TIMESTAMP},
    {.name = NAME("objects"), .type = COLUMN_BIGINT},
    {.name = NAME("digest"), .type = COLUMN_VARCHAR},
    {.name = NAME("object_list"),
     .type = COLUMN_VARCHAR,
     .max_bytes = COLUMN_VARCHAR_MAX},
    {.name = NAME("events"), .type = COLUMN_BIGINT},
    {.name = NAME("rows"), .type = COLUMN_BIGINT},
    {.name = NAME("rejected"), .type = COLUMN_BIGINT},
    {.name = NAME("staged"), .type = COLUMN_VARCHAR, .max_bytes = SOURCE_BYTES},
    {.name = NAME("tool"), .type = COLUMN_VARCHAR},
    {.name = NAME("started"), .type = COLUMN_TIMESTAMP},
    {.name = NAME("committed"), .type = COLUMN_TIMESTAMP},
};

static void
add_time(struct text *sql, int64_t time_s)
{
    char time[20];

    window_timestamp(time_s, time);
    text_addf(sql, "'%s'", time);
}

static void
add_question(struct target *target, struct span source, struct window window,
             struct span load_id, struct text *sql)
{
    text_add_string(sql, "SELECT \"load_id\", \"object_list\" FROM ");
    target_add_table(target, TARGET_LEDGER, sql);
    text_add_string(sql, " WHERE (\"source\" = ");
    pg_add_literal(target->pg, source, sql);
    text_add_string(sql, " AND \"window_from\" = ");
    add_time(sql, window.from_s);
    text_add_string(sql, " AND \"window_until\" = ");
    add_time(sql, window.until_s);
    text_add_string(sql, ") OR \"load_id\" = ");
    pg_add_literal(target->pg, load_id, sql);
    text_add_string(sql, " ORDER BY \"load_id\"");
}

/* Take the loads and their lists out of the answer; a load's rows follow one another. */
static int
take_loads(const struct pg_rows *rows, struct span load_id, struct arena *arena,
           struct text *list, struct ledger_answer *ret, struct error *err)
{
    size_t count = rows != NULL ? pg_rows_count(rows) : 0;

    ret->load_ids = arena_array(arena, count, sizeof *ret->load_ids);
    if (ret->load_ids == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct span id = pg_rows_cell(rows, i, 0);
        struct span *last = ret->load_count > 0 ? &ret->load_ids[ret->load_count - 1]
                                                : NULL;

        if (span_equal(id, load_id)) {
            ret->has_load = true;
            continue;
        }
        text_add(list, pg_rows_cell(rows, i, 1));
        if (last != NULL && span_equal(*last, id))
            continue;
        if (arena_copy(arena, id, &ret->load_ids[ret->load_count], err))
            return -1;
        ret->load_count++;
    }
    return text_check(list, err);
}

/* The table or the schema is not there yet. */
static bool
is_missing(const struct pg_failure *f)
{
    return strcmp(f->sqlstate, "42P01") == 0 || strcmp(f->sqlstate, "3F000") == 0;
}

int
ledger_ask(struct target *target, struct span source, struct window window,
           struct span load_id, const struct object *objects, size_t count,
           struct arena *arena, struct ledger_answer *ret, struct error *err)
{
    struct ledger_answer answer = {0};
    struct pg_rows *rows = NULL;
    struct text sql = {0};
    struct text list = {0};
    int rc;

    add_question(target, source, window, load_id, &sql);
    rc = target_ask(target, &sql, &rows, err);
    if (rc != 0 && is_missing(pg_failure(target->pg)))
        rc = 0;
    if (rc == 0)
        rc = take_loads(rows, load_id, arena, &list, &answer, err);
    if (rc == 0)
        rc = ledger_list_compare(text_span(&list), objects, count, arena, &answer, err);
    pg_rows_free(rows);
    text_release(&sql);
    text_release(&list);
    if (rc != 0)
        return error_in(err, "ask the ledger \"%.*s\".rsload_loads",
                        SPAN_ARG(text_span(&target->schema)));
    *ret = answer;
    return 0;
}

int
ledger_decide(const struct ledger_answer *answer, enum target_rerun rerun,
              enum ledger_step *ret, struct error *err)
{
    *ret = LEDGER_LOAD;
    if (answer->state == LEDGER_NEW)
        return 0;
    if (rerun == TARGET_RERUN_FAIL) {
        (void)error_set(err, ERROR_CONFIG, "the window was loaded before, by %.*s",
                        SPAN_ARG(answer->load_ids[0]));
        return error_hint(err, "--rerun is fail");
    }
    if (rerun == TARGET_RERUN_REPLACE) {
        *ret = LEDGER_REPLACE;
        return 0;
    }
    if (answer->state == LEDGER_SAME)
        *ret = LEDGER_SKIP;
    if (answer->state != LEDGER_CHANGED)
        return 0;
    *ret = LEDGER_REPLACE;
    if (answer->gone_count == 0)
        return 0;
    (void)error_set(err, ERROR_SOURCE,
                    "%.*s has changed since it was loaded, and %zu object%s loaded "
                    "with it %s gone",
                    SPAN_ARG(answer->changed), answer->gone_count,
                    answer->gone_count == 1 ? "" : "s",
                    answer->gone_count == 1 ? "is" : "are");
    return error_hint(err, "bring them back, or give their events up with "
                           "--rerun replace");
}

/* Open a row of VALUES with what all rows of a load have, up to object_list. */
static void
begin_row(struct target *target, const struct inventory *inventory, bool is_first,
          struct text *sql)
{
    char digest[65];

    text_add_string(sql, is_first ? "(" : ", (");
    pg_add_literal(target->pg, inventory->load_id, sql);
    text_add_string(sql, ", ");
    pg_add_literal(target->pg, inventory->source, sql);
    text_add_string(sql, ", ");
    add_time(sql, inventory->window.from_s);
    text_add_string(sql, ", ");
    add_time(sql, inventory->window.until_s);
    if (is_first) {
        inventory_digest(inventory->objects, inventory->object_count, digest);
        text_addf(sql, ", %zu, '%s', '", inventory->object_count, digest);
    } else
        text_add_string(sql, ", NULL, NULL, '");
}

/* The marks of the objects from `first` on that one row holds. */
static void
add_marks(const struct inventory *inventory, size_t first, struct text *sql)
{
    char mark[LEDGER_MARK];

    for (size_t i = first; i < inventory->object_count && i < first + MARKS_A_ROW;
         i++) {
        ledger_list_mark(&inventory->objects[i], mark);
        text_add(sql, (struct span){mark, sizeof mark});
    }
    text_add_char(sql, '\'');
}

void
ledger_add_insert(struct target *target, const struct inventory *inventory,
                  struct span staged, uint64_t rows, struct text *sql)
{
    const struct counts *counts = &inventory->counts;

    text_add_string(sql, "INSERT INTO ");
    target_add_table(target, TARGET_LEDGER, sql);
    for (size_t i = 0; i < LEDGER_COLUMNS; i++) {
        text_add_string(sql, i == 0 ? " (" : ", ");
        pg_add_name(ledger_columns[i].name, sql);
    }
    text_add_string(sql, ") VALUES ");
    begin_row(target, inventory, true, sql);
    add_marks(inventory, 0, sql);
    text_addf(sql, ", %llu, %llu, %llu, ", (unsigned long long)counts->events,
              (unsigned long long)rows, (unsigned long long)counts->rejected);
    pg_add_literal(target->pg, staged, sql);
    text_add_string(sql, ", ");
    pg_add_literal(target->pg, inventory->tool, sql);
    text_add_string(sql, ", ");
    add_time(sql, inventory->started_s);
    text_addf(sql, ", %s)", target->dialect->clock);
    for (size_t i = MARKS_A_ROW; i < inventory->object_count; i += MARKS_A_ROW) {
        begin_row(target, inventory, false, sql);
        add_marks(inventory, i, sql);
        text_add_string(sql, ", NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
    }
}

int
ledger_delete(struct target *target, const struct span *load_ids, size_t count,
              struct error *err)
{
    struct text sql = {0};
    int rc;

    if (count == 0)
        return 0;
    text_add_string(&sql, "DELETE FROM ");
    target_add_table(target, TARGET_LEDGER, &sql);
    text_add_string(&sql, " WHERE \"load_id\" IN (");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_add_string(&sql, ", ");
        pg_add_literal(target->pg, load_ids[i], &sql);
    }
    text_add_char(&sql, ')');
    rc = target_run(target, &sql, NULL, err);
    text_release(&sql);
    return rc;
}
