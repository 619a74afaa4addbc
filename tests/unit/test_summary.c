/* SPDX-License-Identifier: MIT */
/* Summaries of libraries: text, and the table of those that were read. */
#include "unit.h"

#include <stdlib.h>

#include "catalog/tables.h"
#include "model/summary.h"

/* What a summary makes of a library, as lines of images. */
static void assert_summary(const char *text, size_t modules, size_t images)
{
    gm_arena *arena = gm_arena_new(0);
    gm_library library = {.path = "x"};
    if (gm_summary_parse(text, arena, &library) != (modules > 0))
        fail_msg("%s", text);
    if (modules) {
        assert_int_equal(gm_library_module_count(&library) + gm_library_stub_count(&library),
                         modules);
        assert_int_equal(library.images.count, images);
    }
    gm_arena_free(arena);
}

static void test_summaries(void **state)
{
    static const char three[] = "2 registered: sass sm_75 lz4 100, ptx compute_90a zstd 7 ptx8.7 "
                                "relocatable; 1 linked stub: sass sm_80 none 5";
    (void)state;
    assert_summary(three, 3, 3);
    assert_summary("1 bare:", 1, 0);
    assert_summary("4000000000 registered: sass sm_75 lz4 100", 0, 0);
    static const char *const wrong[] = {"x",
                                        "registered: sass sm_75 lz4 1",
                                        "0 bare: ",
                                        "1 nobody: ",
                                        "1 bare stub more: ",
                                        "1 bare: sass",
                                        "1 bare: sass sm_75 lz4",
                                        "1 bare: sass sm_75 lz4 x",
                                        "1 bare: sass sm_75 lz4 1 more",
                                        "1 bare: sass sm_75 lz4 1,,",
                                        "1 bare: sass sm_75 lz4 1;;",
                                        "99999999999999999999999 bare:"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_summary(wrong[i], 0, 0);
}

/* The bytes of all modules of a group count once. */
static void test_summary_bytes(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_library library = {.path = "x"};
    gm_target_rows rows;
    (void)state;
    assert_true(gm_summary_parse("3 registered: sass sm_75 lz4 100, sass sm_80 zstd 50; "
                                 "1 unregistered: sass sm_75 none 1",
                                 arena, &library));
    assert_true(gm_library_targets(&library, arena, &rows));
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.items[0].modules, 4);
    assert_int_equal(rows.items[0].bytes, 101);
    assert_int_equal(rows.items[0].compression[GM_COMPRESSION_LZ4], 3);
    assert_int_equal(rows.items[1].bytes, 50);
    gm_arena_free(arena);
}

/* Every row is found by what RECORD says of the library, and its code can be read. */
static void libraries_that_were_read(void **state)
{
    const gm_catalog *catalog = &gm_catalog_tables;
    (void)state;
    assert_true(catalog->scanned_libraries_count > 0);
    for (size_t i = 0; i < catalog->scanned_libraries_count; i++) {
        gm_scanned scanned;
        gm_library library = {.path = "x"};
        gm_arena *arena = gm_arena_new(0);
        const char *sha256 = gm_cell(catalog, catalog->scanned_libraries[i].sha256);
        uint64_t size =
            strtoull(gm_cell(catalog, catalog->scanned_libraries[i].size_bytes), NULL, 10);
        assert_true(gm_catalog_scanned(catalog, sha256, size, &scanned));
        assert_false(gm_catalog_scanned(catalog, sha256, size + 1, &scanned));
        if (scanned.code && !gm_summary_parse(scanned.code, arena, &library))
            fail_msg("%s", sha256);
        assert_int_equal(library.modules.count > 0, scanned.code != NULL);
        gm_arena_free(arena);
    }
    assert_false(gm_catalog_scanned(catalog, "", 0, &(gm_scanned){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_summary_bytes),
        cmocka_unit_test(libraries_that_were_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
