/* SPDX-License-Identifier: MIT */
/* Another driver, or fewer visible devices, for what is there already. */
#include <stdlib.h>
#include <string.h>

#include "advise/propose.h"

#define CANDIDATES 64

struct candidates {
    const char *text[CANDIDATES];
    size_t count;
};

static void add_candidate(struct candidates *list, const char *text)
{
    gm_version version;
    if (text && list->count < CANDIDATES && gm_version_parse(text, &version))
        list->text[list->count++] = text;
}

static int compare_candidates(const void *a, const void *b)
{
    gm_version left, right;
    gm_version_parse(*(const char *const *)a, &left);
    gm_version_parse(*(const char *const *)b, &right);
    return gm_version_compare(left, right);
}

/* For each GPU: the first driver that knows it in the branch of `branch` (count 0: in any), or the
 * last one. */
static void add_ranges(const gm_adviser *a, gm_os os, gm_version branch, struct candidates *list,
                       bool last)
{
    const gm_machine *machine = &a->result->machine;
    for (size_t i = 0; i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        gm_driver_range range;
        for (unsigned k = 0; k < device->target_count; k++)
            if (gm_catalog_driver_range(a->catalog, os, device->pci, device->name,
                                        &device->targets[k], branch, &range))
                add_candidate(list, !last                ? range.first
                                    : range.last_release ? range.last_release
                                                         : range.last);
    }
}

/* Every driver version that some rule may ask for. The judge tells which is enough. */
static void collect(const gm_adviser *a, gm_os os, const gm_package_list *packages,
                    struct candidates *list)
{
    add_ranges(a, os, (gm_version){{0}, 0}, list, false);
    add_ranges(a, os, a->result->machine.driver.version, list, false);
    add_candidate(list, gm_catalog_driver_zstd(a->catalog, os));
    for (size_t i = 0; i < packages->count; i++) {
        const gm_package *package = &packages->items[i];
        add_candidate(list, gm_catalog_driver_floor(a->catalog, os, package->cuda));
        add_candidate(list, gm_catalog_driver_for_cuda(a->catalog, os, package->cuda));
        for (size_t k = 0; k < package->libraries.count; k++) {
            const gm_library *library = &package->libraries.items[k];
            uint16_t last = 0;
            for (size_t n = 0; n < library->images.count; n++) {
                uint16_t isa = library->images.items[n].ptx_isa;
                if (isa && isa != last)
                    add_candidate(list, gm_catalog_driver_for_cuda(
                                            a->catalog, os, gm_catalog_ptx_cuda(a->catalog, isa)));
                last = isa;
            }
        }
    }
    /* A GPU may have come to the branch of a candidate after that very release. */
    for (size_t i = 0, count = list->count; i < count; i++) {
        gm_version version;
        gm_version_parse(list->text[i], &version);
        add_ranges(a, os, version, list, false);
    }
    qsort(list->text, list->count, sizeof *list->text, compare_candidates);
}

gm_machine gm_without_display_drivers(gm_adviser *a)
{
    const gm_machine *machine = &a->result->machine;
    gm_machine other = *machine;
    other.devices.items =
        gm_arena_array(a->arena, machine->devices.count + 1, sizeof *other.devices.items);
    if (!other.devices.items)
        other.devices.count = 0;
    for (size_t i = 0; i < other.devices.count; i++) {
        other.devices.items[i] = machine->devices.items[i];
        if (other.devices.items[i].binding == GM_BINDING_DISPLAY)
            other.devices.items[i].binding = GM_BINDING_COMPUTE;
    }
    return other;
}

/* The machine with another driver: installed whole, in place of one that only draws. */
static gm_machine with_driver(gm_adviser *a, const gm_machine *machine, const char *text)
{
    gm_machine other = *machine;
    other.devices = gm_without_display_drivers(a).devices;
    other.driver.library = NULL;
    other.driver.kernel_module = GM_MODULE_ANY; /* whichever fits is chosen when it is installed */
    other.driver.state = GM_KNOWN;
    other.driver.text = text;
    gm_version_parse(text, &other.driver.version);
    other.driver.cuda =
        gm_catalog_driver_cuda(a->catalog, gm_os_of_driver(machine->os), other.driver.version);
    return other;
}

