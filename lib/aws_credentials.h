/* aws_credentials -- who we are for AWS: the first source configured decides. */
#ifndef RSLOAD_AWS_CREDENTIALS_H
#define RSLOAD_AWS_CREDENTIALS_H

#include "aws_keys.h"
#include "aws_profile.h"
#include "bytes.h"
#include "error.h"

/*
 * A chain of sources: the environment, then the profile's files (with --aws-profile the
 * files only). A source that is configured but wrong ends the search with its own
 * error; only "not configured" moves on. What was found is kept.
 * Threads: shared by all; a lock inside, which is a leaf.
 */
struct aws_credentials;

/* Make the chain; nothing is read yet. `sources` is copied, what it points to is not.
 * Ownership: the caller frees, after all threads that use it. */
int aws_credentials_new(const struct aws_sources *sources, struct aws_credentials **ret,
                        struct error *err) MUST_CHECK;
void aws_credentials_free(struct aws_credentials *credentials);

/*
 * A copy of the keys that hold at `now_s`, for the caller to release.
 * Errors: ERROR_CONFIG: half a pair of keys, a profile that is not there, a file that
 * cannot be read; or nothing configured, saying where was looked.
 */
int aws_credentials_get(struct aws_credentials *credentials, int64_t now_s,
                        struct aws_keys *ret, struct error *err) MUST_CHECK;

/*
 * The server called the keys `stale` expired: look for others. In `ret_is_new` whether
 * there are, to be had by aws_credentials_get. Files are read again; keys of the
 * environment never change.
 */
int aws_credentials_renew(struct aws_credentials *credentials, int64_t now_s,
                          const struct aws_keys *stale, bool *ret_is_new,
                          struct error *err) MUST_CHECK;

#endif
