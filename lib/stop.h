/* stop -- the early end of a run: asked for once with a reason, noticed everywhere. */
#ifndef RSLOAD_STOP_H
#define RSLOAD_STOP_H

#include "error.h"

#include <stdbool.h>

/*
 * Shared by all threads of a run; every function here may be called from any thread.
 * The first reason wins. Loops ask stop_asked; waits poll stop_fd, which becomes readable
 * and stays so; nothing sleeps.
 */
struct stop;

/* Ownership: the caller frees with stop_free, after all threads have ended.
 * Errors: ERROR_IO when no pipe or memory is to be had. */
int stop_new(struct stop **ret, struct error *err) MUST_CHECK;
void stop_free(struct stop *stop);

/* End the run for the reason `why` (copied), unless it was asked for already. */
void stop_ask(struct stop *stop, const struct error *why);

/* Has the end been asked for? Cheap: one atomic load. A NULL stop never ends. */
bool stop_asked(const struct stop *stop);

/* Put the reason into `err` and return -1; return 0 when nobody asked. */
int stop_check(struct stop *stop, struct error *err) MUST_CHECK;

/* A file descriptor to poll for reading beside one's own; -1 for a NULL stop. */
int stop_fd(const struct stop *stop);

/* Wait `ms` milliseconds or until the end is asked for. Returns as stop_check. */
int stop_wait(struct stop *stop, int ms, struct error *err) MUST_CHECK;

#endif
