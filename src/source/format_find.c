/* Which form an input has: text at all, then the best score of the table. */
#include "src/source/format.h"

static const struct format *const formats[] = {&format_json,  &format_json_lines, &format_csv,
                                               &format_table, &format_output,     &format_prefix,
                                               &format_raw};

/* Files that start so are no logs, whatever their name says. */
static const struct magic {
    struct str bytes;
    const char *what, *hint;
} magics[] = {
    {{"\x89PNG", 4}, "it is a PNG image", ""},
    {{"\xFF\xD8\xFF", 3}, "it is a JPEG image", ""},
    {{"GIF8", 4}, "it is a GIF image", ""},
    {{"%PDF-", 5}, "it is a PDF document", ""},
    {{"PK\x03\x04", 4}, "it is a ZIP archive", "unpack it first"},
    {{"BZh", 3}, "it is packed with bzip2", "unpack it with bunzip2 first; gzip is read as it is"},
    {{"\xFD"
      "7zXZ",
      5},
     "it is packed with xz",
     "unpack it with unxz first; gzip is read as it is"},
    {{"\x28\xB5\x2F\xFD", 4},
     "it is packed with zstd",
     "unpack it with unzstd first; gzip is read as it is"},
    {{"\xFF\xFE", 2}, "it is UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"},
    {{"\xFE\xFF", 2}, "it is UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"},
};

static bool refuse_magic(struct str head, const struct bytes *of, struct err *err)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (!str_starts(head, magics[i].bytes))
            continue;
        err_set(err, ERR_INPUT_FORMAT, "reading %s: %s: %s", of->what, of->path, magics[i].what);
        return magics[i].hint[0] ? err_advise(err, "%s", magics[i].hint) : false;
    }
    return true;
}

static bool is_control(unsigned char c)
{
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\b' && c != 0x1B;
}

enum { BLOCK = 64 };

/* No early exit: the compiler turns it into vector code. */
static bool is_plain_block(struct str block)
{
    unsigned char odd = 0;
    if (block.len < BLOCK)
        return false;
    for (size_t i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)block.at[i];
        odd |= (unsigned char)((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r'));
    }
    return odd == 0;
}

/* A lone NUL or two stand in real logs; a share of one in twenty does not. UTF-16 without
 * a mark shows as a NUL beside nearly every letter. */
static bool refuse_binary(struct str head, const struct bytes *of, struct err *err)
{
    size_t controls = 0, nuls = 0;
    for (struct str rest = head; rest.len > 0; rest = str_from(rest, BLOCK)) {
        struct str block = str_first(rest, BLOCK);
        if (is_plain_block(block))
            continue;
        for (size_t i = 0; i < block.len; i++) {
            controls += is_control((unsigned char)block.at[i]);
            nuls += block.at[i] == '\0';
        }
    }
    if (controls < 4 || controls * 20 < head.len)
        return true;
    if (nuls * 5 > head.len * 2 && nuls * 5 < head.len * 3) {
        err_set(err, ERR_INPUT_FORMAT, "reading %s: %s: it is UTF-16 text", of->what, of->path);
        return err_advise(err, "convert it: iconv -f UTF-16LE -t UTF-8");
    }
    return err_set(err, ERR_INPUT_BINARY, "reading %s: %s: it is binary", of->what, of->path);
}

/* `--output` forms of the AWS command that break messages up: read as lines, they could hide a
 * failure. */
static bool is_aws_table(struct str head)
{
    struct str rule = str_take_line(&head), title = str_take_line(&head);
    size_t dashes = 0;
    while (dashes < rule.len && rule.at[dashes] == '-')
        dashes++;
    return dashes > 20 && dashes == rule.len && str_starts(title, STR("|")) &&
           str_ends(title, STR("|")) &&
           str_find_char(str_trim(str_first(str_from(title, 1), title.len - 2)), ' ') == SIZE_MAX &&
           str_starts(head, STR("+-"));
}

static bool is_aws_yaml(struct str head)
{
    for (int i = 0; i < 8 && head.len > 0; i++) {
        struct str line = str_take_line(&head);
        str_skip(&line, STR("- "));
        if (str_eq(line, STR("events:")) || str_eq(line, STR("results:")))
            return true;
    }
    return false;
}

static bool is_aws_results(struct str head)
{
    for (int i = 0; i < 8 && head.len > 0; i++)
        if (str_starts(str_take_line(&head), STR("RESULTS\t")))
            return true;
    return false;
}

static bool refuse_broken_up(struct str head, const struct bytes *of, struct err *err)
{
    const char *form = is_aws_table(head)   ? "a table"
                       : is_aws_yaml(head)    ? "YAML"
                       : is_aws_results(head) ? "a query's result as text"
                                              : NULL;
    if (!form)
        return true;
    err_set(err, ERR_INPUT_FORMAT,
            "reading %s: %s: it is %s of the aws command, which breaks messages up", of->what,
            of->path, form);
    return err_advise(err, "export it again with --output json");
}

const struct format *format_find(struct reader *r, struct str head, bool whole,
                                 const struct bytes *of, struct err *err)
{
    const struct format *best = NULL;
    int best_score = 0;
    if (!refuse_magic(head, of, err) || !refuse_binary(head, of, err) ||
        !refuse_broken_up(head, of, err))
        return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        int score = formats[i]->looks(r, head, whole);
        if (score > best_score) {
            best_score = score;
            best = formats[i];
        }
    }
    if (!best) {
        err_set(err, ERR_INPUT_FORMAT, "reading %s: %s: no line of it is one of a Lambda log",
                of->what, of->path);
        (void)err_advise(err,
                         "give an exported log of a function; docs/formats.md lists the forms");
    }
    return best;
}
