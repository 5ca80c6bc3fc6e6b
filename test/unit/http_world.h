/* http_world -- a server, a client and its last answer, for http's tests. */
#ifndef RSLOAD_HTTP_WORLD_H
#define RSLOAD_HTTP_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <stdlib.h>

#include "fake_http.h"
#include "http.h"

/* One server, one client and the answer to the last request. */
struct world {
    struct fake_http *server;
    struct http *http;
    struct http_answer answer;
    struct text body;
    struct error err;
};

static inline void
open_world(struct world *w, fake_answer *answer, void *context, struct stop *stop)
{
    struct http_options options = {
        .is_plain_allowed = true, .stall_timeout_s = 1, .stop = stop};

    *w = (struct world){0};
    w->server = fake_http_start(answer, context);
    assert_int_equal(http_new(&options, &w->http, &w->err), 0);
}

static inline void
close_world(struct world *w, size_t *ret_requests, size_t *ret_connections)
{
    http_free(w->http);
    http_answer_release(&w->answer);
    text_release(&w->body);
    fake_http_stop(w->server, ret_requests, ret_connections);
}

/* Send `request` for `path`; the body goes into w->body unless the request says
 * else. */
static inline int
send_to(struct world *w, struct http_request request, const char *path)
{
    struct text url = {0};
    int rc;

    text_addf(&url, "%s%s", fake_http_url(w->server), path);
    request.url = text_span(&url);
    text_clear(&w->body);
    if (request.sink.push == NULL)
        request.sink = text_sink(&w->body);
    rc = http_send(w->http, &request, &w->answer, &w->err);
    text_release(&url);
    return rc;
}

static inline int
get(struct world *w, const char *path)
{
    return send_to(w, (struct http_request){.method = "GET"}, path);
}

static inline int
set_up_curl(void **state)
{
    (void)state;
    (void)unsetenv("http_proxy"); /* loopback goes nowhere else */
    (void)unsetenv("all_proxy");
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

static inline int
tear_down_curl(void **state)
{
    (void)state;
    curl_global_cleanup();
    return 0;
}

#endif
