#include "ui/filter.h"

#include <stdio.h>

static const struct flag_word {
    const char *word;
    uint8_t flag; /* 0: any failure */
} flag_words[] = {
    {"cold", GROUP_COLD}, {"at-limit", GROUP_AT_LIMIT},
    {"slow", GROUP_SLOW}, {"trace", GROUP_TRACE},
    {"failed", 0},
};
#define FLAG_WORDS (sizeof flag_words / sizeof *flag_words)

static void filter_release(struct filter *filter)
{
    match_free(filter->match);
    *filter = (struct filter){0};
}

void filters_release(struct filters *f)
{
    while (filters_drop(f))
        ;
}

bool filters_drop(struct filters *f)
{
    if (f->count == 0)
        return false;
    filter_release(&f->items[--f->count]);
    return true;
}

static bool as_class(struct str word, struct filter *out)
{
    enum failure_class class = failure_class_find(word);
    if (class == FAILURE_NONE)
        return false;
    out->kind = FILTER_CLASS;
    out->class = (uint8_t)class;
    snprintf(out->word, sizeof out->word, "class:%s", failure_class_row(class)->tag);
    return true;
}

static bool as_flag(struct str word, struct filter *out)
{
    for (size_t i = 0; i < FLAG_WORDS; i++)
        if (str_eq_nocase(word, str_of(flag_words[i].word))) {
            out->kind = flag_words[i].flag ? FILTER_FLAG : FILTER_FAILED;
            out->flag = flag_words[i].flag;
            snprintf(out->word, sizeof out->word, "flag:%s", flag_words[i].word);
            return true;
        }
    return false;
}

static bool as_text(struct str pattern, struct filter *out, struct err *err)
{
    char shown[200];
    if (!match_new(&out->match, pattern, err))
        return false;
    out->kind = FILTER_TEXT;
    str_copy(shown, sizeof shown, pattern);
    snprintf(out->word, sizeof out->word, "/%s/", shown);
    return true;
}

static bool read_filter(struct str typed, struct filter *out, struct err *err)
{
    char shown[190];
    out->inverse = str_skip(&typed, STR("!"));
    if (typed.len == 0)
        return err_set(err, ERR_USAGE, "an empty filter");
    str_copy(shown, sizeof shown, typed);
    if (str_skip(&typed, STR("class:")))
        return as_class(str_trim(typed), out) ||
               err_set(err, ERR_USAGE, "%s: no such class", shown);
    if (str_skip(&typed, STR("flag:")))
        return as_flag(str_trim(typed), out) ||
               err_set(err, ERR_USAGE, "%s: not one of cold, at-limit, slow, trace, failed", shown);
    if (!str_skip(&typed, STR("id:")))
        return as_text(typed, out, err);
    out->kind = FILTER_REQUEST;
    snprintf(out->word, sizeof out->word, "%s", shown);
    return true;
}

bool filters_add(struct filters *f, struct str typed, struct err *err)
{
    struct filter filter = {0};
    if (f->count == FILTERS_MAX)
        return err_set(err, ERR_CEILING, "%d filters are the most: - drops the last", FILTERS_MAX);
    if (!read_filter(typed, &filter, err)) {
        filter_release(&filter);
        return false;
    }
    f->items[f->count++] = filter;
    return true;
}

static bool is_choice(const struct filter *filter)
{
    return !filter->inverse && (filter->kind == FILTER_CLASS || filter->kind == FILTER_FAILED ||
                                filter->kind == FILTER_FLAG);
}

/* One kind, or, with FILTER_CLASS, all that the class menu sets. */
static void drop_kind(struct filters *f, enum filter_kind kind)
{
    int kept = 0;
    for (int i = 0; i < f->count; i++)
        if (kind == FILTER_CLASS ? is_choice(&f->items[i]) : f->items[i].kind == kind)
            filter_release(&f->items[i]);
        else
            f->items[kept++] = f->items[i];
    f->count = kept;
}

static bool push(struct filters *f, struct filter filter, struct err *err)
{
    if (f->count == FILTERS_MAX)
        return err_set(err, ERR_CEILING, "%d filters are the most: - drops the last", FILTERS_MAX);
    f->items[f->count++] = filter;
    return true;
}

