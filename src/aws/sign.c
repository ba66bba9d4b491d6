#include "src/aws/sign.h"

#include "src/base/digest.h"

#include <stdio.h>
#include <stdlib.h>

/* Canonical request, string to sign, signature: one function each, in that order.
 *
 * The trap is the path: a service other than S3 takes what stands in the request line, percent
 * signs included, as raw bytes and encodes it once more. So `%3A` is signed as `%253A`. The query
 * is decoded first and then encoded. */

#define QUERY_PIECES 128u
#define SEGMENTS 64u
#define OWN_HEADERS 4u /* host, date, token, hash */
#define STAMP_SIZE 17u /* 20150830T123600Z */
#define SCOPE_SIZE 160u
#define HEX_SIZE (2u * DIGEST_SHA256 + 1u)

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void sign_encode(struct buf *out, struct str bytes)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.at[i];
        if (is_unreserved((char)c)) {
            buf_add_char(out, (char)c);
        } else {
            char code[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_add(out, (struct str){code, sizeof code});
        }
    }
}

/* ---- the path ---- */

/* Drops empty, `.` and `..` segments. false: too many segments. */
static bool add_normal_path(struct buf *out, struct str path)
{
    struct str kept[SEGMENTS];
    size_t count = 0;
    bool ends_in_slash = path.len > 0 && path.at[path.len - 1] == '/';
    for (struct str rest = path; rest.len > 0;) {
        struct str segment = str_take_until(&rest, '/');
        if (segment.len == 0 || str_eq(segment, STR(".")))
            continue;
        if (str_eq(segment, STR(".."))) {
            count -= count > 0;
            continue;
        }
        if (count == SEGMENTS)
            return false;
        kept[count++] = segment;
    }
    for (size_t i = 0; i < count; i++) {
        buf_add_char(out, '/');
        sign_encode(out, kept[i]);
    }
    if (count == 0 || ends_in_slash)
        buf_add_char(out, '/');
    return true;
}

static bool add_path(struct buf *out, const struct sign_input *input, struct err *err)
{
    if (input->s3)
        return buf_add(out, input->path.len ? input->path : STR("/"));
    return add_normal_path(out, input->path) ||
           err_set(err, ERR_CEILING, "signing %.*s: more than %u path segments",
                   (int)(input->path.len < 200 ? input->path.len : 200), input->path.at, SEGMENTS);
}

/* ---- the query ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decoded and encoded again; a percent sign that begins no escape stands for itself. */
static struct str add_recoded(struct buf *out, struct str text)
{
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        int high = i + 2 < text.len ? hex_value(text.at[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.at[i + 2]) : -1;
        if (c == '%' && low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        sign_encode(out, (struct str){&c, 1});
    }
    return (struct str){out->at + start, out->len - start};
}

static int compare_pieces(const void *left, const void *right)
{
    const struct header *a = left, *b = right;
    int order = str_compare(a->name, b->name);
    return order ? order : str_compare(a->value, b->value);
}

static bool add_query(struct buf *out, struct str query, struct err *err)
{
    struct header pieces[QUERY_PIECES];
    size_t count = 0;
    struct buf recoded;
    buf_init(&recoded, 3 * query.len + 1);
    buf_reserve(&recoded, 3 * query.len + 1); /* now it never moves: pieces point into it */
    bool fits = true;
    for (struct str rest = query; rest.len > 0 && fits;) {
        struct str piece = str_take_until(&rest, '&');
        if (piece.len == 0)
            continue;
        fits = count < QUERY_PIECES;
        if (fits) {
            pieces[count].name = add_recoded(&recoded, str_take_until(&piece, '='));
            pieces[count++].value = add_recoded(&recoded, piece);
        }
    }
    qsort(pieces, count, sizeof pieces[0], compare_pieces);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(out, '&');
        buf_add(out, pieces[i].name);
        buf_add_char(out, '=');
        buf_add(out, pieces[i].value);
    }
    buf_release(&recoded);
    return fits ||
           err_set(err, ERR_CEILING, "signing: more than %u query parameters", QUERY_PIECES);
}

/* ---- the headers ---- */

