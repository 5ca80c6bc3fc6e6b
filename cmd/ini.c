#include "ini.h"

#include <string.h>

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct span
trim(struct span s)
{
    while (s.length > 0 && is_blank(s.data[0])) {
        s.data++;
        s.length--;
    }
    while (s.length > 0 && is_blank(s.data[s.length - 1]))
        s.length--;
    return s;
}

/* Take the next line off the front of `rest`, without its line feed. */
static struct span
take_line(struct span *rest)
{
    const char *end = memchr(rest->data, '\n', rest->length);
    size_t length = end != NULL ? (size_t)(end - rest->data) : rest->length;
    struct span line = {rest->data, length};
    size_t taken = end != NULL ? length + 1 : length;

    rest->data += taken;
    rest->length -= taken;
    return line;
}

/* "[name]": put the name into `ret`. */
static int
read_section(struct span line, struct span *ret, struct error *err)
{
    if (line.data[line.length - 1] != ']')
        return error_set(err, ERROR_CONFIG, "the section's \"]\" is missing");
    *ret = trim((struct span){line.data + 1, line.length - 2});
    if (ret->length == 0)
        return error_set(err, ERROR_CONFIG, "a section without a name");
    return 0;
}

/* "name = value": put both into `ret`. */
static int
read_entry(struct span line, struct ini_entry *ret, struct error *err)
{
    const char *equals = memchr(line.data, '=', line.length);
    size_t before = equals != NULL ? (size_t)(equals - line.data) : 0;

    if (equals == NULL) {
        (void)error_set(err, ERROR_CONFIG, "\"%.*s\" is not \"name = value\"",
                        SPAN_ARG(line));
        return error_hint(err, "a flag is set by \"name = yes\"");
    }
    ret->name = trim((struct span){line.data, before});
    ret->value = trim((struct span){equals + 1, line.length - before - 1});
    if (ret->name.length == 0)
        return error_set(err, ERROR_CONFIG, "no name before the \"=\"");
    return 0;
}

int
ini_read(struct span text, ini_each *each, void *context, struct error *err)
{
    struct ini_entry entry = {0};

    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL)
        return error_set(err, ERROR_CONFIG, "holds a NUL: it is not a text");
    while (text.length > 0) {
        struct span line = trim(take_line(&text));
        int rc;

        entry.line++;
        if (line.length == 0 || line.data[0] == '#' || line.data[0] == ';')
            continue;
        entry.name = entry.value = (struct span){0};
        if (line.data[0] == '[')
            rc = read_section(line, &entry.section, err);
        else
            rc = read_entry(line, &entry, err);
        if (rc == 0)
            rc = each(context, &entry, err);
        if (rc != 0)
            return error_in(err, "line %u", entry.line);
    }
    return 0;
}
