#include "s3_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "s3_call.h"

static const char *
variable(void *context, const char *name)
{
    struct s3_server *server = context;

    if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0)
        return server->key;
    return strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0 ? server->secret : NULL;
}

static int64_t
now(void *context)
{
    (void)context;
    return (int64_t)time(NULL);
}

static void
read_variables(struct s3_server *server, FILE *file)
{
    const struct {
        const char *name;
        char *to;
    } names[] = {
        {"S3_ENDPOINT=", server->endpoint},
        {"S3_ENDPOINT_TLS=", server->endpoint_tls},
        {"S3_ENDPOINT_SLOW=", server->endpoint_slow},
        {"S3_CA=", server->ca},
        {"AWS_ACCESS_KEY_ID=", server->key},
        {"AWS_SECRET_ACCESS_KEY=", server->secret},
        {"AWS_DEFAULT_REGION=", server->region},
    };
    char line[S3_SERVER_VALUE + 50];

    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (strncmp(line, names[i].name, strlen(names[i].name)) == 0)
                (void)snprintf(names[i].to, S3_SERVER_VALUE, "%.*s",
                               S3_SERVER_VALUE - 1, line + strlen(names[i].name));
    }
}

bool
s3_server_open(struct s3_server *server)
{
    const char *path = getenv("RSLOAD_S3_ENV");
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    struct aws_sources sources = {.variable = variable, .context = server};
    struct error err = {0};

    *server = (struct s3_server){0};
    if (file == NULL) {
        print_message("skipped: RSLOAD_S3_ENV names no S3 server\n");
        return false;
    }
    read_variables(server, file);
    (void)fclose(file);
    assert_int_equal(aws_credentials_new(&sources, &server->credentials, &err), 0);
    server->config = (struct store_s3_config){.region = span_of(server->region),
                                              .endpoint = span_of(server->endpoint),
                                              .credentials = server->credentials,
                                              .now_s = now};
    return true;
}

void
s3_server_close(struct s3_server *server)
{
    aws_credentials_free(server->credentials);
}

void
s3_server_make_bucket(struct s3_server *server, const char *bucket)
{
    struct s3_call call = {.method = "PUT", .verb = "make", .has_body = true};
    char url[S3_SERVER_VALUE];
    struct store_place place;
    struct store *store;
    struct error err = {0};

    (void)snprintf(url, sizeof url, "s3://%s", bucket);
    assert_int_equal(store_s3_place(span_of(url), &server->config, &place, &err), 0);
    assert_int_equal(store_open(&place, &store, &err), 0);
    if (s3_call((struct s3 *)store, &call, &err) != 0 &&
        ((struct s3 *)store)->answer.status != 409)
        fail_msg("%s: %s", err.what, err.why);
    store_close(store);
}
