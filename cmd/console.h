/* console -- the owner of stderr: messages, progress, the one line of an error. */
#ifndef RSLOAD_CONSOLE_H
#define RSLOAD_CONSOLE_H

#include "bytes.h"
#include "error.h"
#include "progress.h"
#include "say.h"

struct console_style {
    bool is_json;
    bool is_quiet;   /* warnings and errors only */
    bool is_verbose; /* debugging too */
};

/* Threads: all but new and free may be called from any. */
struct console;

/* Ownership: the caller's, until console_free (NULL does nothing). */
int console_new(const struct console_style *style, struct console **ret,
                struct error *err) MUST_CHECK;
void console_free(struct console *console);

/* What the library says its lines to. */
struct say console_say(struct console *console);

/* Print the error, as one line. */
void console_error(struct console *console, const struct error *err);

/*
 * Show how `progress` gets on, from a thread of its own: a bar that is drawn again five
 * times a second on a terminal, else a line every 30 s. Nothing when quiet.
 * `progress` and `hour` are borrowed until console_unwatch.
 */
int console_watch(struct console *console, const struct progress *progress,
                  struct span hour, struct error *err) MUST_CHECK;

/* End that, and take the bar off the screen. Does nothing when nothing is watched. */
void console_unwatch(struct console *console);

#endif
