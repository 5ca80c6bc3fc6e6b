#include "aws_settings.h"

/* Take `value` for `to` when it says something and nothing was said before it. */
static void
take(struct span *to, struct span value)
{
    if (to->length == 0)
        *to = value;
}

static void
take_variables(const struct aws_sources *sources, bool with_endpoint,
               struct aws_settings *s)
{
    take(&s->region, aws_variable(sources, "AWS_REGION"));
    take(&s->region, aws_variable(sources, "AWS_DEFAULT_REGION"));
    take(&s->ca_file, aws_variable(sources, "AWS_CA_BUNDLE"));
    if (with_endpoint) {
        take(&s->endpoint_url, aws_variable(sources, "AWS_ENDPOINT_URL_S3"));
        take(&s->endpoint_url, aws_variable(sources, "AWS_ENDPOINT_URL"));
    }
}

static void
take_profile(const struct aws_profile *profile, bool with_endpoint,
             struct aws_settings *s)
{
    struct span value;

    if (aws_profile_find(profile, SPAN("region"), &value))
        take(&s->region, value);
    if (aws_profile_find(profile, SPAN("ca_bundle"), &value))
        take(&s->ca_file, value);
    if (aws_profile_find_in_config(profile, SPAN("s3"), SPAN("addressing_style"),
                                   &value))
        take(&s->addressing, value);
    if (!with_endpoint)
        return;
    if (aws_profile_find_service(profile, SPAN("s3"), SPAN("endpoint_url"), &value))
        take(&s->endpoint_url, value);
    if (aws_profile_find(profile, SPAN("endpoint_url"), &value))
        take(&s->endpoint_url, value);
}

int
aws_settings_find(const struct aws_sources *sources, struct arena *arena,
                  struct aws_settings *ret, struct error *err)
{
    bool with_endpoint = !span_equal(
        aws_variable(sources, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), SPAN("true"));
    struct aws_settings found = {0};
    struct aws_sources quiet = *sources; /* who reads the secrets says what is wrong */
    struct aws_profile profile = {0};
    struct arena files = {0};
    int rc = -1;

    quiet.say = NULL;
    take_variables(sources, with_endpoint, &found);
    if (aws_profile_read(&quiet, &files, &profile, err))
        goto out;
    take_profile(&profile, with_endpoint, &found);
    if (arena_copy(arena, found.region, &found.region, err) ||
        arena_copy(arena, found.endpoint_url, &found.endpoint_url, err) ||
        arena_copy(arena, found.addressing, &found.addressing, err) ||
        arena_copy(arena, found.ca_file, &found.ca_file, err))
        goto out;
    *ret = found;
    rc = 0;
out:
    aws_profile_wipe(&profile);
    arena_release(&files);
    return rc;
}
