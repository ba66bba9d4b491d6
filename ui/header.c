#include "ui/header.h"

#include <stdio.h>

#include "src/base/utf8.h"

#define TITLE_COLS_MIN 10 /* a title cut shorter than this tells nothing */
#define GAP_COLS 2

enum part { PART_TITLE, PART_ACCOUNT, PART_ROLE, PART_ENDPOINT, PART_COUNT };

struct parts { /* from the left */
    char text[PART_COUNT][300];
    int cols[PART_COUNT]; /* with the gap after it; 0: not shown */
};

static void set(struct parts *p, enum part part, const char *text)
{
    int cols = (int)utf8_width(str_of(text));
    snprintf(p->text[part], sizeof p->text[part], "%s", text);
    p->cols[part] = cols > 0 ? cols + GAP_COLS : 0;
}

static void fill(struct parts *p, const struct account *a, struct str inputs)
{
    char text[300];
    snprintf(text, sizeof text, "%s%s%s%s%s", a->profile,
             a->profile[0] && a->account[0] ? "/" : "", a->account,
             a->region[0] && (a->profile[0] || a->account[0]) ? " " : "", a->region);
    set(p, PART_ACCOUNT, text);
    snprintf(text, sizeof text, "%s%s", a->role[0] ? "as " : "", a->role);
    set(p, PART_ROLE, text);
    snprintf(text, sizeof text, "%s%s", a->endpoint[0] ? "at " : "", a->endpoint);
    set(p, PART_ENDPOINT, text);
    if (a->title[0] || p->cols[PART_ACCOUNT])
        snprintf(text, sizeof text, "%s", a->title);
    else
        snprintf(text, sizeof text, "%.*s", STR_ARG(str_first(inputs, sizeof text - 1)));
    set(p, PART_TITLE, text);
}

static int sum(const struct parts *p)
{
    int cols = -GAP_COLS;
    for (int i = 0; i < PART_COUNT; i++)
        cols += p->cols[i];
    return cols;
}

static void make_fit(struct parts *p, int cols)
{
    int title = p->cols[PART_TITLE], over = sum(p) - cols;
    bool alone = title == sum(p) + GAP_COLS;
    if (over > 0)
        p->cols[PART_TITLE] = title - over;
    if (p->cols[PART_TITLE] < TITLE_COLS_MIN + GAP_COLS && over > 0 && !alone)
        p->cols[PART_TITLE] = 0;
    if (sum(p) > cols)
        p->cols[PART_ROLE] = 0;
}

void header_source(struct canvas *canvas, int col, int cols, const struct account *account,
                   struct str inputs)
{
    struct parts p;
    int end = col + cols;
    fill(&p, account, inputs);
    make_fit(&p, cols);
    for (int i = 0; i < PART_COUNT && col < end; i++) {
        int room = p.cols[i] - GAP_COLS;
        if (p.cols[i] == 0)
            continue;
        canvas_text(canvas, 0, col, room < end - col ? room : end - col, 0, ROLE_HEADER,
                    str_of(p.text[i]));
        col += p.cols[i];
    }
}
