#include "name.h"

#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "digest.h"

#define CUT_BYTES 118 /* + "_" + 8 hex digits = COLUMN_NAME_MAX */

/* Today's list and the three words that stood on it before (connect, language, start): a
 * name that was prefixed once stays prefixed. Sorted, for bsearch. */
static const char *const reserved_words[] = {
    "aes128",
    "aes256",
    "all",
    "allowoverwrite",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "authorization",
    "az64",
    "backup",
    "between",
    "binary",
    "blanksasnull",
    "both",
    "bytedict",
    "bzip2",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "connect",
    "constraint",
    "create",
    "credentials",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "current_user_id",
    "default",
    "deferrable",
    "deflate",
    "defrag",
    "delta",
    "delta32k",
    "desc",
    "disable",
    "distinct",
    "do",
    "else",
    "emptyasnull",
    "enable",
    "encode",
    "encrypt",
    "encryption",
    "end",
    "except",
    "explicit",
    "false",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "globaldict256",
    "globaldict64k",
    "grant",
    "group",
    "gzip",
    "having",
    "identity",
    "ignore",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "language",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "lun",
    "luns",
    "lzo",
    "lzop",
    "minus",
    "mostly16",
    "mostly32",
    "mostly8",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "nulls",
    "off",
    "offline",
    "offset",
    "oid",
    "old",
    "on",
    "only",
    "open",
    "or",
    "order",
    "outer",
    "overlaps",
    "parallel",
    "partition",
    "percent",
    "permissions",
    "pivot",
    "placing",
    "primary",
    "raw",
    "readratio",
    "recover",
    "references",
    "rejectlog",
    "resort",
    "respect",
    "restore",
    "right",
    "select",
    "session_user",
    "similar",
    "snapshot",
    "some",
    "start",
    "sysdate",
    "system",
    "table",
    "tag",
    "tdes",
    "text255",
    "text32k",
    "then",
    "timestamp",
    "to",
    "top",
    "trailing",
    "true",
    "truncatecolumns",
    "union",
    "unique",
    "unnest",
    "unpivot",
    "user",
    "using",
    "verbose",
    "wallet",
    "when",
    "where",
    "with",
    "without",
};

static const char *const builtin_tables[] = {
    "tracks", "pages",    "screens", "aliases",
    "groups", "accounts", "users",   "identifies",
};

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How many bytes from the start on are in snake case already. */
static size_t
snake_prefix(struct span key)
{
    for (size_t i = 0; i < key.length; i++) {
        char c = key.data[i];
        bool is_glue = c == '_' && i > 0 && i + 1 < key.length &&
                       (is_lower(key.data[i + 1]) || is_digit(key.data[i + 1]));

        if (!is_lower(c) && !is_digit(c) && !is_glue)
            return i;
    }
    return key.length;
}

/* Append one word: capitals and digits, then lower case and digits. Returns its end. */
static size_t
add_word(struct span key, size_t i, struct text *ret)
{
    for (; i < key.length && (is_upper(key.data[i]) || is_digit(key.data[i])); i++)
        text_add_char(ret,
                      is_upper(key.data[i]) ? (char)(key.data[i] | 0x20) : key.data[i]);
    for (; i < key.length && (is_lower(key.data[i]) || is_digit(key.data[i])); i++)
        text_add_char(ret, key.data[i]);
    return i;
}

/* Has the word that `prefix` ends with no lower-case letter yet? Then capitals join it. */
static bool
word_is_open(struct span prefix)
{
    for (size_t i = prefix.length; i > 0 && prefix.data[i - 1] != '_'; i--)
        if (is_lower(prefix.data[i - 1]))
            return false;
    return true;
}

void
name_snake(struct span key, struct text *ret)
{
    size_t i = snake_prefix(key);
    size_t from = ret->length;

    text_add(ret, (struct span){key.data, i});
    if (i < key.length && is_upper(key.data[i]) &&
        word_is_open((struct span){key.data, i}))
        i = add_word(key, i, ret);
    while (i < key.length) {
        char c = key.data[i];

        if (!is_lower(c) && !is_upper(c) && !is_digit(c)) {
            i++;
            continue;
        }
        if (ret->length > from)
            text_add_char(ret, '_');
        i = add_word(key, i, ret);
    }
}

static int
compare_word(const void *name, const void *word)
{
    return span_compare(*(const struct span *)name,
                        span_of(*(const char *const *)word));
}

bool
name_is_reserved(struct span name)
{
    char lower[COLUMN_NAME_MAX];
    struct span key = {lower, name.length};

    if (name.length > sizeof lower)
        return false;
    for (size_t i = 0; i < name.length; i++)
        lower[i] = is_upper(name.data[i]) ? (char)(name.data[i] | 0x20) : name.data[i];
    return bsearch(&key, reserved_words,
                   sizeof reserved_words / sizeof reserved_words[0],
                   sizeof reserved_words[0], compare_word) != NULL;
}

/* Put an underscore in front. */
static void
prefix(struct text *name)
{
    if (text_room(name, 1) == NULL)
        return;
    memmove(name->data + 1, name->data, name->length);
    name->data[0] = '_';
    name->length++;
}

void
name_finish(struct text *name)
{
    char hex[DIGEST_HEX_SIZE];

    if (name->length > 0 &&
        (is_digit(name->data[0]) || name_is_reserved(text_span(name))))
        prefix(name);
    if (name->length <= COLUMN_NAME_MAX || name->is_failed)
        return;
    digest_hex(text_span(name), hex);
    name->length = CUT_BYTES;
    text_addf(name, "_%.8s", hex);
}

void
name_hex(struct span key, struct text *ret)
{
    text_add(ret, SPAN("u_"));
    for (size_t i = 0; i < key.length; i++)
        text_addf(ret, "%02x", (unsigned)(unsigned char)key.data[i]);
}

bool
name_is_builtin_table(struct span name)
{
    for (size_t i = 0; i < sizeof builtin_tables / sizeof builtin_tables[0]; i++)
        if (span_equal(name, span_of(builtin_tables[i])))
            return true;
    return span_starts(name, SPAN("rsload_"));
}

/* Without the white space around it; whole when it is nothing else. */
static struct span
trim(struct span text)
{
    static const char blanks[] = " \t\r\n";
    struct span inner = text;

    while (inner.length > 0 && strchr(blanks, inner.data[0]) != NULL && inner.data[0])
        inner = (struct span){inner.data + 1, inner.length - 1};
    while (inner.length > 0 && inner.data[inner.length - 1] &&
           strchr(blanks, inner.data[inner.length - 1]) != NULL)
        inner.length--;
    return inner.length > 0 ? inner : text;
}

void
name_event(struct span event, struct text *slug, struct text *table)
{
    if (event.length == 0)
        return;
    name_snake(event, slug);
    if (slug->length == 0)
        name_hex(trim(event), table);
    else
        text_add(table, text_span(slug));
    if (name_is_builtin_table(text_span(table)))
        prefix(table);
    name_finish(table);
}
