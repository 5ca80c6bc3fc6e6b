#include "aws_profile.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws_ini.h"

#define FILE_LIMIT ((size_t)1 << 20)

/* The two files, parsed. What they hold lies in the arena of the caller. */
struct aws_profile_files {
    struct aws_ini credentials;
    struct aws_ini config;
    struct span credentials_section; /* that is the profile's */
    struct span config_section;
};

struct span
aws_variable(const struct aws_sources *sources, const char *name)
{
    return span_of(sources->variable(sources->context, name));
}

/* The path that a variable names, else the one below the home folder; empty when there
 * is neither. */
static int
find_path(const struct aws_sources *sources, const char *variable, const char *file,
          struct arena *arena, struct span *ret, struct error *err)
{
    struct span named = aws_variable(sources, variable);
    struct text path = {0};
    int rc;

    if (named.length > 1 && span_starts(named, SPAN("~/")) && sources->home != NULL) {
        text_add_string(&path, sources->home);
        text_add(&path, (struct span){named.data + 1, named.length - 1});
    } else if (named.length > 0) {
        text_add(&path, named);
    } else if (sources->home != NULL && sources->home[0] != '\0') {
        text_addf(&path, "%s/.aws/%s", sources->home, file);
    }
    rc = text_check(&path, err);
    if (rc == 0)
        rc = arena_copy(arena, text_span(&path), ret, err);
    text_release(&path);
    return rc;
}

/* Say what makes a file of secrets everybody's. */
static void
look_at_rights(const struct aws_sources *sources, const struct stat *status,
               const char *path)
{
    if ((status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        say(sources->say, SAY_WARNING,
            "others may read or write the credentials in %s: chmod 600 it", path);
}

/* Read an open file into `ret`, whose room never moves. */
static int
read_all(int fd, struct text *ret, struct error *err)
{
    char *to = text_room(ret, FILE_LIMIT);

    if (to == NULL)
        return error_no_memory(err);
    for (;;) {
        ssize_t got = read(fd, to + ret->length, FILE_LIMIT - ret->length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, ERROR_CONFIG, "%s", strerror(errno));
        if (got == 0)
            return 0;
        ret->length += (size_t)got;
        if (ret->length == FILE_LIMIT)
            return error_set(err, ERROR_CONFIG, "the file is over 1 MiB");
    }
}

/* Read and parse one of the files; one that is not there is empty. */
static int
read_file(const struct aws_sources *sources, struct span path, bool is_secret,
          struct arena *arena, struct aws_ini *ret, struct error *err)
{
    struct text content = {0};
    struct stat status;
    int rc = -1;
    int fd;

    if (path.length == 0)
        return 0;
    fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* arena: NUL-ended */
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0) {
        (void)error_set(err, ERROR_CONFIG, "%s", strerror(errno));
        return error_in(err, "read %s", path.data);
    }
    if (is_secret && fstat(fd, &status) == 0)
        look_at_rights(sources, &status, path.data);
    if (read_all(fd, &content, err) == 0)
        rc = aws_ini_parse(text_span(&content), arena, ret, err);
    (void)close(fd); /* it was only read */
    aws_wipe_text(&content);
    return rc == 0 ? 0 : error_in(err, "read %s", path.data);
}

/* "profile x" of the config file; "[default]" may stand alone. */
static int
find_sections(struct aws_profile *profile, struct arena *arena, struct error *err)
{
    struct aws_profile_files *files = profile->files;
    struct text long_name = {0};
    int rc;

    text_addf(&long_name, "profile %.*s", SPAN_ARG(profile->name));
    rc = text_check(&long_name, err);
    if (rc == 0)
        rc = arena_copy(arena, text_span(&long_name), &files->config_section, err);
    text_release(&long_name);
    if (rc != 0)
        return rc;
    files->credentials_section = profile->name;
    if (span_equal(profile->name, SPAN("default")) &&
        !aws_ini_has(&files->config, files->config_section))
        files->config_section = profile->name;
    profile->is_found = aws_ini_has(&files->credentials, files->credentials_section) ||
                        aws_ini_has(&files->config, files->config_section);
    return 0;
}

static void
choose_name(const struct aws_sources *sources, struct aws_profile *profile)
{
    struct span variables[] = {sources->profile, aws_variable(sources, "AWS_PROFILE"),
                               aws_variable(sources, "AWS_DEFAULT_PROFILE")};

    profile->name = SPAN("default");
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (variables[i].length > 0 && !profile->is_named) {
            profile->name = variables[i];
            profile->is_named = true;
        }
}

int
aws_profile_read(const struct aws_sources *sources, struct arena *arena,
                 struct aws_profile *ret, struct error *err)
{
    struct aws_profile profile = {0};
    struct aws_profile_files *files = arena_alloc(arena, sizeof *files);

    if (files == NULL)
        return error_no_memory(err);
    profile.files = files;
    choose_name(sources, &profile);
    if (find_path(sources, "AWS_SHARED_CREDENTIALS_FILE", "credentials", arena,
                  &profile.credentials_path, err) ||
        find_path(sources, "AWS_CONFIG_FILE", "config", arena, &profile.config_path,
                  err) ||
        read_file(sources, profile.credentials_path, true, arena, &files->credentials,
                  err) ||
        read_file(sources, profile.config_path, false, arena, &files->config, err) ||
        find_sections(&profile, arena, err))
        return -1;
    if (profile.is_named && !profile.is_found) {
        (void)error_set(err, ERROR_CONFIG, "no profile \"%.*s\" in %.*s or %.*s",
                        SPAN_ARG(profile.name), SPAN_ARG(profile.credentials_path),
                        SPAN_ARG(profile.config_path));
        return error_hint(err, "check --aws-profile and AWS_PROFILE");
    }
    *ret = profile;
    return 0;
}

bool
aws_profile_find(const struct aws_profile *profile, struct span name, struct span *ret)
{
    const struct aws_profile_files *files = profile->files;

    return aws_ini_find(&files->credentials, files->credentials_section,
                        (struct span){0}, name, ret) ||
           aws_profile_find_in_config(profile, (struct span){0}, name, ret);
}

bool
aws_profile_find_in_config(const struct aws_profile *profile, struct span parent,
                           struct span name, struct span *ret)
{
    const struct aws_profile_files *files = profile->files;

    return aws_ini_find(&files->config, files->config_section, parent, name, ret);
}

bool
aws_profile_find_service(const struct aws_profile *profile, struct span service,
                         struct span name, struct span *ret)
{
    struct span services;
    struct text section = {0};
    bool is_found = false;

    if (!aws_profile_find_in_config(profile, (struct span){0}, SPAN("services"),
                                    &services))
        return false;
    text_addf(&section, "services %.*s", SPAN_ARG(services));
    if (!section.is_failed)
        is_found = aws_ini_find(&profile->files->config, text_span(&section), service,
                                name, ret);
    text_release(&section);
    return is_found;
}

/* Spans point into the arena, which is ours to write over. */
static void
wipe(const struct aws_ini *ini)
{
    for (const struct aws_ini_entry *e = ini->last; e != NULL; e = e->before)
        if (e->value.length > 0)
            OPENSSL_cleanse((void *)(uintptr_t)e->value.data, e->value.length);
}

void
aws_profile_wipe(struct aws_profile *profile)
{
    if (profile->files == NULL)
        return;
    wipe(&profile->files->credentials);
    wipe(&profile->files->config);
    *profile = (struct aws_profile){0};
}
