/* Objects of any bytes, whole and in small pieces: the same comes out, or the same
 * kind of error; and never more than a bound, so that no small object fills the
 * memory here. */
#include "fuzz.h"
#include "unpack.h"

#define OUT_MAX ((size_t)4 << 20)

static int
unpack_by(struct unpack *unpack, struct span object, size_t step, struct text *ret)
{
    struct error err;

    unpack_begin(unpack, text_sink(ret));
    for (size_t at = 0; at < object.length; at += step) {
        size_t n = object.length - at < step ? object.length - at : step;
        char *piece = malloc(n);
        int rc;

        fuzz_check(piece != NULL);
        memcpy(piece, object.data + at, n);
        rc = unpack_push(unpack, (struct span){piece, n}, &err);
        free(piece);
        if (rc != 0)
            return rc;
    }
    return unpack_end(unpack, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t steps[] = {SIZE_MAX / 2, 1, 7};
    struct span object = {(const char *)data, size};
    struct text first = {.limit = OUT_MAX};
    struct unpack *unpack;
    struct error err;
    int rc = 0;

    fuzz_check(unpack_new(&unpack, &err) == 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct text out = {.limit = OUT_MAX};
        int this_rc = unpack_by(unpack, object, steps[i], i == 0 ? &first : &out);

        if (i == 0)
            rc = this_rc;
        fuzz_check(rc == this_rc);
        if (i > 0 && rc == 0)
            fuzz_check(span_equal(text_span(&first), text_span(&out)));
        text_release(&out);
    }
    text_release(&first);
    unpack_free(unpack);
    return 0;
}
