#include "tests/golden/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/golden/grammar.h"

static struct {
    VTerm *vt;
    VTermScreen *screen;
    int fd, rows, cols;
    pid_t pid;
    int status; /* of wait; -1: still running */
    size_t received, replies;
    struct grammar grammar;
    struct termios before, after; /* the line's settings as the program found and left them */
    bool alternate, hidden;
} term = {.fd = -1, .status = -1};

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    (void)user;
    if (property == VTERM_PROP_ALTSCREEN)
        term.alternate = value->boolean;
    if (property == VTERM_PROP_CURSORVISIBLE)
        term.hidden = !value->boolean;
    return 1;
}

static void on_reply(const char *bytes, size_t len, void *user)
{
    (void)bytes;
    (void)user;
    term.replies += len;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void start_vterm(int rows, int cols)
{
    if (term.vt)
        vterm_free(term.vt);
    term.vt = vterm_new(rows, cols);
    vterm_set_utf8(term.vt, 1);
    vterm_output_set_callback(term.vt, on_reply, NULL);
    term.screen = vterm_obtain_screen(term.vt);
    vterm_screen_enable_altscreen(term.screen, 1);
    vterm_screen_set_callbacks(term.screen, &callbacks, NULL);
    vterm_screen_reset(term.screen, 1);
}

/* What a new line has: given to the child, so that there is no race to read it. */
static void read_settings(void)
{
    int master, line;
    if (openpty(&master, &line, NULL, NULL, NULL) != 0 || tcgetattr(line, &term.before) != 0) {
        perror("openpty");
        exit(99);
    }
    close(line);
    close(master);
}

/* What ran the tests (nohup, a shell's &) may have signals ignored, and a child would inherit it.
 */
static void hear_signals(void)
{
    static const int numbers[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                                  SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU};
    sigset_t none;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_DFL); /* no handler: the same everywhere */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void terminal_start(int rows, int cols, char *const argv[], char *const env[])
{
    terminal_kill();
    start_vterm(rows, cols);
    term.rows = rows;
    term.cols = cols;
    term.status = -1;
    term.received = term.replies = 0;
    term.grammar = (struct grammar){.state = GRAMMAR_GROUND};
    term.alternate = term.hidden = false;
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    read_settings();
    term.after = term.before;
    term.pid = forkpty(&term.fd, NULL, &term.before, &size);
    if (term.pid < 0) {
        perror("forkpty");
        exit(99);
    }
    if (term.pid == 0) {
        hear_signals();
        execve(argv[0], argv, env);
        perror(argv[0]);
        _exit(127);
    }
}

void terminal_resize(int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    term.rows = rows;
    term.cols = cols;
    vterm_set_size(term.vt, rows, cols);
    ioctl(term.fd, TIOCSWINSZ, &size);
}

/* Takes what is there; false when the program closed the terminal. */
static bool take(void)
{
    char bytes[65536];
    ssize_t got = read(term.fd, bytes, sizeof bytes);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    term.received += (size_t)got;
    grammar_feed(&term.grammar, bytes, (size_t)got);
    vterm_input_write(term.vt, bytes, (size_t)got);
    return true;
}

static void reap(bool block)
{
    int status;
    if (term.pid > 0 && waitpid(term.pid, &status, block ? 0 : WNOHANG) == term.pid) {
        term.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        term.pid = 0;
    }
}

/* One wait of at most `ms`; false when nothing came. */
static bool pump_once(int ms)
{
    struct pollfd fd = {.fd = term.fd, .events = POLLIN};
    if (term.fd < 0 || poll(&fd, 1, ms) <= 0)
        return false;
    if (!take()) {
        tcgetattr(term.fd, &term.after); /* of a master these are the line's */
        close(term.fd);
        term.fd = -1;
        return false;
    }
    return true;
}

void terminal_pump(int ms, int quiet_ms)
{
    long end = now_ms() + ms;
    while (term.fd >= 0 && now_ms() < end && pump_once(quiet_ms))
        ;
}

void terminal_send(const char *bytes, size_t len)
{
    while (len > 0 && term.fd >= 0) {
        ssize_t sent = write(term.fd, bytes, len);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        }
        while (pump_once(0))
            ;
    }
}

