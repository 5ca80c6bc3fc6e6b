#include "plan.h"

#include <string.h>

#include "pg.h"
#include "target.h"

/* How much of a statement an error shows. */
#define SHOWN 120

/* Somebody else did the same meanwhile: what the server says then. */
static bool
is_done_already(const struct pg_failure *f)
{
    static const char *const codes[] = {
        "42701", /* duplicate_column */
        "42P07", /* duplicate_table */
        "42P06", /* duplicate_schema */
        "23505", /* PostgreSQL: two CREATE ... IF NOT EXISTS at one moment */
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(f->sqlstate, codes[i]) == 0)
            return true;
    return strstr(f->message, "column size should be different") != NULL ||
           strstr(f->message, "tuple concurrently updated") != NULL;
}

/* What the statement's right is called. Returns -1, always. */
static int
hint_grant(const struct target *target, const struct plan_statement *s,
           struct error *err)
{
    const char *user = pg_user(target->pg);
    struct span schema = text_span(&target->schema);

    if (s->kind == PLAN_CREATE_SCHEMA)
        return error_hint(err,
                          "create the schema \"%.*s\" and GRANT CREATE, USAGE ON "
                          "SCHEMA \"%.*s\" TO \"%s\"",
                          SPAN_ARG(schema), SPAN_ARG(schema), user);
    if (s->kind == PLAN_CREATE_TABLE)
        return error_hint(err, "GRANT CREATE, USAGE ON SCHEMA \"%.*s\" TO \"%s\"",
                          SPAN_ARG(schema), user);
    return error_hint(err,
                      "only its owner alters a table: ALTER TABLE \"%.*s\".\"%.*s\" "
                      "OWNER TO \"%s\", or run the statement yourself",
                      SPAN_ARG(schema), SPAN_ARG(s->table), user);
}

static int
run_statement(struct target *target, const struct plan_statement *s, bool *ret_again,
              struct error *err)
{
    if (pg_run(target->pg, s->sql, NULL, err) == 0)
        return 0;
    if (is_done_already(pg_failure(target->pg))) {
        *ret_again = true;
        return 0;
    }
    if (err->kind == ERROR_DENIED)
        (void)hint_grant(target, s, err);
    else if (s->kind == PLAN_WIDEN && err->kind == ERROR_WAREHOUSE)
        (void)error_hint(err, "a view, a key or a default may depend on the column: "
                              "drop it, or run the statement yourself; nothing was "
                              "loaded");
    return error_in(err, "%.*s%s",
                    s->sql.length > SHOWN ? SHOWN : span_int(s->sql.length),
                    s->sql.data, s->sql.length > SHOWN ? "..." : "");
}

int
plan_run(struct target *target, const struct plan *plan, bool *ret_again,
         struct error *err)
{
    *ret_again = false;
    for (size_t i = 0; i < plan->statement_count; i++)
        if (run_statement(target, &plan->statements[i], ret_again, err))
            return -1;
    return 0;
}
