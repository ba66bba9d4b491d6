#include "src/model/exception.h"

#include "src/model/frame.h"
#include "src/model/platform.h"

/* Each row of `forms` is one way in which a runtime says "nobody caught this". What matches no
 * row and still has the form of an error is logged or bare. The trap: `[ERROR] KeyError: 'x'`
 * with a blank is the runtime, `[ERROR]<TAB>time<TAB>id<TAB>...` is the code's own logger. */

static uint16_t put(char *out, size_t size, struct str s)
{
    (void)str_copy(out, size, s);
    return (uint16_t)strlen(out);
}

void exception_clear(struct exception *x)
{
    memset(x, 0, offsetof(struct exception, type));
    x->type[0] = x->message[0] = x->location[0] = '\0';
}

void exception_set_type(struct exception *x, struct str type)
{
    if (x->type_len == 0 && type.len)
        x->type_len = put(x->type, sizeof x->type, type);
}

void exception_add_message(struct exception *x, const struct signs *signs, struct str text)
{
    x->signs |= signs_in(signs, text);
    if (text.len == 0 || (size_t)x->message_len + 2 >= sizeof x->message)
        return;
    if (x->message_len)
        x->message[x->message_len++] = ' ';
    x->message_len += put(x->message + x->message_len, sizeof x->message - x->message_len, text);
}

static void set_place(struct exception *x, const struct frame *f)
{
    struct str file = frame_short_path(f->file);
    char place[sizeof x->location];
    size_t room = sizeof place - 24, len = 0;
    if (file.len > room)
        file = str_from(file, file.len - room);
    memcpy(place, file.at, file.len);
    len = file.len;
    place[len++] = ':';
    struct str line = str_first(f->line, 20);
    memcpy(place + len, line.at, line.len);
    x->location_len = put(x->location, sizeof x->location, (struct str){place, len + line.len});
    x->own_place = f->own;
}

void exception_add_frame(struct exception *x, struct str line)
{
    struct frame f;
    if (!frame_parse(line, &f))
        return;
    x->loading = x->loading || (f.loader && (!f.innermost_last || x->frames == 0));
    x->frames++;
    x->open_message = false;
    x->source_next = f.innermost_last;
    if (f.file.len == 0 || f.line.len == 0)
        return;
    if (f.own ? (!x->own_place || f.innermost_last) : x->location_len == 0)
        set_place(x, &f);
}

/* ---- the name of an error ---- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '$';
}

static bool is_error_name(struct str name)
{
    static const char *const ends[] = {"Error", "Exception", "Fault", "Failure", "Timeout", "Exit",
                                       "Interrupt", "Denied", "Exceeded", "NotFound", "Iteration",
                                       "Panic", "Forbidden", "Throwable", "DoesNotExist"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(name, str_of(ends[i])) && name.len > strlen(ends[i]))
            return true;
    return str_eq(name, STR("Error")) || str_eq(name, STR("Exception"));
}

/* Moves past one name: letters, dots, `::`, and Ruby's `Function<NoMethodError>`. */
static struct str take_name(struct str *s)
{
    size_t at = 0;
    while (at < s->len) {
        if (is_name_char(s->at[at]))
            at++;
        else if (s->at[at] == ':' && at + 1 < s->len && s->at[at + 1] == ':')
            at += 2;
        else if ((s->at[at] == '<' || s->at[at] == '>') && at > 0)
            at++;
        else
            break;
    }
    while (at > 0 && s->at[at - 1] == '.')
        at--;
    struct str name = str_first(*s, at);
    *s = str_from(*s, at);
    return name;
}

static bool split_name(struct str s, struct str *type, struct str *message)
{
    *type = take_name(&s);
    if (type->len < 3 || type->len > 120)
        return false;
    if (str_starts(s, STR(" ["))) /* Error [ERR_REQUIRE_ESM]: … */
        s = str_from(s, str_find_char(s, ']') == SIZE_MAX ? 0 : str_find_char(s, ']') + 1);
    *message = str_trim(s);
    if (s.len == 0)
        return true;
    if (!str_skip(&s, STR(":")))
        return false;
    *message = str_trim(s);
    return true;
}

bool exception_split(struct str s, struct str *type, struct str *message)
{
    s = str_trim(s);
    while (s.len && strchr("{[>-", s.at[0]))
        s = str_trim_left(str_from(s, 1));
    (void)str_skip(&s, STR("Uncaught "));
    return split_name(s, type, message) && is_error_name(*type);
}

/* ---- beginnings ---- */

static void begin(struct exception *x, enum error_weight weight)
{
    exception_clear(x);
    x->weight = weight;
    x->open_message = true;
}

