/* SPDX-License-Identifier: MIT */
/* Targets, lists of code, rows of a library, findings. */
#include "unit.h"

#include <string.h>

#include "base/error.h"
#include "model/code.h"
#include "model/codelist.h"
#include "model/damage.h"

static void test_target_spellings(void **state)
{
    static const struct {
        const char *text, *canonical; /* NULL: no target */
    } rows[] = {
        {"sm_90", "sm_90"},
        {"SM_90a", "sm_90a"},
        {"sm90", "sm_90"},
        {"SM 9.0", "sm_90"},
        {"sm_12.0f", "sm_120f"},
        {"sm_120", "sm_120"},
        {"compute_37", "compute_37"},
        {"COMPUTE_100F", "compute_100f"},
        {"gfx90a", "gfx90a"},
        {"GFX90A:xnack+", "gfx90a:xnack+"},
        {"gfx90a:xnack-:sramecc+", "gfx90a:sramecc+:xnack-"},
        {"gfx1100", "gfx1100"},
        {"gfx11-generic", "gfx11-generic"},
        {"gfx9-4-generic", "gfx9-4-generic"},
        {"", NULL},
        {"sm_", NULL},
        {"sm_9", NULL},
        {"sm_90b", NULL},
        {"sm_90aa", NULL},
        {"sm_9.", NULL},
        {"sm_9.05", NULL},
        {"sm_99999999999", NULL},
        {"90", NULL},
        {"gfx", NULL},
        {"gfxxyz", NULL},
        {"gfx90a:", NULL},
        {"gfx90a:xnack", NULL},
        {"gfx90a:xnack+:xnack-", NULL},
        {"gfx90a:sram+", NULL},
        {"gfx-generic", NULL},
        {"gfx90aaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
    };
    char text[GM_TARGET_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gm_target target;
        bool known = gm_target_parse(rows[i].text, strlen(rows[i].text), &target);
        if (known != (rows[i].canonical != NULL))
            fail_msg("%s", rows[i].text);
        if (known)
            assert_string_equal(gm_target_format(&target, text), rows[i].canonical);
        else
            assert_int_equal(target.kind, GM_TARGET_NONE);
    }
}

static void test_target_order(void **state)
{
    static const char *const sorted[] = {"sm_75",         "sm_90",          "sm_90a", "sm_100",
                                         "sm_100f",       "compute_50",     "gfx908", "gfx90a",
                                         "gfx90a:xnack+", "gfx90a:sramecc-"};
    (void)state;
    for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
        for (size_t k = 0; k < sizeof sorted / sizeof *sorted; k++) {
            gm_target a, b;
            assert_true(gm_target_parse(sorted[i], strlen(sorted[i]), &a));
            assert_true(gm_target_parse(sorted[k], strlen(sorted[k]), &b));
            int order = gm_target_compare(&a, &b);
            assert_true(order == 0 ? i == k : (order < 0) == (i < k));
            assert_true(gm_target_equal(&a, &b) == (i == k));
        }
}

/* The images of a list, in one line. */
static char *list_line(gm_arena *arena, const char *text, const char *const *other)
{
    gm_library library = {0};
    gm_error error;
    char target[GM_TARGET_TEXT];
    char *line = gm_arena_text(arena, "");
    if (gm_code_list_parse(text, other, arena, &library, &error) != GM_OK)
        return gm_arena_printf(arena, "%s: %s", error.code, error.subject);
    assert_int_equal(library.modules.count, 1);
    assert_int_equal(library.modules.items[0].image_count, library.images.count);
    for (size_t i = 0; i < library.images.count; i++) {
        const gm_image *image = &library.images.items[i];
        line = gm_arena_printf(arena, "%s%s%s:%s", line, i ? " " : "",
                               gm_image_kind_token(image->kind),
                               gm_target_format(&image->target, target));
        if (image->ptx_isa)
            line = gm_arena_printf(arena, "%s/%u", line, (unsigned)image->ptx_isa);
        if (image->compression)
            line = gm_arena_printf(arena, "%s/%s", line, gm_compression_token(image->compression));
    }
    return line;
}

static void test_code_list(void **state)
{
    static const char *const intel[] = {"dg2", "bmg", NULL};
    static const struct {
        const char *text, *images;
    } rows[] = {
        {"sm_80 sm_90a compute_90", "sass:sm_80 sass:sm_90a ptx:compute_90"},
        {"8.0;9.0+PTX", "sass:sm_80 sass:sm_90 ptx:compute_90"},
        {"9.0a", "sass:sm_90a"},
        {"80-real;90-virtual", "sass:sm_80 ptx:compute_90"},
        {"90", "sass:sm_90 ptx:compute_90"},
        {"120f-real", "sass:sm_120f"},
        {" sm_70,, ;\tsm_75\n", "sass:sm_70 sass:sm_75"},
        {"gfx90a:xnack+;gfx1100", "hsaco:gfx90a:xnack+ hsaco:gfx1100"},
        {"compute_90:ptx8.7 sm_100:zstd", "ptx:compute_90/87 sass:sm_100/zstd"},
        {"9.0+PTX:ptx9.0:zstd", "sass:sm_90/zstd ptx:compute_90/90/zstd"},
        {"sm_90+PTX", "sass:sm_90 ptx:compute_90"},
        {"BMG", "spirv:bmg"},
        {"sm_80 sm80x", "bad-code: sm80x"},
        {"arc", "bad-code: arc"},
        {"9", "bad-code: 9"},
        {"9.0+PTX+PTX", "bad-code: 9.0+PTX+PTX"},
        {"compute_90:ptx87", "bad-code: compute_90:ptx87"},
        {"", "bad-code: "},
        {" ; ", "bad-code: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gm_arena *arena = gm_arena_new(0);
        char *line = list_line(arena, rows[i].text, intel);
        assert_string_equal(line, rows[i].images);
        gm_arena_free(arena);
    }
}

static gm_module *add_module(gm_arena *arena, gm_library *library, gm_registration registration,
                             bool stub)
{
    gm_module *module = GM_PUSH(arena, &library->modules);
    module->registration = registration;
    module->stub = stub;
    module->first_image = library->images.count;
    return module;
}

static void add_image(gm_arena *arena, gm_library *library, gm_image_kind kind, unsigned number,
                      uint16_t isa)
{
    gm_image *image = GM_PUSH(arena, &library->images);
    *image = (gm_image){.kind = kind, .stored_bytes = 10, .ptx_isa = isa};
    image->target = kind == GM_IMAGE_PTX ? gm_target_compute(number, 0) : gm_target_sm(number, 0);
    library->modules.items[library->modules.count - 1].image_count++;
}

static void test_rows(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_library library = {0};
    gm_target_rows rows;
    (void)state;
    add_module(arena, &library, GM_MODULE_REGISTERED, false);
    add_image(arena, &library, GM_IMAGE_PTX, 90, 78);
    add_image(arena, &library, GM_IMAGE_SASS, 90, 0);
    add_image(arena, &library, GM_IMAGE_SASS, 80, 0);
    add_module(arena, &library, GM_MODULE_REGISTERED, false);
    add_image(arena, &library, GM_IMAGE_SASS, 80, 0);
    add_image(arena, &library, GM_IMAGE_SASS, 80, 0);
    add_image(arena, &library, GM_IMAGE_PTX, 90, 87);
    add_module(arena, &library, GM_MODULE_LINKED, true);
    add_image(arena, &library, GM_IMAGE_SASS, 75, 0);
    add_module(arena, &library, GM_MODULE_PRELINKED, false);
    add_image(arena, &library, GM_IMAGE_SASS, 70, 0);
    assert_int_equal(gm_library_module_count(&library), 2);
    assert_int_equal(gm_library_stub_count(&library), 1);
    assert_true(gm_library_targets(&library, arena, &rows));
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows.items[0].target.number, 80);
    assert_int_equal(rows.items[0].modules, 2);
    assert_int_equal(rows.items[0].images, 3);
    assert_int_equal(rows.items[0].bytes, 30);
    assert_int_equal(rows.items[1].target.number, 90);
    assert_int_equal(rows.items[2].kind, GM_IMAGE_PTX);
    assert_int_equal(rows.items[2].ptx_isa_max, 87);
    assert_int_equal(rows.items[2].compression[GM_COMPRESSION_NONE], 2);
    gm_arena_free(arena);
}

static void test_findings(void **state)
{
    gm_arena *arena = gm_arena_new(0);
    gm_finding_list list = {0};
    gm_damage_list damage = {.limit = 2};
    static const char *const items[] = {"sm_80", "sm_90"};
    (void)state;
    gm_finding *finding = gm_finding_add(arena, &list, GM_CODE_DAMAGED, GM_SEVERITY_ERROR);
    gm_args_text(arena, &finding->args, "file", "a.so");
    gm_args_text(arena, &finding->args, "none", NULL);
    gm_args_number(arena, &finding->args, "offset", -5);
    gm_args_list(arena, &finding->args, "targets", items, 2);
    gm_args_message(arena, &finding->args, "what", "damage.file-cut");
    gm_finding_about(arena, finding, "torch", 1);
    gm_finding_about(arena, finding, "torch", 1);
    gm_finding_about(arena, finding, NULL, -1);
    assert_int_equal(finding->args.count, 4);
    assert_string_equal(gm_args_find(&finding->args, "targets"), "sm_80, sm_90");
    assert_string_equal(gm_args_find(&finding->args, "offset"), "-5");
    assert_true(finding->args.items[3].is_message);
    assert_null(gm_args_find(&finding->args, "none"));
    assert_int_equal(finding->packages.count, 1);
    assert_int_equal(finding->devices.count, 1);
    for (int i = 0; i < GM_CODE_COUNT; i++)
        assert_true(strlen(gm_code_token((gm_code)i)) > 2);
    gm_damage_note(arena, &damage, "a", 1);
    gm_damage_note(arena, &damage, "a", 1);
    gm_damage_note(arena, &damage, "a", 2);
    gm_damage_note(arena, &damage, "b", 3);
    assert_int_equal(damage.notes.count, 2);
    assert_int_equal(damage.dropped, 1);
    gm_arena_free(arena);
}

/* What rules and reports ask of a library is the same of a condensed one, which does not grow. */
static void test_condensed_library(void **state)
{
    enum { MODULES = 3000 };
    gm_arena *arena = gm_arena_new(0);
    gm_library library = {.path = "x.so", .complete = true}, condensed;
    gm_target_rows rows, again;
    (void)state;
    for (unsigned m = 0; m < MODULES; m++) {
        gm_module *module = GM_PUSH(arena, &library.modules);
        module->stub = m % 10 == 9;
        module->registration = GM_MODULE_REGISTERED;
        module->first_image = library.images.count;
        module->image_count = module->stub ? 0 : 1 + m % 3;
        for (unsigned i = 0; i < module->image_count; i++) {
            gm_image *image = GM_PUSH(arena, &library.images);
            image->kind = i == 2 ? GM_IMAGE_PTX : GM_IMAGE_SASS;
            image->target = i == 2 ? gm_target_compute(90, 0) : gm_target_sm(80 + i * 6, 0);
            image->compression = m < MODULES / 2 ? GM_COMPRESSION_LZ4 : GM_COMPRESSION_ZSTD;
            image->ptx_isa = i == 2 ? 80 : 0;
            image->stored_bytes = 10 + m;
        }
    }
    assert_true(gm_library_condense(arena, &library, &condensed));
    assert_int_equal(condensed.modules.count, 2 * 3 + 1); /* two compressions, three lists; stubs */
    assert_int_equal(gm_library_module_count(&condensed), gm_library_module_count(&library));
    assert_int_equal(gm_library_stub_count(&condensed), MODULES / 10);
    assert_true(gm_library_targets(&library, arena, &rows));
    assert_true(gm_library_targets(&condensed, arena, &again));
    assert_int_equal(rows.count, 3);
    assert_int_equal(again.count, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        assert_true(gm_target_equal(&rows.items[i].target, &again.items[i].target));
        assert_int_equal(rows.items[i].modules, again.items[i].modules);
        assert_int_equal(rows.items[i].images, again.items[i].images);
        assert_int_equal(rows.items[i].bytes, again.items[i].bytes);
        assert_int_equal(rows.items[i].ptx_isa_max, again.items[i].ptx_isa_max);
        assert_memory_equal(rows.items[i].compression, again.items[i].compression,
                            sizeof rows.items[i].compression);
    }
    gm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target_spellings), cmocka_unit_test(test_target_order),
        cmocka_unit_test(test_code_list),        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_findings),         cmocka_unit_test(test_condensed_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
