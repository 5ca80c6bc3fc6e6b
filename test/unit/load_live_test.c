/* load on a real PostgreSQL: RSLOAD_PG_ENV names a file with PGHOST=..., a line each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "pg.h"
#include "say.h"
#include "stop.h"
#include "store_file.h"
#include "target.h"

#define FROM INT64_C(1795269600) /* 2026-11-21 14:00 */

static const char *const keys[] = {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD",
                                   "PGDATABASE"};
static const char *const keywords[] = {"host",     "port",   "user",
                                       "password", "dbname", NULL};

static char values[5][128];
static const char *value_list[6];
static char schema[32];
static char folder[64];
static char url[80];

static struct column columns[2][6];
static struct table tables[2];
static struct part parts[4];
static struct object object;

/* One load of up to four parts; the world of a test. */
struct live {
    struct target_options options;
    struct target *target;
    struct store_place staging;
    struct store_file_config file;
    struct inventory inventory;
    struct load_report report;
    struct arena arena;
};

static int
read_env(void)
{
    const char *path = getenv("RSLOAD_PG_ENV");
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    char line[256];

    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL)
        for (size_t i = 0; i < 5; i++) {
            size_t length = strlen(keys[i]);

            if (strncmp(line, keys[i], length) == 0 && line[length] == '=')
                (void)snprintf(values[i], sizeof values[i], "%.*s",
                               (int)strcspn(line + length + 1, "\n"),
                               line + length + 1);
        }
    (void)fclose(file);
    for (size_t i = 0; i < 5; i++)
        value_list[i] = values[i];
    return 0;
}

static void
run_sql(struct live *l, const char *sql)
{
    struct error err = {0};

    if (pg_run(l->target->pg, span_of(sql), NULL, &err))
        fail_msg("%s: %s", sql, err.why);
}

/* The answer's cells of one column, joined with blanks. */
static void
assert_answer(struct live *l, const char *wanted, const char *format)
{
    struct pg_rows *rows = NULL;
    struct text sql = {0};
    struct text got = {0};
    struct error err = {0};

    for (const char *p = format; *p != '\0'; p++) {
        if (*p == '$')
            text_add_string(&sql, schema);
        else
            text_add_char(&sql, *p);
    }
    if (pg_ask(l->target->pg, text_span(&sql), &rows, &err))
        fail_msg("%s: %s", text_string(&sql), err.why);
    for (size_t i = 0; i < pg_rows_count(rows); i++) {
        text_addf(&got, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(pg_rows_cell(rows, i, 0)));
    }
    assert_string_equal(wanted, text_string(&got));
    pg_rows_free(rows);
    text_release(&sql);
    text_release(&got);
}

static void
begin(struct live *l)
{
    static const char *const names[] = {"id",      "received_at", "uuid_ts",
                                        "load_id", "user_id",     "plan"};
    static const struct say silent;
    struct error err = {0};

    *l = (struct live){0};
    (void)snprintf(schema, sizeof schema, "live_%ld", (long)getpid());
    (void)snprintf(folder, sizeof folder, "%.40s/rsload-live-XXXXXX",
                   getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(url, sizeof url, "file://%s", folder);
    assert_int_equal(0, store_file_place(span_of(url), &l->file, &l->staging, &err));
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < 6; i++)
            columns[t][i] = (struct column){
                .name = span_of(names[i]),
                .type = i == 1 || i == 2 ? COLUMN_TIMESTAMP : COLUMN_VARCHAR,
                .max_bytes = 20,
            };
        tables[t] = (struct table){.columns = columns[t], .column_count = 6};
    }
    tables[0].name = SPAN("identifies");
    tables[1].name = SPAN("tracks");
    l->options = (struct target_options){.keywords = keywords,
                                         .values = value_list,
                                         .schema = span_of(schema),
                                         .attempts = 3,
                                         .retry_base_ms = 10};
    if (target_open(&l->options, NULL, &silent, &l->target, &err))
        fail_msg("%s: %s", err.what, err.why);
}

