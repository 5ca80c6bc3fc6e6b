/* Errors: one line with what, why and hint, whatever was put in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "error.h"

static void
test_layers(void **state)
{
    struct error err = {.what = "old", .hint = "old"};
    char line[200];

    (void)state;
    assert_int_equal(error_set(&err, ERROR_SOURCE, "it is %s", "gone"), -1);
    error_line(&err, line, sizeof line);
    assert_string_equal(line, "it is gone");
    assert_int_equal(error_hint(&err, "look %d times", 2), -1);
    assert_int_equal(error_in(&err, "inner"), -1);
    assert_int_equal(error_in(&err, "outer %d", 1), -1);
    error_line(&err, line, sizeof line);
    assert_string_equal(line, "outer 1: inner: it is gone: look 2 times");
    assert_int_equal(err.kind, ERROR_SOURCE);
    assert_int_equal(error_no_memory(&err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_string_equal(err.what, "");
}

/* Control characters would make two lines of one, or worse. */
static void
test_one_line(void **state)
{
    struct error err;
    char line[100];

    (void)state;
    (void)error_set(&err, ERROR_IO, "a\nb\rc\td\x1b[31m\x7f\xc3\xa9");
    error_line(&err, line, sizeof line);
    assert_string_equal(line, "a b c d [31m \xc3\xa9");
}

/* Texts that do not fit end in dots; nothing is written beyond the arrays. */
static void
test_long(void **state)
{
    struct error err;
    char text[2000];
    char line[3000];
    char small[10];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)error_set(&err, ERROR_IO, "%s", text);
    (void)error_hint(&err, "%s", text);
    assert_int_equal(strlen(err.why), sizeof err.why - 1);
    assert_string_equal(err.why + sizeof err.why - 4, "...");
    assert_int_equal(strlen(err.hint), sizeof err.hint - 1);
    for (int i = 0; i < 3; i++)
        (void)error_in(&err, "%s", text);
    assert_int_equal(strlen(err.what), sizeof err.what - 1);
    (void)error_set(&err, ERROR_IO, "why");
    for (int i = 0; i < 100; i++)
        (void)error_in(&err, "twenty characters %d", i);
    assert_true(strlen(err.what) < sizeof err.what);
    assert_int_equal(strncmp(err.what, "twenty characters 99: ", 22), 0);
    error_line(&err, line, sizeof line);
    error_line(&err, small, sizeof small);
    assert_int_equal(strlen(small), 9);
}

/* sysexits.h where it has a number, and the signals' own. */
static void
test_kinds(void **state)
{
    static const struct {
        enum error_kind kind;
        int code;
        const char *name;
    } cases[] = {
        {ERROR_NONE, 0, "none"},
        {ERROR_USAGE, 64, "usage"},
        {ERROR_DATA, 65, "data"},
        {ERROR_SOURCE, 66, "source"},
        {ERROR_UNREACHABLE, 69, "unreachable"},
        {ERROR_BUG, 70, "bug"},
        {ERROR_STAGING, 73, "staging"},
        {ERROR_IO, 74, "io"},
        {ERROR_BUSY, 75, "busy"},
        {ERROR_WAREHOUSE, 76, "warehouse"},
        {ERROR_DENIED, 77, "denied"},
        {ERROR_CONFIG, 78, "config"},
        {ERROR_INTERRUPTED, 130, "interrupted"},
        {ERROR_TERMINATED, 143, "terminated"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(error_exit_code(cases[i].kind), cases[i].code);
        assert_string_equal(error_kind_name(cases[i].kind), cases[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
