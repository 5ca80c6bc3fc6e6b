#include "report.h"

#include <stdio.h>

#include <cjson/cJSON.h>

/* What is being written; cJSON says by NULL that memory is short, which is told
 * once. */
struct writer {
    struct text string; /* a span with its NUL, for cJSON */
    bool is_failed;
};

static void
add_string(struct writer *w, cJSON *object, const char *name, struct span s)
{
    text_clear(&w->string);
    text_add(&w->string, s);
    if (cJSON_AddStringToObject(object, name, text_string(&w->string)) == NULL)
        w->is_failed = true;
}

/* As raw text: cJSON's own numbers are exact to 15 digits only. */
static void
add_count(struct writer *w, cJSON *object, const char *name, uint64_t count)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    if (cJSON_AddRawToObject(object, name, digits) == NULL)
        w->is_failed = true;
}

/* To the millisecond, always with its three digits. */
static void
add_seconds(struct writer *w, cJSON *object, const char *name, double seconds)
{
    char digits[32];

    (void)snprintf(digits, sizeof digits, "%.3f", seconds);
    if (cJSON_AddRawToObject(object, name, digits) == NULL)
        w->is_failed = true;
}

static void
add_bool(struct writer *w, cJSON *object, const char *name, bool value)
{
    if (cJSON_AddBoolToObject(object, name, value) == NULL)
        w->is_failed = true;
}

static cJSON *
add_object(struct writer *w, cJSON *object, const char *name)
{
    cJSON *item = cJSON_AddObjectToObject(object, name);

    w->is_failed |= item == NULL;
    return item;
}

static void
add_hour(struct writer *w, cJSON *root, const char *name, int64_t time_s)
{
    char hour[WINDOW_NAME_SIZE];

    window_name(time_s, hour);
    add_string(w, root, name, span_of(hour));
}

static void
add_tables(struct writer *w, cJSON *root, const struct run_report *report)
{
    cJSON *items = cJSON_AddArrayToObject(root, "tables");

    w->is_failed |= items == NULL;
    for (size_t i = 0; i < report->table_count && !w->is_failed; i++) {
        const struct run_table *t = &report->tables[i];
        cJSON *item = cJSON_CreateObject();

        if (item == NULL || !cJSON_AddItemToArray(items, item)) {
            cJSON_Delete(item);
            w->is_failed = true;
            return;
        }
        add_string(w, item, "name", t->name);
        add_count(w, item, "rows", t->rows);
        add_count(w, item, "duplicates", t->duplicates);
        add_count(w, item, "columns", t->columns);
        add_count(w, item, "new_columns", t->new_columns);
        add_bool(w, item, "is_new", t->is_new);
        add_count(w, item, "parts", t->parts);
    }
}

static void
add_counts(struct writer *w, cJSON *root, const struct counts *counts)
{
    cJSON *item = add_object(w, root, "counts");

    add_count(w, item, "objects", counts->objects);
    add_count(w, item, "stored_bytes", counts->stored_bytes);
    add_count(w, item, "raw_bytes", counts->raw_bytes);
    add_count(w, item, "lines", counts->lines);
    add_count(w, item, "events", counts->events);
    add_count(w, item, "rejected", counts->rejected);
    add_count(w, item, "filtered", counts->filtered);
    add_count(w, item, "rows", counts->rows);
    add_count(w, item, "values", counts->values);
    add_count(w, item, "cells", counts->cells);
    add_count(w, item, "discards", counts->discards);
    add_count(w, item, "nulls", counts->nulls);
    add_count(w, item, "truncated", counts->truncated);
    add_count(w, item, "repaired", counts->repaired);
}

static void
add_statements(struct writer *w, cJSON *root, const struct run_report *report)
{
    cJSON *items = cJSON_AddArrayToObject(root, "statements");

    w->is_failed |= items == NULL;
    for (size_t i = 0; i < report->statement_count && !w->is_failed; i++) {
        cJSON *item;

        text_clear(&w->string);
        text_add(&w->string, report->statements[i]);
        item = cJSON_CreateString(text_string(&w->string));
        if (item == NULL || !cJSON_AddItemToArray(items, item)) {
            cJSON_Delete(item);
            w->is_failed = true;
        }
    }
}

/* Print `root` as one line behind `ret`, and free it and what the writer holds. */
static int
finish(struct writer *w, cJSON *root, struct text *ret, struct error *err)
{
    char *line = NULL;

    if (root != NULL && !w->is_failed && !w->string.is_failed)
        line = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    text_release(&w->string);
    if (line == NULL)
        return error_no_memory(err);
    text_add_string(ret, line);
    text_add_char(ret, '\n');
    cJSON_free(line);
    return text_check(ret, err);
}

int
report_json(const struct run_report *report, struct text *ret, struct error *err)
{
    const struct inventory *in = &report->inventory;
    struct writer w = {0};
    cJSON *root = cJSON_CreateObject();
    cJSON *seconds;

    add_string(&w, root, "outcome", span_of(report_outcome(report->outcome)));
    add_hour(&w, root, "from", in->window.from_s);
    add_hour(&w, root, "until", in->window.until_s);
    add_string(&w, root, "schema", in->schema);
    add_string(&w, root, "load_id", in->load_id);
    add_string(&w, root, "source", in->source);
    add_string(&w, root, "staged", report->staged);
    add_string(&w, root, "tool", in->tool);
    add_tables(&w, root, report);
    add_counts(&w, root, &in->counts);
    seconds = add_object(&w, root, "seconds");
    add_seconds(&w, seconds, "list", report->list_s);
    add_seconds(&w, seconds, "extract", report->extract_s);
    add_seconds(&w, seconds, "load", report->load_s);
    add_seconds(&w, seconds, "total", report->total_s);
    if (report->outcome == RUN_PLANNED)
        add_statements(&w, root, report);
    return finish(&w, root, ret, err);
}

int
report_json_failure(int64_t from_s, const struct error *why, struct text *ret,
                    struct error *err)
{
    struct writer w = {0};
    cJSON *root = cJSON_CreateObject();
    cJSON *error;

    add_string(&w, root, "outcome", SPAN("failed"));
    add_hour(&w, root, "from", from_s);
    add_hour(&w, root, "until", from_s + WINDOW_HOUR_S);
    error = add_object(&w, root, "error");
    add_string(&w, error, "kind", span_of(error_kind_name(why->kind)));
    add_count(&w, error, "exit_code", (uint64_t)error_exit_code(why->kind));
    add_string(&w, error, "what", span_of(why->what));
    add_string(&w, error, "why", span_of(why->why));
    add_string(&w, error, "hint", span_of(why->hint));
    return finish(&w, root, ret, err);
}
