#include "ui/app_inner.h"

#include <stdlib.h>

#include "ui/term.h"

/* The settings at work: keys and theme at the start, and again on :reload. What a reload cannot
 * read whole changes nothing. */

bool app_bind_keys(struct keymap *keymap, const struct settings *settings, struct err *err)
{
    for (size_t i = 0; i < settings->key_count; i++) {
        const struct key_override *key = &settings->keys[i];
        if (!keymap_bind(keymap, str_of(key->action), str_of(key->keys), str_of(key->where), err))
            return false;
    }
    return keymap_check(keymap, err);
}

bool app_set_theme(struct app *app, struct str name, struct err *err)
{
    char word[256];
    if (!str_copy(word, sizeof word, name))
        return err_set(err, ERR_CONFIG, "theme: the name is longer than %zu bytes",
                       sizeof word - 1);
    if (!theme_read(&app->theme, word, err))
        return false;
    app->console.ascii =
        app->console.settings->ascii || app->theme.glyphs == GLYPHS_ASCII || !term_is_utf8();
    app->canvas.ascii = app->console.ascii;
    term_theme(&app->theme);
    return true;
}

/* A theme that cannot be read is no reason to show nothing. */
void app_first_theme(struct app *app)
{
    struct err err = {0};
    if (app_set_theme(app, str_of(app->console.settings->theme), &err))
        return;
    console_say(&app->console, true, "%s - %s", err.text, err_hint(&err));
    theme_plain(&app->theme);
    app->console.ascii = app->console.settings->ascii || !term_is_utf8();
    term_theme(&app->theme);
}

/* ---- reload ---- */

/* false: a key or the theme is refused; *keymap and *theme are the caller's only on success. */
static bool make(const struct settings *settings, struct keymap **keymap, struct theme *theme,
                 struct err *err)
{
    *keymap = keymap_new();
    if (app_bind_keys(*keymap, settings, err) && theme_read(theme, settings->theme, err))
        return true;
    keymap_free(*keymap);
    return false;
}

void app_forget_settings(struct app *app)
{
    if (app->own_settings == NULL)
        return;
    settings_release(app->own_settings);
    free(app->own_settings);
    app->own_settings = NULL;
}

static void take(struct app *app, struct settings *fresh, struct keymap *keymap)
{
    struct console *console = &app->console;
    struct err err = {0};
    if (fresh->utc != console->settings->utc)
        console->time_format = fresh->utc ? TIME_UTC : TIME_LOCAL;
    keymap_free(console->keymap);
    app_forget_settings(app);
    console->keymap = keymap;
    console->settings = app->own_settings = fresh;
    if (!app_set_theme(app, str_of(fresh->theme), &err)) /* it was read a moment ago */
        console_say(console, true, "%s - %s", err.text, err_hint(&err));
    else
        console_say(console, false, "the configuration was read again: keys, theme, ascii, utc");
}

unsigned app_reload(struct app *app)
{
    struct settings *fresh = xcalloc(1, sizeof *fresh);
    struct keymap *keymap;
    struct theme theme;
    struct err err = {0};
    settings_init(fresh);
    if (settings_reload(app->console.settings, fresh, &err) && make(fresh, &keymap, &theme, &err)) {
        take(app, fresh, keymap);
        return UI_REFRESH;
    }
    settings_release(fresh);
    free(fresh);
    console_say(&app->console, true, "nothing was changed: %s - %s", err.text, err_hint(&err));
    return UI_REDRAW;
}
