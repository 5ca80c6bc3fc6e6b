#include "aws_credentials.h"

#include <pthread.h>
#include <stdlib.h>

struct aws_credentials {
    struct aws_sources sources;
    pthread_mutex_t lock; /* guards what follows; a leaf */
    bool is_known;
    struct aws_keys keys;
};

/* One source of keys. In `ret_is_found` whether it is configured; when it is and is
 * wrong, that is an error. `looked` takes where it looked in vain. */
typedef int provider(const struct aws_sources *sources, int64_t now_s,
                     struct aws_keys *ret, bool *ret_is_found, struct text *looked,
                     struct error *err);

/* Half a pair is a mistake that must not be passed over: the next source would be used
 * in silence, for another account perhaps. */
static int
check_pair(struct span access_key, const char *access_name, struct span secret,
           const char *secret_name, struct error *err)
{
    if ((access_key.length == 0) == (secret.length == 0))
        return 0;
    return error_set(err, ERROR_CONFIG, "%s is set, but %s is not",
                     access_key.length > 0 ? access_name : secret_name,
                     access_key.length > 0 ? secret_name : access_name);
}

static int
find_in_environment(const struct aws_sources *sources, int64_t now_s,
                    struct aws_keys *ret, bool *ret_is_found, struct text *looked,
                    struct error *err)
{
    struct span access_key = aws_variable(sources, "AWS_ACCESS_KEY_ID");
    struct span secret = aws_variable(sources, "AWS_SECRET_ACCESS_KEY");
    struct span token = aws_variable(sources, "AWS_SESSION_TOKEN");

    (void)now_s;
    text_add_string(looked, "AWS_ACCESS_KEY_ID");
    if (sources->profile.length > 0)
        return 0; /* who names a profile wants that one */
    if (check_pair(access_key, "AWS_ACCESS_KEY_ID", secret, "AWS_SECRET_ACCESS_KEY",
                   err))
        return error_in(err, "AWS credentials of the environment");
    if (access_key.length == 0)
        return 0;
    *ret_is_found = true;
    if (aws_keys_make(access_key, secret, token, ret, err))
        return error_in(err, "AWS credentials of the environment");
    return 0;
}

/* The keys of one profile; a name that was asked for must have some. */
static int
take_profile_keys(const struct aws_profile *profile, struct aws_keys *ret,
                  bool *ret_is_found, struct error *err)
{
    struct span access_key = {0}, secret = {0}, token = {0};

    (void)aws_profile_find(profile, SPAN("aws_access_key_id"), &access_key);
    (void)aws_profile_find(profile, SPAN("aws_secret_access_key"), &secret);
    (void)aws_profile_find(profile, SPAN("aws_session_token"), &token);
    if (check_pair(access_key, "aws_access_key_id", secret, "aws_secret_access_key",
                   err))
        return -1;
    if (access_key.length == 0 && profile->is_named) {
        (void)error_set(err, ERROR_CONFIG, "it has no aws_access_key_id");
        return error_hint(err, "put keys there, or export AWS_ACCESS_KEY_ID and "
                               "AWS_SECRET_ACCESS_KEY (aws configure "
                               "export-credentials --format env)");
    }
    if (access_key.length == 0)
        return 0;
    *ret_is_found = true;
    return aws_keys_make(access_key, secret, token, ret, err);
}

static int
find_in_files(const struct aws_sources *sources, int64_t now_s, struct aws_keys *ret,
              bool *ret_is_found, struct text *looked, struct error *err)
{
    struct arena arena = {0};
    struct aws_profile profile = {0};
    int rc = aws_profile_read(sources, &arena, &profile, err);

    (void)now_s;
    if (rc == 0) {
        text_addf(looked, ", profile \"%.*s\" in %.*s and %.*s", SPAN_ARG(profile.name),
                  SPAN_ARG(profile.credentials_path), SPAN_ARG(profile.config_path));
        rc = take_profile_keys(&profile, ret, ret_is_found, err);
        if (rc != 0)
            (void)error_in(err, "AWS profile \"%.*s\"", SPAN_ARG(profile.name));
    }
    aws_profile_wipe(&profile);
    arena_release(&arena);
    return rc;
}

/* In this order; another source is another line. */
static provider *const providers[] = {find_in_environment, find_in_files};

static int
find(const struct aws_sources *sources, int64_t now_s, struct aws_keys *ret,
     struct error *err)
{
    struct text looked = {0};
    bool is_found = false;
    int rc = 0;

    for (size_t i = 0; rc == 0 && !is_found && i < sizeof providers / sizeof *providers;
         i++)
        rc = providers[i](sources, now_s, ret, &is_found, &looked, err);
    if (rc == 0 && !is_found) {
        rc = error_set(err, ERROR_CONFIG, "no AWS credentials: looked at %s",
                       text_string(&looked));
        (void)error_hint(err, "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                              "name a profile with --aws-profile");
    }
    text_release(&looked);
    return rc;
}

int
aws_credentials_new(const struct aws_sources *sources, struct aws_credentials **ret,
                    struct error *err)
{
    struct aws_credentials *c = calloc(1, sizeof *c);

    if (c == NULL)
        return error_no_memory(err);
    c->sources = *sources;
    (void)pthread_mutex_init(&c->lock, NULL); /* default attributes: cannot fail */
    *ret = c;
    return 0;
}

void
aws_credentials_free(struct aws_credentials *credentials)
{
    if (credentials == NULL)
        return;
    aws_keys_release(&credentials->keys);
    (void)pthread_mutex_destroy(&credentials->lock);
    free(credentials);
}

int
aws_credentials_get(struct aws_credentials *credentials, int64_t now_s,
                    struct aws_keys *ret, struct error *err)
{
    struct aws_credentials *c = credentials;
    int rc = 0;

    (void)pthread_mutex_lock(&c->lock);
    if (!c->is_known)
        rc = find(&c->sources, now_s, &c->keys, err);
    c->is_known = rc == 0;
    if (rc == 0)
        rc = aws_keys_make(c->keys.access_key, c->keys.secret, c->keys.token, ret, err);
    (void)pthread_mutex_unlock(&c->lock);
    return rc;
}

int
aws_credentials_renew(struct aws_credentials *credentials, int64_t now_s,
                      const struct aws_keys *stale, bool *ret_is_new, struct error *err)
{
    struct aws_credentials *c = credentials;
    struct aws_keys fresh = {0};
    int rc = 0;

    (void)pthread_mutex_lock(&c->lock);
    /* another thread may have been here first: then there is nothing to read */
    if (!c->is_known || aws_keys_equal(&c->keys, stale)) {
        rc = find(&c->sources, now_s, &fresh, err);
        if (rc == 0) {
            aws_keys_release(&c->keys);
            c->keys = fresh;
            c->is_known = true;
        }
    }
    if (rc == 0)
        *ret_is_new = !aws_keys_equal(&c->keys, stale);
    (void)pthread_mutex_unlock(&c->lock);
    return rc;
}
