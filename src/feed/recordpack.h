/* Packs a record by what it shares with other bytes (its dictionary) and with itself: runs of
 * equal bytes are named, not repeated. Records of one function and class are alike but for
 * numbers and ids, and these stand in the log lines, too. Pure; any thread. */
#ifndef LAMBDIG_FEED_RECORDPACK_H
#define LAMBDIG_FEED_RECORDPACK_H

#include "src/base/str.h"

#define RECORD_MAX 3072u                     /* bytes of a record */
#define RECORD_PACKED_MAX (RECORD_MAX + 64u) /* nothing grows by more */
#define DICTIONARY_MAX (RECORD_MAX + 1024u)

/* Returns the bytes written. */
size_t recordpack_write(struct str record, struct str dictionary, char out[RECORD_PACKED_MAX]);
/* Unpacks what recordpack_write made, with the same dictionary; bytes after its end are not
 * looked at. Returns the bytes of the record. */
size_t recordpack_read(const char *packed, struct str dictionary, char out[RECORD_MAX]);

#endif
