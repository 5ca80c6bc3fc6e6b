#include "pg_session.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#define CONNECT_TIMEOUT_S 10

/* A value that libpq refuses. */
#define NO_SUCH "none-of-them"

/* Debian's bundle: it holds the authorities that sign Redshift's certificates. */
#define CA_FILE "/etc/ssl/certs/ca-certificates.crt"

/* What rsload wants where nobody said otherwise; `usual` is libpq's own answer when
 * nobody did. A long COPY on a silent connection is lost without keepalives. */
static const struct preference {
    const char *keyword;
    const char *value;
    const char *usual;
} preferences[] = {
    {"fallback_application_name", "rsload", ""},
    {"gssencmode", "disable", "prefer"}, /* an old server may not know the question */
    {"keepalives", "1", ""},
    {"keepalives_idle", "30", ""},
    {"keepalives_interval", "10", ""},
    {"keepalives_count", "6", ""},
};

#define PREFERENCES (sizeof preferences / sizeof preferences[0])

/* The keywords and values that libpq is given, NULL-ended. */
struct parameters {
    const char **keywords;
    const char **values;
    size_t count;
};

/* What libpq would use for `keyword`; "" when it has nothing. */
static const char *
effective(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val != NULL ? options->val : "";
    return "";
}

static void
add(struct parameters *p, const char *keyword, const char *value)
{
    p->keywords[p->count] = keyword;
    p->values[p->count] = value;
    p->count++;
}

static int
make_room(struct parameters *p, const struct pg_options *o, struct error *err)
{
    size_t count = 0;

    while (o->keywords != NULL && o->keywords[count] != NULL)
        count++;
    count += PREFERENCES + 8;
    p->keywords = calloc(count, sizeof *p->keywords);
    p->values = calloc(count, sizeof *p->values);
    if (p->keywords == NULL || p->values == NULL)
        return error_no_memory(err);
    return 0;
}

static void
add_users(struct parameters *p, const struct pg_options *o)
{
    for (size_t i = 0; o->keywords != NULL && o->keywords[i] != NULL; i++)
        add(p, o->keywords[i], o->values[i]);
}

/* libpq's view of the settings, unless one of the user's was refused before ours was. */
static PQconninfoOption *
take_settings(PGconn *conn, struct error *err)
{
    PQconninfoOption *found = PQconninfo(conn);
    const char *why = PQerrorMessage(conn);

    if (found == NULL)
        (void)error_no_memory(err);
    if (found == NULL || strstr(why, NO_SUCH) != NULL)
        return found;
    PQconninfoFree(found);
    (void)error_set(err, ERROR_CONFIG, "%.*s", (int)strcspn(why, "\n"), why);
    (void)error_in(err, "connection settings");
    return NULL;
}

/*
 * Ask libpq what it makes of the options, the PG* variables and the service file, without
 * connecting: a setting that cannot be ends the attempt before it begins.
 */
static int
ask_libpq(const struct pg_options *o, PQconninfoOption **ret, struct error *err)
{
    struct parameters p = {0};
    PGconn *conn = NULL;

    *ret = NULL;
    if (make_room(&p, o, err) == 0) {
        add_users(&p, o);
        add(&p, "target_session_attrs", NO_SUCH);
        conn = PQconnectStartParams(p.keywords, p.values, 1);
        if (conn != NULL)
            *ret = take_settings(conn, err);
        else
            (void)error_no_memory(err);
        PQfinish(conn);
    }
    free(p.keywords);
    free(p.values);
    return *ret != NULL ? 0 : -1;
}

/* Is `host` (of a list: up to the next comma) a socket or loopback? */
static bool
is_local(const char *host)
{
    size_t length = strcspn(host, ",");

    if (length == 0 || host[0] == '/' || host[0] == '@')
        return true;
    return (length == 9 && strncmp(host, "localhost", length) == 0) ||
           (length == 3 && strncmp(host, "::1", length) == 0) ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == length);
}

static bool
are_local(const char *hosts)
{
    while (is_local(hosts)) {
        hosts += strcspn(hosts, ",");
        if (*hosts == '\0')
            return true;
        hosts++;
    }
    return false;
}

