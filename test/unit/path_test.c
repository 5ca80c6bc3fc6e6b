/* The tree of paths: every key found again, areas and fields told, emptied at any
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "path.h"

static uint32_t
find(struct path_tree *tree, uint32_t parent, struct span key)
{
    struct error err;
    uint32_t node;

    assert_int_equal(path_find(tree, parent, key, &node, &err), 0);
    return node;
}

static void
test_areas(void **state)
{
    static const struct {
        const char *key;
        enum path_area area;
        enum path_field field;
    } cases[] = {
        {"context", AREA_CONTEXT, FIELD_NONE},
        {"properties", AREA_PROPERTIES, FIELD_NONE},
        {"traits", AREA_TRAITS, FIELD_NONE},
        {"type", AREA_FIELD, FIELD_TYPE},
        {"event", AREA_FIELD, FIELD_EVENT},
        {"name", AREA_FIELD, FIELD_NAME},
        {"category", AREA_FIELD, FIELD_CATEGORY},
        {"messageId", AREA_FIELD, FIELD_MESSAGE_ID},
        {"anonymousId", AREA_FIELD, FIELD_ANONYMOUS_ID},
        {"userId", AREA_FIELD, FIELD_USER_ID},
        {"groupId", AREA_FIELD, FIELD_GROUP_ID},
        {"previousId", AREA_FIELD, FIELD_PREVIOUS_ID},
        {"timestamp", AREA_FIELD, FIELD_TIMESTAMP},
        {"originalTimestamp", AREA_FIELD, FIELD_ORIGINAL_TIMESTAMP},
        {"sentAt", AREA_FIELD, FIELD_SENT_AT},
        {"receivedAt", AREA_FIELD, FIELD_RECEIVED_AT},
        {"integrations", AREA_NONE, FIELD_NONE},
        {"userid", AREA_NONE, FIELD_NONE},
        {"", AREA_NONE, FIELD_NONE},
    };
    struct path_tree tree;
    struct error err;

    (void)state;
    assert_int_equal(path_init(&tree, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t node = find(&tree, PATH_ROOT, span_of(cases[i].key));
        uint32_t below = find(&tree, node, SPAN("type"));

        assert_int_not_equal(node, PATH_ROOT);
        assert_int_equal(tree.nodes[node].area, cases[i].area);
        assert_int_equal(tree.nodes[node].field, cases[i].field);
        assert_int_equal(tree.nodes[node].depth, 1);
        /* a key below has its parent's area, and is no field */
        assert_int_equal(tree.nodes[below].area, cases[i].area);
        assert_int_equal(tree.nodes[below].field, FIELD_NONE);
        assert_int_equal(tree.nodes[below].depth, 2);
    }
    path_release(&tree);
}

/* Many keys below many parents: each is one node, wherever the tree moved to. */
static void
test_many(void **state)
{
    struct path_tree tree;
    struct error err;
    static uint32_t nodes[50][100];

    (void)state;
    assert_int_equal(path_init(&tree, &err), 0);
    for (int round = 0; round < 2; round++)
        for (unsigned p = 0; p < 50; p++) {
            struct text key = {0};
            uint32_t parent;

            text_addf(&key, "parent %u", p);
            parent = find(&tree, PATH_ROOT, text_span(&key));
            for (unsigned k = 0; k < 100; k++) {
                uint32_t node;

                text_clear(&key);
                text_addf(&key, "key %u", k);
                node = find(&tree, parent, text_span(&key));
                if (round > 0)
                    assert_int_equal(node, nodes[p][k]);
                nodes[p][k] = node;
                assert_int_equal(tree.nodes[node].parent, parent);
                assert_int_equal(tree.nodes[node].key_length, key.length);
                assert_memory_equal(tree.nodes[node].key, key.data, key.length);
            }
            text_release(&key);
        }
    assert_int_equal(tree.count, 1 + 50 + 50 * 100);
    assert_true(path_bytes(&tree) > 5000 * sizeof(struct path_node));
    assert_int_equal(path_clear(&tree, &err), 0);
    assert_int_equal(tree.count, 1);
    assert_true(path_bytes(&tree) < 5000 * sizeof(struct path_node));
    path_release(&tree);
    path_release(&tree);
}

/* Keys with a NUL, a quote, sixteen bytes and more: compared whole, padded behind. */
static void
test_odd_keys(void **state)
{
    static const struct {
        struct span key;
        bool is_guessable;
    } cases[] = {
        {{"", 0}, true},
        {{"a\0b", 3}, false},
        {{"a\0c", 3}, false},
        {{"a\"b", 3}, false},
        {{"a\\b", 3}, false},
        {{"0123456789abcdef", 16}, true},
        {{"0123456789abcdefg", 17}, true},
        {{"\xc3\xa9", 2}, true},
    };
    struct path_tree tree;
    struct error err;

    (void)state;
    assert_int_equal(path_init(&tree, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t node = find(&tree, PATH_ROOT, cases[i].key);
        const struct path_node *n = &tree.nodes[node];
        volatile char sum = 0;

        assert_int_equal(node, i + 1);
        assert_int_equal(n->is_guessable, cases[i].is_guessable);
        for (size_t j = 0; j < n->key_length + PATH_KEY_PAD; j++)
            sum = (char)(sum ^ n->key[j]);
    }
    path_release(&tree);
}

static void
test_text(void **state)
{
    struct path_tree tree;
    struct error err;
    struct text got = {0};
    uint32_t node;

    (void)state;
    assert_int_equal(path_init(&tree, &err), 0);
    node = find(&tree, PATH_ROOT, SPAN("context"));
    path_text(&tree, node, &got);
    assert_string_equal(text_string(&got), "");
    node = find(&tree, find(&tree, node, SPAN("page")), SPAN("url"));
    path_text(&tree, node, &got);
    assert_string_equal(text_string(&got), "page.url");
    text_clear(&got);
    for (int i = 0; i < 198; i++)
        node = find(&tree, node, SPAN("x"));
    path_text(&tree, node, &got);
    assert_int_equal(got.length, 8 + 2 * 198);
    text_release(&got);
    path_release(&tree);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_areas),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_odd_keys),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
