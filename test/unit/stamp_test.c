/* Times: every form that is one, many that are none, the calendar, epochs, both
 * ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "stamp.h"

static const struct {
    const char *text;
    const char *stamp; /* NULL: is none */
} cases[] = {
    /* a date alone is its midnight */
    {"2024-01-02", "2024-01-02 00:00:00"},
    {"0001-01-01", "0001-01-01 00:00:00"},
    {"9999-12-31", "9999-12-31 00:00:00"},
    {"1969-12-31", "1969-12-31 00:00:00"},
    /* a clock behind "T" or one blank, with or without seconds and digits */
    {"2024-01-02T03:04", "2024-01-02 03:04:00"},
    {"2024-01-02 03:04", "2024-01-02 03:04:00"},
    {"2024-01-02T03:04:05", "2024-01-02 03:04:05"},
    {"2024-01-02 03:04:05", "2024-01-02 03:04:05"},
    {"2024-01-02T03:04:05.6", "2024-01-02 03:04:05.6"},
    {"2024-01-02T03:04:05.678", "2024-01-02 03:04:05.678"},
    {"2024-01-02T03:04:05.000001", "2024-01-02 03:04:05.000001"},
    {"2024-01-02T03:04:05.000", "2024-01-02 03:04:05"},
    {"2024-01-02T03:04:05.1234567", "2024-01-02 03:04:05.123456"},
    {"2024-01-02T03:04:05.999999999999999999999", "2024-01-02 03:04:05.999999"},
    {"2024-01-02T23:59:59", "2024-01-02 23:59:59"},
    {"2024-01-02T00:00", "2024-01-02 00:00:00"},
    /* offsets become UTC */
    {"2024-01-02T03:04:05Z", "2024-01-02 03:04:05"},
    {"2024-01-02T03:04:05z", "2024-01-02 03:04:05"},
    {"2024-01-02T03:04Z", "2024-01-02 03:04:00"},
    {"2024-01-02T03:04:05+02", "2024-01-02 01:04:05"},
    {"2024-01-02T03:04:05+0230", "2024-01-02 00:34:05"},
    {"2024-01-02T03:04:05+02:30", "2024-01-02 00:34:05"},
    {"2024-01-02T03:04:05-02:30", "2024-01-02 05:34:05"},
    {"2024-01-02T03:04:05.25-1100", "2024-01-02 14:04:05.25"},
    {"2024-01-01T00:30:00+01:00", "2023-12-31 23:30:00"},
    {"2023-12-31T23:30:00-01:00", "2024-01-01 00:30:00"},
    {"2024-01-02T03:04+00:00", "2024-01-02 03:04:00"},
    {"2024-01-02T03:04-00:00", "2024-01-02 03:04:00"},
    {"2024-01-02 03:04:05 +02:00", NULL},
    {"0001-01-01T00:00:00+00:01", NULL}, /* before the year 1 in UTC */
    {"9999-12-31T23:59:59-00:01", NULL}, /* behind the year 9999 in UTC */
    {"9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999"},
    /* the calendar is strict */
    {"2024-02-29", "2024-02-29 00:00:00"},
    {"2000-02-29", "2000-02-29 00:00:00"},
    {"2023-02-29", NULL},
    {"1900-02-29", NULL},
    {"2024-02-30", NULL},
    {"2024-04-31", NULL},
    {"2024-06-31", NULL},
    {"2024-09-31", NULL},
    {"2024-11-31", NULL},
    {"2024-01-31", "2024-01-31 00:00:00"},
    {"2024-01-32", NULL},
    {"2024-13-01", NULL},
    {"2024-00-01", NULL},
    {"2024-01-00", NULL},
    {"0000-01-01", NULL},
    {"2024-01-02T24:00:00", NULL},
    {"2024-01-02T23:60:00", NULL},
    {"2024-01-02T23:59:60Z", NULL},
    {"2024-01-02T03:04:05+24:00", NULL},
    {"2024-01-02T03:04:05+02:60", NULL},
    /* half forms */
    {"", NULL},
    {"2024", NULL},
    {"2024-01", NULL},
    {"2024-1-2", NULL},
    {"20240102", NULL},
    {"2024-01-02T", NULL},
    {"2024-01-02 ", NULL},
    {"2024-01-02Z", NULL},
    {"2024-01-02+02:00", NULL},
    {"2024-01-02T03", NULL},
    {"2024-01-02T03Z", NULL},
    {"2024-01-02T03:", NULL},
    {"2024-01-02T03:4", NULL},
    {"2024-01-02T03:04:", NULL},
    {"2024-01-02T03:04:5", NULL},
    {"2024-01-02T03:04:05.", NULL},
    {"2024-01-02T03:04:05.Z", NULL},
    {"2024-01-02T03:04.5", NULL},
    {"2024-01-02T03:04:05,678", NULL},
    {"2024-01-02T03:04:05+", NULL},
    {"2024-01-02T03:04:05+2", NULL},
    {"2024-01-02T03:04:05+02:", NULL},
    {"2024-01-02T03:04:05+02:3", NULL},
    {"2024-01-02T03:04:05+023", NULL},
    {"2024-01-02T03:04:05+02:300", NULL},
    {"2024-01-02T03:04:05Zx", NULL},
    {"2024-01-02T03:04:05ZZ", NULL},
    {"2024-01-02t03:04:05", NULL},
    {"2024-01-02  03:04:05", NULL},
    {" 2024-01-02", NULL},
    {"2024-01-02x", NULL},
    {"12024-01-02", NULL},
    {"-2024-01-02", NULL},
    {"+002024-01-02", NULL},
    {"2024/01/02", NULL},
    {"01/02/2024", NULL},
    {"1704164645", NULL},
    {"1704164645000", NULL},
    {"Tue, 02 Jan 2024 03:04:05 GMT", NULL},
    {"abcd-ef-gh", NULL},
    {"2024-W01-2", NULL},
};

