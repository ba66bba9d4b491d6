#include "src/aws/fault.h"

#include "src/aws/xml.h"
#include "src/base/jscan.h"
#include "src/base/utf8.h"

#include <stdio.h>

/* ---- codes ---- */

/* Source: the retry rules of botocore 1.43 and the errors of the API models. What is not here is
 * judged by its status. */
static const struct {
    const char *code;
    enum fault_class class;
} codes[] = {
    {"Throttling", FAULT_THROTTLED},
    {"ThrottlingException", FAULT_THROTTLED},
    {"ThrottledException", FAULT_THROTTLED},
    {"RequestThrottledException", FAULT_THROTTLED},
    {"RequestThrottled", FAULT_THROTTLED},
    {"TooManyRequestsException", FAULT_THROTTLED},
    {"RequestLimitExceeded", FAULT_THROTTLED},
    {"BandwidthLimitExceeded", FAULT_THROTTLED},
    {"ProvisionedThroughputExceededException", FAULT_THROTTLED},
    {"TransactionInProgressException", FAULT_THROTTLED},
    {"SlowDown", FAULT_THROTTLED},
    {"EC2ThrottledException", FAULT_THROTTLED},
    {"LimitExceededException", FAULT_TOO_MANY},
    {"RequestTimeout", FAULT_TRANSIENT},
    {"RequestTimeoutException", FAULT_TRANSIENT},
    {"PriorRequestNotComplete", FAULT_TRANSIENT},
    {"IDPCommunicationError", FAULT_TRANSIENT},
    {"AccessDenied", FAULT_DENIED},
    {"AccessDeniedException", FAULT_DENIED},
    {"AuthorizationError", FAULT_DENIED},
    {"AuthorizationErrorException", FAULT_DENIED},
    {"UnauthorizedOperation", FAULT_DENIED},
    {"KMSAccessDeniedException", FAULT_DENIED},
    {"KMS.AccessDeniedException", FAULT_DENIED},
    {"ResourceNotFoundException", FAULT_NOT_FOUND},
    {"NotFound", FAULT_NOT_FOUND},
    {"NotFoundException", FAULT_NOT_FOUND},
    {"NoSuchEntity", FAULT_NOT_FOUND},
    {"NoSuchBucket", FAULT_NOT_FOUND},
    {"NoSuchKey", FAULT_NOT_FOUND},
    {"QueueDoesNotExist", FAULT_NOT_FOUND},
    {"AWS.SimpleQueueService.NonExistentQueue", FAULT_NOT_FOUND},
    {"ExpiredToken", FAULT_EXPIRED},
    {"ExpiredTokenException", FAULT_EXPIRED},
    {"TokenRefreshRequired", FAULT_EXPIRED},
    {"UnrecognizedClientException", FAULT_KEYS},
    {"InvalidClientTokenId", FAULT_KEYS},
    {"InvalidAccessKeyId", FAULT_KEYS},
    {"InvalidToken", FAULT_KEYS},
    {"InvalidSecurity", FAULT_KEYS},
    {"MissingAuthenticationToken", FAULT_KEYS},
    {"MissingAuthenticationTokenException", FAULT_KEYS},
    {"InvalidSignatureException", FAULT_SIGNATURE},
    {"SignatureDoesNotMatch", FAULT_SIGNATURE},
    {"AuthFailure", FAULT_SIGNATURE},
    {"IncompleteSignature", FAULT_SIGNATURE},
    {"IncompleteSignatureException", FAULT_SIGNATURE},
    {"RequestTimeTooSkewed", FAULT_SKEWED},
    {"RequestExpired", FAULT_SKEWED},
    {"RequestInTheFuture", FAULT_SKEWED},
};

static enum fault_class class_of_status(int status)
{
    if (status == 429)
        return FAULT_THROTTLED;
    if (status == 500 || status == 502 || status == 503 || status == 504)
        return FAULT_TRANSIENT;
    if (status >= 500)
        return FAULT_SERVER;
    if (status == 401 || status == 403)
        return FAULT_DENIED;
    if (status == 404)
        return FAULT_NOT_FOUND;
    return status >= 300 && status < 400 ? FAULT_REDIRECT : FAULT_BAD;
}

static enum fault_class class_of(const char *code, int status)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i].code, code) == 0)
            return codes[i].class;
    }
    return class_of_status(status);
}

/* ---- reading ---- */

static void copy_defused(char *out, size_t size, struct str text)
{
    struct buf shown;
    buf_init(&shown, 8192);
    utf8_defuse(str_cut(str_trim(text), size), false, &shown);
    str_copy(out, size, buf_str(&shown));
    buf_release(&shown);
}

/* `com.amazonaws.sqs#QueueDoesNotExist:http://...` */
static void copy_code(struct fault *out, struct str text)
{
    size_t hash = str_find_char(text, '#');
    if (hash != SIZE_MAX)
        text = str_from(text, hash + 1);
    copy_defused(out->code, sizeof out->code, str_take_until(&text, ':'));
}

static struct str json_text(struct str body, struct str key, struct buf *room)
{
    struct str raw, text = STR_NONE;
    struct jscan scan;
    if (!jscan_member(body, key, &raw))
        return STR_NONE;
    jscan_init(&scan, raw);
    return jscan_string(&scan, room, &text) ? text : STR_NONE;
}

