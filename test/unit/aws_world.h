/* aws_world -- a home folder with AWS files, and an environment, for tests. */
#ifndef RSLOAD_AWS_WORLD_H
#define RSLOAD_AWS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws_profile.h"

#define VARIABLES 6

/* A home folder with two files, and an environment. */
struct world {
    char home[300];
    const char *variables[VARIABLES][2]; /* ends with a NULL name */
    struct text said;
    struct say say;
    struct aws_sources sources;
    struct error err;
};

static inline const char *
find_variable(void *context, const char *name)
{
    struct world *w = context;

    for (size_t i = 0; i < VARIABLES && w->variables[i][0] != NULL; i++)
        if (strcmp(w->variables[i][0], name) == 0)
            return w->variables[i][1];
    return NULL;
}

static inline void
take_line(void *context, enum say_level level, const char *line)
{
    text_addf(context, "%d %s\n", (int)level, line);
}

static inline void
write_file(const struct world *w, const char *name, const char *content)
{
    char path[400];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/.aws/%s", w->home, name);
    (void)unlink(path);
    if (content == NULL)
        return;
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static inline int
open_world(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct world *w = calloc(1, sizeof *w);
    char folder[400];

    assert_non_null(w);
    (void)snprintf(w->home, sizeof w->home, "%s/rsload-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(w->home));
    (void)snprintf(folder, sizeof folder, "%s/.aws", w->home);
    assert_int_equal(mkdir(folder, 0700), 0);
    w->say = (struct say){take_line, &w->said};
    w->sources = (struct aws_sources){
        .variable = find_variable, .context = w, .home = w->home, .say = &w->say};
    *state = w;
    return 0;
}

static inline int
close_world(void **state)
{
    struct world *w = *state;
    char folder[400];

    write_file(w, "credentials", NULL);
    write_file(w, "config", NULL);
    (void)snprintf(folder, sizeof folder, "%s/.aws", w->home);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(rmdir(w->home), 0);
    text_release(&w->said);
    free(w);
    return 0;
}

#endif
