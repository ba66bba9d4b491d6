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
    else
        end_sequence(g, strchr("=>M78", c) != NULL);
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
