/* manifest: parts become steps, one COPY each, and the file names every part. */
#include "fake_libpq.h"
#include "warehouse_world.h"

#include "manifest.h"

static void
test_steps(void **state)
{
    struct step *steps = NULL;
    struct error err = {0};
    size_t count = 0;
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(0, manifest_steps(&w.inventory, &w.arena, &steps, &count, &err));
    assert_int_equal(3, count); /* other columns, other step; other table, other step */
    assert_true(span_equal(SPAN("identifies/0001.manifest"), steps[0].manifest_key));
    assert_true(span_equal(SPAN("identifies/0002.manifest"), steps[1].manifest_key));
    assert_true(span_equal(SPAN("tracks/0001.manifest"), steps[2].manifest_key));
    assert_int_equal(5, steps[1].column_count);
    assert_ptr_equal(&w.tables[1], steps[2].table);
    assert_int_equal(3, steps[2].rows);
    world_close(&w);
}

static void
test_equal_columns_share_a_step(void **state)
{
    struct step *steps = NULL;
    struct error err = {0};
    size_t count = 0;
    struct world w;

    (void)state;
    world_init(&w);
    w.parts[1].column_count = 4;
    assert_int_equal(0, manifest_steps(&w.inventory, &w.arena, &steps, &count, &err));
    assert_int_equal(2, count);
    assert_int_equal(2, steps[0].part_count);
    assert_int_equal(3, steps[0].rows);
    w.inventory.part_count = 0;
    assert_int_equal(0, manifest_steps(&w.inventory, &w.arena, &steps, &count, &err));
    assert_int_equal(0, count);
    world_close(&w);
}

static void
test_text(void **state)
{
    struct step step;
    struct step *steps = NULL;
    struct text text = {0};
    struct error err = {0};
    size_t count = 0;
    struct world w;

    (void)state;
    world_init(&w);
    w.parts[1].column_count = 4;
    w.parts[1].size_bytes = UINT64_C(9007199254740993); /* no double has it */
    assert_int_equal(0, manifest_steps(&w.inventory, &w.arena, &steps, &count, &err));
    step = steps[0];
    assert_int_equal(0, manifest_text(&step, SPAN("s3://b/x"), &text, &err));
    assert_string_equal("{\n"
                        "\t\"entries\":\t[{\n"
                        "\t\t\t\"url\":\t\"s3://b/x/identifies/0001.csv\",\n"
                        "\t\t\t\"mandatory\":\ttrue,\n"
                        "\t\t\t\"meta\":\t{\n"
                        "\t\t\t\t\"content_length\":\t60\n"
                        "\t\t\t}\n"
                        "\t\t}, {\n"
                        "\t\t\t\"url\":\t\"s3://b/x/identifies/0002.csv\",\n"
                        "\t\t\t\"mandatory\":\ttrue,\n"
                        "\t\t\t\"meta\":\t{\n"
                        "\t\t\t\t\"content_length\":\t9007199254740993\n"
                        "\t\t\t}\n"
                        "\t\t}]\n"
                        "}\n",
                        text_string(&text));
    text_release(&text);
    world_close(&w);
}

static void
test_url_limit(void **state)
{
    char url[MANIFEST_URL_MAX + 1] = "s3://b/";
    struct span at;
    struct step *steps = NULL;
    struct text text = {0};
    struct error err = {0};
    size_t count = 0;
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(0, manifest_steps(&w.inventory, &w.arena, &steps, &count, &err));
    memset(url + 7, 'x', sizeof url - 7);
    /* 256 bytes with the slash and "tracks/0001.csv" */
    at = (struct span){url, MANIFEST_URL_MAX - 16};
    assert_int_equal(0, manifest_text(&steps[2], at, &text, &err));
    at.length++;
    assert_int_equal(-1, manifest_text(&steps[2], at, &text, &err));
    assert_int_equal(ERROR_CONFIG, err.kind);
    world_assert_has(err.why, "is over 256 bytes long");
    world_assert_has(err.hint, "--staging");
    /* no view of a server's cuts the names of files */
    memcpy(url, "file://", 7);
    text_clear(&text);
    assert_int_equal(0, manifest_text(&steps[2], at, &text, &err));
    text_release(&text);
    world_close(&w);
}

static void
test_stage(void **state)
{
    char path[128];
    struct error err = {0};
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(0, manifest_stage(&w.inventory, &w.staging, &err));
    (void)snprintf(path, sizeof path, "%s/identifies/0002.manifest", w.folder);
    assert_int_equal(0, access(path, R_OK));
    (void)snprintf(path, sizeof path, "%s/tracks/0001.manifest", w.folder);
    assert_int_equal(0, access(path, R_OK));
    world_close(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps), cmocka_unit_test(test_equal_columns_share_a_step),
        cmocka_unit_test(test_text),  cmocka_unit_test(test_url_limit),
        cmocka_unit_test(test_stage),
    };

    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
