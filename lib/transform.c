#include "transform.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "place.h"
#include "route.h"
#include "stamp.h"

#define SECOND_US INT64_C(1000000)

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
    free(t->losers);
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
write_rows(struct transform *t, enum table_kind kind, const struct fields_times *times,
           bool *ret_is_too_long, struct error *err)
{
    struct batch *fixed;
    struct batch *own = NULL;

    if (route_fixed(t, kind, &fixed, err))
        return -1;
    if (kind == TABLE_TRACKS && route_event(t, &own, err))
        return -1;
    if (kind == TABLE_PAGES || kind == TABLE_SCREENS)
        fields_borrow_properties(t);
    *ret_is_too_long = false;
    if (own != NULL && add_row(t, own, ret_is_too_long, err))
        return -1;
    if (!*ret_is_too_long && add_row(t, fixed, ret_is_too_long, err))
        return -1;
    return fields_discard_odd(t, fixed, times, err);
}

static int
transform_event(struct transform *t, struct span line,
                const struct transform_origin *origin, enum transform_result *ret,
                struct error *err)
{
    const struct window *window = &t->options.window;
    enum table_kind kind = route_kind(t);
    struct fields_times times;
    bool is_too_long;

    if (kind == TABLE_KIND_COUNT) {
        *ret = reject(t, t->reason, 0);
        return 0;
    }
    fields_set_times(t, origin, &times);
    if (t->options.by_received_at && (t->received_us < window->from_s * SECOND_US ||
                                      t->received_us >= window->until_s * SECOND_US)) {
        *ret = TRANSFORM_FILTERED;
        return 0;
    }
    if (fields_set_id(t, line, err))
        return -1;
    fields_set_texts(t, kind);
    t->counts.made_times += times.state[FIELDS_RECEIVED] != FIELDS_TIME_GOOD;
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
