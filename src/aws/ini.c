#include "src/aws/ini.h"

#include "src/aws/keys.h"
#include "src/aws/words.h"
#include "src/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The text is cut up in place: names and values point into it, each ended by a NUL. A value
 * over several lines is joined by LF where it stands, since it only gets shorter. */

struct reader {
    struct ini *ini;
    enum ini_form form;
    const char *path;
    struct err *err;
    char *at, *end;         /* what is still to be read */
    unsigned line;
    size_t indent;          /* of the last line that began something */
    const char *open;       /* name of the key that an indented line goes on with; NULL: none */
    char *value_end;        /* of `open` */
    bool has_subs;          /* `open` is a sub-section */
};

static bool refuse(const struct reader *r, const char *what)
{
    return err_set(r->err, ERR_CONFIG, "%s:%u: %s", r->path, r->line, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static char *skip_blanks(char *at)
{
    while (is_blank(*at))
        at++;
    return at;
}

static void trim_right(char *at)
{
    size_t len = strlen(at);
    while (len > 0 && is_blank(at[len - 1]))
        len--;
    at[len] = '\0';
}

static void lower(char *at)
{
    for (; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
}

/* ---- sections ---- */

static bool is_ours(const char *header)
{
    struct str rest = str_of(header), kind = str_take_word(&rest);
    return str_eq(kind, STR("profile")) || str_eq(kind, STR("sso-session")) ||
           str_eq(kind, STR("services"));
}

/* `profile "a b"` in the config; the bare name in the credentials. */
static bool name_section(const struct reader *r, struct ini_section *section, char *header)
{
    static char none[] = "";
    char *words[2] = {none, none};
    size_t count = 1;
    section->kind = "profile";
    section->name = header;
    if (r->form == INI_CREDENTIALS || strcmp(header, "default") == 0)
        return true;
    section->kind = section->name = none;
    bool ours = is_ours(header);
    if (!words_split(header, words, 2, &count) && ours)
        return refuse(r, "the name of the section has a quote without its end");
    if (ours && count == 2) {
        section->kind = words[0];
        section->name = words[1];
    }
    return true;
}

/* By the header as it stands: [default] and [profile default] may both be there. */
static bool is_new(const struct reader *r, uint64_t header)
{
    const struct ini *ini = r->ini;
    for (size_t i = 0; i < ini->section_count; i++)
        if (ini->sections[i].header == header)
            return err_set(r->err, ERR_CONFIG, "%s:%u: the section stands in line %u already",
                           r->path, r->line, ini->sections[i].line);
    return true;
}

static bool add_section(struct reader *r, char *header)
{
    struct ini *ini = r->ini;
    struct ini_section section = {.line = r->line, .first_key = ini->key_count};
    if (ini->section_count == INI_SECTIONS)
        return refuse(r, "more than 4,096 sections");
    header = skip_blanks(header);
    trim_right(header);
    section.header = str_hash(str_of(header));
    if (!is_new(r, section.header) || !name_section(r, &section, header))
        return false;
    if (ini->section_count % 64 == 0)
        ini->sections = xrealloc(ini->sections, (ini->section_count + 64) * sizeof section);
    ini->sections[ini->section_count++] = section;
    r->open = NULL;
    return true;
}

/* ---- keys ---- */

static bool add_key(struct reader *r, const char *sub, const char *name, const char *value)
{
    struct ini *ini = r->ini;
    struct ini_section *section = &ini->sections[ini->section_count - 1];
    if (section->key_count == INI_SECTION_KEYS)
        return refuse(r, "more than 1,000 keys in a section");
    if (ini->key_count == INI_KEYS)
        return refuse(r, "more than 20,000 keys");
    for (size_t i = 0; !sub && i < section->key_count; i++) {
        const struct ini_key *key = &ini->keys[section->first_key + i];
        if (!key->sub && strcmp(key->name, name) == 0)
            return refuse(r, "the key stands in this section already");
    }
    if (ini->key_count % 256 == 0)
        ini->keys = xrealloc(ini->keys, (ini->key_count + 256) * sizeof *ini->keys);
    ini->keys[ini->key_count++] = (struct ini_key){sub, name, value, r->line};
    section->key_count++;
    return true;
}

/* Cuts `key = value` in two; NULL: there is no such mark. */
static char *cut_at(char *line, const char *marks)
{
    char *mark = strpbrk(line, marks);
    char *value;
    if (!mark)
        return NULL;
    *mark = '\0';
    trim_right(line);
    value = skip_blanks(mark + 1);
    trim_right(value);
    return value;
}

static bool begin_key(struct reader *r, char *line)
{
    char *value = cut_at(line, "=:");
    if (!value)
        return refuse(r, "neither [section] nor key = value");
    if (!line[0])
        return refuse(r, "a value without a key");
    lower(line);
    if (!add_key(r, NULL, line, value))
        return false;
    r->open = line;
    r->value_end = value + strlen(value);
    r->has_subs = !value[0];
    return true;
}

static bool go_on(struct reader *r, char *line)
{
    if (r->has_subs) {
        const char *value = cut_at(line, "=");
        if (!value || !line[0])
            return refuse(r, "no key = value in a sub-section");
        return add_key(r, r->open, line, value);
    }
    size_t len = strlen(line);
    *r->value_end++ = '\n';
    memmove(r->value_end, line, len + 1);
    trim_right(r->value_end);
    r->value_end += strlen(r->value_end);
    return true;
}

/* ---- lines ---- */

/* Takes a line off the front, without its end: LF, CR LF and CR end one. */
static struct str take_line(struct reader *r)
{
    char *line = r->at;
    while (r->at < r->end && *r->at != '\n' && *r->at != '\r')
        r->at++;
    struct str out = {line, (size_t)(r->at - line)};
    if (r->at < r->end)
        r->at += *r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n' ? 2 : 1;
    r->line++;
    return out;
}

static bool check_bytes(const struct reader *r, struct str line)
{
    uint32_t code;
    if (line.len > INI_LINE_BYTES)
        return refuse(r, "a line of more than 16,384 bytes");
    while (line.len > 0) {
        size_t len = utf8_decode(line, &code);
        if (code == 0)
            return refuse(r, "a NUL byte: this is no text");
        if (code == UTF8_BAD)
            return refuse(r, "bytes that are no UTF-8");
        line = str_from(line, len);
    }
    return true;
}

static bool read_line(struct reader *r)
{
    char *line = r->at;
    struct str bytes = take_line(r);
    if (!check_bytes(r, bytes))
        return false;
    line[bytes.len] = '\0';
    char *first = skip_blanks(line);
    size_t indent = (size_t)(first - line);
    if (!*first || *first == '#' || *first == ';')
        return true;
    if (r->open && indent > r->indent)
        return go_on(r, first);
    r->indent = indent;
    char *close = *first == '[' ? strrchr(first, ']') : NULL;
    if (close && close > first + 1) {
        *close = '\0';
        return add_section(r, first + 1);
    }
    if (r->ini->section_count == 0)
        return refuse(r, "a key before the first [section]");
    return begin_key(r, first);
}

bool ini_parse(struct ini *ini, struct str bytes, enum ini_form form, const char *path,
               struct err *err)
{
    struct reader r = {.ini = ini, .form = form, .path = path, .err = err};
    *ini = (struct ini){0};
    if (bytes.len > INI_BYTES)
        return err_set(err, ERR_CONFIG, "%s: larger than 1 MiB: this is no configuration", path);
    ini->room = bytes.len + 1;
    ini->text = xcalloc(1, ini->room);
    if (bytes.len > 0)
        memcpy(ini->text, bytes.at, bytes.len);
    r.at = ini->text;
    r.end = ini->text + bytes.len;
    while (r.at < r.end)
        if (!read_line(&r)) {
            ini_release(ini);
            return false;
        }
    return true;
}

/* ---- files ---- */

/* At most INI_BYTES + 1 of an open file. */
static bool read_all(int fd, char *into, size_t *len)
{
    for (*len = 0; *len <= INI_BYTES;) {
        ssize_t n = read(fd, into + *len, INI_BYTES + 1 - *len);
        if (n == 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
        *len += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool read_open(struct ini *ini, int fd, enum ini_form form, const char *path,
                      struct err *err)
{
    struct stat st;
    size_t len = 0;
    if (fstat(fd, &st) != 0)
        return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) /* /dev/null means: none */
        return err_set(err, ERR_CONFIG, "%s: %s, not a file", path,
                       S_ISDIR(st.st_mode) ? "a directory" : "a pipe or socket");
    if (st.st_size > (off_t)INI_BYTES)
        return err_set(err, ERR_CONFIG, "%s: larger than 1 MiB: this is no configuration", path);
    char *bytes = xcalloc(1, INI_BYTES + 1);
    bool ok = read_all(fd, bytes, &len);
    if (!ok)
        err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
    ok = ok && ini_parse(ini, (struct str){bytes, len}, form, path, err);
    keys_wipe_bytes(bytes, len);
    free(bytes);
    return ok;
}

bool ini_read(struct ini *ini, enum ini_form form, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    *ini = (struct ini){0};
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (fd < 0)
        return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
    bool ok = read_open(ini, fd, form, path, err);
    close(fd);
    return ok;
}

void ini_release(struct ini *ini)
{
    if (ini->text)
        keys_wipe_bytes(ini->text, ini->room);
    free(ini->text);
    free(ini->sections);
    free(ini->keys);
    *ini = (struct ini){0};
}

/* ---- look-up ---- */

const struct ini_section *ini_find(const struct ini *ini, const char *kind, const char *name)
{
    for (size_t i = ini->section_count; i-- > 0;)
        if (strcmp(ini->sections[i].name, name) == 0 && strcmp(ini->sections[i].kind, kind) == 0)
            return &ini->sections[i];
    return NULL;
}

const struct ini_key *ini_get(const struct ini *ini, const struct ini_section *section,
                              const char *name)
{
    struct str left, rest = str_of(name);
    bool in_sub = str_find_char(rest, '.') != SIZE_MAX;
    left = in_sub ? str_take_until(&rest, '.') : STR_NONE;
    for (size_t i = section ? section->key_count : 0; i-- > 0;) {
        const struct ini_key *key = &ini->keys[section->first_key + i];
        if (!key->sub == !in_sub && str_eq(str_of(key->sub), left) &&
            str_eq(str_of(key->name), rest))
            return key;
    }
    return NULL;
}