struct signed_headers {
    struct header at[SIGN_HEADERS + OWN_HEADERS];
    size_t count;
    char stamp[STAMP_SIZE];
    char hash[HEX_SIZE];
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int compare_names(struct str a, struct str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int order = (unsigned char)lower(a.at[i]) - (unsigned char)lower(b.at[i]);
        if (order)
            return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* Sorted by name; of one name, in the order in which they came. */
static void insert_header(struct signed_headers *headers, struct str name, struct str value)
{
    size_t at = headers->count++;
    for (; at > 0 && compare_names(headers->at[at - 1].name, name) > 0; at--)
        headers->at[at] = headers->at[at - 1];
    headers->at[at] = (struct header){name, value};
}

static bool is_header_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!is_unreserved(name.at[i]))
            return false;
    }
    return name.len > 0;
}

static bool is_header_value(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c == 0x7F || (c < ' ' && c != '\t'))
            return false;
    }
    return true;
}

static void write_stamp(int64_t unix_ms, char stamp[STAMP_SIZE])
{
    char iso[CLOCK_ISO_SIZE]; /* 2015-08-30T12:36:00.000Z */
    clock_iso(unix_ms, iso);
    snprintf(stamp, STAMP_SIZE, "%.4s%.2s%.5s%.2s%.2sZ", iso, iso + 5, iso + 8, iso + 14, iso + 17);
}

static void hash_hex(struct str bytes, char out[HEX_SIZE])
{
    unsigned char raw[DIGEST_SHA256];
    digest_sha256(bytes, raw);
    digest_hex(raw, sizeof raw, out);
}

static bool collect_headers(struct signed_headers *headers, const struct sign_input *input,
                            const struct keys *keys, struct err *err)
{
    if (input->header_count > SIGN_HEADERS)
        return err_set(err, ERR_CEILING, "signing: more than %u headers", SIGN_HEADERS);
    headers->count = 0;
    write_stamp(input->unix_ms, headers->stamp);
    hash_hex(input->body, headers->hash);
    insert_header(headers, STR("host"), input->host);
    insert_header(headers, STR("x-amz-date"), str_of(headers->stamp));
    if (keys->token[0])
        insert_header(headers, STR("x-amz-security-token"), str_of(keys->token));
    if (input->s3)
        insert_header(headers, STR("x-amz-content-sha256"), str_of(headers->hash));
    for (size_t i = 0; i < input->header_count; i++)
        insert_header(headers, input->headers[i].name, input->headers[i].value);
    for (size_t i = 0; i < headers->count; i++) {
        struct str name = str_first(headers->at[i].name, 100);
        if (!is_header_name(headers->at[i].name) || !is_header_value(headers->at[i].value))
            return err_set(err, ERR_CONFIG,
                           "signing: the header %.*s has bytes that no header may have",
                           STR_ARG(name));
    }
    return true;
}

/* Trimmed, and each run of blanks inside is one space. */
static void add_squeezed(struct buf *out, struct str value)
{
    bool any = false, blank = false;
    for (size_t i = 0; i < value.len; i++) {
        bool is_blank = value.at[i] == ' ' || value.at[i] == '\t';
        if (!is_blank) {
            if (blank && any)
                buf_add_char(out, ' ');
            buf_add_char(out, value.at[i]);
            any = true;
        }
        blank = is_blank;
    }
}

static void add_name(struct buf *out, struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        buf_add_char(out, lower(name.at[i]));
}

static bool is_repeat(const struct signed_headers *headers, size_t i)
{
    return i > 0 && compare_names(headers->at[i - 1].name, headers->at[i].name) == 0;
}

static void add_header_lines(struct buf *out, const struct signed_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (is_repeat(headers, i)) {
            buf_add_char(out, ',');
        } else {
            if (i > 0)
                buf_add_char(out, '\n');
            add_name(out, headers->at[i].name);
            buf_add_char(out, ':');
        }
        add_squeezed(out, headers->at[i].value);
    }
    buf_add_char(out, '\n');
}

static void add_header_names(struct buf *out, const struct signed_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (is_repeat(headers, i))
            continue;
        if (i > 0)
            buf_add_char(out, ';');
        add_name(out, headers->at[i].name);
    }
}

/* ---- the three stages ---- */

