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
#include <wchar.h>
#ifdef HAVE_SYS_SIGNALFD_H
#include <sys/signalfd.h>
#endif

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>
#undef lines
#undef columns

#include "src/base/buf.h"
#include "src/base/utf8.h"
#include "ui/keys.h"

/* ncurses knows the terminal; this file decides when it may speak. Cells that did not change
 * are never handed over, so that a frame without news writes no byte. Keys are read here and
 * decoded by ui/keys.c: curses would wait inside getch.
 *
 * A fatal signal, die() and a normal end all leave by the same bytes, built at start: endwin()
 * allocates and is not safe in a handler. */

#define PAIRS_MAX 255
#define RESTORE_SIZE 512
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct paint { /* a look as curses has it */
    bool known;
    attr_t attrs;
    short pair;
};

static struct {
    bool started, ansi, mouse, utf8, stale, default_colours;
    int key_fd, signal_fd, signal_write_fd, cursor_shown;
    SCREEN *screen;
    struct termios before; /* the terminal's modes as we found them */
    FILE *keys_in;
    enum depth depth;
    struct theme theme;
    struct paint paints[ROLE_COUNT][ROLE_COUNT]; /* role by what is laid over it */
    struct { int32_t fg, bg; } pairs[PAIRS_MAX + 1];
    short pair_count;
    struct canvas painted; /* what the terminal shows */
    cchar_t *line;
    struct keys keys;
} term = {.key_fd = -1, .signal_fd = -1, .signal_write_fd = -1};

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
    if (term.ansi)
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

static const int fatal_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSYS, SIGTRAP};
#define FATAL_COUNT (sizeof fatal_signals / sizeof *fatal_signals)
static struct sigaction fatal_before[FATAL_COUNT];

static void fatal(int number)
{
    int saved = errno;
    restore_now();
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal_signals[i] == number)
            sigaction(number, &fatal_before[i], NULL);
    errno = saved;
    raise(number); /* held until the handler returns; then the process dies by it */
}

static void fatal_watch(void)
{
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = fatal, .sa_flags = SA_ONSTACK};
    sigaltstack(&alternate, NULL);
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        sigaction(fatal_signals[i], &action, &fatal_before[i]);
}

static void fatal_unwatch(void)
{
    for (size_t i = 0; i < FATAL_COUNT; i++)
        sigaction(fatal_signals[i], &fatal_before[i], NULL);
}

/* ---- signals as events ---- */

static const int event_signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGCONT, SIGTSTP};
#define EVENT_COUNT (sizeof event_signals / sizeof *event_signals)
static sigset_t mask_before;

#ifdef HAVE_SYS_SIGNALFD_H
static bool signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < EVENT_COUNT; i++)
        sigaddset(&set, event_signals[i]);
    pthread_sigmask(SIG_BLOCK, &set, &mask_before);
    term.signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return term.signal_fd >= 0;
}

