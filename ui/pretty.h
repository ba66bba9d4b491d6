/* JSON in lines, indented, for reading; texts with line ends in them (stack traces) are laid
 * out line by line. What is not JSON from its first brace to the end is left alone. Pure. */
#ifndef LAMBDIG_UI_PRETTY_H
#define LAMBDIG_UI_PRETTY_H

#include "ui/log_line.h"

/* Appends at most `max` lines; how many. 0: there is no JSON object or array in the text. A cut is
 * said in the last line. */
size_t pretty_lines(struct str text, struct log_line *lines, size_t max, struct buf *out);

#endif
