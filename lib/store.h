/* store -- where objects lie: list, get, put, drop. Two drivers: store_s3, store_file. */
#ifndef RSLOAD_STORE_H
#define RSLOAD_STORE_H

#include "bytes.h"
#include "error.h"

struct stop;
struct say;

/* One object as a listing tells it. Keys are bytes, below the root of the store. */
struct object {
    struct span key;
    uint64_t size_bytes; /* as stored; UINT64_MAX when not known */
    struct span etag;    /* opaque, for equality only; empty when not known */
    int64_t modified_s;  /* seconds since 1970 UTC; 0 when not known */
};

/* Called once an object, in bytewise order of the keys; the object is valid during the
 * call. Returns 0, or -1 with `err` set, which ends the listing. */
typedef int store_each(void *context, const struct object *object, struct error *err);

/*
 * A store that is open. It belongs to one thread: each worker opens its own.
 * The members are for the drivers and the wrappers below only.
 */
struct store {
    const struct store_driver *driver;
};

/* What a driver provides; the contracts are those of the wrappers below. */
struct store_driver {
    int (*list)(struct store *store, struct span prefix, store_each *each,
                void *context, struct error *err);
    int (*get)(struct store *store, const struct object *object, struct sink sink,
               struct error *err);
    int (*put)(struct store *store, struct span key, const struct span *pieces,
               size_t piece_count, struct error *err);
    int (*drop)(struct store *store, struct span key, struct error *err);
    void (*close)(struct store *store);
};

/*
 * Where a store is and how to open it, as often as threads need one. `url` is its root
 * as users write it, without a slash at the end ("s3://bucket/a", "file:///a"); keys of
 * the store are what follows that slash. The place and `config` outlive what was opened.
 * Threads: open may be called from several threads at once.
 */
struct store_place {
    struct span url;
    int (*open)(const struct store_place *place, struct store **ret, struct error *err);
    const void *config; /* the driver's own */
};

/* Open the store at `place`. Ownership: the caller's, until store_close. */
int store_open(const struct store_place *place, struct store **ret,
               struct error *err) MUST_CHECK;

/*
 * Call `each` for every object whose key begins with `prefix` (a plain string prefix, as
 * S3 has it), in bytewise order.
 * Errors: ERROR_SOURCE when it cannot be read, ERROR_DENIED, ERROR_UNREACHABLE,
 * ERROR_BUSY when retries are spent on throttling; each names the URL.
 */
int store_list(struct store *store, struct span prefix, store_each *each, void *context,
               struct error *err) MUST_CHECK;

/*
 * Push the whole object into `sink`, each byte once and in order: a broken transfer is
 * taken up where it broke. With `object->etag` set, only that very version will do.
 * With `object->size_bytes` known, another length is an error.
 * Errors: as store_list; ERROR_SOURCE when the object is missing or was changed; and
 * whatever the sink fails with, unchanged.
 */
int store_get(struct store *store, const struct object *object, struct sink sink,
              struct error *err) MUST_CHECK;

/*
 * Put the pieces, joined, as the object `key`: whole or not at all, replacing what was
 * there. The pieces are read more than once when an attempt is repeated.
 * Errors: ERROR_STAGING when it cannot be written, ERROR_DENIED, ERROR_UNREACHABLE, ERROR_BUSY.
 */
int store_put(struct store *store, struct span key, const struct span *pieces,
              size_t piece_count, struct error *err) MUST_CHECK;

/* Delete the object; that there is none is success. Errors: as store_put. */
int store_drop(struct store *store, struct span key, struct error *err) MUST_CHECK;

/* Close it; NULL does nothing. */
void store_close(struct store *store);

#endif