/* Python 2 names the errors of its socket module so. */
static bool is_old_socket_error(struct str name)
{
    return str_eq(name, STR("error")) || str_eq(name, STR("timeout")) || str_eq(name, STR("gaierror"));
}

/* `<message>: <type>`, the first of the two lines of Java, .NET and old Python. */
static bool split_backwards(struct str line, struct str *type, struct str *message)
{
    struct line_head head;
    line_head_read(line, &head);
    if (head.level != LEVEL_NONE || head.after_level)
        return false;
    struct str s = str_trim(head.rest);
    if (s.at > line.at && s.at[-1] == '\'') /* of the message: 'key': KeyError */
        s = (struct str){s.at - 1, s.len + 1};
    size_t colon = str_find_last(s, STR(": "));
    if (colon == SIZE_MAX)
        return false;
    struct str name = str_from(s, colon + 2), rest = name;
    if (take_name(&rest).len != name.len || (!is_error_name(name) && !is_old_socket_error(name)))
        return false;
    *type = name;
    *message = str_first(s, colon);
    return true;
}

static struct str last_part(struct str name)
{
    size_t dot = str_find_last(name, STR("."));
    return dot == SIZE_MAX ? name : str_from(name, dot + 1);
}

static bool same_type(struct str a, struct str b)
{
    return str_eq(last_part(a), last_part(b));
}

struct form {
    struct str mark;   /* the message begins with it */
    const char *type;  /* NULL: it stands behind the mark as `Type: message` */
    bool wants_json;
    bool no_request;
};

#define MARK(words) {(words), sizeof(words) - 1}
static const struct form forms[] = {
    {MARK("Invoke Error"), NULL, true, false},
    {MARK("Unhandled Promise Rejection"), NULL, true, false},
    {MARK("Uncaught Exception"), NULL, true, false},
    {MARK("Error raised from handler method"), NULL, true, false},
    {MARK("Critical exception from handler"), NULL, true, false},
    {MARK("Init error when loading handler"), NULL, true, true},
    {MARK("LAMBDA_WARNING: Unhandled exception"), "Unhandled exception", false, false},
    {MARK("panic: "), "panic", false, false},
    {MARK("runtime error: "), "runtime error", false, false},
    {MARK("fatal error: "), "fatal error", false, false},
    {MARK("FATAL ERROR: "), "FATAL ERROR", false, false},
    {MARK("calling the handler function resulted in a panic"), "panic", false, false},
    {MARK("Exception in thread \"main\" "), NULL, false, false},
    {MARK("Unhandled exception. "), NULL, false, false},
    {MARK("Unhandled Exception: "), NULL, false, false},
    {MARK("PHP Fatal error:"), "PHP Fatal error", false, false},
    {MARK("Fatal error: Uncaught"), "Fatal error", false, false},
    {MARK("Unable to import module"), "Runtime.ImportModuleError", false, true},
    {MARK("module initialization error"), "module initialization error", false, true},
    {MARK("Error loading class"), "Error loading class", false, true},
    {MARK("Error loading method"), "Error loading method", false, true},
    {MARK("Class not found"), "ClassNotFoundException", false, true},
    {MARK("Syntax error in module"), "Runtime.UserCodeSyntaxError", false, true},
    {MARK("Bad handler"), "Runtime.MalformedHandlerName", false, true},
};

static const struct form *find_form(struct str rest)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_starts(rest, forms[i].mark))
            return &forms[i];
    return NULL;
}

static bool begin_form(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    const struct form *form = find_form(head->rest);
    struct str type, message;
    if (!form || head->level == LEVEL_INFO || head->level == LEVEL_DEBUG)
        return false;
    struct str rest = str_trim(str_from(head->rest, form->mark.len));
    begin(x, ERROR_UNHANDLED);
    x->no_request = form->no_request || head->undefined_id;
    x->wants_json = form->wants_json;
    if (form->wants_json) {
        x->signs |= signs_in(signs, rest);
        if (rest.len && rest.at[0] != '{' && exception_split(rest, &type, &message)) {
            exception_set_type(x, type);
            exception_add_message(x, signs, message);
        }
        return true;
    }
    if (!form->type && exception_split(rest, &type, &message)) {
        exception_set_type(x, type);
        exception_add_message(x, signs, message);
        return true;
    }
    exception_set_type(x, str_of(form->type ? form->type : "unhandled exception"));
    exception_add_message(x, signs, form->no_request ? head->rest : rest);
    return true;
}

/* A whole trace in one line, as chats and alarms copy it: the frames are taken, what stands
 * before it is given back. */
