/* When keys are renewed. The cases are those that the SDKs share: smithy-rs,
 * aws/rust-runtime/aws-runtime/test-data/credential-refresh-tests.json (Apache-2.0), as data.
 *
 * Three differences are meant. Keys that a service has refused are not used again when their
 * renewal fails: a console would only be refused once more. A failure that will come again does
 * not throw away keys that are still good. And one advisory window cannot be configured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "src/aws/refresh.h"

#define NOW INT64_C(1790000000000)
#define LIFE_MS INT64_C(21600000) /* of keys where the case says nothing: 6 hours */

enum held { NONE, VALID, ADVISORY, MANDATORY, EXPIRED };
enum answer { NOBODY, FRESH, ERROR, STALE };
enum result { CACHED, NEW, NO_KEYS };

struct step {
    int64_t advance_s;  /* first */
    bool invalidate;    /* then: with the id of the keys held */
    enum answer answer; /* what the source says, if it is asked */
    int64_t life_s;     /* of FRESH; 0: an hour */
    enum result result;
    bool contacted;
    int64_t window_s;   /* 0: not looked at */
};

static const struct {
    const char *name;
    enum held held;
    int64_t pause_s;    /* of the back-off */
    struct step steps[3];
    size_t count;
} cases[] = {
    {"valid", VALID, 300, {{0, 0, NOBODY, 0, CACHED, false, 0}}, 1},
    {"advisory, succeeds", ADVISORY, 300, {{0, 0, FRESH, 0, NEW, true, 0}}, 1},
    {"advisory, fails", ADVISORY, 300, {{0, 0, ERROR, 0, CACHED, true, 0}}, 1},
    {"mandatory, succeeds", MANDATORY, 300, {{0, 0, FRESH, 0, NEW, true, 0}}, 1},
    {"mandatory, fails", MANDATORY, 300, {{0, 0, ERROR, 0, CACHED, true, 0}}, 1},
    {"expired, succeeds", EXPIRED, 300, {{0, 0, FRESH, 0, NEW, true, 0}}, 1},
    {"expired, fails", EXPIRED, 300, {{0, 0, ERROR, 0, CACHED, true, 0}}, 1},
    {"none, fails, then succeeds", NONE, 0,
     {{0, 0, ERROR, 0, NO_KEYS, true, 0}, {0, 0, FRESH, 0, NEW, true, 0}}, 2},
    {"advisory, stale", ADVISORY, 300, {{0, 0, STALE, 0, CACHED, true, 0}}, 1},
    {"mandatory, stale", MANDATORY, 300, {{0, 0, STALE, 0, CACHED, true, 0}}, 1},
    {"10 minutes", NONE, 300, {{0, 0, FRESH, 600, NEW, true, 300}}, 1},
    {"4 minutes", NONE, 300, {{0, 0, FRESH, 240, NEW, true, 120}}, 1},
    {"20 minutes", NONE, 300, {{0, 0, FRESH, 1200, NEW, true, 300}}, 1},
    {"a second less than 90 minutes", NONE, 300, {{0, 0, FRESH, 5399, NEW, true, 900}}, 1},
    {"90 minutes", NONE, 300, {{0, 0, FRESH, 5400, NEW, true, 3600}}, 1},
    {"20.5 minutes", NONE, 300, {{0, 0, FRESH, 1230, NEW, true, 900}}, 1},
    {"6 hours", NONE, 300, {{0, 0, FRESH, 21600, NEW, true, 3600}}, 1},
    {"the window is found anew", NONE, 300,
     {{0, 0, FRESH, 21600, NEW, true, 3600}, {18060, 0, FRESH, 600, NEW, true, 300}}, 2},
    {"invalidated, succeeds", VALID, 300, {{0, true, FRESH, 0, NEW, true, 0}}, 1},
    {"after a failure the source is left alone", EXPIRED, 420,
     {{0, 0, ERROR, 0, CACHED, true, 0}, {300, 0, NOBODY, 0, CACHED, false, 0},
      {425, 0, FRESH, 0, NEW, true, 0}}, 3},
    /* Here the keys are not given again. */
    {"invalidated, fails", VALID, 300, {{0, true, ERROR, 0, NO_KEYS, true, 0}}, 1},
    {"invalidated while the source is left alone", EXPIRED, 420,
     {{0, 0, ERROR, 0, CACHED, true, 0}, {60, true, NOBODY, 0, NO_KEYS, false, 0},
      {425, 0, FRESH, 0, NEW, true, 0}}, 3},
};

