#include "transform.h"

#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "route.h"
#include "stamp.h"
#include "value.h"

#define SECOND_US INT64_C(1000000)

/* Go's zero time: senders write it where they mean nothing. */
#define ZERO_TIME_US (INT64_C(-62135596800) * SECOND_US)

int
transform_init(struct transform *t, const struct transform_options *options,
               struct shelf *shelf, struct error *err)
{
    *t = (struct transform){.options = *options, .shelf = shelf};
    if (event_init(&t->event, options->depth_max, err))
        return -1;
    t->standard[STANDARD_UUID_TS].text = (struct span){
        t->stamps[STANDARD_UUID_TS],
        stamp_write(options->now_s * SECOND_US, t->stamps[STANDARD_UUID_TS])};
    t->standard[STANDARD_LOAD_ID] = (struct standard_value){
        .text = options->load_id, .is_quoted = true, .is_simple = true};
    return 0;
}

void
transform_release(struct transform *t)
{
    event_release(&t->event);
    occurrence_release(&t->occurrence);
    for (size_t i = 0; i < t->batch_room; i++) {
        if (t->batches[i] == NULL)
            continue;
        batch_release(t->batches[i]);
        free(t->batches[i]);
    }
    free(t->batches);
    free(t->routes);
    arena_release(&t->route_texts);
    for (size_t i = 0; i < STANDARD_COUNT; i++)
        text_release(&t->standard_texts[i]);
    text_release(&t->scratch);
    text_release(&t->other);
    text_release(&t->name);
    memset(t, 0, sizeof *t);
}

void
transform_begin_object(struct transform *t)
{
    occurrence_clear(&t->occurrence);
}

/* Keys without end would fill the tree of paths: then all is looked up anew. */
static int
bound_paths(struct transform *t, struct error *err)
{
    if (path_bytes(&t->event.paths) <= t->options.paths_bytes)
        return 0;
    for (size_t i = 0; i < t->batch_room; i++)
        if (t->batches[i] != NULL)
            batch_unlink(t->batches[i]);
    return path_clear(&t->event.paths, err);
}

/* ---- standard values ---- */

static struct span
cell_text(const struct cell *cell)
{
    return (struct span){cell->data, cell->length};
}

/* A value that its standard column cannot take stays in the discards. */
static int
discard(struct transform *t, const struct batch *batch, enum standard role,
        const struct cell *cell, const char *reason, struct error *err)
{
    bool is_repaired;
    struct span plain = value_plain(cell, &t->scratch, &is_repaired);

    t->counts.values++;
    t->counts.discards++;
    t->counts.repaired += is_repaired;
    return row_discard(t, batch->table->name, standard_name(role), plain, reason, err);
}

static bool
is_scalar(const struct cell *cell)
{
    return cell->kind != CELL_NULL && cell->kind != CELL_ARRAY &&
           cell->kind != CELL_OBJECT;
}

/* The text of a scalar field as the value of a column; anything else is NULL. */
static void
set_text(struct transform *t, enum standard role, const struct cell *cell)
{
    struct standard_value *value = &t->standard[role];
    bool is_repaired;

    *value = (struct standard_value){.is_quoted = true};
    if (!is_scalar(cell))
        return;
    value->text = value_plain(cell, &t->standard_texts[role], &is_repaired);
    value->is_simple = !(cell->flags & CELL_ESCAPED);
    t->counts.repaired += is_repaired;
}

static void
set_time(struct transform *t, enum standard role, int64_t time_us)
{
    t->standard[role] = (struct standard_value){
        .text = {t->stamps[role], stamp_write(time_us, t->stamps[role])}};
}

enum time_state { TIME_ABSENT, TIME_BAD, TIME_GOOD };

static enum time_state
read_time(struct transform *t, const struct cell *cell, int64_t *ret_us)
{
    bool is_repaired;
    bool is_read;

    if (cell->kind == CELL_NULL || (cell->kind == CELL_STRING && cell->length == 0))
        return TIME_ABSENT;
    if (cell->kind == CELL_STRING)
        is_read = stamp_read(value_plain(cell, &t->scratch, &is_repaired), ret_us);
    else if (cell->kind == CELL_INTEGER || cell->kind == CELL_REAL)
        is_read = stamp_read_epoch(cell_text(cell), ret_us);
    else
        is_read = false;
    if (!is_read)
        return TIME_BAD;
    return *ret_us == ZERO_TIME_US ? TIME_ABSENT : TIME_GOOD;
}

/* The four times of an event, as they were sent. */
struct times {
    enum time_state state[4];
    int64_t us[4];
};

static const struct {
    enum path_field field;
    enum standard role;
} time_fields[4] = {
    {FIELD_RECEIVED_AT, STANDARD_RECEIVED_AT},
    {FIELD_SENT_AT, STANDARD_SENT_AT},
    {FIELD_ORIGINAL_TIMESTAMP, STANDARD_ORIGINAL_TIMESTAMP},
    {FIELD_TIMESTAMP, STANDARD_TIMESTAMP},
};

