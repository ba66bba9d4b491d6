#include "src/aws/fault.h"

#include "src/aws/skew.h"
#include "src/aws/words.h"
#include "src/model/denial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* One sentence a class: what failed, on what, why; and as hint the next step. */

struct names { /* of the call: `logs:FilterLogEvents on /aws/lambda/pay` */
    const char *action, *on, *resource;
};

static struct names names_of(const struct call *call)
{
    bool has_permission = call->permission[0] != '\0', has_resource = call->resource[0] != '\0';
    return (struct names){has_permission ? call->permission : call->operation,
                          has_resource ? " on " : "", call->resource};
}

/* `: CODE: MESSAGE`, as far as they are known. */
static void words_of(const struct fault *fault, const struct fault_about *about, char *out,
                     size_t size)
{
    char code[sizeof fault->code];
    if (fault->code[0])
        str_copy(code, sizeof code, str_of(fault->code));
    else
        snprintf(code, sizeof code, "HTTP %d", about->status);
    snprintf(out, size, ": %s%s%s", code, fault->message[0] ? ": " : "", fault->message);
}

/* `assumed-role/pay/session` of its ARN: the hint must fit beside the sentence. */
static struct str short_name(struct str principal)
{
    size_t colon = str_find_last(principal, STR(":"));
    return colon == SIZE_MAX ? principal : str_from(principal, colon + 1);
}

static void explain_denied(const struct fault *fault, const struct fault_about *about,
                           struct err *err)
{
    struct names names = names_of(about->call);
    struct denial denial = {0};
    bool named = denial_parse(str_of(fault->message), &denial) && denial.action.len > 0;
    if (named && denial.resource.len > 0)
        err_set(err, ERR_DENIED, "%.*s on %.*s was refused", STR_ARG(denial.action),
                STR_ARG(denial.resource));
    else if (named)
        err_set(err, ERR_DENIED, "%.*s%s%s was refused", STR_ARG(denial.action), names.on,
                names.resource);
    else
        err_set(err, ERR_DENIED, "%s%s%s was refused", names.action, names.on, names.resource);
    if (named && denial.principal.len > 0)
        err_advise(err, "%.*s lacks the permission named above",
                   STR_ARG(short_name(denial.principal)));
}

static void explain_times(const struct fault *fault, const struct fault_about *about,
                          struct err *err)
{
    struct names names = names_of(about->call);
    char words[sizeof fault->code + sizeof fault->message + 8];
    words_of(fault, about, words, sizeof words);
    if (about->attempts > 1)
        err_set(err, ERR_NETWORK, "%s%s%s failed %u times%s", names.action, names.on,
                names.resource, about->attempts, words);
    else
        err_set(err, ERR_NETWORK, "%s%s%s failed%s", names.action, names.on, names.resource, words);
    if (fault->class == FAULT_THROTTLED)
        err_advise(err, "others in this account share the limit: ask less often");
    else if (fault->class == FAULT_TOO_MANY)
        err_advise(err, "as many run as may: wait until others end");
    else
        err_advise(err, "the service has trouble; try again in a while");
}

static void explain_words(const struct fault *fault, const struct fault_about *about,
                          struct err *err)
{
    struct names names = names_of(about->call);
    char words[sizeof fault->code + sizeof fault->message + 8];
    words_of(fault, about, words, sizeof words);
    bool missing = fault->class == FAULT_NOT_FOUND;
    err_set(err, missing ? ERR_NOT_FOUND : ERR_USAGE, "%s%s%s%s%s", names.action, names.on,
            names.resource, missing ? ": not found" : "", words);
    if (missing)
        err_advise(err, "check the name, and that it is in %s", about->region);
    else
        err_advise(err, "the service does not take what was asked; see its words");
}

static void advise_login(const struct fault_about *about, struct err *err)
{
    char name[160];
    (void)words_quote(about->profile, name, sizeof name);
    if (strcmp(about->source, "sso") == 0)
        err_advise(err, "run aws sso login --profile %s", name);
    else if (strcmp(about->source, "env") == 0)
        err_advise(err, "set new AWS_* keys, then start lambdig again");
    else
        err_advise(err, "renew the credentials of profile %s", about->profile);
}

static void explain_clock(const struct fault_about *about, struct err *err)
{
    int64_t minutes = (llabs(about->skew_ms) + 30000) / 60000;
    if (minutes == 0)
        err_set(err, ERR_NETWORK, "%s says that the clock of this machine is wrong",
                about->host);
    else
        err_set(err, ERR_NETWORK,
                "the clock of this machine is %" PRId64 " minute%s %s that of %s", minutes,
                minutes == 1 ? "" : "s", about->skew_ms > 0 ? "behind" : "ahead of", about->host);
    err_advise(err, "set the clock, best by NTP");
}

static void explain_keys(const struct fault *fault, const struct fault_about *about,
                         struct err *err)
{
    switch (fault->class) {
    case FAULT_EXPIRED:
        err_set(err, ERR_CREDENTIALS, "the credentials of profile %s have expired", about->profile);
        advise_login(about, err);
        break;
    case FAULT_KEYS:
        err_set(err, ERR_CREDENTIALS, "%s does not know the access key of profile %s: %s",
                about->host, about->profile, fault->code);
        err_advise(err, "check the keys of profile %s, and that %s is enabled", about->profile,
                   about->region);
        break;
    default:
        err_set(err, ERR_CREDENTIALS,
                "%s refused the signature made with the keys of profile %s: %s", about->host,
                about->profile, fault->code[0] ? fault->code : "no reason given");
        err_advise(err, "check the secret access key of profile %s", about->profile);
    }
}

static void explain_page(const struct fault *fault, const struct fault_about *about,
                         struct err *err)
{
    const char *title = fault->message;
    err_set(err, ERR_NETWORK, "%s: a web page%s%s%s answers, not AWS", about->host,
            title[0] ? " titled \"" : "", title, title[0] ? "\"" : "");
    err_advise(err, "log in to this network, or check HTTPS_PROXY");
}

static void explain_redirect(const struct fault_about *about, struct err *err)
{
    err_set(err, ERR_NETWORK, "%s answers with a redirect%s%s, which is never followed",
            about->host, about->location[0] ? " to " : "", about->location);
    err_advise(err, "check the endpoint, the region and the proxy");
}

static bool is_clock(const struct fault *fault, const struct fault_about *about)
{
    return fault->class == FAULT_SKEWED ||
           (fault->class == FAULT_SIGNATURE && !about->corrected &&
            llabs(about->skew_ms) > SKEW_DOUBTFUL_MS);
}

void fault_explain(const struct fault *fault, const struct fault_about *about, struct err *err)
{
    if (is_clock(fault, about)) {
        explain_clock(about, err);
        return;
    }
    switch (fault_kind(fault->class)) {
    case ANSWER_DONE: break;
    case ANSWER_BAD:
    case ANSWER_NOT_FOUND: explain_words(fault, about, err); break;
    case ANSWER_DENIED: explain_denied(fault, about, err); break;
    case ANSWER_EXPIRED: explain_keys(fault, about, err); break;
    case ANSWER_THROTTLED: explain_times(fault, about, err); break;
    case ANSWER_UNREACHABLE:
        if (fault->class == FAULT_PAGE)
            explain_page(fault, about, err);
        else if (fault->class == FAULT_REDIRECT)
            explain_redirect(about, err);
        else
            explain_times(fault, about, err);
    }
}
