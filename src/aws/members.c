#include "src/aws/members.h"

#include "src/base/jscan.h"

#include <stdlib.h>

static bool take_text(struct jscan *j, const struct member *m, const char *what, struct err *err)
{
    struct buf room;
    struct str text;
    buf_init(&room, MEMBERS_BYTES);
    (void)buf_reserve(&room, MEMBERS_BYTES); /* never moves: no copy is left behind */
    bool ok = jscan_string(j, &room, &text);
    if (!ok)
        err_set(err, ERR_CREDENTIALS, "%s: %s is no text", what, m->name);
    for (size_t i = 0; ok && i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            ok = err_set(err, ERR_CREDENTIALS, "%s: %s has control bytes", what, m->name);
    if (ok && text.len >= m->size)
        ok = err_set(err, ERR_CREDENTIALS, "%s: %s has more than %zu bytes", what, m->name,
                     m->size - 1);
    if (ok)
        str_copy(m->text, m->size, text);
    keys_wipe_bytes(room.at, room.room);
    buf_release(&room);
    return ok;
}

static bool take_number(struct jscan *j, const struct member *m, const char *what, struct err *err)
{
    struct str raw;
    uint64_t value;
    if (!jscan_number(j, &raw) || !str_to_u64(raw, INT64_MAX, &value))
        return err_set(err, ERR_CREDENTIALS, "%s: %s is no integer", what, m->name);
    *m->number = (int64_t)value;
    return true;
}

static bool take_member(struct jscan *j, const struct member *m, const char *what, struct err *err)
{
    if (jscan_null(j))
        return true;
    if (!(m->text ? take_text(j, m, what, err) : take_number(j, m, what, err)))
        return false;
    if (m->is_set)
        *m->is_set = true;
    return true;
}

bool members_read(struct str body, const struct member *members, size_t count, const char *what,
                  struct err *err)
{
    struct jscan j;
    struct str key;
    if (body.len > MEMBERS_BYTES)
        return err_set(err, ERR_CREDENTIALS, "%s: more than 64 KiB", what);
    jscan_init(&j, body);
    if (!jscan_object(&j))
        return err_set(err, ERR_CREDENTIALS, "%s: no JSON object", what);
    while (jscan_key(&j, &key))
        for (size_t i = 0; i < count; i++)
            if (str_eq(key, str_of(members[i].name)) && !take_member(&j, &members[i], what, err))
                return false;
    if (j.failed || str_trim(str_from(body, j.at)).len > 0)
        return err_set(err, ERR_CREDENTIALS, "%s: no whole JSON object", what);
    return true;
}

static bool is_header_text(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

bool members_check_keys(const struct keys *keys, const char *what, struct err *err)
{
    if (!keys->id[0])
        return err_set(err, ERR_CREDENTIALS, "%s: no access key id", what);
    if (!keys->secret[0])
        return err_set(err, ERR_CREDENTIALS, "%s: an access key id without its secret", what);
    if (!is_header_text(keys->id) || !is_header_text(keys->secret) || !is_header_text(keys->token))
        return err_set(err, ERR_CREDENTIALS, "%s: a key with blanks or bytes that are no text",
                       what);
    return true;
}

bool members_time(const char *text, const char *what, const char *name, int64_t *unix_ms,
                  struct err *err)
{
    struct str rest = str_of(text);
    *unix_ms = TIME_NONE;
    if (rest.len == 0 || (clock_take_iso(&rest, unix_ms) && rest.len == 0))
        return true;
    return err_set(err, ERR_CREDENTIALS, "%s%s%s is no time", what, what[0] ? ": " : "", name);
}

static bool finish(struct keys *keys, bool ok, const char *what, const char *expires,
                   struct err *err)
{
    ok = ok && members_check_keys(keys, what, err) &&
         members_time(expires, what, "Expiration", &keys->expires_unix_ms, err);
    if (!ok)
        keys_wipe(keys);
    return ok;
}

bool members_decode_process(struct str body, const char *what, struct keys *keys, struct err *err)
{
    char expires[64] = "";
    int64_t version = -1;
    const struct member members[] = {
        {.name = "Version", .number = &version},
        {.name = "AccessKeyId", .text = keys->id, .size = sizeof keys->id},
        {.name = "SecretAccessKey", .text = keys->secret, .size = sizeof keys->secret},
        {.name = "SessionToken", .text = keys->token, .size = sizeof keys->token},
        {.name = "Expiration", .text = expires, .size = sizeof expires},
    };
    keys_wipe(keys);
    bool ok = members_read(body, members, sizeof members / sizeof members[0], what, err);
    if (ok && version != 1)
        ok = err_set(err, ERR_CREDENTIALS, "%s: its Version is not 1", what);
    return finish(keys, ok, what, expires, err);
}

bool members_decode_metadata(struct str body, const char *what, struct keys *keys,
                             struct err *err)
{
    char expires[64] = "", code[128] = "", message[512] = "";
    const struct member members[] = {
        {.name = "Code", .text = code, .size = sizeof code},
        {.name = "code", .text = code, .size = sizeof code},
        {.name = "Message", .text = message, .size = sizeof message},
        {.name = "message", .text = message, .size = sizeof message},
        {.name = "AccessKeyId", .text = keys->id, .size = sizeof keys->id},
        {.name = "SecretAccessKey", .text = keys->secret, .size = sizeof keys->secret},
        {.name = "Token", .text = keys->token, .size = sizeof keys->token},
        {.name = "Expiration", .text = expires, .size = sizeof expires},
    };
    keys_wipe(keys);
    bool ok = members_read(body, members, sizeof members / sizeof members[0], what, err);
    if (ok && ((code[0] && strcmp(code, "Success") != 0) || (!keys->id[0] && message[0])))
        ok = err_set(err, ERR_CREDENTIALS, "%s: %s%s%s", what, code,
                     code[0] && message[0] ? ": " : "", message);
    return finish(keys, ok, what, expires, err);
}