static void print_row(FILE *out, int row)
{
    int last = -1;
    VTermScreenCell cell;
    for (int col = 0; col < term.cols; col++) {
        vterm_screen_get_cell(term.screen, (VTermPos){row, col}, &cell);
        if (cell.chars[0] != 0 && cell.chars[0] != ' ')
            last = col;
    }
    for (int col = 0; col <= last; col += cell.width > 1 ? cell.width : 1) {
        vterm_screen_get_cell(term.screen, (VTermPos){row, col}, &cell);
        if (cell.chars[0] == 0)
            fputc(' ', out);
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
            char utf8[8];
            unsigned c = cell.chars[i];
            size_t n = 0;
            if (c < 0x80)
                utf8[n++] = (char)c;
            else if (c < 0x800)
                utf8[n++] = (char)(0xC0 | c >> 6);
            else if (c < 0x10000)
                utf8[n++] = (char)(0xE0 | c >> 12);
            else
                utf8[n++] = (char)(0xF0 | c >> 18);
            for (int left = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3; left-- > 0;)
                utf8[n++] = (char)(0x80 | (c >> (6 * left) & 0x3F));
            fwrite(utf8, 1, n, out);
        }
    }
    fputc('\n', out);
}

void terminal_print_text(FILE *out)
{
    for (int row = 0; row < term.rows; row++)
        print_row(out, row);
}

static bool has_text(const char *text)
{
    char *all = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&all, &len);
    terminal_print_text(out);
    fclose(out);
    bool found = strstr(all, text) != NULL;
    free(all);
    return found;
}

bool terminal_wait_text(const char *text, bool present)
{
    long end = now_ms() + DEADLINE_MS;
    while (has_text(text) != present) {
        if (now_ms() > end || (term.fd < 0 && has_text(text) != present))
            return false;
        pump_once(100);
    }
    return true;
}

bool terminal_is_running(void)
{
    reap(false);
    return term.pid > 0;
}

int terminal_wait_exit(void)
{
    long end = now_ms() + DEADLINE_MS;
    while (term.fd >= 0 && now_ms() < end)
        pump_once(100);
    while (term.pid > 0 && now_ms() < end) {
        reap(false);
        if (term.pid > 0)
            poll(NULL, 0, 5);
    }
    if (term.pid > 0) {
        terminal_kill();
        return -1;
    }
    return term.status;
}

void terminal_kill(void)
{
    if (term.pid > 0) {
        kill(term.pid, SIGKILL);
        reap(true);
    }
    if (term.fd >= 0)
        close(term.fd);
    term.fd = -1;
}

const char *terminal_foreign(void)
{
    return term.grammar.foreign[0] ? term.grammar.foreign : NULL;
}

size_t terminal_replies(void)
{
    return term.replies;
}

size_t terminal_take_count(void)
{
    size_t count = term.received;
    term.received = 0;
    return count;
}

void terminal_signal(int number)
{
    if (term.pid > 0)
        kill(term.pid, number);
}

void terminal_allow_copy(void)
{
    term.grammar.allow_copy = 1;
}

const char *terminal_left(void)
{
    const struct termios *a = &term.before, *b = &term.after;
    if (a->c_iflag != b->c_iflag || a->c_oflag != b->c_oflag || a->c_cflag != b->c_cflag ||
        a->c_lflag != b->c_lflag || memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) != 0)
        return "the line's settings (termios)";
    if (term.alternate || term.hidden)
        return "alternate screen or hidden cursor";
    return grammar_left(&term.grammar);
}

/* ---- styles ---- */

#define STYLES 52

static const char letters[STYLES + 1] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static void colour_text(const VTermColor *colour, bool foreground, char out[16])
{
    if (foreground ? VTERM_COLOR_IS_DEFAULT_FG(colour) : VTERM_COLOR_IS_DEFAULT_BG(colour))
        snprintf(out, 16, "default");
    else if (VTERM_COLOR_IS_INDEXED(colour))
        snprintf(out, 16, "%d", colour->indexed.idx);
    else
        snprintf(out, 16, "#%02x%02x%02x", colour->rgb.red, colour->rgb.green, colour->rgb.blue);
}

