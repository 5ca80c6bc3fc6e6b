#include "message.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "window.h"

/* "what: why: hint" of any `struct error` fits. */
#define LINE_SIZE (sizeof(struct error) + 16)

static const char *
level_word(enum say_level level)
{
    switch (level) {
    case SAY_DEBUG: return "debug";
    case SAY_WARNING: return "warning";
    case SAY_INFO: break;
    }
    return "info";
}

/* Replace what a terminal could take for an order. */
static void
add_tame(const char *text, struct text *ret)
{
    for (; *text != '\0'; text++) {
        bool is_control = (unsigned char)*text < ' ' || *text == 0x7f;

        text_add_char(ret, is_control ? ' ' : *text);
    }
}

void
message_text(enum say_level level, const char *text, struct text *ret)
{
    text_add_string(ret, "rsload: ");
    if (level != SAY_INFO)
        text_addf(ret, "%s: ", level_word(level));
    add_tame(text, ret);
    text_add_char(ret, '\n');
}

void
message_error_text(const struct error *err, struct text *ret)
{
    char line[LINE_SIZE];

    error_line(err, line, sizeof line);
    text_addf(ret, "rsload: %s\n", line);
}

/* Begin a line's object: time, level, message. */
static cJSON *
begin(int64_t now_s, const char *level, const char *text)
{
    cJSON *root = cJSON_CreateObject();
    char time[21];

    window_timestamp(now_s, time);
    time[10] = 'T';
    memcpy(time + 19, "Z", 2);
    (void)cJSON_AddStringToObject(root, "time", time);
    (void)cJSON_AddStringToObject(root, "level", level);
    (void)cJSON_AddStringToObject(root, "message", text);
    return root;
}

static void
end(cJSON *root, struct text *ret)
{
    char *line = cJSON_PrintUnformatted(root);

    cJSON_Delete(root);
    if (line == NULL)
        return;
    text_add_string(ret, line);
    text_add_char(ret, '\n');
    cJSON_free(line);
}

void
message_json(enum say_level level, const char *text, int64_t now_s, struct text *ret)
{
    end(begin(now_s, level_word(level), text), ret);
}

void
message_error_json(const struct error *err, int64_t now_s, struct text *ret)
{
    char line[LINE_SIZE];
    cJSON *root;

    error_line(err, line, sizeof line);
    root = begin(now_s, "error", line);
    (void)cJSON_AddStringToObject(root, "kind", error_kind_name(err->kind));
    (void)cJSON_AddNumberToObject(root, "exit_code", error_exit_code(err->kind));
    (void)cJSON_AddStringToObject(root, "what", err->what);
    (void)cJSON_AddStringToObject(root, "why", err->why);
    (void)cJSON_AddStringToObject(root, "hint", err->hint);
    end(root, ret);
}
