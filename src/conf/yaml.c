#include "src/conf/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <yaml.h>

#include "src/base/buf.h"

/* libyaml's own loader takes anything: alias bombs, cycles, duplicate keys, and nesting at
 * quadratic cost. Its event parser with these ceilings takes a settings file and no more. */

#define FILE_MAX (64u * 1024u)
#define EVENTS_MAX 4096
#define SCALAR_MAX 256
#define WHERE_SIZE 300

struct frame { /* one open mapping or sequence */
    bool mapping, has_key;
    unsigned index;   /* of the next element of a sequence */
    unsigned serial;  /* tells this mapping's keys from those of the others */
    size_t key_len;
    char key[SCALAR_MAX];
};

struct seen_key {
    unsigned serial;
    size_t at, len; /* in walk.keys */
};

struct walk {
    const char *name;
    bool (*each)(void *ctx, const struct yaml_item *item, struct err *err);
    void *ctx;
    struct err *err;
    struct frame frames[YAML_DEPTH];
    size_t depth;
    unsigned serial, documents, events;
    struct buf keys;
    struct seen_key *seen; /* room for EVENTS_MAX */
    size_t seen_count;
    char where[WHERE_SIZE];
};

static void mark_where(struct walk *w, yaml_mark_t mark)
{
    size_t len = strlen(w->name);
    const char *tail = len > 240 ? w->name + len - 240 : w->name;
    snprintf(w->where, sizeof w->where, "%s:%zu:%zu", tail, mark.line + 1, mark.column + 1);
}

static bool refuse(struct walk *w, const char *why)
{
    return err_set(w->err, ERR_CONFIG, "%s: %s", w->where, why);
}

static bool add_key(struct walk *w, struct frame *frame, struct str key)
{
    for (size_t i = 0; i < w->seen_count; i++) {
        const struct seen_key *seen = &w->seen[i];
        struct str other = str_first(str_from(buf_str(&w->keys), seen->at), seen->len);
        if (seen->serial == frame->serial && str_eq(key, other))
            return err_set(w->err, ERR_CONFIG, "%s: the key '%.*s' stands there twice", w->where,
                           STR_ARG(key));
    }
    w->seen[w->seen_count++] = (struct seen_key){frame->serial, w->keys.len, key.len};
    if (!buf_add(&w->keys, key))
        return refuse(w, "too many keys");
    memcpy(frame->key, key.at, key.len);
    frame->key_len = key.len;
    frame->has_key = true;
    return true;
}

/* A sequence's element is known by its number. */
static void number_element(struct frame *frame)
{
    frame->key_len = (size_t)snprintf(frame->key, sizeof frame->key, "%u", frame->index++);
}

static bool give_value(struct walk *w, struct str value)
{
    struct yaml_item item = {.depth = w->depth, .value = value, .where = w->where};
    for (size_t i = 0; i < w->depth; i++)
        item.path[i] = (struct str){w->frames[i].key, w->frames[i].key_len};
    return w->each(w->ctx, &item, w->err);
}

static bool on_scalar(struct walk *w, struct str value)
{
    if (value.len > SCALAR_MAX)
        return refuse(w, "a value of more than 256 bytes");
    if (w->depth == 0)
        return value.len == 0 || refuse(w, "expected 'key: value'");
    struct frame *frame = &w->frames[w->depth - 1];
    if (!frame->mapping) {
        number_element(frame);
        return give_value(w, value);
    }
    if (!frame->has_key)
        return add_key(w, frame, value);
    frame->has_key = false;
    return give_value(w, value);
}

static bool on_open(struct walk *w, bool mapping)
{
    if (w->depth == YAML_DEPTH)
        return refuse(w, "nested deeper than 8");
    if (w->depth == 0 && !mapping)
        return refuse(w, "expected 'key: value', not a list");
    if (w->depth > 0) {
        struct frame *outer = &w->frames[w->depth - 1];
        if (outer->mapping && !outer->has_key)
            return refuse(w, "a key must be a plain word");
        if (!outer->mapping)
            number_element(outer);
    }
    w->frames[w->depth++] = (struct frame){.mapping = mapping, .serial = ++w->serial};
    return true;
}

static bool on_close(struct walk *w)
{
    w->depth--;
    if (w->depth > 0)
        w->frames[w->depth - 1].has_key = false;
    return true;
}

static bool is_decorated(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    default:
        return event->type == YAML_ALIAS_EVENT;
    }
}

static bool on_event(struct walk *w, const yaml_event_t *event)
{
    mark_where(w, event->start_mark);
    if (++w->events > EVENTS_MAX)
        return refuse(w, "more than 4,096 parts");
    if (is_decorated(event))
        return refuse(w, "anchors, aliases and tags are not read here");
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return ++w->documents == 1 || refuse(w, "a second document");
    case YAML_SCALAR_EVENT:
        return on_scalar(
            w, (struct str){(const char *)event->data.scalar.value, event->data.scalar.length});
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return on_open(w, event->type == YAML_MAPPING_START_EVENT);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return on_close(w);
    default:
        return true;
    }
}

static bool parser_failed(struct walk *w, const yaml_parser_t *parser)
{
    mark_where(w, parser->problem_mark);
    return refuse(w, parser->problem ? parser->problem : "not YAML");
}

static bool walk_events(struct walk *w, yaml_parser_t *parser)
{
    for (bool done = false; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parser_failed(w, parser);
        done = event.type == YAML_STREAM_END_EVENT;
        bool good = on_event(w, &event);
        yaml_event_delete(&event);
        if (!good)
            return false;
    }
    return true;
}

bool yaml_walk_bytes(struct str bytes, const char *name,
                     bool (*each)(void *ctx, const struct yaml_item *item, struct err *err),
                     void *ctx, struct err *err)
{
    if (bytes.len > FILE_MAX)
        return err_set(err, ERR_CONFIG, "%s: larger than 64 KiB", name);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        die("libyaml: no memory for a parser");
    struct walk *w = xcalloc(1, sizeof *w);
    w->name = name;
    w->each = each;
    w->ctx = ctx;
    w->err = err;
    w->seen = xcalloc(EVENTS_MAX, sizeof *w->seen);
    buf_init(&w->keys, FILE_MAX);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.at, bytes.len);
    bool good = walk_events(w, &parser);
    yaml_parser_delete(&parser);
    buf_release(&w->keys);
    free(w->seen);
    free(w);
    return good;
}

/* Reads one byte more than is allowed, so that a longer file is known as such. */
static bool read_all(int fd, const char *path, struct buf *out, struct err *err)
{
    while (out->len <= FILE_MAX) {
        char *at = buf_reserve(out, 4096);
        ssize_t got = read(fd, at, 4096);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_INPUT_MISSING, "read: %s: %s", path, strerror(errno));
        if (got == 0)
            break;
        out->len += (size_t)got;
    }
    return true;
}

bool yaml_walk(const char *path,
               bool (*each)(void *ctx, const struct yaml_item *item, struct err *err), void *ctx,
               struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_INPUT_MISSING, "open: %s: %s", path, strerror(errno));
    struct buf bytes;
    buf_init(&bytes, FILE_MAX + 2 * 4096);
    bool good =
        read_all(fd, path, &bytes, err) && yaml_walk_bytes(buf_str(&bytes), path, each, ctx, err);
    close(fd);
    buf_release(&bytes);
    return good;
}
