/* s3_world -- a store_s3 whose S3 is a fake_http, with keys that must never be seen. */
#ifndef RSLOAD_S3_WORLD_H
#define RSLOAD_S3_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "fake_http.h"
#include "store_s3.h"

#define WORLD_SECRET "wJalrXUtnFEMI/SECRET/NEVER-SHOWN"
#define WORLD_TOKEN  "FwoGZXIvYXdzTOKEN//NEVER-SHOWN"
#define WORLD_NOW    1795269600 /* 2026-11-21T14:00:00Z */

struct s3_world {
    struct fake_http *server;
    struct aws_credentials *credentials;
    struct store_s3_config config;
    struct say say;
    struct text said; /* all that was said, a line each */
    struct store_place place;
    struct store *store;
    struct error err;
};

static inline const char *
s3_world_variable(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0)
        return "AKIATEST";
    if (strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0)
        return WORLD_SECRET;
    return strcmp(name, "AWS_SESSION_TOKEN") == 0 ? WORLD_TOKEN : NULL;
}

static inline int64_t
s3_world_now(void *context)
{
    (void)context;
    return WORLD_NOW;
}

static inline void
s3_world_say(void *context, enum say_level level, const char *line)
{
    text_addf(context, "%d %s\n", (int)level, line);
}

/* Open s3://bucket/in behind `answer`; waits are of a millisecond, silence of a
 * second. */
static inline void
s3_world_open(struct s3_world *w, fake_answer *answer, void *context)
{
    struct aws_sources sources = {.variable = s3_world_variable};

    *w = (struct s3_world){0};
    w->server = fake_http_start(answer, context);
    assert_int_equal(aws_credentials_new(&sources, &w->credentials, &w->err), 0);
    w->say = (struct say){s3_world_say, &w->said};
    w->config = (struct store_s3_config){.region = SPAN("us-east-1"),
                                         .endpoint = span_of(fake_http_url(w->server)),
                                         .credentials = w->credentials,
                                         .say = &w->say,
                                         .now_s = s3_world_now,
                                         .seed = 7,
                                         .attempts = 4,
                                         .retry_base_ms = 1,
                                         .stall_timeout_s = 1};
    assert_int_equal(
        store_s3_place(SPAN("s3://bucket/in"), &w->config, &w->place, &w->err), 0);
    assert_int_equal(store_open(&w->place, &w->store, &w->err), 0);
}

/* Close it; no secret was said or stands in the error. */
static inline size_t
s3_world_close(struct s3_world *w)
{
    char line[3000];
    size_t requests;

    error_line(&w->err, line, sizeof line);
    assert_null(strstr(line, "NEVER-SHOWN"));
    assert_null(strstr(text_string(&w->said), "NEVER-SHOWN"));
    store_close(w->store);
    aws_credentials_free(w->credentials);
    text_release(&w->said);
    fake_http_stop(w->server, &requests, NULL);
    return requests;
}

static inline int
s3_world_set_up(void **state)
{
    (void)state;
    (void)unsetenv("http_proxy"); /* loopback goes nowhere else */
    (void)unsetenv("all_proxy");
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

static inline int
s3_world_tear_down(void **state)
{
    (void)state;
    curl_global_cleanup();
    return 0;
}

#endif