static struct str take_inline_trace(struct exception *x, struct str s)
{
    size_t at = str_find(s, STR("Traceback (most recent call last)"));
    if (at == SIZE_MAX)
        return s;
    struct str rest = str_from(s, at);
    for (int i = 0; i < 40; i++) {
        size_t file = str_find(rest, STR("File \""));
        if (file == SIZE_MAX)
            break;
        exception_add_frame(x, str_from(rest, file));
        rest = str_from(rest, file + 6);
    }
    return str_trim(str_first(s, at));
}

/* `'key': KeyError Traceback (most recent call last): File …`: old Python in one line. */
static bool begin_inline(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    struct str type, message;
    size_t at = str_find(head->rest, STR("Traceback (most recent call last)"));
    if (at == 0 || at == SIZE_MAX || head->level != LEVEL_NONE || head->id.len ||
        !split_backwards(str_trim(str_first(head->rest, at)), &type, &message))
        return false;
    begin(x, ERROR_UNHANDLED);
    exception_set_type(x, type);
    exception_add_message(x, signs, message);
    (void)take_inline_trace(x, head->rest);
    return true;
}

/* `[ERROR] Type: message`: the blank, and no time or id behind the level. */
static bool begin_python(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    struct str type, message;
    if (!head->bracket_level || head->level != LEVEL_ERROR || head->after_level || head->id.len)
        return false;
    if (str_has(head->rest, STR("LAMBDA_RUNTIME"))) {
        begin(x, ERROR_UNHANDLED);
        exception_set_type(x, STR("LAMBDA_RUNTIME"));
        exception_add_message(x, signs, head->rest);
        return true;
    }
    if (!split_name(head->rest, &type, &message) || !(type.at[0] >= 'A' && type.at[0] <= 'Z'))
        if (!exception_split(head->rest, &type, &message))
            return false;
    bool sure = is_error_name(type) || !head->timed;
    begin(x, sure ? ERROR_UNHANDLED : ERROR_LOGGED);
    x->level_error = true;
    exception_set_type(x, type);
    exception_add_message(x, signs, take_inline_trace(x, message));
    x->signs |= signs_in(signs, type);
    return true;
}

static bool begin_traceback(struct exception *x, const struct signs *signs,
                            const struct line_head *head, struct str previous)
{
    struct str type, message;
    if (!str_starts(head->rest, STR("Traceback (most recent call last)")))
        return false;
    begin(x, ERROR_LOGGED);
    x->open_message = false;
    x->headless = true;
    if (split_backwards(previous, &type, &message)) {
        x->headless = false;
        x->weight = ERROR_UNHANDLED;
        exception_set_type(x, type);
        exception_add_message(x, signs, message);
    }
    return true;
}

/* Rust: `thread 'main' panicked at src/main.rs:4:5:` */
static bool begin_rust(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    size_t at = str_find(head->rest, STR("panicked at "));
    if (at == SIZE_MAX || !str_starts(head->rest, STR("thread ")))
        return false;
    struct str rest = str_from(head->rest, at + 12);
    begin(x, ERROR_UNHANDLED);
    exception_set_type(x, STR("panic"));
    if (rest.len && rest.at[0] == '\'') {
        size_t end = str_find_last(rest, STR("', "));
        exception_add_message(x, signs, str_first(rest, end == SIZE_MAX ? end : end + 1));
        rest = end == SIZE_MAX ? STR_NONE : str_from(rest, end + 3);
    }
    exception_add_frame(x, rest);
    x->open_message = x->message_len == 0;
    return true;
}

static bool is_warning(struct str rest)
{
    return str_has(rest, STR("Warning")) && !str_has(rest, STR("Error:"));
}

/* .NET writes `fail` and the exception's full name at once; a logger's own text comes first. */
static bool is_dotnet_unhandled(const struct line_head *head, struct str type)
{
    return head->level == LEVEL_ERROR && head->timed && head->id.len && !head->bracket_level &&
           str_find_char(type, '.') != SIZE_MAX && head->rest.at > type.at - 1 &&
           (str_starts(type, STR("System.")) || str_starts(type, STR("Amazon.")) ||
            str_starts(type, STR("Microsoft.")));
}

/* `Error: signal: terminated Extension.Crash`: the platform's type may stand last in the line. */
static struct str platform_type(struct str message)
{
    size_t blank = str_find_last(message, STR(" "));
    struct str word = blank == SIZE_MAX ? message : str_from(message, blank + 1);
    return platform_is_error_type(word) ? word : STR_NONE;
}

