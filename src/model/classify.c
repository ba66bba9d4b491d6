#include "src/model/classify.h"

/* One function a rule, in the order of the runbook. Two traps decide the order: `Status:
 * success` says nothing about the handler, so it ends no rule; and Max Memory Used = Memory
 * Size proves nothing by itself, so it stands last. */

/* ---- words of the platform ---- */

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(word, str_of(list[i])))
            return true;
    return false;
}

static bool type_is(const struct evidence *e, const char *word)
{
    return e->error_type.len > 0 && str_eq(evidence_text(e, e->error_type), str_of(word));
}

static bool type_starts(const struct evidence *e, const char *word)
{
    return e->error_type.len > 0 && str_starts(evidence_text(e, e->error_type), str_of(word));
}

static bool is_load_type(struct str type)
{
    static const char *const types[] = {
        "Runtime.ImportModuleError", "Runtime.HandlerNotFound", "Runtime.UserCodeSyntaxError",
        "Runtime.MalformedHandlerName", "Runtime.BuiltInModuleConflict",
        "Runtime.BadFunctionCode", "Runtime.InvalidEntrypoint", "Runtime.InvalidWorkingDir",
        "Runtime.InvalidTaskConfig", "Runtime.InitError",
    };
    return type.len > 0 && (is_one_of(type, types, sizeof types / sizeof *types) ||
                            str_starts(type, STR("Extension.")) || str_starts(type, STR("Init<")));
}

static enum status status_said(const struct evidence *e)
{
    return e->status != STATUS_NONE ? e->status : e->done_status;
}

static bool said_error(const struct evidence *e)
{
    return status_said(e) == STATUS_ERROR || status_said(e) == STATUS_FAILURE;
}

/* ---- 1: the platform's verdict of this attempt ---- */

static bool status_timeout(const struct evidence *e)
{
    return status_said(e) == STATUS_TIMEOUT || (said_error(e) && type_starts(e, "Sandbox.Time"));
}

static bool status_out_of_memory(const struct evidence *e)
{
    return type_is(e, "Runtime.OutOfMemory");
}

static bool status_load(const struct evidence *e)
{
    return is_load_type(evidence_text(e, e->error_type));
}

static bool status_sandbox(const struct evidence *e)
{
    return type_is(e, "Sandbox.Failure") || (status_said(e) == STATUS_FAILURE && type_starts(e, "Sandbox."));
}

/* ---- 2: a failed init or restore that no request follows ---- */

static bool init_without_request(const struct evidence *e)
{
    return e->init_failed && !e->has_start && !e->has_report && !e->has_end && e->id.len == 0;
}

/* ---- 3: what the platform wrote about this request ---- */

static bool text_timeout(const struct evidence *e)
{
    return e->timeout_text;
}

static bool killed(const struct evidence *e)
{
    return e->death == DEATH_KILLED;
}

/* ---- 4: the process ended ---- */

static bool exited(const struct evidence *e)
{
    return e->death != DEATH_NONE || type_is(e, "Runtime.ExitError") || type_is(e, "Runtime.Unknown");
}

static bool exit_out_of_memory(const struct evidence *e)
{
    return exited(e) && evidence_has(e, FACT_OOM_TEXT);
}

static bool load_words(const struct evidence *e)
{
    return (e->unhandled.signs & SIGN_LOAD) || (e->logged.no_request && (e->logged.signs & SIGN_LOAD)) ||
           str_has(evidence_text(e, e->death_reason), STR("exit status 127")) ||
           str_has(evidence_text(e, e->death_reason), STR("fork/exec")) ||
           str_has(evidence_text(e, e->death_reason), STR("bootstrap")) ||
           str_has(evidence_text(e, e->death_reason), STR("exec format")) ||
           str_has(evidence_text(e, e->death_reason), STR("Launch error")) ||
           str_has(evidence_text(e, e->death_reason), STR("task config"));
}

static bool exit_at_load(const struct evidence *e)
{
    return exited(e) && ((e->init_failed && e->init_status == STATUS_ERROR) || load_words(e) ||
                         (e->unhandled.weight == ERROR_UNHANDLED && e->unhandled.loading));
}

/* Node's own runtime leaves with 128 or 129 after it has reported the error. */
static bool exit_reported(const struct evidence *e)
{
    struct str reason = evidence_text(e, e->death_reason);
    return e->death == DEATH_OLD || str_has(reason, STR("exit status 128")) ||
           str_has(reason, STR("exit status 129"));
}

/* What Go and V8 write so can be caught by nothing: the process dies of it, whatever is seen
 * of its end. */
