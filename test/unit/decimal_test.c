/* Whole numbers from the text of JSON numbers, exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decimal.h"

static const struct {
    const char *number;
    int shift;
    bool fits;
    int64_t value;
    bool is_whole;
} cases[] = {
    {"0", 0, true, 0, true},
    {"-0", 0, true, 0, true},
    {"0.000e99999999999", 0, true, 0, true},
    {"7", 0, true, 7, true},
    {"-7", 0, true, -7, true},
    {"1.5", 0, true, 1, false},
    {"-1.5", 0, true, -1, false},
    {"1.50", 1, true, 15, true},
    {"1.0", 0, true, 1, true},
    {"0.00012e5", 0, true, 12, true},
    {"0.00012e4", 0, true, 1, false},
    {"1200e-2", 0, true, 12, true},
    {"1201e-2", 0, true, 12, false},
    {"1E3", 0, true, 1000, true},
    {"1e+3", 0, true, 1000, true},
    {"9007199254740993.0", 0, true, INT64_C(9007199254740993), true},
    {"9223372036854775807", 0, true, INT64_MAX, true},
    {"9223372036854775808", 0, false, 0, true},
    {"-9223372036854775808", 0, true, INT64_MIN, true},
    {"-9223372036854775809", 0, false, 0, true},
    {"922337203685477580.7", 1, true, INT64_MAX, true},
    {"1e18", 0, true, INT64_C(1000000000000000000), true},
    {"1e19", 0, false, 0, true},
    {"1e-999999999999", 0, true, 0, false},
    {"1704164645.1234567", 6, true, INT64_C(1704164645123456), false},
};

static void
test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value;
        bool is_whole;
        bool fits = decimal_whole(span_of(cases[i].number), cases[i].shift, &value,
                                  &is_whole);

        if (fits != cases[i].fits ||
            (fits && (value != cases[i].value || is_whole != cases[i].is_whole)))
            fail_msg("%s shifted by %d: %d, %lld, %d", cases[i].number, cases[i].shift,
                     fits, (long long)value, is_whole);
    }
}

static void
test_zero(void **state)
{
    (void)state;
    assert_true(decimal_is_zero(SPAN("-0.00e5")));
    assert_true(decimal_is_zero(SPAN("0e7")));
    assert_false(decimal_is_zero(SPAN("0.001")));
    assert_false(decimal_is_zero(SPAN("10")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
