/* target -- the warehouse that is loaded: an open session with its dialect and schema. */
#ifndef RSLOAD_TARGET_H
#define RSLOAD_TARGET_H

#include "bytes.h"
#include "error.h"

struct aws_keys;
struct dialect;
struct pg;
struct say;
struct stop;

enum target_dialect { TARGET_DETECT, TARGET_REDSHIFT, TARGET_POSTGRES };

/* Which rows of one id stay. */
enum target_dedupe {
    TARGET_DEDUPE_TABLE,  /* one in the whole table, as far back as `dedupe_days` */
    TARGET_DEDUPE_WINDOW, /* one in the load */
    TARGET_DEDUPE_NONE,
};

/* What to do with a window that was loaded before. */
enum target_rerun {
    TARGET_RERUN_AUTO, /* new objects: load them; changed ones: replace; else nothing */
    TARGET_RERUN_REPLACE, /* delete what was loaded, load all */
    TARGET_RERUN_FAIL,
};

enum target_ddl { TARGET_DDL_AUTO, TARGET_DDL_NEVER };

/*
 * How to reach the warehouse and what is wanted of it. Zeroed but for the connection and
 * `schema` is valid. Borrowed for the life of the target.
 */
struct target_options {
    const char *const *keywords; /* as struct pg_options has the next five */
    const char *const *values;
    bool has_sslmode;
    bool has_sslrootcert;
    const char *ca_file;
    struct span schema;
    enum target_dialect dialect;
    enum target_dedupe dedupe;
    unsigned dedupe_days; /* 0: 30 */
    enum target_rerun rerun;
    enum target_ddl ddl;
    struct span query_group;      /* empty: none */
    int64_t statement_timeout_ms; /* 0: the server's own */
    int64_t lock_timeout_s;       /* 0: wait for another run for ever */
    /* What Redshift's COPY reads the staging bucket with: a role ("default", an ARN, or
     * several with commas), or temporary keys, asked for before each COPY. */
    struct span iam_role;
    int (*copy_keys)(void *context, struct aws_keys *ret, struct error *err);
    void *copy_context;
    struct span region; /* of the staging bucket; empty: the cluster's own */
    int attempts;       /* of a transaction that met another one; 0: 8 */
    int retry_base_ms;  /* the first wait is up to this; 0: 1,000 */
    uint64_t seed;      /* of the random waits */
};

#define TARGET_DEDUPE_DAYS 30u

/* The names of rsload's own tables. */
#define TARGET_LEDGER   SPAN("rsload_loads")
#define TARGET_LOCK     SPAN("rsload_lock")
#define TARGET_DISCARDS SPAN("rsload_discards")

/* An open target; the members are for the modules around it. It belongs to one thread. */
struct target {
    const struct target_options *options;
    const struct dialect *dialect;
    struct pg *pg;      /* NULL between a loss and target_reopen */
    struct text schema; /* as the server folds its name */
    struct stop *stop;
    const struct say *say;
    uint64_t random; /* state of the random waits */
};

/*
 * Connect, find out what the server is, and set the session up.
 * Ownership: the caller's, until target_close (NULL does nothing).
 * Errors: as pg_open and pg_run.
 */
int target_open(const struct target_options *options, struct stop *stop,
                const struct say *say, struct target **ret,
                struct error *err) MUST_CHECK;
void target_close(struct target *target);

/* Drop the session and connect anew. A server that cannot be reached is tried again as
 * often as the options say; a refused login is not. Errors: as target_open. */
int target_reopen(struct target *target, struct error *err) MUST_CHECK;

/* Wait before attempt number `attempt` (from 1), a random time that grows.
 * Errors: the reason of stop. */
int target_wait(struct target *target, int attempt, struct error *err) MUST_CHECK;

/* Can COPY read a staging folder at `url`? Nothing is sent.
 * Errors: ERROR_CONFIG: Redshift reads from S3 only, and needs a role or keys. */
int target_check_staging(const struct target *target, struct span url,
                         struct error *err) MUST_CHECK;

/* Append "schema"."table" as SQL. */
void target_add_table(const struct target *target, struct span table, struct text *sql);

/* Run, or ask, a text that was built; it is checked first and stays the caller's. */
struct pg_rows;
int target_run(struct target *target, const struct text *sql, uint64_t *ret_rows,
               struct error *err) MUST_CHECK;
int target_ask(struct target *target, const struct text *sql, struct pg_rows **ret,
               struct error *err) MUST_CHECK;

#endif
