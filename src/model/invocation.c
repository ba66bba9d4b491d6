#include "src/model/invocation.h"
#include "src/model/line.h"

/* Words of facts, notes and advice. The advice is the class's row with the names of this
 * invocation put in where it knows them. */

static const struct {
    const char *seen, *not_seen;
} facts[FACT_COUNT] = {
#define FACT(id, seen_, not_seen_) [FACT_##id] = {(seen_), (not_seen_)},
#include "src/model/facts.def"
#undef FACT
};

const char *fact_seen(enum fact fact)
{
    return facts[fact].seen;
}

const char *fact_not_seen(enum fact fact)
{
    return facts[fact].not_seen;
}

const char *confidence_name(enum confidence confidence)
{
    static const char *const names[] = {
        [CONFIDENCE_POSSIBLE] = "possible", [CONFIDENCE_LIKELY] = "likely", [CONFIDENCE_CERTAIN] = "certain"};
    return names[confidence];
}

const char *note_text(enum note note)
{
    static const char *const notes[NOTE_COUNT] = {
        "Max Memory Used is at the limit, yet the invocation succeeded: it was not killed.",
        "The platform says timeout, but the time went to the initialisation that ran again.",
        "More memory will not help: the time went to one remote call.",
        "Memory is at its limit, but the platform says timeout: memory is not the verdict.",
        "A refused call was logged and handled; the invocation did not fail by it.",
        "A throttled call was logged and handled; the invocation did not fail by it.",
        "An emulator prints Max Memory Used = Memory Size always: the figure means nothing.",
        "Status: success says that the platform is content, not that the handler was.",
    };
    for (int i = 0; i < NOTE_COUNT; i++)
        if (note == (enum note)(1 << i))
            return notes[i];
    return "";
}

struct text_ref invocation_put(struct invocation *inv, struct str s, size_t limit)
{
    static const struct str ellipsis = {"\xE2\x80\xA6", 3};
    size_t room = (size_t)(INVOCATION_TEXT - inv->text_len);
    struct text_ref ref = {inv->text_len, 0};
    size_t fits = limit < room ? limit : room;
    if (s.len == 0)
        return (struct text_ref){0, 0};
    size_t len = s.len;
    if (s.len > fits) {
        if (fits < ellipsis.len + 1)
            return (struct text_ref){0, 0};
        len = str_cut(s, fits - ellipsis.len).len;
    }
    memcpy(inv->text + inv->text_len, s.at, len);
    if (len < s.len) {
        memcpy(inv->text + inv->text_len + len, ellipsis.at, ellipsis.len);
        len += ellipsis.len;
    }
    ref.len = (uint16_t)len;
    inv->text_len = (uint16_t)(inv->text_len + len);
    return ref;
}

/* ---- advice ---- */

static void say(struct buf *out, const char *text)
{
    (void)buf_add(out, str_of(text));
}

#define ARG(inv, member) STR_ARG(invocation_text((inv), (inv)->member))

static void say_ms(struct buf *out, int64_t ms)
{
    if (ms % 1000 == 0)
        (void)buf_printf(out, "%lld s", (long long)(ms / 1000));
    else
        (void)buf_printf(out, "%lld.%03lld s", (long long)(ms / 1000), (long long)(ms % 1000));
}

struct str invocation_last_message(const struct invocation *inv)
{
    struct line_head head;
    struct str last = str_trim(invocation_text(inv, inv->last_text));
    line_head_read(last, &head);
    struct str message = str_trim(head.rest);
    return message.len ? message : last;
}

static void check_timeout(const struct invocation *inv, struct buf *out)
{
    if (inv->cause == FAILURE_STARTUP) {
        say(out, "what the initialisation does: it ran again inside this invocation and used its time");
        return;
    }
    if (inv->last_text.len)
        (void)buf_printf(out, "the call behind the last line `%.*s`",
                         STR_ARG(str_first(invocation_last_message(inv), 120)));
    else
        say(out, "which call the time went to; nothing was logged before the end");
    say(out, inv->trace_id.len ? ", then the trace" : ", then a trace (turn active tracing on)");
}

static void check_memory(const struct invocation *inv, struct buf *out)
{
    if (inv->memory_mb == ABSENT) {
        say(out, failure_class_row(FAILURE_MEMORY)->check);
        return;
    }
    (void)buf_printf(out, "raise the memory above %lld MB and run the same event again: if the failure goes away, this was the cause",
                     (long long)inv->memory_mb);
}

