/* aws_ini -- the grammar of ~/.aws/credentials and ~/.aws/config. */
#ifndef RSLOAD_AWS_INI_H
#define RSLOAD_AWS_INI_H

#include "bytes.h"
#include "error.h"

/* One property. `parent` is the property it is indented under ("s3"), else empty. */
struct aws_ini_entry {
    struct span section; /* as written between the brackets, blanks folded to one */
    struct span parent;
    struct span name;
    struct span value;
    const struct aws_ini_entry *before;
};

/* One section header, also of a section without properties. */
struct aws_ini_section {
    struct span name;
    const struct aws_ini_section *before;
};

/* A parsed file, the last entry first. Everything lies in the arena of the parse. */
struct aws_ini {
    const struct aws_ini_entry *last;
    const struct aws_ini_section *last_section;
};

/*
 * Parse `file`. A byte order mark and CRLF are taken; '#' and ';' begin a comment at
 * the start of a line or after a blank, so that a secret may hold them; an indented
 * line is a property of the property above, or, when that has a value, its
 * continuation. Sections and properties that come again count with their last value.
 * Errors: ERROR_CONFIG naming the line by its number only, for it may hold a secret.
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */
int aws_ini_parse(struct span file, struct arena *arena, struct aws_ini *ret,
                  struct error *err) MUST_CHECK;

/* Is there such a section? */
bool aws_ini_has(const struct aws_ini *ini, struct span section);

/* The value of `name` (below `parent`, or empty) in `section`; false when there is
 * none. */
bool aws_ini_find(const struct aws_ini *ini, struct span section, struct span parent,
                  struct span name, struct span *ret);

#endif
