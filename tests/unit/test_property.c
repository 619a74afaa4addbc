/* SPDX-License-Identifier: MIT */
/* What holds for every machine: 50,000 of them, made of the tables' own GPUs, drivers and builds by
 * a generator with a fixed seed, are judged and advised. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/rows.h"

#define WORLDS      25000 /* in each of two parts with seeds of their own, which run side by side */
#define AGAIN_EVERY 16    /* worlds that are advised twice */

/* --- what an advice makes of a world ------------------------------------------------------------
 */

/* Advice is judged again with all that a user would be shown (`shown`); what is only counted, by
 * its verdict alone. */
static gm_verdict judge_packages(const gm_machine *machine, const gm_package_list *packages,
                                 bool shown)
{
    gm_arena *arena = gm_arena_new(0);
    gm_judge_options options = {.verdicts_only = !shown};
    gm_result result = {.machine = *machine};
    for (size_t i = 0; i < packages->count; i++) {
        gm_package *copy = GM_PUSH(arena, &result.packages);
        *copy = packages->items[i];
        memset(&copy->outcomes, 0, sizeof copy->outcomes);
    }
    assert_true(gm_judge(catalog, &result, &options, arena));
    gm_verdict verdict = result.verdict;
    gm_arena_free(arena);
    return verdict;
}

static gm_verdict judge_build(const gm_machine *machine, const gm_build *build, bool shown)
{
    return judge_packages(machine, build_as_packages(build), shown);
}

static void apply_assumptions(gm_machine *machine, const gm_advice *advice)
{
    for (size_t i = 0; i < advice->assumes.count; i++) {
        const gm_pair *pair = &advice->assumes.items[i];
        const char *value = pair->value + strspn(pair->value, ">=");
        if (!strcmp(pair->name, "driver"))
            set_driver(machine, value);
        else if (!strcmp(pair->name, "python"))
            machine->python = (gm_python){0}, gm_version_parse(value, &machine->python.version);
        else if (!strcmp(pair->name, "glibc"))
            gm_version_parse(value, &machine->glibc);
        else
            fail_msg("nobody knows how to assume %s", pair->name);
    }
}

static void apply_override(gm_machine *machine, const gm_advice *advice)
{
    for (size_t i = 0; i < advice->env.count; i++) {
        gm_target target;
        if (strcmp(advice->env.items[i].name, "HSA_OVERRIDE_GFX_VERSION"))
            continue;
        assert_true(gm_target_of_gfx_version(advice->env.items[i].value, &target));
        for (size_t k = 0; k < machine->devices.count; k++)
            if (machine->devices.items[k].vendor == GM_VENDOR_AMD)
                machine->devices.items[k].targets[0] = target;
    }
}

/* The machine once somebody did what the advice says. */
static gm_machine follow(gm_arena *arena, const gm_machine *from, const gm_advice *advice)
{
    gm_machine machine = *from;
    machine.devices.items = gm_arena_array(arena, from->devices.count, sizeof(gm_device));
    memcpy(machine.devices.items, from->devices.items, from->devices.count * sizeof(gm_device));
    for (size_t i = 0; i < advice->hide_devices.count; i++)
        machine.devices.items[advice->hide_devices.items[i]].hidden = true;
    apply_assumptions(&machine, advice);
    apply_override(&machine, advice);
    if (advice->driver_min || advice->driver_max)
        set_driver(&machine, advice->driver_min ? advice->driver_min : advice->driver_max);
    return machine;
}

static gm_verdict verdict_of(const struct world *world, const gm_advice *advice)
{
    gm_arena *arena = gm_arena_new(0);
    gm_machine machine = follow(arena, &world->result.machine, advice);
    gm_verdict verdict;
    if (advice->installs.count) {
        const gm_install *install = &advice->installs.items[0];
        gm_build build;
        assert_true(gm_catalog_build_find(
            catalog, install->name, install->version, install->variant, gm_os_of_wheels(machine.os),
            gm_cpu_of_wheels(gm_os_of_wheels(machine.os), machine.cpu), &build));
        assert_true(gm_spec_allows(&world->spec, build.release) ||
                    !strcmp(advice->why, "advice.install.unpinned"));
        verdict = judge_build(&machine, &build, true);
    } else {
        verdict = judge_packages(&machine, &world->result.packages, true);
    }
    gm_arena_free(arena);
    return verdict;
}

