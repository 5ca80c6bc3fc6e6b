#include "event.h"

#include <stdlib.h>

#include "json_text.h"
#include "scan.h"

#define FIRST_CELLS 256

/*
 * How a line is walked. Objects under context, properties and traits are flattened: each
 * key leads to a node of the path tree, each leaf becomes a cell that names its node.
 * Everything else that has structure (arrays, unknown top-level keys, objects too deep) is
 * checked by json_text_value and kept as text. The walk holds a stack of frames, one for
 * each object that is open; it does not recurse.
 *
 * A key met twice in one object replaces what it held before (its cells die). The node
 * remembers the object in which it was met last, so that costs one comparison a key.
 */
struct walk {
    struct event *event;
    const char *line;
    const char *end;
    const char *bad;
    struct error *err;
    bool has_error; /* not the line's fault: `err` is set */
    unsigned depth; /* of the frame on top; 0 is the event itself */
};

int
event_init(struct event *event, unsigned depth_max, struct error *err)
{
    *event = (struct event){
        .depth_max = depth_max < EVENT_DEPTH_MAX ? depth_max : EVENT_DEPTH_MAX,
        .cell_room = FIRST_CELLS,
    };
    event->cells = calloc(event->cell_room, sizeof *event->cells);
    if (event->cells == NULL)
        return error_no_memory(err);
    if (path_init(&event->paths, err)) {
        event_release(event);
        return -1;
    }
    return 0;
}

void
event_release(struct event *event)
{
    path_release(&event->paths);
    text_release(&event->key);
    free(event->cells);
    *event = (struct event){0};
}

const char *
event_status_reason(enum event_status status)
{
    return status == EVENT_NOT_OBJECT ? "not an object" : "not JSON";
}

/* The line goes wrong at `p`. */
static const char *
refuse(struct walk *w, const char *p)
{
    w->bad = p;
    return NULL;
}

static bool
grow_cells(struct walk *w)
{
    struct event *e = w->event;
    struct cell *cells = realloc(e->cells, e->cell_room * 2 * sizeof *cells);

    if (cells == NULL) {
        w->has_error = true;
        (void)error_no_memory(w->err);
        return false;
    }
    e->cells = cells;
    e->cell_room *= 2;
    return true;
}

static inline bool
emit(struct walk *w, struct cell cell)
{
    struct event *e = w->event;
    const struct path_node *node = &e->paths.nodes[cell.node];

    e->flags |= cell.flags;
    if (node->area == AREA_FIELD)
        e->fields[node->field] = cell;
    else if (e->cell_count < e->cell_room || grow_cells(w))
        e->cells[e->cell_count++] = cell;
    else
        return false;
    return true;
}

/* The key was met before in this object: what it held is replaced. */
static void
kill_cells(struct event *e, const struct path_node *node)
{
    for (uint32_t i = node->cells_from; i < node->cells_to; i++)
        e->cells[i].kind = CELL_DEAD;
}

/* The two keys that are likely to come next in the object. */
static inline uint32_t *
guesses(struct event *e, const struct event_frame *f)
{
    return f->previous == 0 ? e->paths.nodes[f->node].first
                            : e->paths.nodes[f->previous].next;
}

/* Look up a key that was not guessed, and guess it next time. */
static const char *
find_key(struct walk *w, struct event_frame *f, const char *p, uint32_t *ret)
{
    struct event *e = w->event;
    uint8_t flags = 0;
    const char *end = json_text_string(p, &flags, &w->bad);
    struct span key = {p, end != NULL ? (size_t)(end - p) : 0};
    uint32_t *likely;

    if (end == NULL)
        return NULL;
    if (flags & (CELL_ESCAPED | CELL_BROKEN)) {
        bool is_repaired = false; /* does not matter in a key: names are ASCII */

        text_clear(&e->key);
        json_text_mend(key, &e->key, &is_repaired);
        if (text_check(&e->key, w->err)) {
            w->has_error = true;
            return NULL;
        }
        key = text_span(&e->key);
    }
    if (path_find(&e->paths, f->node, key, ret, w->err)) {
        w->has_error = true;
        return NULL;
    }
    likely = guesses(e, f);
    likely[1] = likely[0];
    likely[0] = *ret;
    return end + 1;
}

