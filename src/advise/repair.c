/* SPDX-License-Identifier: MIT */
/* What hinders every program on a machine, whatever is installed: hidden GPUs, device files of
 * others, a container without GPUs, an update that waits for a restart, a foreign libcuda. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"

enum hindrance { HIDDEN, ACCESS, PASSTHROUGH, LIBRARY, HINDRANCES };

static bool any_visible(const gm_machine *machine)
{
    return gm_visible_mask(machine) != 0;
}

static bool is_inaccessible(const gm_machine *machine, const gm_device *device)
{
    return device->access == GM_ACCESS_DENIED ||
           (device->access == GM_ACCESS_ABSENT && machine->container);
}

/* A libcuda of another version than the kernel module, unless forward compatibility works. */
static bool library_hinders(const gm_catalog *catalog, const gm_machine *machine)
{
    const gm_driver *driver = &machine->driver;
    gm_row_source row;
    for (size_t i = 0; i < machine->devices.count; i++)
        if (gm_compat_of(catalog, machine, &machine->devices.items[i], &row) == GM_COMPAT_WORKS)
            return false;
    return driver->state == GM_KNOWN && driver->library && driver->version.count &&
           gm_version_compare(driver->library_version, driver->version);
}

static void repair_device(gm_machine *machine, gm_device *device, bool unhide, bool *repaired)
{
    if (unhide && gm_device_hiding(machine, device)) {
        device->hidden = false;
        repaired[HIDDEN] = true;
    }
    if (device->hidden)
        return;
    if (is_inaccessible(machine, device)) {
        device->access = GM_ACCESS_OK;
        repaired[ACCESS] = true;
    }
    if (device->binding == GM_BINDING_PASSTHROUGH) {
        device->binding = GM_BINDING_UNKNOWN;
        repaired[PASSTHROUGH] = true;
    }
}

static bool repair(gm_adviser *a, gm_machine *fixed, bool repaired[HINDRANCES])
{
    const gm_machine *machine = &a->result->machine;
    bool unhide = machine->devices.count && !any_visible(machine);
    memset(repaired, 0, HINDRANCES * sizeof *repaired);
    *fixed = *machine;
    fixed->devices.items =
        gm_arena_array(a->arena, machine->devices.count + 1, sizeof *fixed->devices.items);
    if (!fixed->devices.items) {
        *fixed = *machine;
        return false;
    }
    for (size_t i = 0; i < machine->devices.count; i++) {
        fixed->devices.items[i] = machine->devices.items[i];
        repair_device(fixed, &fixed->devices.items[i], unhide, repaired);
    }
    if (library_hinders(a->catalog, machine)) {
        fixed->driver.library = NULL;
        repaired[LIBRARY] = true;
    }
    return repaired[HIDDEN] || repaired[ACCESS] || repaired[PASSTHROUGH] || repaired[LIBRARY];
}

bool gm_repaired(gm_adviser *a, gm_machine *fixed)
{
    bool repaired[HINDRANCES];
    return repair(a, fixed, repaired);
}

/* Each variable that hides a GPU, once. */
static void advise_unhiding(gm_adviser *a)
{
    const gm_machine *machine = &a->result->machine;
    gm_advice *advice = gm_advice_new(a, GM_ACTION_UNSET_ENV, "unset-env");
    for (size_t i = 0; advice && i < machine->settings.count; i++) {
        bool hides = false;
        for (size_t k = 0; k < machine->devices.count; k++)
            hides = hides || gm_device_hiding(machine, &machine->devices.items[k]) ==
                                 &machine->settings.items[i];
        if (hides)
            gm_advice_unset(a, advice, machine->settings.items[i].name);
    }
}

/* How containers get GPUs: https://docs.docker.com/engine/containers/resource_constraints,
 * https://docs.nvidia.com/datacenter/cloud-native/container-toolkit (CDI), https://apptainer.org
 * (GPU support), https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus, and for AMD
 * https://rocm.docs.amd.com (running ROCm Docker containers). The first fits kinds without a row.
 */
