#include "ui/overlay.h"

#include <stdio.h>

#include "src/base/utf8.h"
#include "src/model/failure_class.h"

/* The help is a list of lines made of actions.def and failure_classes.def, narrowed by what is
 * typed; nothing in it is written twice. */

#define HELP_COLS 78
#define MENU_COLS 52
#define NARROW_COLS 60

enum help_kind { LINE_HEADING, LINE_ACTION, LINE_CLASS, LINE_COMMAND, LINE_BLANK };

static const struct {
    const char *name, *argument, *help;
} commands[] = {
#define COMMAND(id, name, words, argument, help) {name, argument, help},
#include "ui/commands.def"
#undef COMMAND
};
enum { COMMANDS = sizeof commands / sizeof *commands };
enum { HEADING_CLASSES = SCOPE_COUNT, HEADING_COMMANDS };

#define HELP_LINES_MAX (ACTION_COUNT + FAILURE_CLASS_COUNT + COMMANDS + 2 * SCOPE_COUNT + 12)

struct help_line {
    enum help_kind kind;
    int which; /* enum scope (or HEADING_), enum action, enum failure_class, index of a command */
};

void overlay_help(struct overlay *o, enum scope scope)
{
    overlay_release(o);
    *o = (struct overlay){.kind = OVERLAY_HELP, .scope = scope, .scroll = {.selected = 1}};
}

void overlay_menu(struct overlay *o, enum action why, struct str title,
                  const struct menu_item *items, size_t count)
{
    overlay_release(o);
    *o = (struct overlay){
        .kind = OVERLAY_MENU, .why = why, .count = count < MENU_MAX ? count : MENU_MAX};
    (void)str_copy(o->title, sizeof o->title, title);
    memcpy(o->items, items, o->count * sizeof *items);
}

void overlay_pick(struct overlay *o, enum action why, struct str title,
                  const struct pick_item *items, size_t count, struct str current,
                  bool takes_others)
{
    overlay_release(o);
    o->kind = OVERLAY_PICKER;
    o->why = why;
    picker_open(&o->picker, title, items, count, current, takes_others);
}

void overlay_release(struct overlay *o)
{
    picker_close(&o->picker);
    o->kind = OVERLAY_NONE;
}

/* ---- the lines of the help ---- */

static bool line_matches(const struct help_line *line, const struct keymap *keymap, struct str word)
{
    char keys[64];
    if (line->kind == LINE_CLASS) {
        const struct failure_class_row *row = failure_class_row((enum failure_class)line->which);
        return str_has_nocase(str_of(row->tag), word) || str_has_nocase(str_of(row->title), word) ||
               str_has_nocase(str_of(row->symptom), word);
    }
    if (line->kind == LINE_COMMAND)
        return str_has_nocase(str_of(commands[line->which].name), word) ||
               str_has_nocase(str_of(commands[line->which].help), word);
    const struct action_row *row = action_row((enum action)line->which);
    keymap_keys(keymap, (enum action)line->which, keys, sizeof keys);
    return str_has_nocase(str_of(row->name), word) || str_has_nocase(str_of(row->help), word) ||
           str_has(str_of(keys), word);
}

struct lines {
    struct help_line at[HELP_LINES_MAX];
    size_t count;
};

static void add_line(struct lines *lines, enum help_kind kind, int which)
{
    if (lines->count < HELP_LINES_MAX)
        lines->at[lines->count++] = (struct help_line){kind, which};
}

static void add_group(struct lines *lines, const struct overlay *o, const struct keymap *keymap,
                      int heading, const struct lines *group)
{
    struct str word = str_of(o->filter);
    bool any = false;
    for (size_t i = 0; i < group->count; i++) {
        if (word.len > 0 && !line_matches(&group->at[i], keymap, word))
            continue;
        if (!any && lines->count > 0)
            add_line(lines, LINE_BLANK, 0);
        if (!any)
            add_line(lines, LINE_HEADING, heading);
        any = true;
        add_line(lines, group->at[i].kind, group->at[i].which);
    }
}

static void add_scope(struct lines *lines, const struct overlay *o, const struct keymap *keymap,
                      enum scope scope)
{
    struct lines group = {.count = 0};
    for (enum action a = 0; a < ACTION_COUNT; a++)
        if (action_row(a)->scope == scope)
            add_line(&group, LINE_ACTION, (int)a);
    add_group(lines, o, keymap, (int)scope, &group);
}

