/* store_file and store_stdin: what files and pipes can do that objects cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_file.h"
#include "store_file_list.h"
#include "store_stdin.h"

struct world {
    char root[300];
    char url[320];
    struct store_place place;
    struct store *store;
    struct error err;
};

static int
open_world(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    (void)snprintf(w->root, sizeof w->root, "%s/rsload-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(w->root));
    (void)snprintf(w->url, sizeof w->url, "file://%s", w->root);
    assert_int_equal(store_file_place(span_of(w->url), NULL, &w->place, &w->err), 0);
    assert_int_equal(store_open(&w->place, &w->store, &w->err), 0);
    *state = w;
    return 0;
}

static int
close_world(void **state)
{
    struct world *w = *state;
    char command[400];

    store_close(w->store);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", w->root);
    assert_int_equal(system(command), 0);
    free(w);
    return 0;
}

/* The path of a name below the root, until the next call. */
static const char *
below(const struct world *w, const char *name, char path[400])
{
    (void)snprintf(path, 400, "%s/%s", w->root, name);
    return path;
}

static void
write_file(const struct world *w, const char *name, const char *content)
{
    char path[400];
    FILE *file = fopen(below(w, name, path), "w");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int
note(void *context, const struct object *object, struct error *err)
{
    (void)err;
    text_add(context, object->key);
    text_add_char(context, ' ');
    return 0;
}

static void
assert_listed(struct world *w, const char *prefix, const char *wanted)
{
    struct text t = {0};

    assert_int_equal(store_list(w->store, span_of(prefix), note, &t, &w->err), 0);
    assert_string_equal(text_string(&t), wanted);
    text_release(&t);
}

static void
lists_files_and_links_to_files_only(void **state)
{
    struct world *w = *state;
    char path[400], other[400];

    write_file(w, "a", "1");
    write_file(w, ".hidden", "1");
    write_file(w, ".b.123.part", "half");
    write_file(w, "b.part", "1");
    assert_int_equal(mkdir(below(w, "d", path), 0777), 0);
    write_file(w, "d/e", "1");
    assert_int_equal(mkdir(below(w, "empty", path), 0777), 0);
    assert_int_equal(mkfifo(below(w, "pipe", path), 0666), 0);
    assert_int_equal(symlink(below(w, "a", other), below(w, "link", path)), 0);
    assert_int_equal(symlink(w->root, below(w, "round", path)), 0);
    assert_int_equal(symlink("nowhere", below(w, "broken", path)), 0);
    assert_listed(w, "", ".hidden a b.part d/e link ");
    assert_listed(w, "d/", "d/e ");
    assert_listed(w, "d", "d/e ");
    assert_listed(w, "../", "");
    assert_listed(w, "d//", "");
    assert_listed(w, "/", "");
    assert_listed(w, "a/", "");
}

static void
refuses_keys_that_are_no_names(void **state)
{
    static const char *const keys[] = {"",   "/a",     "a/", "a//b",
                                       "..", "a/../b", ".",  "./a"};
    struct world *w = *state;
    struct span piece = SPAN("x");

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (store_put(w->store, span_of(keys[i]), &piece, 1, &w->err) == 0 ||
            w->err.kind != ERROR_CONFIG)
            fail_msg("%s", keys[i]);
    assert_int_equal(store_put(w->store, SPAN("a\0b"), &piece, 1, &w->err), -1);
    assert_listed(w, "", "");
}

static void
leaves_no_part_behind_when_it_cannot_write(void **state)
{
    struct world *w = *state;
    struct span piece = SPAN("x");
    char path[400];

    /* a folder in the way of the last step, the rename */
    assert_int_equal(mkdir(below(w, "k", path), 0777), 0);
    write_file(w, "k/x", "1");
    assert_int_equal(store_put(w->store, SPAN("k"), &piece, 1, &w->err), -1);
    assert_int_equal(w->err.kind, ERROR_STAGING);
    assert_non_null(strstr(w->err.what, w->url));
    /* a file in the way of a folder */
    write_file(w, "f", "1");
    assert_int_equal(store_put(w->store, SPAN("f/k"), &piece, 1, &w->err), -1);
    assert_int_equal(w->err.kind, ERROR_STAGING);
    assert_int_equal(unlink(below(w, "k/x", path)), 0);
    assert_int_equal(rmdir(below(w, "k", path)), 0);
    assert_int_equal(unlink(below(w, "f", path)), 0);
    assert_int_equal(rmdir(w->root), 0); /* it is empty, hidden files too */
    assert_int_equal(mkdir(w->root, 0777), 0);
}

static void
names_kinds_of_failures(void **state)
{
    static const struct {
        int number;
        enum error_kind given, kind;
    } cases[] = {
        {ENOSPC, ERROR_STAGING, ERROR_STAGING}, {EACCES, ERROR_SOURCE, ERROR_DENIED},
        {EROFS, ERROR_STAGING, ERROR_DENIED},   {EIO, ERROR_SOURCE, ERROR_IO},
        {ENOENT, ERROR_SOURCE, ERROR_SOURCE},   {ENOMEM, ERROR_SOURCE, ERROR_IO},
    };
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            store_file_fail(cases[i].given, cases[i].number, "write", "/p", &err), -1);
        assert_int_equal(err.kind, cases[i].kind);
    }
    (void)store_file_fail(ERROR_STAGING, ENOSPC, "write", "/p", &err);
    assert_non_null(strstr(err.hint, "free some space"));
    assert_string_equal(err.what, "write file:///p");
}

/* A sink that makes the file longer, once, while it is read. */
struct appender {
    char path[400];
    bool is_done;
};