/* Is there a build, or a driver for what is installed, with which all would run? Every build that
 * the user allows, each with the driver that is there and the newest that drives all GPUs: newer
 * ones are never worse (test_newer_drivers_are_not_worse). */
static bool something_runs(const struct world *world)
{
    gm_machine machine = world->result.machine;
    const struct drivers *list = drivers_for(machine.os);
    size_t changes =
        machine.driver.state == GM_UNKNOWN || has_tegra(&machine) || !has_nvidia(&machine)
            ? 0
            : list->count;
    for (size_t d = 0; d <= changes; d++) {
        bool driven = true;
        if (d > 0) {
            set_listed_driver(&machine, list->count - d);
            for (size_t i = 0; i < machine.devices.count; i++) {
                gm_driver_range range;
                gm_version after;
                const gm_device *device = &machine.devices.items[i];
                if (gm_catalog_driver_range(catalog, gm_os_of_driver(machine.os), device->pci,
                                            device->name, &device->targets[0], (gm_version){{0}, 0},
                                            &range) &&
                    range.after_last && gm_version_parse(range.after_last, &after))
                    driven = driven && gm_version_compare(machine.driver.version, after) < 0;
            }
        }
        if (!driven)
            continue;
        if (world->result.packages.count &&
            judge_packages(&machine, &world->result.packages, false) <= GM_VERDICT_RUNS_JIT)
            return true;
        gm_os os = gm_os_of_wheels(machine.os);
        gm_cpu cpu = gm_cpu_of_wheels(os, machine.cpu);
        gm_build build;
        for (size_t at = 0; gm_catalog_next_build(catalog, &world->spec, os, cpu, &at, &build);)
            if (judge_build(&machine, &build, false) == GM_VERDICT_RUNS)
                return true;
        if (d > 0)
            break;
    }
    return false;
}

/* --- properties ---------------------------------------------------------------------------------
 */

static void describe(const struct world *world, const char *what)
{
    const gm_machine *machine = &world->result.machine;
    print_error(
        "%s\n  os %s, cpu %s, driver %s (state %d, module %d), python %u.%u%s, glibc %u.%u\n", what,
        gm_os_token(machine->os), gm_cpu_token(machine->cpu),
        machine->driver.text ? machine->driver.text : "-", machine->driver.state,
        machine->driver.kernel_module, machine->python.version.part[0],
        machine->python.version.part[1], machine->python.free_threaded ? "t" : "",
        machine->glibc.part[0], machine->glibc.part[1]);
    for (size_t i = 0; i < machine->devices.count; i++) {
        char text[GM_TARGET_TEXT];
        const gm_device *device = &machine->devices.items[i];
        print_error("  gpu %s %s %s\n", device->pci ? device->pci : "-",
                    device->name ? device->name : "-", gm_target_format(&device->targets[0], text));
    }
    for (size_t i = 0; i < world->result.packages.count; i++)
        print_error("  installed %s: %s\n", world->result.packages.items[i].version,
                    gm_verdict_token(world->result.packages.items[i].verdict));
    print_error("  asked for %s, %s\n", world->spec_text,
                world->options.picking ? "picking" : "checking");
    for (size_t i = 0; i < world->result.advice.count; i++) {
        const gm_advice *advice = &world->result.advice.items[i];
        print_error("  advice %s %s, proof %s, driver %s %s, installs %s+%s\n",
                    gm_action_token(advice->action), advice->why,
                    advice->proven ? gm_verdict_token(advice->proof) : "none",
                    advice->driver_min ? advice->driver_min : "-",
                    advice->driver_max ? advice->driver_max : "-",
                    advice->installs.count ? advice->installs.items[0].version : "-",
                    advice->installs.count ? advice->installs.items[0].variant : "-");
    }
}

