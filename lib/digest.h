/* digest -- SHA-256, for names, ids and object lists. */
#ifndef RSLOAD_DIGEST_H
#define RSLOAD_DIGEST_H

#include "bytes.h"

#define DIGEST_BYTES    32
#define DIGEST_HEX_SIZE 65

/* The SHA-256 of `bytes`. Source: FIPS 180-4. */
void digest_sha256(struct span bytes, unsigned char ret[DIGEST_BYTES]);

/* The same as 64 lower-case hex digits and a NUL. */
void digest_hex(struct span bytes, char ret[DIGEST_HEX_SIZE]);

#endif
