/* Rejects: each line is kept so that it can be read again, whatever bytes it is made
 * of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "reject.h"
#include "unpack.h"

/* A store that remembers what is put, unpacked. */
struct memory_store {
    struct store store;
    char keys[8][40];
    struct text files[8];
    size_t count;
    bool is_full;
};

static int
put(struct store *store, struct span key, const struct span *pieces, size_t piece_count,
    struct error *err)
{
    struct memory_store *m = (struct memory_store *)store;
    struct unpack *unpack;

    if (m->is_full)
        return error_set(err, ERROR_STAGING, "no space left");
    assert_true(m->count < 8);
    assert_true(key.length < sizeof m->keys[0]);
    memcpy(m->keys[m->count], key.data, key.length);
    assert_int_equal(unpack_new(&unpack, err), 0);
    unpack_begin(unpack, text_sink(&m->files[m->count++]));
    for (size_t i = 0; i < piece_count; i++)
        assert_int_equal(unpack_push(unpack, pieces[i], err), 0);
    assert_int_equal(unpack_end(unpack, err), 0);
    unpack_free(unpack);
    return 0;
}

static const struct store_driver driver = {.put = put};

static void
release(struct memory_store *m)
{
    for (size_t i = 0; i < m->count; i++)
        text_release(&m->files[i]);
}

static void
decode_base64(const char *text, struct text *ret)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    assert_int_equal(strlen(text) % 4, 0);
    for (; *text != '\0'; text += 4) {
        uint32_t bits = 0;
        int bytes = text[2] == '=' ? 1 : text[3] == '=' ? 2 : 3;

        for (int i = 0; i < 4; i++)
            bits = bits << 6 |
                   (text[i] == '=' ? 0u : (uint32_t)(strchr(digits, text[i]) - digits));
        for (int i = 0; i < bytes; i++)
            text_add_char(ret, (char)(bits >> (16 - 8 * i)));
    }
}

static const struct {
    struct span line;
    const char *member; /* text or base64 */
} lines[] = {
    {{"{", 1}, "text"},
    {{"", 0}, "text"},
    {{"quote \" back \\ slash / tab \t \x01 \x7f", 31}, "text"},
    {{"\xc3\xa9 \xf0\x9f\x98\x80", 7}, "text"},
    {{"\xff", 1}, "base64"},
    {{"\xffx", 2}, "base64"},
    {{"\xffxy", 3}, "base64"},
    {{"\xff\xfe\xfd\x00\x01\x02", 6}, "base64"},
};

#define LINES (sizeof lines / sizeof lines[0])

static void
check_line(const char *json, size_t i)
{
    cJSON *o = cJSON_Parse(json);
    const char *kept = cJSON_GetStringValue(cJSON_GetObjectItem(o, lines[i].member));
    struct text raw = {0};

    assert_non_null(o);
    assert_non_null(kept);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "object")),
                        "a/\"b\".gz");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(o, "reason")),
                        "not JSON");
    assert_int_equal((int)cJSON_GetNumberValue(cJSON_GetObjectItem(o, "line")), i + 1);
    assert_int_equal((int)cJSON_GetNumberValue(cJSON_GetObjectItem(o, "offset")),
                     100 * i);
    assert_int_equal((int)cJSON_GetNumberValue(cJSON_GetObjectItem(o, "at")), i);
    assert_null(cJSON_GetObjectItem(o, "line_bytes"));
    if (strcmp(lines[i].member, "base64") == 0)
        decode_base64(kept, &raw);
    else
        text_add_string(&raw, kept);
    assert_true(span_equal(text_span(&raw), lines[i].line));
    text_release(&raw);
    cJSON_Delete(o);
}

static void
test_lines(void **state)
{
    struct memory_store m = {.store = {&driver}};
    struct reject_log *log;
    struct error err;
    const char *json;

    (void)state;
    assert_int_equal(reject_new(&m.store, &log, &err), 0);
    for (size_t i = 0; i < LINES; i++) {
        struct reject r = {.object = SPAN("a/\"b\".gz"),
                           .line = i + 1,
                           .offset = 100 * i,
                           .reason = "not JSON",
                           .at = i,
                           .text = lines[i].line,
                           .line_bytes = lines[i].line.length};

        assert_int_equal(reject_add(log, &r, &err), 0);
    }
    assert_int_equal(reject_end(log, &err), 0);
    reject_free(log);
    assert_int_equal(m.count, 1);
    assert_string_equal(m.keys[0], "rejects.ndjson.gz");
    json = text_string(&m.files[0]);
    for (size_t i = 0; i < LINES; i++) {
        assert_non_null(json);
        check_line(json, i);
        json = strchr(json, '\n') + 1;
    }
    assert_string_equal(json, "");
    release(&m);
}

