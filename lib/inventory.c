#include "inventory.h"

#include <openssl/evp.h>
#include <stdio.h>

#define SHA256_BYTES 32

static const struct compression {
    const char *name;
    const char *suffix;
} compressions[] = {
    [COMPRESS_NONE] = {"none", ".csv"},
    [COMPRESS_GZIP] = {"gzip", ".csv.gz"},
    [COMPRESS_ZSTD] = {"zstd", ".csv.zst"},
};

const char *
compress_name(enum compress compress)
{
    return compressions[compress].name;
}

const char *
compress_suffix(enum compress compress)
{
    return compressions[compress].suffix;
}

int
compress_find(struct span name)
{
    for (int i = COMPRESS_NONE; i <= COMPRESS_ZSTD; i++)
        if (span_equal(name, span_of(compressions[i].name)))
            return i;
    return -1;
}

/* Feed a text behind its length, so that no two lists of texts give the same bytes. */
static bool
feed_text(EVP_MD_CTX *sha, struct span s)
{
    char head[24];
    int length = snprintf(head, sizeof head, "%zu:", s.length);

    return EVP_DigestUpdate(sha, head, (size_t)length) == 1 &&
           EVP_DigestUpdate(sha, s.data, s.length) == 1;
}

/* Feed one object: "<length>:<key>", "<size>;" ("-;" when not known),
 * "<length>:<etag>". */
static bool
feed_object(EVP_MD_CTX *sha, const struct object *o)
{
    char size[24] = "-;";
    int length = 2;

    if (o->size_bytes != UINT64_MAX)
        length = snprintf(size, sizeof size, "%llu;",
                          (unsigned long long)o->size_bytes);
    return feed_text(sha, o->key) && EVP_DigestUpdate(sha, size, (size_t)length) == 1 &&
           feed_text(sha, o->etag);
}

void
inventory_digest(const struct object *objects, size_t count, char digest[65])
{
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    unsigned char bytes[SHA256_BYTES];
    bool is_good = sha != NULL && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; i < count && is_good; i++)
        is_good = feed_object(sha, &objects[i]);
    is_good = is_good && EVP_DigestFinal_ex(sha, bytes, NULL) == 1;
    EVP_MD_CTX_free(sha);

    /* Only short memory brings us here without a digest: then there is none to
     * compare. */
    digest[0] = '\0';
    for (size_t i = 0; i < SHA256_BYTES && is_good; i++)
        (void)snprintf(digest + 2 * i, 3, "%02x", bytes[i]);
}
