/* fake_http -- a loopback HTTP server that answers and misbehaves as told. */
#ifndef RSLOAD_FAKE_HTTP_H
#define RSLOAD_FAKE_HTTP_H

#include "bytes.h"

/* What the server does with the connection once the answer's bytes are sent. */
enum fake_after {
    FAKE_KEEP,  /* wait for the next request */
    FAKE_CLOSE, /* end it */
    FAKE_RESET, /* end it with RST */
    FAKE_STALL, /* keep it open and never answer again */
};

/* A request that came in whole. */
struct fake_request {
    size_t number;        /* from 0, over all connections */
    size_t connection;    /* from 0 */
    size_t on_connection; /* from 0, which request on this connection */
    struct span head;     /* "GET /path HTTP/1.1\r\n" and the header lines */
    struct span body;
};

/* Called in the server's thread: append the raw answer to `reply`. */
typedef enum fake_after fake_answer(void *context, const struct fake_request *request,
                                    struct text *reply);

struct fake_http;

/* Start a server; fails the test when it cannot. */
struct fake_http *fake_http_start(fake_answer *answer, void *context);

/* "http://127.0.0.1:port", valid until the stop. */
const char *fake_http_url(const struct fake_http *server);

/* Stop it and wait for its thread; how many requests and connections there were is in
 * the pointers, which may be NULL. */
void fake_http_stop(struct fake_http *server, size_t *ret_requests,
                    size_t *ret_connections);

/* Does the head hold a header line `name` with `value`? */
bool fake_http_has(const struct fake_request *request, const char *name,
                   const char *value);

/* The value of header `name` in the head; empty when it is not there. */
struct span fake_http_header(const struct fake_request *request, const char *name);

/* Append a whole answer: status line, `headers` ("Name: value\r\n" each), length,
 * body. */
void fake_http_reply(struct text *reply, const char *status, const char *headers,
                     struct span body);

#endif
