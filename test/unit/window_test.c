/* Hours: written in all accepted ways and refused in all others; the default hour;
 * URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "window.h"

/* 2026-11-21T14:00:00Z, as `date -u -d ... +%s` gives it. */
#define HOUR_S INT64_C(1795269600)

static void
parses_an_hour(void **state)
{
    static const struct {
        const char *rule, *text;
        int64_t from_s;
    } cases[] = {
        {"the T form", "2026-11-21T14", HOUR_S},
        {"a blank for the T", "2026-11-21 14", HOUR_S},
        {"minutes of zero", "2026-11-21T14:00", HOUR_S},
        {"minutes and Z", "2026-11-21T14:00Z", HOUR_S},
        {"seconds and Z", "2026-11-21T14:00:00Z", HOUR_S},
        {"Z behind the hour", "2026-11-21T14Z", HOUR_S},
        {"the first hour there is", "1970-01-01T00", 0},
        {"a leap day", "2024-02-29T00", INT64_C(1709164800)},
        {"a leap day of a leap century", "2000-02-29T23", INT64_C(951865200)},
        {"the last hour of a year", "1999-12-31T23", INT64_C(946681200)},
        {"the last hour there is", "9999-12-31T23", INT64_C(253402297200)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct window w = {0};
        struct error err = {0};

        if (window_parse_hour(span_of(cases[i].text), &w, &err) != 0)
            fail_msg("%s: %s", cases[i].rule, err.why);
        if (w.from_s != cases[i].from_s || w.until_s != cases[i].from_s + 3600)
            fail_msg("%s: %lld", cases[i].rule, (long long)w.from_s);
    }
}

static void
refuses_what_is_no_hour(void **state)
{
    static const struct {
        const char *rule, *text, *why;
    } cases[] = {
        {"nothing", "", "not an hour"},
        {"a day", "2026-11-21", "not an hour"},
        {"a word", "yesterday", "not an hour"},
        {"one digit for the hour", "2026-11-21T4", "not an hour"},
        {"one digit for the month", "2026-1-21T14", "not an hour"},
        {"another zone", "2026-11-21T14:00+01:00", "not an hour"},
        {"a small t", "2026-11-21t14", "not an hour"},
        {"a sign", "-026-11-21T14", "not an hour"},
        {"something behind", "2026-11-21T14 ", "not an hour"},
        {"a fraction", "2026-11-21T14:00:00.0Z", "not an hour"},
        {"half past", "2026-11-21T14:30", "not on the hour"},
        {"a second past", "2026-11-21T14:00:01", "not on the hour"},
        {"hour 24", "2026-11-21T24", "not in the calendar"},
        {"month 0", "2026-00-21T14", "not in the calendar"},
        {"month 13", "2026-13-21T14", "not in the calendar"},
        {"day 0", "2026-11-00T14", "not in the calendar"},
        {"day 31 of a short month", "2026-11-31T14", "not in the calendar"},
        {"a leap day of a common year", "2026-02-29T14", "not in the calendar"},
        {"a leap day of a common century", "2100-02-29T14", "not in the calendar"},
        {"minute 60", "2026-11-21T14:60", "not in the calendar"},
        {"before 1970", "1969-12-31T23", "not in the calendar"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct window w = {7, 7};
        struct error err = {0};

        if (window_parse_hour(span_of(cases[i].text), &w, &err) != -1)
            fail_msg("%s: accepted", cases[i].rule);
        assert_int_equal(err.kind, ERROR_USAGE);
        assert_int_equal(w.from_s, 7);
        if (strstr(err.why, cases[i].why) == NULL ||
            strstr(err.why, cases[i].text) == NULL)
            fail_msg("%s: %s", cases[i].rule, err.why);
    }
}

static void
takes_the_newest_hour_that_ended_before_the_lag(void **state)
{
    static const struct {
        const char *rule;
        int64_t now_s, lag_s, from_s;
    } cases[] = {
        {"a quarter past, a lag of a quarter", HOUR_S + 900, 900, HOUR_S - 3600},
        {"a second before that", HOUR_S + 899, 900, HOUR_S - 7200},
        {"no lag, on the hour", HOUR_S, 0, HOUR_S - 3600},
        {"no lag, a second before", HOUR_S - 1, 0, HOUR_S - 7200},
        {"a lag of two hours", HOUR_S + 900, 7200, HOUR_S - 10800},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct window w = window_default(cases[i].now_s, cases[i].lag_s);

        if (w.from_s != cases[i].from_s || w.until_s != w.from_s + 3600)
            fail_msg("%s: %lld", cases[i].rule, (long long)w.from_s);
    }
}

static void
writes_names_and_timestamps(void **state)
{
    char name[WINDOW_NAME_SIZE];
    char text[20];

    (void)state;
    window_name(HOUR_S, name);
    assert_string_equal(name, "2026-11-21T14");
    window_timestamp(HOUR_S + 61, text);
    assert_string_equal(text, "2026-11-21 14:01:01");
    window_timestamp(-1, text);
    assert_string_equal(text, "1969-12-31 23:59:59");
}

static void
every_day_of_800_years_comes_back(void **state)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = window_days_from_date(1600, 1, 1);

    (void)state;
    assert_int_equal(window_days_from_date(1970, 1, 1), 0);
    assert_int_equal(days, -135140);
    for (int64_t y = 1600; y < 2400; y++)
        for (unsigned m = 1; m <= 12; m++) {
            bool is_leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

            for (unsigned d = 1; d <= lengths[m - 1] + (m == 2 && is_leap); d++) {
                int64_t year;
                unsigned month;
                unsigned day;

                assert_int_equal(window_days_from_date(y, m, d), days);
                window_date_from_days(days, &year, &month, &day);
                assert_true(year == y && month == m && day == d);
                days++;
            }
        }
}

static void
tells_the_unit_of_a_url(void **state)
{
    static const struct {
        const char *url;
        enum window_unit unit;
    } cases[] = {
        {"s3://b/all/", WINDOW_UNIT_NONE},
        {"s3://b/100%%/", WINDOW_UNIT_NONE},
        {"-", WINDOW_UNIT_NONE},
        {"s3://b/%Y/%m/%d/%H/", WINDOW_UNIT_HOUR},
        {"s3://b/%F/%H-", WINDOW_UNIT_HOUR},
        {"s3://b/%Y-%j/%H/", WINDOW_UNIT_HOUR},
        {"s3://b/%y%m%d%H/", WINDOW_UNIT_HOUR},
        {"s3://b/%s/", WINDOW_UNIT_HOUR},
        {"s3://b/%F/", WINDOW_UNIT_DAY},
        {"s3://b/%Y/%m/%d/", WINDOW_UNIT_DAY},
        {"s3://b/%Y/%j/", WINDOW_UNIT_DAY},
        {"s3://b/%F/%%H/", WINDOW_UNIT_DAY},
        {"s3://b/%Y/%m/", WINDOW_UNIT_ODD},
        {"s3://b/%H/", WINDOW_UNIT_ODD},
        {"s3://b/%m/%d/%H/", WINDOW_UNIT_ODD},
        {"s3://b/%q/", WINDOW_UNIT_ODD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (window_url_unit(span_of(cases[i].url)) != cases[i].unit)
            fail_msg("%s: %d", cases[i].url,
                     (int)window_url_unit(span_of(cases[i].url)));
}

static void
fills_a_url(void **state)
{
    static const struct {
        const char *url, *filled;
    } cases[] = {
        {"s3://b/%Y/%m/%d/%H/", "s3://b/2026/11/21/14/"},
        {"s3://b/dt=%F/h=%H/x-", "s3://b/dt=2026-11-21/h=14/x-"},
        {"%y%j", "26325"},
        {"%s", "1795269600"},
        {"100%%/%Y", "100%/2026"},
        {"-", "-"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text t = {0};
        struct error err = {0};

        assert_int_equal(window_fill_url(span_of(cases[i].url), HOUR_S, &t, &err), 0);
        assert_string_equal(text_string(&t), cases[i].filled);
        text_release(&t);
    }
}

static void
refuses_other_conversions(void **state)
{
    static const struct {
        const char *url, *why;
    } cases[] = {
        {"s3://b/%Y/%M/", "\"%M\""},
        {"s3://b/%E/", "\"%E\""},
        {"s3://b/%-d/", "\"%-\""},
        {"s3://b/%", "\"%\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text t = {0};
        struct error err = {0};

        assert_int_equal(window_fill_url(span_of(cases[i].url), HOUR_S, &t, &err), -1);
        assert_int_equal(err.kind, ERROR_USAGE);
        if (strstr(err.why, cases[i].why) == NULL)
            fail_msg("%s: %s", cases[i].url, err.why);
        text_release(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_an_hour),
        cmocka_unit_test(refuses_what_is_no_hour),
        cmocka_unit_test(takes_the_newest_hour_that_ended_before_the_lag),
        cmocka_unit_test(writes_names_and_timestamps),
        cmocka_unit_test(every_day_of_800_years_comes_back),
        cmocka_unit_test(tells_the_unit_of_a_url),
        cmocka_unit_test(fills_a_url),
        cmocka_unit_test(refuses_other_conversions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
