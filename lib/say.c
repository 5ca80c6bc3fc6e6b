#include "say.h"

#include <stdarg.h>
#include <stdio.h>

void
say(const struct say *say, enum say_level level, const char *format, ...)
{
    char line[1000];
    va_list args;

    if (say == NULL || say->line == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    say->line(say->context, level, line);
}
