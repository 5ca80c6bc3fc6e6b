/* connection -- what the user says about the database, as libpq takes it. */
#ifndef RSLOAD_CONNECTION_H
#define RSLOAD_CONNECTION_H

#include <stdbool.h>

#include "error.h"

struct options;

/*
 * Check a --dbname: a name, a conninfo string or a URI. Errors: ERROR_USAGE when
 * libpq cannot read it, or a password stands in it, where every user of the machine
 * could see it. The text itself is never repeated.
 */
int connection_check(const char *dbname, struct error *err) MUST_CHECK;

/* How many keywords a connection can have here, and the NULL behind them. */
#define CONNECTION_KEYWORDS 5

/* A connection as libpq takes it; the rest is in PG* variables and files. */
struct connection {
    const char *keywords[CONNECTION_KEYWORDS];
    const char *values[CONNECTION_KEYWORDS];
    bool is_named;        /* an option or a variable says which database */
    bool has_sslmode;     /* the user says it, in the string or in PGSSLMODE */
    bool has_sslrootcert; /* likewise */
};

/* Fill `ret` from the options, whose texts it borrows. Errors: as connection_check. */
int connection_make(const struct options *options, struct connection *ret,
                    struct error *err) MUST_CHECK;

#endif
