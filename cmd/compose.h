/* compose -- the concrete parts of a run: which drivers, with which settings. */
#ifndef RSLOAD_COMPOSE_H
#define RSLOAD_COMPOSE_H

#include "aws_credentials.h"
#include "bytes.h"
#include "connection.h"
#include "error.h"
#include "options.h"
#include "run.h"
#include "say.h"
#include "stop.h"
#include "store_file.h"
#include "store_s3.h"
#include "store_stdin.h"
#include "target.h"

/* What all hours of a run share. It must not move once it is filled. */
struct compose {
    const struct options *options;
    struct arena *arena;
    struct say say;
    struct aws_sources aws;
    struct aws_credentials *credentials; /* NULL: nothing is in S3 */
    struct store_s3_config s3;
    struct store_file_config file;
    struct store_stdin_config standard_input;
    struct connection connection;
    bool has_target; /* there is a database to speak to */
    struct target_options target;
};

/* What one hour adds. */
struct compose_hour {
    struct store_place sources[2];
    size_t source_count;
    struct span source_prefix; /* of the URL, what is behind its last slash */
    struct span source_url;    /* as filled from the hour */
    struct store_place staging;
};

/*
 * Fill `ret` from options and environment. Ownership: `options`, `stop` and what `say`
 * leads to are borrowed; texts lie in `arena`; compose_release frees the rest.
 * Errors: ERROR_CONFIG about the AWS files; ERROR_IO.
 */
int compose_init(struct compose *ret, const struct options *options, struct stop *stop,
                 struct say say, struct arena *arena, struct error *err) MUST_CHECK;
void compose_release(struct compose *compose);

/*
 * The places of the hour at `from_s` and of the load `load_id`. A day's folder
 * brings the next day's with it when the lag reaches over midnight.
 */
int compose_hour(struct compose *compose, int64_t from_s, struct span load_id,
                 struct compose_hour *ret, struct error *err) MUST_CHECK;

#endif
