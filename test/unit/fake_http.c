#include "fake_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS_MAX 32

struct peer {
    int fd; /* -1: free */
    size_t number;
    size_t requests;
    bool is_stalled;
    bool is_continued; /* "100 Continue" was sent for the request under way */
    struct text in;
};

struct fake_http {
    fake_answer *answer;
    void *context;
    int listener;
    int wake[2];
    pthread_t thread;
    char url[64];
    size_t requests;
    size_t connections;
    struct peer peers[PEERS_MAX];
};

static void
close_peer(struct peer *p, bool with_reset)
{
    struct linger linger = {1, 0};

    if (with_reset)
        (void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    (void)close(p->fd);
    text_release(&p->in);
    *p = (struct peer){.fd = -1};
}

/* Send all of it; a client that has gone is none of our business. */
static void
send_all(int fd, struct span bytes)
{
    while (bytes.length > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return;
        bytes = (struct span){bytes.data + sent, bytes.length - (size_t)sent};
    }
}

static struct span
find_header(struct span head, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i + length + 1 < head.length; i++) {
        struct span value;

        if (i == 0 || head.data[i - 1] != '\n' || head.data[i + length] != ':' ||
            strncasecmp(head.data + i, name, length) != 0)
            continue;
        value.data = head.data + i + length + 1;
        while (*value.data == ' ')
            value.data++;
        value.length = 0;
        while (value.data + value.length < head.data + head.length &&
               value.data[value.length] != '\r')
            value.length++;
        return value;
    }
    return (struct span){0};
}

struct span
fake_http_header(const struct fake_request *request, const char *name)
{
    return find_header(request->head, name);
}

bool
fake_http_has(const struct fake_request *request, const char *name, const char *value)
{
    return span_equal(find_header(request->head, name), span_of(value));
}

void
fake_http_reply(struct text *reply, const char *status, const char *headers,
                struct span body)
{
    text_addf(reply, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers,
              body.length);
    text_add(reply, body);
}

/* Is a whole request there? Its head's and whole length. */
static bool
is_whole(struct peer *p, size_t *ret_head, size_t *ret_length)
{
    const char *text = text_string(&p->in);
    const char *end = strstr(text, "\r\n\r\n"); /* heads hold no NUL */
    struct span length;

    if (end == NULL)
        return false;
    *ret_head = (size_t)(end - text) + 4;
    length = find_header((struct span){text, *ret_head}, "content-length");
    *ret_length = *ret_head + (length.length > 0 ? strtoul(length.data, NULL, 10) : 0);
    if (p->in.length < *ret_length && !p->is_continued &&
        find_header((struct span){text, *ret_head}, "expect").length > 0) {
        p->is_continued = true;
        send_all(p->fd, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    return p->in.length >= *ret_length;
}

static void
serve(struct fake_http *server, struct peer *p)
{
    size_t head, length;

    while (p->fd >= 0 && !p->is_stalled && is_whole(p, &head, &length)) {
        struct fake_request request = {server->requests++,
                                       p->number,
                                       p->requests++,
                                       {p->in.data, head},
                                       {p->in.data + head, length - head}};
        struct text reply = {0};
        enum fake_after after = server->answer(server->context, &request, &reply);

        send_all(p->fd, text_span(&reply));
        text_release(&reply);
        memmove(p->in.data, p->in.data + length, p->in.length - length);
        p->in.length -= length;
        p->is_continued = false;
        p->is_stalled = after == FAKE_STALL;
        if (after == FAKE_CLOSE || after == FAKE_RESET)
            close_peer(p, after == FAKE_RESET);
    }
}

static void
receive(struct fake_http *server, struct peer *p)
{
    char *to = text_room(&p->in, 1 << 16);
    ssize_t got = recv(p->fd, to, 1 << 16, 0);

    if (got <= 0) {
        close_peer(p, false);
        return;
    }
    p->in.length += (size_t)got;
    serve(server, p);
}

static void
take_peer(struct fake_http *server)
{
    int fd = accept(server->listener, NULL, NULL);

    for (size_t i = 0; fd >= 0 && i < PEERS_MAX; i++)
        if (server->peers[i].fd < 0) {
            server->peers[i] = (struct peer){.fd = fd, .number = server->connections++};
            return;
        }
    if (fd >= 0)
        (void)close(fd);
}

static void *
run(void *context)
{
    struct fake_http *server = context;

    for (;;) {
        struct pollfd fds[PEERS_MAX + 2] = {{.fd = server->wake[0], .events = POLLIN},
                                            {.fd = server->listener, .events = POLLIN}};

        for (size_t i = 0; i < PEERS_MAX; i++)
            fds[i + 2] = (struct pollfd){.fd = server->peers[i].fd, .events = POLLIN};
        if (poll(fds, PEERS_MAX + 2, -1) < 0)
            continue;
        if (fds[0].revents != 0)
            return NULL;
        for (size_t i = 0; i < PEERS_MAX; i++)
            if (fds[i + 2].revents != 0 && server->peers[i].fd >= 0)
                receive(server, &server->peers[i]);
        if (fds[1].revents != 0)
            take_peer(server);
    }
}

struct fake_http *
fake_http_start(fake_answer *answer, void *context)
{
    struct fake_http *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;

    assert_non_null(server);
    server->answer = answer;
    server->context = context;
    for (size_t i = 0; i < PEERS_MAX; i++)
        server->peers[i].fd = -1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 16), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size),
                     0);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u",
                   (unsigned)ntohs(address.sin_port));
    assert_int_equal(pipe(server->wake), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, run, server), 0);
    return server;
}

const char *
fake_http_url(const struct fake_http *server)
{
    return server->url;
}

void
fake_http_stop(struct fake_http *server, size_t *ret_requests, size_t *ret_connections)
{
    assert_int_equal(write(server->wake[1], "!", 1), 1);
    assert_int_equal(pthread_join(server->thread, NULL), 0);
    if (ret_requests != NULL)
        *ret_requests = server->requests;
    if (ret_connections != NULL)
        *ret_connections = server->connections;
    for (size_t i = 0; i < PEERS_MAX; i++)
        if (server->peers[i].fd >= 0)
            close_peer(&server->peers[i], false);
    (void)close(server->listener);
    (void)close(server->wake[0]);
    (void)close(server->wake[1]);
    free(server);
}