static bool add_canonical(const struct sign_input *input, const struct signed_headers *headers,
                          struct buf *out, struct err *err)
{
    buf_add(out, input->method);
    buf_add_char(out, '\n');
    if (!add_path(out, input, err))
        return false;
    buf_add_char(out, '\n');
    if (!add_query(out, input->query, err))
        return false;
    buf_add_char(out, '\n');
    add_header_lines(out, headers);
    buf_add_char(out, '\n');
    add_header_names(out, headers);
    buf_printf(out, "\n%s", headers->hash);
    return !out->full ||
           err_set(err, ERR_CEILING, "signing: the request line is longer than %zu bytes",
                   out->ceiling);
}

bool sign_canonical(const struct sign_input *input, const struct keys *keys, struct buf *out,
                    struct err *err)
{
    struct signed_headers headers;
    return collect_headers(&headers, input, keys, err) && add_canonical(input, &headers, out, err);
}

static void write_scope(const struct sign_input *input, const char *stamp, char scope[SCOPE_SIZE])
{
    snprintf(scope, SCOPE_SIZE, "%.8s/%s/%s/aws4_request", stamp, input->region, input->service);
}

void sign_string(const struct sign_input *input, struct str canonical, struct buf *out)
{
    char stamp[STAMP_SIZE], scope[SCOPE_SIZE], hash[HEX_SIZE];
    write_stamp(input->unix_ms, stamp);
    write_scope(input, stamp, scope);
    hash_hex(canonical, hash);
    buf_printf(out, "AWS4-HMAC-SHA256\n%s\n%s\n%s", stamp, scope, hash);
}

/* The key of the day, region and service: four HMACs, each the key of the next. */
static void sign_hex(const struct sign_input *input, const struct keys *keys, const char *stamp,
                     struct str text, char out[HEX_SIZE])
{
    char first[sizeof keys->secret + 4];
    unsigned char key[DIGEST_SHA256];
    const struct str steps[] = {{stamp, 8}, str_of(input->region), str_of(input->service),
                                STR("aws4_request"), text};
    int len = snprintf(first, sizeof first, "AWS4%s", keys->secret);
    struct str by = {first, (size_t)len};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        unsigned char next[DIGEST_SHA256];
        digest_hmac_sha256(by, steps[i], next);
        memcpy(key, next, sizeof key);
        by = (struct str){(const char *)key, sizeof key};
        keys_wipe_bytes(next, sizeof next);
    }
    digest_hex(key, sizeof key, out);
    keys_wipe_bytes(first, sizeof first);
    keys_wipe_bytes(key, sizeof key);
}

static void add_authorization(const struct sign_input *input, const struct keys *keys,
                              const struct signed_headers *headers, struct str canonical,
                              struct buf *out)
{
    char scope[SCOPE_SIZE], signature[HEX_SIZE];
    struct buf text;
    buf_init(&text, 1024);
    sign_string(input, canonical, &text);
    sign_hex(input, keys, headers->stamp, buf_str(&text), signature);
    write_scope(input, headers->stamp, scope);
    buf_printf(out, "Authorization: AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=", keys->id,
               scope);
    add_header_names(out, headers);
    buf_printf(out, ", Signature=%s", signature);
    buf_add_char(out, '\0');
    buf_release(&text);
}

static void add_line(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s: %s", name, value);
    buf_add_char(out, '\0');
}

bool sign_request(const struct sign_input *input, const struct keys *keys, struct buf *lines,
                  struct err *err)
{
    struct signed_headers headers;
    struct buf canonical;
    buf_init(&canonical, 64 * 1024);
    bool done = collect_headers(&headers, input, keys, err) &&
                add_canonical(input, &headers, &canonical, err);
    if (done) {
        add_line(lines, "X-Amz-Date", headers.stamp);
        if (keys->token[0])
            add_line(lines, "X-Amz-Security-Token", keys->token);
        if (input->s3)
            add_line(lines, "X-Amz-Content-Sha256", headers.hash);
        add_authorization(input, keys, &headers, buf_str(&canonical), lines);
        done = !lines->full ||
               err_set(err, ERR_CEILING, "signing: the headers are longer than %zu bytes",
                       lines->ceiling);
    }
    buf_release(&canonical);
    return done;
}