static bool fatal(const struct evidence *e)
{
    struct str type = evidence_text(e, e->unhandled.type);
    return e->unhandled.weight == ERROR_UNHANDLED &&
           (str_eq(type, STR("fatal error")) || str_eq(type, STR("FATAL ERROR")));
}

static bool exit_with_error(const struct evidence *e)
{
    return exited(e) && exit_reported(e) && !fatal(e) &&
           (e->unhandled.weight >= ERROR_BARE || e->logged.weight == ERROR_LOGGED);
}

static bool exit_old_at_limit(const struct evidence *e)
{
    return e->death == DEATH_OLD && !exit_with_error(e) && !fatal(e) && evidence_at_limit(e);
}

static bool exit_old_alone(const struct evidence *e)
{
    return e->death == DEATH_OLD && !exit_with_error(e) && !fatal(e);
}

static bool exit_crash(const struct evidence *e)
{
    return exited(e) && !exit_with_error(e);
}

/* ---- 5 and 6: nobody caught it ---- */

/* Without a REPORT an error that was only logged is the best that is known. */
static const struct error *deciding_error(const struct evidence *e)
{
    if (e->unhandled.weight == ERROR_NONE && e->logged.weight == ERROR_NONE)
        return NULL;
    if (e->unhandled.weight == ERROR_UNHANDLED)
        return &e->unhandled;
    if (e->unhandled.weight == ERROR_BARE && (!e->has_report || evidence_bare_at_end(e)))
        return &e->unhandled;
    if (exit_with_error(e))
        return e->unhandled.weight >= ERROR_BARE ? &e->unhandled : &e->logged;
    bool speaks = e->logged.weight == ERROR_LOGGED && (e->logged.type.len || e->logged.frames || e->logged.signs);
    bool mentions = e->logged.signs && !e->has_start; /* with a START, a warning decides nothing */
    if (!e->has_report && (speaks || mentions) && status_said(e) != STATUS_SUCCESS)
        return &e->logged;
    return NULL;
}

static bool has_sign(const struct evidence *e, enum sign sign)
{
    const struct error *error = deciding_error(e);
    return error && (error->signs & (unsigned)sign);
}

static bool error_out_of_memory(const struct evidence *e)
{
    return has_sign(e, SIGN_MEMORY);
}

static bool error_denied(const struct evidence *e)
{
    if (has_sign(e, SIGN_DENIED))
        return true;
    const struct error *error = deciding_error(e); /* caused by a denial that was logged */
    return error && error == &e->unhandled && (e->logged_signs & SIGN_DENIED) &&
           !(error->signs & (SIGN_LOAD | SIGN_THROTTLED | SIGN_NETWORK));
}

static bool error_throttled(const struct evidence *e)
{
    return has_sign(e, SIGN_THROTTLED);
}

static bool is_strong_load(const struct evidence *e, const struct error *error)
{
    return is_load_type(evidence_text(e, error->type)) || (error->signs & SIGN_LOAD);
}

/* The answer of the invocation may be pasted above its log: that is no init. */
static bool came_before(const struct evidence *e, const struct error *error)
{
    return e->has_start && error->before_start && !error->payload;
}

/* A lazy import inside the handler is an exception of the handler, not a failed start. */
static bool error_at_load(const struct evidence *e)
{
    const struct error *error = deciding_error(e);
    if (!error || error->weight < ERROR_LOGGED)
        return false;
    if (is_strong_load(e, error))
        return error->loading || error->frames == 0 || error->no_request || came_before(e, error) ||
               is_load_type(evidence_text(e, error->type));
    if (error->signs & SIGN_NETWORK)
        return false;
    return error->weight == ERROR_UNHANDLED &&
           (error->loading || error->no_request || came_before(e, error));
}

static bool error_downstream(const struct evidence *e)
{
    return has_sign(e, SIGN_NETWORK);
}

static bool error_fatal(const struct evidence *e)
{
    return deciding_error(e) == &e->unhandled && fatal(e);
}

static bool error_any(const struct evidence *e)
{
    return deciding_error(e) != NULL;
}

static bool error_said(const struct evidence *e)
{
    return said_error(e);
}

/* ---- 7: no failure of the platform, and nothing unhandled ---- */

static bool nothing_known(const struct evidence *e)
{
    return status_said(e) == STATUS_OTHER || e->unknown_kind || e->suspect ||
           evidence_headless_at_end(e);
}

static bool no_report(const struct evidence *e)
{
    return !e->has_report;
}

static bool duration_capped(const struct evidence *e)
{
    return evidence_billed_capped(e) ||
           (evidence_at_timeout(e) && status_said(e) != STATUS_SUCCESS);
}

