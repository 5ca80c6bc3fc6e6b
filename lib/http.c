#include "http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "http_body.h"

#define CONNECT_TIMEOUT_MS 10000
#define STALL_TIMEOUT_S    30
#define STALL_BYTES_PER_S  1L
/* S3 lets go of idle connections after about five seconds: do not try older ones. */
#define IDLE_AGE_S 4L
/* From this size on a body waits for "100 Continue": a refusal then costs nothing. */
#define EXPECT_BYTES     ((uint64_t)1 << 20)
#define ERROR_BODY_LIMIT ((size_t)64 << 10)
#define BUFFER_BYTES     (256L << 10)
#define POLL_MS          1000 /* only so that a lost wake-up cannot hang us */

struct http {
    CURLM *multi; /* holds the connections */
    CURL *easy;
    struct http_options options; /* defaults filled in; its ca_file is not used */
    struct text ca_file;
    bool is_fresh_next; /* the last transfer broke: trust no open connection */
};

/* One request under way. */
struct transfer {
    struct http *http;
    const struct http_request *request;
    struct http_answer *answer;
    struct error *err;
    bool is_ended;         /* by us: `err` is set */
    bool is_begun;         /* the body of a 2xx answer was announced */
    struct http_body body; /* that is sent */
    char reason[CURL_ERROR_SIZE];
};

int
http_new(const struct http_options *options, struct http **ret, struct error *err)
{
    struct http *http = calloc(1, sizeof *http);

    if (http == NULL)
        return error_no_memory(err);
    http->options = *options;
    if (options->connect_timeout_ms <= 0)
        http->options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
    if (options->stall_timeout_s <= 0)
        http->options.stall_timeout_s = STALL_TIMEOUT_S;
    text_add(&http->ca_file, options->ca_file);
    http->multi = curl_multi_init();
    http->easy = curl_easy_init();
    if (http->multi == NULL || http->easy == NULL || text_check(&http->ca_file, err)) {
        http_free(http);
        return error_no_memory(err);
    }
    *ret = http;
    return 0;
}

void
http_free(struct http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->easy);
    (void)curl_multi_cleanup(http->multi); /* fails on NULL and misuse only */
    text_release(&http->ca_file);
    free(http);
}

/* End the transfer for the reason that stands in `err`. Returns 0: "nothing taken". */
static size_t
end(struct transfer *t, enum http_failure failure)
{
    t->is_ended = true;
    t->answer->failure = failure;
    return 0;
}

static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl says how it is called */
receive_header(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    struct span line = {data, size * count};

    if (http_head_add(&t->answer->head, line))
        return line.length;
    (void)error_set(t->err, ERROR_UNREACHABLE, "over %zu KiB of headers",
                    HTTP_HEAD_LIMIT >> 10);
    return end(t, HTTP_BROKEN);
}

/* All headers of the answer are there. Returns whether its body may come. */
static bool
begin_body(struct transfer *t)
{
    struct http_answer *answer = t->answer;
    long status = 0;

    if (t->is_begun)
        return true;
    t->is_begun = true;
    (void)curl_easy_getinfo(t->http->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    if (!http_head_is_sound(&answer->head)) {
        (void)error_set(t->err, ERROR_UNREACHABLE,
                        "the answer tells its length in two ways that disagree");
        return end(t, HTTP_BROKEN);
    }
    if (status / 100 != 2 || t->request->begin == NULL)
        return true;
    if (t->request->begin(t->request->context, answer, t->err) == 0)
        return true;
    return end(t, HTTP_ENDED);
}

static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): as above */
receive_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    struct span piece = {data, size * count};
    struct text *body = &t->answer->error_body;

    if (!begin_body(t))
        return 0;
    if (t->answer->status / 100 != 2) {
        size_t room = ERROR_BODY_LIMIT - body->length;

        /* what is beyond is of no use to anybody, but lets the connection live */
        text_add(body,
                 (struct span){piece.data, piece.length < room ? piece.length : room});
        return piece.length;
    }
    if (t->request->sink.push != NULL && sink_push(t->request->sink, piece, t->err))
        return end(t, HTTP_ENDED);
    return piece.length;
}

static size_t
send_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;

    return http_body_read(&t->body, data, size * count);
}

/* libcurl repeats a request by itself when a reused connection dies before any answer:
 * it only ever goes back to the start. */
static int
rewind_body(void *context, curl_off_t offset, int origin)
{
    struct transfer *t = context;

    if (origin != SEEK_SET || offset != 0)
        return CURL_SEEKFUNC_CANTSEEK;
    http_body_rewind(&t->body);
    return CURL_SEEKFUNC_OK;
}

/* Add a line to the list; when memory is short the list is freed and becomes NULL. */
static void
add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer == NULL)
        curl_slist_free_all(*list);
    *list = longer;
}

/* The request's headers for libcurl; `*ret` is the caller's to free. */
static int
make_headers(const struct http_request *request, struct curl_slist **ret,
             struct error *err)
{
    struct text line = {0};
    bool is_whole = true;

    /* objects are gzip as they are: nobody on the way shall unpack or pack them */
    add_line(ret, "Accept-Encoding: identity");
    for (size_t i = 0; *ret != NULL && is_whole && i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];

        if (!http_head_is_value(header->value)) {
            text_release(&line);
            return error_set(err, ERROR_BUG, "a control character in a header");
        }
        text_clear(&line);
        text_addf(&line, "%.*s:%s%.*s", SPAN_ARG(header->name),
                  header->value.length > 0 ? " " : "", SPAN_ARG(header->value));
        add_line(ret, text_string(&line));
        is_whole = !line.is_failed;
    }
    if (*ret != NULL && request->has_body &&
        http_body_bytes(request->pieces, request->piece_count) < EXPECT_BYTES)
        add_line(ret, "Expect:");
    text_release(&line);
    return *ret != NULL && is_whole ? 0 : error_no_memory(err);
}

