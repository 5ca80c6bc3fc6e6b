#include "fields.h"

#include "occurrence.h"
#include "row.h"
#include "stamp.h"
#include "value.h"

#define SECOND_US INT64_C(1000000)

/* Go's zero time: senders write it where they mean nothing. */
#define ZERO_TIME_US (INT64_C(-62135596800) * SECOND_US)

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

static enum fields_time_state
read_time(struct transform *t, const struct cell *cell, int64_t *ret_us)
{
    struct span text = cell_text(cell);
    bool is_repaired;
    bool is_read;

    if (cell->kind == CELL_STRING && cell->flags != 0)
        text = value_plain(cell, &t->scratch, &is_repaired);
    if (cell->kind == CELL_NULL || text.length == 0)
        return FIELDS_TIME_ABSENT;
    if (cell->kind == CELL_STRING)
        is_read = stamp_read(text, ret_us);
    else if (cell->kind == CELL_INTEGER || cell->kind == CELL_REAL)
        is_read = stamp_read_epoch(text, ret_us);
    else
        is_read = false;
    if (!is_read)
        return FIELDS_TIME_BAD;
    return *ret_us == ZERO_TIME_US ? FIELDS_TIME_ABSENT : FIELDS_TIME_GOOD;
}

static const struct {
    enum path_field field;
    enum standard role;
} time_fields[4] = {
    {FIELD_RECEIVED_AT, STANDARD_RECEIVED_AT},
    {FIELD_SENT_AT, STANDARD_SENT_AT},
    {FIELD_ORIGINAL_TIMESTAMP, STANDARD_ORIGINAL_TIMESTAMP},
    {FIELD_TIMESTAMP, STANDARD_TIMESTAMP},
};

/*
 * When the event happened, corrected for the sender's clock: what its own clock says lies
 * between writing and sending is taken from the time of receipt.
 * Source: Segment Spec, "Common Fields", timestamp.
 */
static int64_t
happened_us(const struct fields_times *times, int64_t received_us)
{
    const enum fields_time_state *state = times->state;
    int64_t us;

    if (state[FIELDS_TIMESTAMP] == FIELDS_TIME_GOOD)
        return times->us[FIELDS_TIMESTAMP];
    if (state[FIELDS_RECEIVED] == FIELDS_TIME_GOOD &&
        state[FIELDS_SENT] == FIELDS_TIME_GOOD &&
        state[FIELDS_ORIGINAL] == FIELDS_TIME_GOOD) {
        us = times->us[FIELDS_RECEIVED] -
             (times->us[FIELDS_SENT] - times->us[FIELDS_ORIGINAL]);
        if (stamp_in_range(us))
            return us;
    }
    return state[FIELDS_ORIGINAL] == FIELDS_TIME_GOOD ? times->us[FIELDS_ORIGINAL]
                                                      : received_us;
}

void
fields_set_times(struct transform *t, const struct transform_origin *origin,
                 struct fields_times *times)
{
    for (size_t i = 0; i < 4; i++) {
        const struct cell *cell = &t->event.fields[time_fields[i].field];

        times->state[i] = read_time(t, cell, &times->us[i]);
        t->standard[time_fields[i].role] = (struct standard_value){0};
        if (times->state[i] == FIELDS_TIME_GOOD)
            set_time(t, time_fields[i].role, times->us[i]);
    }
    /* never the clock: the event would move to another hour when it is read again */
    t->received_us = times->state[FIELDS_RECEIVED] == FIELDS_TIME_GOOD
                         ? times->us[FIELDS_RECEIVED]
                     : origin->modified_s != 0 ? origin->modified_s * SECOND_US
                                               : t->options.window.from_s * SECOND_US;
    if (times->state[FIELDS_RECEIVED] != FIELDS_TIME_GOOD)
        set_time(t, STANDARD_RECEIVED_AT, t->received_us);
    if (times->state[FIELDS_TIMESTAMP] != FIELDS_TIME_GOOD)
        set_time(t, STANDARD_TIMESTAMP, happened_us(times, t->received_us));
}

int
fields_set_id(struct transform *t, struct span line, struct error *err)
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
void
fields_set_texts(struct transform *t, enum table_kind kind)
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
int
fields_discard_odd(struct transform *t, const struct batch *batch,
                   const struct fields_times *times, struct error *err)
{
    for (size_t i = 0; i < 4; i++)
        if (times->state[i] == FIELDS_TIME_BAD &&
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

void
fields_borrow_properties(struct transform *t)
{
    borrow_property(t, SPAN("name"), STANDARD_NAME);
    borrow_property(t, SPAN("category"), STANDARD_CATEGORY);
}