enum { RECEIVED, SENT, ORIGINAL, TIMESTAMP };

/*
 * When the event happened, corrected for the sender's clock: what its own clock says lies
 * between writing and sending is taken from the time of receipt.
 * Source: Segment Spec, "Common Fields", timestamp.
 */
static int64_t
happened_us(const struct times *times, int64_t received_us)
{
    const enum time_state *state = times->state;
    int64_t us;

    if (state[TIMESTAMP] == TIME_GOOD)
        return times->us[TIMESTAMP];
    if (state[RECEIVED] == TIME_GOOD && state[SENT] == TIME_GOOD &&
        state[ORIGINAL] == TIME_GOOD) {
        us = times->us[RECEIVED] - (times->us[SENT] - times->us[ORIGINAL]);
        if (stamp_in_range(us))
            return us;
    }
    return state[ORIGINAL] == TIME_GOOD ? times->us[ORIGINAL] : received_us;
}

static void
set_times(struct transform *t, const struct transform_origin *origin,
          struct times *times)
{
    for (size_t i = 0; i < 4; i++) {
        const struct cell *cell = &t->event.fields[time_fields[i].field];

        times->state[i] = read_time(t, cell, &times->us[i]);
        t->standard[time_fields[i].role] = (struct standard_value){0};
        if (times->state[i] == TIME_GOOD)
            set_time(t, time_fields[i].role, times->us[i]);
    }
    /* never the clock: the event would move to another hour when it is read again */
    t->received_us = times->state[RECEIVED] == TIME_GOOD ? times->us[RECEIVED]
                     : origin->modified_s != 0 ? origin->modified_s * SECOND_US
                                               : t->options.window.from_s * SECOND_US;
    if (times->state[RECEIVED] != TIME_GOOD)
        set_time(t, STANDARD_RECEIVED_AT, t->received_us);
    if (times->state[TIMESTAMP] != TIME_GOOD)
        set_time(t, STANDARD_TIMESTAMP, happened_us(times, t->received_us));
}

static int
set_id(struct transform *t, struct span line, struct error *err)
{
    struct standard_value *id = &t->standard[STANDARD_ID];

    set_text(t, STANDARD_ID, &t->event.fields[FIELD_MESSAGE_ID]);
    if (id->text.length > 0)
        return 0;
    if (occurrence_id(&t->occurrence, line, t->made_id, err))
        return -1;
    *id = (struct standard_value){
        .text = span_of(t->made_id), .is_quoted = true, .is_simple = true};
    t->counts.made_ids++;
    return 0;
}

static const struct {
    enum path_field field;
    enum standard role;
} text_fields[] = {
    {FIELD_MESSAGE_ID, STANDARD_ID},
    {FIELD_ANONYMOUS_ID, STANDARD_ANONYMOUS_ID},
    {FIELD_USER_ID, STANDARD_USER_ID},
    {FIELD_GROUP_ID, STANDARD_GROUP_ID},
    {FIELD_PREVIOUS_ID, STANDARD_PREVIOUS_ID},
    {FIELD_NAME, STANDARD_NAME},
    {FIELD_CATEGORY, STANDARD_CATEGORY},
};

#define TEXT_FIELDS (sizeof text_fields / sizeof text_fields[0])

/* The id was set before: the first of the fields is only looked at for its discard. */
static void
set_texts(struct transform *t, enum table_kind kind)
{
    t->standard[STANDARD_EVENT] = (struct standard_value){0};
    t->standard[STANDARD_EVENT_TEXT] = (struct standard_value){0};
    for (size_t i = 1; i < TEXT_FIELDS; i++) {
        t->standard[text_fields[i].role] = (struct standard_value){0};
        if (standard_has(kind, text_fields[i].role))
            set_text(t, text_fields[i].role, &t->event.fields[text_fields[i].field]);
    }
    if (kind == TABLE_TRACKS)
        set_text(t, STANDARD_EVENT_TEXT, &t->event.fields[FIELD_EVENT]);
    if (t->standard[STANDARD_ANONYMOUS_ID].text.length == 0 &&
        t->standard[STANDARD_USER_ID].text.length == 0)
        t->counts.anonymous++;
}

/* Standard fields of the wrong kind, and times that are none. */
static int
discard_odd_fields(struct transform *t, const struct batch *batch,
                   const struct times *times, struct error *err)
{
    for (size_t i = 0; i < 4; i++)
        if (times->state[i] == TIME_BAD &&
            discard(t, batch, time_fields[i].role,
                    &t->event.fields[time_fields[i].field], ROW_BAD_TIME, err))
            return -1;
    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const struct cell *cell = &t->event.fields[text_fields[i].field];

        if ((cell->kind == CELL_ARRAY || cell->kind == CELL_OBJECT) &&
            standard_has(batch->table->kind, text_fields[i].role) &&
            discard(t, batch, text_fields[i].role, cell, ROW_BAD_TEXT, err))
            return -1;
    }
    return 0;
}

