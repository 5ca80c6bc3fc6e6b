#include "bar.h"

#include <string.h>

#include "figure.h"

/* The bar itself, in columns of the terminal; narrower ones get none. */
#define BAR_WIDTH 12

struct bar
bar_look(const struct progress *p, struct span hour, double elapsed_s)
{
    return (struct bar){
        .hour = hour,
        .phase = (enum progress_phase)atomic_load(&p->phase),
        .objects = atomic_load(&p->objects),
        .objects_total = atomic_load(&p->objects_total),
        .stored_bytes = atomic_load(&p->stored_bytes),
        .stored_total = atomic_load(&p->stored_total),
        .raw_bytes = atomic_load(&p->raw_bytes),
        .lines = atomic_load(&p->lines),
        .parts = atomic_load(&p->parts),
        .steps = atomic_load(&p->steps),
        .steps_total = atomic_load(&p->steps_total),
        .elapsed_s = elapsed_s,
    };
}

/* Objects that are half read count by their bytes, when the listing gave sizes. */
double
bar_share(const struct bar *bar)
{
    double done = 0;
    double all = 0;

    if (bar->phase == PROGRESS_READING) {
        bool has_bytes = bar->stored_total > 0;

        done = (double)(has_bytes ? bar->stored_bytes : bar->objects);
        all = (double)(has_bytes ? bar->stored_total : bar->objects_total);
    } else if (bar->phase == PROGRESS_LOADING) {
        done = (double)bar->steps;
        all = (double)bar->steps_total;
    }
    if (all <= 0)
        return -1;
    return done < all ? done / all : 1;
}

static const char *
phase_word(enum progress_phase phase)
{
    switch (phase) {
    case PROGRESS_LISTING: return "listing";
    case PROGRESS_READING: return "reading";
    case PROGRESS_LOADING: return "loading";
    case PROGRESS_DONE: break;
    }
    return "done";
}

/* What is known about the phase: "8 of 16 objects, 48,000 lines, 83.1 MB/s". */
static void
add_facts(const struct bar *bar, bool has_lines, struct text *ret)
{
    if (bar->phase == PROGRESS_READING) {
        figure_count(ret, bar->objects);
        text_add_string(ret, " of ");
        figure_count(ret, bar->objects_total);
        text_add_string(ret, " objects, ");
        if (has_lines) {
            figure_count(ret, bar->lines);
            text_add_string(ret, " lines, ");
        }
        figure_byte_rate(ret, bar->raw_bytes, bar->elapsed_s);
        text_add_string(ret, "/s");
    } else if (bar->phase == PROGRESS_LOADING && bar->steps_total > 0) {
        figure_count(ret, bar->steps);
        text_add_string(ret, " of ");
        figure_count(ret, bar->steps_total);
        text_add_string(ret, " COPYs");
    }
}

static void
add_bar(double share, bool is_utf8, struct text *ret)
{
    int full = (int)(share * BAR_WIDTH);

    if (!is_utf8)
        text_add_char(ret, '[');
    for (int i = 0; i < BAR_WIDTH; i++)
        if (is_utf8)
            text_add_string(ret, i < full ? "\xe2\x94\x81" : "\xe2\x94\x80");
        else
            text_add_char(ret, i < full ? '#' : '.');
    if (!is_utf8)
        text_add_char(ret, ']');
    text_addf(ret, " %3d %%", (int)(share * 100));
}

/* An hour and a word always; a bar and the facts where there is room; then the time. */
void
bar_draw(const struct bar *bar, size_t width, bool is_utf8, struct text *ret)
{
    /* "  [bar] 100 %": drawn of characters that are one column wide each */
    size_t bar_width = 2 + BAR_WIDTH + 6 + (is_utf8 ? 0 : 2);
    double share = bar_share(bar);
    struct text facts = {0};
    struct text time = {0};
    size_t used;

    text_addf(&time, "  %lu:%02lu", (unsigned long)bar->elapsed_s / 60,
              (unsigned long)bar->elapsed_s % 60);
    text_addf(ret, "%.*s  %s", SPAN_ARG(bar->hour), phase_word(bar->phase));
    used = bar->hour.length + 2 + strlen(phase_word(bar->phase)) + time.length;
    if (share >= 0 && used + bar_width <= width) {
        text_add_string(ret, "  ");
        add_bar(share, is_utf8, ret);
        used += bar_width;
    }
    add_facts(bar, false, &facts);
    if (facts.length > 0 && used + 2 + facts.length <= width)
        text_addf(ret, "  %.*s", SPAN_ARG(text_span(&facts)));
    text_add(ret, text_span(&time));
    text_release(&facts);
    text_release(&time);
}

void
bar_tell(const struct bar *bar, struct text *ret)
{
    double share = bar_share(bar);
    struct text facts = {0};

    text_addf(ret, "%.*s: %s", SPAN_ARG(bar->hour), phase_word(bar->phase));
    add_facts(bar, true, &facts);
    if (facts.length > 0)
        text_addf(ret, ": %.*s", SPAN_ARG(text_span(&facts)));
    if (share >= 0)
        text_addf(ret, ", %d %%", (int)(share * 100));
    text_add_string(ret, ", ");
    figure_seconds(ret, bar->elapsed_s);
    text_release(&facts);
}
