#include "store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_file_list.h"

#define READ_BYTES ((size_t)128 << 10)

struct folder {
    struct store store;
    struct text root; /* "" or an absolute path without a slash at its end */
    struct stop *stop;
};

/* Can a file be called so? Every part of the path is a name, none leads elsewhere. */
static bool
is_key(struct span key)
{
    size_t begin = 0;

    if (memchr(key.data, '\0', key.length) != NULL)
        return false;
    for (size_t i = 0; i <= key.length; i++) {
        struct span name = {key.data + begin, i - begin};

        if (i < key.length && key.data[i] != '/')
            continue;
        if (name.length == 0 || span_equal(name, SPAN(".")) ||
            span_equal(name, SPAN("..")))
            return false;
        begin = i + 1;
    }
    return true;
}

/* The path of `key` into `ret`. */
static int
key_path(const struct folder *folder, struct span key, struct text *ret,
         struct error *err)
{
    if (key.length == 0 || !is_key(key))
        return error_set(err, ERROR_CONFIG, "\"%.*s\" cannot be the name of a file",
                         SPAN_ARG(key));
    text_add(ret, text_span(&folder->root));
    text_add_char(ret, '/');
    text_add(ret, key);
    return text_check(ret, err);
}

static int
list_file(struct store *store, struct span prefix, store_each *each, void *context,
          struct error *err)
{
    struct folder *folder = (struct folder *)store;
    struct span named = prefix;

    /* the folders that a prefix names must be plain, what follows may be cut
     * anywhere */
    while (named.length > 0 && named.data[named.length - 1] != '/')
        named.length--;
    if (named.length > 0) {
        named.length--;
        if (named.length == 0 || !is_key(named))
            return 0; /* no file has such a key */
    }
    return store_file_list(text_string(&folder->root), prefix, folder->stop, each,
                           context, err);
}

/* Is the open file the one that was listed? */
static int
check_version(const struct object *object, const struct stat *status, const char *path,
              struct error *err)
{
    char etag[STORE_FILE_ETAG_SIZE];

    store_file_etag(status, etag);
    if ((object->etag.length == 0 || span_equal(object->etag, span_of(etag))) &&
        (object->size_bytes == UINT64_MAX ||
         object->size_bytes == (uint64_t)status->st_size))
        return 0;
    (void)error_set(err, ERROR_SOURCE, "the file was changed after the listing");
    (void)error_hint(err, "run again: the file is listed anew then");
    return error_in(err, "read file://%s", path);
}

/* Push all that can be read; `ret_total` counts it. */
static int
push_file(struct folder *folder, int fd, const char *path, struct sink sink,
          uint64_t *ret_total, struct error *err)
{
    char *buffer = malloc(READ_BYTES);
    int rc = 0;

    if (buffer == NULL)
        return error_no_memory(err);
    *ret_total = 0;
    while (rc == 0) {
        ssize_t got = read(fd, buffer, READ_BYTES);

        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            rc = store_file_fail(ERROR_SOURCE, errno, "read", path, err);
            break;
        }
        *ret_total += (uint64_t)got;
        rc = sink_push(sink, (struct span){buffer, (size_t)got}, err);
        if (rc == 0)
            rc = stop_check(folder->stop, err);
    }
    free(buffer);
    return rc;
}

static int
get_open(struct folder *folder, int fd, const char *path, const struct object *object,
         struct sink sink, struct error *err)
{
    struct stat before, after;
    uint64_t total = 0;

    if (fstat(fd, &before) != 0)
        return store_file_fail(ERROR_SOURCE, errno, "read", path, err);
    if (!S_ISREG(before.st_mode))
        return error_set(err, ERROR_SOURCE, "file://%s is no regular file", path);
    if (check_version(object, &before, path, err) ||
        push_file(folder, fd, path, sink, &total, err))
        return -1;
    if (fstat(fd, &after) != 0)
        return store_file_fail(ERROR_SOURCE, errno, "read", path, err);
    if (total == (uint64_t)before.st_size &&
        before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
        before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
        return 0;
    (void)error_set(err, ERROR_SOURCE, "the file was changed while it was read");
    (void)error_hint(err, "run again when nobody writes it");
    return error_in(err, "read file://%s", path);
}

static int
get_file(struct store *store, const struct object *object, struct sink sink,
         struct error *err)
{
    struct folder *folder = (struct folder *)store;
    struct text path = {0};
    int rc = -1;
    int fd;

    if (key_path(folder, object->key, &path, err))
        goto out;
    /* not blocking: nobody shall make us wait for the other end of a pipe */
    fd = open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        rc = store_file_fail(ERROR_SOURCE, errno, "read", text_string(&path), err);
        goto out;
    }
    rc = get_open(folder, fd, text_string(&path), object, sink, err);
    (void)close(fd); /* it was only read */
out:
    text_release(&path);
    return rc;
}

