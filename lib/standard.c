#include "standard.h"

/* The kinds as bits. */
#define KIND(k)   (1u << (k))
#define ALL_USERS (KIND(TABLE_KIND_COUNT) - 1) /* every table at all */
#define ALL       (ALL_USERS & ~KIND(TABLE_DISCARDS))
#define EVENTS    (ALL & ~KIND(TABLE_USERS))
#define TRACK     (KIND(TABLE_TRACKS) | KIND(TABLE_EVENT))
#define VIEWS     (KIND(TABLE_PAGES) | KIND(TABLE_SCREENS))
#define DISCARDS  KIND(TABLE_DISCARDS)

/* In the order in which a new table gets them. */
static const struct role {
    const char *name;
    enum column_type type;
    unsigned kinds;
} roles[STANDARD_COUNT] = {
    [STANDARD_NONE] = {"", COLUMN_VARCHAR, 0},
    [STANDARD_ID] = {"id", COLUMN_VARCHAR, ALL},
    [STANDARD_RECEIVED_AT] = {"received_at", COLUMN_TIMESTAMP, ALL_USERS},
    [STANDARD_UUID_TS] = {"uuid_ts", COLUMN_TIMESTAMP, ALL_USERS},
    [STANDARD_LOAD_ID] = {"load_id", COLUMN_VARCHAR, ALL_USERS},
    [STANDARD_ANONYMOUS_ID] = {"anonymous_id", COLUMN_VARCHAR, EVENTS},
    [STANDARD_USER_ID] = {"user_id", COLUMN_VARCHAR, EVENTS},
    [STANDARD_EVENT] = {"event", COLUMN_VARCHAR, TRACK},
    [STANDARD_EVENT_TEXT] = {"event_text", COLUMN_VARCHAR, TRACK},
    [STANDARD_GROUP_ID] = {"group_id", COLUMN_VARCHAR, KIND(TABLE_GROUPS)},
    [STANDARD_PREVIOUS_ID] = {"previous_id", COLUMN_VARCHAR, KIND(TABLE_ALIASES)},
    [STANDARD_NAME] = {"name", COLUMN_VARCHAR, VIEWS},
    [STANDARD_CATEGORY] = {"category", COLUMN_VARCHAR, VIEWS},
    [STANDARD_ORIGINAL_TIMESTAMP] = {"original_timestamp", COLUMN_TIMESTAMP, EVENTS},
    [STANDARD_SENT_AT] = {"sent_at", COLUMN_TIMESTAMP, EVENTS},
    [STANDARD_TIMESTAMP] = {"timestamp", COLUMN_TIMESTAMP, EVENTS},
    [STANDARD_TABLE_NAME] = {"table_name", COLUMN_VARCHAR, DISCARDS},
    [STANDARD_ROW_ID] = {"row_id", COLUMN_VARCHAR, DISCARDS},
    [STANDARD_COLUMN_NAME] = {"column_name", COLUMN_VARCHAR, DISCARDS},
    [STANDARD_COLUMN_VALUE] = {"column_value", COLUMN_VARCHAR, DISCARDS},
    [STANDARD_REASON] = {"reason", COLUMN_VARCHAR, DISCARDS},
    [STANDARD_FOREIGN] = {"", COLUMN_VARCHAR, 0},
};

static const char *const tables[TABLE_KIND_COUNT] = {
    [TABLE_TRACKS] = "tracks",
    [TABLE_EVENT] = "",
    [TABLE_IDENTIFIES] = "identifies",
    [TABLE_PAGES] = "pages",
    [TABLE_SCREENS] = "screens",
    [TABLE_GROUPS] = "groups",
    [TABLE_ALIASES] = "aliases",
    [TABLE_USERS] = "users",
    [TABLE_DISCARDS] = "rsload_discards",
};

struct span
standard_table(enum table_kind kind)
{
    return span_of(tables[kind]);
}

struct span
standard_name(enum standard role)
{
    return span_of(roles[role].name);
}

enum column_type
standard_type(enum standard role)
{
    return roles[role].type;
}

bool
standard_has(enum table_kind kind, enum standard role)
{
    return (roles[role].kinds & KIND(kind)) != 0;
}

enum standard
standard_find(enum table_kind kind, struct span name)
{
    for (int i = STANDARD_NONE + 1; i < STANDARD_FOREIGN; i++)
        if (standard_has(kind, (enum standard)i) &&
            span_equal(name, span_of(roles[i].name)))
            return (enum standard)i;
    if (span_equal(name, SPAN("uuid")) || span_equal(name, SPAN("loaded_at")))
        return STANDARD_FOREIGN;
    return STANDARD_NONE;
}
