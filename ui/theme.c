#include "ui/theme.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/conf/yaml.h"

/* A theme file in one walk: each scalar finds its row in a table by its path. A role that the
 * file leaves out takes the look of its fallback in roles.def. */

#define THEME_BYTES_MAX (64u * 1024u)
#define WHERE_SIZE 300
#define CONTRAST_MIN 300 /* hundredths: 3:1, for large text and signs by WCAG */

static const struct role_row {
    const char *name, *mono;
    enum role fallback;
} role_rows[ROLE_COUNT] = {
#define ROLE(id, name, fallback, mono, help) [ROLE_##id] = {name, mono, ROLE_##fallback},
#include "ui/roles.def"
#undef ROLE
};

static const struct {
    const char *name, *text;
} stock_themes[] = {
#include "ui/stock_themes.inc"
};
#define STOCK_COUNT (sizeof stock_themes / sizeof *stock_themes)

/* ---- colours ---- */

static const char *const colour_names[16] = {
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "bright-black", "bright-red", "bright-green", "bright-yellow",
    "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
};

static const int32_t palette_16[16] = { /* as xterm has them */
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
};

static const int cube_levels[6] = {0, 95, 135, 175, 215, 255};

static int channel(int32_t rgb, int which)
{
    return (int)(rgb >> (16 - 8 * which)) & 0xFF;
}

static int32_t rgb_of_256(int index)
{
    if (index < 16)
        return palette_16[index];
    if (index >= 232)
        return (8 + 10 * (index - 232)) * 0x010101;
    int at = index - 16;
    return cube_levels[at / 36] << 16 | cube_levels[at / 6 % 6] << 8 | cube_levels[at % 6];
}

static int distance(int32_t a, int32_t b)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int d = channel(a, i) - channel(b, i);
        sum += d * d;
    }
    return sum;
}

/* From 16 on: the first 16 are whatever the user made of them. */
int theme_nearest_256(int32_t rgb)
{
    int best = 16;
    for (int i = 17; i < 256; i++)
        if (distance(rgb, rgb_of_256(i)) < distance(rgb, rgb_of_256(best)))
            best = i;
    return best;
}

int theme_nearest_16(int32_t rgb)
{
    int best = 0;
    for (int i = 1; i < 16; i++)
        if (distance(rgb, palette_16[i]) < distance(rgb, palette_16[best]))
            best = i;
    return best;
}

/* Linear light of an sRGB channel times 100,000, at every 16th value; straight between. */
static const int linear[17] = {0,     518,   1444,  2956,  5127,  8022,  11697, 16203, 21586,
                               27889, 35153, 43415, 52712, 63076, 74540, 87137, 100000};

static int light(int value)
{
    int i = value / 16, span = i == 15 ? 15 : 16;
    return linear[i] + (linear[i + 1] - linear[i]) * (value % 16) / span;
}

/* WCAG relative luminance times 100,000. */
static int luminance(int32_t rgb)
{
    return (light(channel(rgb, 0)) * 213 + light(channel(rgb, 1)) * 715 +
            light(channel(rgb, 2)) * 72) /
           1000;
}

int theme_contrast(int32_t a, int32_t b)
{
    int x = luminance(a) + 5000, y = luminance(b) + 5000;
    return x > y ? x * 100 / y : y * 100 / x;
}

static const struct colour colour_default = {
    {COLOUR_DEFAULT, COLOUR_DEFAULT, COLOUR_DEFAULT, COLOUR_DEFAULT}};

static struct colour colour_of_index(int index)
{
    struct colour c = colour_default;
    c.at[DEPTH_RGB] = rgb_of_256(index);
    c.at[DEPTH_256] = index;
    c.at[DEPTH_16] = index < 16 ? index : theme_nearest_16(rgb_of_256(index));
    return c;
}

static bool parse_hex(struct str word, struct colour *out)
{
    int32_t rgb = 0;
    if (word.len != 7 || word.at[0] != '#')
        return false;
    for (size_t i = 1; i < 7; i++) {
        const char *digits = "0123456789abcdefABCDEF", *at = strchr(digits, word.at[i]);
        if (at == NULL || *at == '\0')
            return false;
        rgb = rgb * 16 + (int32_t)(at - digits >= 16 ? at - digits - 6 : at - digits);
    }
    *out = colour_default;
    out->at[DEPTH_RGB] = rgb;
    out->at[DEPTH_256] = theme_nearest_256(rgb);
    out->at[DEPTH_16] = theme_nearest_16(rgb);
    return true;
}