/* A line that was cut says how long it was. */
static void
test_cut_line(void **state)
{
    struct memory_store m = {.store = {&driver}};
    struct reject r = {.object = SPAN("k"),
                       .reason = "too long",
                       .text = SPAN("beginning"),
                       .line_bytes = 5000000};
    struct reject_log *log;
    struct error err;

    (void)state;
    assert_int_equal(reject_new(&m.store, &log, &err), 0);
    assert_int_equal(reject_add(log, &r, &err), 0);
    assert_int_equal(reject_end(log, &err), 0);
    assert_non_null(strstr(text_string(&m.files[0]), "\"line_bytes\":5000000"));
    reject_free(log);
    release(&m);
}

/* No reject, no file; no staging, no file either. */
static void
test_no_file(void **state)
{
    struct memory_store m = {.store = {&driver}};
    struct reject r = {.object = SPAN("k"), .reason = "x", .text = SPAN("y")};
    struct reject_log *log;
    struct error err;

    (void)state;
    assert_int_equal(reject_new(&m.store, &log, &err), 0);
    assert_int_equal(reject_end(log, &err), 0);
    reject_free(log);
    assert_int_equal(m.count, 0);
    assert_int_equal(reject_new(NULL, &log, &err), 0);
    assert_int_equal(reject_add(log, &r, &err), 0);
    assert_int_equal(reject_end(log, &err), 0);
    reject_free(log);
    reject_free(NULL);
}

/* Append `length` bytes of noise. */
static void
add_noise(struct text *to, size_t length, uint32_t random)
{
    for (size_t i = 0; i < length; i++) {
        random = random * 1103515245u + 12345u;
        text_add_char(to, (char)(random >> 16));
    }
}

/* Files that fill are put one after another; nothing is lost between them. */
static void
test_many_files(void **state)
{
    struct memory_store m = {.store = {&driver}};
    struct reject_log *log;
    struct error err;
    size_t found = 0;

    (void)state;
    assert_int_equal(reject_new(&m.store, &log, &err), 0);
    for (unsigned i = 0; i < 40; i++) {
        struct text noise = {0};
        struct reject r = {.object = SPAN("k"), .line = i + 1, .reason = "x"};

        add_noise(&noise, 500000, i + 1);
        r.text = text_span(&noise);
        r.line_bytes = noise.length;
        assert_int_equal(reject_add(log, &r, &err), 0);
        text_release(&noise);
    }
    assert_int_equal(reject_end(log, &err), 0);
    reject_free(log);
    assert_true(m.count >= 2);
    assert_string_equal(m.keys[0], "rejects.ndjson.gz");
    assert_string_equal(m.keys[1], "rejects-2.ndjson.gz");
    for (size_t i = 0; i < m.count; i++)
        for (size_t j = 0; j < m.files[i].length; j++)
            found += m.files[i].data[j] == '\n';
    assert_int_equal(found, 40);
    release(&m);
}

static void *
add_many(void *log)
{
    struct error err;

    for (uint64_t i = 0; i < 500; i++) {
        struct reject r = {.object = SPAN("k"), .line = i, .reason = "x"};

        if (reject_add(log, &r, &err))
            return NULL;
    }
    return log;
}

static void
test_threads(void **state)
{
    struct memory_store m = {.store = {&driver}};
    struct reject_log *log;
    struct error err;
    pthread_t threads[4];
    size_t found = 0;

    (void)state;
    assert_int_equal(reject_new(&m.store, &log, &err), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, log), 0);
    for (size_t i = 0; i < 4; i++) {
        void *done;

        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_ptr_equal(done, log);
    }
    assert_int_equal(reject_end(log, &err), 0);
    for (size_t j = 0; j < m.files[0].length; j++)
        found += m.files[0].data[j] == '\n';
    assert_int_equal(found, 2000);
    reject_free(log);
    release(&m);
}

/* A store that fails is told to whoever adds or ends. */
static void
test_store_fails(void **state)
{
    struct memory_store m = {.store = {&driver}, .is_full = true};
    struct reject r = {.object = SPAN("k"), .reason = "x"};
    struct reject_log *log;
    struct error err = {0};

    (void)state;
    assert_int_equal(reject_new(&m.store, &log, &err), 0);
    assert_int_equal(reject_add(log, &r, &err), 0);
    assert_int_equal(reject_end(log, &err), -1);
    assert_int_equal(err.kind, ERROR_STAGING);
    reject_free(log);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),   cmocka_unit_test(test_cut_line),
        cmocka_unit_test(test_no_file), cmocka_unit_test(test_many_files),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_store_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
