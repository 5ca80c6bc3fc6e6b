#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ini.h"
#include "options_table.h"

/* A configuration file over this is something else. */
#define FILE_LIMIT ((size_t)1 << 20)

/*
 * What one place says: the command line, or a part of the file. Contradictions are
 * looked for within a place; between two, the nearer one wins.
 */
struct layer {
    const char *values[OPTION_COUNT]; /* NULL: not said; a flag: "yes" or "no" */
    unsigned lines[OPTION_COUNT];     /* in the file; 0: the command line */
};

struct file_reading {
    const char *section; /* the one asked for, or NULL */
    bool has_section;    /* it was met */
    struct arena *arena;
    struct layer common; /* above the first section */
    struct layer own;    /* in that section */
};

static bool
is_said(const struct layer *layer, size_t i)
{
    return layer->values[i] != NULL &&
           (option_rows[i].argument != NULL || strcmp(layer->values[i], "no") != 0);
}

/* Put where the option `i` of `layer` stands in front of the error. */
static int
located(struct error *err, const struct layer *layer, size_t i, const char *file)
{
    if (layer->lines[i] == 0)
        return error_in(err, "--%s", option_rows[i].name);
    err->kind = ERROR_CONFIG;
    return error_in(err, "%s: line %u: %s", file, layer->lines[i], option_rows[i].name);
}

static int
unknown(struct error *err, enum error_kind kind, const char *dashes, struct span name)
{
    const char *near = option_nearest(name);

    (void)error_set(err, kind, "unknown option \"%s%.*s\"", dashes, SPAN_ARG(name));
    if (near != NULL)
        return error_hint(err, "did you mean %s%s?", dashes, near);
    return error_hint(err, "see rsload --help");
}

/* Find the option that `argument` names; put what stands behind its "=" or its letter
 * into `*ret_value`, or NULL. */
static int
find_argument(const char *argument, size_t *ret, const char **ret_value,
              struct error *err)
{
    size_t length;
    size_t i = 0;

    if (argument[0] == '-' && argument[1] == '-' && argument[2] != '\0') {
        length = strcspn(argument + 2, "=");
        i = option_find((struct span){argument + 2, length});
        if (i == OPTION_COUNT)
            return unknown(err, ERROR_USAGE, "--", (struct span){argument + 2, length});
        *ret_value = argument[2 + length] == '=' ? argument + 3 + length : NULL;
        *ret = i;
        return 0;
    }
    if (argument[0] != '-' || argument[1] == '\0' || argument[1] == '-') {
        (void)error_set(err, ERROR_USAGE, "unexpected argument \"%s\"", argument);
        return error_hint(err, "options begin with --; see rsload --help");
    }
    while (i < OPTION_COUNT && option_rows[i].letter != argument[1])
        i++;
    if (i == OPTION_COUNT)
        return unknown(err, ERROR_USAGE, "-", (struct span){argument + 1, 1});
    *ret_value = argument[2] != '\0' ? argument + 2 : NULL;
    *ret = i;
    return 0;
}

/* Read argv into `ret`, up to --help or --version. */
static int
read_line(int argc, char *const argv[], struct layer *ret, struct options *options,
          struct error *err)
{
    for (int at = 1; at < argc; at++) {
        const char *value = NULL;
        size_t i = 0;

        if (find_argument(argv[at], &i, &value, err))
            return -1;
        if (option_rows[i].argument == NULL) {
            if (value != NULL) {
                (void)error_set(err, ERROR_USAGE, "takes no value");
                return located(err, ret, i, NULL);
            }
            value = "yes";
        } else if (value == NULL) {
            /* "--schema --quiet" forgot something; no value begins that way */
            if (at + 1 >= argc || strncmp(argv[at + 1], "--", 2) == 0) {
                (void)error_set(err, ERROR_USAGE, "the value is missing");
                return located(err, ret, i, NULL);
            }
            value = argv[++at];
        }
        if (ret->values[i] != NULL) {
            (void)error_set(err, ERROR_USAGE, "given twice");
            return located(err, ret, i, NULL);
        }
        ret->values[i] = value;
        if (strcmp(option_rows[i].name, "help") == 0)
            options->action = OPTIONS_HELP;
        if (strcmp(option_rows[i].name, "version") == 0)
            options->action = OPTIONS_VERSION;
        if (options->action != OPTIONS_RUN)
            return 0;
    }
    return 0;
}

static int
check_flag(struct span value, struct error *err)
{
    if (span_equal(value, SPAN("yes")) || span_equal(value, SPAN("no")))
        return 0;
    return error_set(err, ERROR_CONFIG, "\"%.*s\" is neither yes nor no",
                     SPAN_ARG(value));
}

/* Every line of the file is checked as far as its name, also those of other
 * sections. */
static int
take_entry(void *context, const struct ini_entry *entry, struct error *err)
{
    struct file_reading *reading = context;
    bool is_own = reading->section != NULL &&
                  span_equal(entry->section, span_of(reading->section));
    struct layer *layer = is_own ? &reading->own : &reading->common;
    struct span copy;
    size_t i;

    reading->has_section |= is_own;
    if (entry->name.length == 0)
        return 0;
    i = option_find(entry->name);
    if (i == OPTION_COUNT)
        return unknown(err, ERROR_CONFIG, "", entry->name);
    if (option_rows[i].set == NULL)
        return error_set(err, ERROR_CONFIG, "\"%s\" only works on the command line",
                         option_rows[i].name);
    if (option_rows[i].argument == NULL && check_flag(entry->value, err))
        return error_in(err, "%s", option_rows[i].name);
    if (entry->section.length != 0 && !is_own)
        return 0;
    if (layer->values[i] != NULL)
        return error_set(err, ERROR_CONFIG, "\"%s\" stands in line %u already",
                         option_rows[i].name, layer->lines[i]);
    if (arena_copy(reading->arena, entry->value, &copy, err))
        return -1;
    layer->values[i] = copy.data;
    layer->lines[i] = entry->line;
    return 0;
}

