/* aws_profile -- the user's AWS files, and the one profile in them that counts. */
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

/* The variable `name`; empty when it is not set. */
struct span aws_variable(const struct aws_sources *sources, const char *name);

/* The chosen profile and the two files; spans lie in the arena that it was read
 * into. */
struct aws_profile {
    struct span name;
    bool is_named; /* by an option or a variable: it must be there */
    bool is_found;
    struct span credentials_path; /* as read, for messages */
    struct span config_path;
    struct aws_profile_files *files; /* for aws_profile.c only */
};

/*
 * Read both files into `arena` and choose the profile: the option's, AWS_PROFILE's,
 * AWS_DEFAULT_PROFILE's, else "default". A file that is not there is an empty one. Wipe
 * with aws_profile_wipe before the arena is released.
 * Errors: ERROR_CONFIG when a file cannot be read or parsed, naming it, and when a
 * profile that was asked for by name is in neither.
 */
int aws_profile_read(const struct aws_sources *sources, struct arena *arena,
                     struct aws_profile *ret, struct error *err) MUST_CHECK;

/* The value of `name` for the profile, the credentials file's before the config file's;
 * false when neither has it. */
bool aws_profile_find(const struct aws_profile *profile, struct span name,
                      struct span *ret);

/* The value of `name` below `parent` ("s3"; or empty) in the profile's section of the
 * config file. */
bool aws_profile_find_in_config(const struct aws_profile *profile, struct span parent,
                                struct span name, struct span *ret);

/* The value of `name` below `service` in the services section that the profile
 * names. */
bool aws_profile_find_service(const struct aws_profile *profile, struct span service,
                              struct span name, struct span *ret);

/* Overwrite what was read from the files: they hold secrets. */
void aws_profile_wipe(struct aws_profile *profile);

#endif
