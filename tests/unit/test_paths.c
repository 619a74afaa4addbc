/* SPDX-License-Identifier: MIT */
/* Files and directories: order, links, what cannot be read, limits, progress and cancel. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/files.h"
#include "place.h"
#include "scan/scan.h"

struct seen {
    gm_text paths; /* relative to the root */
    size_t root;
    size_t modules;
    size_t incomplete;
    size_t unopened;
    const char *code; /* of the last finding */
    const char *variant;
    gm_status answer;
};

static gm_status take(void *user, const gm_library *library, gm_arena *arena)
{
    struct seen *seen = user;
    assert_non_null(arena);
    gm_text_addf(&seen->paths, "%s ", library->path + seen->root);
    seen->modules += gm_library_module_count(library);
    seen->incomplete += !library->complete;
    for (size_t i = 0; i < library->findings.count; i++) {
        seen->code = gm_code_token(library->findings.items[i].code);
        seen->variant = library->findings.items[i].variant ? "variant" : "plain";
    }
    return seen->answer;
}

static void count_unopened(void *user, size_t count)
{
    ((struct seen *)user)->unopened += count;
}

static struct seen scan_at(const gm_context *context, const char *root, bool forward_only,
                           gm_status *status)
{
    gm_context defaults = gm_context_defaults();
    gm_scan_path_options options = {.forward_only = forward_only, .unopened = count_unopened};
    gm_error error;
    struct seen seen = {.paths = GM_TEXT_INIT, .root = strlen(root), .answer = GM_OK};
    *status = gm_scan_path(context ? context : &defaults, root, &options, take, &seen, &error);
    return seen;
}

static struct seen scan(const gm_context *context, const char *name, bool forward_only,
                        gm_status *status)
{
    gm_arena *arena = gm_arena_new(0);
    const char *root = gm_os_join(arena, getenv("GPUMATCH_FIXTURES"), name);
    struct seen seen = scan_at(context, root, forward_only, status);
    gm_arena_free(arena);
    return seen;
}

static void test_tree(void **state)
{
    (void)state;
    for (int forward = 0; forward < 2; forward++) {
        gm_status status;
        struct seen seen = scan(NULL, "tree", forward, &status);
        assert_int_equal(status, GM_OK);
        assert_string_equal(seen.paths.data, "/a/b/deep.so /a/z.so /b.so /c.txt "
                                             "/\xe6\xb5\x8b\xe8\xaf\x95/d.so ");
        assert_int_equal(seen.modules, 8);
        assert_int_equal(seen.incomplete, 0);
        assert_null(seen.code); /* a text file among others needs no word */
        gm_text_free(&seen.paths);
    }
}