static bool limit_retried(const struct evidence *e)
{
    return evidence_at_limit(e) && e->retried && status_said(e) != STATUS_SUCCESS;
}

static bool limit_lone_report(const struct evidence *e)
{
    bool whole = e->has_start && (e->has_end || e->json);
    return evidence_at_limit(e) && !whole && status_said(e) != STATUS_SUCCESS;
}

static bool always(const struct evidence *e)
{
    (void)e;
    return true;
}

static const struct rule {
    bool (*holds)(const struct evidence *e);
    enum failure_class class;
    enum confidence confidence;
} rules[] = {
    {status_timeout, FAILURE_TIMEOUT, CONFIDENCE_CERTAIN},
    {status_out_of_memory, FAILURE_MEMORY, CONFIDENCE_CERTAIN},
    {status_load, FAILURE_STARTUP, CONFIDENCE_CERTAIN},
    {status_sandbox, FAILURE_CRASH, CONFIDENCE_CERTAIN},
    {init_without_request, FAILURE_STARTUP, CONFIDENCE_CERTAIN},
    {text_timeout, FAILURE_TIMEOUT, CONFIDENCE_CERTAIN},
    {killed, FAILURE_MEMORY, CONFIDENCE_LIKELY},
    {exit_out_of_memory, FAILURE_MEMORY, CONFIDENCE_LIKELY},
    {exit_at_load, FAILURE_STARTUP, CONFIDENCE_LIKELY},
    {exit_old_at_limit, FAILURE_MEMORY, CONFIDENCE_POSSIBLE},
    {exit_old_alone, FAILURE_AMBIGUOUS, CONFIDENCE_POSSIBLE},
    {exit_crash, FAILURE_CRASH, CONFIDENCE_CERTAIN},
    {error_out_of_memory, FAILURE_MEMORY, CONFIDENCE_LIKELY},
    {error_denied, FAILURE_PERMISSION, CONFIDENCE_CERTAIN},
    {error_throttled, FAILURE_THROTTLE, CONFIDENCE_CERTAIN},
    {error_at_load, FAILURE_STARTUP, CONFIDENCE_LIKELY},
    {error_downstream, FAILURE_DOWNSTREAM, CONFIDENCE_LIKELY},
    {error_fatal, FAILURE_CRASH, CONFIDENCE_LIKELY},
    {error_any, FAILURE_EXCEPTION, CONFIDENCE_CERTAIN},
    {error_said, FAILURE_EXCEPTION, CONFIDENCE_POSSIBLE},
    {nothing_known, FAILURE_AMBIGUOUS, CONFIDENCE_POSSIBLE},
    {no_report, FAILURE_INCOMPLETE, CONFIDENCE_POSSIBLE},
    {duration_capped, FAILURE_AMBIGUOUS, CONFIDENCE_POSSIBLE},
    {limit_retried, FAILURE_MEMORY, CONFIDENCE_LIKELY},
    {limit_lone_report, FAILURE_AMBIGUOUS, CONFIDENCE_POSSIBLE},
    {always, FAILURE_SUCCESS, CONFIDENCE_LIKELY},
};

/* ---- confidence, cause, candidates ---- */

static enum confidence confide(const struct evidence *e, const struct rule *rule)
{
    const struct error *error = deciding_error(e);
    enum confidence confidence = rule->confidence;
    bool by_error = rule->holds == error_any || rule->holds == error_denied ||
                    rule->holds == error_throttled || rule->holds == error_downstream ||
                    rule->holds == error_out_of_memory || rule->holds == error_at_load;
    if (by_error && error->weight < ERROR_UNHANDLED)
        confidence = CONFIDENCE_POSSIBLE;
    if (rule->holds == error_denied && !(error->signs & SIGN_DENIED))
        confidence = CONFIDENCE_LIKELY;
    if (!e->has_report && !e->init_failed && confidence == CONFIDENCE_CERTAIN)
        confidence = CONFIDENCE_LIKELY;
    return confidence;
}

static enum failure_class sign_class(unsigned signs)
{
    if (signs & SIGN_DENIED)
        return FAILURE_PERMISSION;
    if (signs & SIGN_THROTTLED)
        return FAILURE_THROTTLE;
    if (signs & SIGN_NETWORK)
        return FAILURE_DOWNSTREAM;
    return FAILURE_NONE;
}

