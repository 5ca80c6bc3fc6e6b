/* A value of any bytes, written as a field of CSV between two others, read back by a
 * reader that knows nothing of the writer. */
#include "../unit/csv_reader.h"
#include "bytes.h"
#include "fuzz.h"
#include "value.h"

static void
check(struct span value, bool is_simple)
{
    char *row = malloc(VALUE_CSV_ROOM(value.length) + 6);
    char *to = row;
    struct csv csv;

    fuzz_check(row != NULL);
    *to++ = 'a';
    *to++ = ',';
    to = is_simple ? value_csv_simple(to, value) : value_csv(to, value);
    fuzz_check((size_t)(to - row) <= VALUE_CSV_ROOM(value.length) + 2);
    *to++ = ',';
    *to++ = 'b';
    *to++ = '\n';
    fuzz_check(csv_read(row, (size_t)(to - row), &csv));
    fuzz_check(csv.row_count == 1 && csv_width(&csv, 0) == 3);
    fuzz_check(csv_at(&csv, 0, 1)->is_quoted);
    fuzz_check(csv_at(&csv, 0, 1)->length == value.length);
    fuzz_check(memcmp(csv_at(&csv, 0, 1)->data, value.length > 0 ? value.data : "",
                      value.length) == 0);
    fuzz_check(strcmp(csv_at(&csv, 0, 2)->data, "b") == 0);
    csv_release(&csv);
    free(row);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span value = {(const char *)data, size};

    check(value, false);
    if (size == 0 || memchr(data, '"', size) == NULL)
        check(value, true);
    return 0;
}
