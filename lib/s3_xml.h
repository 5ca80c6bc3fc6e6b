/* s3_xml -- the leaves of a small XML document from a server that nobody trusts. */
#ifndef RSLOAD_S3_XML_H
#define RSLOAD_S3_XML_H

#include "bytes.h"
#include "error.h"

#define S3_XML_LIMIT       ((size_t)10 << 20) /* bytes of a document */
#define S3_XML_LEAF_LIMIT  ((size_t)8 << 10)  /* bytes of text in one element */
#define S3_XML_DEPTH_LIMIT 16

/*
 * What a document is told to: `open` at each start tag, `leaf` at each end tag with the
 * text that stood directly in it. `path` joins the local names from the root on by
 * slashes ("ListBucketResult/Contents/Key"); namespaces are dropped. -1 with `err` set
 * ends the parse. Texts are valid during the call. Either may be NULL.
 */
struct s3_xml_events {
    int (*open)(void *context, struct span path, struct error *err);
    int (*leaf)(void *context, struct span path, struct span text, struct error *err);
    void *context;
};

struct s3_xml;

/*
 * Documents with a DTD are refused at its first word: no entity is ever expanded and no
 * other file or host is ever read.
 * Ownership: the caller's, until s3_xml_free. Errors: ERROR_IO.
 */
int s3_xml_new(struct s3_xml_events events, struct s3_xml **ret,
               struct error *err) MUST_CHECK;
void s3_xml_free(struct s3_xml *xml);

/* Parse the next piece. Errors: ERROR_SOURCE when it is no XML or passes a limit; those
 * of the events. */
int s3_xml_push(struct s3_xml *xml, struct span piece, struct error *err) MUST_CHECK;

/* The document ends here. Errors: as above; ERROR_SOURCE also when it is not whole, and
 * s3_xml_is_cut then says so. */
int s3_xml_end(struct s3_xml *xml, struct error *err) MUST_CHECK;

/* Did it fail only because its end is missing? Asking again may help then. */
bool s3_xml_is_cut(const struct s3_xml *xml);

#endif
