/* SPDX-License-Identifier: MIT */
/* The rules, one situation each, on the real tables. */
#include "unit.h"

#include <string.h>

#include "catalog/catalog.h"
#include "judge/judge.h"
#include "model/codelist.h"

struct world {
    gm_arena *arena;
    gm_result result;
};

static gm_driver driver_of(gm_os os, const char *text)
{
    gm_driver driver = {.state = GM_UNKNOWN};
    if (!text)
        return driver;
    if (!strcmp(text, "none")) {
        driver.state = GM_ABSENT;
        return driver;
    }
    driver.state = GM_KNOWN;
    driver.text = text;
    assert_true(gm_version_parse(text, &driver.version));
    driver.cuda = gm_catalog_driver_cuda(gm_catalog_builtin(), gm_os_of_driver(os), driver.version);
    return driver;
}

static void add_gpu(struct world *w, const char *target)
{
    gm_device *device = GM_PUSH(w->arena, &w->result.machine.devices);
    assert_non_null(device);
    device->index = (int)w->result.machine.devices.count - 1;
    assert_true(gm_target_parse(target, strlen(target), &device->targets[0]));
    device->target_count = 1;
    device->vendor = gm_target_vendor(&device->targets[0]);
    w->result.machine.gpus = GM_KNOWN;
}

static struct world world_of(gm_os os, const char *driver)
{
    struct world w = {.arena = gm_arena_new(0)};
    w.result.machine.os = os;
    w.result.machine.cpu = GM_CPU_X86_64;
    w.result.machine.driver = driver_of(os, driver);
    w.result.machine.gpus = GM_ABSENT;
    return w;
}

static gm_package *add_code(struct world *w, const char *list)
{
    gm_package *package = GM_PUSH(w->arena, &w->result.packages);
    gm_library *library = GM_PUSH(w->arena, &package->libraries);
    package->name = "code";
    package->evidence = GM_EVIDENCE_STATED;
    library->path = "code";
    library->role = GM_ROLE_CORE;
    library->selected = true;
    assert_int_equal(gm_code_list_parse(list, NULL, w->arena, library, NULL), GM_OK);
    return package;
}

static bool reports(const struct world *w, gm_code code)
{
    for (size_t i = 0; i < w->result.findings.count; i++)
        if (w->result.findings.items[i].code == code)
            return true;
    return false;
}

static void judge(struct world *w)
{
    gm_judge_options options = {.assume_driver = false};
    assert_true(gm_judge(gm_catalog_builtin(), &w->result, &options, w->arena));
}

struct row {
    const char *gpu, *driver, *code;
    gm_verdict verdict;
    int reason; /* gm_code, or -1 */
};

