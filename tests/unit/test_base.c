/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/json.h"
#include "base/keys.h"
#include "base/lookup.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/version.h"

static void test_bytes(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    gm_span span = {bytes, sizeof bytes};
    bool ok = true;
    (void)state;
    assert_int_equal(gm_u16le(span, 0, &ok), 0x0201);
    assert_int_equal(gm_u32le(span, 1, &ok), 0x05040302);
    assert_true(gm_u64le(span, 1, &ok) == 0x0908070605040302u);
    assert_true(ok);
    assert_int_equal(gm_u16le(span, 8, &ok), 0);
    assert_false(ok);
    assert_int_equal(gm_u16le(span, 0, &ok), 0x0201);
    assert_false(ok); /* never set to true again */
    ok = true;
    assert_true(gm_u64le(span, UINT64_MAX, &ok) == 0);
    assert_false(ok);
    assert_true(gm_range_ok(9, 0, 9));
    assert_false(gm_range_ok(10, 0, 9));
    assert_false(gm_range_ok(8, UINT64_MAX, 9));
    assert_int_equal(gm_span_part(span, 3, 6).size, 6);
    assert_int_equal(gm_span_part(span, 3, 7).size, 0);
    assert_null(gm_span_part((gm_span){NULL, 0}, 0, 0).data);
    assert_true(gm_align8(9) == 16 && gm_align8(16) == 16);
    assert_true(gm_align8(UINT64_MAX - 3) == UINT64_MAX);
}

