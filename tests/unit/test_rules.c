/* SPDX-License-Identifier: MIT */
/* Rules about the machine itself, and what is advised where it hinders every program. */
#include "unit.h"

#include <string.h>

#include "advise/advise.h"
#include "catalog/catalog.h"
#include "judge/judge.h"

struct situation {
    const char *what, *gpu;
    const char *driver, *library; /* versions; NULL unknown */
    bool compat, variable, container, hidden;
    gm_access access;
    gm_binding binding;
    /* what must come of it, for torch 2.9.1+cu128 */
    gm_verdict verdict;
    int code; /* gm_code or -1 */
    const char *variant;
    int action; /* gm_action of the first advice, or -1 */
    bool proven;
};

static const struct situation situations[] = {
    {"all is well", "RTX 4090", "580.82.07", "580.82.07", .access = GM_ACCESS_OK,
     .binding = GM_BINDING_COMPUTE, .verdict = GM_VERDICT_RUNS, .code = -1,
     .action = GM_ACTION_NOTHING},
    {"half an update", "RTX 4090", "575.57.08", "580.82.07", .verdict = GM_VERDICT_NO,
     .code = GM_CODE_DRIVER_MISMATCH, .variant = "reboot", .action = GM_ACTION_REBOOT},
    {"half an update in a container", "RTX 4090", "575.57.08", "580.82.07", .container = true,
     .verdict = GM_VERDICT_NO, .code = GM_CODE_DRIVER_MISMATCH, .variant = "container",
     .action = GM_ACTION_REBOOT},
    {"forward compatibility", "H100 80GB HBM3", "535.183.06", "570.124.06", .compat = true,
     .variable = true, .verdict = GM_VERDICT_RUNS, .code = GM_CODE_FORWARD_COMPAT,
     .variant = "works", .action = GM_ACTION_NOTHING},
    {"forward compatibility on a GeForce", "RTX 4090", "535.183.06", "570.124.06", .compat = true,
     .variable = true, .verdict = GM_VERDICT_NO, .code = GM_CODE_FORWARD_COMPAT,
     .variant = "refused", .action = GM_ACTION_UNSET_ENV, .proven = true},
    {"the same out of the loader's folders", "RTX 4090", "535.183.06", "570.124.06", .compat = true,
     .verdict = GM_VERDICT_NO, .code = GM_CODE_FORWARD_COMPAT, .variant = "refused",
     .action = GM_ACTION_CHANGE_IMAGE, .proven = true},
    {"a branch that no table has", "H100 80GB HBM3", "545.23.08", "570.124.06", .compat = true,
     .variable = true, .verdict = GM_VERDICT_UNKNOWN, .code = GM_CODE_FORWARD_COMPAT,
     .variant = "maybe", .action = GM_ACTION_UNSET_ENV, .proven = true},
    {"a compat library that is older", "H100 80GB HBM3", "580.82.07", "570.124.06", .compat = true,
     .variable = true, .verdict = GM_VERDICT_NO, .code = GM_CODE_DRIVER_MISMATCH,
     .variant = "compat", .action = GM_ACTION_UNSET_ENV, .proven = true},
    {"no permission", "RTX 4090", "580.82.07", NULL, .access = GM_ACCESS_DENIED,
     .verdict = GM_VERDICT_NO, .code = GM_CODE_NO_ACCESS, .action = GM_ACTION_GRANT_ACCESS,
     .proven = true},
    {"files that are not made yet", "RTX 4090", "580.82.07", NULL, .access = GM_ACCESS_ABSENT,
     .verdict = GM_VERDICT_RUNS, .code = -1, .action = GM_ACTION_NOTHING},
    {"a container without GPU", "RTX 4090", "580.82.07", NULL, .access = GM_ACCESS_ABSENT,
     .container = true, .verdict = GM_VERDICT_NO, .code = GM_CODE_NO_ACCESS, .variant = "container",
     .action = GM_ACTION_GRANT_ACCESS, .proven = true},
    {"hidden", "RTX 4090", "580.82.07", NULL, .hidden = true, .verdict = GM_VERDICT_NO,
     .code = GM_CODE_NO_GPU, .variant = "hidden", .action = GM_ACTION_UNSET_ENV, .proven = true},
    {"nouveau", "RTX 4090", "none", NULL, .binding = GM_BINDING_DISPLAY, .verdict = GM_VERDICT_NO,
     .code = GM_CODE_NO_DRIVER, .variant = "display", .action = GM_ACTION_UPGRADE_DRIVER,
     .proven = true},
    {"handed to a virtual machine", "RTX 4090", "580.82.07", NULL,
     .binding = GM_BINDING_PASSTHROUGH, .verdict = GM_VERDICT_NO, .code = GM_CODE_NO_DRIVER,
     .variant = "passthrough", .action = GM_ACTION_GRANT_ACCESS, .proven = true},
    {"hidden, and the build has no code", "GTX 1080 Ti", "580.82.07", NULL, .hidden = true,
     .verdict = GM_VERDICT_NO, .code = GM_CODE_NO_GPU, .variant = "hidden",
     .action = GM_ACTION_UNSET_ENV},
};

