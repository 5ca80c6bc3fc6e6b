#include "pg_session.h"

#include <stdio.h>
#include <string.h>

#include <libpq-fe.h>

/* Shorter texts are words that statements are full of. */
#define SECRET_MIN 8

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
