#include "connection.h"

#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "options.h"

/* As libpq tells a connection string from a name (PQconnectdbParams, expand_dbname). */
static bool
is_connection_string(const char *dbname)
{
    return strchr(dbname, '=') != NULL || strncmp(dbname, "postgresql://", 13) == 0 ||
           strncmp(dbname, "postgres://", 11) == 0;
}

static const char *
value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

/* Parse `dbname`; NULL in `*ret` for a plain name. libpq's own words about a string
 * that it cannot read are left out: they quote it, and it may hold a password. */
static int
parse(const char *dbname, PQconninfoOption **ret, struct error *err)
{
    char *message = NULL;

    *ret = NULL;
    if (!is_connection_string(dbname))
        return 0;
    *ret = PQconninfoParse(dbname, &message);
    PQfreemem(message);
    if (*ret == NULL) {
        (void)error_set(err, ERROR_USAGE, "the connection string cannot be read");
        return error_hint(err, "write it as \"host=... dbname=...\" or "
                               "postgresql://user@host:port/name");
    }
    return 0;
}

int
connection_check(const char *dbname, struct error *err)
{
    PQconninfoOption *options;
    int rc = 0;

    if (parse(dbname, &options, err))
        return -1;
    if (options != NULL && (value_of(options, "password") != NULL ||
                            value_of(options, "sslpassword") != NULL)) {
        rc = error_set(err, ERROR_USAGE,
                       "a password does not belong here, where "
                       "everyone on this machine can read it");
        (void)error_hint(err, "put it into ~/.pgpass (mode 600) or PGPASSWORD");
    }
    PQconninfoFree(options);
    return rc;
}

static bool
is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

static void
add(struct connection *c, size_t *count, const char *keyword, const char *value)
{
    if (value == NULL)
        return;
    c->keywords[*count] = keyword;
    c->values[(*count)++] = value;
}

int
connection_make(const struct options *options, struct connection *ret,
                struct error *err)
{
    PQconninfoOption *string = NULL;
    size_t count = 0;

    *ret = (struct connection){0};
    if (options->dbname != NULL && parse(options->dbname, &string, err))
        return -1;
    /* psql's order: what a connection string says comes before the flags */
    add(ret, &count, "host", options->host);
    add(ret, &count, "port", options->port);
    add(ret, &count, "user", options->username);
    add(ret, &count, "dbname", options->dbname);
    ret->is_named = count > 0 || is_set("PGHOST") || is_set("PGHOSTADDR") ||
                    is_set("PGSERVICE") || is_set("PGDATABASE");
    ret->has_sslmode = is_set("PGSSLMODE") ||
                       (string != NULL && value_of(string, "sslmode") != NULL);
    ret->has_sslrootcert = is_set("PGSSLROOTCERT") ||
                           (string != NULL && value_of(string, "sslrootcert") != NULL);
    PQconninfoFree(string);
    return 0;
}