static void
test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[STAMP_TEXT_SIZE] = "none";
        int64_t us;
        bool is_time = stamp_read(span_of(cases[i].text), &us);

        if (is_time) {
            size_t length = stamp_write(us, got);

            assert_int_equal(length, strlen(got));
        }
        if (is_time != (cases[i].stamp != NULL) ||
            (is_time && strcmp(got, cases[i].stamp) != 0))
            fail_msg("%s: %s", cases[i].text, got);
    }
}

/* A span has no NUL behind it: what follows it is not read. */
static void
test_span_ends(void **state)
{
    static const char text[] = "2024-01-02T03:04:05.678+02:00";
    int64_t us;

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        char block[sizeof text];
        bool is_time;

        memset(block, '7', sizeof block);
        memcpy(block, text, length);
        is_time = stamp_read((struct span){block, length}, &us);
        /* the date; minutes, seconds, 1 to 3 digits; the offset's hours and all of
         * it */
        assert_int_equal(is_time, length == 10 || length == 16 || length == 19 ||
                                      (length >= 21 && length <= 23) || length == 26 ||
                                      length == 29);
    }
}

/* Each day of 400 years is one day behind the one before it. */
static void
test_days(void **state)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t before;
    char text[STAMP_TEXT_SIZE] = "1899-12-31 00:00:00";

    (void)state;
    assert_true(stamp_read((struct span){text, 10}, &before));
    for (unsigned year = 1900; year < 2300; year++) {
        bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

        for (unsigned month = 1; month <= 12; month++) {
            int last = month_days[month - 1] + (month == 2 && is_leap);

            for (int day = 1; day <= last; day++) {
                struct text date = {0};
                char back[STAMP_TEXT_SIZE];
                int64_t us;

                text_addf(&date, "%04u-%02u-%02d 00:00:00", year, month, day);
                assert_true(stamp_read(text_span(&date), &us));
                assert_true(us == before + INT64_C(86400000000));
                (void)stamp_write(us, back);
                assert_string_equal(back, text_string(&date));
                before = us;
                text_release(&date);
            }
        }
    }
}

static void
test_epoch(void **state)
{
    static const struct {
        const char *number;
        const char *stamp;
    } epochs[] = {
        {"0", "1970-01-01 00:00:00"},
        {"1704164645", "2024-01-02 03:04:05"},
        {"1704164645.25", "2024-01-02 03:04:05.25"},
        {"1704164645678", "2024-01-02 03:04:05.678"},
        {"1.704164645678e12", "2024-01-02 03:04:05.678"},
        {"1704164645678.5", "2024-01-02 03:04:05.6785"},
        {"99999999999", "5138-11-16 09:46:39"},
        {"100000000000", "1973-03-03 09:46:40"},
        {"-1", "1969-12-31 23:59:59"},
        {"-86400", "1969-12-31 00:00:00"},
        {"253402300799999", "9999-12-31 23:59:59.999"},
        {"253402300800000", NULL},
        {"-62135596800000", "0001-01-01 00:00:00"},
        {"-62135596800001", NULL},
        {"1e400", NULL},
        {"-1e400", NULL},
        {"12345678901234567890", NULL},
        {"9223372036854775807", NULL},
        {"-9223372036854775808", NULL},
        {"9223372036854775808", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof epochs / sizeof epochs[0]; i++) {
        char got[STAMP_TEXT_SIZE] = "none";
        int64_t us;
        bool is_time = stamp_read_epoch(span_of(epochs[i].number), &us);

        if (is_time)
            (void)stamp_write(us, got);
        if (is_time != (epochs[i].stamp != NULL) ||
            (is_time && strcmp(got, epochs[i].stamp) != 0))
            fail_msg("%s: %s", epochs[i].number, got);
    }
}

/* What is accepted lies in the range, also where rounding could lift it out. */
static void
test_epoch_range(void **state)
{
    static const char *const edges[] = {"253402300799999.99", "253402300799999.999",
                                        "253402300799999.9999", "-62135596800000.01",
                                        "-62135596800000.0001"};

    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        int64_t us;

        if (stamp_read_epoch(span_of(edges[i]), &us) && !stamp_in_range(us))
            fail_msg("%s is accepted", edges[i]);
    }
}

static void
test_range(void **state)
{
    (void)state;
    assert_true(stamp_in_range(0));
    assert_true(stamp_in_range(INT64_C(-62135596800000000)));
    assert_false(stamp_in_range(INT64_C(-62135596800000001)));
    assert_true(stamp_in_range(INT64_C(253402300799999999)));
    assert_false(stamp_in_range(INT64_C(253402300800000000)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),  cmocka_unit_test(test_span_ends),
        cmocka_unit_test(test_days),  cmocka_unit_test(test_epoch),
        cmocka_unit_test(test_range), cmocka_unit_test(test_epoch_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