static bool begin_named(struct exception *x, const struct signs *signs, const struct line_head *head,
                        struct str previous)
{
    struct str type, message, said_type, said;
    bool named = exception_split(head->rest, &type, &message);
    if (!named && head->level == LEVEL_ERROR && !head->bracket_level && split_name(head->rest, &type, &message))
        named = message.len > 0 && type.at[0] >= 'A' && type.at[0] <= 'Z';
    if (!named || is_warning(head->rest))
        return false;
    bool marked = head->level != LEVEL_NONE || head->id.len || head->undefined_id;
    begin(x, marked || head->timed ? ERROR_LOGGED : ERROR_BARE);
    if (head->level == LEVEL_INFO || head->level == LEVEL_DEBUG || head->level == LEVEL_WARN)
        x->weight = ERROR_MENTIONED;
    x->level_error = head->level == LEVEL_ERROR;
    x->no_request = head->undefined_id;
    if (is_dotnet_unhandled(head, type))
        x->weight = ERROR_UNHANDLED;
    if (!marked && split_backwards(previous, &said_type, &said) && same_type(said_type, type))
        x->weight = ERROR_UNHANDLED;
    exception_set_type(x, marked ? STR_NONE : platform_type(message));
    exception_set_type(x, type);
    exception_add_message(x, signs, message);
    x->signs |= signs_in(signs, type);
    return true;
}

/* `<message>: <type>` followed by a frame at once: .NET before its loggers. Frames whose error
 * was cut away still tell of one. */
static bool begin_frame(struct exception *x, const struct signs *signs, const struct line_head *head,
                        struct str previous)
{
    struct frame f;
    struct str type, message;
    if (!frame_parse(head->rest, &f) || f.line.len == 0)
        return false;
    begin(x, ERROR_LOGGED);
    x->headless = true;
    if (split_backwards(previous, &type, &message)) {
        x->headless = false;
        x->weight = ERROR_UNHANDLED;
        exception_set_type(x, type);
        exception_add_message(x, signs, message);
    }
    exception_add_frame(x, head->rest);
    return true;
}

/* `Caused by: X: …` and `... 22 more`, the lower part of Java's trace. */
static bool begin_cause(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    struct str type, message, rest = head->rest;
    bool more = str_starts(rest, STR("... ")) && str_ends(str_trim(rest), STR(" more"));
    bool cause = str_skip(&rest, STR("Caused by: ")) && exception_split(rest, &type, &message);
    if (head->level != LEVEL_NONE || head->id.len || (!more && !cause))
        return false;
    begin(x, ERROR_LOGGED);
    x->open_message = false;
    x->headless = true;
    if (cause) {
        exception_set_type(x, type);
        exception_add_message(x, signs, message);
        x->signs |= signs_in(signs, type);
    }
    return true;
}

/* `"errorType": "KeyError",`: the object that it stands in begins before the log does. */
static bool begin_member(struct exception *x, const struct line_head *head)
{
    struct str rest = head->rest;
    if (!str_skip(&rest, STR("errorType\": \"")))
        return false;
    begin(x, ERROR_LOGGED);
    x->open_message = false;
    x->headless = true;
    exception_set_type(x, str_take_until(&rest, '"'));
    return true;
}

/* `An error occurred (Code) when calling the Op operation: …`, and other words of errors. */
static bool begin_words(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    struct str rest = head->rest;
    unsigned signs_here = signs_in(signs, rest);
    bool error_level = head->level == LEVEL_ERROR;
    bool warning = is_warning(rest);
    if (!error_level && (!signs_here || warning))
        return false;
    begin(x, error_level && !warning ? ERROR_LOGGED : ERROR_MENTIONED);
    x->level_error = error_level;
    if (warning) /* Node writes its warnings at level ERROR */
        return true;
    x->signs = signs_here;
    x->no_request = head->undefined_id;
    size_t at = str_find(rest, STR("An error occurred ("));
    if (at != SIZE_MAX) {
        struct str code = str_from(rest, at + 19);
        exception_set_type(x, str_take_until(&code, ')'));
        x->weight = error_level || head->level == LEVEL_NONE ? ERROR_LOGGED : ERROR_MENTIONED;
    }
    exception_add_message(x, signs, rest);
    if ((signs_here & SIGN_LOAD) && head->level == LEVEL_NONE && !head->id.len)
        x->weight = ERROR_UNHANDLED; /* the loader's own words, before any logger */
    return true;
}