/* Does the key at `p` read as that node's? */
static inline bool
is_key(const struct walk *w, const char *p, const struct path_node *node)
{
    uint32_t length = node->key_length;

    return node->is_guessable && (size_t)(w->end - p) > length && p[length] == '"' &&
           scan_equal(p, node->key, length);
}

/* From behind the quote of a key to behind its closing one. Guessed are the keys that
 * followed last, and, where the first of them is left out, the one behind it. */
static inline const char *
read_key(struct walk *w, struct event_frame *f, const char *p, uint32_t *ret)
{
    const struct path_node *nodes = w->event->paths.nodes;
    const uint32_t *likely = guesses(w->event, f);
    uint32_t guess = likely[0];

    if (!is_key(w, p, &nodes[guess])) {
        guess = likely[1];
        if (!is_key(w, p, &nodes[guess])) {
            guess = nodes[likely[0]].next[0];
            if (!is_key(w, p, &nodes[guess]))
                return find_key(w, f, p, ret);
        }
    }
    *ret = guess;
    return p + nodes[guess].key_length + 1;
}

static inline const char *
space(const struct walk *w, const char *p)
{
    return (unsigned char)*p > ' ' ? p : json_text_space(p, w->end);
}

/* An array, or an object that is not flattened: its text is the value. */
static const char *
read_text(struct walk *w, const char *p, struct cell *cell)
{
    unsigned depth_max = JSON_TEXT_NESTING_MAX - w->depth - 1;
    const char *end = json_text_value(p, w->end, depth_max, &cell->flags, &w->bad);
    bool is_empty;

    if (end == NULL)
        return NULL;
    is_empty = json_text_space(p + 1, end) == end - 1;
    cell->kind = is_empty ? CELL_NULL : *p == '[' ? CELL_ARRAY : CELL_OBJECT;
    cell->length = (uint32_t)(end - p);
    return end;
}

static inline const char *
read_scalar(struct walk *w, const char *p, struct cell *cell)
{
    const char *end;
    bool is_real;

    switch (*p) {
    case '"':
        cell->data = p + 1;
        cell->kind = CELL_STRING;
        end = json_text_string(p + 1, &cell->flags, &w->bad);
        if (end == NULL)
            return NULL;
        cell->length = (uint32_t)(end - p - 1);
        return end + 1;
    case 't':
    case 'f':
    case 'n':
        cell->kind = *p == 't' ? CELL_TRUE : *p == 'f' ? CELL_FALSE : CELL_NULL;
        end = json_text_word(p, &w->bad);
        break;
    default:
        end = json_text_number(p, &is_real, &w->bad);
        cell->kind = is_real ? CELL_REAL : CELL_INTEGER;
    }
    cell->length = end != NULL ? (uint32_t)(end - p) : 0;
    return end;
}

/* May an object at this node be flattened? */
static inline bool
is_flat(const struct walk *w, const struct path_node *node)
{
    return node->area != AREA_FIELD && node->area != AREA_NONE &&
           w->depth < w->event->depth_max;
}

static void
enter(struct walk *w, uint32_t node)
{
    w->event->frames[++w->depth] = (struct event_frame){
        .node = node, .instance = ++w->event->instance};
}

/*
 * A key, its colon, and its value up to behind it; an object that is flattened is only
 * entered. `*ret_entered` says so.
 */
