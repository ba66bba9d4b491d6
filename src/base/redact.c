#include "src/base/redact.h"

/* One pass from left to right. At each byte the finders are asked in turn; the first that
 * knows a secret here says which bytes stay (a name, a scheme) and which are blanked. */

struct secret {
    size_t keep;  /* bytes from here that are shown */
    size_t blank; /* bytes after them that are not */
};

typedef bool finder(struct str s, size_t at, struct secret *out);

static bool is_upper_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_upper_or_digit(c) || (c >= 'a' && c <= 'z') || c == '_';
}

/* The characters of base64, base64url and JSON web tokens. */
static bool is_token(char c)
{
    return is_word(c) || (c != '\0' && strchr("-.+/=~%", c) != NULL);
}

static size_t run_of(struct str s, size_t at, bool (*is)(char))
{
    size_t start = at;
    while (at < s.len && is(s.at[at]))
        at++;
    return at - start;
}

static bool starts_nocase(struct str s, size_t at, struct str word)
{
    return s.len - at >= word.len && str_eq_nocase((struct str){s.at + at, word.len}, word);
}

static bool starts_word(struct str s, size_t at)
{
    return at == 0 || !is_word(s.at[at - 1]);
}

#define KEY_ID_LEN 20

static bool find_key_id(struct str s, size_t at, struct secret *out)
{
    struct str rest = str_from(s, at);
    if (!starts_word(s, at) || (!str_starts(rest, STR("AKIA")) && !str_starts(rest, STR("ASIA"))) ||
        run_of(s, at, is_upper_or_digit) < KEY_ID_LEN)
        return false;
    *out = (struct secret){4, run_of(s, at, is_upper_or_digit) - 4};
    return true;
}

/* Names of secrets, without their case, and with `-` and `_` as they are written. */
static const char *const names[] = {
    "aws_secret_access_key", "secret_access_key", "secretaccesskey",  "aws_session_token",
    "session_token",         "sessiontoken",      "security_token",   "x-amz-security-token",
    "x-amz-signature",       "x-amz-credential",  "signature",        "credential",
    "authorization",         "access_token",      "accesstoken",      "refresh_token",
    "refreshtoken",          "id_token",          "client_secret",    "clientsecret",
    "password",              "passwd",            "x-amz-sso_bearer_token", "api_key",
    "apikey",                "x-api-key",         "private_key",
};
#define NAMES (sizeof names / sizeof *names)

static size_t name_len(struct str s, size_t at)
{
    if (!starts_word(s, at))
        return 0;
    for (size_t i = 0; i < NAMES; i++) {
        struct str name = str_of(names[i]);
        size_t end = at + name.len;
        if (starts_nocase(s, at, name) && (end == s.len || !is_word(s.at[end])))
            return name.len;
    }
    return 0;
}

/* What stands between a name and its value: `": "`, `=`, `\":\"`. 0: no value follows. */
static size_t separator_len(struct str s, size_t at)
{
    size_t start = at;
    bool assigns = false;
    while (at < s.len && s.at[at] != '\0' && strchr("\"'\\ \t:=", s.at[at])) {
        assigns = assigns || s.at[at] == ':' || s.at[at] == '=';
        at++;
    }
    return assigns ? at - start : 0;
}

/* A value in quotes ends at its quote and may hold blanks; a bare one ends at a blank. The
 * header Authorization has several words and goes to the end of its line. */
static size_t value_len(struct str s, size_t at, bool quoted, bool header)
{
    const char *stops = quoted ? "\"'\\\r\n" : header ? "\"'\r\n" : "\"' \t\r\n&,;<>})]";
    size_t start = at;
    while (at < s.len && (s.at[at] == '\0' || !strchr(stops, s.at[at])))
        at++;
    return at - start;
}

static bool find_named(struct str s, size_t at, struct secret *out)
{
    size_t name = name_len(s, at);
    size_t separator = name ? separator_len(s, at + name) : 0;
    if (separator == 0)
        return false;
    size_t value = at + name + separator;
    char before = s.at[value - 1];
    bool header = starts_nocase(s, at, STR("authorization"));
    out->keep = name + separator;
    out->blank = value_len(s, value, before == '"' || before == '\'', header);
    return out->blank > 0;
}

