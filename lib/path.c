#include "path.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_NODES 256
#define FIRST_SLOTS 512

/* What the top-level keys are; any other is AREA_NONE. */
static const struct known {
    const char *key;
    enum path_area area;
    enum path_field field;
} known_keys[] = {
    {"context", AREA_CONTEXT, FIELD_NONE},
    {"properties", AREA_PROPERTIES, FIELD_NONE},
    {"traits", AREA_TRAITS, FIELD_NONE},
    {"userProperties", AREA_USER_PROPERTIES, FIELD_NONE},
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
};

/* FNV-1a over the key, started from the parent: short keys, and only on a wrong guess. */
static uint32_t
hash_key(uint32_t parent, struct span key)
{
    uint32_t hash = 2166136261u ^ (parent * 2654435761u);

    for (size_t i = 0; i < key.length; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 16777619u;
    return hash ^ (hash >> 15);
}

static void
classify(struct path_node *node, struct span key)
{
    node->area = AREA_NONE;
    node->field = FIELD_NONE;
    for (size_t i = 0; i < sizeof known_keys / sizeof known_keys[0]; i++) {
        if (!span_equal(key, span_of(known_keys[i].key)))
            continue;
        node->area = (uint8_t)known_keys[i].area;
        node->field = (uint8_t)known_keys[i].field;
    }
}

static bool
is_plain(struct span key)
{
    for (size_t i = 0; i < key.length; i++)
        if (key.data[i] == '"' || key.data[i] == '\\' ||
            (unsigned char)key.data[i] < ' ')
            return false;
    return true;
}

/* Put `node` into the first free slot of its chain; the table is never full. */
static void
place(struct path_tree *tree, uint32_t node)
{
    const struct path_node *n = &tree->nodes[node];
    size_t mask = tree->slot_count - 1;
    size_t at = hash_key(n->parent, (struct span){n->key, n->key_length}) & mask;

    while (tree->slots[at] != 0)
        at = (at + 1) & mask;
    tree->slots[at] = node;
}

static int
grow_slots(struct path_tree *tree, struct error *err)
{
    size_t count = tree->slot_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);

    if (slots == NULL)
        return error_no_memory(err);
    free(tree->slots);
    tree->slots = slots;
    tree->slot_count = count;
    for (uint32_t i = 1; i < tree->count; i++)
        place(tree, i);
    return 0;
}

static int
grow_nodes(struct path_tree *tree, struct error *err)
{
    struct path_node *nodes = realloc(tree->nodes, tree->room * 2 * sizeof *nodes);

    if (nodes == NULL)
        return error_no_memory(err);
    tree->nodes = nodes;
    tree->room *= 2;
    return 0;
}

static int
add(struct path_tree *tree, uint32_t parent, struct span key, uint32_t *ret,
    struct error *err)
{
    struct path_node *node;
    char *copy;

    if (tree->count == tree->room && grow_nodes(tree, err))
        return -1;
    if (tree->count * 2 >= tree->slot_count && grow_slots(tree, err))
        return -1;
    copy = arena_alloc(&tree->keys, key.length + PATH_KEY_PAD);
    if (copy == NULL)
        return error_no_memory(err);
    if (key.length > 0)
        memcpy(copy, key.data, key.length);
    node = &tree->nodes[tree->count];
    *node = (struct path_node){
        .key = copy,
        .key_length = (uint32_t)key.length,
        .parent = parent,
        .depth = (uint16_t)(tree->nodes[parent].depth + 1),
        .area = tree->nodes[parent].area,
        .is_guessable = is_plain(key),
    };
    if (parent == PATH_ROOT)
        classify(node, key);
    *ret = (uint32_t)tree->count++;
    place(tree, *ret);
    return 0;
}

int
path_init(struct path_tree *tree, struct error *err)
{
    *tree = (struct path_tree){.room = FIRST_NODES, .slot_count = FIRST_SLOTS};
    tree->nodes = calloc(tree->room, sizeof *tree->nodes);
    tree->slots = calloc(tree->slot_count, sizeof *tree->slots);
    if (tree->nodes == NULL || tree->slots == NULL) {
        path_release(tree);
        return error_no_memory(err);
    }
    tree->count = 1; /* the root: all zero */
    return 0;
}

void
path_release(struct path_tree *tree)
{
    free(tree->nodes);
    free(tree->slots);
    arena_release(&tree->keys);
    *tree = (struct path_tree){0};
}

int
path_clear(struct path_tree *tree, struct error *err)
{
    path_release(tree);
    return path_init(tree, err);
}

size_t
path_bytes(const struct path_tree *tree)
{
    return tree->room * sizeof *tree->nodes + tree->slot_count * sizeof *tree->slots +
           tree->keys.used_bytes;
}

int
path_find(struct path_tree *tree, uint32_t parent, struct span key, uint32_t *ret,
          struct error *err)
{
    size_t mask = tree->slot_count - 1;
    size_t at = hash_key(parent, key) & mask;

    for (; tree->slots[at] != 0; at = (at + 1) & mask) {
        const struct path_node *n = &tree->nodes[tree->slots[at]];

        if (n->parent == parent &&
            span_equal((struct span){n->key, n->key_length}, key)) {
            *ret = tree->slots[at];
            return 0;
        }
    }
    return add(tree, parent, key, ret, err);
}

void
path_text(const struct path_tree *tree, uint32_t node, struct text *ret)
{
    uint32_t chain[UINT8_MAX];
    size_t depth = 0;

    for (; tree->nodes[node].depth > 1 && depth < UINT8_MAX;
         node = tree->nodes[node].parent)
        chain[depth++] = node;
    while (depth > 0) {
        const struct path_node *n = &tree->nodes[chain[--depth]];

        text_add(ret, (struct span){n->key, n->key_length});
        if (depth > 0)
            text_add_char(ret, '.');
    }
}

/* Objects that hold both paths are the same; the keys in which they part decide. */
bool
path_is_before(const struct path_tree *tree, uint32_t a, uint32_t b)
{
    const struct path_node *nodes = tree->nodes;

    while (nodes[a].depth > nodes[b].depth)
        a = nodes[a].parent;
    while (nodes[b].depth > nodes[a].depth)
        b = nodes[b].parent;
    while (nodes[a].parent != nodes[b].parent) {
        a = nodes[a].parent;
        b = nodes[b].parent;
    }
    return nodes[a].order < nodes[b].order;
}
