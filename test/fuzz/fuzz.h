/* fuzz -- what the fuzz targets share: a check that stops at once, a line of its
 * own. */
#ifndef RSLOAD_FUZZ_H
#define RSLOAD_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The entry of every target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input; it is no assert, so that no build leaves it out. */
#define fuzz_check(condition)                                                          \
    do {                                                                               \
        if (!(condition)) {                                                            \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);      \
            abort();                                                                   \
        }                                                                              \
    } while (0)

/* A copy of `size` bytes, `end` and what fills `pad` bytes behind the copy, in a
 * block of exactly that size, so that the address sanitizer sees a read behind it.
 * The caller frees. */
static inline char *
fuzz_line(const uint8_t *data, size_t size, const char *end, size_t pad)
{
    char *line = malloc(size + pad);

    fuzz_check(line != NULL);
    if (size > 0)
        memcpy(line, data, size);
    memset(line + size, '"', pad);
    memcpy(line + size, end, strlen(end));
    return line;
}

#endif
