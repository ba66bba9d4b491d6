/* A pull scanner over JSON bytes: no tree, no allocation, borrowed slices. It is lenient
 * where a page of logs must not be lost: a bad escape or a lone surrogate is noted and read as
 * U+FFFD, a NUL is kept, a number of any length is a slice. Depth is limited (JSCAN_DEPTH).
 *
 *   struct jscan j;
 *   jscan_init(&j, bytes);
 *   if (jscan_object(&j))
 *       while (jscan_key(&j, &key))
 *           if (str_eq(key, STR("message")))
 *               jscan_string(&j, &room, &message);
 *
 * What a caller does not read is skipped by the next jscan_key or jscan_element: a value of
 * an unexpected type costs nothing. */
#ifndef LAMBDIG_BASE_JSCAN_H
#define LAMBDIG_BASE_JSCAN_H

#include "src/base/buf.h"

#define JSCAN_DEPTH 256

enum jscan_type {
    JSCAN_NONE,
    JSCAN_STRING,
    JSCAN_NUMBER,
    JSCAN_OBJECT,
    JSCAN_ARRAY,
    JSCAN_TRUE,
    JSCAN_FALSE,
    JSCAN_NULL
};

struct jscan {
    struct str bytes; /* borrowed; all of the input */
    size_t at;        /* next byte to read */
    unsigned depth;
    bool failed;      /* the bytes are not JSON from here on; every later call gives false */
    bool ended;       /* failed because the bytes ended too early */
    unsigned bad_escapes; /* those that jscan_string met */
    size_t unread;    /* where a value lies that jscan_key or jscan_element announced */
};

void jscan_init(struct jscan *j, struct str bytes);

/* What the next value is, without moving past it. */
enum jscan_type jscan_peek(struct jscan *j);

/* Each moves past the value, or its opening bracket, when it is of that type; else false and
 * nothing moved. */
bool jscan_object(struct jscan *j);
bool jscan_array(struct jscan *j);
/* Inside an object: the next key, raw (escapes not decoded; keys of AWS have none), and past
 * its colon. false: the object ended, and its bracket was taken, or failed. */
bool jscan_key(struct jscan *j, struct str *key);
/* Inside an array: true while there is a further element to read. */
bool jscan_element(struct jscan *j);
/* The raw slice between the quotes; give it to jscan_unescape when it has escapes. */
bool jscan_raw_string(struct jscan *j, struct str *raw);
/* The same, decoded by jscan_unescape; bad escapes are counted in the scanner. */
bool jscan_string(struct jscan *j, struct buf *room, struct str *out);
bool jscan_number(struct jscan *j, struct str *raw);
bool jscan_bool(struct jscan *j, bool *out);
bool jscan_null(struct jscan *j);
/* Moves past any value. false: not JSON, or deeper than JSCAN_DEPTH. */
bool jscan_skip(struct jscan *j);
/* The bytes of the next value as they stand, moved past. */
bool jscan_slice(struct jscan *j, struct str *raw);

/* Decodes the escapes of a raw string. Without a backslash `raw` itself is returned; else the
 * decoded bytes are appended to `room` and lie there until it changes. Bad escapes and lone
 * surrogates become U+FFFD and are counted in *bad (may be NULL): of a bad escape only the
 * backslash is replaced. When `room` is full the string is cut at its ceiling. */
struct str jscan_unescape(struct str raw, struct buf *room, unsigned *bad);

/* Finds a member of the object that `object` holds, by plain key; its value as a raw slice. */
bool jscan_member(struct str object, struct str key, struct str *value);

#endif
