/* SPDX-License-Identifier: MIT */
/* What stands between the driver and a program on this very machine: permissions, a container, the
 * part of the driver that programs load. Only what was seen counts: a machine that was described by
 * flags has none of this. */
#include "base/error.h"
#include "judge/case.h"
#include "judge/rules.h"

/* Device files of others, or none in a container. Outside a container NVIDIA's files are made when
 * they are first needed (nvidia-modprobe), so their absence says nothing there. */
void gm_rule_access(gm_case *c)
{
    const gm_device *device = c->device;
    const char *container = c->machine->container, *variant = NULL;
    if (device->access == GM_ACCESS_DENIED)
        variant = container ? "denied-container" : NULL;
    else if (device->access != GM_ACCESS_ABSENT)
        return;
    else if (container)
        variant = "container";
    else if (device->vendor == GM_VENDOR_AMD)
        variant = "absent";
    else
        return;
    gm_finding *finding = gm_decide(c, GM_VERDICT_NO, GM_CODE_NO_ACCESS, GM_SEVERITY_ERROR);
    if (!finding)
        return;
    finding->variant = variant;
    gm_args_text(c->arena, &finding->args, "path", device->access_path);
    gm_args_text(c->arena, &finding->args, "container", container);
}

gm_compat gm_compat_of(const gm_catalog *catalog, const gm_machine *machine,
                       const gm_device *device, gm_row_source *row)
{
    const gm_driver *driver = &machine->driver;
    gm_version level;
    if (!device || device->vendor != GM_VENDOR_NVIDIA || driver->state != GM_KNOWN ||
        !driver->version.count || !driver->library_compat || !driver->library)
        return GM_COMPAT_NONE;
    if (gm_version_compare(driver->library_version, driver->version) <= 0)
        return gm_version_compare(driver->library_version, driver->version) ? GM_COMPAT_OLDER
                                                                            : GM_COMPAT_NONE;
    if (device->name && gm_catalog_forward_compat_refused(catalog, device->name, row))
        return GM_COMPAT_REFUSED;
    level = gm_catalog_driver_cuda(catalog, gm_os_of_driver(machine->os), driver->library_version);
    return device->name && gm_catalog_forward_compat(catalog, level, driver->version, row)
               ? GM_COMPAT_WORKS
               : GM_COMPAT_MAYBE;
}

gm_driver gm_driver_of_programs(const gm_catalog *catalog, const gm_machine *machine,
                                const gm_device *device)
{
    gm_driver driver = machine->driver;
    gm_row_source row;
    if (gm_compat_of(catalog, machine, device, &row) == GM_COMPAT_WORKS) {
        driver.version = driver.library_version;
        driver.cuda = gm_catalog_driver_cuda(catalog, gm_os_of_driver(machine->os), driver.version);
    }
    return driver;
}

static void add_library(gm_case *c, gm_finding *finding, const char *variant)
{
    const gm_driver *driver = &c->machine->driver;
    if (!finding)
        return;
    finding->variant = variant;
    gm_args_text(c->arena, &finding->args, "library", driver->library);
    gm_args_text(c->arena, &finding->args, "path", driver->library_path);
    gm_args_text(c->arena, &finding->args, "variable", driver->library_variable);
    gm_args_text(c->arena, &finding->args, "library_cuda",
                 gm_version_string(c->arena, gm_catalog_driver_cuda(c->catalog,
                                                                    gm_os_of_driver(c->machine->os),
                                                                    driver->library_version)));
    gm_finding_evidence(c->arena, finding, driver->library_path, GM_OFFSET_NONE, driver->library,
                        driver->source);
}

/* Rule 4: the libcuda that programs load must be of the kernel driver's version, unless it is of a
 * forward-compatibility package on a GPU for which that works. */
void gm_rule_library(gm_case *c)
{
    static const struct {
        gm_verdict verdict;
        gm_code code;
        gm_severity severity;
        const char *variant;
    } outcomes[] = {
        [GM_COMPAT_WORKS] = {GM_VERDICT_RUNS, GM_CODE_FORWARD_COMPAT, GM_SEVERITY_NOTE, "works"},
        [GM_COMPAT_REFUSED] = {GM_VERDICT_NO, GM_CODE_FORWARD_COMPAT, GM_SEVERITY_ERROR, "refused"},
        [GM_COMPAT_OLDER] = {GM_VERDICT_NO, GM_CODE_DRIVER_MISMATCH, GM_SEVERITY_ERROR, "compat"},
        [GM_COMPAT_MAYBE] = {GM_VERDICT_UNKNOWN, GM_CODE_FORWARD_COMPAT, GM_SEVERITY_ERROR,
                             "maybe"}};
    const gm_driver *driver = &c->machine->driver;
    gm_row_source row = {0};
    gm_compat compat = gm_compat_of(c->catalog, c->machine, c->device, &row);
    if (compat != GM_COMPAT_NONE) {
        gm_finding *finding = gm_decide(c, outcomes[compat].verdict, outcomes[compat].code,
                                        outcomes[compat].severity);
        add_library(c, finding, outcomes[compat].variant);
        if (row.table)
            gm_finding_row(c, finding, NULL, row);
        return;
    }
    if (c->device->vendor != GM_VENDOR_NVIDIA || driver->state != GM_KNOWN || !driver->library ||
        !driver->version.count || !gm_version_compare(driver->library_version, driver->version))
        return;
    add_library(
        c, gm_for_any_gpu(gm_decide(c, GM_VERDICT_NO, GM_CODE_DRIVER_MISMATCH, GM_SEVERITY_ERROR)),
        c->machine->container ? "container" : "reboot");
}

/* A variable names GPUs by numbers whose order only the driver knows: said, not guessed. */
void gm_rule_order(gm_case *c)
{
    if (!c->machine->order_unknown)
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_RUNS, GM_CODE_DEVICE_ORDER, GM_SEVERITY_WARNING));
    if (!finding || c->machine->settings.count == 0)
        return;
    gm_args_text(c->arena, &finding->args, "variable", c->machine->settings.items[0].name);
    gm_args_text(c->arena, &finding->args, "value", c->machine->settings.items[0].value);
}
