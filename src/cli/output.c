#include "src/cli/output.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/utf8.h"

#define PIECE_BYTES (64u * 1024u)
#define COLS_MIN 40
#define COLS_MAX 200
#define TEXT_CEILING (64u * 1024u)

static int terminal_cols(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col < COLS_MIN ? COLS_MIN : size.ws_col > COLS_MAX ? COLS_MAX : size.ws_col;
}

static bool wants_color(const char *color)
{
    const char *term = getenv("TERM");
    if (strcmp(color, "auto") != 0)
        return strcmp(color, "always") == 0;
    return isatty(STDOUT_FILENO) && term && term[0] && strcmp(term, "dumb") != 0;
}

void output_init(struct output *out, const char *color, bool ascii)
{
    *out = (struct output){.cols = terminal_cols(), .color = wants_color(color)};
    out->ascii = ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    buf_init(&out->buf, OUTPUT_CEILING);
}

void output_flush(struct output *out)
{
    struct str rest = buf_str(&out->buf);
    while (rest.len > 0 && output_good(out)) {
        ssize_t put = write(STDOUT_FILENO, rest.at, rest.len);
        if (put >= 0)
            rest = str_from(rest, (size_t)put);
        else if (errno == EPIPE)
            out->gone = true;
        else if (errno != EINTR) {
            err_set(&out->err, ERR_INPUT_PARTIAL, "write: stdout: %s", strerror(errno));
            err_advise(&out->err, "give stdout a place that takes the result, then run it again");
        }
    }
    buf_clear(&out->buf);
}

void output_some(struct output *out)
{
    if (out->buf.len >= PIECE_BYTES)
        output_flush(out);
}

void output_release(struct output *out)
{
    output_flush(out);
    buf_release(&out->buf);
}

int output_status(const struct output *out, int status)
{
    if (out->gone)
        return 141;
    if (out->err.code == ERR_NONE)
        return status;
    err_print(&out->err);
    return status == 0 || status == 1 ? err_exit_status(&out->err) : status;
}

void output_style(struct output *out, enum style style)
{
    static const char *const escapes[] = {
        [STYLE_PLAIN] = "\033[0m", [STYLE_BOLD] = "\033[1m",    [STYLE_DIM] = "\033[2m",
        [STYLE_BAD] = "\033[1;31m", [STYLE_WARN] = "\033[1;33m", [STYLE_GOOD] = "\033[32m",
    };
    if (out->color)
        buf_add(&out->buf, str_of(escapes[style]));
}

void output_blanks(struct output *out, int count)
{
    for (int i = 0; i < count; i++)
        buf_add_char(&out->buf, ' ');
}

static int put_plain(struct output *out, struct str text, int max_cols)
{
    text = str_first(text, (size_t)max_cols);
    buf_add(&out->buf, text);
    return (int)text.len;
}

int output_text(struct output *out, struct str text, int max_cols)
{
    int dots = out->ascii ? 2 : 1, cols = 0;
    if (max_cols <= 0)
        return 0;
    if (utf8_is_plain(text) && text.len <= (size_t)max_cols)
        return put_plain(out, text, max_cols);
    bool fits = utf8_width(str_first(text, TEXT_CEILING)) <= (size_t)max_cols;
    int room = fits ? max_cols : max_cols - dots;
    while (text.len > 0) {
        struct cell_text cell;
        utf8_take_cell(&text, &cell);
        if (cols + cell.width > room)
            break;
        cols += cell.width;
        buf_add(&out->buf, cell.bytes[0] == '\t' ? STR(" ") : (struct str){cell.bytes, cell.len});
    }
    if (fits)
        return cols;
    buf_add(&out->buf, out->ascii ? STR("..") : STR("…"));
    return cols + dots;
}

/* Puts one word after a blank, or on a new line when it does not fit. */
static int put_word(struct output *out, struct str word, int indent, int col)
{
    int width = (int)utf8_width(word);
    if (col + 1 + width > out->cols) {
        buf_add_char(&out->buf, '\n');
        output_blanks(out, indent);
        col = indent;
    } else {
        buf_add_char(&out->buf, ' ');
        col++;
    }
    buf_add(&out->buf, word);
    return col + width;
}

void output_wrapped(struct output *out, struct str text, int indent, int col)
{
    struct buf clean;
    buf_init(&clean, TEXT_CEILING);
    utf8_defuse(text, false, &clean);
    struct str rest = buf_str(&clean), first = str_take_word(&rest);
    buf_add(&out->buf, first);
    col += (int)utf8_width(first);
    for (struct str word; (word = str_take_word(&rest)).len > 0;)
        col = put_word(out, word, indent, col);
    buf_add_char(&out->buf, '\n');
    buf_release(&clean);
}
