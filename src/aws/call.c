#include "src/aws/call.h"

#include "src/aws/sign.h"

#include <stdio.h>

#define PATH_CEILING (16u * 1024u)
#define BODY_CEILING (8u * 1024u * 1024u)

/* What IAM calls a service, where that is not its signing name. */
static const char *permission_prefix(enum service_id service)
{
    return service == SERVICE_METRICS ? "cloudwatch" : service_row(service)->signing;
}

void call_init(struct call *call, enum service_id service, const char *operation,
               const char *resource)
{
    *call = (struct call){.service = service, .operation = operation, .method = "POST"};
    buf_init(&call->path, PATH_CEILING);
    buf_init(&call->query, PATH_CEILING);
    buf_init(&call->body, BODY_CEILING);
    str_copy(call->resource, sizeof call->resource, str_of(resource));
    snprintf(call->permission, sizeof call->permission, "%s:%s", permission_prefix(service),
             operation);
}

void call_release(struct call *call)
{
    buf_release(&call->path);
    buf_release(&call->query);
    buf_release(&call->body);
}

void call_add_segment(struct call *call, struct str segment)
{
    buf_add_char(&call->path, '/');
    sign_encode(&call->path, segment);
}

void call_add_query(struct call *call, const char *name, struct str value)
{
    if (call->query.len > 0)
        buf_add_char(&call->query, '&');
    sign_encode(&call->query, str_of(name));
    buf_add_char(&call->query, '=');
    sign_encode(&call->query, value);
}
