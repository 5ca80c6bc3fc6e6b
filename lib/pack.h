/* pack -- slices of CSV become one packed part: gzip, zstd, or as they are. */
#ifndef RSLOAD_PACK_H
#define RSLOAD_PACK_H

#include "bytes.h"
#include "inventory.h"

/*
 * A part that is being packed: slices are added by one worker after another, one at a
 * time. Zeroed is a valid empty one. The pieces, joined, are the part.
 */
struct packed {
    struct span *pieces; /* owned, as is what they point to */
    size_t piece_count;
    size_t piece_room;
    uint64_t size_bytes; /* of all pieces */
    uint64_t raw_bytes;
    uint64_t rows;
    uint32_t crc;
    void *zstd; /* the compressor of this part, while it is open */
};

/* One worker's packer. Belongs to one thread; what it packs may go on with another's. */
struct pack;

/* Ownership: the caller's, until pack_free (NULL does nothing). */
int pack_new(enum compress compress, struct pack **ret, struct error *err) MUST_CHECK;
void pack_free(struct pack *pack);

/* Add a slice of `rows` rows. Errors: ERROR_IO out of memory; the part is lost then. */
int pack_add(struct pack *pack, struct packed *packed, struct span slice, uint64_t rows,
             struct error *err) MUST_CHECK;

/*
 * End the part: after this its pieces are the whole of it, one gzip member or one zstd
 * frame. Source: RFC 1952; no page of Redshift's says that COPY reads a second member.
 */
int pack_end(struct pack *pack, struct packed *packed, struct error *err) MUST_CHECK;

/* What the open part costs, in bytes. */
size_t packed_bytes(const struct packed *packed);

/* Free what it holds; zeroes it. */
void packed_release(struct packed *packed);

#endif