static void set_driver(gm_driver *driver, const char *text)
{
    driver->state = strcmp(text, "none") ? GM_KNOWN : GM_ABSENT;
    if (driver->state == GM_ABSENT)
        return;
    driver->text = text;
    assert_true(gm_version_parse(text, &driver->version));
    driver->cuda = gm_catalog_driver_cuda(gm_catalog_builtin(), GM_OS_LINUX, driver->version);
}

static void arrange(const struct situation *s, gm_arena *arena, gm_result *result)
{
    static const gm_setting hiding = {"CUDA_VISIBLE_DEVICES", "-1"};
    gm_machine *machine = &result->machine;
    gm_device *device = GM_PUSH(arena, &machine->devices);
    gm_build build;
    gm_gpu gpu;
    assert_true(gm_catalog_gpu_by_name(gm_catalog_builtin(), s->gpu, &gpu));
    *device = (gm_device){.vendor = gpu.vendor,
                          .name = gpu.name,
                          .target_count = 1,
                          .hidden = s->hidden,
                          .access = s->access,
                          .binding = s->binding,
                          .access_path = "/dev/nvidiactl",
                          .kernel_driver = "x"};
    device->targets[0] = gpu.targets[0];
    device->hidden_by = s->hidden ? hiding.name : NULL;
    if (s->hidden)
        *GM_PUSH(arena, &machine->settings) = hiding;
    machine->os = GM_OS_LINUX;
    machine->cpu = GM_CPU_X86_64;
    machine->gpus = GM_KNOWN;
    machine->container = s->container ? "docker" : NULL;
    set_driver(&machine->driver, s->driver);
    machine->driver.library = s->library;
    if (s->library)
        assert_true(gm_version_parse(s->library, &machine->driver.library_version));
    machine->driver.library_path = "/usr/local/cuda/compat/libcuda.so.1";
    machine->driver.library_compat = s->compat;
    machine->driver.library_variable = s->variable ? "LD_LIBRARY_PATH" : NULL;
    assert_true(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.9.1", "cu128", GM_OS_LINUX,
                                      GM_CPU_X86_64, &build));
    assert_true(gm_catalog_build_package(gm_catalog_builtin(), &build, arena,
                                         GM_PUSH(arena, &result->packages)));
}

static const gm_finding *find(const gm_result *result, int code)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if ((int)result->findings.items[i].code == code)
            return &result->findings.items[i];
    return NULL;
}

