#include "src/aws/words.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies what stands between quotes from *in, past the opening one, to *out. */
static bool take_quoted(char **in, char **out)
{
    char quote = *(*in)++;
    for (; **in && **in != quote; (*in)++) {
        if (quote == '"' && **in == '\\' && ((*in)[1] == '"' || (*in)[1] == '\\'))
            (*in)++;
        *(*out)++ = **in;
    }
    if (!**in)
        return false;
    (*in)++;
    return true;
}

/* One word from *in, which stands on its first byte. The word never grows, so it is written
 * where it was read. */
static bool take_word(char **in, char **out)
{
    while (**in && !is_blank(**in)) {
        if (**in == '\'' || **in == '"') {
            if (!take_quoted(in, out))
                return false;
            continue;
        }
        if (**in == '\\' && !*++*in)
            return false;
        *(*out)++ = *(*in)++;
    }
    return true;
}

static bool add(char **out, char *end, const char *text)
{
    for (; *text && *out < end; text++)
        *(*out)++ = *text;
    **out = '\0';
    return !*text;
}

bool words_quote(const char *word, char *out, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_.,:/@%+=-";
    char *end = out + size - 1;
    if (word[0] && strspn(word, plain) == strlen(word))
        return add(&out, end, word);
    bool fits = add(&out, end, "'");
    for (; *word && fits; word++) {
        const char one[] = {*word, '\0'};
        fits = add(&out, end, *word == '\'' ? "'\\''" : one);
    }
    return fits && add(&out, end, "'");
}

bool words_split(char *text, char **words, size_t most, size_t *count)
{
    char *in = text, *out = text;
    *count = 0;
    for (;;) {
        while (is_blank(*in))
            in++;
        if (!*in)
            return true;
        char *word = out;
        if (!take_word(&in, &out))
            return false;
        bool more = *in != '\0';
        in += more;
        *out++ = '\0';
        if (*count < most)
            words[*count] = word;
        (*count)++;
        if (!more)
            return true;
    }
}
