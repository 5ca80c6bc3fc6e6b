/* The scanner: JSON accepted and refused, paths, cells, duplicate keys, the minefield. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "json_text.h"

/* `text` as a line with its line feed and its pad, in a block of exactly that size, so
 * that the address sanitizer sees a read behind it. */
static char *
line_of(const char *text, size_t length)
{
    char *line = malloc(length + EVENT_LINE_PAD);

    assert_non_null(line);
    memcpy(line, text, length);
    memset(line + length, '"', EVENT_LINE_PAD);
    line[length] = '\n';
    return line;
}

static const char *const cell_words[] = {
    [CELL_NULL] = "null",   [CELL_TRUE] = "true",     [CELL_FALSE] = "false",
    [CELL_INTEGER] = "int", [CELL_REAL] = "real",     [CELL_STRING] = "string",
    [CELL_ARRAY] = "array", [CELL_OBJECT] = "object",
};

/* What a scan gives, as text: "path=kind:text ..." with fields as "@number=...". */
static void
describe(struct event *e, struct text *ret)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (e->fields[i].data != NULL)
            text_addf(ret, "@%zu=%s:%.*s ", i, cell_words[e->fields[i].kind],
                      (int)e->fields[i].length, e->fields[i].data);
    for (size_t i = 0; i < e->cell_count; i++) {
        const struct cell *c = &e->cells[i];

        if (c->kind == CELL_DEAD)
            continue;
        text_addf(ret, "%c:", "fcpt"[e->paths.nodes[c->node].area]);
        path_text(&e->paths, c->node, ret);
        text_addf(ret, "=%s:%.*s ", cell_words[c->kind], (int)c->length, c->data);
    }
}

static enum event_status
scan(struct event *e, const char *text, size_t length, struct text *ret)
{
    char *line = line_of(text, length);
    enum event_status status;
    struct error err;

    assert_int_equal(event_scan(e, line, length, &status, &err), 0);
    if (status == EVENT_OK && ret != NULL)
        describe(e, ret);
    free(line);
    return status;
}

static const struct {
    const char *rule;
    const char *line;
    const char *cells;
} good[] = {
    {"an empty event", "{}", ""},
    {"white space anywhere",
     " {\t\"type\" : \"x\" , \"properties\" : { \"a\" : 1 } } \r",
     "@1=string:x p:a=int:1 "},
    {"nested objects become paths", "{\"properties\":{\"a\":{\"b\":{\"c\":true}}}}",
     "p:a.b.c=true:true "},
    {"context and traits", "{\"context\":{\"ip\":\"1\"},\"traits\":{\"x\":null}}",
     "c:ip=string:1 t:x=null:null "},
    {"unknown top-level keys make nothing", "{\"version\":1,\"_metadata\":{\"a\":[1]}}",
     ""},
    {"arrays are text", "{\"properties\":{\"a\":[1, {\"b\":[]}]}}",
     "p:a=array:[1, {\"b\":[]}] "},
    {"empty containers are null", "{\"properties\":{\"a\":[ ],\"b\":{ },\"c\":{}}}",
     "p:a=null:[ ] p:b=null:{} p:c=null:{} "},
    {"number text is kept",
     "{\"properties\":{\"a\":-0,\"b\":12345678901234567890,\"c\":1.50,\"d\":1E400}}",
     "p:a=int:-0 p:b=int:12345678901234567890 p:c=real:1.50 p:d=real:1E400 "},
    {"the last of two equal keys wins",
     "{\"properties\":{\"a\":1,\"b\":2,\"a\":3},\"type\":\"x\",\"type\":\"y\"}",
     "@1=string:y p:b=int:2 p:a=int:3 "},
    {"an object replaces an object whole",
     "{\"properties\":{\"a\":{\"x\":1,\"y\":1},\"a\":{\"x\":2}}}", "p:a.x=int:2 "},
    {"a scalar replaces an object", "{\"properties\":{\"a\":{\"x\":1},\"a\":2}}",
     "p:a=int:2 "},
    {"properties given twice", "{\"properties\":{\"a\":1},\"properties\":{\"b\":2}}",
     "p:b=int:2 "},
    {"equal keys in two objects are two",
     "{\"properties\":{\"a\":{\"x\":1},\"b\":{\"x\":2}}}", "p:a.x=int:1 p:b.x=int:2 "},
    {"an escaped key is the same key",
     "{\"properties\":{\"a\":1,\"\\u0061\":2,\"q\\\"\":3}}", "p:a=int:2 p:q\"=int:3 "},
    {"a field that holds an object", "{\"userId\":{\"a\":1},\"event\":[1]}",
     "@2=array:[1] @7=object:{\"a\":1} "},
    {"properties that are no object", "{\"properties\":\"x\",\"context\":[1]}",
     "p:=string:x c:=array:[1] "},
    {"escapes stay as they are", "{\"properties\":{\"a\":\"x\\n\\u00e9\\\\\"}}",
     "p:a=string:x\\n\\u00e9\\\\ "},
};

