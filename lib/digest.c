#include "digest.h"

#include <openssl/sha.h>

void
digest_sha256(struct span bytes, unsigned char ret[DIGEST_BYTES])
{
    (void)SHA256((const unsigned char *)(bytes.length ? bytes.data : ""), bytes.length,
                 ret); /* returns `ret` */
}

void
digest_hex(struct span bytes, char ret[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[DIGEST_BYTES];

    digest_sha256(bytes, digest);
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        ret[2 * i] = digits[digest[i] >> 4];
        ret[2 * i + 1] = digits[digest[i] & 15];
    }
    ret[DIGEST_HEX_SIZE - 1] = '\0';
}
