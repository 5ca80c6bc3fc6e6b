/* load.json: written and read back the same; every damaged member refused by its
 * name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "inventory.h"

#define HOUR_S INT64_C(1795269600)

static struct object objects[] = {
    {.key = {"2026/a.gz", 9},
     .size_bytes = 10,
     .etag = {"\"e1\"", 4},
     .modified_s = HOUR_S},
    {.key = {"2026/\xc3\xa9 \"q\".gz", 14},
     .size_bytes = UINT64_MAX,
     .etag = {"", 0},
     .modified_s = -1},
};

static struct column order_columns[] = {
    {.name = {"id", 2}, .type = COLUMN_VARCHAR, .max_bytes = 36},
    {.name = {"received_at", 11}, .type = COLUMN_TIMESTAMP},
    {.name = {"total", 5}, .type = COLUMN_VARCHAR, .max_bytes = 65535},
};
static struct column track_columns[] = {
    {.name = {"id", 2}, .type = COLUMN_VARCHAR, .max_bytes = 36},
};
static struct table tables[] = {
    {.name = {"orders", 6}, .columns = order_columns, .column_count = 3},
    {.name = {"tracks", 6}, .columns = track_columns, .column_count = 1},
};
static struct part parts[] = {
    {.key = {"orders/0002.csv.gz", 18},
     .table = 0,
     .column_count = 2,
     .rows = 5,
     .size_bytes = 100,
     .raw_bytes = 1000},
    {.key = {"orders/0001.csv.gz", 18},
     .table = 0,
     .column_count = 3,
     .rows = 6,
     .size_bytes = 120,
     .raw_bytes = 1200},
    {.key = {"tracks/0001.csv.gz", 18},
     .table = 1,
     .column_count = 1,
     .rows = 11,
     .size_bytes = 90,
     .raw_bytes = 900},
};

static struct inventory
sample(void)
{
    return (struct inventory){
        .load_id = {"01kd0q3m5s8x1c2v3b4n5m6q7w", 26},
        .window = {HOUR_S, HOUR_S + 3600},
        .source = SPAN("s3://events/2026/11/21/14/"),
        .schema = SPAN("web"),
        .tool = SPAN("rsload 1.0"),
        .started_s = HOUR_S + 4000,
        .compress = COMPRESS_GZIP,
        .objects = objects,
        .object_count = 2,
        .tables = tables,
        .table_count = 2,
        .parts = parts,
        .part_count = 3,
        .counts = {.objects = 2,
                   .stored_bytes = 30,
                   .raw_bytes = 9007199254740992,
                   .lines = 13,
                   .events = 11,
                   .rejected = 1,
                   .filtered = 1,
                   .rows = 22,
                   .values = 40,
                   .cells = 30,
                   .discards = 4,
                   .nulls = 6,
                   .truncated = 1,
                   .repaired = 2},
    };
}

static void
comes_back_as_it_was_written(void **state)
{
    struct inventory in = sample();
    struct inventory out = {0};
    struct arena arena = {0};
    struct text first = {0};
    struct text second = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(inventory_write(&in, &first, &err), 0);
    if (inventory_read(text_span(&first), &arena, &out, &err) != 0)
        fail_msg("%s: %s", err.what, err.why);
    assert_int_equal(inventory_write(&out, &second, &err), 0);
    assert_string_equal(text_string(&first), text_string(&second));

    assert_memory_equal(&in.counts, &out.counts, sizeof in.counts);
    assert_true(span_equal(out.load_id, in.load_id));
    assert_int_equal(out.window.from_s, HOUR_S);
    assert_int_equal(out.window.until_s, HOUR_S + 3600);
    assert_int_equal(out.started_s, in.started_s);
    assert_int_equal(out.compress, COMPRESS_GZIP);
    assert_int_equal(out.object_count, 2);
    assert_true(span_equal(out.objects[1].key, objects[1].key));
    assert_true(out.objects[1].size_bytes == UINT64_MAX);
    assert_int_equal(out.objects[1].modified_s, -1);
    assert_int_equal(out.tables[0].columns[2].max_bytes, 65535);
    assert_int_equal(out.tables[0].columns[1].type, COLUMN_TIMESTAMP);
    assert_int_equal(out.part_count, 3);
    assert_int_equal(out.parts[1].column_count, 3);
    assert_int_equal(out.parts[2].table, 1);
    assert_int_equal(out.parts[2].raw_bytes, 900);
    text_release(&first);
    text_release(&second);
    arena_release(&arena);
}

static void
an_empty_hour_comes_back_too(void **state)
{
    struct inventory in = sample();
    struct inventory out = {0};
    struct arena arena = {0};
    struct text json = {0};
    struct error err = {0};

    (void)state;
    in.object_count = in.table_count = in.part_count = 0;
    in.counts = (struct counts){0};
    assert_int_equal(inventory_write(&in, &json, &err), 0);
    if (inventory_read(text_span(&json), &arena, &out, &err) != 0)
        fail_msg("%s: %s", err.what, err.why);
    assert_int_equal(out.object_count + out.table_count + out.part_count, 0);
    text_release(&json);
    arena_release(&arena);
}

/* `json` with the first `from` replaced by `to`; fails the test when it is not
 * there. */
