/* SPDX-License-Identifier: MIT */
/* HSA_OVERRIDE_GFX_VERSION (rule 9): an AMD GPU presents itself as a relative whose code exists.
 * Only where the table names the value, and only inside one family; Linux only. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"

/* The machine as its programs would see it; NULL where the table names no override. */
static const char *present_as(gm_adviser *a, gm_machine *machine)
{
    const char *value = NULL;
    *machine = a->result->machine;
    machine->devices.items =
        gm_arena_array(a->arena, machine->devices.count + 1, sizeof *machine->devices.items);
    if (!machine->devices.items)
        return NULL;
    for (size_t i = 0; i < machine->devices.count; i++) {
        gm_device *device = &machine->devices.items[i];
        gm_gfx own, relative;
        gm_target target;
        *device = a->result->machine.devices.items[i];
        if (device->hidden || device->target_count != 1 || device->targets[0].kind != GM_TARGET_GFX)
            continue;
        if (!gm_catalog_gfx(a->catalog, device->targets[0].name, &own) || !own.override_version ||
            !gm_target_of_gfx_version(own.override_version, &target) ||
            !gm_catalog_gfx(a->catalog, target.name, &relative) ||
            !gm_text_equal(own.family, relative.family) ||
            (value && strcmp(value, own.override_version)))
            return NULL;
        device->targets[0] = target;
        value = own.override_version;
    }
    return value;
}

bool gm_propose_override(gm_adviser *a)
{
    gm_machine machine;
    const gm_result *result = a->result;
    const gm_trial *build = NULL;
    const char *value = result->machine.os == GM_OS_WINDOWS ? NULL : present_as(a, &machine);
    if (!value)
        return false;
    gm_verdict verdict = result->packages.count
                             ? gm_trial_packages(a->catalog, &machine, &result->packages,
                                                 &a->options->judge, a->arena)
                             : GM_VERDICT_UNKNOWN;
    if (verdict != GM_VERDICT_RUNS && a->options->picking)
        build = gm_propose_best(a, &machine);
    gm_advice *advice =
        build || verdict == GM_VERDICT_RUNS
            ? gm_advice_new(a, GM_ACTION_SET_ENV, build ? "override.install" : "override")
            : NULL;
    if (!advice)
        return false;
    gm_args_text(a->arena, &advice->args, "value", value);
    gm_advice_prove(advice, GM_VERDICT_RUNS);
    if (build)
        gm_advice_install(a, advice, build, false, true);
    gm_advice_set(a, advice, "HSA_OVERRIDE_GFX_VERSION", value);
    return true;
}