static void
set_method(CURL *easy, const struct http_request *request)
{
    if (request->has_body) {
        (void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        (void)curl_easy_setopt(
            easy, CURLOPT_INFILESIZE_LARGE,
            (curl_off_t)http_body_bytes(request->pieces, request->piece_count));
    } else if (strcmp(request->method, "HEAD") == 0) {
        (void)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    } else {
        (void)curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* The results are not looked at: an option unknown or out of memory would make the
 * transfer fail on its own, except for those that set_safety checks. */
static void
set_options(const struct http *http, CURL *easy)
{
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                           (long)http->options.connect_timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES_PER_S);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                           (long)http->options.stall_timeout_s);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_AGE_S);
    (void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER_BYTES);
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* wait for no name lookup */
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "rsload");
    if (http->is_fresh_next)
        (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

/* What our safety hangs on. Returns whether libcurl took all of it. */
static bool
set_safety(struct http *http, CURL *easy, const char *url)
{
    const char *protocols = http->options.is_plain_allowed ? "http,https" : "https";

    if (http->ca_file.length > 0 &&
        curl_easy_setopt(easy, CURLOPT_CAINFO, text_string(&http->ca_file)) != CURLE_OK)
        return false;
    return curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
}

static void
set_callbacks(struct transfer *t, CURL *easy)
{
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, send_body);
    (void)curl_easy_setopt(easy, CURLOPT_READDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_body);
    (void)curl_easy_setopt(easy, CURLOPT_SEEKDATA, t);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->reason);
}

/* Drive the transfer to its end or to ours. A wait ends at once when stop is asked. */
static int
drive(struct transfer *t, CURLcode *ret)
{
    struct http *http = t->http;
    struct stop *stop = http->options.stop;
    struct curl_waitfd wake = {.fd = stop_fd(stop), .events = CURL_WAIT_POLLIN};
    int running = 1;
    int queued;
    CURLMsg *message;

    while (running > 0) {
        if (stop_check(stop, t->err)) {
            t->answer->failure = HTTP_ENDED;
            return -1;
        }
        if (curl_multi_perform(http->multi, &running) != CURLM_OK ||
            (running > 0 && curl_multi_poll(http->multi, &wake, wake.fd >= 0 ? 1 : 0,
                                            POLL_MS, NULL) != CURLM_OK))
            return error_set(t->err, ERROR_IO, "libcurl cannot go on");
    }
    while ((message = curl_multi_info_read(http->multi, &queued)) != NULL)
        if (message->msg == CURLMSG_DONE)
            *ret = message->data.result;
    return 0;
}

static enum http_failure
failure_of(CURL *easy, CURLcode code)
{
    long sent_bytes = 0;

    switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return HTTP_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_URL_MALFORMAT:
    case CURLE_OUT_OF_MEMORY: return HTTP_REFUSED;
    case CURLE_UNSUPPORTED_PROTOCOL: /* the URL's, or the answer's once it is sent */
        (void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
        return sent_bytes > 0 ? HTTP_BROKEN : HTTP_REFUSED;
    default: return HTTP_BROKEN;
    }
}

/* libcurl's verdict in our words. */
static int
finish(struct transfer *t, CURLcode code)
{
    if (t->is_ended)
        return -1;                           /* `err` and the failure are set */
    if (code == CURLE_OK && begin_body(t)) { /* an answer without a body begins here */
        t->answer->failure = HTTP_OK;
        return text_check(&t->answer->head.lines, t->err);
    }
    if (t->is_ended)
        return -1;
    t->answer->failure = failure_of(t->http->easy, code);
    (void)error_set(t->err,
                    code == CURLE_SSL_CACERT_BADFILE ? ERROR_CONFIG : ERROR_UNREACHABLE,
                    "%s", t->reason[0] != '\0' ? t->reason : curl_easy_strerror(code));
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return error_hint(t->err, "if the server's CA is your own, name its file with "
                                  "AWS_CA_BUNDLE");
    return -1;
}

int
http_send(struct http *http, const struct http_request *request,
          struct http_answer *ret, struct error *err)
{
    struct transfer t = {
        .http = http,
        .request = request,
        .answer = ret,
        .err = err,
        .body = {.pieces = request->pieces, .count = request->piece_count}};
    struct text url = {0};
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_FAILED_INIT;
    int rc = -1;

    ret->status = 0;
    ret->failure = HTTP_REFUSED;
    text_clear(&ret->error_body);
    http_head_begin(&ret->head);
    text_add(&url, request->url);
    if (text_check(&url, err) || make_headers(request, &headers, err))
        goto out;
    curl_easy_reset(http->easy); /* keeps the connections: they are the pool's */
    set_options(http, http->easy);
    set_callbacks(&t, http->easy);
    set_method(http->easy, request);
    (void)curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, headers);
    if (!set_safety(http, http->easy, text_string(&url)) ||
        curl_multi_add_handle(http->multi, http->easy) != CURLM_OK) {
        (void)error_set(err, ERROR_IO, "libcurl refuses the request");
        goto out;
    }
    rc = drive(&t, &code);
    (void)curl_multi_remove_handle(http->multi, http->easy); /* it was just added */
    if (rc == 0)
        rc = finish(&t, code);
    http->is_fresh_next = rc != 0;
out:
    curl_slist_free_all(headers);
    text_release(&url);
    return rc;
}

void
http_answer_release(struct http_answer *answer)
{
    http_head_release(&answer->head);
    text_release(&answer->error_body);
    *answer = (struct http_answer){0};
}