static void
replace(struct text *json, const char *from, const char *to, struct text *ret)
{
    const char *whole = text_string(json);
    const char *at = strstr(whole, from);

    if (at == NULL)
        fail_msg("no %s in the sample", from);
    else {
        text_add(ret, (struct span){whole, (size_t)(at - whole)});
        text_add_string(ret, to);
        text_add_string(ret, at + strlen(from));
    }
}

static void
refuses_what_is_damaged_and_names_it(void **state)
{
    static const struct {
        const char *rule, *from, *to, *why;
    } cases[] = {
        {"another version", "\"version\":\t1", "\"version\":\t2", "\"version\""},
        {"no version", "\"version\":\t1,", "", "\"version\" is missing"},
        {"a version in quotes", "\"version\":\t1", "\"version\":\t\"1\"",
         "\"version\" is not a number"},
        {"a short load id", "01kd0q3m5s8x1c2v3b4n5m6q7w", "01kd", "\"load_id\""},
        {"a load id with a slash", "01kd0q3m5s8x1c2v3b4n5m6q7w",
         "01kd0q3m5s8x1c2v/b4n5m6q7w", "\"load_id\""},
        {"no schema", "\"schema\"", "\"scheme\"", "\"schema\" is missing"},
        {"an empty schema", "\"web\"", "\"\"", "\"schema\" is empty"},
        {"a schema that is a number", "\"web\"", "7", "\"schema\" is not a string"},
        {"half an hour", "\"2026-11-21T14\"", "\"2026-11-21T14:30\"", "\"from\""},
        {"a window of nothing", "\"2026-11-21T15\"", "\"2026-11-21T14\"", "\"until\""},
        {"a compression of another time", "\"gzip\"", "\"lzop\"", "\"compress\""},
        {"a count below zero", "\"lines\":\t13", "\"lines\":\t-1",
         "\"lines\" is out of range"},
        {"half a count", "\"lines\":\t13", "\"lines\":\t1.5",
         "\"lines\" is out of range"},
        {"a count past 2^53", "\"lines\":\t13", "\"lines\":\t1e16",
         "\"lines\" is out of range"},
        {"a count that is missing", "\"nulls\":\t6,", "", "\"nulls\" is missing"},
        {"no counts", "\"counts\"", "\"count\"", "\"counts\""},
        {"an object edited", "\"2026/a.gz\"", "\"2026/b.gz\"", "\"digest\""},
        {"an object's size edited", "\"size_bytes\":\t10,", "\"size_bytes\":\t11,",
         "\"digest\""},
        {"an object without a key", "\"2026/a.gz\"", "\"\"", "\"key\" is empty"},
        {"objects that are no array", "\"objects\":\t[{", "\"objects\":\t7, \"x\":\t[{",
         "\"objects\""},
        {"a column of no type", "\"timestamp\"", "\"date\"", "\"type\""},
        {"a column of another's type", "\"timestamp\"", "\"other\"", "\"type\""},
        {"tables out of order", "\"name\":\t\"tracks\"", "\"name\":\t\"events\"",
         "\"tables\" is not sorted"},
        {"a part over the columns", "\"columns\":\t3", "\"columns\":\t4",
         "\"columns\""},
        {"a part of no columns", "\"columns\":\t1", "\"columns\":\t0", "\"columns\""},
        {"parts out of order", "\"columns\":\t3", "\"columns\":\t1", "\"parts\""},
        {"a part from the root", "\"orders/0001.csv.gz\"", "\"/etc/passwd\"",
         "\"key\""},
        {"a part from outside", "\"orders/0001.csv.gz\"", "\"orders/../../x\"",
         "\"key\""},
        {"rows that do not add up", "\"rows\":\t11", "\"rows\":\t12", "\"rows\""},
        {"JSON that is cut", "\"tables\"", "", "not a JSON object"},
        {"another document", "{\n\t\"version\"", "[{\n\t\"version\"",
         "not a JSON object"},
    };
    struct inventory in = sample();
    struct text json = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(inventory_write(&in, &json, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct inventory out = {.part_count = 77};
        struct arena arena = {0};
        struct text bad = {0};

        replace(&json, cases[i].from, cases[i].to, &bad);
        if (inventory_read(text_span(&bad), &arena, &out, &err) != -1)
            fail_msg("%s: accepted", cases[i].rule);
        assert_int_equal(err.kind, ERROR_SOURCE);
        assert_int_equal(out.part_count, 77);
        if (strstr(err.why, cases[i].why) == NULL)
            fail_msg("%s: %s: %s", cases[i].rule, err.what, err.why);
        text_release(&bad);
        arena_release(&arena);
    }
    text_release(&json);
}

static void
refuses_every_cut_of_the_file(void **state)
{
    struct inventory in = sample();
    struct text json = {0};
    struct error err = {0};

    (void)state;
    assert_int_equal(inventory_write(&in, &json, &err), 0);
    /* the last two bytes are the closing brace and the line feed */
    for (size_t n = 0; n + 1 < json.length; n++) {
        struct inventory out;
        struct arena arena = {0};

        assert_int_equal(
            inventory_read((struct span){json.data, n}, &arena, &out, &err), -1);
        arena_release(&arena);
    }
    text_add_string(&json, "{}");
    assert_int_equal(inventory_read(text_span(&json), &(struct arena){0},
                                    &(struct inventory){0}, &err),
                     -1);
    assert_non_null(strstr(err.why, "goes on behind its end"));
    text_release(&json);
}

static void
a_digest_is_that_of_the_keys_sizes_and_etags(void **state)
{
    static const struct {
        const char *rule;
        struct object object;
    } others[] = {
        {"another key", {.key = {"b", 1}, .size_bytes = 1, .etag = {"x", 1}}},
        {"another size", {.key = {"a", 1}, .size_bytes = 2, .etag = {"x", 1}}},
        {"a size not known",
         {.key = {"a", 1}, .size_bytes = UINT64_MAX, .etag = {"x", 1}}},
        {"another etag", {.key = {"a", 1}, .size_bytes = 1, .etag = {"y", 1}}},
        {"a byte moved from etag to size",
         {.key = {"a", 1}, .size_bytes = 11, .etag = {"", 0}}},
    };
    struct object one = {.key = {"a", 1}, .size_bytes = 1, .etag = {"x", 1}};
    struct object twice[2] = {one, one};
    char digest[65];
    char other[65];

    (void)state;
    /* what `printf '1:a1;1:x' | sha256sum` prints */
    inventory_digest(&one, 1, digest);
    assert_string_equal(
        digest, "b6e66f39147604011e21e6156976540d0a6c5adb7694369a11def0906d8596a2");
    /* what `sha256sum < /dev/null` prints */
    inventory_digest(NULL, 0, other);
    assert_string_equal(
        other, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        inventory_digest(&others[i].object, 1, other);
        if (strcmp(digest, other) == 0)
            fail_msg("%s: same digest", others[i].rule);
    }
    inventory_digest(twice, 2, other);
    assert_string_not_equal(digest, other);
    /* the time is no part of it: some servers round it */
    one.modified_s = 5;
    inventory_digest(&one, 1, other);
    assert_string_equal(digest, other);
}

static void
words_of_compressions(void **state)
{
    (void)state;
    for (int i = COMPRESS_NONE; i <= COMPRESS_ZSTD; i++)
        assert_int_equal(compress_find(span_of(compress_name((enum compress)i))), i);
    assert_int_equal(compress_find(SPAN("GZIP")), -1);
    assert_string_equal(compress_suffix(COMPRESS_NONE), ".csv");
    assert_string_equal(compress_suffix(COMPRESS_GZIP), ".csv.gz");
    assert_string_equal(compress_suffix(COMPRESS_ZSTD), ".csv.zst");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was_written),
        cmocka_unit_test(an_empty_hour_comes_back_too),
        cmocka_unit_test(refuses_what_is_damaged_and_names_it),
        cmocka_unit_test(refuses_every_cut_of_the_file),
        cmocka_unit_test(a_digest_is_that_of_the_keys_sizes_and_etags),
        cmocka_unit_test(words_of_compressions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
