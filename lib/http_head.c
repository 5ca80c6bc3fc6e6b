#include "http_head.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "stamp.h"

/* Begin an answer: after 1xx answers and a proxy's CONNECT there is another. */
static void
begin_answer(struct http_head *head)
{
    text_clear(&head->lines);
    head->length_bytes = UINT64_MAX;
    head->has_length = false;
    head->is_absurd = false;
}

void
http_head_begin(struct http_head *head)
{
    begin_answer(head);
    head->total_bytes = 0;
}

static struct span
trim(struct span s)
{
    while (s.length > 0 && strchr(" \t\r\n", s.data[s.length - 1]) != NULL)
        s.length--;
    while (s.length > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
        s = (struct span){s.data + 1, s.length - 1};
    return s;
}

/* Is `line` the header `name`? Its value in `ret`. */
static bool
is_header(struct span line, struct span name, struct span *ret)
{
    if (line.length <= name.length || line.data[name.length] != ':' ||
        strncasecmp(line.data, name.data, name.length) != 0)
        return false;
    *ret = trim(
        (struct span){line.data + name.length + 1, line.length - name.length - 1});
    return true;
}

static void
take_length(struct http_head *head, struct span value)
{
    uint64_t length = 0;

    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] < '0' || value.data[i] > '9' ||
            length > (UINT64_MAX - 9) / 10) {
            head->is_absurd = true;
            return;
        }
        length = length * 10 + (uint64_t)(value.data[i] - '0');
    }
    if (value.length == 0 || (head->has_length && head->length_bytes != length))
        head->is_absurd = true;
    head->has_length = true;
    head->length_bytes = length;
}

bool
http_head_add(struct http_head *head, struct span line)
{
    struct span value;

    head->total_bytes += line.length;
    if (head->total_bytes > HTTP_HEAD_LIMIT)
        return false;
    if (span_starts(line, SPAN("HTTP/")))
        begin_answer(head);
    else if (is_header(line, SPAN("content-length"), &value))
        take_length(head, value);
    text_add(&head->lines, line);
    return true;
}

bool
http_head_is_sound(const struct http_head *head)
{
    bool is_chunked = http_head_find(head, SPAN("transfer-encoding")).length > 0;

    return !head->is_absurd && !(is_chunked && head->has_length);
}

struct span
http_head_find(const struct http_head *head, struct span name)
{
    struct span rest = text_span(&head->lines);
    struct span found = {0};

    while (rest.length > 0) {
        const char *end = memchr(rest.data, '\n', rest.length);
        size_t length = end != NULL ? (size_t)(end - rest.data) : rest.length;

        (void)is_header((struct span){rest.data, length}, name,
                        &found); /* leaves `found` alone when it is not */
        length += end != NULL ? 1 : 0;
        rest = (struct span){rest.data + length, rest.length - length};
    }
    return found;
}

bool
http_head_is_value(struct span value)
{
    for (size_t i = 0; i < value.length; i++)
        if (((unsigned char)value.data[i] < ' ' && value.data[i] != '\t') ||
            value.data[i] == 0x7f)
            return false;
    return true;
}

bool
http_date(struct span text, int64_t *ret_s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char iso[32];
    int64_t time_us;

    if (text.length != 29 || !span_ends(text, SPAN(" GMT")))
        return false;
    for (int month = 0; month < 12; month++) {
        if (memcmp(text.data + 8, months + (ptrdiff_t)3 * month, 3) != 0)
            continue;
        (void)snprintf(iso, sizeof iso, "%.4s-%02d-%.2sT%.8sZ", text.data + 12,
                       month + 1, text.data + 5, text.data + 17);
        if (!stamp_read(span_of(iso), &time_us))
            return false;
        *ret_s = time_us / 1000000;
        return true;
    }
    return false;
}

void
http_head_release(struct http_head *head)
{
    text_release(&head->lines);
    *head = (struct http_head){0};
}
