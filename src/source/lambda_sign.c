#include "src/source/lambda_sign.h"

#include "src/model/exception.h"
#include "src/model/frame.h"
#include "src/model/platform.h"

#define LINE_MAX_BYTES 4096 /* what a line shows, it shows at its front */

/* Words that stand in hardly any text but of Lambda. */
static const struct str words[] = {
    {"RequestId", 9},     {"requestId", 9},      {"request_id", 10},   {"arn:aws", 7},
    {"/var/task/", 10},   {"/var/runtime/", 13}, {"/aws/lambda/", 12}, {"AWS Lambda", 10},
    {"errorMessage", 12}, {"errorType", 9},
};

static bool has_word(struct str line)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_has(line, words[i]))
            return true;
    return false;
}

static bool is_platform(struct str line)
{
    struct platform platform;
    return platform_take(&line, &platform);
}

/* A time, a level or a request id before the message. */
static bool is_logged(const struct line_head *head)
{
    return head->timed || head->level != LEVEL_NONE || head->id.len > 0 || head->undefined_id;
}

/* An application's own JSON. */
static bool is_json_line(const struct signs *signs, struct str line)
{
    struct exception x = {0};
    struct json_line said;
    line = str_trim_left(line);
    return str_starts(line, STR("{\"")) && exception_from_json(&x, signs, line, false, &said);
}

bool lambda_sign_in(const struct signs *signs, struct str line)
{
    char room[LINE_MAX_BYTES];
    struct line_head head;
    struct exception x = {0};
    struct frame frame;
    line = line_clean(str_first(line, LINE_MAX_BYTES), room, sizeof room);
    if (line.len == 0)
        return false;
    if (is_platform(line) || has_word(line))
        return true;
    line_head_read(line, &head);
    return is_logged(&head) || frame_parse(head.rest, &frame) ||
           exception_begin(&x, signs, &head, STR_NONE) ||
           signs_in(signs, line) || is_json_line(signs, line);
}
