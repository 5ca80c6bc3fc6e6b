/* Objects are told apart by their first bytes, and come out whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "gzipped.h"
#include "unpack.h"

static void
add_gzip(struct text *to, struct span raw)
{
    gzipped_member(to, raw, 6, NULL);
}

static void
add_zstd(struct text *to, struct span raw)
{
    size_t bound = ZSTD_compressBound(raw.length);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t length;

    assert_non_null(context);
    assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    length = ZSTD_compress2(context, text_room(to, bound), bound, raw.data, raw.length);
    assert_false(ZSTD_isError(length));
    to->length += length;
    (void)ZSTD_freeCCtx(context);
}

static int
unpack_by(struct unpack *unpack, struct span packed, size_t step, struct text *ret,
          struct error *err)
{
    text_clear(ret);
    unpack_begin(unpack, text_sink(ret));
    for (size_t at = 0; at < packed.length; at += step) {
        size_t n = packed.length - at < step ? packed.length - at : step;
        char *piece = malloc(n);
        int rc;

        assert_non_null(piece);
        memcpy(piece, packed.data + at, n);
        rc = unpack_push(unpack, (struct span){piece, n}, err);
        free(piece);
        if (rc != 0)
            return rc;
    }
    return unpack_end(unpack, err);
}

static struct unpack *
new_unpack(void)
{
    struct unpack *unpack = NULL;
    struct error err;

    assert_int_equal(unpack_new(&unpack, &err), 0);
    return unpack;
}

static const size_t steps[] = {1, 2, 3, 4, 5, 64, SIZE_MAX / 2};

#define STEPS (sizeof steps / sizeof steps[0])

/* Plain text comes out as it is, also where it looks like the beginning of
 * something. */
static void
test_plain(void **state)
{
    static const struct span cases[] = {
        {"", 0},
        {"{}\n", 3},
        {"a", 1},
        {"\x1f", 1},
        {"\x1fx", 2},
        {"\x28\xb5\x2f", 3},
        {"\x28\xb5\x2f\xfc and more", 13},
        {"{\"type\":\"track\"}\n{\"type\":\"page\"}\n", 33},
        {"\0\0\0\0\0\0", 6},
    };
    struct unpack *unpack = new_unpack();
    struct text got = {0};
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t s = 0; s < STEPS; s++) {
            assert_int_equal(unpack_by(unpack, cases[i], steps[s], &got, &err), 0);
            assert_true(span_equal(text_span(&got), cases[i]));
        }
    text_release(&got);
    unpack_free(unpack);
    unpack_free(NULL);
}

/* Members and frames follow one another; one unpacker reads all kinds in turns. */
static void
test_packed(void **state)
{
    static void (*const add[])(struct text * to, struct span raw) = {add_gzip,
                                                                     add_zstd};
    struct unpack *unpack = new_unpack();
    struct text got = {0};
    struct error err;

    (void)state;
    for (size_t s = 0; s < STEPS; s++)
        for (size_t i = 0; i < 2; i++) {
            struct text packed = {0};

            add[i](&packed, SPAN("hello "));
            add[i](&packed, SPAN(""));
            add[i](&packed, SPAN("world"));
            if (unpack_by(unpack, text_span(&packed), steps[s], &got, &err))
                fail_msg("%zu by %zu: %s", i, steps[s], err.why);
            assert_string_equal(text_string(&got), "hello world");
            text_release(&packed);
        }
    text_release(&got);
    unpack_free(unpack);
}

/* Cut anywhere, the end is missed. A frame can be told only from its fourth byte on. */
static void
test_truncated(void **state)
{
    static void (*const add[])(struct text * to, struct span raw) = {add_gzip,
                                                                     add_zstd};
    static const char *const why[] = {"gzip data ends inside a member",
                                      "zstd data ends inside a frame"};
    struct unpack *unpack = new_unpack();
    struct text got = {0};
    struct error err;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct text packed = {0};
        size_t from = i == 0 ? 2 : 4;

        add[i](&packed, SPAN("hello hello hello hello world world world"));
        for (size_t length = from; length < packed.length; length++)
            for (size_t s = 0; s < STEPS; s++) {
                struct span cut = {packed.data, length};

                assert_int_equal(unpack_by(unpack, cut, steps[s], &got, &err), -1);
                assert_int_equal(err.kind, ERROR_SOURCE);
                assert_string_equal(err.why, why[i]);
                assert_true(strstr(err.hint, "uploading") != NULL);
            }
        text_release(&packed);
    }
    text_release(&got);
    unpack_free(unpack);
}

/* A frame with one bit wrong never gives other text than what was packed. */
static void
test_flipped(void **state)
{
    struct unpack *unpack = new_unpack();
    struct text packed = {0};
    struct text got = {0};
    struct error err;
    struct span raw = SPAN("hello hello hello hello world world world");
    unsigned found = 0;

    (void)state;
    add_zstd(&packed, raw);
    for (size_t bit = 32; bit < packed.length * 8; bit++) {
        packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ 1 << bit % 8);
        if (unpack_by(unpack, text_span(&packed), SIZE_MAX / 2, &got, &err) == 0) {
            assert_true(span_equal(text_span(&got), raw));
        } else {
            assert_int_equal(err.kind, ERROR_SOURCE);
            found++;
        }
        packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ 1 << bit % 8);
    }
    assert_true(found > 100);
    text_release(&packed);
    text_release(&got);
    unpack_free(unpack);
}

/* Much more comes out than fits into any buffer. */
static void
test_large(void **state)
{
    static void (*const add[])(struct text * to, struct span raw) = {add_gzip,
                                                                     add_zstd};
    struct unpack *unpack = new_unpack();
    struct text raw = {0};
    struct text got = {0};
    struct error err;

    (void)state;
    for (int i = 0; i < 200000; i++)
        text_addf(&raw, "{\"n\":%d}\n", i);
    for (size_t i = 0; i < 2; i++)
        for (size_t s = 0; s < STEPS; s++) {
            struct text packed = {0};

            add[i](&packed, text_span(&raw));
            assert_int_equal(
                unpack_by(unpack, text_span(&packed), steps[s], &got, &err), 0);
            assert_true(span_equal(text_span(&got), text_span(&raw)));
            text_release(&packed);
        }
    text_release(&raw);
    text_release(&got);
    unpack_free(unpack);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),     cmocka_unit_test(test_packed),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
