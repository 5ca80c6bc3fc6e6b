/* signals -- SIGINT, SIGTERM and SIGHUP become the early end of the run. */
#ifndef RSLOAD_SIGNALS_H
#define RSLOAD_SIGNALS_H

#include <pthread.h>
#include <signal.h>

#include "error.h"
#include "stop.h"

/* The thread that waits for signals. No handler and no global is involved. */
struct signals {
    pthread_t thread;
    sigset_t watched; /* those of the three that were not ignored when we started */
    struct stop *stop;
    bool is_started;
};

/*
 * Block the signals in this thread and in all that it will start, and ignore SIGPIPE.
 * Call it first of all. A signal that the caller ignores (nohup, a job in the
 * background) stays ignored.
 */
void signals_block(struct signals *signals);

/* Start to wait for them: the first one asks `stop` to end the run,
 * ERROR_INTERRUPTED or ERROR_TERMINATED; a second one kills the process. */
int signals_watch(struct signals *signals, struct stop *stop,
                  struct error *err) MUST_CHECK;

/* End the thread. Does nothing when it was not started. */
void signals_unwatch(struct signals *signals);

#endif