/* Advice for what is installed, proven on the machine as it would be; NULL when it would not start
 * there. */
static gm_advice *advise_on(gm_adviser *a, const gm_machine *other, gm_action action,
                            const char *why)
{
    gm_verdict verdict =
        gm_trial_packages(a->catalog, other, &a->result->packages, &a->options->judge, a->arena);
    gm_advice *advice = verdict <= GM_VERDICT_RUNS_JIT ? gm_advice_new(a, action, why) : NULL;
    if (advice)
        gm_advice_prove(advice, verdict);
    return advice;
}

const char *gm_lowest_driver(gm_adviser *a, const gm_machine *machine,
                             const gm_package_list *packages, gm_verdict worst)
{
    struct candidates list = {.count = 0};
    if (machine->driver.state == GM_UNKNOWN || gm_has_tegra(a->catalog, machine))
        return NULL;
    collect(a, gm_os_of_driver(machine->os), packages, &list);
    for (size_t i = 0; i < list.count; i++) {
        gm_version version;
        gm_version_parse(list.text[i], &version);
        if (machine->driver.state == GM_KNOWN &&
            gm_version_compare(version, machine->driver.version) <= 0)
            continue;
        gm_machine other = with_driver(a, machine, list.text[i]);
        if (gm_trial_packages(a->catalog, &other, packages, &a->options->judge, a->arena) <= worst)
            return list.text[i];
    }
    return NULL;
}

bool gm_propose_upgrade(gm_adviser *a)
{
    const gm_driver *driver = &a->result->machine.driver;
    const char *lowest =
        gm_lowest_driver(a, &a->result->machine, &a->result->packages, GM_VERDICT_RUNS_JIT);
    if (!lowest)
        return false;
    gm_machine other = with_driver(a, &a->result->machine, lowest);
    gm_advice *advice =
        advise_on(a, &other, GM_ACTION_UPGRADE_DRIVER,
                  driver->state == GM_ABSENT ? "upgrade-driver.none" : "upgrade-driver");
    if (!advice)
        return false;
    advice->driver_min = lowest;
    gm_args_text(a->arena, &advice->args, "driver_min", lowest);
    gm_args_text(a->arena, &advice->args, "driver", driver->text);
    return true;
}

bool gm_propose_downgrade(gm_adviser *a)
{
    const gm_machine *machine = &a->result->machine;
    struct candidates list = {.count = 0};
    if (machine->driver.state != GM_KNOWN)
        return false;
    add_ranges(a, gm_os_of_driver(machine->os), (gm_version){{0}, 0}, &list, true);
    qsort(list.text, list.count, sizeof *list.text, compare_candidates);
    for (size_t i = list.count; i-- > 0;) {
        gm_version version;
        gm_version_parse(list.text[i], &version);
        if (gm_version_compare(version, machine->driver.version) >= 0)
            continue;
        gm_machine other = with_driver(a, machine, list.text[i]);
        gm_verdict verdict = GM_VERDICT_UNKNOWN;
        const gm_trial *best = NULL;
        if (a->result->packages.count)
            verdict = gm_trial_packages(a->catalog, &other, &a->result->packages,
                                        &a->options->judge, a->arena);
        if (verdict > GM_VERDICT_RUNS_JIT && a->torch)
            best = gm_propose_best(a, &other);
        if (best)
            verdict = GM_VERDICT_RUNS;
        gm_advice *advice =
            verdict <= GM_VERDICT_RUNS_JIT
                ? gm_advice_new(a, GM_ACTION_DOWNGRADE_DRIVER,
                                best && !a->options->driver_only ? "downgrade-driver.install"
                                                                 : "downgrade-driver")
                : NULL;
        if (!advice)
            continue;
        advice->driver_max = list.text[i];
        gm_args_text(a->arena, &advice->args, "driver_max", list.text[i]);
        gm_args_text(a->arena, &advice->args, "driver", machine->driver.text);
        gm_advice_prove(advice, verdict);
        if (best && !a->options->driver_only)
            gm_advice_install(a, advice, best, !a->options->picking, true);
        return true;
    }
    return false;
}

