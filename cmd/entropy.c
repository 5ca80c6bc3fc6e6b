#include "entropy.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

/* Both calls give up to 256 bytes whole; a signal can only come before the first. */
int
entropy_fill(void *to, size_t size, struct error *err)
{
#ifdef __linux__
    ssize_t got;

    do
        got = getrandom(to, size, 0);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)size)
        return 0;
#else
    if (getentropy(to, size) == 0)
        return 0;
#endif
    return error_set(err, ERROR_IO, "no random bytes: %s", strerror(errno));
}
