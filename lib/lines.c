#include "lines.h"

#include <string.h>

#include "event.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

void
lines_begin(struct lines *lines)
{
    text_clear(&lines->carry);
    lines->carried = 0;
    lines->number = 0;
    lines->offset = 0;
}

void
lines_release(struct lines *lines)
{
    text_release(&lines->carry);
}

/* Hand a whole line on. `length` is what it has in the object, without the line feed. */
static int
hand_on(struct lines *lines, struct span text, uint64_t length, bool has_feed,
        struct error *err)
{
    struct line line = {text, ++lines->number, lines->offset, length};

    lines->offset += length + has_feed;
    if (line.number == 1 && span_starts(text, span_of(byte_order_mark)))
        line.text = (struct span){text.data + 3, text.length - 3};
    if (line.text.length > 0 && line.text.data[line.text.length - 1] == '\r') {
        line.text.length--;
        line.length--;
    }
    return lines->each(lines->context, &line, err);
}

/* Keep the beginning of a line, but not more of it than can be an event. */
static int
carry(struct lines *lines, struct span piece, struct error *err)
{
    size_t room = LINES_MAX + 2 - lines->carry.length; /* a CR, and one byte too many */

    lines->carried += piece.length;
    text_add(&lines->carry,
             (struct span){piece.data, piece.length < room ? piece.length : room});
    return text_check(&lines->carry, err);
}

static int
hand_on_carry(struct lines *lines, bool has_feed, struct error *err)
{
    struct text *c = &lines->carry;
    char *pad = text_room(c, EVENT_LINE_PAD);
    int rc;

    if (pad == NULL)
        return text_check(c, err);
    memset(pad, 0, EVENT_LINE_PAD);
    pad[0] = '\n';
    rc = hand_on(lines, text_span(c), lines->carried, has_feed, err);
    text_clear(c);
    lines->carried = 0;
    return rc;
}

int
lines_push(struct lines *lines, struct span piece, struct error *err)
{
    const char *p = piece.data;
    const char *end = p + piece.length;

    while (p < end) {
        const char *feed = memchr(p, '\n', (size_t)(end - p));
        struct span text = {p, (size_t)((feed != NULL ? feed : end) - p)};
        bool is_whole = feed != NULL && lines->carried == 0 &&
                        end - feed >= EVENT_LINE_PAD && text.length <= LINES_MAX;

        if (is_whole) {
            if (hand_on(lines, text, text.length, true, err))
                return -1;
        } else {
            if (carry(lines, text, err))
                return -1;
            if (feed != NULL && hand_on_carry(lines, true, err))
                return -1;
        }
        p += text.length + (feed != NULL);
    }
    return 0;
}

int
lines_end(struct lines *lines, struct error *err)
{
    return lines->carried > 0 ? hand_on_carry(lines, false, err) : 0;
}

static int
push(void *context, struct span piece, struct error *err)
{
    return lines_push(context, piece, err);
}

struct sink
lines_sink(struct lines *lines)
{
    return (struct sink){push, lines};
}