static bool parse_colour(struct str word, struct colour *out)
{
    uint64_t index;
    *out = colour_default;
    if (str_eq(word, STR("default")) || parse_hex(word, out))
        return true;
    for (int i = 0; i < 16; i++)
        if (str_eq(word, str_of(colour_names[i]))) {
            *out = colour_of_index(i);
            return true;
        }
    if (!str_to_u64(word, 255, &index))
        return false;
    *out = colour_of_index((int)index);
    return true;
}

/* ---- the file ---- */

struct reading {
    struct theme theme;
    bool given[ROLE_COUNT];
    char where[ROLE_COUNT][WHERE_SIZE]; /* of its last value */
    const char *name;
};

static bool unknown(struct err *err, const struct yaml_item *item, const char *what,
                    struct str word, const char *const *words, size_t count)
{
    const char *near = str_nearest(word, words, count);
    err_set(err, ERR_CONFIG, "theme: %s: there is no %s %.*s", item->where, what, STR_ARG(word));
    return near ? err_advise(err, "did you mean %s?", near)
                : err_advise(err, "docs/themes.md lists them");
}

static bool read_colour(struct colour *colour, const struct yaml_item *item, struct err *err)
{
    static const enum depth order[] = {DEPTH_RGB, DEPTH_256, DEPTH_16};
    struct colour parsed;
    uint64_t place = 0;
    bool in_list = item->depth == 4;
    if (!parse_colour(item->value, &parsed)) {
        err_set(err, ERR_CONFIG, "theme: %s: %.*s is no colour", item->where, STR_ARG(item->value));
        return err_advise(
            err, "write default, a name like red or bright-red, 0 to 255, or \"#rrggbb\"");
    }
    if (in_list && !str_to_u64(item->path[3], 2, &place))
        return err_set(err, ERR_CONFIG,
                       "theme: %s: a colour has at most three values: [rgb, 256, 16]",
                       item->where);
    for (uint64_t i = place; i < 3; i++) /* those that the list leaves out follow the last one */
        colour->at[order[i]] = parsed.at[order[i]];
    return true;
}

static bool read_attr(struct style *style, const struct yaml_item *item, struct err *err)
{
    static const char *const names[] = {"dim", "bold", "underline", "reverse", "italic", "normal"};
    static const unsigned bits[] = {STYLE_DIM,     STYLE_BOLD,   STYLE_UNDERLINE,
                                    STYLE_REVERSE, STYLE_ITALIC, 0};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (str_eq(item->value, str_of(names[i]))) {
            style->attrs |= bits[i];
            return true;
        }
    return unknown(err, item, "attribute", item->value, names, sizeof bits / sizeof *bits);
}

static enum role role_find(struct str name)
{
    for (enum role role = 0; role < ROLE_COUNT; role++)
        if (str_eq(name, str_of(role_rows[role].name)))
            return role;
    return ROLE_COUNT;
}

static bool unknown_role(const struct yaml_item *item, struct err *err)
{
    const char *names[ROLE_COUNT];
    for (enum role role = 0; role < ROLE_COUNT; role++)
        names[role] = role_rows[role].name;
    return unknown(err, item, "role", item->path[1], names, ROLE_COUNT);
}

static bool read_role(struct reading *r, const struct yaml_item *item, struct err *err)
{
    static const char *const fields[] = {"fg", "bg", "attr"};
    enum role role = item->depth >= 2 ? role_find(item->path[1]) : ROLE_COUNT;
    if (item->depth < 3 || item->depth > 4)
        return err_set(err, ERR_CONFIG,
                       "theme: %s: a role is written as {fg: .., bg: .., attr: [..]}",
                       item->where);
    if (role == ROLE_COUNT)
        return unknown_role(item, err);
    struct style *style = &r->theme.roles[role];
    r->given[role] = true;
    (void)str_copy(r->where[role], WHERE_SIZE, str_of(item->where));
    if (str_eq(item->path[2], STR("fg")))
        return read_colour(&style->fg, item, err);
    if (str_eq(item->path[2], STR("bg")))
        return read_colour(&style->bg, item, err);
    if (str_eq(item->path[2], STR("attr")))
        return read_attr(style, item, err);
    return unknown(err, item, "key", item->path[2], fields, 3);
}

