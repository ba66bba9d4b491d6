#include "config.h"

#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>
#undef lines
#undef columns

#include "src/base/buf.h"
#include "src/base/clock.h"
#include "ui/clipboard.h"
#include "ui/keys.h"
#include "ui/paint.h"
#include "ui/term_signals.h"

/* ncurses knows the terminal: it finds its capabilities, sets its modes, enters and leaves the
 * screen and follows its size. What is drawn goes out by ui/paint.c, which needs a third of
 * the bytes of curses' own update; keys are decoded by ui/keys.c, as curses would wait in getch.
 *
 * A fatal signal, die() and a normal end all leave by the same bytes, built at start: endwin()
 * allocates and is not safe in a handler. */

#define RESTORE_SIZE 512
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

static struct {
    bool started, mouse;
    int key_fd, cursor_shown;
    SCREEN *screen;
    struct termios before; /* the terminal's modes as we found them */
    FILE *keys_in;
    enum depth depth;
    int colours;           /* how many the terminal has */
    struct theme theme;
    struct paint paint;
    struct buf out;        /* one frame */
    struct keys keys;
    int64_t read_mono_ms; /* when bytes of it came last */
} term = {.key_fd = -1};

/* ---- leaving ---- */

static char restore_bytes[RESTORE_SIZE];
static size_t restore_len;
static volatile sig_atomic_t taken; /* the terminal is ours */

static void restore_add(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    if (restore_len + len > RESTORE_SIZE)
        return;
    memcpy(restore_bytes + restore_len, text ? text : "", len);
    restore_len += len;
}

/* Padding (`$<5>`) is for terminals of another age and is left out. */
static void restore_add_capability(const char *name)
{
    const char *text = tigetstr(name), *pad;
    if (text == NULL || text == (char *)-1)
        return;
    while ((pad = strstr(text, "$<")) != NULL) {
        for (; text < pad; text++)
            restore_add((char[]){*text, '\0'});
        const char *end = strchr(pad, '>');
        text = end ? end + 1 : pad + 2;
    }
    restore_add(text);
}

static void restore_build(void)
{
    restore_len = 0;
    restore_add(PASTE_OFF);
    if (term.mouse)
        restore_add(MOUSE_OFF);
    restore_add_capability("sgr0");
    restore_add_capability("op");
    restore_add_capability("cnorm");
    restore_add_capability("rmkx");
    restore_add_capability("rmcup");
}

/* Safe in a signal handler and from any thread. */
static void restore_now(void)
{
    if (!taken)
        return;
    taken = 0;
    ssize_t written = write(STDOUT_FILENO, restore_bytes, restore_len);
    (void)written;
    tcsetattr(STDOUT_FILENO, TCSANOW, &term.before);
}

/* ---- looks ---- */

static void add_parameter(char out[PAINT_SGR], struct str parameter)
{
    size_t len = strlen(out);
    if (parameter.len == 0 || len + 1 + parameter.len >= PAINT_SGR)
        return;
    if (len > 0)
        out[len++] = ';';
    (void)str_copy(out + len, PAINT_SGR - len, parameter);
}

/* `ESC [ 38;5;74 m` as terminfo has it gives `38;5;74`; anything else is no SGR and is left out. */
static struct str sgr_inside(const char *text)
{
    struct str s = str_of(text);
    if (!str_skip(&s, STR("\033[")) || s.len == 0 || str_find_char(s, 'm') != s.len - 1)
        return STR_NONE;
    return str_first(s, s.len - 1);
}

static void add_colour(char out[PAINT_SGR], const char *capability, int32_t colour)
{
    char *text = tigetstr(capability);
    if (colour == COLOUR_DEFAULT || text == NULL || text == (char *)-1)
        return;
    if (term.depth == DEPTH_RGB && colour < 8)
        colour = 8; /* below, the direct-colour entries mean the palette */
    const char *made = tparm(text, (long)colour, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
    add_parameter(out, sgr_inside(made ? made : ""));
}

/* Eight colours: the bright ones are the plain ones in bold; a bright ground is a plain one. */
static void to_eight(struct look *look)
{
    if (look->fg >= 8) {
        look->fg -= 8;
        look->attrs |= STYLE_BOLD;
    }
    if (look->bg >= 8)
        look->bg -= 8;
}

static void make_look(void *ctx, enum role role, enum role over, struct paint_look *out)
{
    static const struct { unsigned attr; const char *parameter;
    } attrs[] = {
        {STYLE_BOLD, "1"},      {STYLE_DIM, "2"},     {STYLE_ITALIC, "3"},
        {STYLE_UNDERLINE, "4"}, {STYLE_REVERSE, "7"},
    };
    enum depth depth = term.theme.colourless ? DEPTH_MONO : term.depth;
    struct look look = theme_look(&term.theme, role, over, depth);
    (void)ctx;
    if (depth == DEPTH_16 && term.colours < 16)
        to_eight(&look);
    for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++)
        add_parameter(out->sgr, look.attrs & attrs[i].attr ? str_of(attrs[i].parameter) : STR_NONE);
    add_colour(out->sgr, "setaf", look.fg);
    add_colour(out->sgr, "setab", look.bg);
    out->blank_shows = look.bg != COLOUR_DEFAULT || look.attrs & (STYLE_UNDERLINE | STYLE_REVERSE);
}