/* Make the folders above `path`; it is the caller's and whole again on return. */
static int
make_folders(char *path, struct error *err)
{
    for (char *p = path + 1; *p != '\0'; p++) {
        int made;

        if (*p != '/')
            continue;
        *p = '\0';
        made = mkdir(path, 0777);
        if (made != 0 && errno != EEXIST)
            (void)store_file_fail(ERROR_STAGING, errno, "make", path, err);
        else
            made = 0;
        *p = '/';
        if (made != 0)
            return -1;
    }
    return 0;
}

static int
write_pieces(int fd, const struct span *pieces, size_t count, const char *path,
             struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t done = 0;

        while (done < pieces[i].length) {
            ssize_t put = write(fd, pieces[i].data + done, pieces[i].length - done);

            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return store_file_fail(ERROR_STAGING, errno, "write", path, err);
            done += (size_t)put;
        }
    }
    if (fsync(fd) != 0)
        return store_file_fail(ERROR_STAGING, errno, "write", path, err);
    return 0;
}

/* Write the file under its temporary name: whole and on disk, or not there. */
static int
write_part(const char *part, const struct span *pieces, size_t count, struct error *err)
{
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    int rc;

    if (fd < 0)
        return store_file_fail(ERROR_STAGING, errno, "write", part, err);
    rc = write_pieces(fd, pieces, count, part, err);
    if (close(fd) != 0 && rc == 0)
        rc = store_file_fail(ERROR_STAGING, errno, "write", part, err);
    if (rc != 0)
        (void)unlink(part); /* the failure that counts is told already */
    return rc;
}

/* Give the file its name for good: the folder is written to disk as well. */
static int
publish(const char *part, const char *path, const char *folder, struct error *err)
{
    int fd;

    if (rename(part, path) != 0) {
        (void)store_file_fail(ERROR_STAGING, errno, "write", path, err);
        (void)unlink(part); /* as above */
        return -1;
    }
    fd = open(folder, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd); /* not every file system can; the name is there in any case */
        (void)close(fd);
    }
    return 0;
}

static int
put_file(struct store *store, struct span key, const struct span *pieces,
         size_t piece_count, struct error *err)
{
    struct folder *folder = (struct folder *)store;
    struct text path = {0}, dir = {0}, part = {0};
    const char *name;
    int rc = -1;

    if (key_path(folder, key, &path, err))
        goto out;
    name = strrchr(text_string(&path), '/') + 1;
    text_add(&dir, (struct span){path.data, (size_t)(name - path.data)});
    /* of this process and store only: two writers of one key do not meet before
     * rename */
    text_addf(&part, "%s.%s.%ld-%zx.part", text_string(&dir), name, (long)getpid(),
              (size_t)(uintptr_t)folder);
    if (text_check(&dir, err) || text_check(&part, err) || make_folders(path.data, err))
        goto out;
    if (write_part(text_string(&part), pieces, piece_count, err))
        goto out;
    rc = publish(text_string(&part), text_string(&path), text_string(&dir), err);
out:
    text_release(&path);
    text_release(&dir);
    text_release(&part);
    return rc;
}

static int
drop_file(struct store *store, struct span key, struct error *err)
{
    struct folder *folder = (struct folder *)store;
    struct text path = {0};
    int rc = key_path(folder, key, &path, err);

    if (rc == 0 && unlink(text_string(&path)) != 0 && errno != ENOENT &&
        errno != ENOTDIR)
        rc = store_file_fail(ERROR_STAGING, errno, "delete", text_string(&path), err);
    text_release(&path);
    return rc;
}

static void
close_file(struct store *store)
{
    struct folder *folder = (struct folder *)store;

    text_release(&folder->root);
    free(folder);
}

static const struct store_driver driver = {list_file, get_file, put_file, drop_file,
                                           close_file};

static int
open_file(const struct store_place *place, struct store **ret, struct error *err)
{
    const struct store_file_config *config = place->config;
    struct folder *folder = calloc(1, sizeof *folder);
    struct span scheme = SPAN("file://");

    if (folder == NULL)
        return error_no_memory(err);
    folder->store.driver = &driver;
    folder->stop = config != NULL ? config->stop : NULL;
    text_add(&folder->root, (struct span){place->url.data + scheme.length,
                                          place->url.length - scheme.length});
    if (text_check(&folder->root, err)) {
        close_file(&folder->store);
        return -1;
    }
    *ret = &folder->store;
    return 0;
}

int
store_file_place(struct span url, const struct store_file_config *config,
                 struct store_place *ret, struct error *err)
{
    struct span scheme = SPAN("file://");

    if (!span_starts(url, scheme) ||
        (url.length > scheme.length && url.data[scheme.length] != '/') ||
        memchr(url.data, '\0', url.length) != NULL) {
        (void)error_set(err, ERROR_USAGE, "\"%.*s\" is no file:///folder",
                        SPAN_ARG(url));
        return error_hint(err, "three slashes: the path must be absolute");
    }
    *ret = (struct store_place){url, open_file, config};
    return 0;
}
