#include "signals.h"

#include <string.h>

/* What ends the waiting thread when the run is over. */
#define SIGNAL_OVER SIGUSR1

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
#define END_COUNT (sizeof ends / sizeof ends[0])

void
signals_block(struct signals *signals)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t blocked;

    (void)sigemptyset(&ignore.sa_mask);   /* none of these calls can fail: */
    (void)sigemptyset(&signals->watched); /* all signals here are valid */
    for (size_t i = 0; i < END_COUNT; i++) {
        struct sigaction old;

        if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaddset(&signals->watched, ends[i]);
    }
    blocked = signals->watched;
    (void)sigaddset(&blocked, SIGNAL_OVER);
    (void)pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static void *
wait_for_signals(void *context)
{
    struct signals *signals = context;
    sigset_t waited = signals->watched;
    struct error why = {0};
    int number = 0;

    (void)sigaddset(&waited, SIGNAL_OVER);
    if (sigwait(&waited, &number) != 0 || number == SIGNAL_OVER)
        return NULL;
    (void)error_set(&why, number == SIGINT ? ERROR_INTERRUPTED : ERROR_TERMINATED,
                    "stopped by %s",
                    number == SIGINT    ? "SIGINT"
                    : number == SIGTERM ? "SIGTERM"
                                        : "SIGHUP");
    stop_ask(signals->stop, &why);

    /* From here on this thread lets the signals through to what they do by
     * themselves. */
    (void)pthread_sigmask(SIG_UNBLOCK, &signals->watched, NULL);
    (void)sigemptyset(&waited);
    (void)sigaddset(&waited, SIGNAL_OVER);
    (void)sigwait(&waited, &number);
    return NULL;
}

int
signals_watch(struct signals *signals, struct stop *stop, struct error *err)
{
    int number;

    signals->stop = stop;
    number = pthread_create(&signals->thread, NULL, wait_for_signals, signals);
    if (number != 0)
        return error_set(err, ERROR_IO, "cannot start a thread: %s", strerror(number));
    signals->is_started = true;
    return 0;
}

void
signals_unwatch(struct signals *signals)
{
    if (!signals->is_started)
        return;
    (void)pthread_kill(signals->thread, SIGNAL_OVER); /* it lives until it is joined */
    (void)pthread_join(signals->thread, NULL);
    signals->is_started = false;
}
