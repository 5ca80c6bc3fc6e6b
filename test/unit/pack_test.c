/* Parts: slices of any workers become one gzip member, one zstd frame, or plain
 * bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "pack.h"

/* The pieces joined, in a block of exactly their size. */
static struct span
join(const struct packed *packed)
{
    char *all = malloc(packed->size_bytes + 1);
    size_t at = 0;

    assert_non_null(all);
    for (size_t i = 0; i < packed->piece_count; i++) {
        memcpy(all + at, packed->pieces[i].data, packed->pieces[i].length);
        at += packed->pieces[i].length;
    }
    assert_int_equal(at, packed->size_bytes);
    return (struct span){all, at};
}

/* One member and nothing behind it; zlib checks the CRC and the length. */
static void
check_gzip(struct span part, struct span want)
{
    z_stream s = {0};
    char *out = malloc(want.length + 1);

    assert_non_null(out);
    assert_int_equal(inflateInit2(&s, 15 + 16), Z_OK);
    s.next_in = (Bytef *)(uintptr_t)part.data;
    s.avail_in = (uInt)part.length;
    s.next_out = (Bytef *)out;
    s.avail_out = (uInt)want.length + 1;
    assert_int_equal(inflate(&s, Z_FINISH), Z_STREAM_END);
    assert_int_equal(s.avail_in, 0);
    assert_int_equal(s.total_out, want.length);
    if (want.length > 0)
        assert_memory_equal(out, want.data, want.length);
    (void)inflateEnd(&s);
    free(out);
}

/* One frame and nothing behind it. */
static void
check_zstd(struct span part, struct span want)
{
    char *out = malloc(want.length + 1);

    assert_non_null(out);
    assert_int_equal(ZSTD_findFrameCompressedSize(part.data, part.length), part.length);
    assert_int_equal(ZSTD_decompress(out, want.length + 1, part.data, part.length),
                     want.length);
    if (want.length > 0)
        assert_memory_equal(out, want.data, want.length);
    free(out);
}

static void
check_part(enum compress compress, const struct packed *packed, struct span want)
{
    struct span part = join(packed);

    if (compress == COMPRESS_GZIP)
        check_gzip(part, want);
    else if (compress == COMPRESS_ZSTD)
        check_zstd(part, want);
    else
        assert_true(span_equal(part, want));
    assert_int_equal(packed->raw_bytes, want.length);
    free((char *)(uintptr_t)part.data);
}

/* Rows as a batch would have them; every third slice packs badly. */
static void
add_slice(struct text *to, size_t bytes, unsigned seed)
{
    uint32_t random = seed + 1;

    while (to->length < bytes) {
        random = random * 1103515245u + 12345u;
        if (seed % 3 == 0)
            text_add_char(to, (char)(random >> 16));
        else
            text_addf(to, "\"id-%u\",2024-01-02 03:04:05,\"%u\"\n", random >> 20,
                      random >> 28);
    }
    to->length = bytes;
}

static const size_t sizes[] = {1, 100,     65536, 262144, 262145,
                               7, 1048576, 1,     300000, 33};

#define SIZES (sizeof sizes / sizeof sizes[0])

/* A part goes from worker to worker; each adds a slice. */
static void
test_round_trip(void **state)
{
    (void)state;
    for (int c = COMPRESS_NONE; c <= COMPRESS_ZSTD; c++)
        for (size_t count = 1; count <= SIZES; count++) {
            struct pack *workers[3];
            struct packed packed = {0};
            struct text want = {0};
            struct error err;

            for (size_t i = 0; i < 3; i++)
                assert_int_equal(pack_new((enum compress)c, &workers[i], &err), 0);
            for (size_t i = 0; i < count; i++) {
                struct text slice = {0};

                add_slice(&slice, sizes[i], (unsigned)i);
                assert_int_equal(
                    pack_add(workers[i % 3], &packed, text_span(&slice), i + 1, &err),
                    0);
                text_add(&want, text_span(&slice));
                text_release(&slice);
                assert_true(packed_bytes(&packed) >= packed.size_bytes);
            }
            assert_int_equal(pack_end(workers[count % 3], &packed, &err), 0);
            check_part((enum compress)c, &packed, text_span(&want));
            assert_int_equal(packed.rows, count * (count + 1) / 2);
            packed_release(&packed);
            assert_int_equal(packed.piece_count, 0);
            for (size_t i = 0; i < 3; i++)
                pack_free(workers[i]);
            text_release(&want);
        }
    pack_free(NULL);
}

/* Two parts that are open at one time do not mix. */
static void
test_two_parts(void **state)
{
    (void)state;
    for (int c = COMPRESS_NONE; c <= COMPRESS_ZSTD; c++) {
        struct packed packed[2] = {{0}};
        struct text want[2] = {{0}};
        struct pack *pack;
        struct error err;

        assert_int_equal(pack_new((enum compress)c, &pack, &err), 0);
        for (unsigned i = 0; i < 50; i++) {
            struct text slice = {0};

            add_slice(&slice, 3000 + i, i);
            assert_int_equal(pack_add(pack, &packed[i % 2], text_span(&slice), 1, &err),
                             0);
            text_add(&want[i % 2], text_span(&slice));
            text_release(&slice);
        }
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(pack_end(pack, &packed[i], &err), 0);
            check_part((enum compress)c, &packed[i], text_span(&want[i]));
            packed_release(&packed[i]);
            text_release(&want[i]);
        }
        pack_free(pack);
    }
}

/* The same slices give the same bytes, so a rerun stages the same parts. */
static void
test_same_bytes(void **state)
{
    (void)state;
    for (int c = COMPRESS_NONE; c <= COMPRESS_ZSTD; c++) {
        struct span parts[2];
        struct error err;

        for (size_t round = 0; round < 2; round++) {
            struct packed packed = {0};
            struct text slice = {0};
            struct pack *pack;

            assert_int_equal(pack_new((enum compress)c, &pack, &err), 0);
            add_slice(&slice, 100000, 1);
            assert_int_equal(pack_add(pack, &packed, text_span(&slice), 1, &err), 0);
            assert_int_equal(pack_end(pack, &packed, &err), 0);
            parts[round] = join(&packed);
            packed_release(&packed);
            text_release(&slice);
            pack_free(pack);
        }
        assert_true(span_equal(parts[0], parts[1]));
        free((char *)(uintptr_t)parts[0].data);
        free((char *)(uintptr_t)parts[1].data);
    }
}

/* A part that is given up before its end frees its compressor too. */
static void
test_given_up(void **state)
{
    (void)state;
    for (int c = COMPRESS_NONE; c <= COMPRESS_ZSTD; c++) {
        struct packed packed = {0};
        struct pack *pack;
        struct error err;

        assert_int_equal(pack_new((enum compress)c, &pack, &err), 0);
        assert_int_equal(pack_add(pack, &packed, SPAN("\"a\"\n"), 1, &err), 0);
        packed_release(&packed);
        packed_release(&packed);
        pack_free(pack);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_two_parts),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