static struct refresh begin(enum held held)
{
    static const int64_t left_ms[] = {0, LIFE_MS - 60000, 3000000, 60000, -60000};
    struct refresh r = {0};
    if (held == NONE)
        return r;
    assert_true(refresh_took(&r, NOW + left_ms[held] - LIFE_MS, NOW + left_ms[held]));
    return r;
}

/* One getCredentials, as an SDK that waits for its source would do it. */
static enum result get(struct refresh *r, const struct step *step, int64_t now, int64_t pause_s,
                       bool *contacted)
{
    enum refresh_need need = refresh_need(r, now);
    *contacted = need == REFRESH_NOW || need == REFRESH_SOON;
    int64_t life_s = step->answer == STALE ? 0 : step->life_s ? step->life_s : 3600;
    if (*contacted && step->answer != ERROR && refresh_took(r, now, now + life_s * 1000))
        return NEW;
    if (*contacted)
        refresh_failed(r, now, pause_s * 1000);
    need = refresh_need(r, now);
    return need == REFRESH_NOT || need == REFRESH_SOON ? CACHED : NO_KEYS;
}

static void the_common_cases_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct refresh r = begin(cases[i].held);
        int64_t now = NOW;
        for (size_t k = 0; k < cases[i].count; k++) {
            const struct step *step = &cases[i].steps[k];
            bool contacted;
            now += step->advance_s * 1000;
            if (step->invalidate)
                refresh_refused(&r, now);
            enum result result = get(&r, step, now, cases[i].pause_s, &contacted);
            if (result != step->result || contacted != step->contacted ||
                (step->window_s && r.window_ms != step->window_s * 1000))
                fail_msg("%s, step %zu: result %d, contacted %d, window %lld ms", cases[i].name, k + 1,
                         (int)result, contacted, (long long)r.window_ms);
        }
    }
}

static void keys_without_an_end_are_never_renewed(void **state)
{
    struct refresh r = {0};
    (void)state;
    assert_true(refresh_took(&r, NOW, TIME_NONE));
    assert_int_equal(refresh_need(&r, NOW + INT64_C(1000000000000)), REFRESH_NOT);
    assert_int_equal(refresh_need(&r, 0), REFRESH_NOT);
}

static void a_code_is_asked_for_only_at_the_end(void **state)
{
    struct refresh r = {0};
    (void)state;
    assert_true(refresh_took(&r, NOW, NOW + 3600000));
    r.needs_person = true;
    assert_int_equal(refresh_need(&r, NOW + 3599999), REFRESH_NOT);
    assert_int_equal(refresh_need(&r, NOW + 3600000), REFRESH_NOW);
}

static void a_source_is_left_alone_for_a_minute_once_keys_are_refused(void **state)
{
    struct refresh r = {0};
    (void)state;
    assert_true(refresh_took(&r, NOW, NOW + 600000));
    refresh_failed(&r, NOW + 400000, 300000);
    refresh_refused(&r, NOW + 410000);
    assert_int_equal(refresh_need(&r, NOW + 469999), REFRESH_LEFT);
    assert_int_equal(refresh_need(&r, NOW + 470000), REFRESH_NOW);
}

/* A program that keeps its keys gives the same ones until their end. */
static void a_source_that_gives_the_same_keys_is_asked_a_few_times_only(void **state)
{
    struct refresh r = {0};
    unsigned asked = 0;
    (void)state;
    for (int64_t now = NOW; now < NOW + 900000; now += 100)
        if (refresh_need(&r, now) != REFRESH_NOT) {
            assert_true(refresh_took(&r, now, NOW + 900000));
            asked++;
        }
    assert_in_range(asked, 2, 16);
}

static void pauses_double_up_to_a_minute_while_there_is_nothing_to_use(void **state)
{
    static const int64_t pauses_ms[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    struct refresh r = {0};
    (void)state;
    for (size_t i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        assert_true(refresh_pause_ms(&r, NOW) == pauses_ms[i]);
        refresh_failed(&r, NOW, 0);
    }
    assert_true(refresh_took(&r, NOW, NOW + 3600000));
    assert_true(refresh_pause_ms(&r, NOW) == 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_common_cases_hold),
        cmocka_unit_test(keys_without_an_end_are_never_renewed),
        cmocka_unit_test(a_code_is_asked_for_only_at_the_end),
        cmocka_unit_test(a_source_is_left_alone_for_a_minute_once_keys_are_refused),
        cmocka_unit_test(a_source_that_gives_the_same_keys_is_asked_a_few_times_only),
        cmocka_unit_test(pauses_double_up_to_a_minute_while_there_is_nothing_to_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