static const char *container_command(const char *kind, gm_vendor vendor)
{
    static const struct {
        const char *kind, *nvidia, *amd, *intel;
    } rows[] = {
        {"docker", "docker run --gpus all …", "docker run --device /dev/kfd --device /dev/dri …",
         "docker run --device /dev/dri …"},
        {"podman", "podman run --device nvidia.com/gpu=all …",
         "podman run --device /dev/kfd --device /dev/dri …", "podman run --device /dev/dri …"},
        {"apptainer", "apptainer exec --nv …", "apptainer exec --rocm …",
         "apptainer exec --bind /dev/dri …"},
        {"kubernetes", "resources: {limits: {nvidia.com/gpu: 1}}",
         "resources: {limits: {amd.com/gpu: 1}}", "resources: {limits: {gpu.intel.com/xe: 1}}"}};
    size_t row = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].kind, kind))
            row = i;
    return vendor == GM_VENDOR_NVIDIA ? rows[row].nvidia
           : vendor == GM_VENDOR_AMD  ? rows[row].amd
                                      : rows[row].intel;
}

/* The groups that usually own the device files: video NVIDIA's, render and video the others'. */
static void advise_access(gm_adviser *a)
{
    const gm_machine *machine = &a->result->machine;
    gm_vendor vendor = GM_VENDOR_UNKNOWN;
    for (size_t i = machine->devices.count; i-- > 0;)
        if (is_inaccessible(machine, &machine->devices.items[i]))
            vendor = machine->devices.items[i].vendor;
    gm_advice *advice = gm_advice_new(
        a, GM_ACTION_GRANT_ACCESS, machine->container ? "grant-access.container" : "grant-access");
    if (!advice)
        return;
    gm_advice_line(a, advice,
                   machine->container           ? container_command(machine->container, vendor)
                   : vendor == GM_VENDOR_NVIDIA ? "sudo usermod -a -G video \"$USER\""
                                                : "sudo usermod -a -G render,video \"$USER\"");
}

/* Wrong libcuda: one that a variable leads to, one that an image brings, or half an update. */
static void advise_library(gm_adviser *a)
{
    const gm_driver *driver = &a->result->machine.driver;
    gm_advice *advice;
    if (driver->library_compat && !driver->library_variable) {
        advice = gm_advice_new(a, GM_ACTION_CHANGE_IMAGE, "change-image.compat");
        if (advice)
            gm_args_text(a->arena, &advice->args, "path", driver->library_path);
        return;
    }
    if (driver->library_variable) {
        advice = gm_advice_new(a, GM_ACTION_UNSET_ENV, "unset-env.library");
        if (advice) {
            gm_args_text(a->arena, &advice->args, "variable", driver->library_variable);
            gm_args_text(a->arena, &advice->args, "path", driver->library_path);
            gm_advice_unset(a, advice, driver->library_variable);
        }
        return;
    }
    bool container = a->result->machine.container != NULL;
    advice = gm_advice_new(a, GM_ACTION_REBOOT, container ? "reboot.container" : "reboot");
    if (advice)
        gm_args_text(a->arena, &advice->args, "path", driver->library_path);
}

void gm_propose_repair(gm_adviser *a, gm_verdict verdict)
{
    gm_machine fixed;
    bool repaired[HINDRANCES];
    if (!repair(a, &fixed, repaired))
        return;
    size_t first = a->result->advice.count;
    if (repaired[HIDDEN])
        advise_unhiding(a);
    if (repaired[ACCESS])
        advise_access(a);
    if (repaired[PASSTHROUGH])
        gm_advice_new(a, GM_ACTION_GRANT_ACCESS, "grant-access.passthrough");
    if (repaired[LIBRARY])
        advise_library(a);
    for (size_t i = first; verdict <= GM_VERDICT_RUNS_JIT && i < a->result->advice.count; i++)
        if (a->result->advice.items[i].action != GM_ACTION_REBOOT)
            gm_advice_prove(&a->result->advice.items[i], verdict);
}
