/* fake_libpq -- a libpq without a server: a test says how it answers, and reads what it was
 * told. Linked in place of the real one by tests that include this. */
#ifndef RSLOAD_FAKE_LIBPQ_H
#define RSLOAD_FAKE_LIBPQ_H

#include "bytes.h"

enum fake_reply {
    FAKE_OK, /* CommandComplete with `text` as its tag, or one made of the statement */
    FAKE_ROWS,   /* `text`: rows ended by \n, cells parted by |, \N is NULL */
    FAKE_ERROR,  /* `text`: SQLSTATE|message|detail|context */
    FAKE_LOST,   /* the connection breaks, before or instead of an answer */
    FAKE_HANG,   /* no answer until it is cancelled */
    FAKE_NOTICE, /* `text`: severity|message, then FAKE_OK */
};

/*
 * How a statement is answered that contains `contains`: the first rule that fits. What no
 * rule fits is answered FAKE_OK, but a COPY ... FROM STDIN takes data, and counts the lines.
 */
struct fake_rule {
    const char *contains;
    enum fake_reply reply;
    const char *text;
    int skip;  /* so many statements that fit are let pass first */
    int times; /* and so many are answered: 0 is all */
    int met;   /* the fake's own */
};

/* A rule for every statement that fits; and one for `times_` of them behind `skip_`. */
#define FAKE_RULE(contains_, reply_, text_)                                            \
    {                                                                                  \
        .contains = (contains_), .reply = (reply_), .text = (text_)                    \
    }
#define FAKE_RULE_SOME(contains_, reply_, text_, skip_, times_)                        \
    {                                                                                  \
        .contains = (contains_), .reply = (reply_), .text = (text_), .skip = (skip_),  \
        .times = (times_)                                                              \
    }

/* What the test sets, and what it reads afterwards. */
struct fake_libpq {
    struct fake_rule *rules;
    size_t rule_count;
    const char *refusal;  /* what PQerrorMessage says; then every login fails */
    int refusals;         /* how many logins fail; 0: all */
    const char *settings; /* what libpq finds by itself: "host=a\nsslmode=b\n" */
    bool needs_password;
    bool doubles_backslashes; /* in literals, as Redshift wants it */

    struct text log;    /* statements, a line each */
    struct text copied; /* data of all COPYs */
    struct text asked;  /* keywords and values of the last connection: "a=b\n" */
    int connections;
    int cancels;
    int finished; /* sessions that were closed */
};

extern struct fake_libpq fake;

/* Begin anew, with these rules (borrowed). */
void fake_begin(struct fake_rule *rules, size_t count);
void fake_end(void);

/* How many statements of the log contain `text`. */
size_t fake_count(const char *text);

#endif
