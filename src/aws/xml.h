/* A small XML answer (STS, IAM, SNS, S3) as a tree of elements, over expat. A document type
 * declaration is refused, so no entity is ever expanded; attributes and namespaces are skipped.
 * Any thread.
 *
 *     struct xml_node key = xml_find(xml_root(&xml), "AssumeRoleResult/Credentials/AccessKeyId");
 *     for (node = xml_find(root, "Attributes/entry"); node.xml; node = xml_next(node)) ... */
#ifndef LAMBDIG_AWS_XML_H
#define LAMBDIG_AWS_XML_H

#include "src/base/buf.h"
#include "src/base/err.h"

#define XML_ELEMENTS 100000u
#define XML_DEPTH 32u

struct xml {               /* ours: xml_release */
    struct xml_element *at; /* in the order of the document */
    size_t count, room;
    struct buf text;
};

struct xml_node {          /* borrowed from xml until xml_release */
    const struct xml *xml; /* NULL: there is none */
    size_t index;
};

/* Reads all of `bytes`. false: not well-formed, a DTD, too deep or too large (err names `what`
 * and the line); nothing is kept. */
bool xml_read(struct xml *xml, struct str bytes, const char *what, struct err *err) MUST_USE;
void xml_release(struct xml *xml); /* wipes; zeroed: nothing */

struct xml_node xml_root(const struct xml *xml);
struct str xml_name(struct xml_node node); /* without its prefix */
/* The first element by names below `at`, each the first child of its name; none of none. */
struct xml_node xml_find(struct xml_node at, const char *path);
/* The next child of the same parent with the same name. */
struct xml_node xml_next(struct xml_node node);
/* Text of an element without children, trimmed; else empty. */
struct str xml_text(struct xml_node node);
/* The text at path, cut at a character where it is longer. false: no such element; out empty. */
bool xml_find_text(struct xml_node at, const char *path, char *out, size_t size);

#endif
