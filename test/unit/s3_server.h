/* s3_server -- the real S3 server of a test, which RSLOAD_S3_ENV names. */
#ifndef RSLOAD_S3_SERVER_H
#define RSLOAD_S3_SERVER_H

#include "store_s3.h"

#define S3_SERVER_VALUE 300

struct s3_server {
    char endpoint[S3_SERVER_VALUE], endpoint_tls[S3_SERVER_VALUE], ca[S3_SERVER_VALUE];
    char endpoint_slow[S3_SERVER_VALUE]; /* "" when it was not started */
    char region[S3_SERVER_VALUE];
    char key[S3_SERVER_VALUE], secret[S3_SERVER_VALUE];
    struct aws_credentials *credentials;
    struct store_s3_config
        config; /* path style, plain HTTP: a test changes its own copy */
};

/* Read the variables and make credentials and configuration of them. False, with a
 * message that says so, when there is no such server. */
bool s3_server_open(struct s3_server *server);
void s3_server_close(struct s3_server *server);

/* Make s3://bucket; that it is there already is success. */
void s3_server_make_bucket(struct s3_server *server, const char *bucket);

#endif
