/* The file format of the SDKs' config and credentials: [sections], `key = value`, comments
 * with # and ; at the start of a line, indented lines that go on with a value. An empty value
 * followed by indented lines opens a sub-section. The rules are those of botocore: a section
 * or key that stands twice, a line that is neither, bytes that are no UTF-8 are refused.
 *
 * Bounds: 1 MiB a file, 16 KiB a line, 4,096 sections, 20,000 keys, 1,000 a section. The bytes hold
 * secrets: they are wiped on release, and no error quotes a line. Any one thread. */
#ifndef LAMBDIG_AWS_INI_H
#define LAMBDIG_AWS_INI_H

#include "src/base/err.h"
#include "src/base/str.h"

#define INI_BYTES ((size_t)1 << 20)
#define INI_LINE_BYTES 16384u
#define INI_SECTIONS 4096u
#define INI_KEYS 20000u
#define INI_SECTION_KEYS 1000u

enum ini_form {
    INI_CONFIG,      /* [default], [profile NAME], [sso-session NAME], [services NAME] */
    INI_CREDENTIALS, /* [NAME] is a profile */
};

struct ini_section {
    const char *kind, *name; /* `profile`, `eu`; a header of another form: both empty */
    uint64_t header;         /* hash of what stands between the brackets */
    unsigned line;
    size_t first_key, key_count;
};

struct ini_key {
    const char *sub;  /* key of the sub-section; NULL: none */
    const char *name; /* lower case, but in a sub-section as it stands */
    const char *value;
    unsigned line;
};

struct ini { /* ours: ini_release */
    char *text;
    size_t room;
    struct ini_section *sections;
    size_t section_count;
    struct ini_key *keys;
    size_t key_count;
};

/* Reads `bytes` (copied). false: err is `path:line: what`, and ini is empty. */
bool ini_parse(struct ini *ini, struct str bytes, enum ini_form form, const char *path,
               struct err *err) MUST_USE;
/* The same from a file; one that does not exist is empty. Refused: a directory, a pipe, what
 * may not be read, more than INI_BYTES. */
bool ini_read(struct ini *ini, enum ini_form form, const char *path, struct err *err) MUST_USE;
void ini_release(struct ini *ini); /* wipes; zeroed: nothing */

/* The section; the last one where two headers mean the same. NULL: there is none. */
const struct ini_section *ini_find(const struct ini *ini, const char *kind, const char *name);
/* Value of `name`, or of `sub.name`; NULL: not there. */
const struct ini_key *ini_get(const struct ini *ini, const struct ini_section *section,
                              const char *name);

#endif
