/* Ids made from lines: equal lines differ, and every run makes the same ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "digest.h"
#include "occurrence.h"

/* By the definition: the line, a line feed, how many stood before. */
static void
test_definition(void **state)
{
    struct occurrence o = {0};
    struct error err;

    (void)state;
    for (unsigned number = 0; number < 3; number++) {
        struct text text = {0};
        char hex[DIGEST_HEX_SIZE];
        char id[OCCURRENCE_ID_SIZE];

        text_addf(&text, "{\"type\":\"page\"}\n%u", number);
        digest_hex(text_span(&text), hex);
        hex[32] = '\0';
        assert_int_equal(occurrence_id(&o, SPAN("{\"type\":\"page\"}"), id, &err), 0);
        assert_int_equal(strncmp(id, "rs-", 3), 0);
        assert_string_equal(id + 3, hex);
        text_release(&text);
    }
    occurrence_release(&o);
}

/* Many lines, each twice: all ids differ, and a second reading makes the same. */
static void
test_many(void **state)
{
    enum { LINES = 2000 };
    static char ids[2][2 * LINES][OCCURRENCE_ID_SIZE];
    struct occurrence o = {0};
    struct error err;

    (void)state;
    for (size_t reading = 0; reading < 2; reading++) {
        occurrence_clear(&o);
        for (size_t i = 0; i < 2 * LINES; i++) {
            struct text line = {0};

            text_addf(&line, "line %zu", i % LINES);
            assert_int_equal(occurrence_id(&o, text_span(&line), ids[reading][i], &err),
                             0);
            text_release(&line);
        }
    }
    for (size_t i = 0; i < 2 * LINES; i++)
        assert_string_equal(ids[0][i], ids[1][i]);
    for (size_t i = 0; i < LINES; i++) {
        assert_string_not_equal(ids[0][i], ids[0][i + LINES]);
        assert_string_not_equal(ids[0][i], ids[0][(i + 1) % LINES]);
    }
    occurrence_release(&o);
    occurrence_release(&o);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
