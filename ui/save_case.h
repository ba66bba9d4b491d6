/* Writes what the store holds as a case (docs/casefile.md): its functions and its log lines,
 * secrets of a known form blanked out (base/redact.h). UI thread. */
#ifndef LAMBDIG_UI_SAVE_CASE_H
#define LAMBDIG_UI_SAVE_CASE_H

#include "src/feed/store.h"

struct saved_case {
    uint64_t events;
    uint64_t untimed; /* events left out: a case needs times */
};

/* Makes `directory`, for this user alone; it must not exist, so that nothing is ever overwritten.
 * false: err names what could not be made or written; what was written stays. */
bool save_case(struct store *store, const struct store_status *status, const char *directory,
               struct saved_case *out, struct err *err) MUST_USE;

#endif
