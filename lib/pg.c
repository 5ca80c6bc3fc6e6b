#include "pg_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "say.h"

#define ROLLBACK_MS 2000

struct pg_rows {
    PGresult *result;
};

void
pg_hear(void *context, const struct pg_result *result)
{
    const struct pg *pg = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    struct text masked = {0};

    if (severity == NULL || message == NULL)
        return;
    pg_mask(pg, span_of(message), &masked);
    say(pg->say, strcmp(severity, "WARNING") == 0 ? SAY_WARNING : SAY_DEBUG,
        "the server says: %s", text_string(&masked));
    text_release(&masked);
}

void
pg_close(struct pg *pg)
{
    if (pg == NULL)
        return;
    PQfinish(pg->conn);
    if (pg->secrets.data != NULL)
        memset(pg->secrets.data, 0, pg->secrets.length);
    text_release(&pg->secrets);
    free(pg);
}

const char *
pg_user(const struct pg *pg)
{
    return pg->user;
}

const char *
pg_place(const struct pg *pg)
{
    return pg->place;
}

const struct pg_failure *
pg_failure(const struct pg *pg)
{
    return &pg->failure;
}

void
pg_patience(struct pg *pg, const char *why)
{
    pg->patience = why;
}

int
pg_begin_call(struct pg *pg, struct error *err)
{
    bool was_lost = pg->failure.is_lost;

    if (was_lost || PQstatus(pg->conn) == CONNECTION_BAD)
        return pg_lost(pg, err);
    pg->failure = (struct pg_failure){0};
    return pg->is_ending ? 0 : stop_check(pg->stop, err);
}

int
pg_collect(struct pg *pg, struct pg_result **ret, struct error *err)
{
    PGresult *first = NULL;

    for (;;) {
        PGresult *result;
        ExecStatusType status;

        while (PQisBusy(pg->conn)) {
            if (pg_wait(pg, false, err)) {
                PQclear(first);
                return -1;
            }
        }
        result = PQgetResult(pg->conn);
        if (result == NULL)
            break;
        status = PQresultStatus(result);
        if (first == NULL)
            first = result;
        else
            PQclear(result);
        /* A COPY answers the same for ever, until it is ended. */
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
            status == PGRES_COPY_BOTH)
            break;
    }
    *ret = first;
    return 0;
}

int
pg_send(struct pg *pg, struct span sql, struct pg_result **ret, struct error *err)
{
    struct text text = {0};
    struct text shown = {0};
    int rc = -1;

    pg_mask(pg, sql, &shown);
    say(pg->say, SAY_DEBUG, "%s", text_string(&shown));
    text_add(&text, sql);
    if (text_check(&text, err))
        goto out;
    if (PQsendQuery(pg->conn, text_string(&text)) == 0) {
        rc = pg_lost(pg, err);
        goto out;
    }
    rc = pg_flush(pg, err);
    if (rc == 0)
        rc = pg_collect(pg, ret, err);
    if (rc != 0)
        pg_end_statement(pg, true);
out:
    text_release(&text);
    text_release(&shown);
    return rc;
}

int
pg_expect(struct pg *pg, struct pg_result **result, int status, struct error *err)
{
    int got = *result != NULL ? (int)PQresultStatus(*result) : -1;
    int rc;

    if (got == status)
        return 0;
    if (got == -1)
        rc = pg_lost(pg, err);
    else if (got == PGRES_FATAL_ERROR || got == PGRES_NONFATAL_ERROR)
        rc = pg_fail(pg, *result, err);
    else
        rc = error_set(err, ERROR_WAREHOUSE, "the server answered \"%s\"",
                       PQresStatus((ExecStatusType)got));
    if (got == PGRES_COPY_IN || got == PGRES_COPY_OUT || got == PGRES_COPY_BOTH)
        pg_end_statement(pg, false);
    PQclear(*result);
    *result = NULL;
    return rc;
}

/* What the command says it touched: "INSERT 0 3" is 3. */
static uint64_t
touched(PGresult *result)
{
    return strtoull(PQcmdTuples(result), NULL, 10);
}

