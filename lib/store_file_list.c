#include "store_file_list.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below the root; deeper trees are a loop of mounts or a mistake. */
#define DEPTH_MAX 64

/* A key found: folders wait in the same list until they are read. */
struct found {
    struct span key;
    struct object object;
    unsigned depth;
    struct found *next;
};

/* A listing under way. */
struct walk {
    const char *root;
    struct span prefix;
    struct stop *stop;
    struct arena arena;
    struct found *folders; /* to be read */
    struct found *files;
    size_t file_count;
    struct text path; /* that is looked at */
};

void
store_file_etag(const struct stat *status, char ret[STORE_FILE_ETAG_SIZE])
{
    (void)snprintf(ret, STORE_FILE_ETAG_SIZE, "%" PRIu64 "-%" PRId64 "%09ld",
                   (uint64_t)status->st_size, (int64_t)status->st_mtim.tv_sec,
                   status->st_mtim.tv_nsec);
}

int
store_file_fail(enum error_kind kind, int number, const char *verb, const char *path,
                struct error *err)
{
    if (number == ENOMEM)
        return error_no_memory(err);
    if (number == EIO)
        kind = ERROR_IO;
    if (number == EACCES || number == EPERM || number == EROFS)
        kind = ERROR_DENIED;
    (void)error_set(err, kind, "%s", strerror(number));
    (void)error_in(err, "%s file://%s", verb, path);
    if (number == ENOSPC || number == EDQUOT)
        (void)error_hint(err, "free some space and run again: nothing was loaded");
    return -1;
}

/* "<root>/<key>" as the path that is looked at. */
static const char *
set_path(struct walk *w, struct span key)
{
    text_clear(&w->path);
    text_add_string(&w->path, w->root);
    text_add_char(&w->path, '/');
    text_add(&w->path, key);
    return text_string(&w->path);
}

/* Could keys below the folder `key` ("a/b/", or "" for the root) begin with the
 * prefix? */
static bool
may_hold(const struct walk *w, struct span key)
{
    return key.length < w->prefix.length ? span_starts(w->prefix, key)
                                         : span_starts(key, w->prefix);
}

/* ".x.part" is a file that is being written, or was when its writer died. */
static bool
is_unfinished(const char *name)
{
    return name[0] == '.' && span_ends(span_of(name), SPAN(".part"));
}

/* The key of entry `name` in `folder`, with a slash behind when it is a folder
 * itself. */
static int
join_key(struct walk *w, struct span folder, const char *name, bool is_folder,
         struct span *ret, struct error *err)
{
    struct text key = {0};
    int rc;

    text_add(&key, folder);
    text_add_string(&key, name);
    if (is_folder)
        text_add_char(&key, '/');
    rc = text_check(&key, err);
    if (rc == 0)
        rc = arena_copy(&w->arena, text_span(&key), ret, err);
    text_release(&key);
    return rc;
}

static int
set_object(struct walk *w, const struct stat *status, struct found *found,
           struct error *err)
{
    char etag[STORE_FILE_ETAG_SIZE];

    store_file_etag(status, etag);
    found->object.key = found->key;
    found->object.size_bytes = (uint64_t)status->st_size;
    found->object.modified_s = status->st_mtim.tv_sec;
    return arena_copy(&w->arena, span_of(etag), &found->object.etag, err);
}

/* Look at one entry of a folder and note it when it matters. */
static int
take_entry(struct walk *w, const struct found *folder, const char *name,
           struct error *err)
{
    struct span key = folder->key;
    struct found *found;
    struct stat status, target;
    const char *path;
    bool is_folder;

    (void)set_path(w, key);
    text_add_string(&w->path, name);
    path = text_string(&w->path);
    if (text_check(&w->path, err))
        return -1;
    if (lstat(path, &status) != 0)
        return errno == ENOENT
                   ? 0
                   : store_file_fail(ERROR_SOURCE, errno, "list", path, err);
    is_folder = S_ISDIR(status.st_mode);
    /* a link to a file is the file; a link to a folder could lead round in circles */
    if (S_ISLNK(status.st_mode) && stat(path, &target) == 0 && S_ISREG(target.st_mode))
        status = target;
    if (!is_folder && (!S_ISREG(status.st_mode) || is_unfinished(name)))
        return 0;
    found = arena_alloc(&w->arena, sizeof *found);
    if (found == NULL)
        return error_no_memory(err);
    if (join_key(w, key, name, is_folder, &found->key, err))
        return -1;
    if (is_folder ? !may_hold(w, found->key) : !span_starts(found->key, w->prefix))
        return 0;
    found->depth = folder->depth + 1;
    found->next = is_folder ? w->folders : w->files;
    *(is_folder ? &w->folders : &w->files) = found;
    if (is_folder)
        return 0;
    w->file_count++;
    return set_object(w, &status, found, err);
}

static int
read_folder(struct walk *w, const struct found *folder, struct error *err)
{
    const char *path = set_path(w, folder->key);
    struct dirent *entry;
    DIR *dir;
    int rc = 0;

    if (folder->depth > DEPTH_MAX)
        return error_set(err, ERROR_SOURCE, "file://%s: over %d folders deep", path,
                         DEPTH_MAX);
    dir = opendir(path);
    if (dir == NULL)
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : store_file_fail(ERROR_SOURCE, errno, "list", path, err);
    for (;;) {
        errno = 0;
        entry = readdir(dir);
        if (entry == NULL && errno != 0)
            rc = store_file_fail(ERROR_SOURCE, errno, "list", set_path(w, folder->key),
                                 err);
        if (entry == NULL || rc != 0)
            break;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = take_entry(w, folder, entry->d_name, err);
    }
    (void)closedir(dir); /* it was only read */
    return rc;
}

static int
compare_keys(const void *left, const void *right)
{
    const struct object *a = left;
    const struct object *b = right;

    return span_compare(a->key, b->key);
}

static int
deliver(struct walk *w, store_each *each, void *context, struct error *err)
{
    struct object *sorted = arena_array(&w->arena, w->file_count, sizeof *sorted);
    size_t n = 0;

    if (sorted == NULL)
        return error_no_memory(err);
    for (const struct found *f = w->files; f != NULL; f = f->next)
        sorted[n++] = f->object;
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, compare_keys);
    for (size_t i = 0; i < n; i++)
        if (each(context, &sorted[i], err))
            return -1;
    return 0;
}

/* The deepest folder that the prefix names: "a/b/" of "a/b/c". */
static struct span
first_folder(struct span prefix)
{
    while (prefix.length > 0 && prefix.data[prefix.length - 1] != '/')
        prefix.length--;
    return prefix;
}

int
store_file_list(const char *root, struct span prefix, struct stop *stop,
                store_each *each, void *context, struct error *err)
{
    struct walk w = {.root = root, .prefix = prefix, .stop = stop};
    struct found start = {.key = first_folder(prefix)};
    int rc = 0;

    w.folders = &start;
    while (rc == 0 && w.folders != NULL) {
        const struct found *folder = w.folders;

        w.folders = folder->next;
        rc = stop_check(stop, err);
        if (rc == 0)
            rc = read_folder(&w, folder, err);
    }
    if (rc == 0)
        rc = deliver(&w, each, context, err);
    arena_release(&w.arena);
    text_release(&w.path);
    return rc;
}