static void style_text(const VTermScreenCell *cell, char *out, size_t size)
{
    char fg[16], bg[16];
    /* A blank shows no ink: how it got there (erased or written) is not part of the look. */
    bool ink = (cell->chars[0] != 0 && cell->chars[0] != ' ') || cell->attrs.reverse ||
               cell->attrs.underline;
    snprintf(fg, sizeof fg, "default");
    if (ink)
        colour_text(&cell->fg, true, fg);
    colour_text(&cell->bg, false, bg);
    snprintf(out, size, "fg %s bg %s%s%s%s", fg, bg, ink && cell->attrs.bold ? " bold" : "",
             cell->attrs.underline ? " underline" : "", cell->attrs.reverse ? " reverse" : "");
}

#define PLAIN "fg default bg default"

static char style_letter(char known[STYLES][64], const char *style)
{
    if (strcmp(style, PLAIN) == 0)
        return '.';
    for (int i = 0; i < STYLES; i++) {
        if (known[i][0] == '\0')
            snprintf(known[i], 64, "%s", style);
        if (strcmp(known[i], style) == 0)
            return letters[i];
    }
    return '?';
}

void terminal_print_style(FILE *out)
{
    static char known[STYLES][64];
    memset(known, 0, sizeof known);
    for (int row = 0; row < term.rows; row++) {
        for (int col = 0; col < term.cols; col++) {
            VTermScreenCell cell;
            char style[64];
            vterm_screen_get_cell(term.screen, (VTermPos){row, col}, &cell);
            style_text(&cell, style, sizeof style);
            fputc(style_letter(known, style), out);
        }
        fputc('\n', out);
    }
    for (int i = 0; i < STYLES && known[i][0]; i++)
        fprintf(out, "%c %s\n", letters[i], known[i]);
}

/* ---- picture ---- */

#define CELL_X 9
#define CELL_Y 19

static void svg_colour(const VTermColor *colour, bool foreground, char out[16])
{
    VTermColor rgb = *colour;
    if (foreground ? VTERM_COLOR_IS_DEFAULT_FG(colour) : VTERM_COLOR_IS_DEFAULT_BG(colour)) {
        snprintf(out, 16, "%s", foreground ? "#d4d4d4" : "#16181d");
        return;
    }
    vterm_screen_convert_color_to_rgb(term.screen, &rgb);
    snprintf(out, 16, "#%02x%02x%02x", rgb.rgb.red, rgb.rgb.green, rgb.rgb.blue);
}

static void svg_glyph(FILE *out, const VTermScreenCell *cell)
{
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
        fprintf(out, "&#%u;", (unsigned)cell->chars[i]);
}

static void svg_cell(FILE *out, int row, int col, const VTermScreenCell *cell)
{
    char fg[16], bg[16];
    svg_colour(&cell->fg, true, fg);
    svg_colour(&cell->bg, false, bg);
    const char *ink = cell->attrs.reverse ? bg : fg, *paper = cell->attrs.reverse ? fg : bg;
    if (strcmp(paper, "#16181d") != 0)
        fprintf(out, "<rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>\n", col * CELL_X,
                row * CELL_Y, CELL_X * cell->width, CELL_Y, paper);
    if (cell->chars[0] == 0 || cell->chars[0] == ' ')
        return;
    fprintf(out, "<text x='%d' y='%d' fill='%s'%s%s>", col * CELL_X, row * CELL_Y + 14, ink,
            cell->attrs.bold ? " font-weight='bold'" : "",
            cell->attrs.underline ? " text-decoration='underline'" : "");
    svg_glyph(out, cell);
    fprintf(out, "</text>\n");
}

void terminal_print_svg(FILE *out)
{
    fprintf(out,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
            "font-family='DejaVu Sans Mono, Menlo, Consolas, monospace' font-size='15'>\n"
            "<rect width='100%%' height='100%%' fill='#16181d'/>\n",
            term.cols * CELL_X, term.rows * CELL_Y);
    for (int row = 0; row < term.rows; row++)
        for (int col = 0; col < term.cols; col++) {
            VTermScreenCell cell;
            vterm_screen_get_cell(term.screen, (VTermPos){row, col}, &cell);
            svg_cell(out, row, col, &cell);
        }
    fprintf(out, "</svg>\n");
}
