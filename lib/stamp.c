#include "stamp.h"

#include <stdlib.h>

#include "decimal.h"
#include "window.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US    (INT64_C(86400) * SECOND_US)

/* A number under this is an epoch in seconds, else one in milliseconds. */
#define EPOCH_SECONDS_MAX INT64_C(100000000000)

/* 0001-01-01 and 10000-01-01, days since 1970. */
#define FIRST_DAY  INT64_C(-719162)
#define BEHIND_DAY INT64_C(2932897)

/* Read `count` digits; moves `*p`. */
static bool
digits(const char **p, const char *end, int count, unsigned *ret)
{
    unsigned value = 0;

    if (end - *p < count)
        return false;
    for (int i = 0; i < count; i++) {
        unsigned digit = (unsigned)((unsigned char)(*p)[i]) - '0';

        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *p += count;
    *ret = value;
    return true;
}

static bool
is_at(const char *p, const char *end, char c)
{
    return p < end && *p == c;
}

static bool
read_date(const char **p, const char *end, int64_t *ret_days)
{
    static const unsigned char month_days[] = {31, 28, 31, 30, 31, 30,
                                               31, 31, 30, 31, 30, 31};
    unsigned year, month, day, last;

    if (!digits(p, end, 4, &year) || !is_at(*p, end, '-'))
        return false;
    ++*p;
    if (!digits(p, end, 2, &month) || !is_at(*p, end, '-'))
        return false;
    ++*p;
    if (!digits(p, end, 2, &day) || year == 0 || month < 1 || month > 12)
        return false;
    last = month_days[month - 1];
    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        last = 29;
    if (day < 1 || day > last)
        return false;
    *ret_days = window_days_from_date(year, month, day);
    return true;
}

/* The digits after the point, at least one; those after the sixth are cut. */
static bool
read_fraction(const char **p, const char *end, int64_t *time_us)
{
    int64_t unit = SECOND_US / 10;
    const char *from = *p;

    for (; *p < end && **p >= '0' && **p <= '9'; ++*p, unit /= 10)
        *time_us += unit * (**p - '0');
    return *p > from;
}

static bool
read_clock(const char **p, const char *end, int64_t *ret_us)
{
    unsigned hour, minute, second = 0;

    if (!digits(p, end, 2, &hour) || hour > 23 || !is_at(*p, end, ':'))
        return false;
    ++*p;
    if (!digits(p, end, 2, &minute) || minute > 59)
        return false;
    *ret_us = ((int64_t)hour * 60 + minute) * 60 * SECOND_US;
    if (!is_at(*p, end, ':'))
        return true;
    ++*p;
    if (!digits(p, end, 2, &second) || second > 59)
        return false;
    *ret_us += second * SECOND_US;
    if (!is_at(*p, end, '.'))
        return true;
    ++*p;
    return read_fraction(p, end, ret_us);
}

/* What to take away to come to UTC. */
static bool
read_offset(const char **p, const char *end, int64_t *ret_us)
{
    unsigned hour, minute = 0;
    bool is_west;

    *ret_us = 0;
    if (*p == end)
        return true;
    if (**p == 'Z' || **p == 'z')
        return ++*p == end;
    if (**p != '+' && **p != '-')
        return false;
    is_west = *(*p)++ == '-';
    if (!digits(p, end, 2, &hour) || hour > 23)
        return false;
    if (*p < end) {
        if (**p == ':')
            ++*p;
        if (!digits(p, end, 2, &minute) || minute > 59)
            return false;
    }
    *ret_us = ((int64_t)hour * 60 + minute) * 60 * SECOND_US * (is_west ? -1 : 1);
    return *p == end;
}

bool
stamp_in_range(int64_t time_us)
{
    return time_us >= FIRST_DAY * DAY_US && time_us < BEHIND_DAY * DAY_US;
}

bool
stamp_read(struct span text, int64_t *ret_us)
{
    const char *p = text.data;
    const char *end = p + text.length;
    int64_t days, clock_us = 0, offset_us = 0, time_us;

    if (text.length < 10 || p[4] != '-' || !read_date(&p, end, &days))
        return false;
    if (p < end) {
        if (*p != 'T' && *p != ' ')
            return false;
        p++;
        if (!read_clock(&p, end, &clock_us) || !read_offset(&p, end, &offset_us))
            return false;
    }
    time_us = days * DAY_US + clock_us - offset_us;
    if (!stamp_in_range(time_us))
        return false;
    *ret_us = time_us;
    return true;
}

bool
stamp_read_epoch(struct span number, int64_t *ret_us)
{
    int64_t whole;
    bool is_whole;

    if (!decimal_whole(number, 0, &whole, &is_whole))
        return false;
    return decimal_whole(number, llabs(whole) < EPOCH_SECONDS_MAX ? 6 : 3, ret_us,
                         &is_whole) &&
           stamp_in_range(*ret_us);
}

static char *
put_digits(char *to, unsigned value, int count)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + count;
}

size_t
stamp_write(int64_t time_us, char ret[STAMP_TEXT_SIZE])
{
    int64_t days = time_us / DAY_US - (time_us % DAY_US < 0);
    int64_t clock_us = time_us - days * DAY_US;
    unsigned second = (unsigned)(clock_us / SECOND_US);
    unsigned fraction = (unsigned)(clock_us % SECOND_US);
    unsigned month, day;
    int64_t year;
    char *p = ret;

    window_date_from_days(days, &year, &month, &day);
    p = put_digits(p, (unsigned)year, 4);
    *p++ = '-';
    p = put_digits(p, month, 2);
    *p++ = '-';
    p = put_digits(p, day, 2);
    *p++ = ' ';
    p = put_digits(p, second / 3600, 2);
    *p++ = ':';
    p = put_digits(p, second / 60 % 60, 2);
    *p++ = ':';
    p = put_digits(p, second % 60, 2);
    if (fraction != 0) {
        *p++ = '.';
        p = put_digits(p, fraction, 6);
        while (p[-1] == '0')
            p--;
    }
    *p = '\0';
    return (size_t)(p - ret);
}
