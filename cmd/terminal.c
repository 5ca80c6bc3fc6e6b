#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What a terminal has that does not say. */
#define WIDTH_USUAL 80

size_t
terminal_width(int fd)
{
    struct winsize size = {0};

    if (!isatty(fd))
        return 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return WIDTH_USUAL;
}

bool
terminal_is_live(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) && term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

bool
terminal_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    /* the first that is set decides, as setlocale does it */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        const char *charset;

        if (value == NULL || *value == '\0')
            continue;
        charset = strchr(value, '.');
        return charset != NULL && (strncasecmp(charset, ".UTF-8", 6) == 0 ||
                                   strncasecmp(charset, ".utf8", 5) == 0);
    }
    return false;
}
