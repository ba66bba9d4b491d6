#include "src/base/jsonout.h"
#include "src/base/utf8.h"
#include "src/cli/cli.h"
#include "src/cli/output.h"

/* The effective configuration, each value with where it came from. */

#define VALUE_MAX (8u << 20) /* 1,024 values of 4,096 bytes at most */

static void put_padded(struct output *out, struct str text, int cols)
{
    output_blanks(out, cols - output_text(out, text, 4096));
}

static void put_text_row(struct output *out, struct str name, struct str value, struct str origin)
{
    put_padded(out, name, 26);
    put_padded(out, value.len ? value : STR("-"), 24);
    buf_add_char(&out->buf, ' ');
    output_style(out, STYLE_DIM);
    output_text(out, origin, 4096);
    output_style(out, STYLE_PLAIN);
    buf_add_char(&out->buf, '\n');
}

static void put_json_row(struct output *out, const char *kind, struct str name, struct str value,
                         struct str origin)
{
    struct jsonout j;
    jsonout_init(&j, &out->buf);
    jsonout_open(&j, '{');
    jsonout_key(&j, "kind");
    jsonout_str(&j, str_of(kind));
    jsonout_key(&j, "name");
    jsonout_str(&j, name);
    jsonout_key(&j, "value");
    jsonout_str(&j, value);
    jsonout_key(&j, "origin");
    jsonout_str(&j, origin);
    jsonout_close(&j, '}');
    jsonout_line(&j);
}

static void put_row(struct output *out, bool json, const char *kind, struct str name,
                    struct str value, const char *origin)
{
    if (json)
        put_json_row(out, kind, name, value, str_of(origin));
    else
        put_text_row(out, name, value, str_of(origin));
    output_some(out);
}

static void put_settings(struct output *out, const struct settings *settings, bool json)
{
    struct buf value;
    buf_init(&value, VALUE_MAX);
    for (enum option_id option = 0; option < OPTION_COUNT; option++) {
        buf_clear(&value);
        settings_text(settings, option, &value);
        put_row(out, json, "setting", str_of(option_row(option)->name), buf_str(&value),
                settings->origin[option]);
    }
    buf_release(&value);
    for (size_t i = 0; i < settings->key_count; i++) {
        const struct key_override *key = &settings->keys[i];
        put_row(out, json, "key", str_of(key->action), str_of(key->keys), key->where);
    }
}

int cli_config(const struct settings *settings, bool check)
{
    bool json = strcmp(settings->format, "json") == 0;
    struct output out;
    output_init(&out, settings->color, settings->ascii);
    if (!check)
        put_settings(&out, settings, json);
    else if (json)
        buf_add(&out.buf, STR("{\"kind\":\"check\",\"good\":true}\n"));
    else
        buf_add(&out.buf, STR("the configuration is good\n"));
    output_flush(&out);
    int status = output_status(&out, 0);
    output_release(&out);
    return status;
}
