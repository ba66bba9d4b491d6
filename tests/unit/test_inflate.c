#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "src/base/inflate.h"

/* printf 'START RequestId: 1\nEND RequestId: 1\n' | gzip -n9 */
static const unsigned char gzip_bytes[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x0b, 0x0e,
    0x71, 0x0c, 0x0a, 0x51, 0x08, 0x4a, 0x2d, 0x2c, 0x4d, 0x2d, 0x2e, 0xf1,
    0x4c, 0xb1, 0x52, 0x30, 0xe4, 0x72, 0xf5, 0x73, 0x41, 0x15, 0x00, 0x00,
    0x25, 0x0b, 0x0c, 0xd0, 0x24, 0x00, 0x00, 0x00,
};
/* The same text through Python's zlib.compress. */
static const unsigned char zlib_bytes[] = {
    0x78, 0x9c, 0x0b, 0x0e, 0x71, 0x0c, 0x0a, 0x51, 0x08, 0x4a, 0x2d, 0x2c,
    0x4d, 0x2d, 0x2e, 0xf1, 0x4c, 0xb1, 0x52, 0x30, 0xe4, 0x72, 0xf5, 0x73,
    0x41, 0x15, 0x00, 0x00, 0xd2, 0xf0, 0x0a, 0xfc,
};
#define TEXT "START RequestId: 1\nEND RequestId: 1\n"
#define GZIP ((struct str){(const char *)gzip_bytes, sizeof gzip_bytes})
#define ZLIB ((struct str){(const char *)zlib_bytes, sizeof zlib_bytes})

/* Feeds `in` in parts of `step` bytes and takes out `room` bytes a call. */
static bool inflate_all(struct inflate *z, struct str in, size_t step, size_t room,
                        struct buf *out, struct err *err)
{
    while (in.len > 0) {
        struct str part = str_first(in, step);
        in = str_from(in, step);
        size_t produced = room;
        while (part.len > 0 || produced == room) {
            char *at = buf_reserve(out, room);
            assert_non_null(at);
            bool good = inflate_some(z, &part, at, room, &produced, err);
            assert_true(produced <= room);
            out->len += produced;
            if (!good)
                return false;
        }
    }
    return true;
}

static void assert_inflates(struct str in, struct str expected)
{
    static const size_t steps[] = {1, 2, 7, 1000}, rooms[] = {1, 3, 1000};
    for (size_t i = 0; i < 12; i++) {
        struct buf out;
        struct err err = {0};
        struct inflate *z = inflate_new();
        buf_init(&out, 10000);
        assert_true(inflate_all(z, in, steps[i / 3], rooms[i % 3], &out, &err));
        assert_true(str_eq(buf_str(&out), expected));
        assert_true(inflate_is_whole(z));
        inflate_free(z);
        buf_release(&out);
    }
}

static void gzip_and_zlib_streams_are_read_in_parts_of_any_size(void **state)
{
    (void)state;
    assert_inflates(GZIP, STR(TEXT));
    assert_inflates(ZLIB, STR(TEXT));
}

static void members_one_after_the_other_are_one_stream(void **state)
{
    (void)state;
    struct buf in;
    buf_init(&in, 1000);
    buf_add(&in, GZIP);
    buf_add(&in, GZIP);
    assert_inflates(buf_str(&in), STR(TEXT TEXT));
    buf_add(&in, STR("\0\0\0\0\0"));
    assert_inflates(buf_str(&in), STR(TEXT TEXT));
    buf_add(&in, GZIP);
    assert_inflates(buf_str(&in), STR(TEXT TEXT TEXT));
    buf_release(&in);
}

static void a_stream_cut_at_any_byte_gives_its_front_and_is_not_whole(void **state)
{
    (void)state;
    for (size_t len = 1; len < sizeof gzip_bytes; len++) {
        struct buf out;
        struct err err = {0};
        struct inflate *z = inflate_new();
        buf_init(&out, 10000);
        assert_true(inflate_all(z, str_first(GZIP, len), 5, 100, &out, &err));
        assert_false(inflate_is_whole(z));
        assert_true(str_starts(STR(TEXT), buf_str(&out)));
        inflate_free(z);
        buf_release(&out);
    }
}

static void nothing_at_all_is_not_whole(void **state)
{
    (void)state;
    struct inflate *z = inflate_new();
    struct str in = STR_NONE;
    struct err err = {0};
    char out[10];
    size_t produced = 7;
    assert_true(inflate_some(z, &in, out, sizeof out, &produced, &err));
    assert_int_equal(produced, 0);
    assert_false(inflate_is_whole(z));
    inflate_free(z);
    inflate_free(NULL);
}

/* The header is ten bytes long; time, flags of the system and the like are free to differ. */
static void damage_is_an_error_and_never_a_whole_stream(void **state)
{
    (void)state;
    int refused = 0;
    for (size_t at = 10; at < sizeof gzip_bytes; at++) {
        unsigned char bytes[sizeof gzip_bytes];
        struct buf out;
        struct err err = {0};
        struct inflate *z = inflate_new();
        memcpy(bytes, gzip_bytes, sizeof bytes);
        bytes[at] ^= 0x10;
        buf_init(&out, 10000);
        bool good =
            inflate_all(z, (struct str){(char *)bytes, sizeof bytes}, 1000, 1000, &out, &err);
        /* a flipped bit between the last code and the checksum changes nothing */
        if (good && inflate_is_whole(z))
            assert_true(str_eq(buf_str(&out), STR(TEXT)));
        if (!good) {
            refused++;
            assert_int_equal(err.code, ERR_INPUT_PARTIAL);
            assert_false(inflate_is_whole(z));
            struct str in = GZIP;
            char more[10];
            size_t produced;
            struct err again = {0};
            assert_false(inflate_some(z, &in, more, sizeof more, &produced, &again));
            assert_int_equal(again.code, ERR_INPUT_PARTIAL);
        }
        inflate_free(z);
        buf_release(&out);
    }
    assert_true(refused > 20);
}

static void other_bytes_behind_a_member_are_an_error(void **state)
{
    (void)state;
    struct buf in, out;
    struct err err = {0};
    struct inflate *z = inflate_new();
    buf_init(&in, 1000);
    buf_init(&out, 10000);
    buf_add(&in, GZIP);
    buf_add(&in, STR("trailing text"));
    assert_false(inflate_all(z, buf_str(&in), 1000, 1000, &out, &err));
    assert_true(str_eq(buf_str(&out), STR(TEXT)));
    assert_false(inflate_is_whole(z));
    inflate_free(z);
    buf_release(&in);
    buf_release(&out);
}

static void a_gzip_head_is_told_from_text(void **state)
{
    (void)state;
    assert_true(inflate_is_gzip(GZIP));
    assert_false(inflate_is_gzip(ZLIB));
    assert_false(inflate_is_gzip(str_first(GZIP, 2)));
    assert_false(inflate_is_gzip(STR("START RequestId")));
    assert_false(inflate_is_gzip(STR_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_and_zlib_streams_are_read_in_parts_of_any_size),
        cmocka_unit_test(members_one_after_the_other_are_one_stream),
        cmocka_unit_test(a_stream_cut_at_any_byte_gives_its_front_and_is_not_whole),
        cmocka_unit_test(nothing_at_all_is_not_whole),
        cmocka_unit_test(damage_is_an_error_and_never_a_whole_stream),
        cmocka_unit_test(other_bytes_behind_a_member_are_an_error),
        cmocka_unit_test(a_gzip_head_is_told_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
