/* path -- the tree of source paths that a worker has met: "properties.a.b" as a number. */
#ifndef RSLOAD_PATH_H
#define RSLOAD_PATH_H

#include "bytes.h"

/* The part of an event that a path lies in; it decides which tables take the value. */
enum path_area {
    AREA_FIELD,      /* a top-level field of the specification: see enum path_field */
    AREA_CONTEXT,    /* below context: every table */
    AREA_PROPERTIES, /* below properties: event tables, pages, screens */
    AREA_TRAITS,     /* below traits: identifies, groups, aliases */
    AREA_USER_PROPERTIES, /* below userProperties: event tables, identifies */
    AREA_NONE,            /* any other top-level key: makes no column */
};

/* The top-level fields that events have by specification (Segment Spec, "Common Fields"). */
enum path_field {
    FIELD_NONE,
    FIELD_TYPE,
    FIELD_EVENT,
    FIELD_NAME,
    FIELD_CATEGORY,
    FIELD_MESSAGE_ID,
    FIELD_ANONYMOUS_ID,
    FIELD_USER_ID,
    FIELD_GROUP_ID,
    FIELD_PREVIOUS_ID,
    FIELD_TIMESTAMP,
    FIELD_ORIGINAL_TIMESTAMP,
    FIELD_SENT_AT,
    FIELD_RECEIVED_AT,
    FIELD_COUNT,
};

/* The root of the tree: the event itself. Never an answer of path_find. */
#define PATH_ROOT 0u

/* Room that is readable behind every key: vector compares look at 16 bytes at once. */
#define PATH_KEY_PAD 16

/*
 * One key below its parent. Events of one sender have their keys in one order, and there
 * are a few kinds of senders: so each node remembers which two keys came next last, and
 * first below it. Nearly always one of them is right, which saves looking the key up.
 */
struct path_node {
    const char *key; /* unescaped; PATH_KEY_PAD bytes behind it are readable */
    uint32_t key_length;
    uint32_t parent;
    uint32_t next[2];    /* guesses: the keys that followed under the same parent */
    uint32_t first[2];   /* guesses: the first keys below this one */
    uint32_t instance;   /* scanner: the object in which the key was met last */
    uint32_t order;      /* scanner: where it stood first in that object, by the line */
    uint32_t cells_from; /* scanner: that meeting's cells */
    uint32_t cells_to;
    uint16_t depth; /* 1 for a top-level key */
    uint8_t area;   /* enum path_area */
    uint8_t field;  /* enum path_field, AREA_FIELD only */
    bool
        is_guessable; /* the key needs no escape in JSON, so its bytes can be compared */
};

/*
 * All paths of one worker. It only saves work: it can be emptied (path_clear) at any time
 * between events, which bounds what events with ever new keys can cost.
 * Belongs to one thread.
 */
struct path_tree {
    struct path_node *nodes;
    size_t count;
    size_t room;
    uint32_t *slots; /* hash of (parent, key) to node; 0 is free */
    size_t slot_count;
    struct arena keys;
};

/* Make the tree with nothing but the root. Ownership: path_release frees. */
int path_init(struct path_tree *tree, struct error *err) MUST_CHECK;
void path_release(struct path_tree *tree);

/* Forget all paths but the root; numbers given out before are void. */
int path_clear(struct path_tree *tree, struct error *err) MUST_CHECK;

/* What the tree costs, in bytes. */
size_t path_bytes(const struct path_tree *tree);

/*
 * The node of `key` (unescaped) below `parent`, made when it is new.
 * Errors: ERROR_IO out of memory.
 */
int path_find(struct path_tree *tree, uint32_t parent, struct span key, uint32_t *ret,
              struct error *err) MUST_CHECK;

/* Append the keys from below the area's own key down to `node`, joined by dots. */
void path_text(const struct path_tree *tree, uint32_t node, struct text *ret);

/* Of two paths of the event scanned last: does `a` stand before `b` in the line? A key
 * that was given twice stands where it stood first. */
bool path_is_before(const struct path_tree *tree, uint32_t a, uint32_t b);

#endif