static enum failure_class cause_of(const struct evidence *e, enum failure_class class)
{
    unsigned signs = e->logged_signs | e->unhandled.signs;
    if (class == FAILURE_TIMEOUT) {
        if (e->init_suppressed || (e->init_failed && e->init_status == STATUS_TIMEOUT))
            return FAILURE_STARTUP;
        return signs & SIGN_NETWORK ? FAILURE_DOWNSTREAM : sign_class(signs & SIGN_THROTTLED);
    }
    if (class == FAILURE_EXCEPTION)
        return sign_class(e->logged_signs & (SIGN_THROTTLED | SIGN_NETWORK));
    if (class == FAILURE_CRASH && e->unhandled.weight == ERROR_UNHANDLED && !fatal(e))
        return sign_class(e->unhandled.signs) != FAILURE_NONE ? sign_class(e->unhandled.signs)
                                                             : FAILURE_EXCEPTION;
    return FAILURE_NONE;
}

static void suggest(struct verdict *v, enum failure_class class)
{
    if (class == v->class || v->candidate_count == INVOCATION_CANDIDATES)
        return;
    for (unsigned i = 0; i < v->candidate_count; i++)
        if (v->candidates[i] == class)
            return;
    v->candidates[v->candidate_count++] = class;
}

static void suggest_for_ambiguous(const struct evidence *e, struct verdict *v)
{
    if (evidence_billed_capped(e) || evidence_at_timeout(e)) {
        suggest(v, FAILURE_TIMEOUT);
        suggest(v, FAILURE_STARTUP);
    }
    if (evidence_at_limit(e))
        suggest(v, FAILURE_MEMORY);
    if (e->death == DEATH_OLD) {
        suggest(v, FAILURE_CRASH);
        suggest(v, FAILURE_EXCEPTION);
        return;
    }
    if (e->suspect || evidence_headless_at_end(e))
        suggest(v, FAILURE_EXCEPTION);
    suggest(v, FAILURE_SUCCESS);
}

static void suggest_others(const struct evidence *e, struct verdict *v)
{
    const struct error *error = deciding_error(e);
    if (v->class == FAILURE_AMBIGUOUS) {
        suggest_for_ambiguous(e, v);
        return;
    }
    if (v->class == FAILURE_MEMORY && e->death == DEATH_KILLED)
        suggest(v, FAILURE_CRASH);
    if ((v->class == FAILURE_CRASH || v->class == FAILURE_EXCEPTION) && evidence_at_limit(e))
        suggest(v, FAILURE_MEMORY);
    if (v->class == FAILURE_STARTUP && e->restore_failed && e->init_status == STATUS_TIMEOUT)
        suggest(v, FAILURE_TIMEOUT);
    if (v->class == FAILURE_STARTUP && (type_is(e, "Extension.Crash") || e->death != DEATH_NONE))
        suggest(v, FAILURE_CRASH);
    if (v->class == FAILURE_CRASH && e->unhandled.weight == ERROR_UNHANDLED && !fatal(e))
        suggest(v, FAILURE_EXCEPTION);
    if (error && error->weight < ERROR_UNHANDLED)
        suggest(v, e->has_report ? FAILURE_SUCCESS : FAILURE_INCOMPLETE);
    if (v->class == FAILURE_EXCEPTION && v->cause != FAILURE_NONE)
        suggest(v, v->cause);
    if (v->class == FAILURE_EXCEPTION && error && (error->signs & SIGN_LOAD))
        suggest(v, FAILURE_STARTUP);
}

static void conclude(const struct evidence *e, const struct rule *rule, struct verdict *out)
{
    *out = (struct verdict){.class = rule->class, .confidence = confide(e, rule)};
    out->cause = cause_of(e, rule->class);
    suggest_others(e, out);
}

void classify_in_full(const struct evidence *e, struct verdict *out)
{
    const struct rule *rule = rules;
    while (!rule->holds(e))
        rule++;
    conclude(e, rule, out);
}

/* Nothing was seen that any rule but the last asks for, as of nearly every invocation. A test
 * compares it with the rules over every member of the evidence. */
static bool is_untroubled(const struct evidence *e)
{
    return e->has_report && e->status == STATUS_NONE && e->done_status == STATUS_NONE &&
           e->error_type.len == 0 && e->death == DEATH_NONE && e->logged_signs == 0 &&
           e->unhandled.weight == ERROR_NONE && e->unhandled.signs == 0 &&
           e->logged.weight == ERROR_NONE && e->logged.signs == 0 && !e->init_failed &&
           !e->timeout_text && !e->unknown_kind && !e->suspect && !evidence_billed_capped(e) &&
           !evidence_at_timeout(e) && !evidence_at_limit(e);
}

void classify(const struct evidence *e, struct verdict *out)
{
    if (is_untroubled(e))
        conclude(e, &rules[sizeof rules / sizeof *rules - 1], out);
    else
        classify_in_full(e, out);
}
