/* Names of any bytes: what Redshift takes as a name, the same when it is named
 * again. */
#include "column.h"
#include "fuzz.h"
#include "name.h"

/* Letters a to z, digits and underscores only. */
static void
check_snake(struct span name)
{
    for (size_t i = 0; i < name.length; i++)
        fuzz_check((name.data[i] >= 'a' && name.data[i] <= 'z') ||
                   (name.data[i] >= '0' && name.data[i] <= '9') || name.data[i] == '_');
    if (name.length > 0) {
        fuzz_check(name.data[0] != '_');
        fuzz_check(name.data[name.length - 1] != '_');
    }
}

static void
check_finished(struct text *name)
{
    fuzz_check(name->length > 0 && name->length <= COLUMN_NAME_MAX);
    fuzz_check(name->data[0] < '0' || name->data[0] > '9');
    fuzz_check(!name_is_reserved(text_span(name)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span key = {(const char *)data, size};
    struct text name = {0};
    struct text again = {0};
    struct text slug = {0};
    struct text table = {0};

    name_snake(key, &name);
    check_snake(text_span(&name));
    name_snake(text_span(&name), &again);
    fuzz_check(span_equal(text_span(&name), text_span(&again)));
    name_event(key, &slug, &table);
    fuzz_check(span_equal(text_span(&slug), text_span(&name)));
    if (name.length == 0)
        name_hex(key, &name);
    name_finish(&name);
    check_finished(&name);
    if (size > 0) {
        check_finished(&table);
        fuzz_check(!name_is_builtin_table(text_span(&table)));
    }
    text_release(&name);
    text_release(&again);
    text_release(&slug);
    text_release(&table);
    return 0;
}
