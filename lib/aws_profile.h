/* aws_profile -- the user's AWS environment variables and files, and what they settle. */
#ifndef RSLOAD_AWS_PROFILE_H
#define RSLOAD_AWS_PROFILE_H

#include "aws_keys.h"
#include "bytes.h"
#include "error.h"
#include "say.h"

/*
 * Where to look. `variable` is getenv or a test's table: NULL when there is no such
 * variable; an empty one counts as not set. Texts are borrowed and outlive what reads
 * them. Threads: read only, but `variable` is called from whichever thread asks.
 */
struct aws_sources {
    const char *(*variable)(void *context, const char *name);
    void *context;
    const char *home;    /* the home folder; NULL or "" when there is none */
    struct span profile; /* of --aws-profile; empty: AWS_PROFILE, else "default" */
    const struct say *say;
};

/* What cannot be known from the command line alone. Empty spans: nothing said. */
struct aws_settings {
    struct span region;
    struct span endpoint_url;
    struct span addressing; /* "auto", "path", "virtual" */
    struct span ca_file;
};

/*
 * One of the profile's properties: the credentials file's before the config file's.
 * Errors: ERROR_CONFIG when a file cannot be read or parsed, and when a profile that was
 * asked for by name is in neither file. A file that is not there is an empty one.
 */
struct aws_profile {
    struct span name;
    bool is_named; /* by an option or a variable: it must be there */
    bool is_found;
    struct span credentials_path; /* as read, for messages */
    struct span config_path;
    struct aws_profile_files *files; /* for aws_profile.c only */
};

/* Read the two files into `arena`, which is wiped by its owner with aws_profile_wipe. */
int aws_profile_read(const struct aws_sources *sources, struct arena *arena,
                     struct aws_profile *ret, struct error *err) MUST_CHECK;

/* The value of `name` for the profile; false when neither file has it. */
bool aws_profile_find(const struct aws_profile *profile, struct span name,
                      struct span *ret);

/* Overwrite what was read from the files: they hold secrets. */
void aws_profile_wipe(struct aws_profile *profile);

/*
 * Settle region, endpoint, addressing style and CA file from variables and files; an
 * option on the command line is the caller's and comes before all of it. Order:
 * region: AWS_REGION, AWS_DEFAULT_REGION, profile. Endpoint: AWS_ENDPOINT_URL_S3,
 * AWS_ENDPOINT_URL, the profile's services section, the profile (none of them with
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true). CA: AWS_CA_BUNDLE, profile's ca_bundle.
 * Ownership: `ret` lies in `arena`. Errors: as aws_profile_read.
 */
int aws_settings_find(const struct aws_sources *sources, struct arena *arena,
                      struct aws_settings *ret, struct error *err) MUST_CHECK;

#endif
