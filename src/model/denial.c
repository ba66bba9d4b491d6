#include "src/model/denial.h"

/* `User: P is not authorized to perform: A on resource: R because no … policy allows the A
 * action`. The resource may be quoted or absent, the sentence may be wrapped, and some
 * services name no more than a code. */

static struct str after(struct str s, const char *word)
{
    size_t at = str_find(s, str_of(word));
    return at == SIZE_MAX ? STR_NONE : str_from(s, at + strlen(word));
}

static struct str without_marks(struct str word)
{
    while (word.len && strchr("\"'.,;)}\\", word.at[word.len - 1]))
        word.len--;
    while (word.len && strchr("\"'(\\", word.at[0]))
        word = str_from(word, 1);
    return word;
}

static struct str word_after(struct str s, const char *word)
{
    struct str rest = after(s, word);
    return without_marks(str_take_word(&rest));
}

/* Up to the end of the sentence: a full stop before a blank, a quote, a line end. */
static struct str sentence(struct str s)
{
    size_t at = 0;
    while (at < s.len && at < 240 && s.at[at] != '"' && s.at[at] != '\n' &&
           !(s.at[at] == '\\' && at + 1 < s.len && s.at[at + 1] != '\\') &&
           !(s.at[at] == '.' && (at + 1 >= s.len || s.at[at + 1] == ' ')))
        at++;
    return without_marks(str_trim(str_first(s, at)));
}

static struct str policy_reason(struct str s)
{
    size_t deny = str_find(s, STR("with an explicit deny"));
    if (deny != SIZE_MAX)
        return sentence(str_from(s, deny));
    struct str because = after(s, "because ");
    return because.len ? sentence(because) : STR_NONE;
}

static struct str code_of(struct str text)
{
    static const char *const codes[] = {
        "KMSAccessDeniedException", "AccessDeniedException", "AccessDeniedError", "AccessDenied",
        "UnauthorizedOperation", "NotAuthorizedException", "NotAuthorized", "AuthorizationError",
        "EC2AccessDenied", "Access Denied", "Forbidden",
        "KMS is not allowed", "KMS access was denied",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        size_t at = str_find(text, str_of(codes[i]));
        if (at != SIZE_MAX)
            return str_first(str_from(text, at), strlen(codes[i]));
    }
    return STR_NONE;
}

static struct str principal_of(struct str text, size_t said)
{
    struct str front = str_first(text, said);
    size_t at = str_find_last(front, STR("User:"));
    if (at == SIZE_MAX)
        return STR_NONE;
    return without_marks(str_trim(str_from(front, at + 5)));
}

bool denial_parse(struct str text, struct denial *out)
{
    *out = (struct denial){STR_NONE, STR_NONE, STR_NONE, STR_NONE};
    size_t said = str_find(text, STR("is not authorized to"));
    out->reason = code_of(text);
    if (said != SIZE_MAX) {
        struct str rest = str_from(text, said);
        struct str reason = policy_reason(rest);
        out->principal = principal_of(text, said);
        out->action = word_after(rest, "perform:");
        out->resource = word_after(rest, "on resource:");
        if (reason.len)
            out->reason = reason;
        return true;
    }
    if (out->reason.len == 0)
        return false;
    out->action = word_after(text, "when calling the ");
    return true;
}
