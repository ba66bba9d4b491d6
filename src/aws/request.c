#include "src/aws/request.h"

#include "src/aws/sign.h"

#include <stdio.h>

/* The Host line is written by us, so that what is signed and what is sent cannot differ. */

#define URL_MOST ((size_t)40 << 10)
#define LINES_MOST ((size_t)32 << 10)

struct endpoint { /* borrowed from its URL */
    struct str scheme, host, path;
};

static struct endpoint split_url(struct str url)
{
    struct endpoint end = {.scheme = str_take_until(&url, ':')};
    (void)str_skip(&url, STR("//"));
    size_t slash = str_find_char(url, '/');
    end.host = str_first(url, slash);
    end.path = slash == SIZE_MAX ? STR_NONE : str_from(url, slash);
    const struct str port = str_eq(end.scheme, STR("https")) ? STR(":443") : STR(":80");
    if (str_ends(end.host, port))
        end.host.len -= port.len;
    return end;
}

bool request_is_unsigned(const struct call *call)
{
    return call->is_unsigned || service_row(call->service)->signing[0] == '\0';
}

static void add_line(struct buf *lines, const char *name, struct str value)
{
    buf_printf(lines, "%s: %.*s", name, STR_ARG(value));
    buf_add_char(lines, '\0');
}

static bool has_own(const struct call *call, const char *name)
{
    for (size_t i = 0; i < sizeof call->extra / sizeof call->extra[0]; i++) {
        struct str line = str_of(call->extra[i]);
        if (str_eq_nocase(str_take_until(&line, ':'), str_of(name)))
            return true;
    }
    return false;
}

/* What is signed is what stands here: the content type and each x-amz-* line. */
static void add_call_lines(const struct call *call, struct buf *lines)
{
    const struct service_row *row = service_row(call->service);
    bool has_target = row->target[0] != '\0';
    if ((call->body.len > 0 || has_target) && row->content_type[0] &&
        !has_own(call, "content-type"))
        add_line(lines, "Content-Type", str_of(row->content_type));
    if (has_target) {
        buf_printf(lines, "X-Amz-Target: %s.%s", row->target, call->operation);
        buf_add_char(lines, '\0');
    }
    for (size_t i = 0; i < sizeof call->extra / sizeof call->extra[0]; i++) {
        if (call->extra[i][0])
            buf_add(lines, (struct str){call->extra[i], strlen(call->extra[i]) + 1});
    }
}

static size_t signed_headers(struct str lines, struct header *out)
{
    size_t count = 0;
    while (lines.len > 0 && count < SIGN_HEADERS) {
        struct str line = str_take_until(&lines, '\0');
        struct str name = str_take_until(&line, ':');
        if (str_eq_nocase(name, STR("content-type")) ||
            str_eq_nocase(str_first(name, 5), STR("x-amz")))
            out[count++] = (struct header){name, str_trim(line)};
    }
    return count;
}

static bool add_signature(struct request *request, const struct request_about *about,
                          struct endpoint end, struct str path, struct err *err)
{
    const struct call *call = about->call;
    struct header headers[SIGN_HEADERS];
    struct buf before = {0};
    buf_init(&before, LINES_MOST);
    buf_add(&before, buf_str(&request->lines)); /* the names stay put while lines are added */
    const char *region =
        about->region ? about->region : sdk_signing_region(about->sdk, call->service);
    struct sign_input input = {.method = str_of(call->method),
                               .host = end.host,
                               .path = path,
                               .query = buf_str(&call->query),
                               .headers = headers,
                               .header_count = signed_headers(buf_str(&before), headers),
                               .body = buf_str(&call->body),
                               .region = region,
                               .service = service_row(call->service)->signing,
                               .unix_ms = about->unix_ms,
                               .s3 = call->service == SERVICE_S3};
    bool done = sign_request(&input, about->keys, &request->lines, err);
    keys_wipe_bytes(before.at, before.room);
    buf_release(&before);
    return done;
}

static void add_own_lines(const struct request_about *about, struct endpoint end, struct buf *lines)
{
    add_line(lines, "Host", end.host);
    add_line(lines, "amz-sdk-invocation-id", str_of(about->invocation_id));
    buf_printf(lines, "amz-sdk-request: attempt=%u; max=%u", about->attempt, about->attempts_most);
    buf_add_char(lines, '\0');
}

static bool point_to_lines(struct request *request, struct err *err)
{
    size_t count = 0;
    for (struct str rest = buf_str(&request->lines); rest.len > 0; count++) {
        if (count == HTTP_HEADER_LINES)
            return err_set(err, ERR_CEILING, "%s: more than %u header lines", request->host,
                           HTTP_HEADER_LINES);
        request->http.lines[count] = str_take_until(&rest, '\0').at;
    }
    return true;
}

static struct str add_url(struct request *request, const struct call *call, struct str base,
                          struct endpoint end)
{
    buf_add(&request->url, base);
    size_t start = request->url.len - end.path.len;
    buf_add(&request->url, call->path.len ? buf_str(&call->path) : STR("/"));
    struct str path = str_from(buf_str(&request->url), start);
    size_t len = path.len;
    if (call->query.len > 0) {
        buf_add_char(&request->url, '?');
        buf_add(&request->url, buf_str(&call->query));
    }
    buf_add_char(&request->url, '\0');
    return (struct str){request->url.at + start, len};
}

bool request_build(struct request *request, const struct request_about *about, struct err *err)
{
    const struct call *call = about->call;
    char base[600];
    *request = (struct request){0};
    buf_init(&request->url, URL_MOST);
    buf_init(&request->lines, LINES_MOST);
    (void)buf_reserve(&request->lines, LINES_MOST); /* holds tokens: no copy is left behind */
    if (!sdk_endpoint_in(about->sdk, call->service,
                         about->region ? about->region : about->sdk->region, base, sizeof base,
                         err))
        return false;
    struct endpoint end = split_url(str_of(base));
    str_copy(request->host, sizeof request->host, end.host);
    struct str path = add_url(request, call, str_of(base), end);
    add_call_lines(call, &request->lines);
    if (about->line)
        buf_add(&request->lines, (struct str){about->line, strlen(about->line) + 1});
    if (about->keys && !add_signature(request, about, end, path, err))
        return false;
    add_own_lines(about, end, &request->lines);
    if (request->url.full || request->lines.full || call->path.full || call->query.full ||
        call->body.full)
        return err_set(err, ERR_CEILING, "%s: %s on %s is too long to be asked", request->host,
                       call->operation, call->resource);
    request->http.method = call->method;
    request->http.url = request->url.at;
    request->http.body = buf_str(&call->body);
    request->http.timeout_ms = call->timeout_ms;
    request->http.never_twice = call->has_effect;
    return point_to_lines(request, err);
}

void request_release(struct request *request)
{
    if (request->lines.at)
        keys_wipe_bytes(request->lines.at, request->lines.room);
    buf_release(&request->url);
    buf_release(&request->lines);
}