static void
end(struct live *l)
{
    char command[128];
    struct text sql = {0};

    text_addf(&sql, "DROP SCHEMA IF EXISTS %s CASCADE", schema);
    run_sql(l, text_string(&sql));
    text_release(&sql);
    target_close(l->target);
    arena_release(&l->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(0, system(command));
}

/* Put a part and note it. A row is "id,time,user,plan", the rest is added. */
static void
add_part(struct live *l, size_t table, const char *load, const char *const *rows,
         size_t count)
{
    struct part *part = &parts[l->inventory.part_count];
    struct store *store = NULL;
    struct text csv = {0};
    struct text key = {0};
    struct error err = {0};
    struct span piece;

    for (size_t i = 0; i < count; i++) {
        char id[32] = "";
        char time[32] = "";
        char user[32] = "";
        char plan[32] = "";

        (void)sscanf(rows[i], "%31[^,],%31[^,],%31[^,],%31[^,]", id, time, user, plan);
        text_addf(&csv, "\"%s\",2026-11-21 %s,2026-11-21 16:00:00,\"%s\",", id, time,
                  load);
        if (user[0] != '-')
            text_addf(&csv, "\"%s\"", user);
        text_add_char(&csv, ',');
        if (plan[0] != '-')
            text_addf(&csv, "\"%s\"", plan);
        text_add_char(&csv, '\n');
    }
    text_addf(&key, "%s/%s-%zu.csv", table == 0 ? "identifies" : "tracks", load,
              l->inventory.part_count);
    piece = text_span(&csv);
    assert_int_equal(0, store_open(&l->staging, &store, &err));
    assert_int_equal(0, store_put(store, text_span(&key), &piece, 1, &err));
    store_close(store);
    *part = (struct part){.table = table,
                          .column_count = 6,
                          .rows = count,
                          .size_bytes = csv.length,
                          .raw_bytes = csv.length};
    assert_int_equal(0, arena_copy(&l->arena, text_span(&key), &part->key, &err));
    l->inventory.part_count++;
    text_release(&csv);
    text_release(&key);
}

/* Begin a load of one object; parts are added after. */
static void
begin_load(struct live *l, const char *load, const char *key, const char *etag)
{
    object = (struct object){span_of(key), 10, span_of(etag), 0};
    l->inventory = (struct inventory){
        .load_id = span_of(load),
        .window = {FROM, FROM + WINDOW_HOUR_S},
        .source = SPAN("file:///in/"),
        .tool = SPAN("test"),
        .started_s = FROM + 7200,
        .compress = COMPRESS_NONE,
        .objects = &object,
        .object_count = 1,
        .tables = tables,
        .table_count = 2,
        .parts = parts,
    };
}

static void
load(struct live *l)
{
    struct load_job job = {.inventory = &l->inventory, .staging = &l->staging};
    struct error err = {0};

    if (load_run(l->target, &job, &l->arena, &l->report, &err))
        fail_msg("%s: %s", err.what, err.why);
}

static void
test_dedupe_and_rerun(void **state)
{
    static const char *const first[] = {"m1,14:00:00,-,old", "m1,14:00:05,-,new",
                                        "m2,14:01:00,u1,x"};
    static const char *const late[] = {"m2,14:02:00,u1,later", "m3,14:03:00,-,y"};
    static const char *const changed[] = {"m9,14:04:00,-,z"};
    struct error err = {0};
    struct live l;

    (void)state;
    if (read_env()) {
        print_message("skipped: RSLOAD_PG_ENV is not set\n");
        skip();
    }
    begin(&l);
    begin_load(&l, "01a", "a.gz", "1");
    add_part(&l, 1, "01a", first, 3);
    load(&l);
    assert_int_equal(LOAD_DONE, l.report.outcome);
    assert_int_equal(2, l.report.tables[1].rows);
    assert_int_equal(1, l.report.tables[1].duplicates);
    assert_answer(&l, "m1=new m2=x",
                  "SELECT id || '=' || plan FROM $.tracks ORDER BY id");
    /* the same once more: nothing */
    begin_load(&l, "01b", "a.gz", "1");
    add_part(&l, 1, "01b", first, 3);
    load(&l);
    assert_int_equal(LOAD_ALREADY, l.report.outcome);
    assert_answer(&l, "2", "SELECT COUNT(*) FROM $.tracks");
    /* a late object, with an event that was there */
    begin_load(&l, "01c", "b.gz", "1");
    add_part(&l, 1, "01c", late, 2);
    load(&l);
    assert_int_equal(1, l.report.tables[1].duplicates);
    assert_answer(&l, "m1=01a m2=01c m3=01c",
                  "SELECT id || '=' || load_id FROM $.tracks ORDER BY id");
    assert_answer(&l, "01a 01c", "SELECT load_id FROM $.rsload_loads ORDER BY 1");
    /* the first object changed, and the second is not there: refused, then replaced */
    begin_load(&l, "01d", "a.gz", "2");
    add_part(&l, 1, "01d", changed, 1);
    assert_int_equal(-1, load_run(l.target,
                                  &(struct load_job){.inventory = &l.inventory,
                                                     .staging = &l.staging},
                                  &l.arena, &l.report, &err));
    assert_int_equal(ERROR_SOURCE, err.kind);
    l.options.rerun = TARGET_RERUN_REPLACE;
    load(&l);
    assert_int_equal(3, l.report.replaced_rows);
    assert_answer(&l, "m9", "SELECT id FROM $.tracks");
    assert_answer(&l, "01d", "SELECT load_id FROM $.rsload_loads");
    end(&l);
}

static void
test_users(void **state)
{
    static const char *const hour[] = {"i1,14:00:00,u1,free", "i2,14:10:00,u1,pro",
                                       "i3,14:20:00,u1,-", "i4,14:00:00,u2,-",
                                       "i5,14:00:00,-,nobody"};
    static const char *const earlier[] = {"i6,13:00:00,u1,old", "i7,13:00:00,u2,gap"};
    char sql[128];
    struct live l;

    (void)state;
    if (read_env()) {
        print_message("skipped: RSLOAD_PG_ENV is not set\n");
        skip();
    }
    begin(&l);
    begin_load(&l, "01a", "a.gz", "1");
    add_part(&l, 0, "01a", hour, 5);
    load(&l);
    assert_int_equal(2, l.report.users);
    /* null never clears a value, received_at is the newest */
    assert_answer(&l, "u1=pro=14:20 u2=?=14:00",
                  "SELECT id || '=' || COALESCE(plan, '?') || '=' ||"
                  " to_char(received_at, 'HH24:MI') FROM $.users ORDER BY id");
    /* an older hour fills gaps only; a column of the owner's is left alone */
    (void)snprintf(sql, sizeof sql, "ALTER TABLE %s.users ADD COLUMN own int DEFAULT 7",
                   schema);
    run_sql(&l, sql);
    begin_load(&l, "01b", "b.gz", "1");
    add_part(&l, 0, "01b", earlier, 2);
    load(&l);
    assert_answer(
        &l, "u1=pro=14:20=01b=7 u2=gap=14:00=01b=7",
        "SELECT id || '=' || plan || '=' || to_char(received_at, 'HH24:MI') ||"
        " '=' || load_id || '=' || own FROM $.users ORDER BY id");
    end(&l);
}

static void
test_window_mode_and_failure(void **state)
{
    static const char *const twice[] = {"m1,14:00:00,-,a", "m1,14:00:00,-,b",
                                        "m2,14:00:00,-,c"};
    static const char *const bad[] = {"m3,14:00:00,-,d", "m4,25:00:00,-,e"};
    struct load_job job;
    struct error err = {0};
    struct live l;

    (void)state;
    if (read_env()) {
        print_message("skipped: RSLOAD_PG_ENV is not set\n");
        skip();
    }
    begin(&l);
    l.options.dedupe = TARGET_DEDUPE_WINDOW;
    begin_load(&l, "01a", "a.gz", "1");
    add_part(&l, 1, "01a", twice, 3);
    load(&l);
    assert_int_equal(1, l.report.tables[1].duplicates);
    assert_answer(&l, "m1 m2", "SELECT id FROM $.tracks ORDER BY id");
    /* a bad row: named, and the warehouse is as it was */
    begin_load(&l, "01b", "b.gz", "1");
    add_part(&l, 1, "01b", bad, 2);
    job = (struct load_job){.inventory = &l.inventory, .staging = &l.staging};
    assert_int_equal(-1, load_run(l.target, &job, &l.arena, &l.report, &err));
    assert_int_equal(ERROR_WAREHOUSE, err.kind);
    assert_non_null(
        strstr(err.why, "line 2, column received_at: \"2026-11-21 25:00:00\""));
    assert_non_null(strstr(err.what, "part tracks/01b-0.csv"));
    assert_answer(&l, "m1 m2", "SELECT id FROM $.tracks ORDER BY id");
    assert_answer(&l, "01a", "SELECT load_id FROM $.rsload_loads");
    end(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dedupe_and_rerun),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_window_mode_and_failure),
    };

    return cmocka_run_group_tests_name("load_live", tests, NULL, NULL);
}
