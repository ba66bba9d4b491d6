#include <curl/curl.h>
#include <curses.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>
#include <yaml.h>
#include <zlib.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "config.h"
#include "src/cli/output.h"
#include "src/program.h"

/* --help from options.def, and --version, which is why this file sees every library. */

#define OPTION_COLS 33
#define HELP_COLS 100

static const char *const parts[] = {"triage", "tail", "account"};

static void print_option(struct buf *out, char short_name, const char *name, const char *unit,
                         const char *help)
{
    char left[80];
    int len = short_name ? snprintf(left, sizeof left, "  -%c, --%s", short_name, name)
                         : snprintf(left, sizeof left, "      --%s", name);
    if (unit[0])
        snprintf(left + len, sizeof left - (size_t)len, " %s", unit);
    buf_printf(out, "%-*s %s\n", OPTION_COLS, left, help);
}

/* An option of one part of the program names that before a colon. */
static bool is_of(const struct option_row *row, const char *part)
{
    size_t len = strlen(part);
    return strncmp(row->help, part, len) == 0 && row->help[len] == ':';
}

static bool is_of_any(const struct option_row *row)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (is_of(row, parts[i]))
            return true;
    return false;
}

/* Their names alone, in as few lines as they need. */
static void print_part(struct buf *out, const char *part)
{
    size_t line = out->len;
    buf_printf(out, "  %-8s", part);
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = option_row(option);
        if (!is_of(row, part))
            continue;
        if (out->len - line + strlen(row->name) + strlen(row->unit) + 4 > HELP_COLS) {
            buf_printf(out, "\n%10s", "");
            line = out->len - 10;
        }
        buf_printf(out, " --%s%s%s", row->name, row->unit[0] ? " " : "", row->unit);
    }
    buf_add_char(out, '\n');
}

static void print_help(struct buf *out)
{
    buf_add(out,
            STR("Usage: lambdig [OPTION...] [COMMAND] [FUNCTION...|FILE...]\n"
                "Finds out why AWS Lambda invocations failed.\n"
                "\n"
                "  lambdig [FUNCTION...]           the console on an AWS account\n"
                "  lambdig demo                    the console on an incident that comes with it\n"
                "  lambdig --logs FILE...          the console on exported logs (gzip too, - is "
                "stdin)\n"
                "  lambdig --case DIR              the console on a recorded incident\n"
                "  lambdig triage --logs FILE...   a verdict for every invocation\n"
                "  lambdig triage [FUNCTION...]    the same of the last hour of an account\n"
                "  lambdig tail FUNCTION...        its log lines, complete and in order; --follow "
                "goes on\n"
                "  lambdig trace ID|FILE           the waterfall of an X-Ray trace\n"
                "  lambdig config [--check]        the settings and where each came from\n"
                "\n"));
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = option_row(option);
        if (!is_of_any(row))
            print_option(out, row->short_name, row->name, row->unit, row->help);
    }
    print_option(out, 'h', "help", "", "this text");
    print_option(out, 0, "version", "", "versions of lambdig and its libraries");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        print_part(out, parts[i]);
    buf_add(
        out,
        STR("Settings also come from ~/.config/lambdig/config.yaml and LAMBDIG_NAME variables.\n"));
}

static void print_version(struct buf *out)
{
    char pcre[64] = "";
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    buf_printf(out,
               "lambdig " PACKAGE_VERSION "\n"
               "%s\ncurl %s\njansson %s\nlibyaml %s\n%s\nzlib %s\nPCRE2 %s\nutf8proc %s\n",
               curses_version(), curl_version_info(CURLVERSION_NOW)->version, jansson_version_str(),
               yaml_get_version_string(), OpenSSL_version(OPENSSL_VERSION), zlibVersion(), pcre,
               utf8proc_version());
}

static int print(void (*text)(struct buf *out))
{
    struct output out;
    output_init(&out, "never", false);
    text(&out.buf);
    output_flush(&out);
    int status = output_status(&out, 0);
    output_release(&out);
    return status;
}

int program_help(void)
{
    return print(print_help);
}

int program_version(void)
{
    return print(print_version);
}
