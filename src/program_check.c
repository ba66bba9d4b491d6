#include "src/program.h"
#include "ui/keymap.h"
#include "ui/theme.h"

/* What the settings alone cannot know to be wrong: names of actions, keys and themes. */

static bool check_keys(const struct settings *s, struct err *err)
{
    struct keymap *map = keymap_new();
    bool good = true;
    for (size_t i = 0; good && i < s->key_count; i++) {
        const struct key_override *key = &s->keys[i];
        good = keymap_bind(map, str_of(key->action), str_of(key->keys), str_of(key->where), err);
    }
    good = good && keymap_check(map, err);
    keymap_free(map);
    return good;
}

bool program_check(const struct settings *settings, struct err *err)
{
    struct theme theme;
    return check_keys(settings, err) && theme_read(&theme, settings->theme, err);
}
