/* URLs of any bytes, filled from an hour: as the C library's strftime fills them. */
#include <time.h>

#include "fuzz.h"
#include "window.h"

/* One conversion at a time, by strftime; %s stands for the hour itself. */
static void
fill(struct span url, int64_t from_s, struct text *ret)
{
    time_t at = (time_t)from_s;
    struct tm tm;

    fuzz_check(gmtime_r(&at, &tm) != NULL);
    for (size_t i = 0; i < url.length; i++) {
        char format[3] = {'%', i + 1 < url.length ? url.data[i + 1] : '%', '\0'};
        char text[40];

        if (url.data[i] != '%') {
            text_add_char(ret, url.data[i]);
            continue;
        }
        if (url.data[++i] == 's')
            (void)snprintf(text, sizeof text, "%lld", (long long)from_s);
        else
            fuzz_check(strftime(text, sizeof text, format, &tm) > 0);
        text_add_string(ret, text);
    }
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
