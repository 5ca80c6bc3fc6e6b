#include "s3_endpoint.h"

#include <string.h>

#include "s3_error.h"

static bool
is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_address(struct span s)
{
    for (size_t i = 0; i < s.length; i++)
        if ((s.data[i] < '0' || s.data[i] > '9') && s.data[i] != '.')
            return false;
    return true;
}

bool
s3_bucket_is_valid(struct span bucket)
{
    if (bucket.length < 3 || bucket.length > 63 || is_address(bucket) ||
        !is_alphanumeric(bucket.data[0]) ||
        !is_alphanumeric(bucket.data[bucket.length - 1]))
        return false;
    for (size_t i = 0; i < bucket.length; i++) {
        char c = bucket.data[i];

        if (!is_alphanumeric(c) && c != '-' && c != '.')
            return false;
        if (c == '.' && bucket.data[i - 1] == '.') /* never the first: see above */
            return false;
    }
    return true;
}

/* The end of AWS's host names in the partition of a region. */
static const char *
suffix_of(struct span region)
{
    static const struct {
        const char *prefix, *suffix;
    } partitions[] = {
        {"cn-", "amazonaws.com.cn"},   {"eusc-", "amazonaws.eu"},
        {"us-isob-", "sc2s.sgov.gov"}, {"us-isof-", "csp.hci.ic.gov"},
        {"us-iso-", "c2s.ic.gov"},     {"eu-isoe-", "cloud.adc-e.uk"},
    };

    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++)
        if (span_starts(region, span_of(partitions[i].prefix)))
            return partitions[i].suffix;
    return "amazonaws.com";
}

static bool
is_host_char(char c)
{
    return is_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == ':' || c == '[' || c == ']';
}

/* Read "https://host:port/path" into `ret`. Returns whether it is one. */
static bool
read_url(struct span url, struct s3_endpoint *ret)
{
    struct span scheme = SPAN("https://");
    struct span port = SPAN(":443");
    size_t at = 0;

    if (span_starts(url, SPAN("http://"))) {
        ret->is_plain = true;
        scheme = SPAN("http://");
        port = SPAN(":80");
    }
    if (!span_starts(url, scheme))
        return false;
    url = (struct span){url.data + scheme.length, url.length - scheme.length};
    for (; at < url.length && url.data[at] != '/'; at++) {
        char c = url.data[at];

        if (!is_host_char(c)) /* also refuses user:password@ */
            return false;
        text_add_char(&ret->host, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    if (at == 0)
        return false;
    if (span_ends(text_span(&ret->host), port))
        ret->host.length -= port.length;
    while (url.length > at && url.data[url.length - 1] == '/')
        url.length--;
    url = (struct span){url.data + at, url.length - at};
    if (url.length > 0 && (memchr(url.data, '?', url.length) != NULL ||
                           memchr(url.data, '#', url.length) != NULL))
        return false;
    text_add(&ret->path, url);
    return true;
}

/* Host and path before the bucket is put in. */
static int
make_base(const struct store_s3_config *config, struct span region,
          struct s3_endpoint *ret, struct error *err)
{
    if (config->endpoint.length > 0) {
        if (read_url(config->endpoint, ret))
            return 0;
        (void)error_set(err, ERROR_CONFIG, "\"%.*s\" is no endpoint of S3",
                        SPAN_ARG(config->endpoint));
        return error_hint(err, "write it as https://host[:port][/path]");
    }
    text_addf(&ret->host, "s3.%.*s.%s", SPAN_ARG(region), suffix_of(region));
    return 0;
}

static int
add_bucket(const struct store_s3_config *config, struct span bucket,
           struct s3_endpoint *ret, struct error *err)
{
    bool has_dots = memchr(bucket.data, '.', bucket.length) != NULL;
    bool is_virtual = config->addressing == S3_ADDRESSING_VIRTUAL ||
                      (config->addressing == S3_ADDRESSING_AUTO &&
                       config->endpoint.length == 0 && !has_dots);
    struct text host = {0};

    if (!is_virtual) {
        text_add_char(&ret->path, '/');
        text_add(&ret->path, bucket);
        return 0;
    }
    if (has_dots && !ret->is_plain) {
        (void)error_set(err, ERROR_CONFIG,
                        "virtual addressing of bucket \"%.*s\": no certificate covers "
                        "a name with more dots",
                        SPAN_ARG(bucket));
        return error_hint(err, "set the addressing style to path");
    }
    text_add(&host, bucket);
    text_add_char(&host, '.');
    text_add(&host, text_span(&ret->host));
    text_release(&ret->host);
    ret->host = host;
    return 0;
}

int
s3_endpoint_make(const struct store_s3_config *config, struct span bucket,
                 struct span region, struct s3_endpoint *ret, struct error *err)
{
    struct s3_endpoint made = {0};

    if (!s3_region_is_valid(region))
        return error_set(err, ERROR_CONFIG, "\"%.*s\" is no name of a region",
                         SPAN_ARG(region));
    if (make_base(config, region, &made, err) ||
        add_bucket(config, bucket, &made, err) || text_check(&made.host, err) ||
        text_check(&made.path, err)) {
        s3_endpoint_release(&made);
        return -1;
    }
    s3_endpoint_release(ret);
    *ret = made;
    return 0;
}

void
s3_endpoint_release(struct s3_endpoint *endpoint)
{
    text_release(&endpoint->host);
    text_release(&endpoint->path);
    *endpoint = (struct s3_endpoint){0};
}
