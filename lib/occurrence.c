#include "occurrence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"

#define FIRST_ROOM 64
#define ID_DIGITS  32

/* Half a SHA-256 tells lines apart well enough; `seen` 0 is free. */
struct occurrence_line {
    unsigned char digest[DIGEST_BYTES / 2];
    uint32_t seen;
};

void
occurrence_clear(struct occurrence *occurrence)
{
    if (occurrence->count > 0)
        memset(occurrence->lines, 0, occurrence->room * sizeof *occurrence->lines);
    occurrence->count = 0;
}

void
occurrence_release(struct occurrence *occurrence)
{
    free(occurrence->lines);
    *occurrence = (struct occurrence){0};
}

static struct occurrence_line *
find(struct occurrence_line *lines, size_t room, const unsigned char *digest)
{
    size_t at;

    memcpy(&at, digest, sizeof at);
    at &= room - 1;
    while (lines[at].seen != 0 &&
           memcmp(lines[at].digest, digest, sizeof lines[at].digest) != 0)
        at = (at + 1) & (room - 1);
    return &lines[at];
}

static int
grow(struct occurrence *o, struct error *err)
{
    size_t room = o->room != 0 ? o->room * 2 : FIRST_ROOM;
    struct occurrence_line *lines = calloc(room, sizeof *lines);

    if (lines == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < o->room; i++)
        if (o->lines[i].seen != 0)
            *find(lines, room, o->lines[i].digest) = o->lines[i];
    free(o->lines);
    o->lines = lines;
    o->room = room;
    return 0;
}

/* Over the line, a line feed and the number: put together, since it is the exception. */
static int
digest_numbered(struct span line, uint32_t number, char hex[DIGEST_HEX_SIZE],
                struct error *err)
{
    struct text text = {0};
    int rc;

    text_add(&text, line);
    text_addf(&text, "\n%u", (unsigned)number);
    rc = text_check(&text, err);
    if (rc == 0)
        digest_hex(text_span(&text), hex);
    text_release(&text);
    return rc;
}

int
occurrence_id(struct occurrence *o, struct span line, char ret[OCCURRENCE_ID_SIZE],
              struct error *err)
{
    unsigned char digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_SIZE];
    struct occurrence_line *entry;

    if (o->count * 2 >= o->room && grow(o, err))
        return -1;
    digest_sha256(line, digest);
    entry = find(o->lines, o->room, digest);
    if (entry->seen == 0) {
        memcpy(entry->digest, digest, sizeof entry->digest);
        o->count++;
    }
    if (digest_numbered(line, entry->seen, hex, err))
        return -1;
    entry->seen++;
    (void)snprintf(ret, OCCURRENCE_ID_SIZE, "rs-%.*s", ID_DIGITS, hex); /* fits */
    return 0;
}
