/* say -- how the library tells its user something: one callback, given by the caller. */
#ifndef RSLOAD_SAY_H
#define RSLOAD_SAY_H

#include "error.h"

enum say_level {
    SAY_DEBUG,   /* shown with --verbose only: requests, statements (secrets masked) */
    SAY_INFO,    /* a step begins or ends */
    SAY_WARNING, /* the user should know; the run goes on */
};

/*
 * `line` is called with one line of text, without a line end, valid during the call.
 * Threads: it may be called from several threads at once and takes care of that itself.
 * No secret is ever passed to it. A zeroed struct says nothing.
 */
struct say {
    void (*line)(void *context, enum say_level level, const char *text);
    void *context;
};

/* Say a formatted line (cut at 1,000 bytes). */
void say(const struct say *say, enum say_level level, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
