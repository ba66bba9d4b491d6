#include "src/aws/xml.h"

#include "src/aws/keys.h"

#include <expat.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>

/* expat calls back; the callbacks append elements to one array and names and text to one buf.
 * An element's children follow it until its `end`, so a tree needs no pointers. */

#define TEXT_CEILING ((size_t)17 << 20)

struct xml_element {
    size_t name_at, name_len, text_at, text_len; /* in xml->text */
    size_t end;                                  /* index after its last descendant */
    size_t parent;                               /* of the root: SIZE_MAX */
    bool has_children;
};

struct reader {
    XML_Parser parser;
    struct xml *xml;
    size_t open[XML_DEPTH];
    size_t depth;
    const char *refused; /* why reading was stopped; NULL: expat knows */
};

static void refuse(struct reader *reader, const char *why)
{
    if (reader->refused == NULL)
        reader->refused = why;
    XML_StopParser(reader->parser, XML_FALSE);
}

static struct xml_element *add_element(struct xml *xml)
{
    if (xml->count == xml->room) {
        xml->room = xml->room ? 2 * xml->room : 64;
        xml->at = xrealloc(xml->at, xml->room * sizeof *xml->at);
    }
    return &xml->at[xml->count++];
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    struct reader *reader = ctx;
    struct xml *xml = reader->xml;
    if (reader->depth == XML_DEPTH) {
        refuse(reader, "nested too deep");
        return;
    }
    if (xml->count == XML_ELEMENTS) {
        refuse(reader, "too many elements");
        return;
    }
    const char *colon = strrchr(name, ':');
    struct str local = str_of(colon && colon[1] ? colon + 1 : name);
    size_t parent = reader->depth > 0 ? reader->open[reader->depth - 1] : SIZE_MAX;
    reader->open[reader->depth++] = xml->count;
    *add_element(xml) = (struct xml_element){.name_at = xml->text.len,
                                             .name_len = local.len,
                                             .text_at = xml->text.len + local.len,
                                             .parent = parent};
    if (parent != SIZE_MAX)
        xml->at[parent].has_children = true;
    if (!buf_add(&xml->text, local))
        refuse(reader, "too much text");
}

static void on_end(void *ctx, const XML_Char *name)
{
    (void)name;
    struct reader *reader = ctx;
    if (reader->depth == 0) /* after it was refused */
        return;
    struct xml_element *element = &reader->xml->at[reader->open[--reader->depth]];
    element->text_len = element->has_children ? 0 : reader->xml->text.len - element->text_at;
    element->end = reader->xml->count;
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
    struct reader *reader = ctx;
    if (!buf_add(&reader->xml->text, (struct str){text, (size_t)len}))
        refuse(reader, "too much text");
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_subset;
    refuse(ctx, "a document type declaration");
}

/* ---- memory: an answer of STS holds secrets, so what expat gives back is wiped ---- */

#define SIZE_ROOM sizeof(max_align_t) /* before what expat gets: how long it is */

static void *take_memory(size_t size)
{
    char *at = size < SIZE_MAX - SIZE_ROOM ? malloc(size + SIZE_ROOM) : NULL;
    if (at == NULL)
        return NULL;
    memcpy(at, &size, sizeof size);
    return at + SIZE_ROOM;
}

static void give_memory(void *memory)
{
    size_t size;
    if (memory == NULL)
        return;
    char *at = (char *)memory - SIZE_ROOM;
    memcpy(&size, at, sizeof size);
    keys_wipe_bytes(memory, size);
    free(at);
}

static void *change_memory(void *memory, size_t size)
{
    size_t before = 0;
    void *next = take_memory(size);
    if (memory != NULL)
        memcpy(&before, (char *)memory - SIZE_ROOM, sizeof before);
    if (next == NULL)
        return NULL;
    if (memory != NULL)
        memcpy(next, memory, before < size ? before : size);
    give_memory(memory);
    return next;
}

static const XML_Memory_Handling_Suite memory_suite = {take_memory, change_memory, give_memory};

static const char *reason(const struct reader *reader)
{
    return reader->refused ? reader->refused : XML_ErrorString(XML_GetErrorCode(reader->parser));
}

bool xml_read(struct xml *xml, struct str bytes, const char *what, struct err *err)
{
    *xml = (struct xml){0};
    if (bytes.len > INT_MAX)
        return err_set(err, ERR_CEILING, "%s: an XML answer of %zu bytes", what, bytes.len);
    struct reader reader = {.parser = XML_ParserCreate_MM(NULL, &memory_suite, NULL),
                            .xml = xml};
    if (reader.parser == NULL)
        die("memory: the system has none left for an XML parser");
    buf_init(&xml->text, TEXT_CEILING);
    (void)buf_reserve(&xml->text, bytes.len); /* the text is no longer: it stays where it is */
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader.parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader.parser, on_doctype);
    bool done = XML_Parse(reader.parser, bytes.at, (int)bytes.len, 1) == XML_STATUS_OK;
    if (!done) {
        err_set(err, ERR_NETWORK, "%s: the answer is no XML that can be read: %s in line %lu", what,
                reason(&reader), (unsigned long)XML_GetCurrentLineNumber(reader.parser));
        xml_release(xml);
    }
    XML_ParserFree(reader.parser);
    return done;
}

void xml_release(struct xml *xml)
{
    free(xml->at);
    keys_wipe_bytes(xml->text.at, xml->text.room);
    buf_release(&xml->text);
    *xml = (struct xml){0};
}

/* ---- walking ---- */

static const struct xml_node no_node;

static const struct xml_element *element_of(struct xml_node node)
{
    return &node.xml->at[node.index];
}

struct xml_node xml_root(const struct xml *xml)
{
    return xml->count > 0 ? (struct xml_node){xml, 0} : no_node;
}

static struct str run_of(struct xml_node node, size_t at, size_t len)
{
    return len ? (struct str){node.xml->text.at + at, len} : STR_NONE;
}

struct str xml_name(struct xml_node node)
{
    if (node.xml == NULL)
        return STR_NONE;
    return run_of(node, element_of(node)->name_at, element_of(node)->name_len);
}

struct str xml_text(struct xml_node node)
{
    if (node.xml == NULL)
        return STR_NONE;
    return str_trim(run_of(node, element_of(node)->text_at, element_of(node)->text_len));
}

/* From `index` on, the first sibling of that name before `end`. */
static struct xml_node find_from(const struct xml *xml, size_t index, size_t end, struct str name)
{
    for (; index < end; index = xml->at[index].end) {
        struct xml_node node = {xml, index};
        if (str_eq(xml_name(node), name))
            return node;
    }
    return no_node;
}

struct xml_node xml_find(struct xml_node at, const char *path)
{
    for (struct str rest = str_of(path); rest.len > 0 && at.xml;) {
        struct str name = str_take_until(&rest, '/');
        at = find_from(at.xml, at.index + 1, element_of(at)->end, name);
    }
    return at;
}

struct xml_node xml_next(struct xml_node node)
{
    if (node.xml == NULL)
        return no_node;
    size_t parent = element_of(node)->parent;
    if (parent == SIZE_MAX)
        return no_node;
    return find_from(node.xml, element_of(node)->end, node.xml->at[parent].end, xml_name(node));
}

bool xml_find_text(struct xml_node at, const char *path, char *out, size_t size)
{
    struct xml_node node = xml_find(at, path);
    str_copy(out, size, xml_text(node));
    return node.xml != NULL;
}
