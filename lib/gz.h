/* gz -- gzip both ways, streaming: ISA-L where the build found it (gz_isal.c), else zlib
 * (gz_zlib.c). */
#ifndef RSLOAD_GZ_H
#define RSLOAD_GZ_H

#include "bytes.h"

/*
 * Unpacks gzip of any number of members, zeros behind the last one ignored as gzip(1)
 * does. Belongs to one thread.
 */
struct gz_reader;

/* Ownership: the caller's, until gz_reader_free (NULL does nothing). */
int gz_reader_new(struct gz_reader **ret, struct error *err) MUST_CHECK;
void gz_reader_free(struct gz_reader *reader);

/* Begin with another object. */
void gz_reader_reset(struct gz_reader *reader);

/*
 * Unpack `packed` and push what comes of it into `out`, in pieces of up to 256 KiB.
 * Errors: ERROR_SOURCE when it is not gzip or a check fails; what `out` fails with.
 * Source: RFC 1952, RFC 1951.
 */
int gz_reader_push(struct gz_reader *reader, struct span packed, struct sink out,
                   struct error *err) MUST_CHECK;

/* The object is over. Errors: ERROR_SOURCE when it ends inside a member. */
int gz_reader_end(struct gz_reader *reader, struct error *err) MUST_CHECK;

/*
 * Packs slices, each without regard to what came before, so that one writer serves many
 * files: the slices of a file in order make one deflate stream once GZ_LAST_BLOCK follows.
 * Belongs to one thread.
 */
struct gz_writer;

int gz_writer_new(struct gz_writer **ret, struct error *err) MUST_CHECK;
void gz_writer_free(struct gz_writer *writer);

/* Append the deflated `raw` to `ret`, ending on a byte. Errors: ERROR_IO out of memory. */
int gz_writer_slice(struct gz_writer *writer, struct span raw, struct text *ret,
                    struct error *err) MUST_CHECK;

/* Go on with a CRC-32 (0 to begin). Source: RFC 1952, section 8. */
uint32_t gz_crc32(uint32_t crc, struct span raw);

/* The empty block that ends a deflate stream. Source: RFC 1951, 3.2.6. */
#define GZ_LAST_BLOCK SPAN("\x03\x00")

#endif
