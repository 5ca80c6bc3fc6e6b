/*
 * rsload -- load an hour of customer events from S3 into Amazon Redshift.
 *
 * The program around the library: only here, and in the files beside this one, are the
 * command line, the environment, the clock and randomness read, signals heard, lines
 * printed, and an exit code chosen.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <curl/curl.h>

#include "compose.h"
#include "console.h"
#include "entropy.h"
#include "load_id.h"
#include "options.h"
#include "report.h"
#include "signals.h"
#include "terminal.h"

#ifndef RSLOAD_VERSION
#define RSLOAD_VERSION "0.1.0"
#endif

/* All that one process has. */
struct program {
    struct options options;
    struct arena arena; /* of the options and of the run's settings */
    struct signals signals;
    struct stop *stop;
    struct console *console;
    struct compose compose;
};

/* Put `s` on stdout, all of it, now. */
static int
print(struct span s, struct error *err)
{
    if (fwrite(s.data, 1, s.length, stdout) == s.length && fflush(stdout) == 0)
        return 0;
    return error_set(err, ERROR_IO, "cannot write to standard output: %s",
                     strerror(errno));
}

static int
print_help(struct error *err)
{
    struct text help = {0};
    int rc;

    options_help(&help);
    rc = text_check(&help, err);
    if (rc == 0)
        rc = print(text_span(&help), err);
    text_release(&help);
    return rc;
}

/* Print the result of an hour; `why` is not NULL when it failed. */
static int
print_report(const struct program *p, const struct run_report *report, int64_t from_s,
             const struct error *why, struct error *err)
{
    struct report_style style = {
        .width = terminal_width(STDOUT_FILENO),
        .is_utf8 = terminal_is_utf8(),
    };
    struct text text = {0};
    int rc = 0;

    if (p->options.report == OPTIONS_TEXT) {
        if (why == NULL)
            report_text(report, &style, &text);
    } else if (why == NULL)
        rc = report_json(report, &text, err);
    else
        rc = report_json_failure(from_s, why, &text, err);
    if (rc == 0)
        rc = text_check(&text, err);
    if (rc == 0 && text.length > 0)
        rc = print(text_span(&text), err);
    text_release(&text);
    return rc;
}

static int
make_load_id(char ret[LOAD_ID_SIZE], int64_t *ret_now_s, struct error *err)
{
    unsigned char random[LOAD_ID_RANDOM];
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now); /* always there */
    if (entropy_fill(random, sizeof random, err))
        return -1;
    load_id_make((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, random, ret);
    *ret_now_s = now.tv_sec;
    return 0;
}

static unsigned
job_count(const struct options *o)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (o->jobs != 0)
        return (unsigned)o->jobs;
    return processors < 1 ? 1 : processors > 8 ? 8 : (unsigned)processors;
}

static struct run_options
run_options(const struct program *p, const struct compose_hour *hour, int64_t from_s,
            int64_t now_s, struct span load_id)
{
    const struct options *o = &p->options;

    return (struct run_options){
        .mode = o->mode,
        .window = window_hour(from_s),
        .load_id = load_id,
        .now_s = now_s,
        .tool = SPAN("rsload " RSLOAD_VERSION),
        .sources = hour->sources,
        .source_count = hour->source_count,
        .source_prefix = hour->source_prefix,
        .source_url = hour->source_url,
        .by_received_at = o->by_received_at,
        .staging = &hour->staging,
        .schema = span_of(o->schema),
        .jobs = job_count(o),
        .memory_bytes = o->memory_bytes,
        .part_bytes = o->part_bytes,
        .compress = o->compress,
        .max_rejects = o->max_rejects,
        .max_reject_share = o->max_reject_share,
        .target = p->compose.has_target ? &p->compose.target : NULL,
    };
}