/* The scope one is in first, then what holds everywhere, the classes, and the other scopes. */
static void help_lines(struct lines *lines, const struct overlay *o, const struct keymap *keymap)
{
    struct lines classes = {.count = 0}, typed = {.count = 0};
    lines->count = 0;
    if (o->scope != SCOPE_LIST && o->scope != SCOPE_GLOBAL)
        add_scope(lines, o, keymap, o->scope);
    add_scope(lines, o, keymap, SCOPE_LIST);
    add_scope(lines, o, keymap, SCOPE_GLOBAL);
    for (int class = 0; class < FAILURE_CLASS_COUNT; class++)
        add_line(&classes, LINE_CLASS, class);
    for (int i = 0; i < COMMANDS; i++)
        add_line(&typed, LINE_COMMAND, i);
    add_group(lines, o, keymap, HEADING_COMMANDS, &typed);
    add_group(lines, o, keymap, HEADING_CLASSES, &classes);
    for (enum scope scope = 0; scope < SCOPE_COUNT; scope++)
        if (scope != o->scope && scope != SCOPE_LIST && scope != SCOPE_GLOBAL)
            add_scope(lines, o, keymap, scope);
}

/* ---- keys ---- */

int overlay_page(const struct overlay *o, int rows)
{
    int room = rows - 6;
    if (o->kind == OVERLAY_PICKER)
        return picker_page(&o->picker, rows);
    if (o->kind == OVERLAY_MENU)
        room = (int)o->count < room ? (int)o->count : room;
    return room < 1 ? 1 : room;
}

static size_t overlay_count(const struct overlay *o, const struct keymap *keymap)
{
    struct lines lines;
    if (o->kind == OVERLAY_MENU)
        return o->count;
    help_lines(&lines, o, keymap);
    return lines.count;
}

/* `letters`: those that move lists move here, too. */
static enum action move_key(const struct keymap *keymap, uint32_t key, bool letters)
{
    bool pending;
    switch (key) {
    case KEY_UP_:
        return ACTION_UP;
    case KEY_DOWN_:
        return ACTION_DOWN;
    case KEY_PGUP_:
        return ACTION_PAGE_UP;
    case KEY_PGDN_:
        return ACTION_PAGE_DOWN;
    case KEY_HOME_:
        return ACTION_TOP;
    case KEY_END_:
        return ACTION_BOTTOM;
    default:
        break;
    }
    if (!letters && key >= 0x20)
        return ACTION_NONE;
    enum action action = keymap_find(keymap, SCOPE_LIST, key, 0, &pending);
    return action <= ACTION_BOTTOM && action >= ACTION_UP ? action : ACTION_NONE;
}

static bool goes_down(enum action action)
{
    return action == ACTION_DOWN || action == ACTION_HALF_DOWN || action == ACTION_PAGE_DOWN ||
           action == ACTION_BOTTOM;
}

/* Headings and blanks are passed over; the first heading stays in sight. */
static void pass_headings(struct overlay *o, const struct lines *lines, bool down, int page)
{
    struct scroll *s = &o->scroll;
    while (s->selected < lines->count && lines->at[s->selected].kind != LINE_ACTION &&
           lines->at[s->selected].kind != LINE_CLASS &&
           lines->at[s->selected].kind != LINE_COMMAND)
        if (!scroll_to(s, down || s->selected == 0 ? s->selected + 1 : s->selected - 1,
                       lines->count, page))
            break;
    if (s->selected <= 1)
        s->offset = 0;
}

static enum overlay_result move_by(struct overlay *o, const struct keymap *keymap,
                                   enum action action, int page)
{
    struct lines lines;
    struct scroll before = o->scroll;
    scroll_move(&o->scroll, action, overlay_count(o, keymap), page);
    if (o->kind == OVERLAY_HELP) {
        help_lines(&lines, o, keymap);
        pass_headings(o, &lines, goes_down(action), page);
    }
    bool moved = before.selected != o->scroll.selected || before.offset != o->scroll.offset;
    return moved ? OVERLAY_CHANGED : OVERLAY_NOTHING;
}

static enum overlay_result menu_letter(struct overlay *o, uint32_t key, int page)
{
    for (size_t step = 1; step <= o->count; step++) {
        size_t i = (o->scroll.selected + step) % o->count;
        if ((uint32_t)(unsigned char)o->items[i].word[0] == key)
            return scroll_to(&o->scroll, i, o->count, page) ? OVERLAY_CHANGED : OVERLAY_NOTHING;
    }
    return OVERLAY_NOTHING;
}