bool filters_set_time(struct filters *f, enum filter_kind kind, int64_t unix_ms, struct str word,
                      struct err *err)
{
    struct filter filter = {.kind = kind, .unix_ms = unix_ms};
    drop_kind(f, kind);
    if (unix_ms == TIME_NONE)
        return true;
    snprintf(filter.word, sizeof filter.word, "%s %.*s", kind == FILTER_SINCE ? "since" : "until",
             STR_ARG(str_first(word, 100)));
    return push(f, filter, err);
}

bool filters_choose(struct filters *f, struct str word, struct err *err)
{
    struct filter filter = {0};
    bool all = str_eq_nocase(word, STR("all"));
    if (!all && !as_class(word, &filter) && !as_flag(word, &filter))
        return err_set(err, ERR_USAGE, "%.*s: no such class or flag", STR_ARG(str_first(word, 80)));
    drop_kind(f, FILTER_CLASS);
    return all || push(f, filter, err);
}

static bool asks_group(const struct filter *filter)
{
    return filter->kind < FILTER_SINCE;
}

bool filters_ask_group(const struct filters *f)
{
    for (int i = 0; i < f->count; i++)
        if (asks_group(&f->items[i]))
            return true;
    return false;
}

bool filters_ask_text(const struct filters *f)
{
    for (int i = 0; i < f->count; i++)
        if (f->items[i].kind == FILTER_TEXT)
            return true;
    return false;
}

static bool has_request(struct store *store, uint64_t invocation, const struct filter *filter)
{
    static struct invocation inv; /* 3 KiB: too much for a stack that is asked often */
    struct str prefix = str_from(str_of(filter->word), 3);
    if (!store_read_invocation(store, invocation, &inv))
        return false;
    struct str id = invocation_text(&inv, inv.request_id);
    return id.len >= prefix.len && str_eq_nocase(str_first(id, prefix.len), prefix);
}

static bool holds(const struct filter *filter, struct store *store, uint64_t invocation,
                  const struct group *group)
{
    switch (filter->kind) {
    case FILTER_CLASS:
        return group && group->class == filter->class;
    case FILTER_FAILED:
        return group && group->class < FAILURE_CLASS_COUNT &&
               failure_class_row((enum failure_class)group->class)->is_failure;
    case FILTER_FLAG:
        return group && (group->flags & filter->flag);
    case FILTER_REQUEST:
        return group && has_request(store, invocation, filter);
    default: /* asks about the line itself */
        return true;
    }
}

static bool ask_all(const struct filters *f, struct store *store, uint64_t invocation,
                    const struct group *group)
{
    for (int i = 0; i < f->count; i++) {
        const struct filter *filter = &f->items[i];
        if (asks_group(filter) && holds(filter, store, invocation, group) == filter->inverse)
            return false;
    }
    return true;
}

bool filters_want_group(const struct filters *f, struct store *store, uint64_t invocation,
                        struct group *group)
{
    if (!filters_ask_group(f))
        return true;
    if (!group)
        return ask_all(f, store, invocation, NULL);
    if (group->wanted == GROUP_UNASKED)
        group->wanted = ask_all(f, store, invocation, group) ? GROUP_WANTED : GROUP_UNWANTED;
    return group->wanted == GROUP_WANTED;
}

bool filters_want_time(const struct filters *f, int64_t unix_ms)
{
    for (int i = 0; i < f->count && unix_ms != TIME_NONE; i++)
        if ((f->items[i].kind == FILTER_SINCE && unix_ms < f->items[i].unix_ms) ||
            (f->items[i].kind == FILTER_UNTIL && unix_ms > f->items[i].unix_ms))
            return false;
    return true;
}

bool filters_want_text(const struct filters *f, struct str text)
{
    for (int i = 0; i < f->count; i++) {
        size_t start, end;
        const struct filter *filter = &f->items[i];
        if (filter->kind == FILTER_TEXT &&
            match_find(filter->match, text, 0, &start, &end) == filter->inverse)
            return false;
    }
    return true;
}

void filters_text(const struct filters *f, struct buf *out)
{
    for (int i = 0; i < f->count; i++)
        buf_printf(out, "%s&%s%s", i > 0 ? "  " : "", f->items[i].inverse ? "!" : "",
                   f->items[i].word);
}
