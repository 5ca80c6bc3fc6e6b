/* message -- the lines on stderr: for people, and as JSON for machines. */
#ifndef RSLOAD_MESSAGE_H
#define RSLOAD_MESSAGE_H

#include "bytes.h"
#include "error.h"
#include "say.h"

/* All of these append one line with its line feed; control characters become blanks. */

/* "rsload: warning: text" (information has no word of its own). */
void message_text(enum say_level level, const char *text, struct text *ret);

/* "rsload: what: why: hint". */
void message_error_text(const struct error *err, struct text *ret);

/* {"time":"2026-11-21T15:15:02Z","level":"warning","message":"text"}. When memory is
 * too short for it, nothing is appended. */
void message_json(enum say_level level, const char *text, int64_t now_s,
                  struct text *ret);

/* The same with level "error", and kind, exit_code, what, why and hint. */
void message_error_json(const struct error *err, int64_t now_s, struct text *ret);

#endif