/* Load one hour and print what came of it. */
static int
load_hour(struct program *p, int64_t from_s, struct error *err)
{
    struct compose_hour hour;
    struct run_options options;
    struct run_report report = {0};
    struct progress progress = {0};
    struct arena arena = {0};
    char load_id[LOAD_ID_SIZE];
    char name[WINDOW_NAME_SIZE];
    struct say say = console_say(p->console);
    struct error ignored;
    int64_t now_s;
    int rc = -1;

    window_name(from_s, name);
    if (make_load_id(load_id, &now_s, err))
        return -1;
    if (p->options.load_id != NULL)
        memcpy(load_id, p->options.load_id, sizeof load_id);
    if (compose_hour(&p->compose, from_s, span_of(load_id), &hour, err))
        goto out;
    options = run_options(p, &hour, from_s, now_s, span_of(load_id));
    if (console_watch(p->console, &progress, span_of(name), err))
        goto out;
    rc = run_hour(&options, p->stop, &say, &progress, &arena, &report, err);
    console_unwatch(p->console);
    if (rc != 0)
        (void)error_in(err, "load %s", name);
out:
    /* The failure itself matters more than that it could not be reported as JSON. */
    if (rc != 0)
        (void)print_report(p, NULL, from_s, err, &ignored);
    else if (print_report(p, &report, from_s, NULL, err))
        rc = error_in(err, "%s is done, but the report of it", name);
    arena_release(&arena);
    return rc;
}

/* Load each hour of the window in turn, to the first that fails. */
static int
load_hours(struct program *p, struct error *err)
{
    struct window window = p->options.window;
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now); /* always there */
    if (!p->options.has_window)
        window = window_default(now.tv_sec, p->options.lag_s);
    for (int64_t from_s = window.from_s; from_s < window.until_s;
         from_s += WINDOW_HOUR_S) {
        bool is_next = from_s > window.from_s;

        if (stop_check(p->stop, err))
            return -1;
        if (is_next && p->options.report == OPTIONS_TEXT && print(SPAN("\n"), err))
            return -1;
        if (load_hour(p, from_s, err))
            return -1;
    }
    return 0;
}

/*
 * No core file and no debugger of another process of this user may have the keys that
 * are about to be read. Not earlier: a file named /dev/fd/N could not be opened then.
 */
static void
hide_memory(void)
{
#ifdef __linux__
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a kernel without it changes nothing */
#endif
}

/* Everything between the options and the exit code. */
static int
run(struct program *p, struct error *err)
{
    if (p->options.action == OPTIONS_HELP)
        return print_help(err);
    if (p->options.action == OPTIONS_VERSION)
        return print(SPAN("rsload " RSLOAD_VERSION "\n"), err);
    hide_memory();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_IO, "libcurl cannot be initialised");
    if (stop_new(&p->stop, err) || signals_watch(&p->signals, p->stop, err) ||
        compose_init(&p->compose, &p->options, p->stop, console_say(p->console),
                     &p->arena, err))
        return -1;
    return load_hours(p, err);
}

/* Before the options are known, what they say about stderr is not: look for the one
 * word that a machine reading stderr relies on. */
static bool
wants_json_log(int argc, char *const argv[])
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--log-format=json") == 0 ||
            (strcmp(argv[i], "--log-format") == 0 && i + 1 < argc &&
             strcmp(argv[i + 1], "json") == 0))
            return true;
    return false;
}

int
main(int argc, char *argv[])
{
    struct program p = {0};
    struct console_style style = {.is_json = wants_json_log(argc, argv)};
    struct error err = {0};
    int rc;

    signals_block(&p.signals);
    rc = options_parse(argc, argv, &p.arena, &p.options, &err);
    if (rc == 0)
        style = (struct console_style){
            .is_json = p.options.log_format == OPTIONS_JSON,
            .is_quiet = p.options.is_quiet,
            .is_verbose = p.options.is_verbose,
        };
    /* It fails only without memory: then one plain line must do. */
    if (console_new(&style, &p.console, rc == 0 ? &err : &(struct error){0}) != 0) {
        (void)fputs("rsload: out of memory\n", stderr);
        return error_exit_code(ERROR_IO);
    }
    if (rc == 0)
        rc = run(&p, &err);
    if (rc != 0)
        console_error(p.console, &err);
    compose_release(&p.compose);
    signals_unwatch(&p.signals);
    stop_free(p.stop);
    console_free(p.console);
    arena_release(&p.arena);
    return rc == 0 ? 0 : error_exit_code(err.kind);
}
