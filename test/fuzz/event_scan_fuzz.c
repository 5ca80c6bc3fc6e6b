/* event_scan: any bytes of a line. What is accepted, cJSON accepts too; every cell
 * lies in the line; scanning again gives the same. */
#include <cjson/cJSON.h>

#include "event.h"
#include "fuzz.h"
#include "value.h"

static void
check_cells(const struct event *e, const char *line, size_t length,
            struct text *scratch)
{
    for (size_t i = 0; i < e->cell_count; i++) {
        const struct cell *cell = &e->cells[i];
        bool is_repaired;

        if (cell->kind == CELL_DEAD)
            continue;
        fuzz_check(cell->node != PATH_ROOT && cell->node < e->paths.count);
        if (cell->kind == CELL_NULL)
            continue;
        fuzz_check(cell->data >= line && cell->data + cell->length <= line + length);
        (void)value_classify(cell);
        (void)value_plain(cell, scratch, &is_repaired);
    }
}

/* Does the line hold what cJSON refuses though JSON has it: \\u escapes of lone
 * surrogates and U+0000, numbers of over 60 characters, nesting beyond 1,000, a NUL? */
static bool
is_beyond_cjson(const char *line, size_t length)
{
    size_t run = 0;
    size_t opened = 0;

    for (size_t i = 0; i < length; i++) {
        char c = line[i];

        run = strchr("0123456789+-.eE", c) != NULL ? run + 1 : 0;
        opened += c == '[' || c == '{';
        if (run > 60 || opened > 900 || c == '\0' ||
            (c == '\\' && i + 1 < length && line[i + 1] == 'u'))
            return true;
    }
    return false;
}

static void
compare(const char *line, size_t length)
{
    cJSON *json;

    if (is_beyond_cjson(line, length))
        return;
    json = cJSON_ParseWithLength(line, length);
    fuzz_check(json != NULL);
    cJSON_Delete(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const ends[] = {"\n", "\r\n"};
    struct event e;
    struct text scratch = {0};
    struct error err;
    enum event_status first = EVENT_BLANK;

    if (memchr(data, '\n', size) != NULL)
        return 0;
    fuzz_check(event_init(&e, 5, &err) == 0);
    for (int round = 0; round < 3; round++) {
        /* the line feed, or the carriage return before it, ends the line */
        char *line = fuzz_line(data, size, ends[round % 2], EVENT_LINE_PAD);
        enum event_status status;

        fuzz_check(event_scan(&e, line, size, &status, &err) == 0);
        fuzz_check(round == 0 || status == first);
        first = status;
        if (status == EVENT_OK) {
            check_cells(&e, line, size, &scratch);
            compare(line, size);
        }
        free(line);
    }
    text_release(&scratch);
    event_release(&e);
    return 0;
}