static void test_arena(void **state)
{
    (void)state;
    gm_arena *arena = gm_arena_new(1 << 16);
    GM_LIST(int) list = {0};
    assert_non_null(arena);
    for (int i = 0; i < 1000; i++) {
        int *item = GM_PUSH(arena, &list);
        assert_non_null(item);
        assert_int_equal(*item, 0);
        *item = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(list.items[i], i);
    assert_string_equal(gm_arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_string_equal(gm_arena_text_n(arena, "abcdef", 3), "abc");
    assert_null(gm_arena_array(arena, SIZE_MAX / 2, 4));
    assert_null(gm_arena_alloc(arena, 1 << 17)); /* over the limit */
    assert_null(gm_arena_alloc(arena, SIZE_MAX));
    gm_arena_free(arena);
    gm_arena_free(NULL);
}

static void test_arena_under_another(void **state)
{
    (void)state;
    gm_arena *parent = gm_arena_new(0), *arena = gm_arena_under(parent);
    assert_non_null(gm_arena_text(arena, "a"));
    assert_false(gm_arena_failed(parent));
    assert_null(gm_arena_alloc(arena, SIZE_MAX));
    gm_arena_free(arena);
    assert_true(gm_arena_failed(parent));
    gm_arena_free(parent);
}

static void test_text(void **state)
{
    gm_text text = GM_TEXT_INIT;
    (void)state;
    gm_text_addf(&text, "%d %s", 42, "x");
    assert_string_equal(text.data, "42 x");
    gm_text_clear(&text);
    assert_string_equal(gm_text_or(&text, "-"), "-");
    gm_text_add_visible(&text, "a\x1b[1m\xff\xe6\x98\xbe\n", 10);
    assert_string_equal(text.data, "a\\x1b[1m\\xff\xe6\x98\xbe\\x0a");
    gm_text_free(&text);
    text.limit = 5;
    gm_text_add(&text, "123");
    assert_false(text.failed);
    gm_text_add(&text, "456");
    assert_true(text.failed);
    assert_ptr_equal(gm_text_or(&text, "-"), gm_text_lost); /* not empty */
    /* What is put together with it fails too. */
    gm_text whole = GM_TEXT_INIT;
    gm_text_add(&whole, "1");
    gm_text_add(&whole, text.data);
    assert_true(whole.failed);
    gm_arena *arena = gm_arena_new(0);
    assert_false(gm_arena_failed(arena));
    assert_null(gm_arena_text(arena, text.data));
    assert_true(gm_arena_failed(arena));
    gm_arena_free(arena);
    gm_text_free(&whole);
    gm_text_free(&text);
}

static void test_utf8(void **state)
{
    uint32_t code;
    char out[4];
    (void)state;
    assert_int_equal(gm_utf8_decode("\xe6\x98\xbe", 3, &code), 3);
    assert_int_equal(code, 0x663e);
    static const char *const invalid[] = {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80",
                                          "\xe6\x98"};
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        assert_int_equal(gm_utf8_decode(invalid[i], strlen(invalid[i]), &code), 1);
        assert_int_equal(code, 0xfffd);
    }
    for (uint32_t sample = 1; sample < 0x110000; sample += 257) {
        bool surrogate = sample >= 0xd800 && sample < 0xe000;
        size_t size = gm_utf8_encode(sample, out);
        assert_int_equal(gm_utf8_decode(out, size, &code), size);
        assert_int_equal(code, surrogate ? 0xfffd : sample);
    }
    assert_int_equal(gm_utf8_floor("a\xe6\x98\xbe", 3), 1);
    assert_int_equal(gm_utf8_floor("a\xe6\x98\xbe", 4), 4);
    assert_int_equal(gm_utf8_width("sm_90 \xe6\x98\xbe\xe5\x8d\xa1"), 10);
}

static void test_json(void **state)
{
    gm_text text = GM_TEXT_INIT;
    gm_json json;
    (void)state;
    gm_json_begin(&json, gm_write_text, &text);
    gm_json_object(&json);
    gm_json_put_text(&json, "a", "q\"\\\n\x01\xff");
    gm_json_key(&json, "list");
    gm_json_array(&json);
    gm_json_number(&json, UINT64_MAX);
    gm_json_signed(&json, -1);
    gm_json_bool(&json, true);
    gm_json_null(&json);
    gm_json_array_end(&json);
    gm_json_key(&json, "empty");
    gm_json_object(&json);
    gm_json_object_end(&json);
    gm_json_object_end(&json);
    assert_true(gm_json_end(&json));
    assert_string_equal(text.data, "{\n  \"a\": \"q\\\"\\\\\\n\\u0001\\\\xff\",\n  \"list\": [\n"
                                   "    18446744073709551615,\n    -1,\n    true,\n    null\n  ],\n"
                                   "  \"empty\": {}\n}\n");
    gm_text_free(&text);

    gm_json_begin(&json, gm_write_text, &text);
    gm_json_object(&json);
    gm_json_number(&json, 1); /* a value without a key */
    gm_json_object_end(&json);
    assert_false(gm_json_end(&json));
    gm_text_free(&text);

    gm_json_begin(&json, gm_write_text, &text);
    for (int i = 0; i <= GM_JSON_DEPTH; i++)
        gm_json_array(&json);
    assert_true(json.failed);
    gm_json_end(&json);
    gm_text_free(&text);
}

static void test_version(void **state)
{
    gm_version a, b;
    (void)state;
    assert_int_equal(gm_version_read("2.7.1+cu118", &a), 5);
    assert_int_equal(a.count, 3);
    assert_true(gm_version_parse("2.7", &a));
    assert_true(gm_version_parse("2.7.0", &b));
    assert_int_equal(gm_version_compare(a, b), 0);
    assert_true(gm_version_parse("2.10", &b));
    assert_true(gm_version_compare(a, b) < 0);
    assert_true(gm_version_parse("576.02", &a) && gm_version_parse("576.1", &b));
    assert_true(gm_version_compare(a, b) > 0);
    assert_false(gm_version_parse("2.7a", &a));
    assert_int_equal(a.count, 0);
    assert_false(gm_version_parse("", &a));
    assert_true(gm_version_parse("99999999999.1", &a));
    assert_true(a.part[0] == UINT32_MAX);
    assert_true(gm_version_compare((gm_version){{0}, 0}, a) < 0);
}

static void test_error(void **state)
{
    gm_error error;
    char subject[GM_ERROR_TEXT_BYTES + 20];
    (void)state;
    memset(subject, 'x', sizeof subject);
    memcpy(subject + GM_ERROR_TEXT_BYTES - 3, "\xe6\x98\xbe", 3); /* across the border */
    subject[sizeof subject - 1] = '\0';
    assert_int_equal(gm_fail(&error, GM_IO, "cannot-open", subject, 7), GM_IO);
    assert_int_equal(strlen(error.subject), GM_ERROR_TEXT_BYTES - 3);
    assert_string_equal(error.code, "cannot-open");
    assert_int_equal(gm_fail(NULL, GM_DAMAGED, "x", NULL, 0), GM_DAMAGED);
    assert_string_equal(gm_status_token(GM_DAMAGED), "damaged");
    assert_int_equal(gm_status_exit(GM_DAMAGED), 3);
}

static void test_lookup_and_keys(void **state)
{
    static const gm_key_row rows[] = {{"env:A", GM_KEY_OK, "value \n"},
                                      {"file:/x", GM_KEY_DENIED, NULL},
                                      {NULL, GM_KEY_OK, NULL}};
    gm_arena *arena = gm_arena_new(0);
    gm_key_reader reader = gm_key_table(rows);
    gm_span bytes;
    (void)state;
    assert_string_equal(gm_key_text(&reader, "env:A", arena), "value");
    assert_null(gm_key_text(&reader, "env:B", arena));
    assert_int_equal(reader.read(reader.state, "file:/x", arena, &bytes), GM_KEY_DENIED);
    assert_true(gm_ascii_starts("RTX 5060", "rtx"));
    assert_false(gm_ascii_starts("RT", "rtx"));
    assert_true(gm_text_equal(NULL, NULL));
    assert_false(gm_text_equal("a", NULL));
    gm_arena_free(arena);
}

/* Counts what a reader asks of its source. */
struct counting {
    gm_source source;
    gm_source *inner;
    size_t reads;
};

static gm_status count_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                            size_t *got, gm_error *reterr)
{
    struct counting *counting = (struct counting *)source;
    counting->reads++;
    return counting->inner->read(counting->inner, offset, buffer, size, got, reterr);
}

