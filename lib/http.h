/* http -- one request on a reused connection, streamed both ways, cancelled at once. */
#ifndef RSLOAD_HTTP_H
#define RSLOAD_HTTP_H

#include "bytes.h"
#include "error.h"
#include "http_head.h"
#include "stop.h"

/* Texts are copied. A zeroed struct is valid: https only, the system's CA bundle. */
struct http_options {
    struct span ca_file;    /* PEM; empty: the system's */
    bool is_plain_allowed;  /* http:// as well: for an endpoint the user named */
    int connect_timeout_ms; /* 0: 10,000 */
    int stall_timeout_s;    /* silence that breaks a transfer; 0: 30 */
    struct stop *stop;      /* may be NULL */
};

/* A connection pool and its handle. Belongs to one thread. */
struct http;

struct http_header {
    struct span name;
    struct span value;
};

/* What became of a request that got no whole answer. */
enum http_failure {
    HTTP_OK,      /* a whole answer is there, of whatever status */
    HTTP_BROKEN,  /* the connection failed or broke, or the answer made no sense */
    HTTP_TIMEOUT, /* no connection or no byte in time */
    HTTP_REFUSED, /* no other attempt will do better: certificate, URL */
    HTTP_ENDED,   /* by `begin`, by the sink or by stop: `err` is theirs */
};

/*
 * An answer. Zeroed before first use, released with http_answer_release; one may be
 * used for many requests.
 */
struct http_answer {
    int status; /* 0 when none came */
    enum http_failure failure;
    struct http_head head;  /* ask it with http_head_find */
    struct text error_body; /* of an answer that is not 2xx: its first 64 KiB */
};

/*
 * A request. `begin`, if set, is called once with the headers of a 2xx answer, before
 * the first byte of its body; -1 with `err` set ends the transfer. The body of a 2xx
 * answer goes to `sink` (a NULL push drops it). `pieces` are the body sent, joined;
 * they are read again when libcurl repeats the request on another connection.
 */
struct http_request {
    const char *method; /* "GET", "PUT", "POST", "DELETE", "HEAD" */
    struct span url;    /* percent-encoded, sent as it is */
    const struct http_header *headers;
    size_t header_count;
    bool has_body;
    const struct span *pieces;
    size_t piece_count;
    int (*begin)(void *context, const struct http_answer *answer, struct error *err);
    void *context;
    struct sink sink;
};

/* Ownership: the caller's, until http_free. Errors: ERROR_IO. */
int http_new(const struct http_options *options, struct http **ret,
             struct error *err) MUST_CHECK;
void http_free(struct http *http);

/*
 * Send `request` and take the answer into `ret`. Redirects are answers and are not
 * followed; nothing is decoded; nothing is retried.
 * Errors: when `ret->failure` is not HTTP_OK: ERROR_UNREACHABLE with libcurl's reason,
 * naming the host (ERROR_CONFIG for the CA file); or what begin, sink or stop said.
 * Threads: the one that owns `http`.
 */
int http_send(struct http *http, const struct http_request *request,
              struct http_answer *ret, struct error *err) MUST_CHECK;

void http_answer_release(struct http_answer *answer);

#endif
