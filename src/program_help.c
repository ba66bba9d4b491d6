#include <curl/curl.h>
#include <curses.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
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

static void print_option(struct buf *out, char short_name, const char *name, const char *unit, const char *help)
{
    char left[80];
    int len = short_name ? snprintf(left, sizeof left, "  -%c, --%s", short_name, name)
                         : snprintf(left, sizeof left, "      --%s", name);
    if (unit[0])
        snprintf(left + len, sizeof left - (size_t)len, " %s", unit);
    buf_printf(out, "%-*s %s\n", OPTION_COLS, left, help);
}

static void print_help(struct buf *out)
{
    buf_add(out, STR("Usage: lambdig [OPTION...] [COMMAND] [FUNCTION...|FILE...]\n"
          "Finds out why AWS Lambda invocations failed.\n"
          "\n"
          "  lambdig demo                    the console on an incident that comes with it\n"
          "  lambdig --logs FILE...          the console on exported logs (gzip too, - is stdin)\n"
          "  lambdig --case DIR              the console on a recorded incident\n"
          "  lambdig triage --logs FILE...   a verdict for every invocation\n"
          "  lambdig tail --case DIR         the log lines, each with the class of its invocation\n"
          "  lambdig config [--check]        the settings and where each came from\n"
          "\n"));
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = option_row(option);
        print_option(out, row->short_name, row->name, row->unit, row->help);
    }
    print_option(out, 'h', "help", "", "this text");
    print_option(out, 0, "version", "", "versions of lambdig and its libraries");
    buf_add(out, STR("Settings also come from ~/.config/lambdig/config.yaml and LAMBDIG_NAME variables.\n"));
}

static void print_version(struct buf *out)
{
    char pcre[64] = "";
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    buf_printf(out, "lambdig " PACKAGE_VERSION "\n"
           "%s\ncurl %s\njansson %s\nlibyaml %s\n%s\nzlib %s\nPCRE2 %s\nutf8proc %s\n",
           curses_version(), curl_version_info(CURLVERSION_NOW)->version, jansson_version_str(), yaml_get_version_string(),
           OpenSSL_version(OPENSSL_VERSION), zlibVersion(), pcre, utf8proc_version());
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
