/* SPDX-License-Identifier: MIT */
/* Archives, good and bad, against what their writer wrote down (tests/fixtures/archive_cases.py).
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "listing.h"
#include "scan/ahead.h"
#include "store/archive.h"
#include "store/inflate.h"

static void compare(const char *name, const gm_text *found, gm_span expected)
{
    if (found->size != expected.size || memcmp(found->data, expected.data, expected.size))
        fail_msg("%s:\n%s--- expected:\n%.*s", name, found->data, (int)expected.size,
                 (const char *)expected.data);
}

static void test_archives(void **state)
{
    gm_context context = gm_context_defaults();
    gm_arena *arena = gm_arena_new(0);
    (void)state;
    for (const char *const *name = fixture_names(arena, "archives"); *name; name++) {
        gm_source *source = gm_source_memory(fixture_read(arena, *name));
        /* Sources may give less than they are asked for. */
        gm_source *pieces = source_in_pieces(source, 1000, GM_OFFSET_NONE);
        gm_span expected = fixture_read(arena, gm_arena_printf(arena, "%s.expected", *name));
        gm_text whole = listing_of_archive(&context, source);
        gm_text pieced = listing_of_archive(&context, pieces);
        compare(*name, &whole, expected);
        compare(*name, &pieced, expected);
        gm_text_free(&whole);
        gm_text_free(&pieced);
        gm_source_close(pieces);
        gm_source_close(source);
    }
    gm_arena_free(arena);
}

/* Wherever reading fails, the run ends, and says so unless nothing was read from there. */
static void test_failing_reads(void **state)
{
    gm_context context = gm_context_defaults();
    gm_arena *arena = gm_arena_new(0);
    gm_span bytes = fixture_read(arena, "archives/a-wheel");
    gm_source *source = gm_source_memory(bytes);
    (void)state;
    for (uint64_t fail_at = 0; fail_at <= bytes.size; fail_at += 997) {
        gm_source *failing = source_in_pieces(source, SIZE_MAX, fail_at);
        gm_text text = listing_of_archive(&context, failing);
        assert_non_null(strstr(text.data, "unreadable"));
        gm_text_free(&text);
        gm_source_close(failing);
    }
    gm_source_close(source);
    gm_arena_free(arena);
}

struct watched {
    uint64_t done, total;
    size_t calls, cancel_after;
};

static void watch(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes)
{
    struct watched *watched = user;
    assert_string_equal(path, "archive");
    assert_true(done_bytes >= watched->done && done_bytes <= total_bytes);
    assert_true(!watched->total || watched->total == total_bytes);
    watched->done = done_bytes;
    watched->total = total_bytes;
    watched->calls++;
}

static bool cancel(void *user)
{
    const struct watched *watched = user;
    return watched->calls >= watched->cancel_after;
}

static void test_progress_and_cancel(void **state)
{
    struct watched watched = {.cancel_after = SIZE_MAX};
    gm_context context = gm_context_defaults();
    gm_arena *arena = gm_arena_new(0);
    gm_source *source = gm_source_memory(fixture_read(arena, "archives/large-members"));
    (void)state;
    context.progress = watch;
    context.cancelled = cancel;
    context.user = &watched;
    gm_text text = listing_of_archive(&context, source);
    assert_null(strstr(text.data, "error"));
    assert_true(watched.calls > 20 && watched.total > 7 * GM_AHEAD_LARGE_BYTES);
    assert_true(watched.done > watched.total / 2);
    gm_text_free(&text);
    for (size_t after = 0; after < 60; after += 7) {
        watched = (struct watched){.cancel_after = after};
        text = listing_of_archive(&context, source);
        assert_non_null(strstr(text.data, "error cancelled\n"));
        gm_text_free(&text);
    }
    gm_source_close(source);
    gm_arena_free(arena);
}

static void test_limits(void **state)
{
    gm_context context = gm_context_defaults();
    gm_arena *arena = gm_arena_new(0);
    gm_source *source = gm_source_memory(fixture_read(arena, "archives/names"));
    (void)state;
    context.limits.files_per_directory = 2;
    gm_text text = listing_of_archive(&context, source);
    assert_non_null(strstr(text.data, "damaged archive-members at 0\n"));
    size_t files = 0;
    for (const char *at = text.data; (at = strstr(at, "file ")); at++)
        files++;
    assert_int_equal(files, 3); /* the archive's own finding is the third */
    gm_text_free(&text);
    gm_source_close(source);
    /* Four archives deep where three are allowed. */
    source = gm_source_memory(fixture_read(arena, "archives/nested"));
    context = gm_context_defaults();
    context.limits.nesting = 1;
    text = listing_of_archive(&context, source);
    assert_null(strstr(text.data, "i.so"));
    assert_non_null(strstr(text.data, "file a.whl\nlibrary zip - - incomplete\n"
                                      "unsupported format.zip-inside\n"));
    gm_text_free(&text);
    gm_source_close(source);
    gm_arena_free(arena);
}

/* A small arena is a clean end, whatever was being done. */
static void test_little_memory(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_source *source = gm_source_memory(fixture_read(arena, "archives/large-members"));
    gm_context context = gm_context_defaults();
    size_t failed = 0;
    (void)state;
    for (size_t bytes = 200; bytes < 40000; bytes += 499) {
        context.limits.arena_bytes = bytes;
        gm_text text = listing_of_archive(&context, source);
        failed += strstr(text.data, "error memory\n") != NULL;
        gm_text_free(&text);
    }
    assert_true(failed > 3);
    gm_source_close(source);
    gm_arena_free(arena);
}

static void test_order(void **state)
{
    (void)state;
    assert_true(gm_archive_compare("a/z", "a-b") < 0); /* the folder "a" comes before "a-b" */
    assert_true(gm_archive_compare("a", "a/b") < 0);
    assert_true(gm_archive_compare("a\x01", "a/b") > 0);
    assert_true(gm_archive_compare("b", "a/b") > 0);
    assert_true(gm_archive_compare("\xe6\xb5\x8b", "z") > 0);
    assert_int_equal(gm_archive_compare("a/b", "a/b"), 0);
}

static void test_crc(void **state)
{
    gm_span check = {(const uint8_t *)"123456789", 9}, rest = {check.data + 4, 5};
    (void)state;
    assert_int_equal(gm_crc32(0, check), 0xcbf43926u); /* the check value of CRC-32 */
    assert_int_equal(gm_crc32(gm_crc32(0, (gm_span){check.data, 4}), rest), 0xcbf43926u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_archives),
                                       cmocka_unit_test(test_failing_reads),
                                       cmocka_unit_test(test_progress_and_cancel),
                                       cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_little_memory),
                                       cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_crc)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
