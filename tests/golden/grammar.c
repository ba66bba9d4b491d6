#include "tests/golden/grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reject(struct grammar *g)
{
    if (g->foreign[0])
        return;
    size_t at = 0;
    for (size_t i = 0; i < g->len && at + 5 < sizeof g->foreign; i++) {
        unsigned char c = (unsigned char)g->sequence[i];
        at += (size_t)snprintf(g->foreign + at, sizeof g->foreign - at,
                               c > 0x20 && c < 0x7F ? "%c" : "\\x%02X", c);
    }
}

/* Modes: cursor keys, wrap, blink, cursor, alternate screen, paste, and insert. */
static int mode_is_known(const char *params)
{
    static const char *const known[] = {"?1",    "?7",    "?12",   "?25",        "?1049",
                                        "?2004", "?12;25", "4",    "?1000;1006", "?1006;1000",
                                        "?1000", "?1006",  "?1h",  NULL};
    for (size_t i = 0; known[i]; i++)
        if (strcmp(params, known[i]) == 0)
            return 1;
    return 0;
}

/* What a shell finds changed when a program forgets it. The cursor is hidden by its `l`. */
static const struct {
    const char *params, *name;
    char on, off;
} lasting[] = {
    {"?1049", "alternate screen", 'h', 'l'}, {"?25", "hidden cursor", 'l', 'h'},
    {"?2004", "bracketed paste", 'h', 'l'},  {"?1000", "mouse clicks", 'h', 'l'},
    {"?1006", "mouse coordinates", 'h', 'l'}, {"?1", "cursor keys", 'h', 'l'},
    {"4", "insert mode", 'h', 'l'},          {"?7", "no wrap", 'l', 'h'},
};
#define KEYPAD (1u << (sizeof lasting / sizeof *lasting))

static void set_mode(struct grammar *g, unsigned bit, int on)
{
    g->modes = on ? g->modes | bit : g->modes & ~bit;
}

/* `?12;25`: several in one sequence, of which all but the first lack the `?`. */
static void note_mode(struct grammar *g, const char *params, char final)
{
    char one[16];
    int is_private = params[0] == '?';
    for (const char *at = params + is_private; *at; at += strcspn(at, ";"), at += *at == ';') {
        snprintf(one, sizeof one, "%s%.*s", is_private ? "?" : "", (int)strcspn(at, ";"), at);
        for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
            if (strcmp(one, lasting[i].params) == 0)
                set_mode(g, 1u << i, final == lasting[i].on);
    }
}

const char *grammar_left(const struct grammar *g)
{
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        if (g->modes & 1u << i)
            return lasting[i].name;
    return g->modes & KEYPAD ? "keypad" : NULL;
}

static int csi_is_known(const char *params, char final)
{
    if (strchr("hl", final))
        return mode_is_known(params);
    if (final == 't')
        return strcmp(params, "22;0;0") == 0 || strcmp(params, "23;0;0") == 0;
    return strchr("mHKJXGdABCDPLMr@bST", final) && strspn(params, "0123456789;:") == strlen(params);
}

static void end_sequence(struct grammar *g, int good)
{
    if (!good)
        reject(g);
    g->state = GRAMMAR_GROUND;
    g->len = 0;
}

static void end_csi(struct grammar *g, char final)
{
    char params[80];
    size_t len = g->len - 3; /* without ESC, [ and the final byte */
    memcpy(params, g->sequence + 2, len);
    params[len] = '\0';
    if (strchr("hl", final))
        note_mode(g, params, final);
    end_sequence(g, csi_is_known(params, final));
}

static void in_escape(struct grammar *g, char c)
{
    if (c == '[')
        g->state = GRAMMAR_CSI;
    else if (c == '(' || c == ')')
        g->state = GRAMMAR_CHARSET;
    else if (c == ']')
        g->state = GRAMMAR_OSC;
    else {
        if (strchr("=>", c))
            set_mode(g, KEYPAD, c == '=');
        end_sequence(g, strchr("=>M78", c) != NULL);
    }
}

static void in_osc(struct grammar *g, char c)
{
    int ended = c == '\a' || (c == '\\' && g->len > 1 && g->sequence[g->len - 2] == 0x1B);
    if (ended)
        end_sequence(g, g->allow_copy && strncmp(g->sequence, "\033]52;", 5) == 0);
}

static void feed_byte(struct grammar *g, char c)
{
    if (g->len + 1 < sizeof g->sequence) {
        g->sequence[g->len++] = c;
    } else if (g->state == GRAMMAR_OSC) { /* keep its head and its last two bytes */
        g->sequence[g->len - 2] = g->sequence[g->len - 1];
        g->sequence[g->len - 1] = c;
    } else {
        end_sequence(g, 0);
        return;
    }
    if (g->state == GRAMMAR_ESC)
        in_escape(g, c);
    else if (g->state == GRAMMAR_CSI && c >= 0x40 && c <= 0x7E)
        end_csi(g, c);
    else if (g->state == GRAMMAR_CHARSET)
        end_sequence(g, c == 'B' || c == '0');
    else if (g->state == GRAMMAR_OSC)
        in_osc(g, c);
    else if (g->state == GRAMMAR_GROUND && c == 0x1B)
        g->state = GRAMMAR_ESC;
    else if (g->state == GRAMMAR_GROUND)
        end_sequence(g, (unsigned char)c >= 0x20 ? c != 0x7F : strchr("\r\n\b\t\017\016", c) && c);
}

void grammar_feed(struct grammar *g, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        feed_byte(g, bytes[i]);
}
