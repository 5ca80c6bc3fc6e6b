/* aws_credentials: which source decides, and what is said when none does. */
#include "aws_world.h"

#include <pthread.h>

#include "aws_credentials.h"

#define PAIR(id, secret)                                                               \
    "aws_access_key_id = " id "\naws_secret_access_key = " secret "\n"
#define ENV_PAIR                                                                       \
    {"AWS_ACCESS_KEY_ID", "EID"},                                                      \
    {                                                                                  \
        "AWS_SECRET_ACCESS_KEY", "ESECRET"                                             \
    }

static const struct {
    const char *rule;
    const char *variables[VARIABLES][2];
    const char *profile, *credentials, *config;
    const char *keys; /* "id/secret/token"; NULL: an error */
    const char *said;
} cases[] = {
    {"the environment", {ENV_PAIR}, "", NULL, NULL, "EID/ESECRET/", ""},
    {"the environment with a token",
     {ENV_PAIR, {"AWS_SESSION_TOKEN", "ETOKEN"}},
     "",
     NULL,
     NULL,
     "EID/ESECRET/ETOKEN",
     ""},
    {"the environment before the files",
     {ENV_PAIR},
     "",
     "[default]\n" PAIR("F", "S"),
     NULL,
     "EID/ESECRET/",
     ""},
    {"AWS_PROFILE does not beat keys of the environment",
     {ENV_PAIR, {"AWS_PROFILE", "p"}},
     "",
     "[p]\n" PAIR("F", "S"),
     NULL,
     "EID/ESECRET/",
     ""},
    {"a profile of the command line does",
     {ENV_PAIR},
     "p",
     "[p]\n" PAIR("F", "S"),
     NULL,
     "F/S/",
     ""},
    {"an empty variable is not set",
     {{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
     "",
     "[default]\n" PAIR("F", "S"),
     NULL,
     "F/S/",
     ""},
    {"a key without its secret",
     {{"AWS_ACCESS_KEY_ID", "EID"}},
     "",
     "[default]\n" PAIR("F", "S"),
     NULL,
     NULL,
     "AWS_SECRET_ACCESS_KEY is not"},
    {"a secret without its key",
     {{"AWS_SECRET_ACCESS_KEY", "ESECRET"}},
     "",
     NULL,
     NULL,
     NULL,
     "AWS_ACCESS_KEY_ID is not"},
    {"the default profile",
     {{0}},
     "",
     "[x]\n[default]\n" PAIR("F", "S"),
     NULL,
     "F/S/",
     ""},
    {"a token of a profile",
     {{0}},
     "",
     "[default]\n" PAIR("F", "S") "aws_session_token=T\n",
     NULL,
     "F/S/T",
     ""},
    {"AWS_PROFILE",
     {{"AWS_PROFILE", "p"}},
     "",
     "[default]\n" PAIR("F", "S") "[p]\n" PAIR("G", "S"),
     NULL,
     "G/S/",
     ""},
    {"keys of the config file",
     {{0}},
     "",
     NULL,
     "[default]\n" PAIR("C", "S"),
     "C/S/",
     ""},
    {"[profile x] of the config file",
     {{0}},
     "x",
     NULL,
     "[profile x]\n" PAIR("C", "S"),
     "C/S/",
     ""},
    {"[x] of the config file is no profile",
     {{0}},
     "x",
     NULL,
     "[x]\n" PAIR("C", "S"),
     NULL,
     "no profile \"x\""},
    {"the credentials file before the config file",
     {{0}},
     "",
     "[default]\n" PAIR("F", "S"),
     "[default]\n" PAIR("C", "S"),
     "F/S/",
     ""},
    {"[profile default] before [default]",
     {{0}},
     "",
     NULL,
     "[default]\n" PAIR("C", "S") "[profile default]\n" PAIR("D", "S"),
     "D/S/",
     ""},
    {"default gives nothing to others",
     {{0}},
     "p",
     "[default]\n" PAIR("F", "S") "[p]\nregion = x\n",
     NULL,
     NULL,
     "no aws_access_key_id"},
    {"half a pair in a profile",
     {{0}},
     "",
     "[default]\naws_access_key_id = F\n",
     NULL,
     NULL,
     "aws_secret_access_key is not"},
    {"a profile that is not there",
     {{"AWS_PROFILE", "p"}},
     "",
     "[q]\n",
     NULL,
     NULL,
     "no profile \"p\""},
    {"a file that is no such file", {{0}}, "", "[default\n", NULL, NULL, "line 1"},
    {"nothing at all",
     {{0}},
     "",
     NULL,
     NULL,
     NULL,
     "looked at AWS_ACCESS_KEY_ID, profile \"default\" in "},
    {"a blank in a secret",
     {{0}},
     "",
     "[default]\n" PAIR("F", "S S"),
     NULL,
     NULL,
     "secret access key holds a blank"},
    {"a secret over two lines",
     {{0}},
     "",
     "[default]\n" PAIR("F", "S\n S"),
     NULL,
     NULL,
     "secret access key holds a blank"},
};

static void
takes_the_first_source_that_is_configured(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aws_credentials *credentials;
        struct aws_keys keys = {0};
        struct text got = {0};
        char line[3000];
        int rc;

        memcpy(w->variables, cases[i].variables, sizeof w->variables);
        write_file(w, "credentials", cases[i].credentials);
        write_file(w, "config", cases[i].config);
        w->sources.profile = span_of(cases[i].profile);
        assert_int_equal(aws_credentials_new(&w->sources, &credentials, &w->err), 0);
        rc = aws_credentials_get(credentials, 0, &keys, &w->err);
        text_addf(&got, "%.*s/%.*s/%.*s", SPAN_ARG(keys.access_key),
                  SPAN_ARG(keys.secret), SPAN_ARG(keys.token));
        error_line(&w->err, line, sizeof line);
        if (cases[i].keys != NULL
                ? rc != 0 || strcmp(text_string(&got), cases[i].keys) != 0
                : rc == 0 || w->err.kind != ERROR_CONFIG ||
                      strstr(line, cases[i].said) == NULL)
            fail_msg("%s: rc %d, %s, %s", cases[i].rule, rc, text_string(&got), line);
        text_release(&got);
        aws_keys_release(&keys);
        aws_credentials_free(credentials);
    }
    w->sources.profile = SPAN("");
}

static void
reads_files_again_when_keys_have_expired(void **state)
{
    struct world *w = *state;
    struct aws_credentials *credentials;
    struct aws_keys old = {0}, new = {0};
    bool is_new = true;

    memset(w->variables, 0, sizeof w->variables);
    write_file(w, "credentials", "[default]\n" PAIR("F", "S"));
    assert_int_equal(aws_credentials_new(&w->sources, &credentials, &w->err), 0);
    assert_int_equal(aws_credentials_get(credentials, 0, &old, &w->err), 0);
    assert_int_equal(aws_credentials_renew(credentials, 0, &old, &is_new, &w->err), 0);
    assert_false(is_new);
    write_file(w, "credentials", "[default]\n" PAIR("G", "S"));
    assert_int_equal(aws_credentials_get(credentials, 0, &new, &w->err), 0);
    assert_true(aws_keys_equal(&old, &new)); /* kept until they are refused */
    aws_keys_release(&new);
    assert_int_equal(aws_credentials_renew(credentials, 0, &old, &is_new, &w->err), 0);
    assert_true(is_new);
    assert_int_equal(aws_credentials_get(credentials, 0, &new, &w->err), 0);
    assert_true(span_equal(new.access_key, SPAN("G")));
    /* another thread comes late with the old ones */
    assert_int_equal(aws_credentials_renew(credentials, 0, &old, &is_new, &w->err), 0);
    assert_true(is_new);
    aws_keys_release(&old);
    aws_keys_release(&new);
    aws_credentials_free(credentials);
}

static void
warns_of_a_file_that_others_can_read(void **state)
{
    struct world *w = *state;
    struct aws_credentials *credentials;
    struct aws_keys keys = {0};
    char path[400];

    memset(w->variables, 0, sizeof w->variables);
    write_file(w, "credentials", "[default]\n" PAIR("F", "S"));
    (void)snprintf(path, sizeof path, "%s/.aws/credentials", w->home);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(aws_credentials_new(&w->sources, &credentials, &w->err), 0);
    assert_int_equal(aws_credentials_get(credentials, 0, &keys, &w->err), 0);
    assert_non_null(strstr(text_string(&w->said), "chmod 600"));
    aws_keys_release(&keys);
    aws_credentials_free(credentials);
}

static void *
get_many(void *context)
{
    for (int i = 0; i < 200; i++) {
        struct aws_keys keys = {0};
        struct error err = {0};
        bool is_new;

        if (aws_credentials_get(context, 0, &keys, &err) ||
            !span_equal(keys.access_key, SPAN("EID")) ||
            (i % 50 == 0 && aws_credentials_renew(context, 0, &keys, &is_new, &err)))
            return context;
        aws_keys_release(&keys);
    }
    return NULL;
}

static void
serves_many_threads(void **state)
{
    static const char *const variables[VARIABLES][2] = {ENV_PAIR};
    struct world *w = *state;
    struct aws_credentials *credentials;
    pthread_t threads[4];

    memcpy(w->variables, variables, sizeof w->variables);
    assert_int_equal(aws_credentials_new(&w->sources, &credentials, &w->err), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, get_many, credentials), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    aws_credentials_free(credentials);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_first_source_that_is_configured),
        cmocka_unit_test(reads_files_again_when_keys_have_expired),
        cmocka_unit_test(warns_of_a_file_that_others_can_read),
        cmocka_unit_test(serves_many_threads),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
