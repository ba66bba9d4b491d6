#include "ui/app_inner.h"

#include "ui/term.h"

/* With --mouse: a click selects the row under it, a second one on the same row is Enter, the
 * wheel moves what lies under it. The tabs of the second line are views; a click beside an
 * overlay leaves it. */

#define DOUBLE_MS 400
#define WHEEL_ROWS 3

static bool is_in(struct rect r, int row, int col)
{
    return row >= r.row && row < r.row + r.rows && col >= r.col && col < r.col + r.cols;
}

static bool is_double(struct app *app, int row, int col)
{
    int64_t now = clock_mono_ms();
    bool twice = row == app->click_row && now - app->click_mono_ms <= DOUBLE_MS &&
                 col - app->click_col <= 1 && app->click_col - col <= 1;
    app->click_row = row;
    app->click_col = col;
    app->click_mono_ms = twice ? 0 : now; /* a third one begins anew */
    return twice;
}

static enum view view_under(const struct app *app, int row, int col)
{
    enum view view = 0;
    while (view < VIEW_COUNT && !is_in(app->layout.panes[view], row, col))
        view++;
    return view;
}

static unsigned click_tab(struct app *app, int col)
{
    enum view view = app_tab_at(app, col);
    if (view == VIEW_COUNT || view == app->console.place.view)
        return UI_NOTHING;
    app->console.go = app->console.place;
    app->console.go.view = view;
    return UI_GO;
}

static unsigned click_pane(struct app *app, int row, int col)
{
    enum view view = view_under(app, row, col);
    if (view == VIEW_COUNT)
        return UI_NOTHING;
    struct pane *pane = app->console.panes[view];
    struct rect inner = app_inner(app, view);
    bool twice = is_double(app, row, col);
    unsigned effects = UI_NOTHING;
    if (view != app->console.place.view) {
        app->console.place.view = view;
        effects = UI_RELAYOUT;
    }
    if (!is_in(inner, row, col))
        return effects;
    if (pane->class->click)
        effects |= pane->class->click(pane, &app->console, row - inner.row);
    return effects | (twice ? pane->class->move(pane, &app->console, ACTION_OPEN) : 0u);
}

static unsigned wheel_pane(struct app *app, int row, int col, bool up)
{
    enum view view = view_under(app, row, col);
    struct pane *pane = app->console.panes[view == VIEW_COUNT ? app->console.place.view : view];
    unsigned effects = UI_NOTHING;
    for (int i = 0; i < WHEEL_ROWS; i++)
        effects |= pane->class->move(pane, &app->console, up ? ACTION_UP : ACTION_DOWN);
    return effects;
}

/* As a key that does the same, so that what lies on top knows no mouse. */
static uint32_t overlay_key_of(struct app *app, uint32_t key, int row, int col)
{
    if (key != KEY_CLICK_)
        return key == KEY_WHEEL_UP_ ? KEY_UP_ : KEY_DOWN_;
    if (!overlay_click(&app->overlay, row, col))
        return KEY_ESC_;
    app->draw = true;
    return is_double(app, row, col) ? KEY_ENTER_ : 0;
}

uint32_t app_mouse_on_overlay(struct app *app, uint32_t key)
{
    int row, col;
    term_mouse(&row, &col);
    return overlay_key_of(app, key, row, col);
}

unsigned app_mouse(struct app *app, uint32_t key)
{
    int row, col;
    term_mouse(&row, &col);
    if (key != KEY_CLICK_)
        return wheel_pane(app, row, col, key == KEY_WHEEL_UP_);
    return is_in(app->layout.views, row, col) ? click_tab(app, col) : click_pane(app, row, col);
}
