/* The SDKs' file format: refused with its line and without quoting it, or sections and keys
 * that lie in the text; and words as a shell splits them. */
#include "tests/fuzz/fuzz.h"

#include "src/aws/ini.h"
#include "src/aws/words.h"

static void check_key(const struct ini *ini, const struct ini_section *section,
                      const struct ini_key *key)
{
    char path[2 * INI_LINE_BYTES + 2];
    const char *end = ini->text + ini->room;
    FUZZ_CHECK(key->name >= ini->text && key->name < end && key->name[0]);
    FUZZ_CHECK(key->value >= ini->text && key->value + strlen(key->value) < end);
    FUZZ_CHECK(!strchr(key->name, '\n') && key->line >= section->line);
    snprintf(path, sizeof path, "%s%s%s", key->sub ? key->sub : "", key->sub ? "." : "", key->name);
    if (!key->sub && !strchr(key->name, '.'))
        FUZZ_CHECK(ini_get(ini, section, path) == key);
}

static void check_file(const struct ini *ini)
{
    size_t keys = 0;
    for (size_t i = 0; i < ini->section_count; i++) {
        const struct ini_section *section = &ini->sections[i];
        FUZZ_CHECK(section->first_key == keys && section->key_count <= INI_SECTION_KEYS);
        FUZZ_CHECK(ini_find(ini, section->kind, section->name) >= section);
        for (size_t k = 0; k < section->key_count; k++)
            check_key(ini, section, &ini->keys[keys + k]);
        keys += section->key_count;
    }
    FUZZ_CHECK(keys == ini->key_count && keys <= INI_KEYS);
}

static void check_words(struct str text)
{
    char *copy = xcalloc(1, text.len + 1), *words[8];
    size_t count, len;
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    len = strlen(copy);
    if (words_split(copy, words, 8, &count)) {
        FUZZ_CHECK(count <= len);
        for (size_t i = 0; i < count && i < 8; i++)
            FUZZ_CHECK(words[i] >= copy && words[i] + strlen(words[i]) <= copy + len);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    for (enum ini_form form = INI_CONFIG; form <= INI_CREDENTIALS; form++) {
        struct ini ini;
        struct err err = {0};
        if (ini_parse(&ini, FUZZ_TEXT(bytes, len), form, "fuzz.ini", &err)) {
            check_file(&ini);
        } else {
            FUZZ_CHECK(strncmp(err.text, "fuzz.ini:", 9) == 0 && !strstr(err.text, "PLANTED"));
            FUZZ_CHECK(ini.text == NULL && ini.keys == NULL && ini.sections == NULL);
        }
        ini_release(&ini);
    }
    check_words(FUZZ_TEXT(bytes, len));
    return 0;
}
