/* gzip both ways, against zlib: members, padding, damage, buffers, slices,
 * checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gz.h"
#include "gzipped.h"

#define BUFFER ((size_t)256 << 10) /* what the reader hands on at once */

/* Push `packed` by `step` bytes, each piece in a block of its own size. */
static int
read_by(struct gz_reader *reader, struct span packed, size_t step, struct text *ret,
        struct error *err)
{
    int rc = 0;

    text_clear(ret);
    gz_reader_reset(reader);
    for (size_t at = 0; at < packed.length && rc == 0; at += step) {
        size_t n = packed.length - at < step ? packed.length - at : step;
        char *piece = malloc(n);

        assert_non_null(piece);
        memcpy(piece, packed.data + at, n);
        rc = gz_reader_push(reader, (struct span){piece, n}, text_sink(ret), err);
        free(piece);
    }
    return rc != 0 ? rc : gz_reader_end(reader, err);
}

static struct gz_reader *
new_reader(void)
{
    struct gz_reader *reader = NULL;
    struct error err;

    assert_int_equal(gz_reader_new(&reader, &err), 0);
    return reader;
}

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

static const size_t steps[] = {1, 2, 3, 7, 8, 9, 17, 100, 4096, SIZE_MAX / 2};

#define STEPS (sizeof steps / sizeof steps[0])

static void
test_members(void **state)
{
    static const struct {
        const char *rule;
        const char *members[6];
    } cases[] = {
        {"one member", {"hello"}},
        {"an empty member", {""}},
        {"two members", {"hello ", "world"}},
        {"an empty member between two", {"a", "", "b"}},
        {"only empty members", {"", "", ""}},
        {"an empty member at either end", {"", "a", ""}},
        {"many members", {"a", "bc", "def", "ghij", "klmno"}},
    };
    struct gz_reader *reader = new_reader();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int level = 0; level <= 9; level += 3) {
            struct text packed = {0};
            struct text want = {0};
            struct text got = {0};
            struct error err;

            for (size_t m = 0; m < 6 && cases[i].members[m] != NULL; m++) {
                gzipped_member(&packed, span_of(cases[i].members[m]), level, NULL);
                text_add_string(&want, cases[i].members[m]);
            }
            for (size_t s = 0; s < STEPS; s++) {
                if (read_by(reader, text_span(&packed), steps[s], &got, &err))
                    fail_msg("%s by %zu: %s", cases[i].rule, steps[s], err.why);
                assert_string_equal(text_string(&got), text_string(&want));
            }
            text_release(&packed);
            text_release(&want);
            text_release(&got);
        }
    gz_reader_free(reader);
}

/* A thousand small members, as appending writers leave them. */
static void
test_thousand_members(void **state)
{
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct text want = {0};
    struct text got = {0};
    struct error err;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct text line = {0};

        text_addf(&line, "{\"n\":%d}\n", i);
        gzipped_member(&packed, text_span(&line), 6, NULL);
        text_add(&want, text_span(&line));
        text_release(&line);
    }
    for (size_t s = 0; s < STEPS; s++) {
        assert_int_equal(read_by(reader, text_span(&packed), steps[s], &got, &err), 0);
        assert_true(span_equal(text_span(&got), text_span(&want)));
    }
    text_release(&packed);
    text_release(&want);
    text_release(&got);
    gz_reader_free(reader);
}