/* What an image asks of driver 550.54.14, which offers CUDA 12.4. */
static void test_container_labels(void **state)
{
    static const struct {
        const char *asks;
        bool met;
    } labels[] = {{"cuda>=12.4", true},
                  {"cuda>=12.8", false},
                  {"cuda>=12.8 brand=tesla,driver>=535,driver<536", false},
                  {"cuda>=12.8 brand=tesla,driver>=550,driver<551", true},
                  {"cuda>=12.8 driver>=550,driver<551", true},
                  {"cuda>=12.8,brand=tesla", false},
                  {"arch>=9.0", true}, /* not known: not told */
                  {"cuda>= , ,, =", true},
                  {"   ", true},
                  {NULL, true}};
    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        static const struct situation plain = {.gpu = "H100 80GB HBM3", .driver = "550.54.14"};
        gm_arena *arena = gm_arena_new(0);
        gm_result result = {.complete = true};
        gm_judge_options judge = {.assume_driver = false};
        arrange(&plain, arena, &result);
        result.machine.image_asks = labels[i].asks;
        assert_true(gm_judge(gm_catalog_builtin(), &result, &judge, arena));
        assert_int_equal(result.verdict, GM_VERDICT_RUNS);
        if ((find(&result, GM_CODE_CONTAINER_LABEL) == NULL) != labels[i].met)
            fail_msg("%s", labels[i].asks);
        gm_arena_free(arena);
    }
}

static void try_one(const struct situation *s)
{
    gm_arena *arena = gm_arena_new(0);
    gm_result result = {.complete = true};
    gm_judge_options judge = {.assume_driver = false};
    gm_advise_options advise = {.judge = judge};
    arrange(s, arena, &result);
    assert_true(gm_judge(gm_catalog_builtin(), &result, &judge, arena));
    assert_true(gm_advise(gm_catalog_builtin(), &result, &advise, arena, NULL));
    if (result.verdict != s->verdict)
        fail_msg("%s: %s", s->what, gm_verdict_token(result.verdict));
    const gm_finding *finding = find(&result, s->code);
    if (s->code >= 0 && !finding)
        fail_msg("%s: no %s", s->what, gm_code_token((gm_code)s->code));
    if (finding && s->variant)
        assert_string_equal(finding->variant, s->variant);
    assert_true(result.advice.count > 0);
    if ((int)result.advice.items[0].action != s->action)
        fail_msg("%s: %s", s->what, gm_action_token(result.advice.items[0].action));
    assert_int_equal(result.advice.items[0].proven, s->proven);
    assert_int_equal(result.machine.devices.items[0].hidden, s->hidden);
    gm_arena_free(arena);
}

static void test_situations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof situations / sizeof *situations; i++)
        try_one(&situations[i]);
}

/* A CUDA 13 build needs driver 580; a libcuda of that line is enough where it works. */
static void test_floor_of_forward_compatibility(void **state)
{
    static const struct {
        const char *library;
        gm_verdict verdict;
    } table[] = {{"580.65.06", GM_VERDICT_RUNS}, {NULL, GM_VERDICT_NO}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct situation s = situations[3];
        gm_arena *arena = gm_arena_new(0);
        gm_result result = {.complete = true};
        gm_judge_options judge = {.assume_driver = false};
        gm_build build;
        s.library = table[i].library;
        arrange(&s, arena, &result);
        assert_true(gm_catalog_build_find(gm_catalog_builtin(), "torch", "2.10.0", "cu130",
                                          GM_OS_LINUX, GM_CPU_X86_64, &build));
        assert_true(gm_catalog_build_package(gm_catalog_builtin(), &build, arena,
                                             &result.packages.items[0]));
        assert_true(gm_judge(gm_catalog_builtin(), &result, &judge, arena));
        assert_int_equal(result.verdict, table[i].verdict);
        gm_arena_free(arena);
    }
}

/* The level of the library counts where it works: a CUDA 12.8 build has its own level, not 12.2. */
static void test_level_of_forward_compatibility(void **state)
{
    (void)state;
    gm_arena *arena = gm_arena_new(0);
    gm_result result = {.complete = true};
    arrange(&situations[3], arena, &result);
    const gm_machine *machine = &result.machine;
    gm_driver seen =
        gm_driver_of_programs(gm_catalog_builtin(), machine, &machine->devices.items[0]);
    assert_int_equal(machine->driver.cuda.part[1], 2);
    assert_int_equal(seen.cuda.part[1], 8);
    gm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_situations),
                                       cmocka_unit_test(test_container_labels),
                                       cmocka_unit_test(test_floor_of_forward_compatibility),
                                       cmocka_unit_test(test_level_of_forward_compatibility)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