static void signals_close(void)
{
    close(term.signal_fd);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

int term_take_signal(void)
{
    struct signalfd_siginfo one;
    return read(term.signal_fd, &one, sizeof one) == (ssize_t)sizeof one ? (int)one.ssi_signo : 0;
}
#else
static struct sigaction event_before[EVENT_COUNT];

static void note_signal(int number)
{
    unsigned char byte = (unsigned char)number;
    int saved = errno;
    ssize_t written = write(term.signal_write_fd, &byte, 1);
    (void)written;
    errno = saved;
}

static bool signals_open(void)
{
    int ends[2];
    sigset_t set;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    term.signal_fd = ends[0];
    term.signal_write_fd = ends[1];
    sigemptyset(&set);
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        sigaction(event_signals[i], &action, &event_before[i]);
        sigaddset(&set, event_signals[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, &mask_before);
    return true;
}

static void signals_close(void)
{
    for (size_t i = 0; i < EVENT_COUNT; i++)
        sigaction(event_signals[i], &event_before[i], NULL);
    close(term.signal_fd);
    close(term.signal_write_fd);
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

int term_take_signal(void)
{
    unsigned char byte;
    return read(term.signal_fd, &byte, 1) == 1 ? byte : 0;
}
#endif

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
        return err_set(err, ERR_TERMINAL, "terminal: TERM is %s, which no terminfo entry describes", terminal_name());
    if (!has_capability("cup") || !has_capability("clear"))
        return err_set(err, ERR_TERMINAL, "terminal: TERM is %s, which cannot move its cursor", terminal_name());
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
        return err_set(err, ERR_TERMINAL, "terminal: stdin is no terminal and /dev/tty cannot be opened");
    return true;
}

/* The RGB capability of terminfo alone decides: terminals that lack it get the nearest of 256. */
static enum depth find_depth(bool colour)
{
    if (!colour || !has_colors())
        return DEPTH_MONO;
    if (tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || has_capability("RGB"))
        return DEPTH_RGB;
    return COLORS >= 256 ? DEPTH_256 : COLORS >= 8 ? DEPTH_16 : DEPTH_MONO;
}

static void start_colours(bool colour)
{
    term.depth = DEPTH_MONO;
    if (!colour || start_color() != OK)
        return;
    term.depth = find_depth(colour);
    term.default_colours = use_default_colors() == OK;
}

static void say(const char *bytes)
{
    size_t len = strlen(bytes);
    ssize_t written = write(STDOUT_FILENO, bytes, len);
    (void)written;
}

static void switch_on(void)
{
    if (term.ansi)
        say(PASTE_ON);
    if (term.mouse)
        say(MOUSE_ON);
}

static void start_screen(void)
{
    raw();
    noecho();
    nonl();
    set_escdelay(KEYS_ESCAPE_MS);
    idlok(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    curs_set(0);
    term.cursor_shown = 0;
}

bool term_start(const struct term_options *options, struct err *err)
{
    if (!check_terminal(err) || !open_keys(err))
        return false;
    tcgetattr(STDOUT_FILENO, &term.before);
    const char *move = tigetstr("cup");
    term.ansi = strncmp(move, "\033[", 2) == 0;
    term.mouse = options->mouse && term.ansi;
    term.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!signals_open())
        return err_set(err, ERR_SYSTEM, "terminal: signals cannot be watched");
    term.screen = newterm(NULL, stdout, term.keys_in);
    if (term.screen == NULL)
        return err_set(err, ERR_TERMINAL, "terminal: TERM is %s, which curses cannot use", terminal_name());
    restore_build();
    fatal_watch();
    taken = 1;
    die_with(restore_now);
    start_screen();
    start_colours(options->colour);
    keys_init(&term.keys);
    canvas_init(&term.painted);
    term.started = term.stale = true;
    refresh();
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
    if (term.ansi)
        say(PASTE_OFF);
    endwin();
    tcsetattr(STDOUT_FILENO, TCSANOW, &term.before);
    taken = 0;
    die_with(NULL);
    fatal_unwatch();
    signals_close();
    delscreen(term.screen);
    canvas_release(&term.painted);
    free(term.line);
    term.line = NULL;
    keys_release(&term.keys);
    if (term.keys_in != stdin)
        fclose(term.keys_in);
}

void term_suspend(void)
{
    sigset_t stop;
    struct sigaction plain = {.sa_handler = SIG_DFL}, before;
    if (term.mouse)
        say(MOUSE_OFF);
    if (term.ansi)
        say(PASTE_OFF);
    endwin();
    taken = 0;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &plain, &before);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    kill(0, SIGTSTP); /* the whole job, as the terminal's own Ctrl-z does */
#ifdef HAVE_SYS_SIGNALFD_H
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
#endif
    sigaction(SIGTSTP, &before, NULL);
    taken = 1;
    reset_prog_mode();
    refresh();
    switch_on();
    term_repaint();
}

bool term_is_utf8(void)
{
    return term.utf8;
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
        term.stale = true;
    }
    *rows = LINES > 0 ? LINES : 1;
    *cols = COLS > 0 ? COLS : 1;
}

/* ---- looks ---- */

