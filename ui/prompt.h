/* A one-line editor with a history a label. Holds UTF-8; the cursor moves by what is drawn
 * as one character. UI thread. */
#ifndef LAMBDIG_UI_PROMPT_H
#define LAMBDIG_UI_PROMPT_H

#include "ui/canvas.h"
#include "ui/keymap.h"

#define PROMPT_BYTES 1024
#define PROMPT_HISTORY 50
#define PROMPT_LABELS 8 /* different labels with a history; more share the last one's */

struct prompt; /* ours */

enum prompt_result {
    PROMPT_NOTHING,
    PROMPT_MOVED,
    PROMPT_CHANGED,
    PROMPT_ACCEPTED,
    PROMPT_CANCELLED,
    PROMPT_COMPLETE
};

struct prompt *prompt_new(void);
void prompt_free(struct prompt *p);
void prompt_open(struct prompt *p, enum action why, struct str label, struct str text);
bool prompt_is_open(const struct prompt *p);
enum action prompt_why(const struct prompt *p);
/* Borrowed until the next key. */
struct str prompt_text(const struct prompt *p);
struct str prompt_head(const struct prompt *p); /* of it, what stands before the cursor */
struct str prompt_label(const struct prompt *p);
/* Replaces the text before the cursor, as a completion does. */
void prompt_replace(struct prompt *p, struct str text);
/* One key. ACCEPTED and CANCELLED close it (the text still stands); COMPLETE: Tab was pressed. */
enum prompt_result prompt_key(struct prompt *p, uint32_t key);
/* Pasted text: line ends become blanks and never accept. */
enum prompt_result prompt_paste(struct prompt *p, struct str text);
/* Draws label and text in a row of `cols`; the column of the cursor. */
int prompt_draw(const struct prompt *p, struct canvas *canvas, int row, int cols);

#endif
