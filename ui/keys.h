/* Bytes from a terminal to keys. Pure; bounded; any bytes are safe. What is no known key (a
 * terminal's answer, an unknown sequence) is swallowed whole, so that it cannot act as keys. */
#ifndef LAMBDIG_UI_KEYS_H
#define LAMBDIG_UI_KEYS_H

#include "src/base/buf.h"
#include "ui/keymap.h"

#define KEYS_ROOM 4096u              /* bytes read ahead; more waits in the terminal */
#define KEYS_PASTE_MAX (64u * 1024u) /* bytes of one paste; the rest of it is dropped */
#define KEYS_ESCAPE_MS 25            /* Esc alone is a key after this long */

struct keys {
    char bytes[KEYS_ROOM];
    size_t len;
    bool pasting;
    struct buf paste;   /* what the last KEY_PASTE_ brought, and what is being gathered */
    int mouse_row, mouse_col; /* of the last KEY_CLICK_ or wheel, from 0 */
};

void keys_init(struct keys *k);
void keys_release(struct keys *k);
/* Where to read into; never more than `room` bytes. Add what came to k->len. */
char *keys_room(struct keys *k, size_t *room);
/* The next key; 0: none is complete. `late`: KEYS_ESCAPE_MS went by since the last byte, so
 * what waits is all there is. */
uint32_t keys_take(struct keys *k, bool late);
/* Something waits for its rest: ask again with `late` after KEYS_ESCAPE_MS. */
bool keys_wait(const struct keys *k);

#endif
