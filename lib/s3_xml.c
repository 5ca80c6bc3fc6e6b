#include "s3_xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/* Behind the last of these in an expanded name stands the local one. */
#define NAMESPACE_MARK '\n'

struct s3_xml {
    XML_Parser parser;
    struct s3_xml_events events;
    struct text path;
    struct text leaf; /* of the innermost element; what comes between tags is dropped */
    size_t depth;
    size_t total_bytes;
    struct error failure; /* of a callback: expat itself only knows that it stopped */
    bool is_failed;
    bool is_cut;
};

static void
fail(struct s3_xml *xml)
{
    xml->is_failed = true;
    (void)XML_StopParser(xml->parser, XML_FALSE); /* fails only when stopped already */
}

static void XMLCALL
begin_doctype(void *context, const XML_Char *name, const XML_Char *system,
              const XML_Char *public, int has_subset)
{
    struct s3_xml *xml = context;

    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    (void)error_set(&xml->failure, ERROR_SOURCE,
                    "the XML has a DOCTYPE, S3's has none");
    fail(xml);
}

static void XMLCALL
begin_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct s3_xml *xml = context;
    const char *mark = strrchr(name, NAMESPACE_MARK);

    (void)attributes;
    if (xml->is_failed)
        return;
    if (++xml->depth > S3_XML_DEPTH_LIMIT) {
        (void)error_set(&xml->failure, ERROR_SOURCE, "the XML is over %d levels deep",
                        S3_XML_DEPTH_LIMIT);
        fail(xml);
        return;
    }
    if (xml->path.length > 0)
        text_add_char(&xml->path, '/');
    text_add_string(&xml->path, mark != NULL ? mark + 1 : name);
    text_clear(&xml->leaf);
    if (text_check(&xml->path, &xml->failure) ||
        (xml->events.open != NULL &&
         xml->events.open(xml->events.context, text_span(&xml->path), &xml->failure)))
        fail(xml);
}

static void XMLCALL
end_element(void *context, const XML_Char *name)
{
    struct s3_xml *xml = context;
    size_t at = xml->path.length;

    (void)name;
    if (xml->is_failed)
        return;
    if (xml->events.leaf != NULL &&
        xml->events.leaf(xml->events.context, text_span(&xml->path),
                         text_span(&xml->leaf), &xml->failure)) {
        fail(xml);
        return;
    }
    while (at > 0 && xml->path.data[at - 1] != '/')
        at--;
    xml->path.length = at > 0 ? at - 1 : 0;
    xml->depth--;
    text_clear(&xml->leaf);
}

static void XMLCALL
take_text(void *context, const XML_Char *text, int length)
{
    struct s3_xml *xml = context;

    if (xml->is_failed)
        return;
    if (xml->leaf.length + (size_t)length > S3_XML_LEAF_LIMIT) {
        (void)error_set(&xml->failure, ERROR_SOURCE, "an XML element of over %zu KiB",
                        S3_XML_LEAF_LIMIT >> 10);
        fail(xml);
        return;
    }
    text_add(&xml->leaf, (struct span){text, (size_t)length});
    if (text_check(&xml->leaf, &xml->failure))
        fail(xml);
}

int
s3_xml_new(struct s3_xml_events events, struct s3_xml **ret, struct error *err)
{
    struct s3_xml *xml = calloc(1, sizeof *xml);

    if (xml == NULL)
        return error_no_memory(err);
    xml->events = events;
    xml->parser = XML_ParserCreateNS("UTF-8", NAMESPACE_MARK);
    if (xml->parser == NULL) {
        free(xml);
        return error_no_memory(err);
    }
    XML_SetUserData(xml->parser, xml);
    XML_SetStartDoctypeDeclHandler(xml->parser, begin_doctype);
    XML_SetElementHandler(xml->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(xml->parser, take_text);
    *ret = xml;
    return 0;
}

void
s3_xml_free(struct s3_xml *xml)
{
    if (xml == NULL)
        return;
    XML_ParserFree(xml->parser);
    text_release(&xml->path);
    text_release(&xml->leaf);
    free(xml);
}

static int
refuse(struct s3_xml *xml, struct error *err)
{
    enum XML_Error code = XML_GetErrorCode(xml->parser);

    if (xml->is_failed) {
        *err = xml->failure;
        return -1;
    }
    if (code == XML_ERROR_NO_MEMORY)
        return error_no_memory(err);
    return error_set(err, ERROR_SOURCE, "the answer is no XML: %s in line %lu",
                     XML_ErrorString(code),
                     (unsigned long)XML_GetCurrentLineNumber(xml->parser));
}

int
s3_xml_push(struct s3_xml *xml, struct span piece, struct error *err)
{
    xml->total_bytes += piece.length;
    if (xml->total_bytes > S3_XML_LIMIT) /* so that a piece fits an int, too */
        return error_set(err, ERROR_SOURCE, "the answer is over %zu MiB of XML",
                         S3_XML_LIMIT >> 20);
    if (XML_Parse(xml->parser, piece.data, (int)piece.length, 0) == XML_STATUS_OK)
        return 0;
    return refuse(xml, err);
}

int
s3_xml_end(struct s3_xml *xml, struct error *err)
{
    enum XML_Error code;

    if (XML_Parse(xml->parser, "", 0, 1) == XML_STATUS_OK)
        return 0;
    code = XML_GetErrorCode(xml->parser);
    xml->is_cut = !xml->is_failed &&
                  (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                   code == XML_ERROR_PARTIAL_CHAR ||
                   code == XML_ERROR_UNCLOSED_CDATA_SECTION);
    return refuse(xml, err);
}

bool
s3_xml_is_cut(const struct s3_xml *xml)
{
    return xml->is_cut;
}