static void test_reader(void **state)
{
    static uint8_t bytes[200000];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    gm_source *memory = gm_source_memory((gm_span){bytes, sizeof bytes});
    struct counting counting = {.source = *memory, .inner = memory};
    counting.source.read = count_read;
    gm_reader *reader = gm_reader_new(&counting.source);
    gm_span span;
    gm_error error;
    assert_int_equal(gm_reader_look(reader, 1000, 16, 256, &span, &error), GM_OK);
    assert_true(span.size >= 16 && span.data[0] == bytes[1000]);
    assert_int_equal(gm_reader_look(reader, 1100, 100, 100, &span, &error), GM_OK);
    assert_true(span.data[0] == bytes[1100]);
    assert_int_equal(counting.reads, 1); /* one window served both */
    assert_int_equal(gm_reader_look(reader, sizeof bytes - 10, 64, 64, &span, &error), GM_OK);
    assert_int_equal(span.size, 10); /* short only at the end */
    assert_int_equal(gm_reader_look(reader, UINT64_MAX - 5, 64, 64, &span, &error), GM_OK);
    assert_int_equal(span.size, 0);
    gm_reader_free(reader);

    gm_source *forward = gm_source_forward(memory);
    reader = gm_reader_new(forward);
    for (uint64_t at = 0; at < sizeof bytes; at += 1000) {
        assert_int_equal(gm_reader_look(reader, at, 2000, 5000, &span, &error), GM_OK);
        assert_memory_equal(span.data, bytes + at, span.size < 1000 ? span.size : 1000);
    }
    assert_int_equal(gm_reader_look(reader, 0, 16, 16, &span, &error), GM_IO);
    assert_string_equal(error.code, "not-forward");
    gm_reader_free(reader);
    gm_source_close(forward);
    gm_source_close(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_under_another),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_lookup_and_keys),
        cmocka_unit_test(test_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