/* Words before a name: `Caught: FooError …`, `msg: BarException at …` in one line. */
static bool begin_mention(struct exception *x, const struct line_head *head)
{
    struct str rest = head->rest;
    if (head->level != LEVEL_NONE && head->level != LEVEL_ERROR)
        return false;
    while (rest.len) {
        struct str word = str_take_word(&rest), name;
        while (word.len && !is_name_char(word.at[0]))
            word = str_from(word, 1);
        name = take_name(&word);
        if (!is_error_name(name) || !(last_part(name).at[0] >= 'A' && last_part(name).at[0] <= 'Z'))
            continue;
        begin(x, ERROR_MENTIONED);
        exception_set_type(x, name);
        return true;
    }
    return false;
}

bool exception_begin(struct exception *x, const struct signs *signs, const struct line_head *head,
                     struct str previous)
{
    return begin_form(x, signs, head) || begin_python(x, signs, head) ||
           begin_traceback(x, signs, head, previous) || begin_inline(x, signs, head) ||
           begin_rust(x, signs, head) ||
           begin_named(x, signs, head, previous) || begin_frame(x, signs, head, previous) ||
           begin_cause(x, signs, head) || begin_member(x, head) ||
           begin_words(x, signs, head) || begin_mention(x, head);
}

/* ---- continuations ---- */

static bool is_cause(struct str s)
{
    return str_starts(s, STR("Caused by:")) || str_starts(s, STR("---> ")) ||
           str_starts(s, STR("cause: ")) || str_starts(s, STR("[cause]:")) ||
           str_starts(s, STR("caused by:"));
}

/* The parts of a stack trace that are neither frame nor message. */
static bool is_filler(struct str s)
{
    return s.len == 0 || str_starts(s, STR("Traceback (most recent")) || str_starts(s, STR("... ")) ||
           str_starts(s, STR("--- End")) || str_starts(s, STR("During handling of the above")) ||
           str_starts(s, STR("The above exception was")) || str_starts(s, STR("goroutine ")) ||
           str_starts(s, STR("stack backtrace")) || str_starts(s, STR("note: run with")) ||
           str_starts(s, STR("Suppressed:")) || str_starts(s, STR("runtime stack:")) ||
           str_starts(s, STR("created by ")) || str_starts(s, STR("[signal ")) || s.at[0] == '}' || s.at[0] == ']';
}

/* Go names the function in a line of its own above its frame: `main.handle(0x1, ...)`. */
static bool is_go_function(const struct exception *x, struct str s)
{
    static const char *const types[] = {"panic", "fatal error", "runtime error"};
    size_t open = str_find_char(s, '(');
    struct str name = str_first(s, open);
    if (open == SIZE_MAX || s.at[s.len - 1] != ')' || str_find_char(name, '.') == SIZE_MAX ||
        str_find_char(name, ' ') != SIZE_MAX)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(exception_type(x), str_of(types[i])))
            return true;
    return false;
}

/* A line of the error's own text: indented, or plain text before the first frame. */
static bool continues_text(const struct exception *x, const struct line_head *head)
{
    if (head->level != LEVEL_NONE || head->id.len || head->timed)
        return false;
    return x->open_message && x->message_len + 80u < sizeof x->message;
}

/* The last line of a Python trace names the error; in a chain the last one counts. */
static bool take_final_name(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    struct str type, message;
    if (x->weight == ERROR_UNHANDLED || x->frames == 0 || head->level != LEVEL_NONE || head->id.len ||
        !exception_split(head->rest, &type, &message))
        return false;
    x->type_len = x->message_len = 0;
    exception_set_type(x, type);
    exception_add_message(x, signs, message);
    x->signs |= signs_in(signs, type);
    return true;
}

bool exception_continue(struct exception *x, const struct signs *signs, const struct line_head *head)
{
    struct frame f;
    struct str s = head->rest, type, message;
    if (head->level != LEVEL_NONE || head->id.len || head->undefined_id)
        return false;
    if (frame_parse(s, &f)) { /* also where a tool stamped each line */
        exception_add_frame(x, s);
        return true;
    }
    if (head->timed && s.len)
        return false;
    bool source = x->source_next; /* its indentation may be lost */
    x->source_next = false;
    if (is_cause(s)) {
        x->signs |= signs_in(signs, s);
        return true;
    }
    if (is_filler(s) || is_go_function(x, s))
        return true;
    if (x->frames && exception_split(s, &type, &message) && x->weight >= ERROR_BARE &&
        same_type(type, exception_type(x)))
        return true;
    if (take_final_name(x, signs, head))
        return true;
    if (source && !exception_split(s, &type, &message))
        return true;
    if (!continues_text(x, head))
        return head->indented;
    /* Java repeats its message behind the type */
    if (exception_split(s, &type, &message) && same_type(type, exception_type(x))) {
        x->signs |= signs_in(signs, s);
        return true;
    }
    exception_add_message(x, signs, str_trim(s));
    return true;
}
