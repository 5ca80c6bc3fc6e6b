#include "dialect_redshift.h"

#include <stdio.h>
#include <string.h>

#include "aws_keys.h"
#include "pg.h"
#include "target.h"

/* What of a bad value is shown. */
#define VALUE_SHOWN 100

/* More than the COPY of a table with 1,600 columns of usual names takes. */
#define STATEMENT_ROOM ((size_t)64 << 10)

static void
add_type(enum column_type type, uint32_t bytes, struct text *sql)
{
    static const char *const names[] = {
        [COLUMN_VARCHAR] = "VARCHAR",         [COLUMN_BIGINT] = "BIGINT",
        [COLUMN_DOUBLE] = "DOUBLE PRECISION", [COLUMN_BOOLEAN] = "BOOLEAN",
        [COLUMN_TIMESTAMP] = "TIMESTAMP",     [COLUMN_SUPER] = "SUPER",
        [COLUMN_OTHER] = "VARCHAR",
    };

    text_add_string(sql, names[type]);
    if (type == COLUMN_VARCHAR)
        text_addf(sql, "(%u)", (unsigned)bytes);
}

/* Rows of one id on one slice, so that the dedupe joins without moving rows; sorted by
 * time, so that it reads only the days it looks back. */
static void
add_keys(bool has_id, bool has_received_at, struct text *sql)
{
    if (has_id)
        text_add_string(sql, " DISTKEY(\"id\")");
    if (has_received_at)
        text_add_string(sql, " SORTKEY(\"received_at\")");
}

static int
check_staging(const struct target *target, struct span url, struct error *err)
{
    const struct target_options *o = target->options;

    if (!span_starts(url, SPAN("s3://"))) {
        (void)error_set(err, ERROR_CONFIG, "Redshift's COPY cannot read %.*s",
                        SPAN_ARG(url));
        return error_hint(err, "give --staging an s3:// URL");
    }
    if (o->iam_role.length == 0 && o->copy_keys == NULL) {
        (void)error_set(err, ERROR_CONFIG,
                        "Redshift's COPY needs the right to read %.*s", SPAN_ARG(url));
        return error_hint(err, "give --iam-role (an ARN, or default) or "
                               "--copy-credentials");
    }
    return 0;
}

/* Append a literal, and mask it from then on, both as it is and as it stands there. */
static int
add_secret(struct target *target, struct span secret, struct text *sql,
           struct error *err)
{
    size_t before = sql->length + 1;
    struct span all;

    pg_add_literal(target->pg, secret, sql);
    all = text_span(sql);
    if (all.length <= before)
        return text_check(sql, err);
    if (pg_hide(target->pg, secret, err))
        return -1;
    return pg_hide(target->pg,
                   (struct span){all.data + before, all.length - before - 1}, err);
}

/* Append the role, or the keys as they are now, which from then on are masked. */
static int
add_authority(struct target *target, bool is_shown, struct text *sql, struct error *err)
{
    const struct target_options *o = target->options;
    struct aws_keys keys = {0};
    int rc = 0;

    if (span_equal(o->iam_role, SPAN("default"))) {
        text_add_string(sql, " IAM_ROLE default");
        return 0;
    }
    if (is_shown) {
        text_add_string(sql, o->iam_role.length > 0
                                 ? " IAM_ROLE '***'"
                                 : " ACCESS_KEY_ID '***' SECRET_ACCESS_KEY '***'"
                                   " SESSION_TOKEN '***'");
        return 0;
    }
    if (o->iam_role.length > 0) {
        text_add_string(sql, " IAM_ROLE ");
        pg_add_literal(target->pg, o->iam_role, sql);
        return 0;
    }
    if (o->copy_keys(o->copy_context, &keys, err))
        return error_in(err, "credentials for COPY");
    text_add_string(sql, " ACCESS_KEY_ID ");
    rc = add_secret(target, keys.access_key, sql, err);
    text_add_string(sql, " SECRET_ACCESS_KEY ");
    rc |= add_secret(target, keys.secret, sql, err);
    if (keys.token.length > 0) {
        text_add_string(sql, " SESSION_TOKEN ");
        rc |= add_secret(target, keys.token, sql, err);
    }
    aws_keys_release(&keys);
    return rc != 0 ? -1 : 0;
}

/*
 * Append what COPY takes for NULL besides the empty field. The default is \N, and whether
 * that holds for a quoted field nobody says: a text that happens to be \N would be lost.
 * The load's id is random, so no event has it.
 */
static void
add_null_string(struct target *target, struct span staging_url, struct text *sql)
{
    struct text word = {0};
    size_t from = staging_url.length;

    while (from > 0 && staging_url.data[from - 1] != '/')
        from--;
    text_add_string(&word, "null-");
    text_add(&word, (struct span){staging_url.data + from, staging_url.length - from});
    text_add_string(sql, " NULL AS ");
    pg_add_literal(target->pg, text_span(&word), sql);
    text_release(&word);
}

