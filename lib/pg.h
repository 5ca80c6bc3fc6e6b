/* pg -- one session with a database: statements, rows, COPY in, and an end at any time. */
#ifndef RSLOAD_PG_H
#define RSLOAD_PG_H

#include "bytes.h"
#include "error.h"

struct say;
struct stop;

/*
 * How to connect. `keywords` and `values` are libpq's, NULL-ended and of equal length,
 * "dbname" may hold a connection string; what they leave out comes from libpq's own
 * places (PG* variables, service file, .pgpass). Borrowed for the life of the session.
 */
struct pg_options {
    const char *const *keywords;
    const char *const *values;
    bool has_sslmode;     /* the user said it, in the connection string or PGSSLMODE */
    bool has_sslrootcert; /* likewise */
    const char *ca_file;  /* PEM; NULL: Debian's bundle of all authorities */
    struct stop *stop;
    const struct say *say; /* statements at SAY_DEBUG, the server's warnings */
};

/* Why the last call failed, as the server or libpq said it; the secrets are masked. */
struct pg_failure {
    bool is_lost;     /* the connection is gone */
    char sqlstate[6]; /* "" when it was not the server */
    char message[512];
    char detail[512];
    char context[512];
};

/* A session. It belongs to one thread. */
struct pg;

/*
 * Connect and log in, once: a login is never tried again, since some servers lock a user
 * after a few that failed.
 * Where nobody said otherwise: TLS with the server's certificate and name verified,
 * unless the host is a socket or loopback; TCP keepalives; 10 s to connect.
 * Looking a host's name up is libpq's, and cannot be interrupted.
 * Errors: ERROR_UNREACHABLE; ERROR_DENIED: the login; ERROR_CONFIG: no such database, bad
 * settings; ERROR_BUSY: the server takes no connections now; the reason of stop.
 * Ownership: the caller's, until pg_close, which ends an open transaction as well.
 */
int pg_open(const struct pg_options *options, struct pg **ret,
            struct error *err) MUST_CHECK;
void pg_close(struct pg *pg);

/* Who is logged in, and where ("host:port/database"), for messages. */
const char *pg_user(const struct pg *pg);
const char *pg_place(const struct pg *pg);

/* From now on `secret` reads *** in whatever this session says or fails with. Texts of
 * under 8 bytes are too common to be masked, and are no secrets. */
int pg_hide(struct pg *pg, struct span secret, struct error *err) MUST_CHECK;

/* Why the last call failed; valid until the next one. */
const struct pg_failure *pg_failure(const struct pg *pg);

/* When a statement takes longer than five seconds, say `why` once (a constant; NULL ends
 * it). */
void pg_patience(struct pg *pg, const char *why);

/*
 * Run one statement. In `ret_rows`, unless NULL, how many rows it says it touched (0 where
 * it does not say).
 * When the end is asked for meanwhile, the statement is cancelled and the session is good
 * for pg_rollback and pg_close only; that takes less than four seconds.
 * Errors: ERROR_WAREHOUSE with the server's words; ERROR_DENIED (42501); ERROR_BUSY (too
 * many connections, timeouts); ERROR_UNREACHABLE when the connection is lost; the reason
 * of stop.
 */
int pg_run(struct pg *pg, struct span sql, uint64_t *ret_rows,
           struct error *err) MUST_CHECK;

/* Run COMMIT. Errors: as pg_run; ERROR_WAREHOUSE when the server rolled back instead. */
int pg_commit(struct pg *pg, struct error *err) MUST_CHECK;

/* Roll back if the session is alive, within two seconds, whatever was asked for; when
 * that fails the session counts as lost. Leaves pg_failure as it is. */
void pg_rollback(struct pg *pg);

/* The answer to a question: rows of texts. */
struct pg_rows;

/* Ask for rows. Ownership: the caller's, until pg_rows_free (NULL does nothing).
 * Errors: as pg_run. */
int pg_ask(struct pg *pg, struct span sql, struct pg_rows **ret,
           struct error *err) MUST_CHECK;
void pg_rows_free(struct pg_rows *rows);
size_t pg_rows_count(const struct pg_rows *rows);

/* A cell; its `data` is NULL when it is NULL. Valid until pg_rows_free. */
struct span pg_rows_cell(const struct pg_rows *rows, size_t row, size_t column);

/* A cell as a number: 0 when it is NULL or no whole number from 0 on. */
uint64_t pg_rows_number(const struct pg_rows *rows, size_t row, size_t column);

/*
 * Send data with a COPY ... FROM STDIN: begin, any number of pieces, end. What the server
 * dislikes shows at the end. Memory: a piece is on its way before the next is taken.
 * After a failure the session is out of the COPY. Errors: as pg_run.
 */
int pg_copy_begin(struct pg *pg, struct span sql, struct error *err) MUST_CHECK;
int pg_copy_data(struct pg *pg, struct span piece, struct error *err) MUST_CHECK;
int pg_copy_end(struct pg *pg, uint64_t *ret_rows, struct error *err) MUST_CHECK;

/* Give the COPY up: the server drops what it got. */
void pg_copy_abort(struct pg *pg);

/* Append `s` as a string literal in plain quotes, in the way this server reads them
 * (never E'...', which Redshift does not know). */
void pg_add_literal(struct pg *pg, struct span s, struct text *sql);

/* Append `name` as a quoted identifier. */
void pg_add_name(struct span name, struct text *sql);

#endif