static bool read_word(const struct yaml_item *item, const char *const *words, size_t count,
                      size_t *which, struct err *err)
{
    for (*which = 0; *which < count; (*which)++)
        if (str_eq(item->value, str_of(words[*which])))
            return true;
    return unknown(err, item, "value", item->value, words, count);
}

static bool read_top(struct reading *r, const struct yaml_item *item, struct err *err)
{
    static const char *const keys[] = {"name",    "version", "background",
                                       "colours", "glyphs",  "roles"};
    static const char *const colours[] = {"all", "none"};
    static const char *const backgrounds[] = {"dark", "light"};
    static const char *const glyphs[] = {"auto", "utf8", "ascii"};
    static const char *const versions[] = {"1"};
    size_t which = 0;
    if (item->depth != 1)
        return unknown(err, item, "key", item->depth ? item->path[0] : STR_NONE, keys, 6);
    if (str_eq(item->path[0], STR("name"))) {
        (void)str_copy(r->theme.name, sizeof r->theme.name, item->value);
        return true;
    }
    if (str_eq(item->path[0], STR("version")))
        return read_word(item, versions, 1, &which, err);
    if (str_eq(item->path[0], STR("background"))) {
        bool good = read_word(item, backgrounds, 2, &which, err);
        r->theme.light = which == 1;
        return good;
    }
    if (str_eq(item->path[0], STR("colours"))) {
        bool good = read_word(item, colours, 2, &which, err);
        r->theme.colourless = which == 1;
        return good;
    }
    if (!str_eq(item->path[0], STR("glyphs")))
        return unknown(err, item, "key", item->path[0], keys, 6);
    bool good = read_word(item, glyphs, 3, &which, err);
    r->theme.glyphs = (enum glyphs)which;
    return good;
}

static bool read_item(void *ctx, const struct yaml_item *item, struct err *err)
{
    struct reading *r = ctx;
    if (item->depth > 1 && str_eq(item->path[0], STR("roles")))
        return read_role(r, item, err);
    return read_top(r, item, err);
}

/* roles.def has each fallback before the roles that lean on it: one pass settles them. */
static void fall_back(struct reading *r)
{
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        struct style *style = &r->theme.roles[role];
        const struct style *other = &r->theme.roles[role_rows[role].fallback];
        if (r->given[role] || other == style)
            continue;
        style->fg = other->fg;
        style->bg = other->bg;
        style->attrs = other->attrs;
    }
}

static bool check_contrast(const struct reading *r, struct err *err)
{
    int32_t paper = r->theme.light ? 0xFFFFFF : 0x000000,
            ink = r->theme.light ? 0x000000 : 0xFFFFFF;
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        int32_t fg = r->theme.roles[role].fg.at[DEPTH_RGB],
                bg = r->theme.roles[role].bg.at[DEPTH_RGB];
        int contrast = theme_contrast(fg < 0 ? ink : fg, bg < 0 ? paper : bg);
        if (!r->given[role] || contrast >= CONTRAST_MIN)
            continue;
        err_set(err, ERR_CONFIG, "theme: %s: %s has a contrast of %d.%d:1", r->where[role],
                role_rows[role].name, contrast / 100, contrast / 10 % 10);
        return err_advise(err, "take colours with at least 3:1 (background: %s)",
                          r->theme.light ? "light" : "dark");
    }
    return true;
}

static unsigned mono_attrs(const char *letters)
{
    static const struct { char letter; unsigned attr; } table[] = {
        {'n', 0}, {'d', STYLE_DIM}, {'b', STYLE_BOLD}, {'u', STYLE_UNDERLINE}, {'r', STYLE_REVERSE},
    };
    unsigned attrs = 0;
    for (; *letters; letters++)
        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            attrs |= *letters == table[i].letter ? table[i].attr : 0;
    return attrs;
}

static void theme_blank(struct theme *theme)
{
    *theme = (struct theme){.name = "plain"};
    for (enum role role = 0; role < ROLE_COUNT; role++)
        theme->roles[role] =
            (struct style){colour_default, colour_default, 0, mono_attrs(role_rows[role].mono)};
}