/* Each field that RFC 1952 lets a header have, alone and together. */
static void
test_headers(void **state)
{
    struct gz_reader *reader = new_reader();

    (void)state;
    for (unsigned fields = 0; fields < 16; fields++) {
        Bytef extra[300];
        Bytef name[] = "2026-11-21T14.ndjson";
        Bytef comment[] = "a comment";
        gz_header head = {.text = 1,
                          .time = 1700000000,
                          .os = 3,
                          .extra = fields & 1 ? extra : NULL,
                          .extra_len = sizeof extra,
                          .name = fields & 2 ? name : NULL,
                          .comment = fields & 4 ? comment : NULL,
                          .hcrc = (fields & 8) != 0};
        struct text packed = {0};
        struct text got = {0};
        struct error err;

        memset(extra, 0x1f, sizeof extra);
        gzipped_member(&packed, SPAN("first "), 6, &head);
        gzipped_member(&packed, SPAN("second"), 6, &head);
        for (size_t s = 0; s < STEPS; s++) {
            if (read_by(reader, text_span(&packed), steps[s], &got, &err))
                fail_msg("fields %u by %zu: %s", fields, steps[s], err.why);
            assert_string_equal(text_string(&got), "first second");
        }
        text_release(&packed);
        text_release(&got);
    }
    gz_reader_free(reader);
}

/* Behind the last member: zeros are padding, another member may follow them, anything
 * else is refused. */
static void
test_behind(void **state)
{
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct text got = {0};
    struct error err;

    (void)state;
    for (size_t s = 0; s < STEPS; s++) {
        text_clear(&packed);
        gzipped_member(&packed, SPAN("a"), 6, NULL);
        for (int i = 0; i < 600; i++)
            text_add_char(&packed, '\0');
        assert_int_equal(read_by(reader, text_span(&packed), steps[s], &got, &err), 0);
        assert_string_equal(text_string(&got), "a");
        gzipped_member(&packed, SPAN("b"), 6, NULL);
        assert_int_equal(read_by(reader, text_span(&packed), steps[s], &got, &err), 0);
        assert_string_equal(text_string(&got), "ab");
        text_add_string(&packed, "garbage and more of it");
        assert_int_equal(read_by(reader, text_span(&packed), steps[s], &got, &err), -1);
        assert_int_equal(err.kind, ERROR_SOURCE);
    }
    text_release(&packed);
    text_release(&got);
    gz_reader_free(reader);
}

/* Cut anywhere, the end is missed; what came out before is right. Only between two
 * members a cut cannot be told. */
static void
test_truncated(void **state)
{
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct text want = {0};
    struct text got = {0};
    size_t first_ends;
    struct error err;

    (void)state;
    add_text(&want, 700, false);
    gzipped_member(&packed, text_span(&want), 6, NULL);
    first_ends = packed.length;
    gzipped_member(&packed, SPAN("the second member"), 1, NULL);
    text_add_string(&want, "the second member");
    for (size_t length = 0; length < packed.length; length++)
        for (size_t s = 0; s < STEPS; s++) {
            int rc = read_by(reader, (struct span){packed.data, length}, steps[s], &got,
                             &err);

            assert_int_equal(rc, length == first_ends ? 0 : -1);
            assert_true(got.length <= want.length);
            if (got.length > 0)
                assert_memory_equal(got.data, want.data, got.length);
            if (rc == 0)
                continue;
            assert_int_equal(err.kind, ERROR_SOURCE);
            assert_string_equal(err.why, "gzip data ends inside a member");
        }
    text_release(&packed);
    text_release(&want);
    text_release(&got);
    gz_reader_free(reader);
}

/* One bit wrong: either it is found, or it lay where nothing depends on it. */
static void
test_flipped(void **state)
{
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct text want = {0};
    struct text got = {0};
    struct error err;
    unsigned accepted = 0;

    (void)state;
    add_text(&want, 500, false);
    add_text(&want, 50, true);
    gzipped_member(&packed, text_span(&want), 6, NULL);
    for (size_t bit = 0; bit < packed.length * 8; bit++)
        for (size_t s = 0; s < STEPS; s += 3) {
            packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ 1 << bit % 8);
            if (read_by(reader, text_span(&packed), steps[s], &got, &err) == 0) {
                assert_true(span_equal(text_span(&got), text_span(&want)));
                accepted++; /* hints of the header, bits that fill a byte */
            } else {
                assert_int_equal(err.kind, ERROR_SOURCE);
            }
            packed.data[bit / 8] = (char)(packed.data[bit / 8] ^ 1 << bit % 8);
        }
    assert_true(accepted > 0 && accepted < 4 * 100);
    text_release(&packed);
    text_release(&want);
    text_release(&got);
    gz_reader_free(reader);
}

