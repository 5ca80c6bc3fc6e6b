#include "fake_libpq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <postgresql/libpq-fe.h>

#define CELL_MAX 4096

struct fake_libpq fake;

struct pg_conn {
    ConnStatusType status;
    PGTransactionStatusType transaction;
    int sockets[2]; /* a pair: ours can always be written, and read when woken */
    char message[1024];
    PGresult *answers[2];
    bool is_hanging;
    bool is_copying;
    size_t copy_lines;
    PQnoticeReceiver hear;
    void *hear_context;
};

struct pg_result {
    ExecStatusType status;
    char text[65536];
    char tag[64];
};

struct pg_cancel {
    PGconn *conn;
};

/* PQgetvalue needs memory of its own for each cell. */
static char cells[64][CELL_MAX];
static size_t next_cell;

void
fake_begin(struct fake_rule *rules, size_t count)
{
    fake_end();
    fake.rules = rules;
    fake.rule_count = count;
}

void
fake_end(void)
{
    text_release(&fake.log);
    text_release(&fake.copied);
    text_release(&fake.asked);
    fake = (struct fake_libpq){0};
}

size_t
fake_count(const char *text)
{
    size_t count = 0;
    const char *line = text_string(&fake.log);

    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        const char *found = strstr(line, text);

        count += found != NULL && found < line + length;
        line += length + (line[length] == '\n');
    }
    return count;
}

/* The `n`th piece of `text` between `mark`s; "" when there are fewer. */
static const char *
piece(const char *text, char mark, int n, char *to, size_t size)
{
    size_t length;

    for (; n > 0; n--) {
        text = strchr(text, mark);
        if (text == NULL)
            return strcpy(to, "");
        text++;
    }
    length = strcspn(text, (char[]){mark, '\0'});
    (void)snprintf(to, size, "%.*s", (int)length, text);
    return to;
}

/* ---- connecting ---- */

static const char *const known[] = {
    "host", "hostaddr",        "port",       "dbname",    "sslmode", "sslrootcert",
    "user", "connect_timeout", "gssencmode", "keepalives"};

#define KNOWN (sizeof known / sizeof known[0])

PQconninfoOption *
PQconninfo(PGconn *conn)
{
    PQconninfoOption *options = calloc(KNOWN + 1, sizeof *options);

    (void)conn;
    for (size_t i = 0; i < KNOWN; i++) {
        char key[64];
        const char *found;

        (void)snprintf(key, sizeof key, "%s=", known[i]);
        found = strstr(fake.settings != NULL ? fake.settings : "", key);
        options[i].keyword = strdup(known[i]);
        if (found != NULL)
            options[i].val = strndup(found + strlen(key),
                                     strcspn(found + strlen(key), "\n"));
    }
    return options;
}

void
PQconninfoFree(PQconninfoOption *options)
{
    for (size_t i = 0; options != NULL && i < KNOWN; i++) {
        free(options[i].keyword);
        free(options[i].val);
    }
    free(options);
}

/* The attempt that only asks for settings has a value that no libpq takes. */
static bool
is_question(const char *const *keywords, const char *const *values)
{
    for (size_t i = 0; keywords[i] != NULL; i++)
        if (strcmp(keywords[i], "target_session_attrs") == 0 &&
            strcmp(values[i], "none-of-them") == 0)
            return true;
    return false;
}

PGconn *
PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
    PGconn *conn = calloc(1, sizeof *conn);

    (void)expand;
    conn->sockets[0] = conn->sockets[1] = -1;
    conn->status = CONNECTION_BAD;
    if (is_question(keywords, values)) {
        (void)snprintf(conn->message, sizeof conn->message,
                       "invalid target_session_attrs value: \"none-of-them\"\n");
        return conn;
    }
    text_clear(&fake.asked);
    for (size_t i = 0; keywords[i] != NULL; i++)
        text_addf(&fake.asked, "%s=%s\n", keywords[i], values[i]);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, conn->sockets) != 0)
        return conn;
    /* a byte that nobody takes: the socket can be read */
    (void)!write(conn->sockets[1], "x", 1);
    conn->status = CONNECTION_STARTED;
    return conn;
}

PostgresPollingStatusType
PQconnectPoll(PGconn *conn)
{
    fake.connections++;
    if (fake.refusal != NULL &&
        (fake.refusals == 0 || fake.connections <= fake.refusals)) {
        conn->status = CONNECTION_BAD;
        (void)snprintf(conn->message, sizeof conn->message, "%s", fake.refusal);
        return PGRES_POLLING_FAILED;
    }
    conn->status = CONNECTION_OK;
    return PGRES_POLLING_OK;
}

void
PQfinish(PGconn *conn)
{
    if (conn == NULL)
        return;
    if (conn->sockets[0] >= 0) {
        (void)close(conn->sockets[0]);
        (void)close(conn->sockets[1]);
        fake.finished++;
    }
    PQclear(conn->answers[0]);
    PQclear(conn->answers[1]);
    free(conn);
}

