/* The order of things without a warehouse: listing, staging, load.json, the outcomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "listing.h"
#include "progress.h"
#include "run.h"
#include "say.h"
#include "staged.h"
#include "store_file.h"

#define HOUR_S INT64_C(1795269600) /* 2026-11-21T14 */

/* A folder with a source and a staging below it, and a run from one to the other. */
struct world {
    char folder[64];
    char source_url[100];
    char staging_url[100];
    struct store_place source;
    struct store_place staging;
    struct stop *stop;
    struct progress progress;
    struct arena arena;
    struct run_options options;
    struct run_report report;
    struct error err;
};

static void
begin(struct world *w)
{
    memset(w, 0, sizeof *w);
    (void)snprintf(w->folder, sizeof w->folder, "%s/rsload-run-XXXXXX",
                   getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(w->source_url, sizeof w->source_url, "file://%s/in", w->folder);
    (void)snprintf(w->staging_url, sizeof w->staging_url, "file://%s/st", w->folder);
    assert_int_equal(
        store_file_place(span_of(w->source_url), NULL, &w->source, &w->err), 0);
    assert_int_equal(
        store_file_place(span_of(w->staging_url), NULL, &w->staging, &w->err), 0);
    assert_int_equal(stop_new(&w->stop, &w->err), 0);
    w->options = (struct run_options){
        .mode = RUN_STAGE_ONLY,
        .window = {HOUR_S, HOUR_S + WINDOW_HOUR_S},
        .load_id = SPAN("01jd0000000000000000000000"),
        .now_s = HOUR_S + 4500,
        .tool = SPAN("rsload test"),
        .sources = &w->source,
        .source_count = 1,
        .source_url = span_of(w->source_url),
        .staging = &w->staging,
        .schema = SPAN("web"),
        .jobs = 2,
        .memory_bytes = (uint64_t)64 << 20,
        .part_bytes = (uint64_t)1 << 20,
        .compress = COMPRESS_GZIP,
        .max_rejects = UINT64_MAX,
        .max_reject_share = 0.5,
    };
}

static void
end(struct world *w)
{
    char command[100];

    stop_free(w->stop);
    arena_release(&w->arena);
    (void)snprintf(command, sizeof command, "rm -r '%s'", w->folder);
    assert_int_equal(system(command), 0);
}

static void
put(struct world *w, const char *key, const char *content)
{
    struct span piece = span_of(content);
    struct store *store;

    assert_int_equal(store_open(&w->source, &store, &w->err), 0);
    assert_int_equal(store_put(store, span_of(key), &piece, 1, &w->err), 0);
    store_close(store);
}

static int
run(struct world *w)
{
    return run_hour(&w->options, w->stop, NULL, &w->progress, &w->arena, &w->report,
                    &w->err);
}

#define PAGE(id) "{\"type\":\"page\",\"messageId\":\"" id "\",\"name\":\"Home\"}\n"

static void
test_stage(void **state)
{
    struct world w;
    struct inventory again;

    (void)state;
    begin(&w);
    put(&w, "b.json", PAGE("1") PAGE("2"));
    put(&w, "a.json", "nonsense\n" PAGE("3"));
    if (run(&w))
        fail_msg("%s: %s", w.err.what, w.err.why);
    assert_int_equal(w.report.outcome, RUN_STAGED);
    assert_int_equal(w.report.table_count, 1);
    assert_int_equal(w.report.tables[0].rows, 3);
    assert_true(span_equal(w.report.staged, span_of(w.staging_url)));
    /* load.json says the same when it is read again */
    assert_int_equal(staged_read(&w.staging, &w.arena, &again, &w.err), 0);
    assert_int_equal(again.object_count, 2);
    assert_true(span_equal(again.objects[0].key, SPAN("a.json")));
    assert_int_equal(again.counts.events, 3);
    assert_int_equal(again.counts.rejected, 1);
    assert_true(span_equal(again.tables[0].name, SPAN("pages")));
    end(&w);
}

static void
test_empty(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    assert_int_equal(run(&w), 0);
    assert_int_equal(w.report.outcome, RUN_EMPTY);
    assert_int_equal(staged_read(&w.staging, &w.arena, &w.report.inventory, &w.err),
                     -1);
    assert_int_equal(w.err.kind, ERROR_SOURCE);
    assert_non_null(strstr(w.err.hint, "staged load"));
    end(&w);
}

static void
test_too_many_rejects(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    put(&w, "a.json", "no\nno\n" PAGE("1"));
    assert_int_equal(run(&w), -1);
    assert_int_equal(w.err.kind, ERROR_DATA);
    assert_string_equal(w.err.why, "2 of 3 lines are no events");
    assert_non_null(strstr(w.err.hint, "rejects.ndjson.gz"));
    end(&w);
    /* a number ends it at once */
    begin(&w);
    put(&w, "a.json", "no\nno\n" PAGE("1"));
    w.options.max_rejects = 1;
    w.options.max_reject_share = 1;
    assert_int_equal(run(&w), -1);
    assert_int_equal(w.err.kind, ERROR_DATA);
    end(&w);
}

static void
test_stopped(void **state)
{
    struct world w;
    struct error why;

    (void)state;
    begin(&w);
    put(&w, "a.json", PAGE("1"));
    (void)error_set(&why, ERROR_TERMINATED, "stopped by SIGTERM");
    stop_ask(w.stop, &why);
    assert_int_equal(run(&w), -1);
    assert_int_equal(w.err.kind, ERROR_TERMINATED);
    end(&w);
}

/* Two sources: keys alone would not tell their objects apart. */
static void
test_listing(void **state)
{
    struct world w;
    struct listing listing;
    struct store_place places[2];
    static const bool only_second[] = {false, true};

    (void)state;
    begin(&w);
    put(&w, "x.json", PAGE("1"));
    places[0] = w.source;
    places[1] = w.source;
    assert_int_equal(
        listing_read(places, 1, SPAN(""), w.stop, &w.arena, &listing, &w.err), 0);
    assert_int_equal(listing.count, 1);
    assert_true(span_equal(listing.objects[0].key, SPAN("x.json")));
    assert_int_equal(listing_bytes(&listing), strlen(PAGE("1")));
    assert_int_equal(
        listing_read(places, 2, SPAN("x"), w.stop, &w.arena, &listing, &w.err), 0);
    assert_int_equal(listing.count, 2);
    assert_true(span_starts(listing.objects[1].key, span_of(w.source_url)));
    assert_true(span_equal(listing.sources[1].object.key, SPAN("x.json")));
    listing_keep(&listing, only_second);
    assert_int_equal(listing.count, 1);
    assert_ptr_equal(listing.sources[0].source, &places[1]);
    end(&w);
}

static void
keep_line(void *context, enum say_level level, const char *text)
{
    (void)snprintf(context, 100, "%d %s", (int)level, text);
}

static void
test_say(void **state)
{
    char line[100] = "";
    struct say listener = {keep_line, line};

    (void)state;
    say(&listener, SAY_WARNING, "%d objects in %s", 3, "s3://b");
    assert_string_equal(line, "2 3 objects in s3://b");
    say(NULL, SAY_INFO, "nobody listens");
    say(&(struct say){0}, SAY_INFO, "nobody listens");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stage),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_too_many_rejects),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
