#include "aws_ini.h"

#include <string.h>

/* A parse under way. */
struct reader {
    struct arena *arena;
    struct aws_ini *ini;
    struct span section;
    bool has_section;
    struct aws_ini_entry *above; /* the property that an indented line belongs to */
    size_t line;
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span
trim(struct span s)
{
    while (s.length > 0 && is_blank(s.data[0]))
        s = (struct span){s.data + 1, s.length - 1};
    while (s.length > 0 && is_blank(s.data[s.length - 1]))
        s.length--;
    return s;
}

/* Cut a comment off: '#' or ';' behind a blank, or first of all. A secret may hold
 * both, but no blank. */
static struct span
cut_comment(struct span s)
{
    for (size_t i = 0; i < s.length; i++)
        if ((s.data[i] == '#' || s.data[i] == ';') &&
            (i == 0 || is_blank(s.data[i - 1])))
            return (struct span){s.data, i};
    return s;
}

static int
refuse(const struct reader *r, const char *what, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "line %zu: %s", r->line, what);
}

/* "[ profile  x ] # comment": the name with its blanks folded. */
static int
read_section(struct reader *r, struct span line, struct error *err)
{
    const char *end = memchr(line.data, ']', line.length);
    struct aws_ini_section *section = arena_alloc(r->arena, sizeof *section);
    struct text name = {0};
    struct span inside;
    int rc;

    if (section == NULL)
        return error_no_memory(err);
    if (end == NULL)
        return refuse(r, "a section without \"]\"", err);
    inside = trim((struct span){line.data + 1, (size_t)(end - line.data) - 1});
    for (size_t i = 0; i < inside.length; i++)
        if (!is_blank(inside.data[i]))
            text_add_char(&name, inside.data[i]);
        else if (!is_blank(inside.data[i - 1])) /* trimmed: the first is none */
            text_add_char(&name, ' ');
    rc = text_check(&name, err);
    if (rc == 0)
        rc = arena_copy(r->arena, text_span(&name), &section->name, err);
    text_release(&name);
    if (rc != 0)
        return rc;
    section->before = r->ini->last_section;
    r->ini->last_section = section;
    r->section = section->name;
    r->has_section = true;
    r->above = NULL;
    return 0;
}

/* "name = value" below the section, or below the property `parent`. */
static int
read_property(struct reader *r, struct span line, struct span parent,
              struct aws_ini_entry **ret, struct error *err)
{
    const char *equals = memchr(line.data, '=', line.length);
    struct aws_ini_entry *entry = arena_alloc(r->arena, sizeof *entry);
    size_t at;

    if (entry == NULL)
        return error_no_memory(err);
    if (equals == NULL)
        return refuse(r, "neither a section, a property nor a comment", err);
    if (!r->has_section)
        return refuse(r, "a property before the first section", err);
    at = (size_t)(equals - line.data);
    entry->section = r->section;
    entry->parent = parent;
    if (arena_copy(r->arena, trim((struct span){line.data, at}), &entry->name, err) ||
        arena_copy(
            r->arena,
            trim(cut_comment((struct span){line.data + at + 1, line.length - at - 1})),
            &entry->value, err))
        return -1;
    if (entry->name.length == 0)
        return refuse(r, "a property without a name", err);
    entry->before = r->ini->last;
    r->ini->last = entry;
    *ret = entry;
    return 0;
}

/* An indented line: a property of the one above when that has no value, else more of
 * its value. None of the properties we ask for goes over several lines: what continues
 * is kept apart by a line end, which no check of ours lets through. */
static int
read_indented(struct reader *r, struct span line, struct error *err)
{
    struct aws_ini_entry *child;
    struct text joined = {0};
    int rc;

    if (r->above == NULL)
        return refuse(r, "an indented line with no property above", err);
    if (r->above->value.length == 0)
        return read_property(r, line, r->above->name, &child, err);
    text_add(&joined, r->above->value);
    text_add_char(&joined, '\n');
    text_add(&joined, line);
    rc = text_check(&joined, err);
    if (rc == 0)
        rc = arena_copy(r->arena, text_span(&joined), &r->above->value, err);
    text_release(&joined);
    return rc;
}

static int
read_line(struct reader *r, struct span line, struct error *err)
{
    struct span content = trim(line);

    if (content.length == 0 || content.data[0] == '#' || content.data[0] == ';')
        return 0;
    if (is_blank(line.data[0]))
        return read_indented(r, content, err);
    if (line.data[0] == '[')
        return read_section(r, content, err);
    return read_property(r, content, (struct span){0}, &r->above, err);
}

int
aws_ini_parse(struct span file, struct arena *arena, struct aws_ini *ret,
              struct error *err)
{
    struct aws_ini ini = {0};
    struct reader r = {.arena = arena, .ini = &ini};
    struct span mark = SPAN("\xef\xbb\xbf");

    if (file.length > 0 && memchr(file.data, '\0', file.length) != NULL)
        return error_set(err, ERROR_CONFIG, "the file holds a NUL: it is no text");
    if (span_starts(file, mark))
        file = (struct span){file.data + mark.length, file.length - mark.length};
    while (file.length > 0) {
        const char *end = memchr(file.data, '\n', file.length);
        size_t length = end != NULL ? (size_t)(end - file.data) : file.length;
        struct span line = {file.data, length};

        r.line++;
        if (length > 0 && line.data[length - 1] == '\r')
            line.length--;
        if (read_line(&r, line, err))
            return -1;
        length += end != NULL ? 1 : 0;
        file = (struct span){file.data + length, file.length - length};
    }
    *ret = ini;
    return 0;
}

bool
aws_ini_has(const struct aws_ini *ini, struct span section)
{
    for (const struct aws_ini_section *s = ini->last_section; s != NULL; s = s->before)
        if (span_equal(s->name, section))
            return true;
    return false;
}

bool
aws_ini_find(const struct aws_ini *ini, struct span section, struct span parent,
             struct span name, struct span *ret)
{
    for (const struct aws_ini_entry *e = ini->last; e != NULL; e = e->before)
        if (span_equal(e->section, section) && span_equal(e->parent, parent) &&
            span_equal(e->name, name)) {
            *ret = e->value;
            return true;
        }
    return false;
}
