/* The pull scanner over any bytes: reading member by member and skipping agree, slices lie
 * inside the input, and decoding keeps to its ceiling. */
#include "tests/fuzz/fuzz.h"

#include "src/base/jscan.h"

static void check_inside(struct str all, struct str part)
{
    FUZZ_CHECK(part.at >= all.at && part.at + part.len <= all.at + all.len);
}

static void check_string(struct str all, struct str raw)
{
    struct buf wide, narrow;
    unsigned bad = 0;
    check_inside(all, raw);
    buf_init(&wide, raw.len * 3 + 1);
    buf_init(&narrow, raw.len / 2);
    struct str whole = jscan_unescape(raw, &wide, &bad);
    struct str cut = jscan_unescape(raw, &narrow, NULL);
    FUZZ_CHECK(!wide.full);
    FUZZ_CHECK(bad <= raw.len);
    FUZZ_CHECK(cut.at == raw.at || str_starts(whole, cut));
    FUZZ_CHECK(str_has(raw, STR("\\")) || str_eq(whole, raw));
    buf_release(&wide);
    buf_release(&narrow);
}

/* Reads any value with the pull calls only. */
static void read_value(struct jscan *j)
{
    struct str raw;
    bool yes;
    size_t before = j->at;
    unsigned depth = j->depth;
    if (jscan_object(j)) {
        while (jscan_key(j, &raw)) {
            check_inside(j->bytes, raw);
            read_value(j);
        }
    } else if (jscan_array(j)) {
        while (jscan_element(j))
            read_value(j);
    } else if (jscan_raw_string(j, &raw)) {
        check_string(j->bytes, raw);
    } else if (jscan_number(j, &raw)) {
        check_inside(j->bytes, raw);
        FUZZ_CHECK(raw.len > 0);
    } else if (!jscan_bool(j, &yes) && !jscan_null(j)) {
        FUZZ_CHECK(!jscan_skip(j));
    }
    FUZZ_CHECK(j->failed || (j->at > before && j->depth == depth));
    FUZZ_CHECK(j->at <= j->bytes.len && j->depth <= JSCAN_DEPTH);
}

/* Reads keys and elements and none of their values: it must end. */
static void read_only_keys(struct jscan *j)
{
    struct str key;
    if (jscan_object(j))
        while (jscan_key(j, &key))
            continue;
    else if (jscan_array(j))
        while (jscan_element(j))
            continue;
    else
        jscan_skip(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str all = FUZZ_TEXT(bytes, len), raw, value;
    struct jscan pulled, skipped, keys, sliced;
    jscan_init(&pulled, all);
    jscan_init(&skipped, all);
    jscan_init(&keys, all);
    jscan_init(&sliced, all);
    read_value(&pulled);
    bool good = jscan_skip(&skipped);
    read_only_keys(&keys);
    FUZZ_CHECK(good != skipped.failed && good != pulled.failed && good != keys.failed);
    FUZZ_CHECK(!good || (pulled.at == skipped.at && keys.at == skipped.at));
    FUZZ_CHECK(!skipped.ended || skipped.failed);
    FUZZ_CHECK(jscan_slice(&sliced, &raw) == good);
    if (good) {
        struct jscan again;
        jscan_init(&again, raw);
        FUZZ_CHECK(jscan_skip(&again) && again.at == raw.len);
    }
    if (jscan_member(all, STR("a"), &value))
        check_inside(all, value);
    check_string(all, all);
    return 0;
}