/* The machine with the other kind of kernel module; false where the kind does not matter. */
static bool with_other_flavour(const gm_adviser *a, gm_machine *other)
{
    gm_driver *driver = &other->driver;
    *other = a->result->machine;
    if (driver->state != GM_KNOWN || driver->kernel_module == GM_MODULE_ANY)
        return false;
    driver->kernel_module =
        driver->kernel_module == GM_MODULE_OPEN ? GM_MODULE_CLOSED : GM_MODULE_OPEN;
    return true;
}

static void about_flavour(gm_adviser *a, gm_advice *advice, const gm_driver *driver)
{
    advice->driver_min = driver->text;
    gm_args_text(a->arena, &advice->args, "driver", driver->text);
    gm_args_message(a->arena, &advice->args, "needed",
                    driver->kernel_module == GM_MODULE_OPEN ? "kernel-module.open"
                                                            : "kernel-module.closed");
}

bool gm_propose_flavour(gm_adviser *a)
{
    gm_machine other;
    gm_advice *advice = with_other_flavour(a, &other)
                            ? advise_on(a, &other, GM_ACTION_UPGRADE_DRIVER, "kernel-module")
                            : NULL;
    if (advice)
        about_flavour(a, advice, &other.driver);
    return advice != NULL;
}

bool gm_propose_install_flavour(gm_adviser *a)
{
    gm_machine other;
    const gm_trial *best = with_other_flavour(a, &other) ? gm_propose_best(a, &other) : NULL;
    gm_advice *advice =
        best ? gm_advice_new(a, GM_ACTION_UPGRADE_DRIVER, "install.kernel-module") : NULL;
    if (!advice)
        return false;
    const gm_build *build = &best->build;
    about_flavour(a, advice, &other.driver);
    gm_args_text(
        a->arena, &advice->args, "package",
        gm_arena_printf(a->arena, "%s %s+%s", build->name, build->release, build->variant));
    gm_advice_prove(advice, GM_VERDICT_RUNS);
    gm_advice_install(a, advice, best, !a->options->picking, true);
    return true;
}

/* Devices on which every package runs as it is. */
static uint64_t served_now(const gm_result *result)
{
    uint64_t served = 0;
    for (size_t place = 0; place < result->machine.devices.count && place < GM_TRIAL_DEVICES;
         place++) {
        bool all = result->packages.count > 0;
        for (size_t i = 0; i < result->packages.count; i++) {
            const gm_package *package = &result->packages.items[i];
            for (size_t k = 0; k < package->outcomes.count; k++)
                if (package->outcomes.items[k].device == result->machine.devices.items[place].index)
                    all = all && package->outcomes.items[k].verdict <= GM_VERDICT_RUNS_JIT;
        }
        if (all)
            served |= (uint64_t)1 << place;
    }
    return served & gm_visible_mask(&result->machine);
}

bool gm_propose_hide(gm_adviser *a)
{
    const gm_machine *machine = &a->result->machine;
    uint64_t all = gm_visible_mask(machine), served = served_now(a->result);
    if (!served || served == all)
        return false;
    gm_machine other = *machine;
    other.devices.items =
        gm_arena_array(a->arena, machine->devices.count, sizeof *other.devices.items);
    if (!other.devices.items)
        return false;
    for (size_t i = 0; i < machine->devices.count; i++) {
        other.devices.items[i] = machine->devices.items[i];
        other.devices.items[i].hidden |= !(served >> i & 1);
    }
    gm_advice *advice = advise_on(a, &other, GM_ACTION_HIDE_DEVICES, "hide-devices");
    if (!advice)
        return false;
    gm_advice_hide(a, advice, all & ~served);
    return true;
}
