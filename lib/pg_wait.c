#include "pg_session.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

#include "say.h"

/* When a statement counts as slow, and how long its end may take. */
#define PATIENCE_MS 5000
#define ENDING_MS   3000

/* Shorter texts are words that statements are full of. */
#define SECRET_MIN 8

int64_t
pg_now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* always there on our platforms */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The length of the secret that `s` begins with, or 0. */
static size_t
secret_at(const struct pg *pg, struct span s)
{
    const char *p = pg->secrets.data;
    const char *end = p + pg->secrets.length;

    while (pg->secrets.length > 0 && p < end) {
        struct span secret = span_of(p);

        if (span_starts(s, secret))
            return secret.length;
        p += secret.length + 1;
    }
    return 0;
}

int
pg_hide(struct pg *pg, struct span secret, struct error *err)
{
    if (secret.length < SECRET_MIN || secret_at(pg, secret) == secret.length)
        return 0;
    text_add(&pg->secrets, secret);
    text_add_char(&pg->secrets, '\0');
    return text_check(&pg->secrets, err);
}

void
pg_mask(const struct pg *pg, struct span s, struct text *ret)
{
    while (s.length > 0) {
        size_t length = secret_at(pg, s);

        if (length > 0)
            text_add_string(ret, "***");
        else
            text_add_char(ret, s.data[0]);
        length += length == 0;
        s = (struct span){s.data + length, s.length - length};
    }
}

