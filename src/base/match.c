#define PCRE2_CODE_UNIT_WIDTH 8
#include "src/base/match.h"

#include <pcre2.h>
#include <stdlib.h>

/* PCRE2 with ceilings everywhere: pattern length, nesting, steps, heap and the stack of the
 * compiled code. A search that meets one of them finds nothing; it never hangs. */

#define PATTERN_MOST_BYTES 1000
#define NEST_MOST 100
#define STEPS_MOST 1000000
#define HEAP_MOST_KIB 4096
#define JIT_STACK_LEAST (32 * 1024)
#define JIT_STACK_MOST (512 * 1024)

struct match {
    pcre2_code *code;
    pcre2_match_data *found;
    pcre2_match_context *limits;
    pcre2_jit_stack *stack; /* NULL: no JIT here */
};

/* Skips what stands behind a backslash: \S and \p{Lu} ask for no case. */
static size_t skip_escape(struct str pattern, size_t at)
{
    size_t next = at + 2;
    if (next < pattern.len && pattern.at[next] == '{' && strchr("pPxoNgk", pattern.at[at + 1])) {
        size_t close = str_find_char(str_from(pattern, next), '}');
        return close == SIZE_MAX ? pattern.len : next + close + 1;
    }
    return next;
}

static bool has_upper_case(struct str pattern)
{
    for (size_t at = 0; at < pattern.len;) {
        if (pattern.at[at] >= 'A' && pattern.at[at] <= 'Z')
            return true;
        at = pattern.at[at] == '\\' ? skip_escape(pattern, at) : at + 1;
    }
    return false;
}

static pcre2_code *compile(struct str pattern, struct err *err)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    int reason;
    PCRE2_SIZE offset;
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    if (limits == NULL)
        die("memory: no room for a pattern's limits");
    pcre2_set_parens_nest_limit(limits, NEST_MOST);
    options |= has_upper_case(pattern) ? 0 : PCRE2_CASELESS;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len, options, &reason, &offset, limits);
    pcre2_compile_context_free(limits);
    if (code == NULL) {
        PCRE2_UCHAR text[200];
        pcre2_get_error_message(reason, text, sizeof text);
        err_set(err, ERR_USAGE, "pattern %.*s: at byte %zu: %s", STR_ARG(str_first(pattern, 80)),
                offset, (const char *)text);
        err_advise(err, "correct the pattern; a backslash before a sign takes it as it stands");
    }
    return code;
}

static void allow_jit(struct match *match)
{
    if (pcre2_jit_compile(match->code, PCRE2_JIT_COMPLETE) != 0)
        return;
    match->stack = pcre2_jit_stack_create(JIT_STACK_LEAST, JIT_STACK_MOST, NULL);
    if (match->stack)
        pcre2_jit_stack_assign(match->limits, NULL, match->stack);
}

bool match_new(struct match **out, struct str pattern, struct err *err)
{
    *out = NULL;
    if (pattern.len > PATTERN_MOST_BYTES)
        return err_set(err, ERR_USAGE, "pattern %.*s...: %zu bytes are more than %d",
                       STR_ARG(str_first(pattern, 40)), pattern.len, PATTERN_MOST_BYTES);
    pcre2_code *code = compile(pattern, err);
    if (code == NULL)
        return false;
    struct match *match = xcalloc(1, sizeof *match);
    match->code = code;
    match->found = pcre2_match_data_create(1, NULL); /* the whole match, no groups */
    match->limits = pcre2_match_context_create(NULL);
    if (match->found == NULL || match->limits == NULL)
        die("memory: no room for a pattern");
    pcre2_set_match_limit(match->limits, STEPS_MOST);
    pcre2_set_heap_limit(match->limits, HEAP_MOST_KIB);
    allow_jit(match);
    *out = match;
    return true;
}

void match_free(struct match *match)
{
    if (match == NULL)
        return;
    pcre2_jit_stack_free(match->stack);
    pcre2_match_context_free(match->limits);
    pcre2_match_data_free(match->found);
    pcre2_code_free(match->code);
    free(match);
}

/* A \K inside a lookahead can put the start behind the end: that is taken for no match. */
bool match_find(struct match *match, struct str text, size_t from, size_t *start, size_t *end)
{
    if (from > text.len)
        return false;
    PCRE2_SPTR at = (PCRE2_SPTR)(text.len ? text.at : "");
    int result = pcre2_match(match->code, at, text.len, from, 0, match->found, match->limits);
    if (result < 0)
        return false;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match->found);
    *start = ends[0];
    *end = ends[1];
    return *start >= from && *start <= *end;
}
