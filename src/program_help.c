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
#include "src/program.h"

/* --help from options.def, and --version, which is why this file sees every library. */

#define OPTION_COLS 33

static void print_option(char short_name, const char *name, const char *unit, const char *help)
{
    char left[80];
    int len = short_name ? snprintf(left, sizeof left, "  -%c, --%s", short_name, name)
                         : snprintf(left, sizeof left, "      --%s", name);
    if (unit[0])
        snprintf(left + len, sizeof left - (size_t)len, " %s", unit);
    printf("%-*s %s\n", OPTION_COLS, left, help);
}

void program_help(void)
{
    fputs("Usage: lambdig [OPTION...] [COMMAND] [FUNCTION...|FILE...]\n"
          "Finds out why AWS Lambda invocations failed.\n"
          "\n"
          "  lambdig demo                    the console on an incident that comes with it\n"
          "  lambdig --logs FILE...          the console on exported logs (gzip too, - is stdin)\n"
          "  lambdig --case DIR              the console on a recorded incident\n"
          "  lambdig triage --logs FILE...   a verdict for every invocation\n"
          "  lambdig config [--check]        the settings and where each came from\n"
          "\n",
          stdout);
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = option_row(option);
        print_option(row->short_name, row->name, row->unit, row->help);
    }
    print_option('h', "help", "", "this text");
    print_option(0, "version", "", "versions of lambdig and its libraries");
    fputs("Settings also come from ~/.config/lambdig/config.yaml and LAMBDIG_NAME variables.\n", stdout);
}

void program_version(void)
{
    char pcre[64] = "";
    pcre2_config(PCRE2_CONFIG_VERSION, pcre);
    printf("lambdig " PACKAGE_VERSION "\n"
           "%s\ncurl %s\njansson %s\nlibyaml %s\n%s\nzlib %s\nPCRE2 %s\nutf8proc %s\n",
           curses_version(), curl_version_info(CURLVERSION_NOW)->version, jansson_version_str(), yaml_get_version_string(),
           OpenSSL_version(OPENSSL_VERSION), zlibVersion(), pcre, utf8proc_version());
}