static void
test_good(void **state)
{
    struct event e;
    struct error err;

    (void)state;
    assert_int_equal(event_init(&e, 64, &err), 0);
    /* twice: the second time every key is guessed from the first */
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
            struct text got = {0};

            if (scan(&e, good[i].line, strlen(good[i].line), &got) != EVENT_OK ||
                strcmp(text_string(&got), good[i].cells) != 0)
                fail_msg("%s: got %s", good[i].rule, text_string(&got));
            text_release(&got);
        }
    }
    event_release(&e);
}

static const struct {
    const char *line;
    enum event_status status;
    size_t bad_at;
} bad[] = {
    {"", EVENT_BLANK, 0},
    {" \t\r", EVENT_BLANK, 0},
    {"[]", EVENT_NOT_OBJECT, 0},
    {"1", EVENT_NOT_OBJECT, 0},
    {"\"x\"", EVENT_NOT_OBJECT, 0},
    {"null", EVENT_NOT_OBJECT, 0},
    {"{", EVENT_NOT_JSON, 1},
    {"{\"a", EVENT_NOT_JSON, 3},
    {"{\"a\"", EVENT_NOT_JSON, 4},
    {"{\"a\":", EVENT_NOT_JSON, 5},
    {"{\"a\":1", EVENT_NOT_JSON, 6},
    {"{\"a\":1,}", EVENT_NOT_JSON, 7},
    {"{\"a\":1}}", EVENT_NOT_JSON, 7},
    {"{\"a\":1} x", EVENT_NOT_JSON, 8},
    {"{\"a\":01}", EVENT_NOT_JSON, 6},
    {"{\"a\":1.}", EVENT_NOT_JSON, 7},
    {"{\"a\":.5}", EVENT_NOT_JSON, 5},
    {"{\"a\":+1}", EVENT_NOT_JSON, 5},
    {"{\"a\":nul}", EVENT_NOT_JSON, 8},
    {"{\"a\":\"\\x\"}", EVENT_NOT_JSON, 7},
    {"{\"a\":\"\\u12g4\"}", EVENT_NOT_JSON, 10},
    {"{\"a\":[1,]}", EVENT_NOT_JSON, 8},
    {"{\"a\":[}", EVENT_NOT_JSON, 6},
    {"{'a':1}", EVENT_NOT_JSON, 1},
    {"{\"a\":\"\t\"}", EVENT_NOT_JSON, 6},
    {"plain text", EVENT_NOT_JSON, 0},
};

static void
test_bad(void **state)
{
    struct event e;
    struct error err;

    (void)state;
    assert_int_equal(event_init(&e, 64, &err), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        enum event_status got = scan(&e, bad[i].line, strlen(bad[i].line), NULL);

        if (got != bad[i].status)
            fail_msg("%s: status %d", bad[i].line, (int)got);
        if (got == EVENT_NOT_JSON && e.bad_at != bad[i].bad_at)
            fail_msg("%s: bad at %zu", bad[i].line, e.bad_at);
    }
    event_release(&e);
}

