#include "store_stdin.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES ((size_t)128 << 10)

struct input {
    struct store store;
    const struct store_stdin_config *config;
    bool is_read;
};

static int
list_stdin(struct store *store, struct span prefix, store_each *each, void *context,
           struct error *err)
{
    struct object object = {.key = SPAN("-"), .size_bytes = UINT64_MAX};

    (void)store;
    if (!span_starts(object.key, prefix))
        return 0;
    return each(context, &object, err);
}

/* Wait until there is something to read, or stop is asked. */
static int
wait_readable(const struct store_stdin_config *config, struct error *err)
{
    struct pollfd fds[2] = {{.fd = config->fd, .events = POLLIN},
                            {.fd = stop_fd(config->stop), .events = POLLIN}};

    while (poll(fds, 2, -1) < 0)
        if (errno != EINTR)
            return error_set(err, ERROR_IO, "cannot wait for standard input: %s",
                             strerror(errno));
    return stop_check(config->stop, err);
}

static int
read_all(const struct store_stdin_config *config, char *buffer, struct sink sink,
         struct error *err)
{
    for (;;) {
        ssize_t got;

        if (wait_readable(config, err))
            return -1;
        got = read(config->fd, buffer, READ_BYTES);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return error_set(err, ERROR_SOURCE, "cannot read standard input: %s",
                             strerror(errno));
        if (got > 0 && sink_push(sink, (struct span){buffer, (size_t)got}, err))
            return -1;
    }
}

static int
get_stdin(struct store *store, const struct object *object, struct sink sink,
          struct error *err)
{
    struct input *input = (struct input *)store;
    char *buffer;
    int rc;

    (void)object;
    if (input->is_read)
        return error_set(err, ERROR_SOURCE, "standard input can be read only once");
    input->is_read = true;
    buffer = malloc(READ_BYTES);
    if (buffer == NULL)
        return error_no_memory(err);
    rc = read_all(input->config, buffer, sink, err);
    free(buffer);
    return rc;
}

static int
put_stdin(struct store *store, struct span key, const struct span *pieces,
          size_t piece_count, struct error *err)
{
    (void)store;
    (void)key;
    (void)pieces;
    (void)piece_count;
    return error_set(err, ERROR_USAGE,
                     "\"-\" is a source only, nothing can be put there");
}

static int
drop_stdin(struct store *store, struct span key, struct error *err)
{
    return put_stdin(store, key, NULL, 0, err);
}

static void
close_stdin(struct store *store)
{
    free((struct input *)store);
}

static const struct store_driver driver = {list_stdin, get_stdin, put_stdin, drop_stdin,
                                           close_stdin};

static int
open_stdin(const struct store_place *place, struct store **ret, struct error *err)
{
    struct input *input = calloc(1, sizeof *input);

    if (input == NULL)
        return error_no_memory(err);
    input->store.driver = &driver;
    input->config = place->config;
    *ret = &input->store;
    return 0;
}

struct store_place
store_stdin_place(const struct store_stdin_config *config)
{
    return (struct store_place){SPAN("-"), open_stdin, config};
}
