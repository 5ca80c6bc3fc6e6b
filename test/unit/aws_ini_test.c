/* aws_ini: the grammar of the AWS files, as the SDKs read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aws_ini.h"

static void
finds_values(void **state)
{
    static const struct {
        const char *rule, *file, *section, *parent, *name;
        const char *value; /* NULL: there is none */
    } cases[] = {
        {"a property", "[a]\nk=v\n", "a", "", "k", "v"},
        {"blanks around", "[ a ]\nk  =  v w \t\n", "a", "", "k", "v w"},
        {"no line end at the end", "[a]\nk=v", "a", "", "k", "v"},
        {"CRLF", "[a]\r\nk = v\r\n", "a", "", "k", "v"},
        {"a byte order mark", "\xef\xbb\xbf[a]\nk=v\n", "a", "", "k", "v"},
        {"the first = splits", "[a]\nk = v=w==\n", "a", "", "k", "v=w=="},
        {"an empty value", "[a]\nk =\n", "a", "", "k", ""},
        {"comment lines", "# x\n; y\n[a]\n  # z\nk=v\n", "a", "", "k", "v"},
        {"a comment behind a blank", "[a]\nk = v # not this\n", "a", "", "k", "v"},
        {"a semicolon behind a tab", "[a]\nk = v\t; not this\n", "a", "", "k", "v"},
        {"'#' inside a secret", "[a]\nk = a#b;c/+=\n", "a", "", "k", "a#b;c/+="},
        {"a comment behind a section", "[a] # x\nk=v\n", "a", "", "k", "v"},
        {"blanks in a section's name", "[profile   b\tc]\nk=v\n", "profile b c", "",
         "k", "v"},
        {"a section that comes twice", "[a]\nk=v\n[b]\nk=w\n[a]\nl=x\n", "a", "", "l",
         "x"},
        {"the last value counts", "[a]\nk=v\n[a]\nk=w\n", "a", "", "k", "w"},
        {"another section's property", "[a]\nk=v\n[b]\n", "b", "", "k", NULL},
        {"names tell cases apart", "[a]\nK=v\n", "a", "", "k", NULL},
        {"a block", "[a]\ns3 =\n  style = path\n  x=y\nk=v\n", "a", "s3", "style",
         "path"},
        {"a block's property is no property of the section",
         "[a]\ns3 =\n  style = path\n", "a", "", "style", NULL},
        {"behind a block", "[a]\ns3 =\n  style = path\nk=v\n", "a", "", "k", "v"},
        {"a value continued", "[a]\nk = v\n  w\n", "a", "", "k", "v\nw"},
        {"an empty line inside a block", "[a]\ns3 =\n\n  style = path\n", "a", "s3",
         "style", "path"},
        {"an empty file", "", "a", "", "k", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct aws_ini ini = {0};
        struct error err = {0};
        struct span value = {0};
        bool is_found;

        if (aws_ini_parse(span_of(cases[i].file), &arena, &ini, &err))
            fail_msg("%s: %s", cases[i].rule, err.why);
        is_found = aws_ini_find(&ini, span_of(cases[i].section),
                                span_of(cases[i].parent), span_of(cases[i].name),
                                &value);
        if (is_found != (cases[i].value != NULL) ||
            (is_found && !span_equal(value, span_of(cases[i].value))))
            fail_msg("%s: \"%.*s\"", cases[i].rule, SPAN_ARG(value));
        arena_release(&arena);
    }
}

static void
refuses_lines_by_number_and_never_shows_them(void **state)
{
    static const struct {
        const char *rule, *file, *why;
    } cases[] = {
        {"no section's end", "[a\nk=v\n", "line 1"},
        {"no =", "[a]\nk=v\nSECRET\n", "line 3"},
        {"no section", "SECRET=1\n", "line 1"},
        {"no name", "[a]\n= SECRET\n", "line 2"},
        {"nothing to continue", "[a]\n  SECRET = 1\n", "line 2"},
        {"no = in a block", "[a]\ns3 =\n  SECRET\n", "line 3"},
    };
    struct arena arena = {0};
    struct aws_ini ini = {0};
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (aws_ini_parse(span_of(cases[i].file), &arena, &ini, &err) == 0 ||
            err.kind != ERROR_CONFIG || strstr(err.why, cases[i].why) == NULL ||
            strstr(err.why, "SECRET") != NULL)
            fail_msg("%s: %s", cases[i].rule, err.why);
    assert_int_equal(aws_ini_parse(SPAN("[a]\nk=\0\n"), &arena, &ini, &err), -1);
    assert_non_null(strstr(err.why, "NUL"));
    arena_release(&arena);
}

static void
knows_sections_without_properties(void **state)
{
    struct arena arena = {0};
    struct aws_ini ini = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(aws_ini_parse(SPAN("[a]\n[default]\n"), &arena, &ini, &err), 0);
    assert_true(aws_ini_has(&ini, SPAN("a")));
    assert_true(aws_ini_has(&ini, SPAN("default")));
    assert_false(aws_ini_has(&ini, SPAN("b")));
    arena_release(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_values),
        cmocka_unit_test(refuses_lines_by_number_and_never_shows_them),
        cmocka_unit_test(knows_sections_without_properties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