static enum overlay_result filter_key(struct overlay *o, uint32_t key)
{
    size_t len = strlen(o->filter);
    char bytes[4];
    if (key == KEY_BACKSPACE_) {
        while (len > 0 && ((unsigned char)o->filter[--len] & 0xC0) == 0x80)
            continue;
        o->filter[len] = '\0';
    } else {
        size_t count = key >= 0x20 && key < KEY_UP_ ? utf8_encode(key, bytes) : 0;
        if (count == 0 || len + count >= sizeof o->filter)
            return OVERLAY_NOTHING;
        memcpy(o->filter + len, bytes, count);
        o->filter[len + count] = '\0';
    }
    o->scroll = (struct scroll){.selected = 1}; /* under the first heading */
    return OVERLAY_CHANGED;
}

static bool closes(const struct overlay *o, uint32_t key)
{
    bool typing = o->kind == OVERLAY_HELP && o->filter[0];
    return key == KEY_ESC_ || key == KEY_F1_ || key == ('c' & 0x1F) ||
           (!typing && (key == 'q' || (key == '?' && o->kind == OVERLAY_HELP)));
}

static enum overlay_result picked(struct overlay *o, uint32_t key, int page)
{
    static const enum overlay_result results[] = {
        [PICKER_NOTHING] = OVERLAY_NOTHING, [PICKER_CHANGED] = OVERLAY_CHANGED,
        [PICKER_CHOSEN] = OVERLAY_CHOSEN, [PICKER_CLOSED] = OVERLAY_CLOSED,
    };
    return results[picker_key(&o->picker, key, page)];
}

enum overlay_result overlay_key(struct overlay *o, const struct keymap *keymap, uint32_t key,
                                int page)
{
    if (o->kind == OVERLAY_PICKER)
        return picked(o, key, page);
    if (closes(o, key)) {
        o->kind = OVERLAY_NONE;
        return OVERLAY_CLOSED;
    }
    if (key == KEY_ENTER_)
        return OVERLAY_CHOSEN;
    enum action action = move_key(keymap, key, o->kind == OVERLAY_MENU);
    if (action != ACTION_NONE)
        return move_by(o, keymap, action, page);
    return o->kind == OVERLAY_MENU ? menu_letter(o, key, page) : filter_key(o, key);
}

bool overlay_click(struct overlay *o, int row, int col)
{
    struct rect r = o->body;
    if (row < r.row || row >= r.row + r.rows || col < r.col || col >= r.col + r.cols)
        return false;
    struct scroll *scroll = o->kind == OVERLAY_PICKER ? &o->picker.scroll : &o->scroll;
    scroll->selected =
        scroll->offset + (size_t)(row - r.row); /* drawing takes it back to the last one */
    return true;
}

enum action overlay_action(const struct overlay *o, const struct keymap *keymap)
{
    struct lines lines;
    help_lines(&lines, o, keymap);
    if (o->scroll.selected >= lines.count || lines.at[o->scroll.selected].kind != LINE_ACTION)
        return ACTION_NONE;
    return (enum action)lines.at[o->scroll.selected].which;
}

struct str overlay_word(const struct overlay *o)
{
    if (o->picker.items)
        return picker_word(&o->picker);
    return o->scroll.selected < o->count ? str_of(o->items[o->scroll.selected].word) : STR_NONE;
}

/* ---- drawing ---- */

static struct rect box(const struct canvas *canvas, int rows, int cols)
{
    int most_rows = canvas->rows - 2, most_cols = canvas->cols;
    rows = rows > most_rows ? most_rows : rows;
    cols = cols > most_cols ? most_cols : cols;
    return (struct rect){(canvas->rows - rows) / 2, (canvas->cols - cols) / 2, rows, cols};
}

static void open_box(struct canvas *canvas, struct rect r, struct str title, struct str below)
{
    canvas_clip(canvas, (struct rect){0, 0, canvas->rows, canvas->cols});
    canvas_fill(canvas, r, ROLE_TEXT, ' ');
    canvas_frame(canvas, r, true, title, below);
    canvas_clip(canvas, (struct rect){r.row + 1, r.col + 1, r.rows - 2, r.cols - 2});
}

static void draw_heading(struct canvas *canvas, int row, int which)
{
    if (which == HEADING_COMMANDS)
        canvas_text(canvas, row, 1, canvas->clip.cols, 0, ROLE_TITLE,
                    STR("commands, typed after : (Tab completes)"));
    else if (which == HEADING_CLASSES)
        canvas_text(canvas, row, 1, canvas->clip.cols, 0, ROLE_TITLE,
                    STR("classes of failure, and their codes"));
    else
        canvas_printf(canvas, row, 1, ROLE_TITLE, "keys: %s", scope_name((enum scope)which));
}

static void draw_command(struct canvas *canvas, int row, int which)
{
    char text[80];
    int cols = canvas->clip.cols, help_at = cols < NARROW_COLS ? 12 : 34;
    snprintf(text, sizeof text, ":%s %s", commands[which].name, commands[which].argument);
    canvas_text(canvas, row, 2, help_at - 3, 0, ROLE_KEY, str_of(text));
    canvas_text(canvas, row, help_at, cols - help_at, 0, ROLE_DIM, str_of(commands[which].help));
}

