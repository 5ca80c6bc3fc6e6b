/* UTF-8: what is one sequence, what is none, and what stands in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "utf8.h"

#define FFFD "\xef\xbf\xbd"

static const struct {
    const char *rule;
    const char *bytes;
    size_t length; /* of the first sequence; 0: none */
} sequences[] = {
    {"ASCII", "a", 1},
    {"two bytes, the least", "\xc2\x80", 2},
    {"overlong of two", "\xc1\xbf", 0},
    {"three bytes, the least", "\xe0\xa0\x80", 3},
    {"overlong of three", "\xe0\x9f\xbf", 0},
    {"before the surrogates", "\xed\x9f\xbf", 3},
    {"a surrogate", "\xed\xa0\x80", 0},
    {"a noncharacter", "\xef\xbf\xbe", 3},
    {"four bytes, the least", "\xf0\x90\x80\x80", 4},
    {"overlong of four", "\xf0\x8f\xbf\xbf", 0},
    {"the last code point", "\xf4\x8f\xbf\xbf", 4},
    {"over the last", "\xf4\x90\x80\x80", 0},
    {"a byte that begins nothing", "\xff", 0},
    {"a byte that continues", "\x80", 0},
    {"cut short", "\xe2\x82", 0},
};

static void
test_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        size_t length = strlen(sequences[i].bytes);

        if (utf8_length(sequences[i].bytes, length) != sequences[i].length)
            fail_msg("%s", sequences[i].rule);
        assert_int_equal(utf8_is_valid(sequences[i].bytes, length),
                         sequences[i].length == length);
    }
    assert_true(utf8_is_valid("", 0));
}

static const struct {
    const char *rule;
    struct span bytes;
    const char *mended;
} repairs[] = {
    {"nothing to mend", {"caf\xc3\xa9", 5}, "caf\xc3\xa9"},
    {"U+0000 is taken out", {"a\0b", 3}, "ab"},
    {"a piece that could go on is one", {"\xe2\x82x", 3}, FFFD "x"},
    {"so is the end of the text", {"x\xf0\x9f\x98", 4}, "x" FFFD},
    {"a surrogate is three", {"\xed\xa0\x80", 3}, FFFD FFFD FFFD},
    {"each stray byte is one", {"\x80\xff", 2}, FFFD FFFD},
    {"overlong is one a byte", {"\xc0\xaf", 2}, FFFD FFFD},
    {"Unicode's own example",
     {"\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", 13},
     "a" FFFD FFFD FFFD "b" FFFD "c" FFFD FFFD "d"},
};

static void
test_repair(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof repairs / sizeof repairs[0]; i++) {
        struct text mended = {0};
        bool is_repaired = utf8_repair(repairs[i].bytes, &mended);

        if (strcmp(text_string(&mended), repairs[i].mended) != 0)
            fail_msg("%s: %s", repairs[i].rule, text_string(&mended));
        assert_int_equal(is_repaired, i > 0);
        assert_true(utf8_is_valid(mended.data, mended.length));
        text_release(&mended);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_repair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