static void test_named_files(void **state)
{
    static const struct {
        const char *name, *code, *variant;
    } rows[] = {
        {"other-empty", "no-gpu-code", "variant"},
        {"other-text", "no-gpu-code", "plain"},
        {"so-no-gpu-code", "no-gpu-code", "plain"},
        {"other-zip", "damaged", "plain"},
        {"other-elf-of-no-class", "unreadable", "variant"},
        {"other-dos-program", "no-gpu-code", "plain"},
        {"so-hip", "unreadable", "variant"},
        {"damaged-cut-file", "damaged", "plain"},
        {"other-short-elf", "damaged", "plain"},
        {"so-x86-64", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gm_status status;
        struct seen seen = scan(NULL, rows[i].name, false, &status);
        assert_int_equal(status, GM_OK);
        if (rows[i].code) {
            assert_non_null(seen.code);
            assert_string_equal(seen.code, rows[i].code);
            assert_string_equal(seen.variant, rows[i].variant);
        } else {
            assert_null(seen.code);
        }
        gm_text_free(&seen.paths);
    }
}

static void test_nothing_there(void **state)
{
    gm_status status;
    gm_error error;
    (void)state;
    struct seen seen = scan(NULL, "no such file", false, &status);
    assert_int_equal(status, GM_IO);
    assert_int_equal(seen.paths.size, 0);
    assert_int_equal(gm_scan_probe("no such file", &error), GM_IO);
    assert_string_equal(error.code, "not-found");
    assert_int_equal(gm_scan_probe(getenv("GPUMATCH_FIXTURES"), &error), GM_OK);
}

static void test_too_many_files(void **state)
{
    gm_context context = gm_context_defaults();
    gm_status status;
    (void)state;
    context.limits.files_per_directory = 1;
    struct seen seen = scan(&context, "tree", false, &status);
    assert_int_equal(status, GM_OK);
    assert_string_equal(seen.code, "unreadable");
    assert_true(seen.incomplete > 0);
    gm_text_free(&seen.paths);
}

struct counted {
    size_t asked, told;
};

static bool cancel_later(void *user)
{
    return ++((struct counted *)user)->asked > 3;
}

static void count_progress(void *user, const char *path, uint64_t done, uint64_t total)
{
    ((struct counted *)user)->told++;
    assert_non_null(path);
    assert_true(done <= total);
}

static void test_cancel_and_progress(void **state)
{
    struct counted counted = {0};
    gm_context context = gm_context_defaults();
    gm_status status;
    (void)state;
    context.user = &counted;
    context.progress = count_progress;
    struct seen seen = scan(&context, "so-large", true, &status);
    assert_int_equal(status, GM_OK);
    assert_true(counted.told > 1);
    gm_text_free(&seen.paths);
    context.cancelled = cancel_later;
    seen = scan(&context, "so-large", false, &status);
    assert_int_equal(status, GM_CANCELLED);
    assert_int_equal(seen.paths.size, 0);
}

/* With less and less memory every call must end in GM_MEMORY or succeed. */
static void test_little_memory(void **state)
{
    gm_context context = gm_context_defaults();
    size_t failed = 0;
    (void)state;
    for (size_t bytes = 64; bytes < 400000; bytes += bytes / 7 + 32)
        for (int forward = 0; forward < 2; forward++) {
            gm_status status;
            context.limits.arena_bytes = bytes;
            struct seen seen = scan(&context, "so-large", forward, &status);
            assert_true(status == GM_OK || status == GM_MEMORY);
            failed += status == GM_MEMORY;
            gm_text_free(&seen.paths);
        }
    assert_true(failed > 10);
}

/* 30 folders of 1 to 5 folders of 0 to 6 folders, files before, between and behind them. */
static size_t grow_tree(const gm_place *place)
{
    size_t sources = 0;
    for (int i = 0; i < 30; i++)
        for (int j = 0; j <= i % 5; j++) {
            gm_place_put(place, gm_arena_printf(place->arena, "%d/%d/a.txt", i, j), "text");
            gm_place_put(place, gm_arena_printf(place->arena, "%d/%d/source.py", i, j), "text");
            gm_place_put(place, gm_arena_printf(place->arena, "%d/%d.txt", i, j), "text");
            sources++;
            for (int k = 0; k < (i + j) % 7; k++)
                gm_place_put(place, gm_arena_printf(place->arena, "%d/%d/%d/z", i, j, k), "text");
        }
    return sources;
}

static void test_two_threads_find_the_same_in_the_same_order(void **state)
{
    gm_place *place = *state;
    gm_context context = gm_context_defaults();
    gm_status status;
    size_t sources = grow_tree(place);
    struct seen alone = scan_at(&context, place->root, false, &status);
    assert_int_equal(status, GM_OK);
    assert_non_null(strstr(alone.paths.data, "/0/0.txt /1/0/0/z /1/0/a.txt /1/0.txt /1/1/0/z "));
    context.threads = 2;
    for (int round = 0; round < 50; round++) {
        struct seen both = scan_at(&context, place->root, false, &status);
        assert_int_equal(status, GM_OK);
        assert_string_equal(both.paths.data, alone.paths.data);
        assert_int_equal(both.unopened, sources);
        gm_text_free(&both.paths);
    }
    gm_text_free(&alone.paths);
}

static void test_a_walk_on_two_threads_ends_early(void **state)
{
    gm_place *place = *state;
    gm_context context = gm_context_defaults();
    grow_tree(place);
    context.threads = 2;
    context.cancelled = cancel_later;
    for (int round = 0; round < 50; round++) {
        struct counted counted = {0};
        gm_status status;
        context.user = &counted;
        struct seen seen = scan_at(&context, place->root, false, &status);
        assert_int_equal(status, GM_CANCELLED);
        gm_text_free(&seen.paths);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_named_files),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_too_many_files),
        cmocka_unit_test(test_cancel_and_progress),
        cmocka_unit_test(test_little_memory),
        cmocka_unit_test_setup_teardown(test_two_threads_find_the_same_in_the_same_order,
                                        gm_place_make, gm_place_remove),
        cmocka_unit_test_setup_teardown(test_a_walk_on_two_threads_ends_early, gm_place_make,
                                        gm_place_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
