#include "window.h"

#define DAY_S INT64_C(86400)

/* 400 years, after which the calendar repeats, are 365 * 400 + 97 days. */
#define ERA_DAYS 146097

/* Days from 0000-03-01 to 1970-01-01, in the proleptic Gregorian calendar. */
#define EPOCH_DAYS 719468

/* A moment taken apart. */
struct civil {
    int64_t year;
    unsigned month, day, hour, minute, second;
};

static int64_t
floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t
window_days_from_date(int64_t year, unsigned month, unsigned day)
{
    /* Years begin in March here, so that a leap day is the last of its year. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = floor_divide(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (int64_t)(month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
                         day_of_year;

    return era * ERA_DAYS + day_of_era - EPOCH_DAYS;
}

void
window_date_from_days(int64_t days, int64_t *ret_year, unsigned *ret_month,
                      unsigned *ret_day)
{
    int64_t z = days + EPOCH_DAYS;
    int64_t era = floor_divide(z, ERA_DAYS);
    int64_t day_of_era = z - era * ERA_DAYS;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / (ERA_DAYS - 1)) /
                          365;
    int64_t day_of_year = day_of_era -
                          (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

    *ret_year = year_of_era + era * 400 + (month <= 2);
    *ret_month = (unsigned)month;
    *ret_day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

static struct civil
civil_at(int64_t time_s)
{
    struct civil c;
    int64_t days = floor_divide(time_s, DAY_S);
    int64_t second = time_s - days * DAY_S;

    window_date_from_days(days, &c.year, &c.month, &c.day);
    c.hour = (unsigned)(second / 3600);
    c.minute = (unsigned)(second / 60 % 60);
    c.second = (unsigned)(second % 60);
    return c;
}

/* Take exactly `width` digits off the front of `rest`. */
static bool
take_digits(struct span *rest, size_t width, unsigned *ret)
{
    unsigned value = 0;

    if (rest->length < width)
        return false;
    for (size_t i = 0; i < width; i++) {
        char c = rest->data[i];

        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (unsigned)(c - '0');
    }
    rest->data += width;
    rest->length -= width;
    *ret = value;
    return true;
}

static bool
take_char(struct span *rest, char c)
{
    if (rest->length == 0 || rest->data[0] != c)
        return false;
    rest->data++;
    rest->length--;
    return true;
}

/* YYYY-MM-DD, "T" or a blank, HH[:MM[:SS]][Z], and nothing else. */
static bool
take_time(struct span rest, struct civil *c)
{
    unsigned year;

    *c = (struct civil){0};
    if (!take_digits(&rest, 4, &year) || !take_char(&rest, '-') ||
        !take_digits(&rest, 2, &c->month) || !take_char(&rest, '-') ||
        !take_digits(&rest, 2, &c->day))
        return false;
    if (!take_char(&rest, 'T') && !take_char(&rest, ' '))
        return false;
    if (!take_digits(&rest, 2, &c->hour))
        return false;
    if (take_char(&rest, ':')) {
        if (!take_digits(&rest, 2, &c->minute))
            return false;
        if (take_char(&rest, ':') && !take_digits(&rest, 2, &c->second))
            return false;
    }
    (void)take_char(&rest, 'Z');
    c->year = year;
    return rest.length == 0;
}

/* A date is in the calendar when counting its days and coming back gives it again. */
static bool
is_in_calendar(const struct civil *c)
{
    int64_t year;
    unsigned month;
    unsigned day;

    if (c->year < 1970 || c->month < 1 || c->month > 12 || c->day < 1 || c->day > 31)
        return false;
    window_date_from_days(window_days_from_date(c->year, c->month, c->day), &year,
                          &month, &day);
    return month == c->month && c->hour <= 23 && c->minute <= 59 && c->second <= 59;
}

int
window_parse_hour(struct span text, struct window *ret, struct error *err)
{
    struct civil c;

    if (!take_time(text, &c)) {
        (void)error_set(err, ERROR_USAGE, "\"%.*s\" is not an hour", SPAN_ARG(text));
        return error_hint(err, "write it as 2026-11-21T14 (UTC)");
    }
    if (!is_in_calendar(&c))
        return error_set(err, ERROR_USAGE,
                         "\"%.*s\" is not in the calendar (1970 to 9999)",
                         SPAN_ARG(text));
    if (c.minute != 0 || c.second != 0) {
        (void)error_set(err, ERROR_USAGE, "\"%.*s\" is not on the hour",
                        SPAN_ARG(text));
        return error_hint(err, "a load is a whole hour, named by its beginning");
    }
    *ret = window_hour(window_days_from_date(c.year, c.month, c.day) * DAY_S +
                       (int64_t)c.hour * WINDOW_HOUR_S);
    return 0;
}

struct window
window_default(int64_t now_s, int64_t lag_s)
{
    int64_t hours = floor_divide(now_s - lag_s, WINDOW_HOUR_S);

    return window_hour((hours - 1) * WINDOW_HOUR_S);
}

struct window
window_hour(int64_t from_s)
{
    return (struct window){from_s, from_s + WINDOW_HOUR_S};
}

/* Write `value` as `width` digits (its lowest ones) to `to`; returns what follows. */
static char *
put_digits(char *to, uint64_t value, unsigned width)
{
    for (unsigned i = width; i > 0; i--) {
        to[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return to + width;
}

/* Write "2026-11-21", `between`, "14"; returns what follows. */
static char *
put_hour(char *to, const struct civil *c, char between)
{
    to = put_digits(to, (uint64_t)c->year, 4);
    *to++ = '-';
    to = put_digits(to, c->month, 2);
    *to++ = '-';
    to = put_digits(to, c->day, 2);
    *to++ = between;
    return put_digits(to, c->hour, 2);
}

void
window_name(int64_t from_s, char name[WINDOW_NAME_SIZE])
{
    struct civil c = civil_at(from_s);

    *put_hour(name, &c, 'T') = '\0';
}

void
window_timestamp(int64_t time_s, char text[20])
{
    struct civil c = civil_at(time_s);
    char *to = put_hour(text, &c, ' ');

    *to++ = ':';
    to = put_digits(to, c.minute, 2);
    *to++ = ':';
    *put_digits(to, c.second, 2) = '\0';
}

enum window_unit
window_url_unit(struct span url)
{
    bool has_year = false;
    bool has_month = false;
    bool has_day = false;
    bool has_hour = false;
    bool has_any = false;

    for (size_t i = 0; i + 1 < url.length; i++) {
        char c = url.data[i + 1];

        if (url.data[i] != '%')
            continue;
        i++;
        if (c == '%')
            continue;
        has_any = true;
        has_year |= c == 'Y' || c == 'y' || c == 'F' || c == 's';
        has_month |= c == 'm' || c == 'j' || c == 'F' || c == 's';
        has_day |= c == 'd' || c == 'j' || c == 'F' || c == 's';
        has_hour |= c == 'H' || c == 's';
    }
    if (!has_any)
        return WINDOW_UNIT_NONE;
    if (!has_year || !has_month || !has_day)
        return WINDOW_UNIT_ODD;
    return has_hour ? WINDOW_UNIT_HOUR : WINDOW_UNIT_DAY;
}

/* Append what the conversion `c` stands for; false when there is no such conversion. */
static bool
add_conversion(char c, const struct civil *at, int64_t from_s, struct text *ret)
{
    int64_t first = window_days_from_date(at->year, 1, 1);
    char digits[16];
    char *end;

    switch (c) {
    case 'Y': end = put_digits(digits, (uint64_t)at->year, 4); break;
    case 'y': end = put_digits(digits, (uint64_t)at->year, 2); break;
    case 'm': end = put_digits(digits, at->month, 2); break;
    case 'd': end = put_digits(digits, at->day, 2); break;
    case 'H': end = put_digits(digits, at->hour, 2); break;
    case 'F': end = put_hour(digits, at, 'T') - 3; break;
    case 'j':
        end = put_digits(digits, (uint64_t)(floor_divide(from_s, DAY_S) - first + 1),
                         3);
        break;
    case 's': text_addf(ret, "%lld", (long long)from_s); return true;
    case '%': text_add_char(ret, '%'); return true;
    default: return false;
    }
    text_add(ret, (struct span){digits, (size_t)(end - digits)});
    return true;
}

int
window_fill_url(struct span url, int64_t from_s, struct text *ret, struct error *err)
{
    struct civil at = civil_at(from_s);

    for (size_t i = 0; i < url.length; i++) {
        char c = i + 1 < url.length ? url.data[i + 1] : '\0';

        if (url.data[i] != '%') {
            text_add_char(ret, url.data[i]);
            continue;
        }
        if (!add_conversion(c, &at, from_s, ret)) {
            (void)error_set(err, ERROR_USAGE, "\"%.*s\": \"%%%.*s\" is no conversion",
                            SPAN_ARG(url), c != '\0' ? 1 : 0, &c);
            return error_hint(err,
                              "%%Y %%m %%d %%H %%j %%y %%F %%s are; write %%%% for a "
                              "percent sign");
        }
        i++;
    }
    return text_check(ret, err);
}