static inline const char *
read_member(struct walk *w, const char *p, bool *ret_entered)
{
    struct event *e = w->event;
    struct event_frame *f = &w->event->frames[w->depth];
    struct cell cell = {0};
    struct path_node *node;

    *ret_entered = false;
    if (*p != '"')
        return refuse(w, p);
    p = read_key(w, f, p + 1, &cell.node);
    if (p == NULL)
        return NULL;
    p = space(w, p);
    if (*p != ':')
        return refuse(w, p);
    p = space(w, p + 1);
    node = &e->paths.nodes[cell.node];
    f->previous = cell.node;
    if (node->instance == f->instance)
        kill_cells(e, node);
    else
        node->order = (uint32_t)(p - w->line);
    node->instance = f->instance;
    node->cells_from = (uint32_t)e->cell_count;
    if (*p == '{' && is_flat(w, node)) {
        enter(w, cell.node);
        *ret_entered = true;
        return p + 1;
    }
    cell.data = p;
    p = *p == '{' || *p == '[' ? read_text(w, p, &cell) : read_scalar(w, p, &cell);
    if (p == NULL)
        return NULL;
    if (node->area != AREA_NONE && !emit(w, cell))
        return NULL;
    node->cells_to = (uint32_t)e->cell_count;
    return p;
}

/* Leave the object on top. An empty one is a value of its own: one that makes nothing. */
static bool
leave(struct walk *w, bool is_empty)
{
    struct event *e = w->event;
    struct event_frame *f = &e->frames[w->depth];

    if (w->depth == 0)
        return true;
    w->depth--;
    if (is_empty && !emit(w, (struct cell){.data = "{}", .length = 2, .node = f->node}))
        return false;
    e->paths.nodes[f->node].cells_to = (uint32_t)e->cell_count;
    return true;
}

/* From behind the brace that opens the event to behind the one that closes it. */
static const char *
walk_event(struct walk *w, const char *p)
{
    bool entered = true;
    bool is_root;

    for (;;) {
        if (entered) {
            p = space(w, p);
            if (*p != '}') {
                p = read_member(w, p, &entered);
                if (p == NULL)
                    return NULL;
                continue;
            }
        }
        p = space(w, p);
        if (*p == ',') {
            p = read_member(w, space(w, p + 1), &entered);
            if (p == NULL)
                return NULL;
            continue;
        }
        if (*p != '}')
            return refuse(w, p);
        is_root = w->depth == 0;
        if (!leave(w, entered))
            return NULL;
        p++;
        if (is_root)
            return p;
        entered = false;
    }
}

/* The counter is about to wrap: forget which object met which key. */
static void
reset_instances(struct event *e)
{
    for (size_t i = 0; i < e->paths.count; i++)
        e->paths.nodes[i].instance = 0;
    e->instance = 0;
}

/* A line whose value is no object: is it JSON all the same? */
static const char *
check_other(struct walk *w, const char *p)
{
    uint8_t flags = 0;

    return json_text_value(p, w->end, JSON_TEXT_NESTING_MAX, &flags, &w->bad);
}

int
event_scan(struct event *e, const char *line, size_t length, enum event_status *ret,
           struct error *err)
{
    struct walk w = {.event = e, .line = line, .end = line + length, .err = err};
    const char *p = json_text_space(line, w.end);
    bool is_object = *p == '{';

    if (p == w.end) {
        *ret = EVENT_BLANK;
        return 0;
    }
    if (e->instance > UINT32_MAX / 2)
        reset_instances(e);
    e->cell_count = 0;
    e->flags = 0;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        e->fields[i] = (struct cell){0};
    e->frames[0] = (struct event_frame){.node = PATH_ROOT, .instance = ++e->instance};
    p = is_object ? walk_event(&w, p + 1) : check_other(&w, p);
    if (w.has_error)
        return -1;
    if (p != NULL) {
        p = json_text_space(p, w.end);
        if (p == w.end) {
            *ret = is_object ? EVENT_OK : EVENT_NOT_OBJECT;
            return 0;
        }
        w.bad = p;
    }
    e->bad_at = (size_t)(w.bad - line);
    *ret = EVENT_NOT_JSON;
    return 0;
}