/* ---- starting ---- */

static const char *terminal_name(void)
{
    const char *name = getenv("TERM");
    return name && name[0] ? name : "not set";
}

static bool has_capability(const char *name)
{
    const char *text = tigetstr(name);
    return text && text != (char *)-1;
}

static bool check_terminal(struct err *err)
{
    int found = 0;
    if (!isatty(STDOUT_FILENO))
        return err_set(err, ERR_TERMINAL, "terminal: stdout is no terminal");
    if (getenv("TERM") == NULL || setupterm(NULL, STDOUT_FILENO, &found) != OK || found != 1)
        return err_set(err, ERR_TERMINAL,
                       "terminal: TERM is %s, which no terminfo entry describes",
                       terminal_name());
    const char *move = tigetstr("cup");
    if (!has_capability("cup") || !has_capability("clear"))
        return err_set(err, ERR_TERMINAL, "terminal: TERM is %s, which cannot move its cursor",
                       terminal_name());
    if (!str_starts(str_of(move), STR("\033[%i%p1%d;%p2%dH"))) /* padding may follow */
        return err_set(err, ERR_TERMINAL,
                       "terminal: TERM is %s, which does not move its cursor by ECMA-48",
                       terminal_name());
    return true;
}

static bool open_keys(struct err *err)
{
    if (isatty(STDIN_FILENO)) {
        term.key_fd = STDIN_FILENO;
        term.keys_in = stdin;
        return true;
    }
    term.key_fd = open("/dev/tty", O_RDONLY | O_CLOEXEC);
    if (term.key_fd < 0 || (term.keys_in = fdopen(term.key_fd, "r")) == NULL)
        return err_set(err, ERR_TERMINAL,
                       "terminal: stdin is no terminal and /dev/tty cannot be opened");
    return true;
}

/* The RGB capability of terminfo alone decides: terminals that lack it get the nearest of 256. */
static enum depth find_depth(bool colour)
{
    term.colours = tigetnum("colors");
    if (!colour || term.colours < 8 || !has_capability("setaf"))
        return DEPTH_MONO;
    if (tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || has_capability("RGB"))
        return DEPTH_RGB;
    return term.colours >= 256 ? DEPTH_256 : DEPTH_16;
}

/* The whole of it, however slowly the terminal takes it; a terminal that is gone takes nothing
 * and is noticed by the next read. */
static void say_bytes(struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes.at, bytes.len);
        if (written < 0 && errno != EINTR)
            return;
        bytes = str_from(bytes, written > 0 ? (size_t)written : 0);
    }
}

static void say(const char *bytes)
{
    say_bytes(str_of(bytes));
}

static void switch_on(void)
{
    say(PASTE_ON);
    if (term.mouse)
        say(MOUSE_ON);
}

static void start_screen(void)
{
    raw();
    noecho();
    nonl();
    curs_set(0);
    term.cursor_shown = 0;
}

/* newterm puts handlers of its own on these, which exit(1) from inside a signal and outlive the
 * screen they clean up; what was there stays. */
