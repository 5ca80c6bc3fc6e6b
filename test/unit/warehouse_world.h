/* warehouse_world -- a target on a fake libpq, a staged load of two tables, its folder. */
#ifndef RSLOAD_WAREHOUSE_WORLD_H
#define RSLOAD_WAREHOUSE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialect_postgres.h"
#include "dialect_redshift.h"
#include "fake_libpq.h"
#include "inventory.h"
#include "pg.h"
#include "say.h"
#include "stop.h"
#include "store_file.h"
#include "target.h"

#define WORLD_ROLE         "arn:aws:iam::123456789012:role/copy"
#define WORLD_LOAD         "01arz3ndektsv4rrffq69g5fav"
#define WORLD_FROM         INT64_C(1795269600) /* 2026-11-21 14:00 */
#define WORLD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct world {
    struct target_options options;
    struct target *target;
    struct stop *stop;
    struct say say;
    struct text said;
    struct arena arena;
    char folder[64];
    char url[80];
    struct store_file_config file;
    struct store_place staging;
    struct object objects[2];
    struct column columns[2][6];
    struct table tables[2];
    struct part parts[3];
    struct inventory inventory;
};

static inline void
world_hear(void *context, enum say_level level, const char *text)
{
    struct world *w = context;

    text_addf(&w->said, "%d %s\n", (int)level, text);
}

/* "identifies" with two parts of 4 and 5 columns, and "tracks" with one: 3 rows each. */
static inline void
world_fill(struct world *w)
{
    static const char *const names[] = {"id", "received_at", "load_id", "user_id",
                                        "plan"};

    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < 5; i++) {
            w->columns[t][i] = (struct column){.name = span_of(names[i])};
            w->columns[t][i].type = i == 1 ? COLUMN_TIMESTAMP : COLUMN_VARCHAR;
            w->columns[t][i].max_bytes = i == 1 ? 0 : 20;
        }
        w->tables[t] = (struct table){.columns = w->columns[t], .column_count = 5};
    }
    w->tables[0].name = SPAN("identifies");
    w->tables[1].name = SPAN("tracks");
    w->tables[1].column_count = 4;
    w->parts[0] = (struct part){SPAN("identifies/0001.csv"), 0, 4, 2, 60, 60};
    w->parts[1] = (struct part){SPAN("identifies/0002.csv"), 0, 5, 1, 30, 30};
    w->parts[2] = (struct part){SPAN("tracks/0001.csv"), 1, 4, 3, 90, 90};
    w->objects[0] = (struct object){SPAN("a.gz"), 10, SPAN("\"1\""), 0};
    w->objects[1] = (struct object){SPAN("b.gz"), 20, SPAN("\"2\""), 0};
    w->inventory = (struct inventory){
        .load_id = SPAN(WORLD_LOAD),
        .window = {WORLD_FROM, WORLD_FROM + WINDOW_HOUR_S},
        .source = SPAN("s3://in/2026/11/21/14/"),
        .schema = SPAN("raw"),
        .tool = SPAN("rsload 1.0"),
        .started_s = WORLD_FROM + 4000,
        .compress = COMPRESS_NONE,
        .objects = w->objects,
        .object_count = 2,
        .tables = w->tables,
        .table_count = 2,
        .parts = w->parts,
        .part_count = 3,
        .counts = {.events = 6, .rejected = 1},
    };
}

/* A staging folder below TMPDIR; nothing is in it. */
static inline void
world_stage(struct world *w)
{
    const char *tmp = getenv("TMPDIR");
    struct error err = {0};

    (void)snprintf(w->folder, sizeof w->folder, "%.40s/rsload-load-XXXXXX",
                   tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(w->url, sizeof w->url, "file://%s", w->folder);
    assert_int_equal(0, store_file_place(span_of(w->url), &w->file, &w->staging, &err));
}

/* Options for a test; the caller may change them before world_open. */
static inline void
world_init(struct world *w)
{
    *w = (struct world){0};
    w->options = (struct target_options){
        .schema = SPAN("raw"),
        .dialect = TARGET_REDSHIFT,
        .iam_role = SPAN(WORLD_ROLE),
        .attempts = 3,
        .retry_base_ms = 2,
    };
    w->say = (struct say){world_hear, w};
    world_fill(w);
    world_stage(w);
}

static inline void
world_open(struct world *w)
{
    struct error err = {0};

    assert_int_equal(0, stop_new(&w->stop, &err));
    if (target_open(&w->options, w->stop, &w->say, &w->target, &err))
        fail_msg("%s: %s", err.what, err.why);
}

static inline void
world_close(struct world *w)
{
    char command[128];

    target_close(w->target);
    stop_free(w->stop);
    text_release(&w->said);
    arena_release(&w->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
    assert_int_equal(0, system(command));
    fake_end();
}

/* Does `text` hold `part`? Both are shown when not. */
static inline void
world_assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("missing: %s\nin: %s", part, text);
}

#endif
