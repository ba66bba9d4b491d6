/* Which request ids came before, and how often: attempts are counted over all streams. Fixed
 * memory: 65,536 ids; the one that was not seen for longest gives way. */
#ifndef LAMBDIG_MODEL_IDS_H
#define LAMBDIG_MODEL_IDS_H

#include "src/base/str.h"

struct ids; /* ours */
struct ids *ids_new(void);
void ids_free(struct ids *ids);
/* Counts one more attempt of the id; which one it is, from 1. */
uint32_t ids_count(struct ids *ids, uint64_t id_hash);
/* How many attempts were counted; 0: not known (any more). */
uint32_t ids_seen(const struct ids *ids, uint64_t id_hash);

/* The id will be counted or looked up soon. */
void ids_expect(const struct ids *ids, uint64_t id_hash);

#endif
