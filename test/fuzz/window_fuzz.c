/* Hours of any bytes: what is read is on the hour, and is read again from its name. */
#include "fuzz.h"
#include "window.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *exact = malloc(size + 1);
    struct window window;
    struct window again;
    struct error err;
    char name[WINDOW_NAME_SIZE];

    fuzz_check(exact != NULL);
    if (size > 0)
        memcpy(exact, data, size);
    if (window_parse_hour((struct span){exact, size}, &window, &err) == 0) {
        fuzz_check(window.from_s % WINDOW_HOUR_S == 0);
        fuzz_check(window.until_s == window.from_s + WINDOW_HOUR_S);
        window_name(window.from_s, name);
        fuzz_check(window_parse_hour(span_of(name), &again, &err) == 0);
        fuzz_check(again.from_s == window.from_s);
    } else {
        fuzz_check(err.kind == ERROR_USAGE);
    }
    free(exact);
    return 0;
}
