/* What an error in a log says: type, message, place, and how it came to stand there. The
 * runtimes write an unhandled error in forms of their own; the same error that the code only
 * logged ends no invocation. Line by line, because an error may come as one event of many
 * lines or as many events. Pure; strings are copied and cut at a character. */
#ifndef LAMBDIG_MODEL_EXCEPTION_H
#define LAMBDIG_MODEL_EXCEPTION_H

#include "src/model/line.h"
#include "src/model/signs.h"

enum error_weight {
    ERROR_NONE,
    ERROR_MENTIONED, /* the words of an error, without its form */
    ERROR_LOGGED,    /* written by the code through its logger or by a print */
    ERROR_BARE,      /* a stack trace that no logger marked: who wrote it is open */
    ERROR_UNHANDLED  /* in the form in which the runtime writes it */
};

struct exception {
    enum error_weight weight;
    unsigned signs;     /* enum sign, of type, message and causes */
    uint32_t frames;
    bool loading;       /* thrown while the handler's module was loaded */
    bool no_request;    /* there was no request yet */
    bool payload;       /* the answer of the invocation, a JSON object */
    bool own_place;
    bool wants_json;    /* a JSON object with the details follows */
    bool open_message;  /* no frame yet: plain lines belong to the message */
    bool level_error;   /* its logger called it an error */
    bool headless;      /* frames whose first line was not seen: who wrote them is open */
    bool source_next;   /* Python writes the line of code below its frame */
    uint16_t type_len, message_len, location_len;
    char type[96], message[512], location[160];
};

static inline struct str exception_type(const struct exception *x)
{
    return (struct str){x->type, x->type_len};
}
static inline struct str exception_message(const struct exception *x)
{
    return (struct str){x->message, x->message_len};
}
static inline struct str exception_location(const struct exception *x)
{
    return (struct str){x->location, x->location_len};
}

/* true: a line with this head begins an error, which is put into *x. `previous` is the line
 * before it in the same stream: Java, .NET and old Python write the message first. */
bool exception_begin(struct exception *x, const struct signs *signs, const struct line_head *head,
                     struct str previous);
/* true: the line belongs to the error that *x holds. */
bool exception_continue(struct exception *x, const struct signs *signs, const struct line_head *head);

/* What an application's JSON line says about itself. Raw slices of it. */
struct json_line {
    struct str id, trace, function, record; /* record: text of a Telemetry API event */
    struct str message;                     /* raw, with escapes */
    enum level level;
    int64_t unix_ms; /* TIME_NONE */
};
/* The object at the front of `object`; fills *line, and *x where it tells of an error (weight
 * ERROR_NONE when not). `marked`: a runtime's marker stood before it. false: no JSON object. */
bool exception_from_json(struct exception *x, const struct signs *signs, struct str object,
                         bool marked, struct json_line *line);
/* The same out of a cut or badly quoted object, by its keys' names. */
void exception_from_torn_json(struct exception *x, const struct signs *signs, struct str text);

void exception_clear(struct exception *x);
void exception_set_type(struct exception *x, struct str type);
void exception_add_message(struct exception *x, const struct signs *signs, struct str text);
void exception_add_frame(struct exception *x, struct str line);
/* `NAME: message` or NAME alone, NAME being an error's by its form. false: neither. */
bool exception_split(struct str s, struct str *type, struct str *message);

#endif
