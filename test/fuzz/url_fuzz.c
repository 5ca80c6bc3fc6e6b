/* URLs of any bytes, filled from an hour: as the C library takes the hour apart. */
#include <time.h>

#include "fuzz.h"
#include "window.h"

/* One conversion, by what the C library makes of the hour. */
static void
fill_one(char conversion, int64_t from_s, struct text *ret)
{
    time_t at = (time_t)from_s;
    struct tm tm;

    fuzz_check(gmtime_r(&at, &tm) != NULL);
    switch (conversion) {
    case 'Y': text_addf(ret, "%d", tm.tm_year + 1900); break;
    case 'y': text_addf(ret, "%02d", tm.tm_year % 100); break;
    case 'm': text_addf(ret, "%02d", tm.tm_mon + 1); break;
    case 'd': text_addf(ret, "%02d", tm.tm_mday); break;
    case 'H': text_addf(ret, "%02d", tm.tm_hour); break;
    case 'j': text_addf(ret, "%03d", tm.tm_yday + 1); break;
    case 's': text_addf(ret, "%lld", (long long)from_s); break;
    case 'F':
        text_addf(ret, "%d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        break;
    default: text_add_char(ret, conversion);
    }
}

static void
fill(struct span url, int64_t from_s, struct text *ret)
{
    for (size_t i = 0; i < url.length; i++)
        if (url.data[i] == '%')
            fill_one(url.data[++i], from_s, ret);
        else
            text_add_char(ret, url.data[i]);
}

/* Are all conversions of the URL among those that are known? */
static bool
is_known(struct span url)
{
    for (size_t i = 0; i < url.length; i++)
        if (url.data[i] == '%' && (++i == url.length || url.data[i] == '\0' ||
                                   strchr("YmdHjyFs%", url.data[i]) == NULL))
            return false;
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t hours[] = {0, 1704164400, 1709208000, 4102444800 - 3600};
    char *exact = malloc(size + 1);
    struct span url = {exact, size};
    struct error err;

    fuzz_check(exact != NULL);
    if (size > 0)
        memcpy(exact, data, size);
    (void)window_url_unit(url);
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++) {
        struct text got = {0};
        struct text want = {0};

        fuzz_check((window_fill_url(url, hours[i], &got, &err) == 0) == is_known(url));
        if (is_known(url)) {
            fill(url, hours[i], &want);
            fuzz_check(span_equal(text_span(&got), text_span(&want)));
        }
        text_release(&got);
        text_release(&want);
    }
    free(exact);
    return 0;
}
