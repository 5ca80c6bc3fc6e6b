/* aws_settings -- region, endpoint and the like, where no option says. */
#ifndef RSLOAD_AWS_SETTINGS_H
#define RSLOAD_AWS_SETTINGS_H

#include "aws_profile.h"
#include "bytes.h"
#include "error.h"

/* Empty spans: nothing said. */
struct aws_settings {
    struct span region;
    struct span endpoint_url;
    struct span addressing; /* "auto", "path", "virtual" */
    struct span ca_file;
};

/*
 * Settle them from variables and files, in this order. Region: AWS_REGION,
 * AWS_DEFAULT_REGION, the profile. Endpoint: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the
 * profile's services section, the profile (none of them with
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true). Addressing: the profile's s3 block. CA:
 * AWS_CA_BUNDLE, the profile's ca_bundle. An option on the command line is the caller's
 * and comes before all of it.
 * Ownership: `ret` lies in `arena`, with nothing secret. Errors: as aws_profile_read.
 * Source: AWS SDKs and Tools Reference Guide, "AWS Region", "Service-specific
 * endpoints".
 */
int aws_settings_find(const struct aws_sources *sources, struct arena *arena,
                      struct aws_settings *ret, struct error *err) MUST_CHECK;

#endif