/*
 * The statement. EMPTYASNULL: an empty field is NULL for text as it is for numbers.
 * TIMEFORMAT 'auto' takes what we write and nothing else changes by it. One bad row ends
 * the COPY. Encodings and statistics are not measured anew by every small load.
 * Source: Database Developer Guide, COPY.
 */
static int
add_copy(struct target *target, const struct dialect_copy *copy, bool is_shown,
         struct text *sql, struct error *err)
{
    static const char *const words[] = {
        [COMPRESS_NONE] = "", [COMPRESS_GZIP] = " GZIP", [COMPRESS_ZSTD] = " ZSTD"};
    struct text url = {0};

    text_add_string(sql, "COPY ");
    text_add(sql, copy->into);
    text_add_char(sql, ' ');
    dialect_add_columns(copy->step, sql);
    text_add_string(sql, " FROM ");
    text_addf(&url, "%.*s/%.*s", SPAN_ARG(copy->staging->url),
              SPAN_ARG(copy->step->manifest_key));
    pg_add_literal(target->pg, text_span(&url), sql);
    text_release(&url);
    if (add_authority(target, is_shown, sql, err))
        return -1;
    text_add_string(sql, " MANIFEST");
    if (target->options->region.length > 0) {
        text_add_string(sql, " REGION ");
        pg_add_literal(target->pg, target->options->region, sql);
    }
    text_add_string(sql, " FORMAT AS CSV");
    text_add_string(sql, words[copy->compress]);
    add_null_string(target, copy->staging->url, sql);
    text_add_string(sql, " EMPTYASNULL TIMEFORMAT 'auto' DATEFORMAT 'auto' MAXERROR 0"
                         " COMPUPDATE OFF STATUPDATE OFF");
    return text_check(sql, err);
}

static int
show(struct target *target, const struct dialect_copy *copy,
     int (*each)(void *context, struct span sql, struct error *err), void *context,
     struct error *err)
{
    struct text sql = {0};
    int rc = add_copy(target, copy, true, &sql, err);

    if (rc == 0)
        rc = each(context, text_span(&sql), err);
    text_release(&sql);
    return rc;
}

/* What COPY's own words mean for the user. */
static int
hint_copy(const struct pg_failure *f, struct error *err)
{
    if (strstr(f->message, "not authorized to assume") != NULL) {
        err->kind = ERROR_DENIED;
        return error_hint(err, "attach the role to the cluster, and let it trust "
                               "redshift.amazonaws.com");
    }
    if (strstr(f->message, "AccessDenied") != NULL) {
        err->kind = ERROR_DENIED;
        return error_hint(err, "the role needs s3:ListBucket on the staging bucket and "
                               "s3:GetObject below the staging prefix");
    }
    if (strstr(f->message, "PermanentRedirect") != NULL) {
        err->kind = ERROR_CONFIG;
        return error_hint(err, "name the region of the staging bucket with --region");
    }
    return -1;
}

static int
run_copy(struct target *target, const struct dialect_copy *copy, uint64_t *ret_rows,
         struct error *err)
{
    struct text sql = {0};
    struct pg_rows *rows = NULL;
    int rc;

    (void)text_room(&sql, STATEMENT_ROOM); /* keys may stand in it: see aws_wipe_text */
    rc = add_copy(target, copy, false, &sql, err);

    if (rc == 0 && target_run(target, &sql, NULL, err))
        rc = hint_copy(pg_failure(target->pg), err);
    aws_wipe_text(&sql);
    if (rc == 0) /* the tag is COPY, without a number */
        rc = pg_ask(target->pg, SPAN("SELECT pg_last_copy_count()"), &rows, err);
    if (rc == 0)
        *ret_rows = pg_rows_number(rows, 0, 0);
    pg_rows_free(rows);
    if (rc != 0)
        return error_in(err, "COPY of %.*s", SPAN_ARG(copy->step->manifest_key));
    return 0;
}

/* Where the server notes what was wrong with a row. The first also has the value, but is
 * not there on Serverless; both blank-pad. Their columns: file, line, column, value,
 * reason, code. */
static const char *const error_views[] = {
    "SELECT TRIM(filename), line_number, TRIM(colname), TRIM(raw_field_value),"
    " TRIM(err_reason), err_code FROM stl_load_errors WHERE TRIM(filename) LIKE %s"
    " ESCAPE '^' ORDER BY starttime DESC LIMIT 1",
    "SELECT TRIM(file_name), line_number, TRIM(column_name), '',"
    " TRIM(error_message), error_code FROM sys_load_error_detail"
    " WHERE TRIM(file_name) LIKE %s ESCAPE '^' ORDER BY start_time DESC LIMIT 1",
};