/* Each row stands for one line of rules 1, 2, 6, 9, 10 or 11. */
static const struct row rows[] = {
    {"sm_89", "535.161.08", "sm_86", GM_VERDICT_RUNS, -1},
    {"sm_86", "550.163.01", "sm_89", GM_VERDICT_NO, GM_CODE_NO_CODE},
    {"sm_90", "550.163.01", "sm_90a", GM_VERDICT_RUNS, -1},
    {"sm_103", "580.95.05", "sm_100a", GM_VERDICT_NO, GM_CODE_ARCH_SPECIFIC},
    {"sm_103", "580.95.05", "sm_100f", GM_VERDICT_RUNS, -1},
    {"sm_121", "580.119.02", "sm_120", GM_VERDICT_RUNS, -1},
    {"sm_87", "580.95.05", "sm_80 sm_86", GM_VERDICT_NO, GM_CODE_TEGRA_MISMATCH},
    {"sm_89", "550.163.01", "sm_87", GM_VERDICT_NO, GM_CODE_TEGRA_MISMATCH},
    {"sm_120", "570.211.01", "compute_80:ptx8.0", GM_VERDICT_RUNS_JIT, GM_CODE_PTX_OLD},
    {"sm_89", "550.163.01", "compute_90:ptx8.0", GM_VERDICT_NO, GM_CODE_NO_CODE},
    {"sm_75", "470.223.02", "compute_75:ptx7.8", GM_VERDICT_NO, GM_CODE_PTX_TOO_NEW},
    {"sm_75", "520.61.05", "compute_75:ptx7.8", GM_VERDICT_RUNS_JIT, GM_CODE_PTX_ONLY},
    {"sm_90", "535.161.08", "sm_90 compute_90:ptx8.8", GM_VERDICT_RUNS, -1},
    {"sm_70", "535.288.01", "sm_70:zstd", GM_VERDICT_NO, GM_CODE_DRIVER_COMPRESSION},
    {"sm_70", "550.54.14", "sm_70:zstd", GM_VERDICT_RUNS, -1},
    {"sm_80", NULL, "sm_80", GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_DRIVER},
    {"sm_80", NULL, "sm_90", GM_VERDICT_NO, GM_CODE_NO_CODE},
    {"sm_80", "none", "sm_80", GM_VERDICT_NO, GM_CODE_NO_DRIVER},
    {"sm_61", "590.48.01", "sm_60", GM_VERDICT_NO, GM_CODE_DRIVER_DROPPED_GPU},
    {"sm_80", "440.100", "sm_80", GM_VERDICT_NO, GM_CODE_GPU_NEWER_THAN_DRIVER},
    {"sm_80", "550.163.01", "gfx1030", GM_VERDICT_NO, GM_CODE_OTHER_VENDOR},
    {"gfx1103", NULL, "gfx1100 gfx1102", GM_VERDICT_NO, GM_CODE_NO_CODE},
    {"gfx1103", NULL, "gfx11-generic", GM_VERDICT_RUNS, -1},
    {"gfx90a:xnack-", NULL, "gfx90a:xnack+", GM_VERDICT_NO, GM_CODE_ARCH_SPECIFIC},
    {"gfx90a:xnack-", NULL, "gfx90a", GM_VERDICT_RUNS, -1},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_of(GM_OS_LINUX, rows[i].driver);
        add_gpu(&w, rows[i].gpu);
        add_code(&w, rows[i].code);
        judge(&w);
        if (w.result.verdict != rows[i].verdict)
            print_error("row %zu (%s on %s): %s\n", i, rows[i].code, rows[i].gpu,
                        gm_verdict_token(w.result.verdict));
        assert_int_equal(w.result.verdict, rows[i].verdict);
        if (rows[i].reason >= 0)
            assert_true(reports(&w, (gm_code)rows[i].reason));
        else
            assert_false(reports(&w, GM_CODE_NO_CODE));
        gm_arena_free(w.arena);
    }
}

static void add_module(gm_arena *arena, gm_library *library, const char *list)
{
    gm_library one = {0};
    assert_int_equal(gm_code_list_parse(list, NULL, arena, &one, NULL), GM_OK);
    gm_module *module = GM_PUSH(arena, &library->modules);
    assert_non_null(module);
    *module = one.modules.items[0];
    module->first_image = library->images.count;
    for (size_t i = 0; i < one.images.count; i++)
        *GM_PUSH(arena, &library->images) = one.images.items[i];
}

static gm_cover cover_of(const gm_library *library, unsigned number)
{
    const gm_driver driver = {0};
    gm_target device = gm_target_sm(number, 0);
    return gm_cover_library(gm_catalog_builtin(), library, &device, &driver, GM_OS_LINUX,
                            (gm_version){{0}, 0});
}

/* Rule 3: a feature for other GPUs is no hole, code of another major without PTX is. */
static void test_coverage(void **state)
{
    (void)state;
    gm_arena *arena = gm_arena_new(0);
    gm_library library = {.selected = true};
    add_module(arena, &library, "sm_75");
    add_module(arena, &library, "sm_90a");
    gm_cover cover = cover_of(&library, 75);
    assert_int_equal(cover.modules, 2);
    assert_int_equal(cover.other_gpus, 1);
    assert_int_equal(gm_cover_coverage(&cover), GM_COVERAGE_ALL);
    add_module(arena, &library, "sm_70 sm_60");
    add_module(arena, &library, "sm_60");
    cover = cover_of(&library, 75);
    assert_int_equal(cover.sass, 2);
    assert_int_equal(cover.holes, 1);
    assert_int_equal(gm_cover_coverage(&cover), GM_COVERAGE_SOME);
    gm_arena_free(arena);
}

