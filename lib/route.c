#include "route.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "name.h"
#include "value.h"

#define FIRST_ROUTES  128
#define FIRST_BATCHES 64

/* Texts of events that differ in nothing that matters to a name could be without end:
 * beyond this many the routes are begun anew. */
#define ROUTES_MAX 32768

static const struct {
    const char *type;
    enum table_kind kind;
} types[] = {
    {"track", TABLE_TRACKS},   {"identify", TABLE_IDENTIFIES}, {"page", TABLE_PAGES},
    {"screen", TABLE_SCREENS}, {"group", TABLE_GROUPS},        {"alias", TABLE_ALIASES},
};

/* null, and not {} or [], which make nothing either. */
static bool
is_null_word(const struct cell *cell)
{
    return cell->kind == CELL_NULL && cell->data[0] == 'n';
}

enum table_kind
route_kind(struct transform *t)
{
    const struct cell *type = &t->event.fields[FIELD_TYPE];
    struct span text = {type->data, type->length};
    bool is_repaired;

    t->reason = type->data == NULL || is_null_word(type) ? "no type" : "unknown type";
    if (type->kind == CELL_STRING && type->flags != 0)
        text = value_plain(type, &t->scratch, &is_repaired);
    if (type->kind != CELL_STRING || text.data == NULL)
        return TABLE_KIND_COUNT;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (text.length == strlen(types[i].type) &&
            strncasecmp(text.data, types[i].type, text.length) == 0)
            return types[i].kind;
    return TABLE_KIND_COUNT;
}

static int
make_batch(struct transform *t, struct shelf_table *table, struct batch **ret,
           struct error *err)
{
    struct batch *batch;

    if (table->index >= t->batch_room) {
        size_t room = t->batch_room != 0 ? t->batch_room : FIRST_BATCHES;
        struct batch **batches;

        while (room <= table->index)
            room *= 2;
        batches = realloc(t->batches, room * sizeof(struct batch *));
        if (batches == NULL)
            return error_no_memory(err);
        memset(batches + t->batch_room, 0,
               (room - t->batch_room) * sizeof(struct batch *));
        t->batches = batches;
        t->batch_room = room;
    }
    if (t->batches[table->index] == NULL) {
        batch = calloc(1, sizeof *batch);
        if (batch == NULL)
            return error_no_memory(err);
        if (batch_init(batch, t->shelf, table, err)) {
            free(batch);
            return -1;
        }
        t->batches[table->index] = batch;
    }
    *ret = t->batches[table->index];
    return 0;
}

int
route_batch(struct transform *t, enum table_kind kind, struct span name,
            struct batch **ret, struct error *err)
{
    struct shelf_table *table;

    if (shelf_open(t->shelf, kind, name, &table, err))
        return -1;
    return make_batch(t, table, ret, err);
}

int
route_fixed(struct transform *t, enum table_kind kind, struct batch **ret,
            struct error *err)
{
    if (t->kinds[kind] == NULL &&
        route_batch(t, kind, standard_table(kind), &t->kinds[kind], err))
        return -1;
    *ret = t->kinds[kind];
    return 0;
}

static struct transform_route *
find(struct transform_route *routes, size_t room, struct span text, uint8_t kind)
{
    size_t hash = 1469598103u + kind;
    size_t at;

    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 16777619u;
    at = (hash ^ hash >> 15) & (room - 1);
    while (routes[at].kind != CELL_NULL &&
           (routes[at].kind != kind || !span_equal(routes[at].text, text)))
        at = (at + 1) & (room - 1);
    return &routes[at];
}

static int
grow_routes(struct transform *t, struct error *err)
{
    size_t room = t->route_room != 0 ? t->route_room * 2 : FIRST_ROUTES;
    struct transform_route *routes = calloc(room, sizeof *routes);

    if (routes == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < t->route_room; i++)
        if (t->routes[i].kind != CELL_NULL)
            *find(routes, room, t->routes[i].text, t->routes[i].kind) = t->routes[i];
    free(t->routes);
    t->routes = routes;
    t->route_room = room;
    return 0;
}

static void
forget_routes(struct transform *t)
{
    memset(t->routes, 0, t->route_room * sizeof *t->routes);
    arena_release(&t->route_texts);
    t->route_count = 0;
}

/* Name the table of an event that was not met before, and open it. */
static int
make_route(struct transform *t, const struct cell *event, struct transform_route *route,
           struct error *err)
{
    struct text slug = {0};
    bool is_repaired;
    int rc = -1;

    text_clear(&t->name);
    name_event(value_plain(event, &t->scratch, &is_repaired), &slug, &t->name);
    if (text_check(&slug, err) || text_check(&t->name, err) ||
        arena_copy(&t->route_texts, text_span(&slug), &route->slug, err))
        goto out;
    if (t->name.length > 0 &&
        route_batch(t, TABLE_EVENT, text_span(&t->name), &route->batch, err))
        goto out;
    rc = arena_copy(&t->route_texts, (struct span){event->data, event->length},
                    &route->text, err);
out:
    text_release(&slug);
    if (rc == 0) {
        route->kind = event->kind;
        t->route_count++;
    }
    return rc;
}

/* Can the field be a name? Objects, arrays and null count as missing. */
static bool
is_name(const struct cell *event)
{
    return event->kind == CELL_STRING || event->kind == CELL_INTEGER ||
           event->kind == CELL_REAL || event->kind == CELL_TRUE ||
           event->kind == CELL_FALSE;
}

int
route_event(struct transform *t, struct batch **ret, struct error *err)
{
    const struct cell *event = &t->event.fields[FIELD_EVENT];
    struct span text = {event->data, event->length};
    struct transform_route *route;

    *ret = NULL;
    if (!is_name(event) || event->length == 0)
        return 0;
    if (t->route_count == ROUTES_MAX)
        forget_routes(t);
    if (t->route_count * 2 >= t->route_room && grow_routes(t, err))
        return -1;
    route = find(t->routes, t->route_room, text, event->kind);
    if (route->kind == CELL_NULL && make_route(t, event, route, err))
        return -1;
    t->standard[STANDARD_EVENT] = (struct standard_value){
        .text = route->slug, .is_quoted = true, .is_simple = true};
    *ret = route->batch;
    return 0;
}
