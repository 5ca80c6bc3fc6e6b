/* s3_list: pages of ListObjectsV2 as servers write them, and as they must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "s3_error.h"
#include "s3_list.h"

#define NS   " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define ROOT HEAD "<ListBucketResult" NS ">"
#define URL  "<EncodingType>url</EncodingType>"
#define END  "<IsTruncated>false</IsTruncated></ListBucketResult>"
#define MORE                                                                           \
    "<IsTruncated>true</IsTruncated><NextContinuationToken>t/+=1</"                    \
    "NextContinuationToken></ListBucketResult>"
#define KEY(key)                                                                       \
    "<Contents><Key>" key "</Key><LastModified>2026-11-21T14:00:01.000Z</"             \
    "LastModified><ETag>&quot;ab&quot;</ETag><Size>7</Size></Contents>"

/* Read `document` in pieces of `step` bytes. */
static int
read_page(const char *document, size_t step, struct arena *arena, struct s3_page *ret,
          bool *ret_is_passing, struct error *err)
{
    struct span rest = span_of(document);
    struct s3_list *list;
    int rc = 0;

    assert_int_equal(s3_list_new(arena, &list, err), 0);
    while (rc == 0 && rest.length > 0) {
        size_t length = rest.length < step ? rest.length : step;

        rc = s3_list_push(list, (struct span){rest.data, length}, err);
        rest = (struct span){rest.data + length, rest.length - length};
    }
    if (rc == 0)
        rc = s3_list_end(list, ret, err);
    *ret_is_passing = s3_list_is_passing(list);
    s3_list_free(list);
    return rc;
}