static void read_json(struct str body, struct fault *out)
{
    static const struct str code_keys[] = {{"__type", 6}, {"code", 4}, {"Code", 4}, {"error", 5}};
    static const struct str message_keys[] = {
        {"message", 7}, {"Message", 7}, {"errorMessage", 12}, {"error_description", 17}};
    struct buf room;
    buf_init(&room, 64 * 1024);
    for (size_t i = 0; i < 4 && out->code[0] == '\0'; i++)
        copy_code(out, json_text(body, code_keys[i], &room));
    for (size_t i = 0; i < 4 && out->message[0] == '\0'; i++) {
        buf_clear(&room);
        copy_defused(out->message, sizeof out->message, json_text(body, message_keys[i], &room));
    }
    buf_release(&room);
}

/* ErrorResponse/Error/Code of the query services, Error/Code of S3. */
static void read_xml(struct str body, struct fault *out)
{
    struct xml xml;
    struct err ignored = {0};
    if (!xml_read(&xml, body, "error", &ignored))
        return;
    struct xml_node root = xml_root(&xml), error = root;
    if (!str_eq(xml_name(root), STR("Error")))
        error = xml_find(root, "Error");
    if (error.xml == NULL)
        error = xml_find(root, "Errors/Error");
    copy_defused(out->code, sizeof out->code, xml_text(xml_find(error, "Code")));
    copy_defused(out->message, sizeof out->message, xml_text(xml_find(error, "Message")));
    struct xml_node id = xml_find(root, "RequestId");
    if (out->request_id[0] == '\0')
        copy_defused(out->request_id, sizeof out->request_id, xml_text(id));
    xml_release(&xml);
}

/* moto says text/html of everything. */
static bool is_json_or_xml(struct str body)
{
    bool xml = str_starts(body, STR("<?xml")) || str_starts(body, STR("<ErrorResponse"));
    return str_starts(body, STR("{")) ||
           (xml && !str_has_nocase(str_first(body, 1024), STR("<html")));
}

static bool is_page(const struct http_answer *answer)
{
    struct str body = str_trim_left(answer->body);
    struct str type = str_first(http_header(answer, "content-type"), 9);
    (void)str_skip(&body, STR("\xEF\xBB\xBF"));
    return str_eq_nocase(str_first(body, 14), STR("<!doctype html")) ||
           str_eq_nocase(str_first(body, 5), STR("<html")) ||
           (str_eq_nocase(type, STR("text/html")) && body.len > 0 && !is_json_or_xml(body));
}

static void read_title(struct str body, struct fault *out)
{
    for (struct str rest = str_first(body, 65536); rest.len > 7;) {
        (void)str_take_until(&rest, '<');
        if (!str_eq_nocase(str_first(rest, 5), STR("title")))
            continue;
        (void)str_take_until(&rest, '>');
        copy_defused(out->message, sizeof out->message, str_take_until(&rest, '<'));
        return;
    }
}

static void read_headers(const struct http_answer *answer, struct fault *out)
{
    struct str id = http_header(answer, "x-amzn-requestid");
    if (id.len == 0)
        id = http_header(answer, "x-amz-request-id");
    copy_defused(out->request_id, sizeof out->request_id, id);
    if (answer->status < 300)
        return;
    struct str query_code = http_header(answer, "x-amzn-query-error");
    if (query_code.len > 0)
        copy_defused(out->code, sizeof out->code, str_take_until(&query_code, ';'));
    else
        copy_code(out, http_header(answer, "x-amzn-errortype"));
}

static void read_body(struct str body, struct fault *out)
{
    struct str text = str_trim_left(body);
    (void)str_skip(&text, STR("\xEF\xBB\xBF"));
    if (str_starts(text, STR("<")))
        read_xml(text, out);
    else if (str_starts(text, STR("{")))
        read_json(text, out);
}

void fault_read(const struct http_answer *answer, enum service_id service, struct fault *out)
{
    bool success = answer->status >= 200 && answer->status < 300;
    *out = (struct fault){.class = FAULT_NONE};
    read_headers(answer, out);
    if (is_page(answer) && !(success && service == SERVICE_S3)) {
        out->class = answer->status >= 500 ? class_of_status(answer->status) : FAULT_PAGE;
        read_title(answer->body, out);
        return;
    }
    if (success)
        return;
    read_body(answer->body, out);
    out->class = class_of(out->code, answer->status);
    if (answer->status < 400)
        out->class = FAULT_REDIRECT;
}

/* ---- what it comes to ---- */

static const enum answer_kind kinds[] = {
    [FAULT_NONE] = ANSWER_DONE,
    [FAULT_BAD] = ANSWER_BAD,
    [FAULT_NOT_FOUND] = ANSWER_NOT_FOUND,
    [FAULT_DENIED] = ANSWER_DENIED,
    [FAULT_THROTTLED] = ANSWER_THROTTLED,
    [FAULT_TOO_MANY] = ANSWER_THROTTLED,
    [FAULT_TRANSIENT] = ANSWER_UNREACHABLE,
    [FAULT_SERVER] = ANSWER_UNREACHABLE,
    [FAULT_EXPIRED] = ANSWER_EXPIRED,
    [FAULT_KEYS] = ANSWER_EXPIRED,
    [FAULT_SIGNATURE] = ANSWER_EXPIRED,
    [FAULT_SKEWED] = ANSWER_UNREACHABLE, /* other keys would not help */
    [FAULT_REDIRECT] = ANSWER_UNREACHABLE,
    [FAULT_PAGE] = ANSWER_UNREACHABLE,
};

enum answer_kind fault_kind(enum fault_class class)
{
    return kinds[class];
}
