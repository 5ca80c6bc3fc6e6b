/* store_file -- objects as files below a folder. */
#ifndef RSLOAD_STORE_FILE_H
#define RSLOAD_STORE_FILE_H

#include "bytes.h"
#include "error.h"
#include "stop.h"
#include "store.h"

/* May be NULL in a place: nothing ends its loops early then. */
struct store_file_config {
    struct stop *stop;
};

/*
 * The place of `url`, "file:///absolute/folder" (no slash at the end, nothing is
 * percent-decoded; "file://" is the root folder). A folder that is not there is empty,
 * and is made by the first put.
 * Listed are regular files, below folders that are not symbolic links; names ".*.part"
 * are files being written. An ETag is the file's size and time of change.
 * Ownership: `url` and `config` are borrowed for the life of the place.
 * Errors: ERROR_USAGE when it is no such URL.
 */
int store_file_place(struct span url, const struct store_file_config *config,
                     struct store_place *ret, struct error *err) MUST_CHECK;

#endif