/* TLS: the certificate and the name are verified, unless the server is on this machine
 * or the user said what he wants. */
static void
add_tls(struct parameters *p, const struct pg_options *o, const PQconninfoOption *found)
{
    const char *mode = effective(found, "sslmode");
    const char *hosts = effective(found, "hostaddr");

    if (hosts[0] == '\0')
        hosts = effective(found, "host");
    if (!o->has_sslmode && strcmp(mode, "prefer") == 0 && !are_local(hosts)) {
        mode = "verify-full";
        add(p, "sslmode", mode);
    }
    if (!o->has_sslrootcert && effective(found, "sslrootcert")[0] == '\0' &&
        strncmp(mode, "verify-", 7) == 0)
        add(p, "sslrootcert", o->ca_file != NULL ? o->ca_file : CA_FILE);
}

/* Begin to connect. Our wishes stand before the user's words, which override them. */
static int
start(struct pg *pg, const struct pg_options *o, const PQconninfoOption *found,
      struct error *err)
{
    struct parameters p = {0};
    int rc = -1;

    if (make_room(&p, o, err))
        goto out;
    for (size_t i = 0; i < PREFERENCES; i++) {
        const struct preference *want = &preferences[i];
        const char *now = effective(found, want->keyword);

        if (now[0] == '\0' || strcmp(now, want->usual) == 0)
            add(&p, want->keyword, want->value);
    }
    add_tls(&p, o, found);
    add_users(&p, o);
    add(&p, "client_encoding", "UTF8"); /* what is staged is UTF-8 */
    pg->conn = PQconnectStartParams(p.keywords, p.values, 1);
    if (pg->conn == NULL) {
        (void)error_no_memory(err);
        goto out;
    }
    rc = 0;
out:
    free(p.keywords);
    free(p.values);
    return rc;
}

/* "host:port/database" for messages, from what libpq would use. */
static void
name_place(struct pg *pg, const PQconninfoOption *found)
{
    const char *host = effective(found, "host");
    const char *port = effective(found, "port");

    if (host[0] == '\0')
        host = effective(found, "hostaddr");
    (void)snprintf(pg->place, sizeof pg->place, "%s%s%s/%s",
                   host[0] != '\0' ? host : "local socket", port[0] != '\0' ? ":" : "",
                   port, effective(found, "dbname"));
}

/* libpq applies connect_timeout only where it waits itself. One for each host. */
static int64_t
deadline(const PQconninfoOption *found)
{
    const char *text = effective(found, "connect_timeout");
    int64_t seconds = text[0] != '\0' ? strtoll(text, NULL, 10) : CONNECT_TIMEOUT_S;
    int64_t hosts = 1;

    for (const char *p = effective(found, "host"); *p != '\0'; p++)
        hosts += *p == ',';
    if (seconds <= 0)
        return 0;
    return pg_now_ms() + (seconds < 2 ? 2 : seconds) * 1000 * hosts;
}

/*
 * Find the server's refusal in libpq's words, which are all there is before the login:
 * with verbose messages it reads "...: FATAL:  28P01: password ...". The last one counts.
 */
static const char *
find_refusal(const char *message, char sqlstate[6])
{
    const char *found = NULL;

    for (const char *p = strstr(message, ":  "); p != NULL; p = strstr(p, ":  ")) {
        size_t length;

        p += 3;
        length = strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length == 5 && p[5] == ':' && p[6] == ' ') {
            memcpy(sqlstate, p, 5);
            found = p + 7;
        }
    }
    return found;
}

/* Say what can be done about a refusal. Returns -1, always. */
static int
hint_refusal(const struct pg *pg, struct error *err)
{
    if (strcmp(pg->failure.sqlstate, "3D000") == 0)
        return error_hint(err, "name the database with --dbname");
    if (err->kind != ERROR_DENIED)
        return -1;
    if (strstr(pg->failure.message, "pg_hba.conf") != NULL)
        return error_hint(err, "the server wants TLS: sslmode=verify-full");
    return error_hint(err, "the login is not tried again: some servers lock a user "
                           "after five that failed");
}

