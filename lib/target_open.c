#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "dialect_postgres.h"
#include "dialect_redshift.h"
#include "pg.h"
#include "say.h"

#define ATTEMPTS 8

/* What the server is: the option, or what it says of itself. */
static int
find_dialect(struct target *t, struct error *err)
{
    struct pg_rows *rows = NULL;
    struct span version;

    if (t->options->dialect == TARGET_REDSHIFT)
        t->dialect = &dialect_redshift;
    if (t->options->dialect == TARGET_POSTGRES)
        t->dialect = &dialect_postgres;
    if (t->dialect != NULL)
        return 0;
    if (pg_ask(t->pg, SPAN("SELECT version()"), &rows, err))
        return -1;
    version = pg_rows_cell(rows, 0, 0);
    t->dialect = &dialect_postgres;
    for (size_t i = 0; i + 8 <= version.length; i++)
        if (memcmp(version.data + i, "Redshift", 8) == 0)
            t->dialect = &dialect_redshift;
    say(t->say, SAY_DEBUG, "%s is %s", pg_place(t->pg), t->dialect->name);
    pg_rows_free(rows);
    return 0;
}

/* The schema's name as the server folds it: Redshift lowers it even in quotes. */
static int
fold_schema(struct target *t, struct error *err)
{
    struct span name = t->options->schema;

    text_clear(&t->schema);
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];

        if (t->dialect->folds_names && c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        text_add_char(&t->schema, c);
    }
    return text_check(&t->schema, err);
}

/* The settings that a session of ours has. Times are UTC, whatever the user's default. */
static int
set_up(struct target *t, struct error *err)
{
    const struct target_options *o = t->options;
    struct text sql = {0};
    int rc = -1;

    if (pg_run(t->pg, SPAN("SET timezone TO 'UTC'"), NULL, err))
        goto out;
    if (o->query_group.length > 0 && t->dialect == &dialect_redshift) {
        text_add_string(&sql, "SET query_group TO ");
        pg_add_literal(t->pg, o->query_group, &sql);
        if (target_run(t, &sql, NULL, err))
            goto out;
    }
    if (o->statement_timeout_ms > 0) {
        text_clear(&sql);
        text_addf(&sql, "SET statement_timeout TO %lld",
                  (long long)o->statement_timeout_ms);
        if (target_run(t, &sql, NULL, err))
            goto out;
    }
    rc = 0;
out:
    text_release(&sql);
    return rc;
}

static int
open_session(struct target *t, struct error *err)
{
    const struct target_options *o = t->options;
    struct pg_options options = {
        .keywords = o->keywords,
        .values = o->values,
        .has_sslmode = o->has_sslmode,
        .has_sslrootcert = o->has_sslrootcert,
        .ca_file = o->ca_file,
        .stop = t->stop,
        .say = t->say,
    };

    if (pg_open(&options, &t->pg, err))
        return -1;
    /* A role is no key, but nobody else's business either. */
    if (pg_hide(t->pg, o->iam_role, err) || find_dialect(t, err) ||
        fold_schema(t, err) || set_up(t, err))
        return error_in(err, "set up the session with %s", pg_place(t->pg));
    return 0;
}

int
target_open(const struct target_options *options, struct stop *stop,
            const struct say *say, struct target **ret, struct error *err)
{
    struct target *t = calloc(1, sizeof *t);

    if (t == NULL)
        return error_no_memory(err);
    t->options = options;
    t->stop = stop;
    t->say = say;
    t->random = options->seed;
    if (open_session(t, err)) {
        target_close(t);
        return -1;
    }
    *ret = t;
    return 0;
}

void
target_close(struct target *target)
{
    if (target == NULL)
        return;
    pg_close(target->pg);
    text_release(&target->schema);
    free(target);
}

int
target_reopen(struct target *target, struct error *err)
{
    int attempts = target->options->attempts > 0 ? target->options->attempts : ATTEMPTS;

    for (int attempt = 1;; attempt++) {
        pg_close(target->pg);
        target->pg = NULL;
        if (open_session(target, err) == 0)
            return 0;
        if ((err->kind != ERROR_UNREACHABLE && err->kind != ERROR_BUSY) ||
            attempt >= attempts)
            return -1;
        say(target->say, SAY_WARNING, "cannot connect again yet: %s", err->why);
        if (target_wait(target, attempt, err))
            return -1;
    }
}
