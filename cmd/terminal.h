/* terminal -- what the place that is printed to can show. */
#ifndef RSLOAD_TERMINAL_H
#define RSLOAD_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* The columns of the terminal behind `fd`; 0 when there is no terminal. */
size_t terminal_width(int fd);

/* Can a line on the terminal behind `fd` be drawn again? */
bool terminal_is_live(int fd);

/* Do the user's locale variables name UTF-8? */
bool terminal_is_utf8(void);

#endif
