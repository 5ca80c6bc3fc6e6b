#include "figure.h"

#include <stdio.h>

/* Shorter times say nothing about a speed. */
#define RATE_LEAST_S 0.001

void
figure_count(struct text *ret, uint64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text_add_char(ret, ',');
        text_add_char(ret, digits[i]);
    }
}

/* Three digits in all: "1.23", "12.3", "123". */
static void
add_three(struct text *ret, double value)
{
    text_addf(ret, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
}

void
figure_bytes(struct text *ret, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes / 1000;
    size_t i = 0;

    if (bytes < 1000) {
        text_addf(ret, "%llu B", (unsigned long long)bytes);
        return;
    }
    while (value >= 999.5 && i + 1 < sizeof units / sizeof units[0]) {
        value /= 1000;
        i++;
    }
    add_three(ret, value);
    text_addf(ret, " %s", units[i]);
}

void
figure_seconds(struct text *ret, double seconds)
{
    unsigned long whole = seconds > 0 ? (unsigned long)(seconds + 0.5) : 0;

    if (seconds < 59.95) {
        add_three(ret, seconds > 0 ? seconds : 0);
        text_add_string(ret, " s");
    } else if (whole < 3600)
        text_addf(ret, "%lu min %lu s", whole / 60, whole % 60);
    else
        text_addf(ret, "%lu h %lu min", whole / 3600, whole / 60 % 60);
}

void
figure_percent(struct text *ret, uint64_t part, uint64_t whole)
{
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;

    if (part == 0 || part == whole)
        text_addf(ret, "%d %%", part == 0 ? 0 : 100);
    else if (percent < 0.01)
        text_add_string(ret, "under 0.01 %");
    else if (percent > 99.99)
        text_add_string(ret, "over 99.99 %");
    else
        text_addf(ret, "%.2f %%", percent);
}

void
figure_rate(struct text *ret, uint64_t count, double seconds)
{
    if (seconds < RATE_LEAST_S)
        text_add_char(ret, '-');
    else
        figure_count(ret, (uint64_t)((double)count / seconds));
}

void
figure_byte_rate(struct text *ret, uint64_t bytes, double seconds)
{
    if (seconds < RATE_LEAST_S)
        text_add_char(ret, '-');
    else
        figure_bytes(ret, (uint64_t)((double)bytes / seconds));
}