static void check_error(const struct invocation *inv, struct buf *out)
{
    if (inv->exception_location.len)
        (void)buf_printf(out, "%.*s: ", ARG(inv, exception_location));
    if (inv->exception_type.len)
        (void)buf_printf(out, "%.*s", ARG(inv, exception_type));
    if (inv->exception_type.len && inv->exception_message.len)
        (void)buf_printf(out, " \"%.*s\"", STR_ARG(str_first(invocation_text(inv, inv->exception_message), 160)));
    if (!inv->exception_type.len)
        say(out, failure_class_row((enum failure_class)inv->class)->check);
}

static void check_permission(const struct invocation *inv, struct buf *out)
{
    if (!inv->denial_action.len) {
        say(out, failure_class_row(FAILURE_PERMISSION)->check);
        return;
    }
    if (inv->denial_principal.len)
        (void)buf_printf(out, "the policies of %.*s for ", ARG(inv, denial_principal));
    else
        say(out, "the role's policies for ");
    (void)buf_printf(out, "%.*s", ARG(inv, denial_action));
    if (inv->denial_resource.len)
        (void)buf_printf(out, " on %.*s", ARG(inv, denial_resource));
}

static void check_crash(const struct invocation *inv, struct buf *out)
{
    say(out, failure_class_row(FAILURE_CRASH)->check);
    if (inv->error_type.len)
        (void)buf_printf(out, " (%.*s)", ARG(inv, error_type));
}

static void check_ambiguous(const struct invocation *inv, struct buf *out)
{
    say(out, failure_class_row(FAILURE_AMBIGUOUS)->check);
    for (unsigned i = 0; i < inv->candidate_count; i++)
        (void)buf_printf(out, "%s%s", i ? " or " : "; it may be ",
                         failure_class_row((enum failure_class)inv->candidates[i])->name);
}

void invocation_check(const struct invocation *inv, struct buf *out)
{
    static void (*const by_class[FAILURE_CLASS_COUNT])(const struct invocation *, struct buf *) = {
        [FAILURE_TIMEOUT] = check_timeout,    [FAILURE_MEMORY] = check_memory,
        [FAILURE_EXCEPTION] = check_error,    [FAILURE_STARTUP] = check_error,
        [FAILURE_CRASH] = check_crash,        [FAILURE_THROTTLE] = check_error,
        [FAILURE_DOWNSTREAM] = check_error,   [FAILURE_PERMISSION] = check_permission,
        [FAILURE_AMBIGUOUS] = check_ambiguous,
    };
    if (by_class[inv->class])
        by_class[inv->class](inv, out);
    else
        say(out, failure_class_row((enum failure_class)inv->class)->check);
}

static void fix_timeout(const struct invocation *inv, struct buf *out)
{
    if (inv->cause == FAILURE_STARTUP)
        say(out, "make the initialisation shorter, or give it more memory; only then raise the timeout");
    else if (inv->cause == FAILURE_THROTTLE)
        say(out, "raise the limit of the service that throttles, or call it less; a longer timeout only waits longer");
    else
        say(out, failure_class_row(FAILURE_TIMEOUT)->fix);
    if (inv->timeout_ms != ABSENT) {
        say(out, " (now ");
        say_ms(out, inv->timeout_ms);
        say(out, ")");
    }
}

static void fix_permission(const struct invocation *inv, struct buf *out)
{
    if (!inv->denial_action.len || !inv->denial_resource.len) {
        say(out, failure_class_row(FAILURE_PERMISSION)->fix);
        return;
    }
    if (str_has(invocation_text(inv, inv->denial_reason), STR("explicit deny")))
        (void)buf_printf(out, "an explicit deny forbids %.*s: change the policy that denies it", ARG(inv, denial_action));
    else
        (void)buf_printf(out, "allow %.*s on %.*s", ARG(inv, denial_action), ARG(inv, denial_resource));
}

void invocation_fix(const struct invocation *inv, struct buf *out)
{
    if (inv->class == FAILURE_TIMEOUT)
        fix_timeout(inv, out);
    else if (inv->class == FAILURE_PERMISSION)
        fix_permission(inv, out);
    else
        say(out, failure_class_row((enum failure_class)inv->class)->fix);
}

const char *invocation_tag(const struct invocation *inv, bool flags)
{
    if (flags && inv->class == FAILURE_SUCCESS) {
        if (inv->memory_at_limit == 1)
            return "LIM";
        if (inv->slow == 1)
            return "SLW";
        if (inv->cold == 1)
            return "CLD";
    }
    return failure_class_row((enum failure_class)inv->class)->tag;
}