/* A pair for two colours; 0, the terminal's own, where no more can be had. */
static short pair_of(int32_t fg, int32_t bg)
{
    if ((fg == COLOUR_DEFAULT && bg == COLOUR_DEFAULT) || !term.default_colours)
        return 0;
    for (short i = 1; i <= term.pair_count; i++)
        if (term.pairs[i].fg == fg && term.pairs[i].bg == bg)
            return i;
    if (term.pair_count >= PAIRS_MAX || term.pair_count + 1 >= COLOR_PAIRS)
        return 0;
    short pair = ++term.pair_count;
    term.pairs[pair].fg = fg;
    term.pairs[pair].bg = bg;
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
    init_extended_pair(pair, fg, bg);
#else
    init_pair(pair, (short)fg, (short)bg);
#endif
    return pair;
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

static attr_t attrs_of(unsigned style)
{
    attr_t attrs = A_NORMAL;
    attrs |= style & STYLE_DIM ? A_DIM : 0;
    attrs |= style & STYLE_BOLD ? A_BOLD : 0;
    attrs |= style & STYLE_UNDERLINE ? A_UNDERLINE : 0;
    attrs |= style & STYLE_REVERSE ? A_REVERSE : 0;
#ifdef A_ITALIC
    attrs |= style & STYLE_ITALIC ? A_ITALIC : 0;
#endif
    return attrs;
}

static const struct paint *paint_of(const struct cell *cell)
{
    struct paint *paint = &term.paints[cell->role][cell->over];
    if (paint->known)
        return paint;
    enum depth depth = term.theme.colourless ? DEPTH_MONO : term.depth;
    struct look look = theme_look(&term.theme, (enum role)cell->role, (enum role)cell->over, depth);
    if (depth == DEPTH_16 && COLORS < 16)
        to_eight(&look);
    paint->known = true;
    paint->pair = depth == DEPTH_MONO ? 0 : pair_of(look.fg, look.bg);
    paint->attrs = attrs_of(look.attrs);
    return paint;
}

void term_theme(const struct theme *theme)
{
    term.theme = *theme;
    memset(term.paints, 0, sizeof term.paints);
    term.pair_count = 0;
    term.stale = true;
}

/* ---- cells ---- */

/* What curses and the terminal would count differently than the canvas did is shown as `?`:
 * one wrong width would shift the rest of the row. */
static bool to_wide(const struct cell *cell, int width, wchar_t out[CCHARW_MAX + 1])
{
    struct str bytes = {cell->bytes, cell->len};
    int count = 0;
    while (bytes.len > 0 && count < CCHARW_MAX) {
        uint32_t code;
        bytes = str_from(bytes, utf8_decode(bytes, &code));
        if (code == UTF8_BAD || (!term.utf8 && code > 0x7E) || wcwidth((wchar_t)code) != (count ? 0 : width))
            return false;
        out[count++] = (wchar_t)code;
    }
    out[count] = L'\0';
    return count > 0;
}

static bool is_wide(const struct canvas *c, int row, int col)
{
    return col + 1 < c->cols && c->cells[row * c->cols + col + 1].len == 0;
}

/* The cells of a row from `col` up to `past` as curses cells; how many (a wide one counts once). */
static int to_line(const struct canvas *c, int row, int col, int past)
{
    int count = 0;
    wchar_t text[CCHARW_MAX + 1];
    for (int i = col; i < past; i++) {
        const struct cell *cell = &c->cells[row * c->cols + i];
        const struct paint *paint = paint_of(cell);
        bool wide = is_wide(c, row, i);
        if (cell->len == 0)
            continue;
        bool good = to_wide(cell, wide ? 2 : 1, text);
        for (int n = 0; n < (good || !wide ? 1 : 2); n++)
            setcchar(&term.line[count++], good ? text : L"?", paint->attrs, paint->pair, NULL);
    }
    return count;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->len == b->len && a->role == b->role && a->over == b->over && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Only the run between the first and the last cell that changed is handed over. */
static bool paint_row(const struct canvas *c, int row)
{
    const struct cell *now = &c->cells[row * c->cols], *was = &term.painted.cells[row * c->cols];
    int first = 0, past = c->cols;
    if (!term.stale) {
        while (first < past && same_cell(&now[first], &was[first]))
            first++;
        while (past > first && same_cell(&now[past - 1], &was[past - 1]))
            past--;
    }
    if (first == past)
        return false;
    while (first > 0 && (now[first].len == 0 || was[first].len == 0))
        first--; /* a wide character goes out whole */
    if (past < c->cols && (now[past].len == 0 || was[past].len == 0))
        past++;
    int count = to_line(c, row, first, past);
    mvadd_wchnstr(row, first, term.line, count);
    return true;
}

static void fit_painted(const struct canvas *c)
{
    if (term.painted.rows == c->rows && term.painted.cols == c->cols)
        return;
    canvas_resize(&term.painted, c->rows, c->cols);
    term.line = xrealloc(term.line, ((size_t)c->cols + 1) * sizeof *term.line);
    term.stale = true;
}

static bool place_cursor(int row, int col)
{
    int shown = row >= 0;
    bool changed = shown != term.cursor_shown;
    if (changed) {
        curs_set(shown);
        leaveok(stdscr, !shown);
        term.cursor_shown = shown;
    }
    if (shown)
        changed |= move(row, col) == OK;
    return changed;
}

void term_paint(const struct canvas *canvas, int cursor_row, int cursor_col)
{
    fit_painted(canvas);
    bool changed = term.stale;
    if (term.stale)
        clearok(curscr, TRUE);
    for (int row = 0; row < canvas->rows && row < LINES; row++)
        changed |= paint_row(canvas, row);
    changed |= place_cursor(cursor_row, cursor_col);
    if (!changed)
        return;
    memcpy(term.painted.cells, canvas->cells, (size_t)canvas->rows * (size_t)canvas->cols * sizeof *canvas->cells);
    term.stale = false;
    refresh();
}

void term_repaint(void)
{
    term.stale = true;
}

/* ---- keys ---- */

int term_key_fd(void)
{
    return term.key_fd;
}

int term_signal_fd(void)
{
    return term.signal_fd;
}

bool term_read(void)
{
    size_t room;
    char *at = keys_room(&term.keys, &room);
    if (room == 0)
        return true;
    ssize_t got = read(term.key_fd, at, room);
    if (got > 0)
        term.keys.len += (size_t)got;
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

uint32_t term_key(bool late)
{
    return keys_take(&term.keys, late);
}

int term_key_wait_ms(void)
{
    return keys_wait(&term.keys) ? KEYS_ESCAPE_MS : -1;
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

void term_copy(struct str text)
{
    struct buf out;
    bool tmux = getenv("TMUX") != NULL;
    if (!term.ansi)
        return;
    buf_init(&out, 2 * TERM_COPY_MAX);
    buf_add(&out, tmux ? STR("\033Ptmux;\033\033]52;c;") : STR("\033]52;c;"));
    add_base64(&out, str_first(text, TERM_COPY_MAX));
    buf_add(&out, tmux ? STR("\a\033\\") : STR("\a"));
    ssize_t written = write(STDOUT_FILENO, out.at, out.len);
    (void)written;
    buf_release(&out);
}
