/* store_file_list -- the files below a folder, as a listing wants them. */
#ifndef RSLOAD_STORE_FILE_LIST_H
#define RSLOAD_STORE_FILE_LIST_H

#include "bytes.h"
#include "stop.h"
#include "store.h"

#include <sys/stat.h>

/* Room for the ETag of a file: "size-nanoseconds". */
#define STORE_FILE_ETAG_SIZE 48

/* Write the ETag of a file that was looked at: other bytes have another, as far as size
 * and time of change can tell. */
void store_file_etag(const struct stat *status, char ret[STORE_FILE_ETAG_SIZE]);

/* The kind and text of a failed call on `path`; `kind` when errno has none of its own.
 * Returns -1, always. Errors: ERROR_DENIED for EACCES, EPERM and EROFS,
 * ERROR_IO for EIO and short memory. */
int store_file_fail(enum error_kind kind, int number, const char *verb,
                    const char *path, struct error *err);

/* Call `each` for all regular files below `root` whose key begins with `prefix`, sorted
 * by key; as store_list. */
int store_file_list(const char *root, struct span prefix, struct stop *stop,
                    store_each *each, void *context, struct error *err) MUST_CHECK;

#endif
