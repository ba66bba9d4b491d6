/* A program under test inside a real pseudo-terminal, with libvterm as the terminal. One test
 * program drives one terminal at a time. Everything waits for a condition with a deadline. */
#ifndef LAMBDIG_TESTS_GOLDEN_TERMINAL_H
#define LAMBDIG_TESTS_GOLDEN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <vterm.h>

#define DEADLINE_MS 20000

/* argv[0] is the program; env are NAME=VALUE that replace the whole environment. */
void terminal_start(int rows, int cols, char *const argv[], char *const env[]);
void terminal_resize(int rows, int cols);
void terminal_send(const char *bytes, size_t len);
/* Reads what comes for at most `ms`, returns early when nothing came for `quiet_ms`. */
void terminal_pump(int ms, int quiet_ms);
bool terminal_wait_text(const char *text, bool present); /* false: the deadline passed */
/* Waits for its end: exit status, 128 + signal, or -1 when the deadline passed (then killed). */
int terminal_wait_exit(void);
void terminal_kill(void); /* only what terminal_start started */
bool terminal_is_running(void);

/* The text plane: one line a row, trailing blanks cut. */
void terminal_print_text(FILE *out);
/* The style plane: one letter a cell for each look, `.` for the plain one, and what each
 * letter means. */
void terminal_print_style(FILE *out);
/* The screen as a picture (SVG). */
void terminal_print_svg(FILE *out);

/* The first byte sequence that no terminfo entry in use would send, or NULL. */
const char *terminal_foreign(void);
/* Bytes that the terminal itself would have answered; must stay 0. */
size_t terminal_replies(void);
/* Bytes received since the last call. */
size_t terminal_take_count(void);
void terminal_signal(int number); /* to the program */
void terminal_allow_copy(void);   /* OSC 52 may come from now on */
/* What the program that ended did not put back, by name: a mode of the terminal, or a setting of
 * its line. NULL: all is as it was. */
const char *terminal_left(void);

#endif
