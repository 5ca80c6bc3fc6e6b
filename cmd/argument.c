#include "argument.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DISTANCE_MAX 63

/* Read the digits at `*text` and move it behind them; false without any, or too
 * many. */
static bool
take_number(const char **text, uint64_t *ret)
{
    const char *p = *text;
    uint64_t value = 0;

    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');

        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (p == *text)
        return false;
    *text = p;
    *ret = value;
    return true;
}

int
argument_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
               struct error *err)
{
    const char *p = text;
    uint64_t value;

    if (!take_number(&p, &value) || *p != '\0')
        return error_set(err, ERROR_USAGE, "\"%s\" is not a whole number", text);
    if (value < min || value > max)
        return error_set(err, ERROR_USAGE, "\"%s\" is not from %llu to %llu", text,
                         (unsigned long long)min, (unsigned long long)max);
    *ret = value;
    return 0;
}

/* What a unit of bytes stands for; 0 when there is none of that name. */
static uint64_t
unit_bytes(const char *unit)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {
        {"", 1},
        {"B", 1},
        {"K", 1024},
        {"KiB", 1024},
        {"kB", 1000},
        {"M", 1024 * 1024},
        {"MiB", 1024 * 1024},
        {"MB", 1000 * 1000},
        {"G", 1024 * 1024 * 1024},
        {"GiB", 1024 * 1024 * 1024},
        {"GB", 1000 * 1000 * 1000},
    };

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcasecmp(unit, units[i].name) == 0)
            return units[i].bytes;
    return 0;
}

/* `bytes` as people write it, when it is whole in a unit. */
static void
name_bytes(uint64_t bytes, char *ret, size_t size)
{
    static const char *const units[] = {"", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;

    while (bytes != 0 && bytes % 1024 == 0 && i + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1024;
        i++;
    }
    (void)snprintf(ret, size, "%llu%s", (unsigned long long)bytes, units[i]);
}

int
argument_bytes(const char *text, uint64_t min, uint64_t max, uint64_t *ret,
               struct error *err)
{
    const char *p = text;
    uint64_t value;
    uint64_t unit;
    char low[32];
    char high[32];

    if (!take_number(&p, &value) || (unit = unit_bytes(p)) == 0) {
        (void)error_set(err, ERROR_USAGE, "\"%s\" is not a size", text);
        return error_hint(err, "write it as 64MiB");
    }
    if (value > UINT64_MAX / unit || value * unit < min || value * unit > max) {
        name_bytes(min, low, sizeof low);
        name_bytes(max, high, sizeof high);
        return error_set(err, ERROR_USAGE, "\"%s\" is not from %s to %s", text, low,
                         high);
    }
    *ret = value * unit;
    return 0;
}

int
argument_seconds(const char *text, int64_t max_s, int64_t *ret, struct error *err)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    const char *p = text;
    uint64_t value;
    int64_t unit = 0;

    if (take_number(&p, &value)) {
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (strcmp(p, units[i].name) == 0)
                unit = units[i].seconds;
        if (value == 0 && *p == '\0')
            unit = 1;
    }
    if (unit == 0) {
        (void)error_set(err, ERROR_USAGE, "\"%s\" is not a time", text);
        return error_hint(err, "write it as 15m, with s, m, h or d");
    }
    if (value > (uint64_t)(max_s / unit))
        return error_set(err, ERROR_USAGE, "\"%s\" is more than %lld %s", text,
                         (long long)(max_s >= 86400 ? max_s / 86400 : max_s / 3600),
                         max_s >= 86400 ? "days" : "hours");
    *ret = (int64_t)value * unit;
    return 0;
}

/* "12", "0.5", "100": a share of a hundred behind which a percent sign stands. */
static bool
take_percent(const char *p, double *ret)
{
    uint64_t whole;
    double value;
    double place = 0.1;

    if (!take_number(&p, &whole))
        return false;
    value = (double)whole;
    if (*p == '.') {
        p++;
        if (*p < '0' || *p > '9')
            return false;
        while (*p >= '0' && *p <= '9') {
            value += place * (*p++ - '0');
            place /= 10;
        }
    }
    if (strcmp(p, "%") != 0 || value > 100)
        return false;
    *ret = value / 100;
    return true;
}

int
argument_limit(const char *text, uint64_t *ret_count, double *ret_share,
               struct error *err)
{
    const char *p = text;
    uint64_t count;

    if (take_percent(text, ret_share)) {
        *ret_count = UINT64_MAX;
        return 0;
    }
    if (!take_number(&p, &count) || *p != '\0') {
        (void)error_set(err, ERROR_USAGE,
                        "\"%s\" is neither a count nor a percentage up to 100", text);
        return error_hint(err, "write it as 500 or as 0.5%%");
    }
    *ret_count = count;
    *ret_share = 1;
    return 0;
}

int
argument_word(const char *text, const char *words, int *ret, struct error *err)
{
    size_t length = strlen(text);
    const char *word = words;

    for (int i = 0;; i++) {
        size_t word_length = strcspn(word, "|");

        if (word_length == length && memcmp(word, text, length) == 0) {
            *ret = i;
            return 0;
        }
        if (word[word_length] == '\0')
            break;
        word += word_length + 1;
    }
    return error_set(err, ERROR_USAGE, "\"%s\" is none of %s", text, words);
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Damerau's distance in its simple form, a row at a time: `rows[0]` is being filled,
 * `rows[1]` is the letter before, `rows[2]` the one before that. */
unsigned
argument_distance(struct span a, struct span b)
{
    unsigned rows[3][DISTANCE_MAX + 1];

    if (a.length > DISTANCE_MAX || b.length > DISTANCE_MAX)
        return DISTANCE_MAX;
    for (unsigned j = 0; j <= b.length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        memcpy(rows[2], rows[1], sizeof rows[1]);
        memcpy(rows[1], rows[0], sizeof rows[0]);
        rows[0][0] = (unsigned)i;
        for (size_t j = 1; j <= b.length; j++) {
            bool is_same = a.data[i - 1] == b.data[j - 1];
            unsigned best = rows[1][j - 1] + !is_same;

            best = least(best, least(rows[1][j], rows[0][j - 1]) + 1);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                a.data[i - 2] == b.data[j - 1])
                best = least(best, rows[2][j - 2] + 1);
            rows[0][j] = best;
        }
    }
    return rows[0][b.length];
}
