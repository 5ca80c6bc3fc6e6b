/* Lines: whatever pieces an object comes in, its lines, numbers and offsets are the
 * same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "lines.h"

/* What came, as text: "number@offset+length:text|" for each line. */
static int
note(void *context, const struct line *line, struct error *err)
{
    struct text *seen = context;
    volatile char sum = 0;

    (void)err;
    /* the address sanitizer watches: all of the pad must be readable */
    for (size_t i = 0; i < line->text.length + EVENT_LINE_PAD; i++)
        sum = (char)(sum ^ line->text.data[i]);
    text_addf(seen, "%llu@%llu+%llu:", (unsigned long long)line->number,
              (unsigned long long)line->offset, (unsigned long long)line->length);
    text_add(seen, line->text);
    text_add_char(seen, '|');
    return 0;
}

/* Push `object` in pieces of `step` bytes, each in a block of its own, so that a read
 * behind it is seen. The first piece is `first` bytes long when that is not 0. */
static void
split(struct lines *lines, struct span object, size_t first, size_t step)
{
    struct error err;

    lines_begin(lines);
    for (size_t at = 0; at < object.length;) {
        size_t want = at == 0 && first > 0 ? first : step;
        size_t n = object.length - at < want ? object.length - at : want;
        char *piece = malloc(n);

        assert_non_null(piece);
        memcpy(piece, object.data + at, n);
        assert_int_equal(lines_push(lines, (struct span){piece, n}, &err), 0);
        free(piece);
        at += n;
    }
    assert_int_equal(lines_end(lines, &err), 0);
}

static const struct {
    const char *rule;
    const char *object;
    const char *lines;
} cases[] = {
    {"nothing", "", ""},
    {"one line", "abc\n", "1@0+3:abc|"},
    {"a last line without a line feed counts", "a\nbc", "1@0+1:a|2@2+2:bc|"},
    {"empty lines are lines", "\n\na\n", "1@0+0:|2@1+0:|3@2+1:a|"},
    {"a carriage return belongs to the line end", "ab\r\nc\r\n", "1@0+2:ab|2@4+1:c|"},
    {"only the last carriage return does", "a\r\r\n", "1@0+2:a\r|"},
    {"a carriage return inside stays", "a\rb\n", "1@0+3:a\rb|"},
    {"a carriage return alone", "\r\n\r\n", "1@0+0:|2@2+0:|"},
    {"a carriage return at the very end", "ab\r", "1@0+2:ab|"},
    {"a byte order mark is no part of the text", "\xef\xbb\xbf{}\n{}\n",
     "1@0+5:{}|2@6+2:{}|"},
    {"a byte order mark alone", "\xef\xbb\xbf", "1@0+3:|"},
    {"a byte order mark later on stays",
     "a\n\xef\xbb\xbf"
     "b\n",
     "1@0+1:a|2@2+4:\xef\xbb\xbf"
     "b|"},
    {"half a byte order mark stays", "\xef\xbb\n", "1@0+2:\xef\xbb|"},
    {"lines longer than the pad",
     "0123456789012345678901234567890123456789\n"
     "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\n"
     "x\n",
     "1@0+40:0123456789012345678901234567890123456789|"
     "2@41+52:abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz|"
     "3@94+1:x|"},
};

static void
test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct span object = span_of(cases[i].object);

        for (size_t step = 1; step <= object.length + 1; step++) {
            struct text seen = {0};
            struct lines lines = {.each = note, .context = &seen};

            split(&lines, object, 0, step);
            if (strcmp(text_string(&seen), cases[i].lines) != 0)
                fail_msg("%s, by %zu bytes: %s", cases[i].rule, step,
                         text_string(&seen));
            text_release(&seen);
            lines_release(&lines);
        }
    }
}

/* Every point at which an object can be cut in two gives the same lines. */
static void
test_split_points(void **state)
{
    struct text object = {0};
    struct text whole = {0};
    struct lines lines = {.each = note, .context = &whole};

    (void)state;
    for (int i = 0; i < 40; i++)
        text_addf(&object, "{\"n\":%d}%.*s%s", i, i * 3,
                  "                                                                "
                  "                                                         ",
                  i % 3 == 0 ? "\r\n" : "\n");
    text_add_string(&object, "the last");
    split(&lines, text_span(&object), 0, object.length);
    for (size_t at = 1; at < object.length; at++) {
        struct text seen = {0};

        lines.context = &seen;
        split(&lines, text_span(&object), at, object.length);
        assert_string_equal(text_string(&seen), text_string(&whole));
        text_release(&seen);
    }
    lines_release(&lines);
    text_release(&whole);
    text_release(&object);
}