static size_t count_action(const gm_advice_list *list, gm_action action, bool with_hidden)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].action == action &&
                 (with_hidden || list->items[i].hide_devices.count == 0);
    return count;
}

/* NULL when all is well, else what is not. */
static const char *contradiction(const struct world *world)
{
    const gm_advice_list *list = &world->result.advice;
    const gm_driver *driver = &world->result.machine.driver;
    gm_version version;
    if (list->count == 0)
        return "no advice at all";
    if (count_action(list, GM_ACTION_NOTHING, true) && list->count > 1)
        return "nothing is to be done, and something";
    if (count_action(list, GM_ACTION_UPGRADE_DRIVER, true) &&
        count_action(list, GM_ACTION_DOWNGRADE_DRIVER, true))
        return "a newer and an older driver";
    if (count_action(list, GM_ACTION_INSTALL, false) > 1)
        return "two builds for the same GPUs";
    if ((world->advised == GM_ADVISED_YES) && world->options.picking &&
        (list->items[0].action != GM_ACTION_INSTALL || !list->items[0].proven))
        return "picked, but not installed";
    for (size_t i = 0; i < list->count && driver->state == GM_KNOWN; i++) {
        const gm_advice *advice = &list->items[i];
        if (advice->driver_min && gm_version_parse(advice->driver_min, &version) &&
            gm_version_compare(version, driver->version) < !strstr(advice->why, "kernel-module"))
            return "upgrade to a driver that is not newer";
        if (advice->driver_max && gm_version_parse(advice->driver_max, &version) &&
            gm_version_compare(version, driver->version) >= 0)
            return "downgrade to a driver that is not older";
    }
    return NULL;
}

static bool same_advice(const gm_advice *a, const gm_advice *b)
{
    if (a->action != b->action || strcmp(a->why, b->why) || a->proven != b->proven ||
        a->proof != b->proof || a->installs.count != b->installs.count ||
        a->commands.count != b->commands.count || a->hide_devices.count != b->hide_devices.count ||
        !gm_text_equal(a->driver_min, b->driver_min) ||
        !gm_text_equal(a->driver_max, b->driver_max))
        return false;
    for (size_t i = 0; i < a->commands.count; i++)
        if (strcmp(a->commands.items[i].text, b->commands.items[i].text))
            return false;
    return true;
}

static bool same_again(const struct world *world)
{
    struct world again = *world;
    again.arena = gm_arena_new(0);
    again.result.findings = (gm_finding_list){0};
    again.result.advice = (gm_advice_list){0};
    again.result.packages = (gm_package_list){0};
    for (size_t i = 0; i < world->result.packages.count; i++) {
        gm_package *copy = GM_PUSH(again.arena, &again.result.packages);
        *copy = world->result.packages.items[i];
        memset(&copy->outcomes, 0, sizeof copy->outcomes);
    }
    advise(&again);
    bool same = again.result.advice.count == world->result.advice.count &&
                again.result.verdict == world->result.verdict && again.advised == world->advised;
    for (size_t i = 0; same && i < again.result.advice.count; i++)
        same = same_advice(&again.result.advice.items[i], &world->result.advice.items[i]);
    gm_arena_free(again.arena);
    return same;
}

static const char *wrong_with(const struct world *world, bool twice)
{
    const gm_advice_list *list = &world->result.advice;
    const char *wrong = contradiction(world);
    bool proven = false;
    for (size_t i = 0; !wrong && i < list->count; i++) {
        const gm_advice *advice = &list->items[i];
        if (advice->proven && advice->action != GM_ACTION_BUILD_FROM_SOURCE &&
            verdict_of(world, advice) != advice->proof)
            wrong = "an advice that does not do what its proof says";
        proven = proven || advice->proven || advice->action == GM_ACTION_NOTHING;
    }
    if (!wrong && !proven && world->result.machine.driver.state != GM_UNKNOWN &&
        something_runs(world))
        wrong = "no proven advice, though something runs";
    if (!wrong && twice && !same_again(world))
        wrong = "the same question has two answers";
    return wrong;
}

