/* What the three forms of a triage share: the figures, and the error signatures of the forms
 * for people. One run, main thread. */
#ifndef LAMBDIG_CLI_TRIAGE_H
#define LAMBDIG_CLI_TRIAGE_H

#include "src/cli/cli.h"
#include "src/cli/output.h"
#include "src/model/invocation.h"

#define SIGNATURES_MAX 4096 /* kept apart; the rest is counted as others of its class */

struct signature {
    uint64_t key, count;
    int64_t first_unix_ms, last_unix_ms; /* TIME_NONE */
    uint32_t startups;
    bool several_functions;
    struct invocation *example; /* the first one; only as long as its text */
};

struct signatures {
    struct signature *rows; /* ours; in the order of their first occurrence */
    size_t count;
    uint16_t *slots; /* hash table over rows: index + 1; 0: free */
    uint64_t others[FAILURE_CLASS_COUNT]; /* failures beyond SIGNATURES_MAX */
};

void signatures_init(struct signatures *s);
void signatures_release(struct signatures *s);
void signatures_add(struct signatures *s, const struct invocation *inv);
/* By count, most first. Call once, at the end: no add after it. */
void signatures_sort(struct signatures *s);

struct triage {
    const struct settings *settings;
    struct source *source;
    struct output out;
    struct account account;
    struct progress progress;
    struct signatures signatures;
    uint64_t by_class[FAILURE_CLASS_COUNT];
    uint64_t invocations, failures, cold, at_limit, slow, unparsed;
    int64_t first_unix_ms, last_unix_ms; /* TIME_NONE */
    char incomplete_reason[700];         /* empty: the input was read to its end */
};

struct triage_form {
    const char *name;
    bool groups; /* wants the signatures */
    void (*invocation)(struct triage *t, const struct invocation *inv); /* NULL: nothing for each */
    void (*end)(struct triage *t);
};
extern const struct triage_form triage_json, triage_text, triage_markdown;

/* `2026-11-24 14:03:04` in the zone of the settings; TIME_NONE: `no time`. */
#define TRIAGE_TIME_SIZE 48
void triage_time(const struct triage *t, int64_t unix_ms, char out[TRIAGE_TIME_SIZE]);
/* One sentence: how many failed, of how many, and between which times. */
void triage_headline(const struct triage *t, struct buf *out);
/* `KeyError at handler.py:23`, or the class's title where the log names nothing. */
struct str triage_signature_text(const struct signature *s);
/* Several facts may rest on one line: true for the first of them, which names all. */
bool triage_is_first_of_line(const struct invocation *inv, size_t item);
/* `one fact; another fact` of the line of that first one. */
void triage_facts(const struct invocation *inv, size_t item, struct buf *out);
const char *triage_input_name(const struct triage *t, const struct evidence_item *item);

#endif
