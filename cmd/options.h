/* options -- the command line and the configuration file, as checked values. */
#ifndef RSLOAD_OPTIONS_H
#define RSLOAD_OPTIONS_H

#include "bytes.h"
#include "error.h"
#include "inventory.h"
#include "run.h"
#include "target.h"
#include "window.h"

enum options_action { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };
enum options_format { OPTIONS_TEXT, OPTIONS_JSON };

/*
 * What the user wants. Texts are NUL-ended and borrowed from argv or the arena; NULL
 * where nothing was said. What is needed is there, and nothing contradicts.
 */
struct options {
    enum options_action action;
    enum run_mode mode;
    bool has_window;      /* else the default hour, by `lag_s` */
    struct window window; /* one hour or several */
    int64_t lag_s;
    const char *source;  /* with conversions, or "-"; RUN_LOAD_ONLY: NULL */
    const char *staging; /* no slash at the end; RUN_LOAD_ONLY: NULL */
    const char *schema;
    const char *staged;  /* RUN_LOAD_ONLY: the folder of the load, likewise */
    const char *load_id; /* RUN_LOAD_ONLY: of that load */
    bool by_received_at; /* the source's unit is the day */
    const char *host;
    const char *port;
    const char *username;
    const char *dbname;
    const char *iam_role;
    bool has_copy_credentials;
    enum target_dialect dialect;
    enum target_dedupe dedupe;
    uint64_t dedupe_days;
    enum target_rerun rerun;
    int64_t lock_timeout_s; /* 0: for ever */
    enum target_ddl ddl;
    uint64_t jobs; /* 0: as many as there are processors */
    uint64_t memory_bytes;
    uint64_t part_bytes;
    enum compress compress;
    uint64_t max_rejects; /* UINT64_MAX: no number */
    double max_reject_share;
    const char *region;
    const char *endpoint_url;
    const char *aws_profile;
    const char *ca_file;
    enum options_format report;
    enum options_format log_format;
    bool is_quiet;
    bool is_verbose;
};

/*
 * Fill `ret` from the arguments `argv[1]` on and from the file that --config names;
 * the command line wins. With --help or --version the rest is not looked at.
 * Ownership: texts of the file are copied into `arena`; those of argv are borrowed.
 * Errors: ERROR_USAGE naming option and value; ERROR_CONFIG naming file, line and
 * option.
 */
int options_parse(int argc, char *const argv[], struct arena *arena,
                  struct options *ret, struct error *err) MUST_CHECK;

/* Append what --help prints: the same table that the parser reads. */
void options_help(struct text *ret);

#endif