static void draw_help_line(struct canvas *canvas, const struct keymap *keymap, int row,
                           const struct help_line *line)
{
    char keys[64];
    int cols = canvas->clip.cols;
    if (line->kind == LINE_HEADING)
        draw_heading(canvas, row, line->which);
    if (line->kind == LINE_COMMAND)
        draw_command(canvas, row, line->which);
    if (line->kind == LINE_CLASS) {
        const struct failure_class_row *class = failure_class_row((enum failure_class)line->which);
        canvas_text(canvas, row, 2, 4, 0, console_class_role((enum failure_class)line->which),
                    str_of(class->tag));
        canvas_text(canvas, row, 6, 20, 0, ROLE_TEXT, str_of(class->title));
        canvas_text(canvas, row, 27, cols - 27, 0, ROLE_DIM, str_of(class->symptom));
    }
    if (line->kind == LINE_ACTION) {
        const struct action_row *action = action_row((enum action)line->which);
        bool narrow = cols < NARROW_COLS; /* the name stands in the longer help well enough */
        int help_at = narrow ? 12 : 34;
        keymap_keys(keymap, (enum action)line->which, keys, sizeof keys);
        canvas_text(canvas, row, 2, help_at - 3 < 14 ? help_at - 3 : 14, 0, ROLE_KEY, str_of(keys));
        if (!narrow)
            canvas_text(canvas, row, 17, 16, 0, ROLE_TEXT, str_of(action->name));
        canvas_text(canvas, row, help_at, cols - help_at, 0, ROLE_DIM, str_of(action->help));
    }
}

static void draw_mark(struct canvas *canvas, int row)
{
    canvas_text(canvas, row, 0, 1, 0, ROLE_MARK, STR(">"));
    canvas_over(canvas, row, 0, canvas->clip.cols, ROLE_SELECTION);
}

static void draw_help(struct overlay *o, const struct keymap *keymap, struct canvas *canvas)
{
    struct lines lines;
    char title[160], below[64];
    int page = overlay_page(o, canvas->rows);
    help_lines(&lines, o, keymap);
    scroll_fit(&o->scroll, lines.count, page);
    snprintf(title, sizeof title, "Help  %s%s",
             o->filter[0] ? "search: " : "type to search, Enter runs, Esc closes", o->filter);
    snprintf(below, sizeof below, "%zu/%zu", lines.count ? o->scroll.selected + 1 : 0, lines.count);
    open_box(canvas, box(canvas, page + 2, HELP_COLS), str_of(title), str_of(below));
    for (int row = 0; row < page && o->scroll.offset + (size_t)row < lines.count; row++) {
        draw_help_line(canvas, keymap, row, &lines.at[o->scroll.offset + (size_t)row]);
        if (o->scroll.offset + (size_t)row == o->scroll.selected)
            draw_mark(canvas, row);
    }
    if (lines.count == 0)
        canvas_text(canvas, 0, 2, canvas->clip.cols, 0, ROLE_DIM,
                    STR("nothing matches; Backspace widens the search"));
}

static void draw_menu(struct overlay *o, struct canvas *canvas)
{
    int page = overlay_page(o, canvas->rows);
    scroll_fit(&o->scroll, o->count, page);
    open_box(canvas, box(canvas, page + 2, MENU_COLS), str_of(o->title),
             STR("Enter takes, Esc leaves"));
    for (int row = 0; row < page; row++) {
        const struct menu_item *item = &o->items[o->scroll.offset + (size_t)row];
        int at = 2 + canvas_text(canvas, row, 2, 24, 0, item->role, str_of(item->word));
        canvas_text(canvas, row, at < 18 ? 18 : at + 1, canvas->clip.cols - 19, 0, ROLE_TEXT,
                    str_of(item->text));
        if (o->scroll.offset + (size_t)row == o->scroll.selected)
            draw_mark(canvas, row);
    }
}

void overlay_draw(struct overlay *o, const struct keymap *keymap, struct canvas *canvas)
{
    if (o->kind == OVERLAY_HELP)
        draw_help(o, keymap, canvas);
    else if (o->kind == OVERLAY_MENU && o->count > 0)
        draw_menu(o, canvas);
    else if (o->kind == OVERLAY_PICKER)
        picker_draw(&o->picker, canvas);
    o->body = canvas->clip; /* each left it on its rows */
    canvas_clip(canvas, (struct rect){0, 0, canvas->rows, canvas->cols});
}
