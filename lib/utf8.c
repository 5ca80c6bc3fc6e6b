#include "utf8.h"

#include <string.h>

size_t
utf8_length(const char *data, size_t left)
{
    const unsigned char *p = (const unsigned char *)data;
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

size_t
utf8_broken(const char *data, size_t left)
{
    /* a sequence that could be completed: pad what is there with bytes that continue */
    for (size_t n = left < 3 ? left : 3; n > 1; n--) {
        static const char tails[] = "\x80\x8f\x90\x9f\xa0\xbf";
        char whole[4];

        for (const char *tail = tails; *tail != '\0'; tail++) {
            memset(whole, *tail, sizeof whole);
            memcpy(whole, data, n);
            if (utf8_length(whole, sizeof whole) > n)
                return n;
        }
    }
    return 1;
}

bool
utf8_is_valid(const char *data, size_t length)
{
    size_t i = 0;

    while (i < length) {
        size_t n = utf8_length(data + i, length - i);

        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

bool
utf8_repair(struct span bytes, struct text *ret)
{
    bool is_repaired = false;
    size_t good = 0; /* where the bytes not yet copied begin */

    for (size_t i = 0; i < bytes.length;) {
        size_t n = utf8_length(bytes.data + i, bytes.length - i);

        if (n > 0 && bytes.data[i] != '\0') {
            i += n;
            continue;
        }
        text_add(ret, (struct span){bytes.data + good, i - good});
        if (n == 0)
            text_add(ret, SPAN("\xef\xbf\xbd"));
        is_repaired = true;
        i += n != 0 ? n : utf8_broken(bytes.data + i, bytes.length - i);
        good = i;
    }
    if (good < bytes.length)
        text_add(ret, (struct span){bytes.data + good, bytes.length - good});
    return is_repaired;
}
