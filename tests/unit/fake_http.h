/* http as a script: what the code under test asks is kept, and the test answers it. Nothing
 * leaves the process, so that fixed addresses may be asked for too. */
#ifndef LAMBDIG_TESTS_FAKE_HTTP_H
#define LAMBDIG_TESTS_FAKE_HTTP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/aws/http.h"

struct asked {
    char method[16], url[4096];
    char lines[65536]; /* joined by LF */
    char body[65536];
    bool no_proxy;
    long timeout_ms;
    http_done done;    /* NULL: answered or cancelled */
    void *ctx;
};

struct http {
    struct asked asked;
    unsigned count, cancelled;
    const char *refuse; /* why the next one is not started */
};
static struct http fake;

static inline const char *asked_line(const char *name)
{
    static char value[16384];
    char *at = strstr(fake.asked.lines, name);
    if (!at)
        return NULL;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\n"), at);
    return value;
}

bool http_start(struct http *http, const struct http_request *request, http_done done, void *ctx,
                uint64_t *id, struct err *err)
{
    struct asked *a = &http->asked;
    if (http->refuse)
        return err_set(err, ERR_NETWORK, "%s", http->refuse);
    if (a->done)
        abort(); /* one at a time */
    *a = (struct asked){.no_proxy = request->no_proxy, .timeout_ms = request->timeout_ms};
    snprintf(a->method, sizeof a->method, "%s", request->method);
    snprintf(a->url, sizeof a->url, "%s", request->url);
    for (size_t i = 0, at = 0; i < HTTP_HEADER_LINES && request->lines[i]; i++)
        at += (size_t)snprintf(a->lines + at, sizeof a->lines - at, "%s\n", request->lines[i]);
    str_copy(a->body, sizeof a->body, request->body);
    a->done = done;
    a->ctx = ctx;
    *id = ++http->count;
    return true;
}

void http_cancel(struct http *http, uint64_t id)
{
    if (id == http->count && http->asked.done) {
        http->asked.done = NULL;
        http->cancelled++;
    }
}

struct str http_header(const struct http_answer *answer, const char *name)
{
    struct str rest = answer->headers;
    while (rest.len > 0) {
        struct str line = str_take_line(&rest), value = line;
        if (str_eq_nocase(str_take_until(&value, ':'), str_of(name)))
            return str_trim(value);
    }
    return STR_NONE;
}

static inline void answer_with(const char *headers, int status, const char *body, int64_t at_unix_ms)
{
    struct http_answer answer = {.status = status, .headers = str_of(headers),
                                 .body = str_of(body), .sent = true,
                                 .sent_unix_ms = at_unix_ms, .received_unix_ms = at_unix_ms};
    http_done done = fake.asked.done;
    if (!done)
        abort(); /* nothing was asked */
    if (status == 0)
        err_set(&answer.err, ERR_NETWORK, "%s", body);
    fake.asked.done = NULL;
    done(fake.asked.ctx, &answer);
}

static inline void answer(int status, const char *body)
{
    answer_with("", status, body, 0);
}

#endif