/* A NUL is a control character, also where a C string would end. */
static void
test_nul(void **state)
{
    struct event e;
    struct error err;

    (void)state;
    assert_int_equal(event_init(&e, 64, &err), 0);
    assert_int_equal(scan(&e, "{\"a\":\"\0\"}", 9, NULL), EVENT_NOT_JSON);
    assert_int_equal(scan(&e, "{}\0", 3, NULL), EVENT_NOT_JSON);
    event_release(&e);
}

/* Flags tell the writer what work a text needs. */
static void
test_flags(void **state)
{
    static const struct {
        const char *value;
        uint8_t flags;
    } cases[] = {
        {"\"plain and longer than sixteen bytes\"", 0},
        {"\"plain and longer than sixteen \\n bytes\"", CELL_ESCAPED},
        {"\"\xc3\xa9 and then more than sixteen bytes\"", CELL_HIGH},
        {"\"more than sixteen bytes and then \xff\"", CELL_HIGH | CELL_BROKEN},
        {"\"\xed\xa0\x80\"", CELL_HIGH | CELL_BROKEN},
        {"\"\xc0\x80\"", CELL_HIGH | CELL_BROKEN},
        {"\"\xf4\x90\x80\x80\"", CELL_HIGH | CELL_BROKEN},
        {"\"\xf0\x9f\x98\x80\"", CELL_HIGH},
        {"\"\xe2\x82\"", CELL_HIGH | CELL_BROKEN},
        {"[1,\"x\"]", 0},
        {"[1, 2]", CELL_SPACED},
        {"[\"\xff\"]", CELL_HIGH | CELL_BROKEN},
    };
    struct event e;
    struct error err;

    (void)state;
    assert_int_equal(event_init(&e, 64, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[200];

        (void)snprintf(line, sizeof line, "{\"traits\":{\"v\":%s}}", cases[i].value);
        assert_int_equal(scan(&e, line, strlen(line), NULL), EVENT_OK);
        if (e.cells[0].flags != cases[i].flags)
            fail_msg("%s: flags %d", line, e.cells[0].flags);
    }
    event_release(&e);
}

/* Objects below the limit stay text; nesting beyond all reason is refused. */
static void
test_depth(void **state)
{
    struct event e;
    struct error err;
    struct text got = {0};
    struct text line = {0};

    (void)state;
    assert_int_equal(event_init(&e, 2, &err), 0);
    text_add_string(&line, "{\"properties\":{\"a\":{\"b\":{\"c\":1}}}}");
    assert_int_equal(scan(&e, line.data, line.length, &got), EVENT_OK);
    assert_string_equal(text_string(&got), "p:a.b=object:{\"c\":1} ");
    for (int levels = 510; levels <= 512; levels++) {
        text_clear(&line);
        text_add_string(&line, "{\"traits\":{\"a\":");
        for (int i = 0; i < levels; i++)
            text_add_char(&line, '[');
        for (int i = 0; i < levels; i++)
            text_add_char(&line, ']');
        text_add_string(&line, "}}");
        assert_int_equal(scan(&e, line.data, line.length, NULL),
                         levels + 2 <= JSON_TEXT_NESTING_MAX ? EVENT_OK
                                                             : EVENT_NOT_JSON);
    }
    text_release(&line);
    text_release(&got);
    event_release(&e);
}

/* Many keys: the tree grows, and finds all of them again. */
static void
test_many_keys(void **state)
{
    struct event e;
    struct error err;
    struct text line = {0};

    (void)state;
    assert_int_equal(event_init(&e, 64, &err), 0);
    text_add_string(&line, "{\"properties\":{");
    for (int i = 0; i < 5000; i++)
        text_addf(&line, "%s\"key %d\":%d", i > 0 ? "," : "", i, i);
    text_add_string(&line, "}}");
    for (int round = 0; round < 3; round++) {
        assert_int_equal(scan(&e, line.data, line.length, NULL), EVENT_OK);
        assert_int_equal(e.cell_count, 5000);
        assert_int_equal(e.paths.count, 5002);
    }
    assert_true(path_bytes(&e.paths) > 5000 * sizeof(struct path_node));
    assert_int_equal(path_clear(&e.paths, &err), 0);
    assert_int_equal(scan(&e, line.data, line.length, NULL), EVENT_OK);
    assert_int_equal(e.paths.count, 5002);
    text_release(&line);
    event_release(&e);
}

static size_t
read_file(const char *name, char *data, size_t size)
{
    FILE *f = fopen(name, "rb");
    size_t length;

    assert_non_null(f);
    length = fread(data, 1, size, f);
    (void)fclose(f);
    return length;
}

/* A file of several lines is one text for JSON. A carriage return means what the line feed
 * did: white space between tokens, refused inside a string. */
static void
join_lines(char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (data[i] == '\n')
            data[i] = '\r';
}

/* y_ must be JSON, n_ must not, i_ may be either. */
static void
check_mine(struct event *e, const char *name, const char *data, size_t length)
{
    enum event_status status = scan(e, data, length, NULL);

    if (name[0] == 'y' && status == EVENT_NOT_JSON)
        fail_msg("%s is refused at %zu", name, e->bad_at);
    if (name[0] == 'n' && (status == EVENT_OK || status == EVENT_NOT_OBJECT))
        fail_msg("%s is accepted", name);
}

/* 318 cases of others: each stands alone, and as a property of an event. */
static void
test_minefield(void **state)
{
    const char *folder = getenv("RSLOAD_TESTDATA");
    char command[1000];
    char dir[] = "/tmp/rsload-minefield-XXXXXX";
    static char data[300000];
    struct event e;
    struct error err;
    unsigned seen = 0;
    DIR *d;

    (void)state;
    if (folder == NULL) {
        print_message("skipped: RSLOAD_TESTDATA is not set\n");
        skip();
    }
    assert_non_null(mkdtemp(dir));
    (void)snprintf(command, sizeof command, "tar xzf '%s/json/minefield.tar.gz' -C %s",
                   folder, dir);
    assert_int_equal(system(command), 0);
    assert_int_equal(event_init(&e, 64, &err), 0);
    (void)snprintf(command, sizeof command, "%s/minefield", dir);
    d = opendir(command);
    assert_non_null(d);
    for (struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        struct text wrapped = {0};
        size_t length;

        if (strstr(f->d_name, ".json") == NULL)
            continue;
        (void)snprintf(command, sizeof command, "%s/minefield/%s", dir, f->d_name);
        length = read_file(command, data, sizeof data);
        join_lines(data, length);
        check_mine(&e, f->d_name, data, length);
        text_add_string(&wrapped, "{\"properties\":{\"v\":");
        text_add(&wrapped, (struct span){data, length});
        text_add_string(&wrapped, "}}");
        check_mine(&e, f->d_name, wrapped.data, wrapped.length);
        text_release(&wrapped);
        seen++;
    }
    (void)closedir(d);
    event_release(&e);
    assert_true(seen > 300);
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

static void
test_unescape(void **state)
{
    static const struct {
        const char *json;
        const char *text;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u0041\\u00e9\\u20ac", "A\xc3\xa9\xe2\x82\xac"},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
        {"\\ud83d", "\xef\xbf\xbd"},
        {"\\ud83dx", "\xef\xbf\xbdx"},
        {"\\ud83d\\u0041", "\xef\xbf\xbd"
                           "A"},
        {"\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text got = {0};
        bool is_lone = false;

        json_text_unescape(span_of(cases[i].json), &got, &is_lone);
        assert_int_equal(is_lone, strstr(cases[i].text, "\xef\xbf\xbd") != NULL);
        assert_string_equal(text_string(&got), cases[i].text);
        text_release(&got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),      cmocka_unit_test(test_bad),
        cmocka_unit_test(test_nul),       cmocka_unit_test(test_flags),
        cmocka_unit_test(test_depth),     cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_minefield), cmocka_unit_test(test_unescape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