static int
append_once(void *context, struct span piece, struct error *err)
{
    struct appender *a = context;
    FILE *file;

    (void)piece;
    (void)err;
    if (a->is_done)
        return 0;
    a->is_done = true;
    file = fopen(a->path, "a");
    assert_non_null(file);
    assert_true(fputs("more", file) >= 0);
    assert_int_equal(fclose(file), 0);
    return 0;
}

static void
notices_a_file_that_changes_under_its_hands(void **state)
{
    struct world *w = *state;
    struct object object = {.key = SPAN("k"), .size_bytes = 3};
    struct appender appender = {{0}, false};

    write_file(w, "k", "one");
    (void)below(w, "k", appender.path);
    assert_int_equal(
        store_get(w->store, &object, (struct sink){append_once, &appender}, &w->err),
        -1);
    assert_int_equal(w->err.kind, ERROR_SOURCE);
    assert_non_null(strstr(w->err.why, "while it was read"));
}

static void
does_not_wait_for_a_pipe(void **state)
{
    struct world *w = *state;
    struct object object = {.key = SPAN("pipe"), .size_bytes = UINT64_MAX};
    struct text got = {0};
    char path[400];

    assert_int_equal(mkfifo(below(w, "pipe", path), 0666), 0);
    assert_int_equal(store_get(w->store, &object, text_sink(&got), &w->err), -1);
    assert_non_null(strstr(w->err.why, "no regular file"));
    text_release(&got);
}

static void
knows_urls_of_folders(void **state)
{
    static const char *const bad[] = {"file:/a", "/a", "file://host/a", "", "s3://b"};
    struct world *w = *state;
    struct store_place place;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (store_file_place(span_of(bad[i]), NULL, &place, &w->err) == 0 ||
            w->err.kind != ERROR_USAGE)
            fail_msg("%s", bad[i]);
}

static void
ends_when_stop_is_asked(void **state)
{
    struct world *w = *state;
    struct store_file_config config = {0};
    struct object object = {.key = SPAN("k"), .size_bytes = UINT64_MAX};
    struct text got = {0};
    struct store_place place;
    struct store *store;
    struct error why;

    write_file(w, "k", "one");
    assert_int_equal(stop_new(&config.stop, &w->err), 0);
    assert_int_equal(store_file_place(span_of(w->url), &config, &place, &w->err), 0);
    assert_int_equal(store_open(&place, &store, &w->err), 0);
    (void)error_set(&why, ERROR_INTERRUPTED, "stopped by SIGINT");
    stop_ask(config.stop, &why);
    assert_int_equal(store_list(store, SPAN(""), note, &got, &w->err), -1);
    assert_int_equal(w->err.kind, ERROR_INTERRUPTED);
    assert_int_equal(store_get(store, &object, text_sink(&got), &w->err), -1);
    assert_int_equal(w->err.kind, ERROR_INTERRUPTED);
    store_close(store);
    stop_free(config.stop);
    text_release(&got);
}

/* ---- standard input -------------------------------------------------------------- */

static void
reads_standard_input_once(void **state)
{
    struct store_stdin_config config = {0};
    struct store_place place;
    struct store *store;
    struct object object = {.key = SPAN("-"), .size_bytes = UINT64_MAX};
    struct text got = {0}, listed = {0};
    struct error err = {0};
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "{\"a\":1}\n", 8), 8);
    (void)close(fds[1]);
    config.fd = fds[0];
    place = store_stdin_place(&config);
    assert_int_equal(store_open(&place, &store, &err), 0);
    assert_int_equal(store_list(store, SPAN(""), note, &listed, &err), 0);
    assert_string_equal(text_string(&listed), "- ");
    assert_int_equal(store_get(store, &object, text_sink(&got), &err), 0);
    assert_string_equal(text_string(&got), "{\"a\":1}\n");
    assert_int_equal(store_get(store, &object, text_sink(&got), &err), -1);
    assert_int_equal(err.kind, ERROR_SOURCE);
    assert_int_equal(store_put(store, SPAN("k"), NULL, 0, &err), -1);
    assert_int_equal(err.kind, ERROR_USAGE);
    store_close(store);
    (void)close(fds[0]);
    text_release(&got);
    text_release(&listed);
}

static void
does_not_wait_for_input_when_stop_is_asked(void **state)
{
    struct store_stdin_config config = {0};
    struct store_place place;
    struct store *store;
    struct object object = {.key = SPAN("-"), .size_bytes = UINT64_MAX};
    struct text got = {0};
    struct error err = {0}, why;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0); /* nobody writes */
    assert_int_equal(stop_new(&config.stop, &err), 0);
    (void)error_set(&why, ERROR_INTERRUPTED, "stopped by SIGINT");
    stop_ask(config.stop, &why);
    config.fd = fds[0];
    place = store_stdin_place(&config);
    assert_int_equal(store_open(&place, &store, &err), 0);
    assert_int_equal(store_get(store, &object, text_sink(&got), &err), -1);
    assert_int_equal(err.kind, ERROR_INTERRUPTED);
    store_close(store);
    stop_free(config.stop);
    (void)close(fds[0]);
    (void)close(fds[1]);
    text_release(&got);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(lists_files_and_links_to_files_only),
        WITH_WORLD(refuses_keys_that_are_no_names),
        WITH_WORLD(leaves_no_part_behind_when_it_cannot_write),
        cmocka_unit_test(names_kinds_of_failures),
        WITH_WORLD(notices_a_file_that_changes_under_its_hands),
        WITH_WORLD(does_not_wait_for_a_pipe),
        WITH_WORLD(knows_urls_of_folders),
        WITH_WORLD(ends_when_stop_is_asked),
        cmocka_unit_test(reads_standard_input_once),
        cmocka_unit_test(does_not_wait_for_input_when_stop_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
