/* XML answers as a tree. The STS and SQS-style bodies are written after the API models. */
#include "src/aws/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_text(struct xml_node at, const char *path, const char *expected)
{
    char text[200];
    assert_true(xml_find_text(at, path, text, sizeof text));
    assert_string_equal(text, expected);
}

static void credentials_are_found_by_their_path(void **state)
{
    (void)state;
    struct xml xml;
    struct err err = {0};
    assert_true(xml_read(&xml, STR("<?xml version=\"1.0\"?>\n"
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
        " <AssumeRoleResult><AssumedRoleUser><Arn>arn:a</Arn></AssumedRoleUser>\n"
        "  <Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>a&lt;b&#x26;c</SecretAccessKey>\n"
        "  <SessionToken>\n   AQo<![CDATA[<x>]]>==\n  </SessionToken></Credentials></AssumeRoleResult>\n"
        "</AssumeRoleResponse>"), "sts AssumeRole", &err));
    struct xml_node root = xml_root(&xml);
    assert_true(str_eq(xml_name(root), STR("AssumeRoleResponse")));
    assert_text(root, "AssumeRoleResult/Credentials/AccessKeyId", "ASIA1");
    assert_text(root, "AssumeRoleResult/Credentials/SecretAccessKey", "a<b&c");
    assert_text(root, "AssumeRoleResult/Credentials/SessionToken", "AQo<x>==");
    assert_int_equal(xml_text(xml_find(root, "AssumeRoleResult/Credentials")).len, 0);
    char text[8] = "before";
    assert_false(xml_find_text(root, "AssumeRoleResult/Credentials/Expiration", text, sizeof text));
    assert_string_equal(text, "");
    assert_false(xml_find_text(root, "Credentials/AccessKeyId", text, sizeof text));
    assert_true(xml_find_text(root, "AssumeRoleResult/AssumedRoleUser/Arn", text, 4));
    assert_string_equal(text, "arn");
    xml_release(&xml);
}

static void a_list_is_walked_over_its_siblings_only(void **state)
{
    (void)state;
    struct xml xml;
    struct err err = {0};
    assert_true(xml_read(&xml, STR("<r><a><m>1<m>in</m></m><x/><m>2</m></a><a><m>4</m></a><m>5</m></r>"),
                         "list", &err));
    struct xml_node node = xml_find(xml_root(&xml), "a/m");
    assert_int_equal(xml_text(node).len, 0); /* it has children */
    node = xml_next(node);
    assert_true(str_eq(xml_text(node), STR("2")));
    node = xml_next(node);
    assert_null(node.xml);
    assert_null(xml_next(node).xml);
    assert_null(xml_next(xml_root(&xml)).xml);
    assert_null(xml_find(node, "a").xml);
    assert_int_equal(xml_text(node).len + xml_name(node).len, 0);
    xml_release(&xml);
}

static void a_prefix_is_no_part_of_a_name(void **state)
{
    (void)state;
    struct xml xml;
    struct err err = {0};
    assert_true(xml_read(&xml, STR("<s3:Error xmlns:s3='x'><s3:Code>NoSuchKey</s3:Code></s3:Error>"),
                         "s3", &err));
    assert_true(str_eq(xml_name(xml_root(&xml)), STR("Error")));
    assert_text(xml_root(&xml), "Code", "NoSuchKey");
    xml_release(&xml);
}

static void what_is_no_xml_or_has_a_dtd_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *why;
    } cases[] = {
        {"", "no element found in line 1"},
        {"{\"a\": 1}", "not well-formed (invalid token) in line 1"},
        {"<a>\n<b></a>", "mismatched tag in line 2"},
        {"<a>1</a>\n<b/>", "junk after document element in line 2"},
        {"<a>cut", "no element found in line 1"},
        {"<!DOCTYPE html>\n<html/>", "a document type declaration in line 1"},
        {"<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>", "a document type declaration"},
        {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "a document type declaration"},
        {"<a>&b;</a>", "undefined entity in line 1"},
        {"<a>\xFF\xFE</a>", "not well-formed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct xml xml;
        struct err err = {0};
        assert_false(xml_read(&xml, str_of(cases[i].bytes), "sts AssumeRole", &err));
        assert_true(str_starts(str_of(err.text), STR("sts AssumeRole: ")));
        if (!strstr(err.text, cases[i].why))
            fail_msg("%s: not because of: %s", err.text, cases[i].why);
        assert_null(xml_root(&xml).xml);
        xml_release(&xml);
    }
}

/* `count` times `piece`, then `end`: why it is refused; empty: it is read. */
static const char *read_repeated(const char *piece, size_t count, const char *end)
{
    static struct err err;
    struct buf bytes;
    struct xml xml;
    buf_init(&bytes, 8 << 20);
    buf_add(&bytes, STR("<r>"));
    for (size_t i = 0; i < count; i++)
        buf_add(&bytes, str_of(piece));
    buf_add(&bytes, str_of(end));
    err_clear(&err);
    bool done = xml_read(&xml, buf_str(&bytes), "bulk", &err);
    assert_true(done == (err.code == ERR_NONE));
    xml_release(&xml);
    buf_release(&bytes);
    return err.text;
}

static void depth_and_number_of_elements_have_a_ceiling(void **state)
{
    (void)state;
    char ends[XML_DEPTH * 4 + 1];
    size_t len = 0;
    for (size_t i = 0; i < XML_DEPTH - 1; i++)
        len += (size_t)snprintf(ends + len, sizeof ends - len, "</a>");
    snprintf(ends + len, sizeof ends - len, "</r>");
    assert_string_equal(read_repeated("<a>", XML_DEPTH - 1, ends), "");
    assert_non_null(strstr(read_repeated("<a>", XML_DEPTH, ends), "nested too deep"));
    assert_non_null(strstr(read_repeated("<a>", 1000000, ""), "nested too deep"));
    assert_string_equal(read_repeated("<a/>", XML_ELEMENTS - 1, "</r>"), "");
    assert_non_null(strstr(read_repeated("<a/>", XML_ELEMENTS, "</r>"), "too many elements"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_found_by_their_path),
        cmocka_unit_test(a_list_is_walked_over_its_siblings_only),
        cmocka_unit_test(a_prefix_is_no_part_of_a_name),
        cmocka_unit_test(what_is_no_xml_or_has_a_dtd_is_refused_with_its_line),
        cmocka_unit_test(depth_and_number_of_elements_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
