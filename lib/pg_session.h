/* pg_session -- what the files of pg share; private to them. */
#ifndef RSLOAD_PG_SESSION_H
#define RSLOAD_PG_SESSION_H

#include "pg.h"
#include "stop.h"

/* libpq's structs by their tags, so that its header stays out of ours. */
struct pg_conn;
struct pg_result;

struct pg {
    struct pg_conn *conn;
    struct stop *stop;
    const struct say *say;
    struct pg_failure failure;
    struct text secrets;  /* each ended by a NUL */
    const char *patience; /* what to say when a statement takes long */
    bool is_ending;       /* stop was heard already: only the deadline counts */
    int64_t deadline_ms;  /* on the monotonic clock; 0: none */
    char user[128];
    char place[320];
};

/* The monotonic clock in milliseconds. */
int64_t pg_now_ms(void);

/*
 * Wait until the socket can be read, or written when `wants_write`, and take in what
 * there is to read. Errors: the reason of stop; ERROR_UNREACHABLE when the deadline passed
 * or the connection is lost (pg_failure says so).
 */
int pg_wait(struct pg *pg, bool wants_write, struct error *err) MUST_CHECK;

/* The same while the session is being opened, when libpq reads for itself. */
int pg_wait_step(struct pg *pg, bool wants_write, struct error *err) MUST_CHECK;

/* Send what libpq still holds. Errors: as pg_wait. */
int pg_flush(struct pg *pg, struct error *err) MUST_CHECK;

/* Send `sql` and wait for its first result, which is the caller's. `err` is set for every
 * result that is a failure. */
int pg_send(struct pg *pg, struct span sql, struct pg_result **ret,
            struct error *err) MUST_CHECK;

/* Wait for results; the first is the caller's (NULL: there was none), the rest are
 * dropped unless it begins a COPY. */
int pg_collect(struct pg *pg, struct pg_result **ret, struct error *err) MUST_CHECK;

/* Turn a failed result into the session's failure and an error. Returns -1, always. */
int pg_fail(struct pg *pg, const struct pg_result *result, struct error *err);

/* Is the result what was hoped for? When not: free it and say why. */
int pg_expect(struct pg *pg, struct pg_result **result, int status,
              struct error *err) MUST_CHECK;

/* Take in what the server still says about a statement, for at most three seconds; with
 * `cancels` it is told to stop, which may as well hit what is sent right after. */
void pg_end_statement(struct pg *pg, bool cancels);

/* Forget the last failure, and look whether the session can be used. */
int pg_begin_call(struct pg *pg, struct error *err) MUST_CHECK;

/* What the server says on the side (libpq's notice receiver; `context` is the session):
 * warnings are for the user, the rest, like COPY's "Load into table completed", for those
 * who want to know all. */
void pg_hear(void *context, const struct pg_result *result);

/* Append `s` with the session's secrets masked. */
void pg_mask(const struct pg *pg, struct span s, struct text *ret);

/* Note that the connection is lost, with libpq's reason. Returns -1, always. */
int pg_lost(struct pg *pg, struct error *err);

/* The kind of failure that a SQLSTATE stands for. */
enum error_kind pg_kind(const char *sqlstate);

#endif
