/* aws_settings: region, endpoint and the like, from variables and files. */
#include "aws_world.h"

#include "aws_settings.h"

static void
settles_region_endpoint_style_and_ca(void **state)
{
    static const struct {
        const char *rule;
        const char *variables[VARIABLES][2];
        const char *config, *settled; /* region|endpoint|style|ca */
    } settings[] = {
        {"nothing", {{0}}, NULL, "|||"},
        {"AWS_REGION first",
         {{"AWS_DEFAULT_REGION", "d"}, {"AWS_REGION", "r"}},
         "[default]\nregion = p\n",
         "r|||"},
        {"AWS_DEFAULT_REGION",
         {{"AWS_DEFAULT_REGION", "d"}},
         "[default]\nregion = p\n",
         "d|||"},
        {"all of a profile",
         {{0}},
         "[default]\nregion = p\nendpoint_url = http://e\nca_bundle = /c\ns3 =\n  "
         "addressing_style = path\n",
         "p|http://e|path|/c"},
        {"a services section before the profile",
         {{0}},
         "[default]\nendpoint_url = http://e\nservices = x\n[services x]\ns3 =\n  "
         "endpoint_url = http://s\n",
         "|http://s||"},
        {"the S3 variable first",
         {{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_ENDPOINT_URL_S3", "http://b"}},
         "[default]\nendpoint_url = http://e\n",
         "|http://b||"},
        {"endpoints ignored",
         {{"AWS_ENDPOINT_URL", "http://a"},
          {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
         "[default]\nendpoint_url = http://e\n",
         "|||"},
        {"the CA variable",
         {{"AWS_CA_BUNDLE", "/v"}},
         "[default]\nca_bundle = /c\n",
         "|||/v"},
    };
    struct world *w = *state;

    write_file(w, "credentials", NULL);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        struct aws_settings found = {0};
        struct arena arena = {0};
        struct text got = {0};

        memcpy(w->variables, settings[i].variables, sizeof w->variables);
        write_file(w, "config", settings[i].config);
        assert_int_equal(aws_settings_find(&w->sources, &arena, &found, &w->err), 0);
        text_addf(&got, "%.*s|%.*s|%.*s|%.*s", SPAN_ARG(found.region),
                  SPAN_ARG(found.endpoint_url), SPAN_ARG(found.addressing),
                  SPAN_ARG(found.ca_file));
        if (strcmp(text_string(&got), settings[i].settled) != 0)
            fail_msg("%s: %s", settings[i].rule, text_string(&got));
        text_release(&got);
        arena_release(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settles_region_endpoint_style_and_ca),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