ConnStatusType
PQstatus(const PGconn *conn)
{
    return conn->status;
}

PGTransactionStatusType
PQtransactionStatus(const PGconn *conn)
{
    return conn->is_copying ? PQTRANS_ACTIVE : conn->transaction;
}

int
PQsocket(const PGconn *conn)
{
    return conn->sockets[0];
}

char *
PQerrorMessage(const PGconn *conn)
{
    return (char *)(uintptr_t)conn->message;
}

char *
PQuser(const PGconn *conn)
{
    static char name[] = "loader";

    (void)conn;
    return name;
}

int
PQconnectionNeedsPassword(const PGconn *conn)
{
    (void)conn;
    return fake.needs_password;
}

PGVerbosity
PQsetErrorVerbosity(PGconn *conn, PGVerbosity verbosity)
{
    (void)conn;
    return verbosity;
}

int
PQsetnonblocking(PGconn *conn, int on)
{
    (void)conn;
    (void)on;
    return 0;
}

PQnoticeReceiver
PQsetNoticeReceiver(PGconn *conn, PQnoticeReceiver hear, void *context)
{
    conn->hear = hear;
    conn->hear_context = context;
    return NULL;
}

/* ---- statements ---- */

static PGresult *
result(ExecStatusType status, const char *text)
{
    PGresult *r = calloc(1, sizeof *r);

    r->status = status;
    (void)snprintf(r->text, sizeof r->text, "%s", text);
    return r;
}

static void
answer(PGconn *conn, PGresult *r)
{
    conn->answers[conn->answers[0] != NULL] = r;
}

static void
lose(PGconn *conn)
{
    conn->status = CONNECTION_BAD;
    (void)snprintf(conn->message, sizeof conn->message,
                   "server closed the connection unexpectedly\n\tThis is more text\n");
}

/* The command's tag: the statement's words in capitals at its beginning. */
static PGresult *
complete(PGconn *conn, const char *sql, const char *tag)
{
    PGresult *r = result(PGRES_COMMAND_OK, "");

    (void)snprintf(r->tag, sizeof r->tag, "%.*s",
                   (int)strspn(sql, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), sql);
    if (tag != NULL)
        (void)snprintf(r->tag, sizeof r->tag, "%s", tag);
    if (strncmp(sql, "BEGIN", 5) == 0)
        conn->transaction = PQTRANS_INTRANS;
    if (strncmp(sql, "COMMIT", 6) == 0 || strncmp(sql, "ROLLBACK", 8) == 0)
        conn->transaction = PQTRANS_IDLE;
    return r;
}

static struct fake_rule *
find_rule(const char *sql)
{
    for (size_t i = 0; i < fake.rule_count; i++) {
        struct fake_rule *rule = &fake.rules[i];

        if (strstr(sql, rule->contains) == NULL)
            continue;
        rule->met++;
        if (rule->met > rule->skip &&
            (rule->times == 0 || rule->met <= rule->skip + rule->times))
            return rule;
    }
    return NULL;
}

static void
fail(PGconn *conn, const char *text)
{
    answer(conn, result(PGRES_FATAL_ERROR, text));
    if (conn->transaction == PQTRANS_INTRANS)
        conn->transaction = PQTRANS_INERROR;
}

static void
notice(PGconn *conn, const char *text)
{
    PGresult *r = result(PGRES_NONFATAL_ERROR, text);

    conn->hear(conn->hear_context, r);
    free(r);
}

int
PQsendQuery(PGconn *conn, const char *sql)
{
    struct fake_rule *rule;

    text_addf(&fake.log, "%s\n", sql);
    rule = find_rule(sql);
    if (rule == NULL) {
        conn->is_copying = strstr(sql, "FROM STDIN") != NULL;
        conn->copy_lines = 0;
        answer(conn, conn->is_copying ? result(PGRES_COPY_IN, "")
                                      : complete(conn, sql, NULL));
        return 1;
    }
    switch (rule->reply) {
    case FAKE_OK: answer(conn, complete(conn, sql, rule->text)); break;
    case FAKE_ROWS: answer(conn, result(PGRES_TUPLES_OK, rule->text)); break;
    case FAKE_ERROR: fail(conn, rule->text); break;
    case FAKE_LOST: lose(conn); break;
    case FAKE_HANG:
        conn->is_hanging = true;
        (void)!read(conn->sockets[0], (char[1]){0}, 1);
        break;
    case FAKE_NOTICE:
        notice(conn, rule->text);
        answer(conn, complete(conn, sql, NULL));
        break;
    }
    return 1;
}

int
PQflush(PGconn *conn)
{
    return conn->status == CONNECTION_BAD ? -1 : 0;
}

int
PQconsumeInput(PGconn *conn)
{
    return conn->status != CONNECTION_BAD;
}