static SCREEN *open_screen(void)
{
    static const int taken_by_curses[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    enum { COUNT = sizeof taken_by_curses / sizeof *taken_by_curses };
    struct sigaction before[COUNT];
    for (int i = 0; i < COUNT; i++)
        sigaction(taken_by_curses[i], NULL, &before[i]);
    SCREEN *screen = newterm(NULL, stdout, term.keys_in);
    for (int i = 0; i < COUNT; i++)
        sigaction(taken_by_curses[i], &before[i], NULL);
    return screen;
}

bool term_start(const struct term_options *options, struct err *err)
{
    if (!check_terminal(err) || !open_keys(err))
        return false;
    del_curterm(cur_term); /* newterm reads the entry again and would lose this one */
    tcgetattr(STDOUT_FILENO, &term.before);
    term.mouse = options->mouse;
    if (!signals_open())
        return err_set(err, ERR_SYSTEM, "terminal: signals cannot be watched");
    term.screen = open_screen();
    if (term.screen == NULL) {
        signals_close();
        return err_set(err, ERR_TERMINAL, "terminal: TERM is %s, which curses cannot use",
                       terminal_name());
    }
    restore_build();
    signals_fatal_watch(restore_now);
    taken = 1;
    die_with(restore_now);
    start_screen();
    term.depth = find_depth(options->colour);
    keys_init(&term.keys);
    paint_init(&term.paint);
    term.paint.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    term.paint.scrolls = has_capability("csr") && has_capability("il1") && has_capability("dl1");
    term.paint.columns = has_capability("hpa");
    term.paint.make_look = make_look;
    buf_init(&term.out, 1);
    term.started = true;
    switch_on();
    return true;
}

void term_stop(void)
{
    if (!term.started)
        return;
    term.started = false;
    if (term.mouse)
        say(MOUSE_OFF);
    say(PASTE_OFF);
    endwin();
    tcsetattr(STDOUT_FILENO, TCSANOW, &term.before);
    taken = 0;
    die_with(NULL);
    signals_fatal_unwatch();
    signals_close();
    delscreen(term.screen);
    paint_release(&term.paint);
    buf_release(&term.out);
    keys_release(&term.keys);
    if (term.keys_in != stdin)
        fclose(term.keys_in);
}

void term_leave(void)
{
    if (term.mouse)
        say(MOUSE_OFF);
    say(PASTE_OFF);
    endwin();
    taken = 0;
}

void term_return(void)
{
    taken = 1;
    reset_prog_mode();
    refresh(); /* enters the screen again */
    curs_set(0);
    term.cursor_shown = 0;
    switch_on();
    term_repaint();
}

void term_suspend(void)
{
    term_leave();
    signals_stop_here();
    term_return();
}

bool term_is_utf8(void)
{
    return term.paint.utf8;
}

enum depth term_depth(void)
{
    return term.depth;
}

void term_resize(int *rows, int *cols)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        (size.ws_row != LINES || size.ws_col != COLS)) {
        resizeterm(size.ws_row, size.ws_col);
        term_repaint();
    }
    *rows = LINES > 0 ? LINES : 1;
    *cols = COLS > 0 ? COLS : 1;
}

/* ---- cells ---- */

void term_theme(const struct theme *theme)
{
    term.theme = *theme;
    paint_forget_looks(&term.paint);
}

static void place_cursor(int row, int col)
{
    int shown = row >= 0;
    if (shown)
        paint_cursor(&term.paint, row, col, &term.out);
    if (shown != term.cursor_shown)
        buf_add(&term.out, shown ? STR("\033[?25h") : STR("\033[?25l"));
    term.cursor_shown = shown;
}

void term_paint(const struct canvas *canvas, int cursor_row, int cursor_col)
{
    term.out.ceiling = 4096 + (size_t)canvas->rows * (size_t)canvas->cols * PAINT_BYTES_A_CELL;
    buf_clear(&term.out);
    paint_frame(&term.paint, canvas, &term.out);
    place_cursor(cursor_row, cursor_col);
    if (term.out.full)
        term_repaint();
    say_bytes(buf_str(&term.out));
}

void term_repaint(void)
{
    term.paint.stale = true;
}

/* ---- keys ---- */

int term_key_fd(void)
{
    return term.key_fd;
}

int term_signal_fd(void)
{
    return signals_fd();
}

int term_take_signal(void)
{
    return signals_take();
}

bool term_read(void)
{
    size_t room;
    char *at = keys_room(&term.keys, &room);
    if (room == 0)
        return true;
    ssize_t got = read(term.key_fd, at, room);
    if (got > 0) {
        term.keys.len += (size_t)got;
        term.read_mono_ms = clock_mono_ms();
    }
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

uint32_t term_key(bool late)
{
    return keys_take(&term.keys, late);
}

int term_key_wait_ms(void)
{
    int64_t left_ms = term.read_mono_ms + KEYS_ESCAPE_MS - clock_mono_ms();
    if (!keys_wait(&term.keys))
        return -1;
    return left_ms > 0 ? (int)left_ms : 0;
}

struct str term_paste(void)
{
    return buf_str(&term.keys.paste);
}

void term_mouse(int *row, int *col)
{
    *row = term.keys.mouse_row;
    *col = term.keys.mouse_col;
}

/* ---- the clipboard ---- */

bool term_can_copy(void)
{
    return has_capability("Ms");
}

void term_copy(struct str text)
{
    struct buf out;
    buf_init(&out, 2 * TERM_COPY_MAX);
    if (clipboard_osc52(str_first(text, TERM_COPY_MAX), getenv("TMUX") != NULL, &out))
        say_bytes(buf_str(&out));
    buf_release(&out);
}
