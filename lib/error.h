/* error -- what went wrong, without allocating: kind, what was tried, why, hint. */
#ifndef RSLOAD_ERROR_H
#define RSLOAD_ERROR_H

#include <stddef.h>

#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

/*
 * The kinds of failure. Each has one exit code (error_exit_code) and one meaning; the
 * table in man/rsload.1, "EXIT STATUS", repeats it and a test compares the two.
 */
enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,       /* 64 the command line is wrong */
    ERROR_DATA,        /* 65 too many bad events */
    ERROR_SOURCE,      /* 66 the source cannot be read */
    ERROR_UNREACHABLE, /* 69 a server cannot be reached */
    ERROR_BUG,         /* 70 an invariant of ours is broken */
    ERROR_STAGING,     /* 73 staging cannot be written */
    ERROR_IO,          /* 74 input, output or memory failed midway */
    ERROR_BUSY,        /* 75 try later: lock held, throttled, retries spent */
    ERROR_WAREHOUSE,   /* 76 the warehouse refused a statement */
    ERROR_DENIED,      /* 77 not permitted: credentials, grants */
    ERROR_CONFIG,      /* 78 configuration */
    ERROR_INTERRUPTED, /* 130 SIGINT */
    ERROR_TERMINATED,  /* 143 SIGTERM or SIGHUP */
};

/*
 * One failure. Fixed arrays, so that it works when memory is short and is copied between
 * threads by assignment. The origin says why (error_set) and perhaps the hint; callers
 * put what was tried in front (error_in). Texts that do not fit end in "...".
 */
struct error {
    enum error_kind kind;
    char what[768];
    char why[768];
    char hint[512];
};

/* Set the `kind` and the reason of `err`, dropping what was there. Returns -1, always. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Add what the user can do about it. Returns -1, always. */
int error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Put what was tried in front of what is there ("outer: inner"). Returns -1, always. */
int error_in(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Say that memory is short. Returns -1, always. */
int error_no_memory(struct error *err);

/* The exit code of a kind of failure (sysexits.h where it has one). */
int error_exit_code(enum error_kind kind);

/* The name of a kind as machines read it in reports and logs: "usage", "source", ... */
const char *error_kind_name(enum error_kind kind);

/*
 * Write "what: why: hint" into `line` (parts that are empty are left out), on one line:
 * control characters become blanks. Shape: NUL-ended, cut to `size`.
 */
void error_line(const struct error *err, char *line, size_t size);

#endif