static void test_advice(void **state)
{
    (void)state;
    size_t wrong_count = 0, proven = 0, pairs = 0;
    for (size_t i = 0; i < WORLDS; i++) {
        struct world world;
        draw_world(&world);
        const char *wrong = wrong_with(&world, i % AGAIN_EVERY == 0);
        if (wrong && wrong_count++ < 10)
            describe(&world, wrong);
        proven += world.result.advice.count && world.result.advice.items[0].proven;
        pairs += world.result.machine.devices.count == 2;
        gm_arena_free(world.arena);
    }
    print_message("%d worlds, %zu with two GPUs, %zu with a proven first advice, %zu wrong\n",
                  WORLDS, pairs, proven, wrong_count);
    assert_int_equal(wrong_count, 0);
    assert_true(proven > WORLDS / 5 && pairs > WORLDS / 5);
}

/* Inside the range of drivers that serve a GPU, a newer one never makes a verdict worse: every
 * NVIDIA target, every build, every driver of the tables. */
static void test_newer_drivers_are_not_worse(void **state)
{
    (void)state;
    size_t compared = 0, worse = 0;
    for (size_t t = 0; t < catalog->sm_targets_count; t++) {
        const char *name = gm_cell(catalog, catalog->sm_targets[t].target);
        gm_target target = gm_cell_target(name, strlen(name));
        for (int os = GM_OS_LINUX; os <= GM_OS_WINDOWS && !target.suffix; os++) {
            const struct drivers *list = drivers_for((gm_os)os);
            gm_driver_range range;
            gm_version first = {{0}, 0}, after = {{UINT32_MAX}, 1};
            if (!gm_catalog_driver_range(catalog, (gm_os)os, NULL, NULL, &target, first, &range))
                continue;
            if (range.first)
                gm_version_parse(range.first, &first);
            if (range.after_last)
                gm_version_parse(range.after_last, &after);
            for (size_t b = 0; b < gm_catalog_build_count(catalog); b++) {
                gm_verdict before = GM_VERDICT_NO;
                gm_build build;
                gm_catalog_build(catalog, b, &build);
                gm_device device = {
                    .vendor = GM_VENDOR_NVIDIA, .targets = {target}, .target_count = 1};
                gm_machine machine = {.os = (gm_os)os, .cpu = build.cpu, .gpus = GM_KNOWN};
                machine.devices.items = &device;
                machine.devices.count = 1;
                if (build.os != (gm_os)os || !build.cuda.count)
                    continue;
                for (size_t d = 0; d < list->count; d++) {
                    if (gm_version_compare(list->version[d], first) < 0 ||
                        gm_version_compare(list->version[d], after) >= 0)
                        continue;
                    machine.driver = (gm_driver){.state = GM_KNOWN,
                                                 .text = list->text[d],
                                                 .version = list->version[d],
                                                 .cuda = list->cuda[d]};
                    gm_verdict verdict = judge_build(&machine, &build, false);
                    if (d > 0 && verdict > before && worse++ < 10)
                        print_error("%s, torch %s+%s: driver %s makes it %s\n", name, build.release,
                                    build.variant, list->text[d], gm_verdict_token(verdict));
                    before = verdict;
                    compared++;
                }
            }
        }
    }
    print_message("%zu verdicts in the order of drivers, %zu worse than the one before\n", compared,
                  worse);
    assert_int_equal(worse, 0);
    assert_true(compared > 100000);
}

/* The argument: which part. */
int main(int argc, char **argv)
{
    const struct CMUnitTest advice[] = {cmocka_unit_test(test_advice)};
    const struct CMUnitTest all[] = {cmocka_unit_test(test_advice),
                                     cmocka_unit_test(test_newer_drivers_are_not_worse)};
    bool first = argc < 2 || !strcmp(argv[1], "1");
    seed_worlds(first ? 1 : 2);
    return first ? cmocka_run_group_tests(all, collect_tables, forget_tables)
                 : cmocka_run_group_tests(advice, collect_tables, forget_tables);
}
