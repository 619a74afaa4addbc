/* SPDX-License-Identifier: MIT */
/* Advice: requirements, and that nothing is proposed that the judge would refuse. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "advise/advise.h"
#include "catalog/catalog.h"

static gm_spec parse(gm_arena *arena, const char *text)
{
    gm_spec spec;
    assert_int_equal(gm_spec_parse(text, arena, &spec, NULL), GM_OK);
    return spec;
}

static void test_requirements(void **state)
{
    (void)state;
    gm_arena *arena = gm_arena_new(0);
    gm_spec spec = parse(arena, " Torch_Vision == 2.7.1+cu118 ");
    assert_string_equal(spec.name, "torch-vision");
    assert_string_equal(spec.version, "2.7.1+cu118");
    assert_string_equal(spec.variant, "cu118");
    assert_true(gm_spec_allows(&spec, "2.7.1"));
    assert_false(gm_spec_allows(&spec, "2.7.0"));
    spec = parse(arena, "torch>=2.6, <2.10, !=2.8");
    assert_true(gm_spec_allows(&spec, "2.9.1"));
    assert_false(gm_spec_allows(&spec, "2.10.0"));
    assert_false(gm_spec_allows(&spec, "2.8.0"));
    spec = parse(arena, "torch (~=2.9.1); python_version >= '3.10'");
    assert_true(gm_spec_allows(&spec, "2.9.2"));
    assert_false(gm_spec_allows(&spec, "2.10.0"));
    assert_false(gm_spec_allows(&spec, "2.9.0"));
    spec = parse(arena, "torch==2.9.*,!=2.9.1");
    assert_true(gm_spec_allows(&spec, "2.9.0"));
    assert_false(gm_spec_allows(&spec, "2.9.1"));
    assert_false(gm_spec_allows(&spec, "2.10.0"));
    static const char *const wrong[] = {"",    "torch~=", "torch==*",  "torch (==2.1",
                                        "==2", "torch==", "torch 2.1", "torch>=2.6,,",
                                        "a~b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(gm_spec_parse(wrong[i], arena, &spec, NULL), GM_USAGE);
    gm_arena_free(arena);
}

static gm_machine machine_of(gm_arena *arena, unsigned number, gm_os os, const char *driver)
{
    gm_machine machine = {.os = os, .cpu = GM_CPU_X86_64, .gpus = GM_KNOWN};
    gm_device *device = GM_PUSH(arena, &machine.devices);
    assert_non_null(device);
    device->vendor = GM_VENDOR_NVIDIA;
    device->targets[0] = gm_target_sm(number, 0);
    device->target_count = 1;
    machine.driver.state = GM_KNOWN;
    machine.driver.text = driver;
    assert_true(gm_version_parse(driver, &machine.driver.version));
    machine.driver.cuda = gm_catalog_driver_cuda(gm_catalog_builtin(), os, machine.driver.version);
    return machine;
}

/* What an advice installs, judged on its own. */
static gm_verdict judged(const gm_machine *machine, const gm_install *install)
{
    gm_arena *arena = gm_arena_new(0);
    gm_result result = {.machine = *machine};
    gm_judge_options options = {.assume_driver = false};
    gm_build build;
    gm_package *package = GM_PUSH(arena, &result.packages);
    assert_true(gm_catalog_build_find(gm_catalog_builtin(), install->name, install->version,
                                      install->variant, machine->os, machine->cpu, &build));
    assert_true(gm_catalog_build_package(gm_catalog_builtin(), &build, arena, package));
    assert_true(gm_judge(gm_catalog_builtin(), &result, &options, arena));
    gm_verdict verdict = result.verdict;
    gm_arena_free(arena);
    return verdict;
}

/* For every NVIDIA generation, two systems and drivers old and new: what pick installs runs. */
static void test_what_is_picked_runs(void **state)
{
    (void)state;
    static const unsigned targets[] = {37, 50, 61, 70, 75, 80, 86, 89, 90, 100, 103, 120, 121};
    static const char *const drivers[] = {"450.248.02", "470.256.02", "525.147.05", "535.161.08",
                                          "576.88",     "580.95.05",  "590.48.01",  "616.71"};
    size_t found = 0;
    for (size_t t = 0; t < sizeof targets / sizeof *targets; t++)
        for (size_t d = 0; d < sizeof drivers / sizeof *drivers; d++)
            for (int os = GM_OS_LINUX; os <= GM_OS_WINDOWS; os++) {
                gm_arena *arena = gm_arena_new(0);
                gm_result result = {.machine =
                                        machine_of(arena, targets[t], (gm_os)os, drivers[d])};
                gm_advise_options options = {.picking = true};
                gm_advised advised;
                assert_true(gm_advise(gm_catalog_builtin(), &result, &options, arena, &advised));
                assert_true(result.advice.count > 0);
                for (size_t i = 0; advised == GM_ADVISED_YES && i < result.advice.count; i++) {
                    const gm_advice *advice = &result.advice.items[i];
                    assert_true(advice->action == GM_ACTION_INSTALL && advice->proven);
                    assert_int_equal(judged(&result.machine, &advice->installs.items[0]),
                                     advice->proof);
                    found++;
                }
                gm_arena_free(arena);
            }
    assert_true(found > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_requirements),
                                       cmocka_unit_test(test_what_is_picked_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
