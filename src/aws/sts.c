#include "src/aws/sts.h"

#include "src/aws/members.h"
#include "src/aws/xml.h"

#include <stdio.h>

/* ---- asking ---- */

static void add_field(struct call *call, const char *name, const char *value)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    if (!value || !value[0])
        return;
    buf_printf(&call->body, "%s%s=", call->body.len ? "&" : "", name);
    for (; *value; value++) {
        if (strchr(plain, *value))
            buf_add_char(&call->body, *value);
        else
            buf_printf(&call->body, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

static void begin(struct call *call, const char *operation, const char *resource)
{
    call_init(call, SERVICE_STS, operation, resource);
    (void)buf_reserve(&call->body, 65536); /* may hold a token: it never moves */
    add_field(call, "Action", operation);
    add_field(call, "Version", service_row(SERVICE_STS)->version);
}

void sts_ask_identity(struct call *call)
{
    begin(call, "GetCallerIdentity", "the caller");
}

void sts_ask_role(struct call *call, const struct sts_role *role)
{
    char duration[16] = "";
    bool by_web = role->token && role->token[0];
    begin(call, by_web ? "AssumeRoleWithWebIdentity" : "AssumeRole", role->role_arn);
    if (role->duration_s)
        snprintf(duration, sizeof duration, "%u", role->duration_s);
    add_field(call, "RoleArn", role->role_arn);
    add_field(call, "RoleSessionName", role->session_name);
    add_field(call, "DurationSeconds", duration);
    add_field(call, "WebIdentityToken", by_web ? role->token : NULL);
    add_field(call, "ExternalId", by_web ? NULL : role->external_id);
    add_field(call, "SerialNumber", by_web ? NULL : role->mfa_serial);
    add_field(call, "TokenCode", by_web ? NULL : role->mfa_code);
    call->is_unsigned = by_web;
}

/* ---- answers ---- */

bool sts_read_arn(struct str arn, struct sts_identity *out)
{
    struct str rest = arn, part;
    *out = (struct sts_identity){0};
    if (!str_skip(&rest, STR("arn:")))
        return false;
    for (int i = 0; i < 3; i++) /* partition, service, region */
        str_take_until(&rest, ':');
    part = str_take_until(&rest, ':');
    if (part.len != 12 || strspn(part.at, "0123456789") < 12 || rest.len == 0)
        return false;
    str_copy(out->arn, sizeof out->arn, arn);
    str_copy(out->account, sizeof out->account, part);
    part = rest;
    if (str_skip(&part, STR("assumed-role/"))) {
        part = str_take_until(&part, '/');
    } else {
        size_t slash = str_find_last(part, STR("/"));
        part = slash == SIZE_MAX ? part : str_from(part, slash + 1);
    }
    str_copy(out->role, sizeof out->role, part);
    return true;
}

bool sts_decode_identity(struct str body, struct sts_identity *out, struct err *err)
{
    struct xml xml;
    char arn[2049];
    if (!xml_read(&xml, body, "GetCallerIdentity", err))
        return false;
    xml_find_text(xml_root(&xml), "GetCallerIdentityResult/Arn", arn, sizeof arn);
    xml_release(&xml);
    return sts_read_arn(str_of(arn), out) ||
           err_set(err, ERR_INPUT_FORMAT, "reading GetCallerIdentity: Arn: \"%s\" is no ARN", arn);
}

/* AssumeRoleResult/Credentials or AssumeRoleWithWebIdentityResult/Credentials. */
static struct xml_node find_credentials(const struct xml *xml)
{
    struct xml_node node = xml_find(xml_root(xml), "AssumeRoleResult/Credentials");
    return node.xml ? node
                    : xml_find(xml_root(xml), "AssumeRoleWithWebIdentityResult/Credentials");
}

static bool take(struct xml_node at, const char *name, char *out, size_t size, struct err *err)
{
    struct str text = xml_text(xml_find(at, name));
    return str_copy(out, size, text) ||
           err_set(err, ERR_CREDENTIALS, "AssumeRole: %s is too long", name);
}

bool sts_decode_keys(struct str body, struct keys *keys, struct err *err)
{
    struct xml xml;
    char expires[64] = "";
    keys_wipe(keys);
    if (!xml_read(&xml, body, "AssumeRole", err))
        return false;
    struct xml_node at = find_credentials(&xml);
    bool ok = take(at, "AccessKeyId", keys->id, sizeof keys->id, err) &&
              take(at, "SecretAccessKey", keys->secret, sizeof keys->secret, err) &&
              take(at, "SessionToken", keys->token, sizeof keys->token, err) &&
              take(at, "Expiration", expires, sizeof expires, err) &&
              members_check_keys(keys, "AssumeRole", err) &&
              members_time(expires, "AssumeRole", "Expiration", &keys->expires_unix_ms, err);
    xml_release(&xml);
    if (!ok)
        keys_wipe(keys);
    return ok;
}