/* Read the whole of `path` into `ret`. */
static int
read_text(const char *path, struct text *ret, struct error *err)
{
    FILE *file = fopen(path, "r");
    int rc = 0;

    if (file == NULL)
        return error_set(err, ERROR_CONFIG, "cannot be opened: %s", strerror(errno));
    while (!feof(file) && rc == 0) {
        char *room = text_room(ret, 4096);

        if (room == NULL) {
            rc = error_set(err, ERROR_CONFIG, "is over %zu bytes: no configuration",
                           FILE_LIMIT);
            break;
        }
        ret->length += fread(room, 1, 4096, file);
        if (ferror(file))
            rc = error_set(err, ERROR_CONFIG, "cannot be read: %s", strerror(errno));
    }
    (void)fclose(file); /* only read from */
    return rc;
}

static int
read_file(const char *path, struct file_reading *reading, struct error *err)
{
    struct text text = {.limit = FILE_LIMIT};
    int rc = read_text(path, &text, err);

    if (rc == 0)
        rc = ini_read(text_span(&text), take_entry, reading, err);
    text_release(&text);
    if (rc == 0 && reading->section != NULL && !reading->has_section)
        rc = error_set(err, ERROR_CONFIG, "has no section \"%s\"", reading->section);
    return rc == 0 ? 0 : error_in(err, "%s", path);
}

/* The rival of option `i` in the pair `pair`; OPTION_COUNT when `i` is not in it. */
static size_t
rival_of(const struct option_rivals *pair, size_t i)
{
    if (strcmp(pair->one, option_rows[i].name) == 0)
        return option_find(span_of(pair->other));
    if (strcmp(pair->other, option_rows[i].name) == 0)
        return option_find(span_of(pair->one));
    return OPTION_COUNT;
}

static int
check_rivals(const struct layer *layer, const char *file, struct error *err)
{
    for (size_t p = 0; p < option_rival_count; p++) {
        size_t one = option_find(span_of(option_rivals[p].one));
        size_t other = option_find(span_of(option_rivals[p].other));

        if (!is_said(layer, one) || !is_said(layer, other))
            continue;
        (void)error_set(err, ERROR_USAGE, "contradicts %s%s",
                        layer->lines[one] == 0 ? "--" : "", option_rivals[p].other);
        return located(err, layer, one, file);
    }
    return 0;
}

/* Lay `upper` over `ret`: what it says stands, and what that contradicts falls. */
static void
lay_over(struct layer *ret, const struct layer *upper)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (upper->values[i] == NULL)
            continue;
        for (size_t p = 0; p < option_rival_count && is_said(upper, i); p++) {
            size_t rival = rival_of(&option_rivals[p], i);

            if (rival != OPTION_COUNT && upper->values[rival] == NULL)
                ret->values[rival] = NULL;
        }
        ret->values[i] = upper->values[i];
        ret->lines[i] = upper->lines[i];
    }
}

static int
apply(const struct layer *layer, const char *file, struct options *ret,
      struct error *err)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->set == NULL || !is_said(layer, i))
            continue;
        if (row->set(ret, row, layer->values[i], err))
            return located(err, layer, i, file);
    }
    return 0;
}

static struct options
defaults(void)
{
    return (struct options){
        .mode = RUN_ALL,
        .window = {OPTIONS_UNSET, OPTIONS_UNSET},
        .lag_s = INT64_C(15) * 60,
        .dialect = TARGET_DETECT,
        .dedupe = TARGET_DEDUPE_TABLE,
        .dedupe_days = 30,
        .lock_timeout_s = INT64_C(10) * 60,
        .memory_bytes = UINT64_C(128) << 20,
        .part_bytes = UINT64_C(64) << 20,
        .compress = COMPRESS_GZIP,
        .max_rejects = UINT64_MAX,
        .max_reject_share = 0.01,
    };
}

int
options_parse(int argc, char *const argv[], struct arena *arena, struct options *ret,
              struct error *err)
{
    struct options options = defaults();
    struct layer line = {0};
    const char *file;
    const char *section;

    if (read_line(argc, argv, &line, &options, err))
        return -1;
    if (options.action == OPTIONS_RUN) {
        struct file_reading reading = {.arena = arena};
        struct layer merged;

        file = line.values[option_find(SPAN("config"))];
        section = line.values[option_find(SPAN("section"))];
        reading.section = section;
        if (section != NULL && file == NULL)
            return error_set(err, ERROR_USAGE, "--section needs --config");
        if (file != NULL && read_file(file, &reading, err))
            return -1;
        if (check_rivals(&reading.common, file, err) ||
            check_rivals(&reading.own, file, err) || check_rivals(&line, NULL, err))
            return -1;
        merged = reading.common;
        lay_over(&merged, &reading.own);
        lay_over(&merged, &line);
        if (apply(&merged, file, &options, err) || options_check(&options, arena, err))
            return -1;
    }
    *ret = options;
    return 0;
}
