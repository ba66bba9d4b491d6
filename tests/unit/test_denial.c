#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/model/denial.h"

#define WHO "arn:aws:sts::111122223333:assumed-role/pay-role/pay"

static const struct {
    const char *text;
    const char *principal, *action, *resource, *reason;
} denials[] = {
    {"User: " WHO
     " is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/orders "
     "because no identity-based policy allows the dynamodb:PutItem action",
     WHO, "dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
     "no identity-based policy allows the dynamodb:PutItem action"},
    {"An error occurred (AccessDeniedException) when calling the PutObject operation: User: " WHO
     " is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::out/x\" with an explicit deny in a service control policy",
     WHO, "s3:PutObject", "arn:aws:s3:::out/x",
     "with an explicit deny in a service control policy"},
    {"User: " WHO " is not authorized to perform: ec2:DescribeRegions", WHO, "ec2:DescribeRegions",
     "", ""},
    {"User: " WHO
     " is not authorized to perform: sqs:SendMessage on resource: * (Service: Sqs, Status Code: 403, Request ID: 7a)",
     WHO, "sqs:SendMessage", "*", ""},
    {"An error occurred (403) when calling the HeadObject operation: Forbidden", "", "HeadObject",
     "", "Forbidden"},
    {"UnauthorizedOperation: You are not authorized to perform this operation.", "", "", "",
     "UnauthorizedOperation"},
    {"AccessDenied: Access Denied", "", "", "", "AccessDenied"},
    {"Access to KMS is not allowed", "", "", "", "KMS is not allowed"},
};

static void is_text(struct str got, const char *want)
{
    char text[512];
    (void)str_copy(text, sizeof text, got);
    assert_string_equal(text, want);
}

static void a_denial_names_who_what_where_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++) {
        struct denial d;
        if (!denial_parse(str_of(denials[i].text), &d))
            fail_msg("no denial: %s", denials[i].text);
        is_text(d.principal, denials[i].principal);
        is_text(d.action, denials[i].action);
        is_text(d.resource, denials[i].resource);
        is_text(d.reason, denials[i].reason);
    }
}

static void what_refuses_nothing_is_no_denial(void **state)
{
    (void)state;
    struct denial d;
    assert_false(denial_parse(STR("Rate exceeded"), &d));
    assert_false(denial_parse(STR("the user is authorized"), &d));
    assert_false(denial_parse(STR(""), &d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_denial_names_who_what_where_and_why),
        cmocka_unit_test(what_refuses_nothing_is_no_denial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
