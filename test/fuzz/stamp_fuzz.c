/* Times of any bytes: what is read is in range, and written and read again is the
 * same. */
#include "event.h"
#include "fuzz.h"
#include "json_text.h"
#include "stamp.h"

static void
check_round_trip(int64_t time_us)
{
    char text[STAMP_TEXT_SIZE];
    size_t length;
    int64_t again;

    fuzz_check(stamp_in_range(time_us));
    length = stamp_write(time_us, text);
    fuzz_check(length < STAMP_TEXT_SIZE && strlen(text) == length);
    fuzz_check(stamp_read((struct span){text, length}, &again));
    fuzz_check(again == time_us);
}

/* Epochs are numbers of JSON: nothing else comes there. */
static void
check_epoch(const char *line, size_t size)
{
    const char *bad;
    bool is_real;
    int64_t time_us;

    if (json_text_number(line, &is_real, &bad) == line + size &&
        stamp_read_epoch((struct span){line, size}, &time_us))
        check_round_trip(time_us);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = fuzz_line(data, size, "\n", EVENT_LINE_PAD);
    char *exact = malloc(size + 1);
    int64_t time_us;

    fuzz_check(exact != NULL);
    memcpy(exact, line, size);
    if (stamp_read((struct span){exact, size}, &time_us))
        check_round_trip(time_us);
    if (size > 0)
        check_epoch(line, size);
    /* the bytes as a moment, wherever it lies in the calendar */
    if (size == sizeof time_us) {
        memcpy(&time_us, data, sizeof time_us);
        if (stamp_in_range(time_us))
            check_round_trip(time_us);
    }
    free(line);
    free(exact);
    return 0;
}