/* Lengths and what lies behind, for lines too long to be compared as text. */
struct long_line {
    uint64_t length;
    size_t text_length;
    uint64_t offset;
    bool has_feed;
};

struct long_lines {
    struct long_line lines[4];
    size_t count;
};

static int
note_long(void *context, const struct line *line, struct error *err)
{
    struct long_lines *seen = context;
    const char *behind = line->text.data + line->text.length;

    (void)err;
    assert_true(seen->count < 4);
    seen->lines[seen->count++] = (struct long_line){
        line->length, line->text.length, line->offset,
        behind[0] == '\n' || (behind[0] == '\r' && behind[1] == '\n')};
    return 0;
}

/* The longest line that can be an event goes through whole; a longer one is told by its
 * length, though not all of it is kept. What follows is found again. */
static void
test_longest(void **state)
{
    static const struct {
        size_t length;
        const char *end;
        size_t step;
    } sizes[] = {
        {LINES_MAX - 1, "\n", 1 << 18},    {LINES_MAX, "\n", 1 << 18},
        {LINES_MAX, "\r\n", 1 << 18},      {LINES_MAX, "\n", SIZE_MAX / 2},
        {LINES_MAX, "\r\n", SIZE_MAX / 2}, {LINES_MAX + 1, "\n", 1 << 18},
        {LINES_MAX + 1, "\r\n", 1 << 18},  {LINES_MAX + 1, "\n", SIZE_MAX / 2},
        {3 * LINES_MAX, "\n", 1 << 18},    {3 * LINES_MAX, "\n", SIZE_MAX / 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct long_lines seen = {.count = 0};
        struct lines lines = {.each = note_long, .context = &seen};
        struct text object = {0};
        char *to;

        lines.carry.limit = 2 * LINES_MAX;
        to = text_room(&object, sizes[i].length);
        assert_non_null(to);
        memset(to, 'x', sizes[i].length);
        object.length += sizes[i].length;
        text_add_string(&object, sizes[i].end);
        text_add_string(&object, "{}\n");
        split(&lines, text_span(&object), 0, sizes[i].step);
        assert_int_equal(seen.count, 2);
        assert_true(seen.lines[0].has_feed);
        assert_int_equal(seen.lines[0].length, sizes[i].length);
        if (sizes[i].length <= LINES_MAX)
            assert_int_equal(seen.lines[0].text_length, sizes[i].length);
        else
            assert_true(seen.lines[0].text_length <= LINES_MAX + 2);
        assert_int_equal(seen.lines[1].length, 2);
        assert_int_equal(seen.lines[1].offset, sizes[i].length + strlen(sizes[i].end));
        text_release(&object);
        lines_release(&lines);
    }
}

/* A second object begins with line 1 and offset 0, whatever the first left open. */
static void
test_begin_again(void **state)
{
    struct text seen = {0};
    struct lines lines = {.each = note, .context = &seen};
    struct error err;

    (void)state;
    lines_begin(&lines);
    assert_int_equal(lines_push(&lines, SPAN("left open"), &err), 0);
    split(&lines,
          SPAN("\xef\xbb\xbf"
               "a\nb\n"),
          0, 3);
    assert_string_equal(text_string(&seen), "1@0+4:a|2@5+1:b|");
    text_release(&seen);
    lines_release(&lines);
}

static int
refuse(void *context, const struct line *line, struct error *err)
{
    (void)context;
    return line->number == 2 ? error_set(err, ERROR_DATA, "no more") : 0;
}

/* What the consumer fails with comes back unchanged, wherever the line lay. */
static void
test_failure(void **state)
{
    struct lines lines = {.each = refuse};
    struct error err = {0};

    (void)state;
    lines_begin(&lines);
    assert_int_equal(lines_push(&lines, SPAN("a\nb\nc\n"), &err), -1);
    assert_int_equal(err.kind, ERROR_DATA);
    assert_string_equal(err.why, "no more");
    lines_begin(&lines);
    err = (struct error){0};
    assert_int_equal(lines_push(&lines, SPAN("a\nb"), &err), 0);
    assert_int_equal(lines_end(&lines, &err), -1);
    assert_int_equal(err.kind, ERROR_DATA);
    lines_release(&lines);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),   cmocka_unit_test(test_split_points),
        cmocka_unit_test(test_longest), cmocka_unit_test(test_begin_again),
        cmocka_unit_test(test_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
