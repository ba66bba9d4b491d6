#include "src/cli/trace.h"

#include <stdio.h>
#include <unistd.h>

#include "src/cli/cli.h"
#include "src/source/tracefile.h"

/* Finds the traces that were asked for and prints each. What the argument is: a trace id by its
 * form, else a file that exists, else a request id. */

struct search {
    const struct settings *settings;
    struct output out;
    struct str request_id; /* empty: any */
    bool json, markdown;
    size_t found;
};

static bool on_trace(void *ctx, struct trace *trace)
{
    struct search *s = ctx;
    if (s->request_id.len && !str_eq_nocase(s->request_id, trace->request_id))
        return true;
    s->found++;
    if (s->json)
        trace_print_json(&s->out, trace);
    else
        trace_print_text(&s->out, trace, s->markdown);
    return output_good(&s->out);
}

/* A trace id as X-Ray writes it: the 32 digits of W3C have its two dashes left out. */
static void classic_id(struct str text, char out[40])
{
    if (text.len == 32)
        snprintf(out, 40, "1-%.8s-%.24s", text.at, text.at + 8);
    else
        (void)str_copy(out, 40, text);
}

static bool not_found(const char *what, const char *argument, const char *where, struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "trace: %.100s: no trace of this %s in %.300s", argument,
            what, where);
    return err_advise(err, "check it, or run lambdig trace FILE to see what there is");
}

static bool no_source(const char *argument, bool is_id, struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "trace: %.200s: %s", argument,
            is_id ? "an id needs a case to look into"
                  : "no such file, and a request id needs a case");
    return err_advise(err, "give --case DIR, or a file of aws xray batch-get-traces");
}

static bool search(struct search *s, const char *argument, struct err *err)
{
    const char *directory = s->settings->case_dir;
    bool is_id = trace_is_id(str_of(argument));
    char id[40] = "";
    if (is_id)
        classic_id(str_of(argument), id);
    if (!is_id && access(argument, F_OK) == 0)
        return tracefile_read(argument, STR_NONE, on_trace, s, err);
    if (directory[0] == '\0')
        return no_source(argument, is_id, err);
    s->request_id = is_id ? STR_NONE : str_of(argument);
    if (!tracefile_read_case(directory, str_of(id), on_trace, s, err))
        return false;
    return s->found > 0 || not_found(is_id ? "id" : "request id", argument, directory, err);
}

int cli_trace(const struct settings *settings, const char *argument)
{
    struct search s = {.settings = settings,
                       .json = strcmp(settings->format, "json") == 0,
                       .markdown = strcmp(settings->format, "markdown") == 0};
    struct err err = {0};
    output_init(&s.out, s.markdown ? "never" : settings->color, settings->ascii);
    bool good = search(&s, argument, &err);
    output_flush(&s.out);
    if (!good)
        err_print(&err);
    int status = good ? 0 : s.found ? 4 : err_exit_status(&err);
    status = output_status(&s.out, status);
    output_release(&s.out);
    return status;
}
