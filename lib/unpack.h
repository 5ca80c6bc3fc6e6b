/* unpack -- whatever an object is packed in, told by its first bytes: gzip, zstd, plain. */
#ifndef RSLOAD_UNPACK_H
#define RSLOAD_UNPACK_H

#include "bytes.h"

/* One worker's unpacker, used for object after object. Belongs to one thread. */
struct unpack;

/* Ownership: the caller's, until unpack_free (NULL does nothing). */
int unpack_new(struct unpack **ret, struct error *err) MUST_CHECK;
void unpack_free(struct unpack *unpack);

/* Begin an object whose content goes into `out`. */
void unpack_begin(struct unpack *unpack, struct sink out);

/*
 * The next bytes of the object, in pieces of any size.
 * Errors: ERROR_SOURCE when they are damaged; what `out` fails with.
 */
int unpack_push(struct unpack *unpack, struct span packed,
                struct error *err) MUST_CHECK;

/* The object is over. Errors: ERROR_SOURCE when it ends too early. */
int unpack_end(struct unpack *unpack, struct error *err) MUST_CHECK;

/* A sink that is unpack_push. */
struct sink unpack_sink(struct unpack *unpack);

#endif