int
PQisBusy(PGconn *conn)
{
    return conn->is_hanging;
}

PGresult *
PQgetResult(PGconn *conn)
{
    PGresult *r = conn->answers[0];

    if (conn->is_copying && r != NULL && r->status == PGRES_COPY_IN)
        return result(PGRES_COPY_IN, "");
    conn->answers[0] = conn->answers[1];
    conn->answers[1] = NULL;
    return r;
}

void
PQclear(PGresult *r)
{
    free(r);
}

ExecStatusType
PQresultStatus(const PGresult *r)
{
    return r->status;
}

char *
PQresStatus(ExecStatusType status)
{
    static char text[] = "some status";

    (void)status;
    return text;
}

char *
PQcmdStatus(PGresult *r)
{
    return r->tag;
}

char *
PQcmdTuples(PGresult *r)
{
    char *last = strrchr(r->tag, ' ');

    return last != NULL ? last + 1 : r->tag + strlen(r->tag);
}

char *
PQresultErrorField(const PGresult *r, int field)
{
    char *to = cells[next_cell++ % 64];
    bool is_notice = r->status == PGRES_NONFATAL_ERROR;

    switch (field) {
    case PG_DIAG_SEVERITY: (void)piece(r->text, '|', 0, to, CELL_MAX); break;
    case PG_DIAG_SQLSTATE: (void)piece(r->text, '|', 0, to, CELL_MAX); break;
    case PG_DIAG_MESSAGE_PRIMARY: (void)piece(r->text, '|', 1, to, CELL_MAX); break;
    case PG_DIAG_MESSAGE_DETAIL: (void)piece(r->text, '|', 2, to, CELL_MAX); break;
    case PG_DIAG_CONTEXT: (void)piece(r->text, '|', 3, to, CELL_MAX); break;
    default: return NULL;
    }
    if (is_notice && field == PG_DIAG_SQLSTATE)
        return NULL;
    return to[0] != '\0' ? to : NULL;
}

int
PQntuples(const PGresult *r)
{
    int count = 0;

    for (const char *p = r->text; *p != '\0'; p++)
        count += *p == '\n';
    return count;
}

int
PQnfields(const PGresult *r)
{
    int count = 1;

    for (const char *p = r->text; *p != '\0' && *p != '\n'; p++)
        count += *p == '|';
    return count;
}

char *
PQgetvalue(const PGresult *r, int row, int column)
{
    static char line[CELL_MAX];
    char *to = cells[next_cell++ % 64];

    (void)piece(r->text, '\n', row, line, sizeof line);
    (void)piece(line, '|', column, to, CELL_MAX);
    return to;
}

int
PQgetlength(const PGresult *r, int row, int column)
{
    return (int)strlen(PQgetvalue(r, row, column));
}

int
PQgetisnull(const PGresult *r, int row, int column)
{
    return strcmp(PQgetvalue(r, row, column), "\\N") == 0;
}

size_t
PQescapeStringConn(PGconn *conn, char *to, const char *from, size_t length, int *error)
{
    char *begin = to;

    (void)conn;
    *error = 0;
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '\'' || (from[i] == '\\' && fake.doubles_backslashes))
            *to++ = from[i];
        *to++ = from[i];
    }
    *to = '\0';
    return (size_t)(to - begin);
}

/* ---- COPY ---- */

int
PQputCopyData(PGconn *conn, const char *data, int length)
{
    if (!conn->is_copying)
        return -1;
    text_add(&fake.copied, (struct span){data, (size_t)length});
    for (int i = 0; i < length; i++)
        conn->copy_lines += data[i] == '\n';
    return 1;
}

int
PQputCopyEnd(PGconn *conn, const char *why)
{
    char tag[64];
    struct fake_rule *rule = find_rule(why != NULL ? "COPY given up" : "COPY ends");

    if (!conn->is_copying)
        return -1;
    conn->is_copying = false;
    PQclear(conn->answers[0]);
    conn->answers[0] = NULL;
    (void)snprintf(tag, sizeof tag, "COPY %zu", conn->copy_lines);
    if (why != NULL)
        fail(conn, "57014|COPY from stdin failed");
    else if (rule != NULL)
        fail(conn, rule->text);
    else
        answer(conn, complete(conn, "COPY", tag));
    return 1;
}

/* ---- the end ---- */

PGcancel *
PQgetCancel(PGconn *conn)
{
    PGcancel *c = calloc(1, sizeof *c);

    /* At once, and not in the thread that asks: so that tests need not wait for it. */
    fake.cancels++;
    if (conn->is_hanging) {
        conn->is_hanging = false;
        fail(conn, "57014|canceling statement due to user request");
        (void)!write(conn->sockets[1], "x", 1);
    }
    return c;
}

int
PQcancel(PGcancel *c, char *message, int size)
{
    (void)c;
    (void)message;
    (void)size;
    return 1;
}

void
PQfreeCancel(PGcancel *c)
{
    free(c);
}
