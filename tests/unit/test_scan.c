/* SPDX-License-Identifier: MIT */
/* Every fixture is read as a file and as a stream, in one piece and in many, and must come to what
 * its generator wrote down. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpucode/unpack.h"
#include "listing.h"
#include "os/files.h"

static void compare(const char *name, const char *how, const gm_text *found, gm_span expected)
{
    if (found->size == expected.size && !memcmp(found->data, expected.data, expected.size))
        return;
    fail_msg("%s, read %s:\n%s--- expected:\n%.*s", name, how, found->data, (int)expected.size,
             (const char *)expected.data);
}

static void read_as(const char *name, gm_span bytes, bool forward, bool deep, size_t piece,
                    gm_span expected)
{
    char how[60];
    gm_source *memory = gm_source_memory(bytes);
    gm_source *source = forward ? gm_source_forward(memory) : memory;
    gm_source *pieces = source_in_pieces(source, piece, GM_OFFSET_NONE);
    gm_text found = deep ? listing_of_deep(pieces) : listing_of(pieces);
    snprintf(how, sizeof how, "%s%s, %zu bytes at a time", forward ? "forward" : "at any offset",
             deep ? " and deep" : "", piece);
    compare(name, how, &found, expected);
    gm_text_free(&found);
    gm_source_close(pieces);
    if (forward)
        gm_source_close(source);
    gm_source_close(memory);
}

static void test_fixtures(void **state)
{
    static const size_t pieces[] = {SIZE_MAX, 65536, 4096, 97};
    gm_arena *arena = gm_arena_new(0);
    (void)state;
    for (const char *const *name = fixture_names(arena, NULL); *name; name++) {
        gm_span bytes = fixture_read(arena, *name);
        gm_span expected = fixture_read(arena, gm_arena_printf(arena, "%s.expected", *name));
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
            read_as(*name, bytes, false, false, pieces[i], expected);
            read_as(*name, bytes, true, false, pieces[i], expected);
        }
    }
    gm_arena_free(arena);
}

/* Those with a list NAME.deep beside them. */
static void test_deep(void **state)
{
    static const size_t pieces[] = {SIZE_MAX, 4096, 97};
    gm_arena *arena = gm_arena_new(0);
    size_t count = 0;
    (void)state;
    if (!gm_unpack_can(GM_COMPRESSION_ZSTD))
        skip();
    for (const char *const *name = fixture_names(arena, NULL); *name; name++) {
        gm_span expected = {NULL, 0}, bytes = fixture_read(arena, *name);
        if (!fixture_try(arena, gm_arena_printf(arena, "%s.deep", *name), &expected))
            continue;
        count++;
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
            read_as(*name, bytes, false, true, pieces[i], expected);
            read_as(*name, bytes, true, true, pieces[i], expected);
        }
    }
    assert_true(count > 10);
    gm_arena_free(arena);
}

/* Whatever the bytes are: a deep look ends, stays inside, and comes to the same both ways. */
static void test_deep_both_ways(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    (void)state;
    for (const char *const *name = fixture_names(arena, NULL); *name; name++) {
        gm_source *memory = gm_source_memory(fixture_read(arena, *name));
        gm_source *forward = gm_source_forward(memory);
        gm_text random = listing_of_deep(memory), stream = listing_of_deep(forward);
        assert_string_equal(random.data, stream.data);
        gm_text_free(&random);
        gm_text_free(&stream);
        gm_source_close(forward);
        gm_source_close(memory);
    }
    gm_arena_free(arena);
}

/* A library of the real world, where one is named (as for `make bench`): the same both ways. */
static void test_real_library(void **state)
{
    const char *path = getenv("GPUMATCH_BENCH_LIBRARY");
    gm_source *file;
    gm_error error;
    (void)state;
    if (!path)
        skip();
    if (gm_os_open(path, &file, &error) != GM_OK)
        fail_msg("%s: %s", path, error.code);
    gm_source *forward = gm_source_forward(file);
    gm_text random = listing_of(file), stream = listing_of(forward);
    assert_true(strstr(random.data, "\nimage ") != NULL);
    assert_string_equal(random.data, stream.data);
    gm_text_free(&random);
    gm_text_free(&stream);
    gm_source_close(forward);
    gm_source_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fixtures), cmocka_unit_test(test_deep),
                                       cmocka_unit_test(test_deep_both_ways),
                                       cmocka_unit_test(test_real_library)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
