/* SPDX-License-Identifier: MIT */
/* Rules 4 and 5: is there a driver, is it new enough for the build and the GPU, is it not too new
 * for the GPU? NVIDIA only: drivers of the other vendors are taken to fit (rule 10). */
#include "judge/case.h"
#include "judge/rules.h"

static bool nvidia(const gm_case *c)
{
    return c->device->vendor == GM_VENDOR_NVIDIA;
}

/* The GPU is in the hands of a kernel driver with which nothing computes. */
static bool taken(gm_case *c)
{
    static const char *const variants[] = {
        [GM_BINDING_DISPLAY] = "display", [GM_BINDING_PASSTHROUGH] = "passthrough"};
    const gm_device *device = c->device;
    if (device->binding != GM_BINDING_DISPLAY && device->binding != GM_BINDING_PASSTHROUGH)
        return false;
    gm_finding *finding = gm_decide(c, GM_VERDICT_NO, GM_CODE_NO_DRIVER, GM_SEVERITY_ERROR);
    if (!finding)
        return true;
    finding->variant = variants[device->binding];
    gm_args_text(c->arena, &finding->args, "kernel_driver", device->kernel_driver);
    gm_args_text(c->arena, &finding->args, "address", device->address);
    gm_args_text(c->arena, &finding->args, "pci", device->pci);
    return true;
}

void gm_rule_driver(gm_case *c)
{
    const gm_driver *driver = &c->machine->driver;
    if (taken(c) || !nvidia(c) || driver->state == GM_KNOWN)
        return;
    if (driver->state == GM_ABSENT)
        gm_decide(c, GM_VERDICT_NO, GM_CODE_NO_DRIVER, GM_SEVERITY_ERROR);
    else if (!c->options->assume_driver)
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_DRIVER, GM_SEVERITY_ERROR));
}

/* Drivers of Jetson modules are numbered apart (L4T): floors by number say nothing about them. */
static bool tegra(const gm_case *c)
{
    gm_target sm = gm_target_sm(c->target.number, 0);
    gm_sm row;
    return gm_catalog_sm(c->catalog, &sm, &row) && row.tegra;
}

/* Rule 4: floors by CUDA family, minor-version compatibility inside it. */
void gm_rule_driver_floor(gm_case *c)
{
    const gm_driver *driver = &c->driver;
    gm_version cuda = c->package->cuda, floor;
    if (!nvidia(c) || driver->state != GM_KNOWN || !cuda.count || c->package->cuda_guessed ||
        tegra(c))
        return;
    const char *text = gm_catalog_driver_floor(c->catalog, gm_os_of_driver(c->machine->os), cuda);
    if (!text || !gm_version_parse(text, &floor))
        return;
    gm_finding *finding = NULL;
    if (gm_version_compare(driver->version, floor) < 0)
        finding =
            gm_for_any_gpu(gm_decide(c, GM_VERDICT_NO, GM_CODE_DRIVER_TOO_OLD, GM_SEVERITY_ERROR));
    else if (driver->cuda.count && gm_version_compare(driver->cuda, cuda) < 0)
        finding = gm_for_any_gpu(
            gm_decide(c, GM_VERDICT_RUNS, GM_CODE_DRIVER_MINOR_COMPAT, GM_SEVERITY_NOTE));
    if (finding)
        gm_args_text(c->arena, &finding->args, "driver_min", text);
}

static bool older(const char *text, gm_version than)
{
    gm_version version;
    return text && gm_version_parse(text, &version) && gm_version_compare(version, than) <= 0;
}

/* Rule 5: from which driver on, and up to which, the GPU is driven at all. */
void gm_rule_driver_range(gm_case *c)
{
    const gm_driver *driver = &c->machine->driver;
    gm_driver_range range;
    if (!nvidia(c) || driver->state != GM_KNOWN || c->target.kind == GM_TARGET_NONE ||
        !gm_catalog_driver_range(c->catalog, gm_os_of_driver(c->machine->os), c->device->pci,
                                 c->device->name, &c->target, driver->version, &range))
        return;
    gm_finding *finding = NULL;
    if (older(range.after_last, driver->version)) {
        finding = gm_decide(c, GM_VERDICT_NO, GM_CODE_DRIVER_DROPPED_GPU, GM_SEVERITY_ERROR);
        if (finding)
            gm_args_text(c->arena, &finding->args, "driver_max",
                         range.last_release ? range.last_release : range.last);
    } else if (range.first && !range.first_is_bound && !older(range.first, driver->version)) {
        finding = gm_decide(c, GM_VERDICT_NO, GM_CODE_GPU_NEWER_THAN_DRIVER, GM_SEVERITY_ERROR);
        if (finding)
            gm_args_text(c->arena, &finding->args, "driver_min", range.first);
    }
    gm_finding_row(c, finding, NULL, range.row);
}

/* Rule 5, Linux: Blackwell works with the open kernel module only, Pascal and older only with the
 * closed one. A flavour that is not known is taken to fit. */
void gm_rule_kernel_module(gm_case *c)
{
    const gm_driver *driver = &c->machine->driver;
    gm_driver_range range;
    if (!nvidia(c) || driver->state != GM_KNOWN || driver->kernel_module == GM_MODULE_ANY ||
        c->machine->os != GM_OS_LINUX || c->target.kind == GM_TARGET_NONE ||
        !gm_catalog_driver_range(c->catalog, GM_OS_LINUX, c->device->pci, c->device->name,
                                 &c->target, driver->version, &range) ||
        range.kernel_module == GM_MODULE_ANY || range.kernel_module == driver->kernel_module)
        return;
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_NO, GM_CODE_KERNEL_MODULE_FLAVOUR, GM_SEVERITY_ERROR);
    if (finding)
        gm_args_message(c->arena, &finding->args, "needed",
                        range.kernel_module == GM_MODULE_OPEN ? "kernel-module.open"
                                                              : "kernel-module.closed");
    gm_finding_row(c, finding, NULL, range.row);
}