static void
reads_pages(void **state)
{
    static const struct {
        const char *rule, *document, *keys; /* each key ends in '|' */
        bool is_truncated;
    } cases[] = {
        {"no object", ROOT URL END, "", false},
        {"an object", ROOT URL KEY("a/b.gz") END, "a/b.gz|", false},
        {"more to come", ROOT URL KEY("a") MORE, "a|", true},
        {"an empty page with more to come", ROOT URL MORE, "", true},
        {"blank as plus", ROOT URL KEY("a+b") END, "a b|", false},
        {"blank as %20", ROOT URL KEY("a%20b") END, "a b|", false},
        {"plus as %2B", ROOT URL KEY("a%2Bb") KEY("a%2bc") END, "a+b|a+c|", false},
        {"slash as %2F", ROOT URL KEY("a%2Fb") END, "a/b|", false},
        {"percent as %25", ROOT URL KEY("a%2520b") END, "a%20b|", false},
        {"control characters", ROOT URL KEY("%01%0A") END, "\x01\n|", false},
        {"UTF-8", ROOT URL KEY("%C3%BC\xc3\xbc") END, "\xc3\xbc\xc3\xbc|", false},
        {"EncodingType behind the keys", ROOT KEY("a%20b") URL END, "a b|", false},
        {"no EncodingType: nothing is decoded", ROOT KEY("a+%20") END, "a+%20|", false},
        {"entities of XML", ROOT KEY("&amp;&lt;&#x41;") END, "&<A|", false},
        {"another namespace",
         HEAD "<l:ListBucketResult xmlns:l=\"urn:x\"><l:IsTruncated>"
              "false</l:IsTruncated></l:ListBucketResult>",
         "", false},
        {"no namespace", "<ListBucketResult>" KEY("k") END, "k|", false},
        {"elements we do not know",
         ROOT "<New><Key>no</Key></New><Owner/>" KEY(
             "k") "<CommonPrefixes><Prefix>p</Prefix></CommonPrefixes>" END,
         "k|", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t step = 1; step < 2000; step = step * 3 + 40) {
            struct arena arena = {0};
            struct s3_page page = {0};
            struct error err = {0};
            struct text keys = {0};
            bool is_passing;

            if (read_page(cases[i].document, step, &arena, &page, &is_passing, &err))
                fail_msg("%s: %s", cases[i].rule, err.why);
            for (size_t k = 0; k < page.count; k++) {
                text_add(&keys, page.objects[k].key);
                text_add_char(&keys, '|');
                assert_int_equal(page.objects[k].size_bytes, 7);
                assert_true(span_equal(page.objects[k].etag, SPAN("\"ab\"")));
                assert_int_equal(page.objects[k].modified_s, 1795269601);
            }
            if (strcmp(text_string(&keys), cases[i].keys) != 0 ||
                page.is_truncated != cases[i].is_truncated)
                fail_msg("%s: \"%s\"", cases[i].rule, text_string(&keys));
            if (page.is_truncated)
                assert_true(span_equal(page.next_token, SPAN("t/+=1")));
            text_release(&keys);
            arena_release(&arena);
        }
}

#define SIZED(size) ROOT "<Contents><Key>k</Key><Size>" size "</Size></Contents>" END
#define LOL         "<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"

static const struct {
    const char *rule, *document, *why;
    bool is_passing;
} refused[] = {
    {"nothing", "", "no element", true},
    {"cut in a tag", ROOT "<Conte", "", true},
    {"cut between elements", ROOT KEY("a"), "", true},
    {"cut in a character", ROOT "<Contents><Key>\xc3", "", true},
    {"HTML", "<html><body>502</body></html>", "<html>", false},
    {"no XML", "Service Unavailable", "no XML", false},
    {"mismatched tags", ROOT "<Contents></Key>", "no XML", false},
    {"something behind the root", ROOT END "<x/>", "no XML", false},
    {"an error under status 200", HEAD "<Error><Code>InternalError</Code></Error>",
     "<Error>", true},
    {"another root", HEAD "<ListAllMyBucketsResult/>", "ListAllMyBucketsResult", false},
    {"no IsTruncated", ROOT "</ListBucketResult>", "IsTruncated", false},
    {"an IsTruncated that is neither", ROOT "<IsTruncated>1</IsTruncated>",
     "IsTruncated", false},
    {"more to come without a token",
     ROOT "<IsTruncated>true</IsTruncated></ListBucketResult>", "no token", false},
    {"a negative size", SIZED("-1"), "\"-1\"", false},
    {"a size of 2^63", SIZED("9223372036854775808"), "Size", false},
    {"a size of 2^64", SIZED("18446744073709551616"), "Size", false},
    {"a size with an exponent", SIZED("1e3"), "1e3", false},
    {"an empty size", SIZED(""), "Size", false},
    {"no size", ROOT "<Contents><Key>k</Key></Contents>" END, "without a size", false},
    {"no key", ROOT "<Contents><Size>1</Size></Contents>" END, "without a key", false},
    {"an empty key", ROOT KEY("") END, "without a key", false},
    {"a NUL in a key", ROOT URL KEY("a%00b") END, "NUL", false},
    {"an escape that is none", ROOT URL KEY("a%zz") END, "escape", false},
    {"an escape cut", ROOT URL KEY("a%4") END, "escape", false},
    {"a line end in an ETag", ROOT "<Contents><Key>k</Key><ETag>a&#10;X: y</ETag>",
     "ETag", false},
    {"a DOCTYPE", "<!DOCTYPE html>" ROOT END, "DOCTYPE", false},
    {"entities within entities", LOL "<ListBucketResult>&b;</ListBucketResult>",
     "DOCTYPE", false},
    {"an external entity",
     "<!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><ListBucketResult>&x;",
     "DOCTYPE", false},
    {"an entity nobody declared", ROOT KEY("&x;") END, "no XML", false},
};

static void
refuses_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct arena arena = {0};
        struct s3_page page = {0};
        struct error err = {0};
        bool is_passing = false;
        int rc = read_page(refused[i].document, 4096, &arena, &page, &is_passing, &err);

        if (rc == 0 || err.kind != ERROR_SOURCE ||
            strstr(err.why, refused[i].why) == NULL ||
            is_passing != refused[i].is_passing)
            fail_msg("%s: rc %d, passing %d: %s", refused[i].rule, rc, is_passing,
                     err.why);
        arena_release(&arena);
    }
}

