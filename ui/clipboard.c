#include "ui/clipboard.h"

static void add_base64(struct buf *out, struct str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        unsigned long group = 0;
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < have ? (unsigned char)bytes.at[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            buf_add_char(out, j <= have ? digits[group >> (18 - 6 * j) & 63] : '=');
    }
}

bool clipboard_osc52(struct str text, bool tmux, struct buf *out)
{
    buf_add(out, tmux ? STR("\033Ptmux;\033\033]52;c;") : STR("\033]52;c;"));
    add_base64(out, text);
    buf_add(out, tmux ? STR("\a\033\\") : STR("\a"));
    return !out->full;
}
