#include "report.h"

#include "figure.h"
#include "grid.h"

const char *
report_outcome(enum run_outcome outcome)
{
    static const char *const words[] = {
        [RUN_LOADED] = "loaded",   [RUN_ALREADY] = "already", [RUN_EMPTY] = "empty",
        [RUN_PLANNED] = "planned", [RUN_STAGED] = "staged",
    };

    return words[outcome];
}

static void
add_label(const struct report_style *style, const char *label, struct text *ret)
{
    grid_mark(style, ret);
    text_addf(ret, "%-9s", label);
}

/* The first line: what was done to which hour of what. */
static void
add_title(const struct run_report *report, const struct report_style *style,
          struct text *ret)
{
    const struct inventory *in = &report->inventory;
    char hour[WINDOW_NAME_SIZE];

    window_name(in->window.from_s, hour);
    grid_mark(style, ret);
    switch (report->outcome) {
    case RUN_LOADED:
        text_addf(ret, "%s is loaded into %.*s (load %.*s)\n", hour,
                  SPAN_ARG(in->schema), SPAN_ARG(in->load_id));
        break;
    case RUN_ALREADY:
        text_addf(ret, "%s was loaded into %.*s before (load %.*s): nothing to do\n",
                  hour, SPAN_ARG(in->schema), SPAN_ARG(in->load_id));
        break;
    case RUN_EMPTY:
        text_addf(ret, "%s has no events for %.*s: nothing to do\n", hour,
                  SPAN_ARG(in->schema));
        break;
    case RUN_PLANNED:
        text_addf(ret, "%s would be loaded into %.*s by these statements\n", hour,
                  SPAN_ARG(in->schema));
        break;
    case RUN_STAGED:
        text_addf(ret, "%s is staged for %.*s (load %.*s)\n", hour,
                  SPAN_ARG(in->schema), SPAN_ARG(in->load_id));
        break;
    }
}

/* "3 rejected (0.01 %)" and the like, behind a comma. */
static void
add_share(struct text *ret, uint64_t part, uint64_t whole, const char *word)
{
    if (part == 0)
        return;
    text_add_string(ret, ", ");
    figure_count(ret, part);
    text_addf(ret, " %s (", word);
    figure_percent(ret, part, whole);
    text_add_char(ret, ')');
}

static void
add_events(const struct run_report *report, const struct report_style *style,
           struct text *ret)
{
    const struct counts *c = &report->inventory.counts;

    add_label(style, "events", ret);
    figure_count(ret, c->events);
    if (c->lines != c->events) {
        text_add_string(ret, " in ");
        figure_count(ret, c->lines);
        text_add_string(ret, " lines");
    }
    add_share(ret, c->rejected, c->lines, "rejected");
    add_share(ret, c->filtered, c->lines, "not of this hour");
    text_add_char(ret, '\n');
}

static void
add_objects(const struct run_report *report, const struct report_style *style,
            struct text *ret)
{
    const struct counts *c = &report->inventory.counts;

    add_label(style, "objects", ret);
    figure_count(ret, c->objects);
    text_add_string(ret, ", ");
    figure_bytes(ret, c->stored_bytes);
    text_add_string(ret, ", ");
    figure_bytes(ret, c->raw_bytes);
    text_addf(ret, " unpacked, from %.*s\n", SPAN_ARG(report->inventory.source));
}

/* What happened to values: only when something did. */
static void
add_values(const struct run_report *report, const struct report_style *style,
           struct text *ret)
{
    const struct counts *c = &report->inventory.counts;

    if (c->truncated + c->repaired + c->discards == 0)
        return;
    add_label(style, "values", ret);
    figure_count(ret, c->values);
    add_share(ret, c->truncated, c->values, "cut to their column's size");
    add_share(ret, c->repaired, c->values, "with text mended");
    add_share(ret, c->discards, c->values, "in rsload_discards");
    text_add_char(ret, '\n');
}

static void
add_time(const struct run_report *report, const struct report_style *style,
         struct text *ret)
{
    const struct counts *c = &report->inventory.counts;

    add_label(style, "time", ret);
    figure_seconds(ret, report->total_s);
    text_add_string(ret, " (list ");
    figure_seconds(ret, report->list_s);
    text_add_string(ret, ", read ");
    figure_seconds(ret, report->extract_s);
    text_add_string(ret, ", load ");
    figure_seconds(ret, report->load_s);
    text_add_string(ret, "), ");
    figure_byte_rate(ret, c->raw_bytes, report->total_s);
    text_add_string(ret, "/s, ");
    figure_rate(ret, c->events, report->total_s);
    text_add_string(ret, " events/s\n");
}

static void
add_statements(const struct run_report *report, struct text *ret)
{
    for (size_t i = 0; i < report->statement_count; i++) {
        text_add(ret, report->statements[i]);
        text_add_string(ret, ";\n");
    }
    if (report->statement_count > 0)
        text_add_char(ret, '\n');
}

void
report_text(const struct run_report *report, const struct report_style *style,
            struct text *ret)
{
    struct report_style marked = *style;

    if (report->outcome == RUN_PLANNED)
        marked.mark = "-- ";
    add_statements(report, ret);
    add_title(report, &marked, ret);
    if (report->outcome == RUN_ALREADY || report->outcome == RUN_EMPTY)
        return;
    if (report->table_count > 0) {
        grid_mark(&marked, ret);
        grid_end_line(ret);
        grid_tables(report, &marked, ret);
    }
    grid_mark(&marked, ret);
    grid_end_line(ret);
    add_events(report, &marked, ret);
    add_objects(report, &marked, ret);
    add_values(report, &marked, ret);
    add_time(report, &marked, ret);
    if (report->staged.length > 0 && report->outcome == RUN_STAGED) {
        add_label(&marked, "staged", ret);
        text_addf(ret, "%.*s\n", SPAN_ARG(report->staged));
    }
}
