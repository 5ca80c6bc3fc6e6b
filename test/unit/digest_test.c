/* SHA-256, by the examples of FIPS 180-4's own test vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "digest.h"

static void
test_vectors(void **state)
{
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[DIGEST_HEX_SIZE];
        unsigned char bytes[DIGEST_BYTES];

        digest_hex(span_of(cases[i].text), hex);
        assert_string_equal(hex, cases[i].hex);
        digest_sha256(span_of(cases[i].text), bytes);
        for (size_t j = 0; j < DIGEST_BYTES; j++) {
            struct text two = {0};

            text_addf(&two, "%02x", bytes[j]);
            assert_memory_equal(two.data, hex + 2 * j, 2);
            text_release(&two);
        }
    }
}

/* An empty span may have no memory at all. */
static void
test_no_memory(void **state)
{
    char hex[DIGEST_HEX_SIZE];

    (void)state;
    digest_hex((struct span){NULL, 0}, hex);
    assert_int_equal(strncmp(hex, "e3b0c442", 8), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