void theme_plain(struct theme *theme)
{
    theme_blank(theme);
    for (enum role role = 0; role < ROLE_COUNT; role++)
        theme->roles[role].attrs = theme->roles[role].mono_attrs;
}

bool theme_parse(struct theme *theme, struct str bytes, const char *name, struct err *err)
{
    struct reading *r = xcalloc(1, sizeof *r);
    theme_blank(&r->theme);
    r->name = name;
    bool good = yaml_walk_bytes(bytes, name, read_item, r, err);
    if (good) {
        fall_back(r);
        good = check_contrast(r, err);
    }
    if (good)
        *theme = r->theme;
    free(r);
    return good;
}

/* ---- where themes are ---- */

const char *theme_stock_name(size_t index)
{
    return index < STOCK_COUNT ? stock_themes[index].name : NULL;
}

static bool read_all(int fd, const char *path, struct buf *out, struct err *err)
{
    for (;;) {
        char *room = buf_reserve(out, 4096);
        if (room == NULL)
            return err_set(err, ERR_CONFIG, "theme: %s: more than %u bytes", path, THEME_BYTES_MAX);
        ssize_t got = read(fd, room, 4096);
        if (got < 0)
            return err_set(err, ERR_CONFIG, "theme: %s: cannot be read", path);
        if (got == 0)
            return true;
        out->len += (size_t)got;
    }
}

/* false with err unset: there is no such file. */
static bool read_file(struct theme *theme, const char *path, struct err *err)
{
    struct buf bytes;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return false;
    buf_init(&bytes, THEME_BYTES_MAX + 4096);
    bool good = read_all(fd, path, &bytes, err) && theme_parse(theme, buf_str(&bytes), path, err);
    close(fd);
    buf_release(&bytes);
    return good;
}

static bool read_in(struct theme *theme, const char *directory, const char *below,
                    const char *name, struct err *err)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s%s/%s.yaml", directory, below, name);
    return len > 0 && (size_t)len < sizeof path && read_file(theme, path, err);
}

static bool read_user(struct theme *theme, const char *name, struct err *err)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && config[0] == '/')
        return read_in(theme, config, "/lambdig/themes", name, err);
    return home && read_in(theme, home, "/.config/lambdig/themes", name, err);
}

static bool read_stock(struct theme *theme, const char *name, struct err *err)
{
    for (size_t i = 0; i < STOCK_COUNT; i++)
        if (strcmp(name, stock_themes[i].name) == 0)
            return theme_parse(theme, str_of(stock_themes[i].text), name, err);
    return false;
}

bool theme_read(struct theme *theme, const char *name, struct err *err)
{
    const char *words[STOCK_COUNT];
    err_clear(err);
    if (strchr(name, '/')) {
        bool good = read_file(theme, name, err);
        return good || err_set(err, ERR_CONFIG, "theme: %s: cannot be opened", name);
    }
    if (read_user(theme, name, err))
        return true;
    if (err->code == ERR_NONE &&
        (read_stock(theme, name, err) ||
         (err->code == ERR_NONE && read_in(theme, DATADIR, "/themes", name, err))))
        return true;
    if (err->code != ERR_NONE)
        return false;
    for (size_t i = 0; i < STOCK_COUNT; i++)
        words[i] = stock_themes[i].name;
    const char *near = str_nearest(str_of(name), words, STOCK_COUNT);
    err_set(err, ERR_CONFIG, "theme: there is no theme %s", name);
    return near ? err_advise(err, "did you mean %s?", near)
                : err_advise(err,
                             "take dark, light, high-contrast, deuteranopia, tritanopia or mono");
}

struct look theme_look(const struct theme *theme, enum role role, enum role over, enum depth depth)
{
    const struct style *base = &theme->roles[role], *lid = &theme->roles[over];
    struct look look = {base->fg.at[depth], base->bg.at[depth],
                        depth == DEPTH_MONO ? base->mono_attrs : base->attrs};
    if (over == ROLE_TEXT)
        return look;
    if (lid->fg.at[depth] != COLOUR_DEFAULT)
        look.fg = lid->fg.at[depth];
    if (lid->bg.at[depth] != COLOUR_DEFAULT)
        look.bg = lid->bg.at[depth];
    look.attrs |= depth == DEPTH_MONO ? lid->mono_attrs : lid->attrs;
    return look;
}
