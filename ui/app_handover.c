#include "ui/app_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "ui/handover.h"
#include "ui/term.h"

/* What leaves the console: to the clipboard, the pager, the editor. Everything is defused first. */

#define TEXT_MAX (32u << 20)

/* ---- copy ---- */

/* A command that takes the text from its stdin. */
static bool copy_by_command(const char *command, struct str text)
{
    char path[HANDOVER_PATH];
    struct err err = {0};
    if (!handover_write(text, path, &err))
        return false;
    bool good = handover_feed(command, path, &err);
    unlink(path);
    return good;
}

static void copy_to_file(struct console *console, struct str text)
{
    char path[HANDOVER_PATH];
    struct err err = {0};
    if (handover_write(text, path, &err))
        console_say(console, false, "copied %zu bytes into %s", text.len, path);
    else
        console_say(console, true, "%s", err.text);
}

/* The user's own command, then tmux, then the terminal, and a file where none of them takes it. A
 * terminal tells nobody whether it takes OSC 52: terminfo says which do. */
static void copy(struct console *console, struct str text)
{
    const char *command = getenv("LAMBDIG_CLIP");
    bool own = command && command[0], tmux = getenv("TMUX") != NULL;
    if (own && copy_by_command(command, text))
        console_say(console, false, "copied %zu bytes (LAMBDIG_CLIP)", text.len);
    else if (!own && tmux && copy_by_command("tmux load-buffer -w -", text))
        console_say(console, false, "copied %zu bytes (tmux)", text.len);
    else if (!own && (tmux || term_can_copy()) && text.len <= TERM_COPY_MAX) {
        term_copy(text);
        console_say(console, false, "copied %zu bytes (OSC 52)", text.len);
    } else {
        copy_to_file(console, text);
    }
}

unsigned console_copy(struct console *console, struct str text)
{
    struct buf safe;
    buf_init(&safe, TEXT_MAX);
    if (utf8_defuse(text, true, &safe))
        copy(console, buf_str(&safe));
    else
        console_say(console, true, "copy: more than %u MiB", TEXT_MAX >> 20);
    buf_release(&safe);
    return UI_REDRAW;
}

unsigned act_COPY_COMMAND(struct console *console, struct pane *pane)
{
    struct buf command;
    unsigned effects = UI_REDRAW;
    buf_init(&command, 8192);
    if (pane->class->command(pane, console, &command))
        effects = console_copy(console, buf_str(&command));
    buf_release(&command);
    return effects;
}

/* ---- pager and editor ---- */

static const char *first_of(const char *a, const char *b, const char *fallback)
{
    const char *value = getenv(a);
    if (value == NULL || value[0] == '\0')
        value = b ? getenv(b) : NULL;
    return value && value[0] ? value : fallback;
}

static bool show(struct str text, const char *command, size_t line, struct err *err)
{
    char path[HANDOVER_PATH];
    if (!handover_write(text, path, err))
        return false;
    term_leave();
    bool good = handover_show(command, path, line, err);
    term_return();
    unlink(path);
    return good;
}

static unsigned hand_over(struct console *console, struct pane *pane, const char *command)
{
    struct buf text;
    struct err err = {0};
    size_t line = 0;
    buf_init(&text, TEXT_MAX);
    pane->class->text(pane, console, &text, &line);
    bool cut = text.full;
    if (!show(buf_str(&text), command, line, &err))
        console_say(console, true, "%s - %s", err.text, err_hint(&err));
    else if (cut)
        console_say(console, true, "%s: that were the first %u MiB alone", command, TEXT_MAX >> 20);
    app_of(console)->resize_mono_ms = clock_mono_ms(); /* it may have changed meanwhile */
    buf_release(&text);
    return UI_REPAINT | UI_REFRESH;
}

unsigned act_PAGER(struct console *console, struct pane *pane)
{
    return hand_over(console, pane, first_of("PAGER", NULL, "less"));
}

/* A copy: what is changed there changes nothing here, and is gone with it. */
unsigned act_EDITOR(struct console *console, struct pane *pane)
{
    return hand_over(console, pane, first_of("VISUAL", "EDITOR", "vi"));
}