/* Documents that are built: too much of everything. */
static void
limits_what_a_document_may_hold(void **state)
{
    static const struct {
        const char *rule, *begin, *repeat, *end, *why;
        size_t times;
    } cases[] = {
        {"1,000 keys", ROOT, KEY("k"), END, NULL, 1000},
        {"1,001 keys", ROOT, KEY("k"), END, "1000 keys", 1001},
        {"a key of 1,024 bytes", ROOT "<Contents><Size>1</Size><Key>", "k",
         "</Key></Contents>" END, NULL, 1024},
        {"a key of 1,025 bytes", ROOT "<Contents><Size>1</Size><Key>", "k",
         "</Key></Contents>" END, "1025 bytes", 1025},
        {"1,024 bytes, each of them encoded", ROOT URL "<Contents><Size>1</Size><Key>",
         "%C3", "</Key></Contents>" END, NULL, 1024},
        {"a text of over 8 KiB", ROOT "<Contents><Key>", "k", "</Key>", "8 KiB", 8193},
        {"a depth of 10,000", ROOT, "<a>", "", "levels", 10000},
        {"200 MiB", ROOT, "<x>                                                  </x>",
         END, "10 MiB", 3276800},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct s3_page page = {0};
        struct error err = {0};
        struct s3_list *list;
        int rc;

        assert_int_equal(s3_list_new(&arena, &list, &err), 0);
        rc = s3_list_push(list, span_of(cases[i].begin), &err);
        for (size_t k = 0; rc == 0 && k < cases[i].times; k++)
            rc = s3_list_push(list, span_of(cases[i].repeat), &err);
        if (rc == 0)
            rc = s3_list_push(list, span_of(cases[i].end), &err);
        if (rc == 0)
            rc = s3_list_end(list, &page, &err);
        if ((rc == 0) != (cases[i].why == NULL) ||
            (cases[i].why != NULL && strstr(err.why, cases[i].why) == NULL))
            fail_msg("%s: %s", cases[i].rule, err.why);
        s3_list_free(list);
        arena_release(&arena);
    }
}

static void
reads_error_documents(void **state)
{
    static const struct {
        const char *rule, *document, *code, *region, *id;
    } cases[] = {
        {"a whole one",
         HEAD "<Error><Code>SlowDown</Code><Message>Reduce.</Message><RequestId>R1"
              "</RequestId></Error>",
         "SlowDown", "", "R1"},
        {"a region",
         HEAD "<Error" NS "><Code>PermanentRedirect</Code><Region>eu-west-1"
              "</Region></Error>",
         "PermanentRedirect", "eu-west-1", ""},
        {"one that is cut", "<Error><Code>NoSuchKey</Code><Mess", "NoSuchKey", "", ""},
        {"HTML", "<html><h1>502</h1></html>", "", "", ""},
        {"nothing", "", "", "", ""},
        {"a DOCTYPE", "<!DOCTYPE html><Error><Code>x</Code></Error>", "", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct s3_error e;

        s3_error_read(span_of(cases[i].document), &e);
        if (strcmp(e.code, cases[i].code) != 0 ||
            strcmp(e.region, cases[i].region) != 0 ||
            strcmp(e.request_id, cases[i].id) != 0)
            fail_msg("%s: \"%s\" \"%s\" \"%s\"", cases[i].rule, e.code, e.region,
                     e.request_id);
    }
}

static void
knows_regions(void **state)
{
    (void)state;
    assert_true(s3_region_is_valid(SPAN("eu-central-1")));
    assert_false(s3_region_is_valid(SPAN("")));
    assert_false(s3_region_is_valid(SPAN("x.evil.example/")));
    assert_false(s3_region_is_valid(SPAN("EU")));
    assert_false(s3_region_is_valid(
        SPAN("a234567890123456789012345678901234567890123456789012345678901234")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pages),
        cmocka_unit_test(refuses_documents),
        cmocka_unit_test(limits_what_a_document_may_hold),
        cmocka_unit_test(reads_error_documents),
        cmocka_unit_test(knows_regions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
