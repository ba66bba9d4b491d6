/* A theme file of any bytes: refused and the theme as it was, or every look can be drawn. */
#include "tests/fuzz/fuzz.h"

#include "ui/theme.h"

static void check_colour(int32_t colour, enum depth depth)
{
    static const int32_t most[DEPTH_COUNT] = {
        [DEPTH_MONO] = -1, [DEPTH_16] = 15, [DEPTH_256] = 255, [DEPTH_RGB] = 0xFFFFFF};
    FUZZ_CHECK(colour == COLOUR_DEFAULT || (colour >= 0 && colour <= most[depth]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct theme theme, before;
    struct err err = {0};
    memset(&theme, 0, sizeof theme);
    theme_plain(&theme);
    before = theme;
    if (!theme_parse(&theme, FUZZ_TEXT(bytes, len), "fuzz.yaml", &err)) {
        FUZZ_CHECK(err.code != ERR_NONE && err.text[0]);
        FUZZ_CHECK(memcmp(&before, &theme, sizeof theme) == 0);
    }
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int depth = 0; depth < DEPTH_COUNT; depth++) {
            struct look look =
                theme_look(&theme, (enum role)role, (enum role)((size_t)role * len % ROLE_COUNT),
                           (enum depth)depth);
            check_colour(look.fg, (enum depth)depth);
            check_colour(look.bg, (enum depth)depth);
        }
    return 0;
}
