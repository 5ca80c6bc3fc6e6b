/* Packing, against zlib: slices make one stream, checksums go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "gz.h"

#define BUFFER ((size_t)256 << 10) /* what the writer makes room for at once */

/* Text that packs well, or (`is_noise`) not at all. */
static void
add_text(struct text *to, size_t length, bool is_noise)
{
    uint32_t random = 12345;

    for (size_t i = 0; i < length; i++) {
        random = random * 1103515245u + 12345u;
        text_add_char(to,
                      is_noise ? (char)(random >> 16) : "{\"event\":\"x\"}\n"[i % 14]);
    }
}

/* Unpack one raw deflate stream with zlib; everything must be used up. */
static void
inflate_raw(struct span packed, struct span want)
{
    z_stream s = {0};
    char *out = malloc(want.length + 1);

    assert_non_null(out);
    assert_int_equal(inflateInit2(&s, -15), Z_OK);
    s.next_in = (Bytef *)(uintptr_t)packed.data;
    s.avail_in = (uInt)packed.length;
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

/* Slices of any size, by two writers in turns, make one stream. */
static void
test_slices(void **state)
{
    static const size_t sizes[] = {0,      1,          2,          100,   65535, 65536,
                                   BUFFER, BUFFER + 1, 3 * BUFFER, 12345, 0,     7};
    struct gz_writer *writers[2];
    struct error err;

    (void)state;
    assert_int_equal(gz_writer_new(&writers[0], &err), 0);
    assert_int_equal(gz_writer_new(&writers[1], &err), 0);
    for (int is_noise = 0; is_noise < 2; is_noise++) {
        struct text raw = {0};
        struct text packed = {0};

        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            struct text slice = {0};

            add_text(&slice, sizes[i], is_noise);
            assert_int_equal(
                gz_writer_slice(writers[i % 2], text_span(&slice), &packed, &err), 0);
            text_add(&raw, text_span(&slice));
            text_release(&slice);
        }
        text_add(&packed, GZ_LAST_BLOCK);
        inflate_raw(text_span(&packed), text_span(&raw));
        if (!is_noise)
            assert_true(packed.length < raw.length / 10);
        text_release(&raw);
        text_release(&packed);
    }
    gz_writer_free(writers[0]);
    gz_writer_free(writers[1]);
    gz_writer_free(NULL);
}

/* Noise grows a little; each size around the writer's buffer comes out whole. */
static void
test_slice_sizes(void **state)
{
    struct gz_writer *writer;
    struct text noise = {0};
    struct error err;

    (void)state;
    assert_int_equal(gz_writer_new(&writer, &err), 0);
    add_text(&noise, BUFFER + 64, true);
    for (size_t length = BUFFER - 300; length <= BUFFER + 64; length++) {
        struct text packed = {0};

        assert_int_equal(
            gz_writer_slice(writer, (struct span){noise.data, length}, &packed, &err),
            0);
        text_add(&packed, GZ_LAST_BLOCK);
        if (length % 16 == 0)
            inflate_raw(text_span(&packed), (struct span){noise.data, length});
        assert_true(packed.length < length + 1024);
        text_release(&packed);
    }
    text_release(&noise);
    gz_writer_free(writer);
}

static void
test_crc(void **state)
{
    struct text raw = {0};

    (void)state;
    add_text(&raw, 5000, true);
    assert_int_equal(gz_crc32(0, SPAN("123456789")), 0xcbf43926);
    assert_int_equal(gz_crc32(0, SPAN("")), 0);
    for (size_t at = 0; at <= raw.length; at += 13)
        assert_int_equal(gz_crc32(gz_crc32(0, (struct span){raw.data, at}),
                                  (struct span){raw.data + at, raw.length - at}),
                         crc32_z(0, (const Bytef *)raw.data, raw.length));
    text_release(&raw);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_slice_sizes),
        cmocka_unit_test(test_crc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
