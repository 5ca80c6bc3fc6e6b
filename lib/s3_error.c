#include "s3_error.h"

#include <stdio.h>

#include "s3_xml.h"

static int
take_leaf(void *context, struct span path, struct span text, struct error *err)
{
    struct s3_error *e = context;
    const struct {
        struct span path;
        char *to;
        size_t size;
    } leaves[] = {
        {SPAN("Error/Code"), e->code, sizeof e->code},
        {SPAN("Error/Message"), e->message, sizeof e->message},
        {SPAN("Error/Region"), e->region, sizeof e->region},
        {SPAN("Error/RequestId"), e->request_id, sizeof e->request_id},
    };

    (void)err;
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++)
        if (span_equal(path, leaves[i].path))
            (void)snprintf(leaves[i].to, leaves[i].size, "%.*s", SPAN_ARG(text));
    return 0;
}

void
s3_error_read(struct span document, struct s3_error *ret)
{
    struct s3_xml_events events = {NULL, take_leaf, ret};
    struct s3_xml *xml = NULL;
    struct error
        ignored; /* a document that makes no sense tells nothing, that is all */

    *ret = (struct s3_error){0};
    if (s3_xml_new(events, &xml, &ignored))
        return;
    if (s3_xml_push(xml, document, &ignored))
        ret->message[sizeof ret->message - 1] = '\0'; /* what came before it counts */
    s3_xml_free(xml);
}

bool
s3_region_is_valid(struct span region)
{
    if (region.length < 1 || region.length > 63)
        return false;
    for (size_t i = 0; i < region.length; i++) {
        char c = region.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}
