/* Spans, texts with a limit, arenas, sinks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdalign.h>
#include <string.h>

#include "bytes.h"

static void
test_spans(void **state)
{
    static const struct {
        struct span a;
        struct span b;
        int order;
        bool starts; /* a begins with b */
        bool ends;   /* a ends with b */
    } cases[] = {
        {{NULL, 0}, {NULL, 0}, 0, true, true},
        {{NULL, 0}, {"", 0}, 0, true, true},
        {{"a", 1}, {NULL, 0}, 1, true, true},
        {{NULL, 0}, {"a", 1}, -1, false, false},
        {{"abc", 3}, {"ab", 2}, 1, true, false},
        {{"abc", 3}, {"bc", 2}, -1, false, true},
        {{"abc", 3}, {"abc", 3}, 0, true, true},
        {{"abc", 3}, {"abcd", 4}, -1, false, false},
        {{"\xff", 1}, {"a", 1}, 1, false, false},
        {{"a\0b", 3}, {"a\0c", 3}, -1, false, false},
        {{"a\0b", 3}, {"a", 1}, 1, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int order = span_compare(cases[i].a, cases[i].b);

        assert_int_equal((order > 0) - (order < 0), cases[i].order);
        assert_int_equal(span_equal(cases[i].a, cases[i].b), cases[i].order == 0);
        assert_int_equal(span_starts(cases[i].a, cases[i].b), cases[i].starts);
        assert_int_equal(span_ends(cases[i].a, cases[i].b), cases[i].ends);
    }
    assert_int_equal(span_of(NULL).length, 0);
    assert_int_equal(span_of("abc").length, 3);
    assert_int_equal(span_int(7), 7);
    assert_int_equal(span_int(SIZE_MAX), INT_MAX);
}

static void
test_text(void **state)
{
    struct text t = {0};
    struct error err;

    (void)state;
    assert_string_equal(text_string(&t), "");
    text_add_string(&t, "a");
    text_add(&t, (struct span){NULL, 0});
    text_add(&t, SPAN("b\0c"));
    text_add_char(&t, 'd');
    text_addf(&t, "%d-%s", 7, "x");
    assert_int_equal(t.length, 8);
    assert_memory_equal(t.data, "ab\0cd7-x", 8);
    assert_int_equal(strlen(text_string(&t)), 2);
    assert_int_equal(text_check(&t, &err), 0);
    text_clear(&t);
    assert_string_equal(text_string(&t), "");
    text_release(&t);
    text_release(&t);
    assert_null(t.data);
}

/* Growth keeps what is there, for every size on the way. */
static void
test_growth(void **state)
{
    struct text t = {0};

    (void)state;
    for (size_t i = 0; i < 5000; i++) {
        text_add_char(&t, (char)('a' + i % 26));
        assert_int_equal(strlen(text_string(&t)), i + 1);
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(t.data[i], 'a' + (int)(i % 26));
    text_release(&t);
}

/* What would pass the limit fails the text, once and for all; clearing forgets it. */
static void
test_limit(void **state)
{
    struct text t = {.limit = 10};
    struct error err;

    (void)state;
    text_add_string(&t, "0123456789");
    assert_int_equal(text_check(&t, &err), 0);
    text_add_char(&t, 'x');
    assert_int_equal(text_check(&t, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(text_string(&t), "");
    assert_int_equal(text_span(&t).length, 0);
    text_add_string(&t, "");
    assert_int_equal(text_check(&t, &err), -1);
    text_clear(&t);
    text_addf(&t, "%s", "01234567890");
    assert_int_equal(text_check(&t, &err), -1);
    text_clear(&t);
    assert_null(text_room(&t, SIZE_MAX));
    text_clear(&t);
    text_add_string(&t, "ok");
    assert_string_equal(text_string(&t), "ok");
    text_release(&t);
    assert_int_equal(t.limit, 10);
}

static void
test_arena(void **state)
{
    struct arena a = {0};
    struct error err;
    struct span copy;
    char *blocks[200];

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        size_t size = i * i;

        blocks[i] = arena_alloc(&a, size);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(blocks[i][j], 0);
        memset(blocks[i], (int)i, size);
    }
    for (size_t i = 1; i < 200; i++)
        for (size_t j = 0; j < i * i; j += i)
            assert_int_equal((unsigned char)blocks[i][j], i);
    assert_true(a.used_bytes > 2600000);
    assert_int_equal(arena_copy(&a, SPAN("a\0b"), &copy, &err), 0);
    assert_int_equal(copy.length, 3);
    assert_memory_equal(copy.data, "a\0b", 4);
    assert_int_equal(arena_copy(&a, (struct span){NULL, 0}, &copy, &err), 0);
    assert_int_equal(copy.length, 0);
    assert_int_equal(copy.data[0], '\0');
    assert_null(arena_array(&a, SIZE_MAX / 4, 8));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_non_null(arena_array(&a, 10, 8));
    arena_release(&a);
    arena_release(&a);
    assert_int_equal(a.used_bytes, 0);
}

static void
test_sink(void **state)
{
    struct text t = {.limit = 6};
    struct error err;

    (void)state;
    assert_int_equal(sink_push(text_sink(&t), SPAN("abc"), &err), 0);
    assert_int_equal(sink_push(text_sink(&t), SPAN("def"), &err), 0);
    assert_string_equal(text_string(&t), "abcdef");
    assert_int_equal(sink_push(text_sink(&t), SPAN("g"), &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    text_release(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans),  cmocka_unit_test(test_text),
        cmocka_unit_test(test_growth), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_arena),  cmocka_unit_test(test_sink),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
