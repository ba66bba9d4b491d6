/* An XML answer: refused with a reason, or a tree whose walks end and stay inside. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/xml.h"

static void walk(struct xml_node node, unsigned depth, size_t *budget)
{
    FUZZ_CHECK(depth < XML_DEPTH);
    for (; node.xml && *budget > 0; node = xml_next(node)) {
        (*budget)--;
        char name[200];
        FUZZ_CHECK(xml_name(node).len > 0);
        if (!str_copy(name, sizeof name, xml_name(node)) || strlen(name) != xml_name(node).len)
            continue;
        if (strlen(name) > 1 && name[strlen(name) - 1] == 'n')
            walk(xml_find(node, name), depth + 1, budget);
        walk(xml_find(node, "a"), depth + 1, budget);
        walk(xml_find(node, "Error/Code"), depth + 2 < XML_DEPTH ? depth + 2 : depth, budget);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct xml xml;
    struct err err = {0};
    size_t budget = 5000;
    if (xml_read(&xml, FUZZ_TEXT(bytes, len), "fuzz", &err)) {
        struct xml_node root = xml_root(&xml);
        char text[64];
        FUZZ_CHECK(root.xml != NULL && xml_next(root).xml == NULL);
        xml_find_text(root, "Error/Code", text, sizeof text);
        FUZZ_CHECK(strlen(text) < sizeof text);
        walk(root, 0, &budget);
    } else {
        FUZZ_CHECK(err.code != ERR_NONE && err.text[0] && xml_root(&xml).xml == NULL);
    }
    xml_release(&xml);
    return 0;
}