enum error_kind
pg_kind(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        enum error_kind kind;
    } kinds[] = {
        {"42501", ERROR_DENIED}, /* insufficient_privilege */
        {"28", ERROR_DENIED},    /* invalid authorization specification */
        {"3D000", ERROR_CONFIG}, /* unknown database */
        {"53300", ERROR_BUSY},   /* too many connections */
        {"55P03", ERROR_BUSY},   /* lock not available */
        {"57P03", ERROR_BUSY},   /* starting up, in maintenance */
        {"57P",
         ERROR_UNREACHABLE},       /* shut down, connection ended by an administrator */
        {"57014", ERROR_BUSY},     /* cancelled: a timeout, or somebody did it */
        {"40", ERROR_BUSY},        /* transaction rollback: serialization, deadlock */
        {"08", ERROR_UNREACHABLE}, /* connection exception */
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(sqlstate, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return kinds[i].kind;
    return ERROR_WAREHOUSE;
}

/* Copy a field of a failed result, masked. */
static void
take_field(const struct pg *pg, const PGresult *result, int field, char *to,
           size_t size)
{
    const char *value = PQresultErrorField(result, field);
    struct text masked = {0};

    if (value == NULL)
        return;
    pg_mask(pg, span_of(value), &masked);
    (void)snprintf(to, size, "%s", text_string(&masked));
    text_release(&masked);
}

/*
 * Append what DETAIL adds to the message. Redshift's engine puts a box of lines there
 * ("error: ... code: ... context: ... query: ..."), of which only the context is news.
 */
static void
add_detail(const char *detail, struct text *ret)
{
    const char *context = strstr(detail, "context:");
    const char *from = detail;

    if (strstr(detail, "-----") != NULL) {
        if (context == NULL)
            return;
        from = context + strlen("context:");
    }
    from += strspn(from, " \n");
    if (*from == '\0')
        return;
    text_add_string(ret, ": ");
    text_add(ret,
             (struct span){from, from == detail ? strlen(from) : strcspn(from, "\n")});
}

int
pg_fail(struct pg *pg, const struct pg_result *result, struct error *err)
{
    struct pg_failure *f = &pg->failure;
    struct text detail = {0};

    take_field(pg, result, PG_DIAG_SQLSTATE, f->sqlstate, sizeof f->sqlstate);
    take_field(pg, result, PG_DIAG_MESSAGE_PRIMARY, f->message, sizeof f->message);
    take_field(pg, result, PG_DIAG_MESSAGE_DETAIL, f->detail, sizeof f->detail);
    take_field(pg, result, PG_DIAG_CONTEXT, f->context, sizeof f->context);
    if (PQstatus(pg->conn) == CONNECTION_BAD) {
        f->is_lost = true;
        if (f->sqlstate[0] == '\0')
            return pg_lost(pg, err);
    }
    add_detail(f->detail, &detail);
    (void)error_set(err, pg_kind(f->sqlstate), "%s%s (SQLSTATE %s)", f->message,
                    text_string(&detail),
                    f->sqlstate[0] != '\0' ? f->sqlstate : "unknown");
    text_release(&detail);
    return -1;
}

int
pg_lost(struct pg *pg, struct error *err)
{
    struct text masked = {0};
    const char *why = PQerrorMessage(pg->conn);

    pg_mask(pg, (struct span){why, strcspn(why, "\n")}, &masked);
    pg->failure.is_lost = true;
    if (pg->failure.message[0] == '\0')
        (void)snprintf(pg->failure.message, sizeof pg->failure.message, "%s",
                       text_string(&masked));
    (void)error_set(err, ERROR_UNREACHABLE, "the connection to %s was lost%s%s",
                    pg->place, masked.length > 0 ? ": " : "", text_string(&masked));
    text_release(&masked);
    return -1;
}

/* How long to poll: to the deadline, or until it is time to say that it takes long. */
static int
poll_time(const struct pg *pg, int64_t slow_at)
{
    int64_t until = pg->deadline_ms != 0 ? pg->deadline_ms : slow_at;
    int64_t left;

    if (until == 0)
        return -1;
    left = until - pg_now_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* Nothing came in time. Returns -1 when that is the end of the waiting. */
static int
pass_time(struct pg *pg, int64_t *slow_at, struct error *err)
{
    int64_t now = pg_now_ms();

    if (pg->deadline_ms != 0 && now >= pg->deadline_ms) {
        pg->failure.is_lost = true;
        return error_set(err, ERROR_UNREACHABLE, "no answer from %s", pg->place);
    }
    if (*slow_at != 0 && now >= *slow_at) {
        say(pg->say, SAY_INFO, "%s", pg->patience);
        pg->patience = NULL;
        *slow_at = 0;
    }
    return 0;
}

/* Poll the socket once; whether it is ready goes into `ret_events` (0: not yet). */
static int
poll_once(struct pg *pg, short events, int64_t *slow_at, short *ret_events,
          struct error *err)
{
    struct pollfd fds[2] = {
        {.fd = PQsocket(pg->conn), .events = events},
        {.fd = pg->is_ending ? -1 : stop_fd(pg->stop), .events = POLLIN},
    };
    int n;

    if (fds[0].fd < 0)
        return pg_lost(pg, err);
    n = poll(fds, 2, poll_time(pg, *slow_at));
    if (n < 0 && errno != EINTR)
        return error_set(err, ERROR_IO, "poll: %s", strerror(errno));
    if (!pg->is_ending && stop_check(pg->stop, err))
        return -1;
    if (n <= 0 && pass_time(pg, slow_at, err))
        return -1;
    *ret_events = n > 0 ? fds[0].revents : 0;
    return 0;
}

int
pg_wait_step(struct pg *pg, bool wants_write, struct error *err)
{
    int64_t slow_at = 0;
    short events = 0;

    while (events == 0)
        if (poll_once(pg, wants_write ? POLLOUT : POLLIN, &slow_at, &events, err))
            return -1;
    return 0;
}

int
pg_wait(struct pg *pg, bool wants_write, struct error *err)
{
    int64_t slow_at = pg->patience != NULL ? pg_now_ms() + PATIENCE_MS : 0;
    short events = 0;

    while (events == 0)
        if (poll_once(pg, wants_write ? POLLIN | POLLOUT : POLLIN, &slow_at, &events,
                      err))
            return -1;
    /* A socket that failed counts as readable: reading tells why. */
    if ((events & ~POLLOUT) != 0 && PQconsumeInput(pg->conn) == 0)
        return pg_lost(pg, err);
    return 0;
}

int
pg_flush(struct pg *pg, struct error *err)
{
    int left;

    while ((left = PQflush(pg->conn)) > 0)
        if (pg_wait(pg, true, err))
            return -1;
    return left < 0 ? pg_lost(pg, err) : 0;
}

/* PQcancel blocks while it connects, so it has a thread to itself; nobody waits for it. */
static void *
cancel(void *context)
{
    PGcancel *c = context;
    char why[256];

    /* Whether it worked shows in what the statement answers. */
    (void)PQcancel(c, why, sizeof why);
    PQfreeCancel(c);
    return NULL;
}

static void
ask_cancel(struct pg *pg)
{
    PGcancel *c = PQgetCancel(pg->conn);
    pthread_attr_t attributes;
    pthread_t thread;

    if (c == NULL)
        return;
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, cancel, c) != 0)
        PQfreeCancel(c);
    (void)pthread_attr_destroy(&attributes);
}

/* Take in results until there are none. In a COPY the server waits for us: end it. */
static int
drain(struct pg *pg, struct error *err)
{
    if (pg_flush(pg, err))
        return -1;
    for (;;) {
        PGresult *result;
        ExecStatusType status;

        while (PQisBusy(pg->conn))
            if (pg_wait(pg, false, err))
                return -1;
        result = PQgetResult(pg->conn);
        if (result == NULL)
            return PQstatus(pg->conn) == CONNECTION_BAD ? pg_lost(pg, err) : 0;
        status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_IN &&
            (PQputCopyEnd(pg->conn, "rsload gave it up") < 0 || pg_flush(pg, err)))
            return pg_lost(pg, err);
        if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            return error_set(err, ERROR_BUG, "the server sends copy data");
    }
}

void
pg_end_statement(struct pg *pg, bool cancels)
{
    struct pg_failure failure = pg->failure;
    bool was_ending = pg->is_ending;
    struct error ignored;

    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return;
    pg->is_ending = true;
    pg->deadline_ms = pg_now_ms() + ENDING_MS;
    if (cancels)
        ask_cancel(pg);
    if (drain(pg, &ignored))
        failure.is_lost = true;
    pg->deadline_ms = 0;
    pg->is_ending = was_ending;
    pg->failure = failure;
}
