#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct stop {
    atomic_bool is_asked;
    pthread_mutex_t lock; /* guards reason until is_asked is set; a leaf */
    struct error reason;
    int read_fd;
    int write_fd;
};

int
stop_new(struct stop **ret, struct error *err)
{
    struct stop *stop = calloc(1, sizeof *stop);
    int fds[2];

    if (stop == NULL)
        return error_no_memory(err);
    if (pipe(fds) != 0) {
        free(stop);
        return error_set(err, ERROR_IO, "cannot make a pipe: %s", strerror(errno));
    }
    (void)fcntl(fds[0], F_SETFD,
                FD_CLOEXEC); /* cannot fail on a descriptor just made */
    (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    stop->read_fd = fds[0];
    stop->write_fd = fds[1];
    (void)pthread_mutex_init(&stop->lock, NULL); /* default attributes: cannot fail */
    *ret = stop;
    return 0;
}

void
stop_free(struct stop *stop)
{
    if (stop == NULL)
        return;
    (void)close(stop->read_fd);
    (void)close(stop->write_fd);
    (void)pthread_mutex_destroy(&stop->lock);
    free(stop);
}

void
stop_ask(struct stop *stop, const struct error *why)
{
    (void)pthread_mutex_lock(&stop->lock);
    if (!atomic_load(&stop->is_asked)) {
        ssize_t sent;

        stop->reason = *why;
        atomic_store(&stop->is_asked, true);
        /* one byte that nobody ever reads: the descriptor stays readable for all */
        do
            sent = write(stop->write_fd, "!", 1);
        while (sent < 0 && errno == EINTR);
    }
    (void)pthread_mutex_unlock(&stop->lock);
}

bool
stop_asked(const struct stop *stop)
{
    return stop != NULL && atomic_load(&stop->is_asked);
}

int
stop_check(struct stop *stop, struct error *err)
{
    if (!stop_asked(stop))
        return 0;
    (void)pthread_mutex_lock(&stop->lock);
    *err = stop->reason;
    (void)pthread_mutex_unlock(&stop->lock);
    return -1;
}

int
stop_fd(const struct stop *stop)
{
    return stop != NULL ? stop->read_fd : -1;
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* always there on our platforms */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
stop_wait(struct stop *stop, int ms, struct error *err)
{
    struct pollfd fd = {.fd = stop_fd(stop), .events = POLLIN};
    int64_t until = now_ms() + ms;
    int64_t left = ms;

    while (left > 0 && poll(&fd, 1, (int)left) < 0 && errno == EINTR)
        left = until - now_ms();
    return stop_check(stop, err);
}