/*
 * Pages and screens take `name` and `category` from the properties where the top level has
 * none; where both say the same, one of them is enough; where they differ, the property
 * goes its way to the column with an underscore.
 */
static void
borrow_property(struct transform *t, struct span key, enum standard role)
{
    struct standard_value *value = &t->standard[role];
    struct event *e = &t->event;

    for (size_t i = 0; i < e->cell_count; i++) {
        struct cell *cell = &e->cells[i];
        const struct path_node *node = &e->paths.nodes[cell->node];
        bool is_repaired;
        struct span text;

        if (node->depth != 2 || node->area != AREA_PROPERTIES ||
            cell->kind == CELL_DEAD || !is_scalar(cell) ||
            !span_equal((struct span){node->key, node->key_length}, key))
            continue;
        text = value_plain(cell, &t->scratch, &is_repaired);
        if (value->text.length > 0 && !span_equal(text, value->text))
            continue;
        if (value->text.length == 0)
            set_text(t, role, cell);
        cell->kind = CELL_DEAD;
    }
}

/* ---- rows ---- */

static enum transform_result
reject(struct transform *t, const char *reason, size_t bad_at)
{
    t->reason = reason;
    t->bad_at = bad_at;
    return TRANSFORM_REJECTED;
}

static int
add_row(struct transform *t, struct batch *batch, bool *ret_is_too_long,
        struct error *err)
{
    struct row_counts counts = {0};

    if (place_cells(t, batch, &counts, err))
        return -1;
    return row_write(t, batch, &counts, ret_is_too_long, err);
}

/* The event's own table, and `tracks` beside it for a track event. The longer row goes
 * first: when it is too long, neither is added. */
static int
write_rows(struct transform *t, enum table_kind kind, const struct times *times,
           bool *ret_is_too_long, struct error *err)
{
    struct batch *fixed;
    struct batch *own = NULL;

    if (route_fixed(t, kind, &fixed, err))
        return -1;
    if (kind == TABLE_TRACKS && route_event(t, &own, err))
        return -1;
    if (kind == TABLE_PAGES || kind == TABLE_SCREENS) {
        borrow_property(t, SPAN("name"), STANDARD_NAME);
        borrow_property(t, SPAN("category"), STANDARD_CATEGORY);
    }
    *ret_is_too_long = false;
    if (own != NULL && add_row(t, own, ret_is_too_long, err))
        return -1;
    if (!*ret_is_too_long && add_row(t, fixed, ret_is_too_long, err))
        return -1;
    return discard_odd_fields(t, fixed, times, err);
}

static int
transform_event(struct transform *t, struct span line,
                const struct transform_origin *origin, enum transform_result *ret,
                struct error *err)
{
    const struct window *window = &t->options.window;
    enum table_kind kind = route_kind(t);
    struct times times;
    bool is_too_long;

    if (kind == TABLE_KIND_COUNT) {
        *ret = reject(t, t->reason, 0);
        return 0;
    }
    set_times(t, origin, &times);
    if (t->options.by_received_at && (t->received_us < window->from_s * SECOND_US ||
                                      t->received_us >= window->until_s * SECOND_US)) {
        *ret = TRANSFORM_FILTERED;
        return 0;
    }
    if (set_id(t, line, err))
        return -1;
    set_texts(t, kind);
    t->counts.made_times += times.state[RECEIVED] != TIME_GOOD;
    if (write_rows(t, kind, &times, &is_too_long, err))
        return -1;
    *ret = is_too_long ? reject(t, "too long", 0) : TRANSFORM_LOADED;
    return 0;
}

int
transform_line(struct transform *t, struct span line,
               const struct transform_origin *origin, enum transform_result *ret,
               struct error *err)
{
    enum event_status status;

    t->touched_count = 0;
    if (bound_paths(t, err) ||
        event_scan(&t->event, line.data, line.length, &status, err))
        return -1;
    if (status == EVENT_BLANK) {
        *ret = TRANSFORM_BLANK;
        return 0;
    }
    t->counts.lines++;
    if (status != EVENT_OK)
        *ret = reject(t, event_status_reason(status),
                      status == EVENT_NOT_JSON ? t->event.bad_at : 0);
    else if (transform_event(t, line, origin, ret, err))
        return -1;
    t->counts.events += *ret == TRANSFORM_LOADED;
    t->counts.rejected += *ret == TRANSFORM_REJECTED;
    t->counts.filtered += *ret == TRANSFORM_FILTERED;
    return 0;
}
