/* What each role looks like: roles.def and a theme file, decided once at load. The six stock
 * themes are compiled in from themes/NAME.yaml, so that the program needs no file to run; a
 * file of the same name in the user's directory wins. No curses here. UI thread. */
#ifndef LAMBDIG_UI_THEME_H
#define LAMBDIG_UI_THEME_H

#include "src/base/err.h"
#include "ui/canvas.h"

enum depth { DEPTH_MONO, DEPTH_16, DEPTH_256, DEPTH_RGB, DEPTH_COUNT };

enum style_attr {
    STYLE_DIM = 1,
    STYLE_BOLD = 2,
    STYLE_UNDERLINE = 4,
    STYLE_REVERSE = 8,
    STYLE_ITALIC = 16
};

#define COLOUR_DEFAULT (-1) /* the terminal's own */

struct colour {
    int32_t at[DEPTH_COUNT]; /* by depth: 0xRRGGBB for RGB, else an index; COLOUR_DEFAULT */
};

struct style {
    struct colour fg, bg;
    unsigned attrs;      /* enum style_attr */
    unsigned mono_attrs; /* the same without colour, from roles.def */
};

enum glyphs { GLYPHS_AUTO, GLYPHS_UTF8, GLYPHS_ASCII };

struct theme {
    char name[64];
    bool light; /* made for a light background: contrast is checked against white */
    bool colourless; /* drawn at DEPTH_MONO whatever the terminal can do */
    enum glyphs glyphs;
    struct style roles[ROLE_COUNT];
};

/* Without colour, by the mono column of roles.def. Cannot fail. */
void theme_plain(struct theme *theme);
/* NAME from $XDG_CONFIG_HOME/lambdig/themes, the stock ones, then DATADIR/themes; a NAME with a
 * slash is a path. false: err names file:line:col and the nearest known word; *theme is as it
 * was. */
bool theme_read(struct theme *theme, const char *name, struct err *err) MUST_USE;
/* The bytes of a theme file; `name` stands in the messages. */
bool theme_parse(struct theme *theme, struct str bytes, const char *name, struct err *err) MUST_USE;
/* The stock themes in order; NULL past the last. */
const char *theme_stock_name(size_t index);

/* The nearest of the 256-colour table (cube and greys), and of the 16 as xterm has them. */
int theme_nearest_256(int32_t rgb);
int theme_nearest_16(int32_t rgb);
/* WCAG contrast of two colours, times 100: 100 to 2100. */
int theme_contrast(int32_t a, int32_t b);

/* The cell's look: its role with what is laid over it, at a depth. */
struct look {
    int32_t fg, bg; /* by depth; COLOUR_DEFAULT */
    unsigned attrs; /* enum style_attr */
};
struct look theme_look(const struct theme *theme, enum role role, enum role over, enum depth depth);

#endif