/* What went wrong is said in words that tell the three apart. */
static void
test_words(void **state)
{
    static const struct {
        size_t at_from_end; /* 0: at the front */
        const char *why;
    } cases[] = {
        {8, "gzip checksum does not match"}, /* the CRC */
        {4, "gzip checksum does not match"}, /* the length */
        {0, "gzip header is invalid"},
    };
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct text got = {0};
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t at;

        text_clear(&packed);
        gzipped_member(&packed, SPAN("hello hello hello"), 6, NULL);
        at = cases[i].at_from_end > 0 ? packed.length - cases[i].at_from_end : 0;
        packed.data[at] = (char)(packed.data[at] ^ 1);
        assert_int_equal(read_by(reader, text_span(&packed), SIZE_MAX / 2, &got, &err),
                         -1);
        assert_string_equal(err.why, cases[i].why);
    }
    text_release(&packed);
    text_release(&got);
    gz_reader_free(reader);
}

/* Sizes around the reader's buffer, in pieces of any size. */
static void
test_large(void **state)
{
    static const size_t sizes[] = {BUFFER - 1,     BUFFER,         BUFFER + 1,
                                   2 * BUFFER,     2 * BUFFER + 1, 5 * BUFFER,
                                   20 * BUFFER + 7};
    static const size_t wide[] = {1, 4096, 65536, SIZE_MAX / 2};
    struct gz_reader *reader = new_reader();
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct text want = {0};
        struct text packed = {0};
        struct text got = {0};

        add_text(&want, sizes[i], false);
        gzipped_member(&packed, text_span(&want), 6, NULL);
        for (size_t s = 0; s < sizeof wide / sizeof wide[0]; s++) {
            assert_int_equal(read_by(reader, text_span(&packed), wide[s], &got, &err),
                             0);
            assert_true(span_equal(text_span(&got), text_span(&want)));
        }
        text_release(&want);
        text_release(&packed);
        text_release(&got);
    }
    gz_reader_free(reader);
}

/* A reader that failed in the middle reads the next object as if nothing had been. */
static void
test_reset(void **state)
{
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct text got = {0};
    struct error err;

    (void)state;
    gzipped_member(&packed, SPAN("hello hello hello hello"), 6, NULL);
    for (size_t length = 1; length < packed.length; length++) {
        assert_int_equal(read_by(reader, (struct span){packed.data, length},
                                 SIZE_MAX / 2, &got, &err),
                         -1);
        assert_int_equal(read_by(reader, text_span(&packed), 3, &got, &err), 0);
        assert_string_equal(text_string(&got), "hello hello hello hello");
    }
    text_release(&packed);
    text_release(&got);
    gz_reader_free(reader);
    gz_reader_free(NULL);
}

static int
refuse(void *context, struct span piece, struct error *err)
{
    (void)context;
    (void)piece;
    return error_set(err, ERROR_DATA, "no more");
}

static void
test_sink_fails(void **state)
{
    struct gz_reader *reader = new_reader();
    struct text packed = {0};
    struct error err = {0};

    (void)state;
    gzipped_member(&packed, SPAN("hello"), 6, NULL);
    assert_int_equal(
        gz_reader_push(reader, text_span(&packed), (struct sink){refuse, NULL}, &err),
        -1);
    assert_int_equal(err.kind, ERROR_DATA);
    text_release(&packed);
    gz_reader_free(reader);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),   cmocka_unit_test(test_thousand_members),
        cmocka_unit_test(test_headers),   cmocka_unit_test(test_behind),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_words),     cmocka_unit_test(test_large),
        cmocka_unit_test(test_reset),     cmocka_unit_test(test_sink_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
