#include "aws_keys.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* A control character would end a header line: of a file with a stray CR, or worse. */
static bool
is_clean(struct span s)
{
    for (size_t i = 0; i < s.length; i++)
        if ((unsigned char)s.data[i] <= ' ' || s.data[i] == 0x7f)
            return false;
    return true;
}

static struct span
copy_to(char **to, struct span s)
{
    struct span copy = {*to, s.length};

    if (s.length > 0)
        memcpy(*to, s.data, s.length);
    *to += s.length;
    return copy;
}

int
aws_keys_make(struct span access_key, struct span secret, struct span token,
              struct aws_keys *ret, struct error *err)
{
    struct aws_keys keys = {0};
    char *to;

    if (!is_clean(access_key) || !is_clean(secret) || !is_clean(token))
        return error_set(err, ERROR_CONFIG,
                         "the %s holds a blank or a control character",
                         !is_clean(access_key) ? "access key id"
                         : !is_clean(secret)   ? "secret access key"
                                               : "session token");
    keys.block_bytes = access_key.length + secret.length + token.length + 1;
    keys.block = malloc(keys.block_bytes);
    if (keys.block == NULL)
        return error_no_memory(err);
    to = keys.block;
    keys.access_key = copy_to(&to, access_key);
    keys.secret = copy_to(&to, secret);
    keys.token = copy_to(&to, token);
    *ret = keys;
    return 0;
}

bool
aws_keys_equal(const struct aws_keys *a, const struct aws_keys *b)
{
    return span_equal(a->access_key, b->access_key) &&
           span_equal(a->secret, b->secret) && span_equal(a->token, b->token);
}

void
aws_keys_release(struct aws_keys *keys)
{
    if (keys->block != NULL)
        OPENSSL_cleanse(keys->block, keys->block_bytes);
    free(keys->block);
    *keys = (struct aws_keys){0};
}

void
aws_wipe_text(struct text *t)
{
    if (t->data != NULL)
        OPENSSL_cleanse(t->data, t->room);
    text_release(t);
}
