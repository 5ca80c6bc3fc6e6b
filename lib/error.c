#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct kind {
    int exit_code;
    const char *name;
} kinds[] = {
    [ERROR_NONE] = {0, "none"},
    [ERROR_USAGE] = {64, "usage"},
    [ERROR_DATA] = {65, "data"},
    [ERROR_SOURCE] = {66, "source"},
    [ERROR_UNREACHABLE] = {69, "unreachable"},
    [ERROR_BUG] = {70, "bug"},
    [ERROR_STAGING] = {73, "staging"},
    [ERROR_IO] = {74, "io"},
    [ERROR_BUSY] = {75, "busy"},
    [ERROR_WAREHOUSE] = {76, "warehouse"},
    [ERROR_DENIED] = {77, "denied"},
    [ERROR_CONFIG] = {78, "config"},
    [ERROR_INTERRUPTED] = {130, "interrupted"},
    [ERROR_TERMINATED] = {143, "terminated"},
};

/* Print into `out`; a text that does not fit shows by its last three characters. */
static void put(char *out, size_t size, const char *format, va_list args)
    PRINTF_LIKE(3, 0);

static void
put(char *out, size_t size, const char *format, va_list args)
{
    int length = vsnprintf(out, size, format, args);

    if (length < 0)
        out[0] = '\0';
    else if ((size_t)length >= size)
        memcpy(out + size - 4, "...", 4);
}

int
error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    va_list args;

    err->kind = kind;
    err->what[0] = '\0';
    err->hint[0] = '\0';
    va_start(args, format);
    put(err->why, sizeof err->why, format, args);
    va_end(args);
    return -1;
}

int
error_hint(struct error *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return -1;
}

int
error_in(struct error *err, const char *format, ...)
{
    char inner[sizeof err->what];
    va_list args;
    size_t length;

    memcpy(inner, err->what, sizeof inner);
    va_start(args, format);
    put(err->what, sizeof err->what, format, args);
    va_end(args);
    length = strlen(err->what);
    if (inner[0] != '\0' && length + 3 < sizeof err->what)
        (void)snprintf(err->what + length, sizeof err->what - length, ": %.*s",
                       (int)(sizeof err->what - length - 3), inner);
    return -1;
}

int
error_no_memory(struct error *err)
{
    (void)error_set(err, ERROR_IO, "out of memory");
    return error_hint(err, "give it a lower --memory or fewer --jobs");
}

int
error_exit_code(enum error_kind kind)
{
    return kinds[kind].exit_code;
}

const char *
error_kind_name(enum error_kind kind)
{
    return kinds[kind].name;
}

void
error_line(const struct error *err, char *line, size_t size)
{
    const char *glue_what = err->what[0] != '\0' ? ": " : "";
    const char *glue_hint = err->hint[0] != '\0' ? ": " : "";

    (void)snprintf(line, size, "%s%s%s%s%s", err->what, glue_what, err->why, glue_hint,
                   err->hint);
    for (char *p = line; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
}
