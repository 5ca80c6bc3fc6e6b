#include "console.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bar.h"
#include "message.h"
#include "stop.h"
#include "terminal.h"

#define DRAW_MS 200
#define TELL_MS 30000

struct console {
    struct console_style style;
    bool is_live; /* stderr is a terminal where a line can be drawn again */
    bool is_utf8;
    pthread_mutex_t lock; /* guards is_drawn and the order of lines; a leaf */
    bool is_drawn;        /* a bar stands in the last line */

    /* the watching; `end` is NULL when there is none */
    pthread_t thread;
    struct stop *end;
    const struct progress *progress;
    struct span hour;
    struct timespec begin;
};

int
console_new(const struct console_style *style, struct console **ret, struct error *err)
{
    struct console *console = calloc(1, sizeof *console);

    if (console == NULL)
        return error_no_memory(err);
    console->style = *style;
    console->is_live = !style->is_json && terminal_is_live(STDERR_FILENO);
    console->is_utf8 = terminal_is_utf8();
    (void)pthread_mutex_init(&console->lock, NULL); /* defaults: cannot fail */
    *ret = console;
    return 0;
}

void
console_free(struct console *console)
{
    if (console == NULL)
        return;
    console_unwatch(console);
    (void)pthread_mutex_destroy(&console->lock);
    free(console);
}

static int64_t
wall_clock_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now); /* always there */
    return now.tv_sec;
}

/* Nobody is left to be told when stderr cannot be written. */
static void
print(struct span s)
{
    while (s.length > 0) {
        ssize_t written = write(STDERR_FILENO, s.data, s.length);

        if (written <= 0)
            return;
        s.data += written;
        s.length -= (size_t)written;
    }
}

/* Print whole lines, over the bar if there is one; it comes back at its next turn. */
static void
print_lines(struct console *console, struct span lines)
{
    (void)pthread_mutex_lock(&console->lock);
    if (console->is_drawn)
        print(SPAN("\r\x1b[K"));
    console->is_drawn = false;
    print(lines);
    (void)pthread_mutex_unlock(&console->lock);
}

static void
say_line(void *context, enum say_level level, const char *text)
{
    struct console *console = context;
    struct text line = {0};

    if (level == SAY_DEBUG && !console->style.is_verbose)
        return;
    if (level == SAY_INFO && console->style.is_quiet)
        return;
    if (console->style.is_json)
        message_json(level, text, wall_clock_s(), &line);
    else
        message_text(level, text, &line);
    print_lines(console, text_span(&line));
    text_release(&line);
}

struct say
console_say(struct console *console)
{
    return (struct say){say_line, console};
}

void
console_error(struct console *console, const struct error *err)
{
    struct text line = {0};

    if (console->style.is_json)
        message_error_json(err, wall_clock_s(), &line);
    else
        message_error_text(err, &line);
    print_lines(console, text_span(&line));
    text_release(&line);
}

static double
elapsed_s(const struct timespec *begin)
{
    struct timespec now = *begin;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* always there */
    return (double)(now.tv_sec - begin->tv_sec) +
           (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

static void
draw(struct console *console, const struct bar *bar)
{
    struct text line = {0};
    size_t width = terminal_width(STDERR_FILENO);

    text_add_string(&line, "\r");
    /* the last column stays free: some terminals wrap when it is written */
    bar_draw(bar, width > 1 ? width - 1 : width, console->is_utf8, &line);
    text_add_string(&line, "\x1b[K");
    (void)pthread_mutex_lock(&console->lock);
    print(text_span(&line));
    console->is_drawn = true;
    (void)pthread_mutex_unlock(&console->lock);
    text_release(&line);
}

static void
tell(struct console *console, const struct bar *bar)
{
    struct text line = {0};

    bar_tell(bar, &line);
    say_line(console, SAY_INFO, text_string(&line));
    text_release(&line);
}

static void *
watch(void *context)
{
    struct console *console = context;
    int pause_ms = console->is_live ? DRAW_MS : TELL_MS;
    struct error over;

    while (stop_wait(console->end, pause_ms, &over) == 0) {
        struct bar bar = bar_look(console->progress, console->hour,
                                  elapsed_s(&console->begin));

        if (console->is_live)
            draw(console, &bar);
        else
            tell(console, &bar);
    }
    return NULL;
}

int
console_watch(struct console *console, const struct progress *progress,
              struct span hour, struct error *err)
{
    if (console->style.is_quiet)
        return 0;
    if (stop_new(&console->end, err))
        return -1;
    console->progress = progress;
    console->hour = hour;
    (void)clock_gettime(CLOCK_MONOTONIC, &console->begin); /* always there */
    if (pthread_create(&console->thread, NULL, watch, console) != 0) {
        stop_free(console->end);
        console->end = NULL;
        return error_set(err, ERROR_IO, "cannot start the thread that shows progress");
    }
    return 0;
}

void
console_unwatch(struct console *console)
{
    struct error over = {0};

    if (console->end == NULL)
        return;
    stop_ask(console->end, &over);
    (void)pthread_join(console->thread, NULL); /* it is ours and was started */
    stop_free(console->end);
    console->end = NULL;
    print_lines(console, (struct span){0});
}