/* libpq's own words, without the address when there was only one: the error names it. */
static const char *
own_words(const char *message)
{
    const char *failed = strstr(message, " failed: ");

    if (failed == NULL || strstr(failed + 1, " failed: ") != NULL)
        return message;
    return failed + strlen(" failed: ");
}

/* What can be done when no answer, or one that makes no sense, came. Returns -1. */
static int
hint_failure(const struct pg *pg, struct error *err)
{
    const char *why = pg->failure.message;

    if (PQconnectionNeedsPassword(pg->conn)) {
        err->kind = ERROR_DENIED;
        return error_hint(err, "put the password into ~/.pgpass (mode 600) or "
                               "PGPASSWORD");
    }
    if (strstr(why, "authentication method") != NULL) {
        err->kind = ERROR_DENIED;
        return error_hint(err, "libpq cannot log in with a SHA-256 password of "
                               "Redshift: give the user an MD5 one (ALTER USER ... "
                               "PASSWORD 'md5...')");
    }
    if (strstr(why, "certificate") != NULL)
        return error_hint(err,
                          "the server is checked against %s; sslrootcert names "
                          "another file",
                          CA_FILE);
    if (strstr(why, "does not support SSL") != NULL)
        return error_hint(err, "sslmode=disable goes without TLS");
    return -1;
}

/* The attempt failed: tell a refusal from a server that is not there. */
static int
fail(struct pg *pg, struct error *err)
{
    const char *message = PQerrorMessage(pg->conn);
    const char *why = find_refusal(message, pg->failure.sqlstate);
    struct span line;

    pg->failure.is_lost = true;
    line = span_of(why != NULL ? why : own_words(message));
    if (why != NULL)
        line.length = strcspn(why, "\n");
    while (line.length > 0 && isspace((unsigned char)line.data[line.length - 1]))
        line.length--;
    (void)snprintf(pg->failure.message, sizeof pg->failure.message, "%.*s",
                   SPAN_ARG(line));
    (void)error_set(err,
                    why != NULL ? pg_kind(pg->failure.sqlstate) : ERROR_UNREACHABLE,
                    "%s", pg->failure.message);
    return why != NULL ? hint_refusal(pg, err) : hint_failure(pg, err);
}

/* Go through libpq's steps until the session stands. */
static int
connect_session(struct pg *pg, struct error *err)
{
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;

    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return fail(pg, err);
    /* so that refusals carry their SQLSTATE */
    (void)PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
    while (step != PGRES_POLLING_OK) {
        if (step == PGRES_POLLING_FAILED)
            return fail(pg, err);
        if (pg_wait_step(pg, step == PGRES_POLLING_WRITING, err))
            return -1;
        step = PQconnectPoll(pg->conn);
    }
    (void)PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
    return 0;
}

/* The rest of pg_open, for an allocated session. */
static int
open_session(struct pg *pg, const struct pg_options *o, struct error *err)
{
    PQconninfoOption *found = NULL;
    int rc = -1;

    if (ask_libpq(o, &found, err))
        return -1;
    name_place(pg, found);
    pg->deadline_ms = deadline(found);
    if (start(pg, o, found, err) == 0)
        rc = connect_session(pg, err);
    PQconninfoFree(found);
    pg->deadline_ms = 0;
    if (rc != 0)
        return error_in(err, "connect to %s", pg->place);
    if (PQsetnonblocking(pg->conn, 1) != 0)
        return pg_lost(pg, err);
    (void)PQsetNoticeReceiver(pg->conn, pg_hear, pg);
    (void)snprintf(pg->user, sizeof pg->user, "%s", PQuser(pg->conn));
    return 0;
}

int
pg_open(const struct pg_options *options, struct pg **ret, struct error *err)
{
    struct pg *pg;

    if (stop_check(options->stop, err))
        return -1;
    pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        return error_no_memory(err);
    pg->stop = options->stop;
    pg->say = options->say;
    if (open_session(pg, options, err)) {
        pg_close(pg);
        return -1;
    }
    *ret = pg;
    return 0;
}