int
pg_run(struct pg *pg, struct span sql, uint64_t *ret_rows, struct error *err)
{
    PGresult *result = NULL;

    if (pg_begin_call(pg, err) || pg_send(pg, sql, &result, err))
        return -1;
    /* SELECT is a statement, too: the Redshift of a CREATE TABLE AS says so. */
    if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK) {
        PQclear(result);
        return 0;
    }
    if (pg_expect(pg, &result, PGRES_COMMAND_OK, err))
        return -1;
    if (ret_rows != NULL)
        *ret_rows = touched(result);
    PQclear(result);
    return 0;
}

int
pg_commit(struct pg *pg, struct error *err)
{
    PGresult *result = NULL;
    bool is_done;

    if (pg_begin_call(pg, err) || pg_send(pg, SPAN("COMMIT"), &result, err) ||
        pg_expect(pg, &result, PGRES_COMMAND_OK, err))
        return -1;
    /* A block that failed answers COMMIT with ROLLBACK, which is no error to the server. */
    is_done = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    if (!is_done)
        return error_set(err, ERROR_WAREHOUSE, "the server rolled back");
    return 0;
}

void
pg_rollback(struct pg *pg)
{
    struct pg_failure failure = pg->failure;
    PGTransactionStatusType status = PQtransactionStatus(pg->conn);
    struct error ignored;

    if (failure.is_lost || status == PQTRANS_IDLE)
        return;
    if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR) {
        pg->failure.is_lost = true;
        return;
    }
    pg->is_ending = true;
    pg->deadline_ms = pg_now_ms() + ROLLBACK_MS;
    if (pg_run(pg, SPAN("ROLLBACK"), NULL, &ignored))
        failure.is_lost = true;
    pg->deadline_ms = 0;
    pg->is_ending = false;
    pg->failure = failure;
}

int
pg_ask(struct pg *pg, struct span sql, struct pg_rows **ret, struct error *err)
{
    PGresult *result = NULL;
    struct pg_rows *rows;

    if (pg_begin_call(pg, err) || pg_send(pg, sql, &result, err) ||
        pg_expect(pg, &result, PGRES_TUPLES_OK, err))
        return -1;
    rows = malloc(sizeof *rows);
    if (rows == NULL) {
        PQclear(result);
        return error_no_memory(err);
    }
    rows->result = result;
    *ret = rows;
    return 0;
}

void
pg_rows_free(struct pg_rows *rows)
{
    if (rows == NULL)
        return;
    PQclear(rows->result);
    free(rows);
}

size_t
pg_rows_count(const struct pg_rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

struct span
pg_rows_cell(const struct pg_rows *rows, size_t row, size_t column)
{
    int r = (int)row;
    int c = (int)column;

    if (row >= pg_rows_count(rows) || c >= PQnfields(rows->result) ||
        PQgetisnull(rows->result, r, c))
        return (struct span){NULL, 0};
    return (struct span){PQgetvalue(rows->result, r, c),
                         (size_t)PQgetlength(rows->result, r, c)};
}

uint64_t
pg_rows_number(const struct pg_rows *rows, size_t row, size_t column)
{
    struct span cell = pg_rows_cell(rows, row, column);

    if (cell.length == 0 || cell.data[0] < '0' || cell.data[0] > '9')
        return 0;
    return strtoull(cell.data, NULL, 10); /* libpq ends its cells with a NUL */
}

void
pg_add_literal(struct pg *pg, struct span s, struct text *sql)
{
    char *to;
    int bad = 0;

    text_add_char(sql, '\'');
    to = s.length < SIZE_MAX / 4 ? text_room(sql, 2 * s.length + 1) : NULL;
    if (to != NULL)
        sql->length += PQescapeStringConn(pg->conn, to, s.length > 0 ? s.data : "",
                                          s.length, &bad);
    /* Text that is not UTF-8 must not become another statement. */
    if (to == NULL || bad != 0)
        sql->is_failed = true;
    text_add_char(sql, '\'');
}

void
pg_add_name(struct span name, struct text *sql)
{
    text_add_char(sql, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '"')
            text_add_char(sql, '"');
        text_add_char(sql, name.data[i]);
    }
    text_add_char(sql, '"');
}