/* Append the literal of a LIKE pattern for what begins with "<url>/<table>/". */
static void
add_pattern(struct target *target, const struct dialect_copy *copy, struct text *sql)
{
    struct text plain = {0};
    struct text pattern = {0};

    text_addf(&plain, "%.*s/%.*s/", SPAN_ARG(copy->staging->url),
              SPAN_ARG(copy->step->table->name));
    for (size_t i = 0; i < plain.length; i++) {
        if (strchr("%_^", plain.data[i]) != NULL)
            text_add_char(&pattern, '^');
        text_add_char(&pattern, plain.data[i]);
    }
    text_add_char(&pattern, '%');
    pg_add_literal(target->pg, text_span(&pattern), sql);
    text_release(&plain);
    text_release(&pattern);
}

/* Say what the row of a view tells. */
static void
tell(const struct dialect_copy *copy, const struct pg_rows *rows, struct error *err)
{
    struct span part = pg_rows_cell(rows, 0, 0);
    struct span column = pg_rows_cell(rows, 0, 2);
    struct span value = pg_rows_cell(rows, 0, 3);
    struct span reason = pg_rows_cell(rows, 0, 4);

    if (span_starts(part, copy->staging->url) &&
        part.length > copy->staging->url.length)
        part = (struct span){part.data + copy->staging->url.length + 1,
                             part.length - copy->staging->url.length - 1};
    if (value.length > VALUE_SHOWN)
        value.length = VALUE_SHOWN;
    (void)error_set(err, ERROR_WAREHOUSE,
                    "part %.*s, line %llu, column \"%.*s\"%s%.*s%s: %.*s (code %llu)",
                    SPAN_ARG(part), (unsigned long long)pg_rows_number(rows, 0, 1),
                    SPAN_ARG(column), value.length > 0 ? ", value \"" : "",
                    SPAN_ARG(value), value.length > 0 ? "\"" : "", SPAN_ARG(reason),
                    (unsigned long long)pg_rows_number(rows, 0, 5));
    (void)error_in(err, "COPY into \"%.*s\"", SPAN_ARG(copy->step->table->name));
}

static void
explain(struct target *target, const struct dialect_copy *copy, struct error *err)
{
    struct text pattern = {0};
    struct error ignored;
    bool is_found = false;

    add_pattern(target, copy, &pattern);
    for (size_t i = 0; i < sizeof error_views / sizeof error_views[0]; i++) {
        const char *at = strstr(error_views[i], "%s");
        struct pg_rows *rows = NULL;
        struct text sql = {0};

        text_add(&sql, (struct span){error_views[i], (size_t)(at - error_views[i])});
        text_add(&sql, text_span(&pattern));
        text_add_string(&sql, at + 2);
        if (!is_found && target_ask(target, &sql, &rows, &ignored) == 0 &&
            pg_rows_count(rows) > 0) {
            tell(copy, rows, err);
            is_found = true;
        }
        pg_rows_free(rows);
        text_release(&sql);
    }
    text_release(&pattern);
}

/*
 * A window over the rows of each id, and one row of each window.
 * Source: Database Developer Guide, FIRST_VALUE.
 */
static void
add_fold(const struct dialect_fold *fold, struct text *sql)
{
    text_add_string(sql, "SELECT \"id\"");
    for (size_t i = 0; i < fold->column_count; i++) {
        text_add_string(sql, ", ");
        pg_add_name(fold->columns[i], sql);
    }
    text_add_string(sql, " FROM (SELECT \"id\"");
    for (size_t i = 0; i < fold->column_count; i++) {
        text_add_string(sql, ", FIRST_VALUE(");
        pg_add_name(fold->columns[i], sql);
        text_add_string(sql, " IGNORE NULLS) OVER (PARTITION BY \"id\""
                             " ORDER BY \"received_at\" DESC NULLS LAST, ");
        pg_add_name(fold->key, sql);
        text_add_string(sql, " DESC ROWS BETWEEN UNBOUNDED PRECEDING AND"
                             " UNBOUNDED FOLLOWING) AS ");
        pg_add_name(fold->columns[i], sql);
    }
    text_add_string(sql, ", ROW_NUMBER() OVER (PARTITION BY \"id\""
                         " ORDER BY \"received_at\" DESC NULLS LAST) AS ");
    pg_add_name(fold->rank, sql);
    text_add_string(sql, " FROM (");
    text_add(sql, fold->history);
    text_add_string(sql, ") AS \"history\") AS \"folded\" WHERE ");
    pg_add_name(fold->rank, sql);
    text_add_string(sql, " = 1");
}

const struct dialect dialect_redshift = {
    .name = "redshift",
    .clock = "GETDATE()",
    .has_default = "a.atthasdef",
    .folds_names = true,
    .type = add_type,
    .type_find = dialect_type_find,
    .keys = add_keys,
    .check_staging = check_staging,
    .show = show,
    .copy = run_copy,
    .explain = explain,
    .fold = add_fold,
};
