/* options_table -- the one table of options, for parser, file reader and --help. */
#ifndef RSLOAD_OPTIONS_TABLE_H
#define RSLOAD_OPTIONS_TABLE_H

#include "options.h"

struct option_row;

/* Put the text `value` into its member of `o`. Flags get "yes". Errors: ERROR_USAGE. */
typedef int option_set(struct options *o, const struct option_row *row,
                       const char *value, struct error *err);

struct option_row {
    const char *name;     /* without the dashes */
    const char *argument; /* as --help and the man page call it; NULL: a flag */
    const char *help;     /* lines of at most 46 characters */
    option_set *set;      /* NULL: only on the command line, seen to by the parser */
    size_t at;            /* offset in `struct options` of what `set` fills */
    uint64_t min;
    uint64_t max;
    const char *words; /* "a|b|c" */
    char letter;       /* as psql has it; 0: none */
    const char *group; /* heading in --help, at the first of a group */
};

#define OPTION_COUNT 39
extern const struct option_row option_rows[OPTION_COUNT];

/* An end of the window that --from or --to has not set: no hour begins then. */
#define OPTIONS_UNSET INT64_MIN

/* The index of the option of that name; OPTION_COUNT when there is none. */
size_t option_find(struct span name);

/* The name nearest to `name` when one is near, or NULL. */
const char *option_nearest(struct span name);

/* Two options that cannot stand together. */
struct option_rivals {
    const char *one;
    const char *other;
};
extern const struct option_rivals option_rivals[];
extern const size_t option_rival_count;

/* What no single option tells: what is missing, what does not fit together, URLs.
 * Strips slashes at the ends. Errors: ERROR_USAGE naming the option. */
int options_check(struct options *o, struct arena *arena, struct error *err) MUST_CHECK;

#endif