/* A library without anything for a GPU, in a package whose core serves it. */
static void test_missing_feature(void **state)
{
    (void)state;
    struct world w = world_of(GM_OS_LINUX, "580.95.05");
    add_gpu(&w, "sm_75");
    gm_package *package = add_code(&w, "sm_75 sm_80");
    gm_library *feature = GM_PUSH(w.arena, &package->libraries);
    feature->path = "libfeature.so";
    feature->role = GM_ROLE_FEATURE;
    feature->selected = true;
    assert_int_equal(gm_code_list_parse("sm_80 sm_90", NULL, w.arena, feature, NULL), GM_OK);
    judge(&w);
    assert_int_equal(w.result.verdict, GM_VERDICT_PARTLY);
    assert_true(reports(&w, GM_CODE_MISSING_FEATURE));
    gm_arena_free(w.arena);
}

/* Rule 11: the same PTX carries a list of code, but not a package that needs math libraries. */
static void test_old_ptx_carries_no_package(void **state)
{
    (void)state;
    for (int known = 0; known < 3; known++) {
        struct world w = world_of(GM_OS_WINDOWS, "576.02");
        add_gpu(&w, "sm_120");
        gm_package *package = add_code(&w, "sm_50 sm_90 compute_37");
        package->brings_math = known > 0;
        if (known == 2)
            gm_version_parse("11.8", &package->cuda);
        judge(&w);
        assert_true(reports(&w, GM_CODE_PTX_OLD));
        assert_int_equal(w.result.verdict, known == 0   ? GM_VERDICT_RUNS_JIT
                                           : known == 1 ? GM_VERDICT_PARTLY
                                                        : GM_VERDICT_NO);
        gm_arena_free(w.arena);
    }
}

/* Two independent reasons are both reported. */
static void test_every_reason(void **state)
{
    (void)state;
    struct world w = world_of(GM_OS_LINUX, "470.57.02");
    add_gpu(&w, "sm_90");
    gm_package *package = add_code(&w, "sm_80");
    gm_version_parse("12.1", &package->cuda);
    judge(&w);
    assert_int_equal(w.result.verdict, GM_VERDICT_NO);
    assert_true(reports(&w, GM_CODE_NO_CODE));
    assert_true(reports(&w, GM_CODE_DRIVER_TOO_OLD));
    assert_true(reports(&w, GM_CODE_GPU_NEWER_THAN_DRIVER));
    gm_arena_free(w.arena);
}

static void test_adding_up(void **state)
{
    (void)state;
    const gm_verdict runs = GM_VERDICT_RUNS, jit = GM_VERDICT_RUNS_JIT, no = GM_VERDICT_NO,
                     unknown = GM_VERDICT_UNKNOWN, partly = GM_VERDICT_PARTLY;
    const struct {
        gm_verdict a, b, sum;
    } sums[] = {{runs, runs, runs},     {runs, jit, jit},         {no, no, no},
                {no, unknown, unknown}, {runs, unknown, unknown}, {runs, no, partly},
                {jit, no, partly},      {partly, runs, partly},   {partly, no, partly}};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        gm_device_outcome outcomes[2] = {{.verdict = sums[i].a}, {.verdict = sums[i].b}};
        assert_int_equal(gm_verdict_over_devices(outcomes, 2), sums[i].sum);
    }
}

static void test_some_gpus(void **state)
{
    (void)state;
    struct world w = world_of(GM_OS_LINUX, "550.163.01");
    add_gpu(&w, "sm_61");
    add_gpu(&w, "sm_86");
    add_code(&w, "sm_75 sm_80");
    judge(&w);
    assert_int_equal(w.result.verdict, GM_VERDICT_PARTLY);
    assert_true(reports(&w, GM_CODE_SOME_GPUS_UNCOVERED));
    w.result.machine.devices.items[0].hidden = true;
    memset(&w.result.findings, 0, sizeof w.result.findings);
    judge(&w);
    assert_int_equal(w.result.verdict, GM_VERDICT_RUNS);
    gm_arena_free(w.arena);
}

static void test_no_package(void **state)
{
    (void)state;
    struct world w = world_of(GM_OS_LINUX, "550.163.01");
    add_gpu(&w, "sm_86");
    judge(&w);
    assert_int_equal(w.result.verdict, GM_VERDICT_UNKNOWN);
    assert_true(reports(&w, GM_CODE_NO_PACKAGE));
    gm_arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),           cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_missing_feature), cmocka_unit_test(test_old_ptx_carries_no_package),
        cmocka_unit_test(test_every_reason),    cmocka_unit_test(test_adding_up),
        cmocka_unit_test(test_some_gpus),       cmocka_unit_test(test_no_package)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