static bool find_bearer(struct str s, size_t at, struct secret *out)
{
    struct str word = STR("bearer ");
    if (!starts_word(s, at) || !starts_nocase(s, at, word))
        return false;
    *out = (struct secret){word.len, run_of(s, at + word.len, is_token)};
    return out->blank >= 8;
}

/* Three base64url parts of which the first is the head `{"...`. */
static bool find_jwt(struct str s, size_t at, struct secret *out)
{
    if (!starts_word(s, at) || !str_starts(str_from(s, at), STR("eyJ")))
        return false;
    size_t len = run_of(s, at, is_token);
    *out = (struct secret){0, len};
    return len >= 20 && memchr(s.at + at, '.', len) != NULL;
}

static bool find_pem(struct str s, size_t at, struct secret *out)
{
    struct str rest = str_from(s, at);
    if (!str_starts(rest, STR("-----BEGIN ")))
        return false;
    size_t last = str_find(rest, STR("-----END "));
    struct str tail = str_from(rest, last == SIZE_MAX ? rest.len : last + 9);
    size_t dashes = str_find(tail, STR("-----"));
    *out = (struct secret){0, dashes == SIZE_MAX ? rest.len : rest.len - tail.len + dashes + 5};
    return true;
}

static bool find_url_password(struct str s, size_t at, struct secret *out)
{
    struct str rest = str_from(s, at);
    if (!str_starts(rest, STR("://")))
        return false;
    size_t colon = 0, end = 3;
    for (; end < rest.len && rest.at[end] != '@'; end++) {
        if (rest.at[end] == '\0' || strchr("/?# \t\"'<>", rest.at[end]))
            return false;
        if (rest.at[end] == ':' && colon == 0)
            colon = end;
    }
    *out = (struct secret){colon + 1, end - colon - 1};
    return end < rest.len && colon != 0 && out->blank > 0;
}

#define CARD_LEAST 14
#define CARD_MOST 19

/* Luhn's sum from the last digit to the first. */
static bool sum_is_card(const char *digits, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = digits[count - 1 - i] - '0';
        digit = i % 2 ? digit * 2 : digit;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* 14 to 19 digits, in groups or not; first digit 3 to 6, so that times in ms are none. */
static bool find_card(struct str s, size_t at, struct secret *out)
{
    char digits[CARD_MOST + 1];
    size_t count = 0, end = at, last = at;
    if (s.at[at] < '3' || s.at[at] > '6' || !starts_word(s, at))
        return false;
    for (; end < s.len && count <= CARD_MOST; end++) {
        if (is_digit(s.at[end])) {
            digits[count++] = s.at[end];
            last = end + 1;
        } else if ((s.at[end] != ' ' && s.at[end] != '-') || end != last) {
            break;
        }
    }
    *out = (struct secret){0, last - at};
    return count >= CARD_LEAST && count <= CARD_MOST && (last == s.len || !is_word(s.at[last])) &&
           sum_is_card(digits, count);
}

static finder *const finders[] = {find_named, find_bearer,       find_key_id, find_jwt,
                                  find_pem,   find_url_password, find_card};
#define FINDERS (sizeof finders / sizeof *finders)

static bool find_secret(struct str s, size_t at, struct secret *out)
{
    for (size_t i = 0; i < FINDERS; i++)
        if (finders[i](s, at, out))
            return true;
    return false;
}

bool redact(struct str s, struct buf *out)
{
    size_t shown = 0;
    for (size_t at = 0; at < s.len;) {
        struct secret secret;
        if (!find_secret(s, at, &secret)) {
            at++;
            continue;
        }
        size_t keep_end = at + secret.keep;
        if (!buf_add(out, (struct str){s.at + shown, keep_end - shown}) ||
            !buf_add(out, STR(REDACTED)))
            return false;
        at = shown = keep_end + secret.blank;
    }
    return buf_add(out, str_from(s, shown));
}
