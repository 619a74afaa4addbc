/* SPDX-License-Identifier: MIT */
/* A machine as options describe it, over what is detected here. */
#include <stdlib.h>
#include <string.h>

#include "api/run.h"
#include "base/lookup.h"
#include "catalog/catalog.h"

static gm_status bad_option(gm_run *run, const char *code, const char *text)
{
    return gm_fail(&run->error, GM_USAGE, code, text, GM_OFFSET_NONE);
}

/* The same for a word out of a few; says which of them is near. */
static gm_status bad_word(gm_run *run, const char *code, const char *text, const char *const *known)
{
    return gm_fail_detail(&run->error, GM_USAGE, code, text, gm_text_nearest(text, known));
}

/* "10de:2d19"; false when it has another shape. */
static bool parse_pci(const char *text, uint16_t *vendor, uint16_t *device)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    if (strspn(text, hex) != 4 || text[4] != ':' || strspn(text + 5, hex) != 4 || text[9])
        return false;
    *vendor = (uint16_t)strtoul(text, NULL, 16);
    *device = (uint16_t)strtoul(text + 5, NULL, 16);
    return true;
}

static void take_gpu(gm_device *device, const gm_gpu *gpu)
{
    device->vendor = gpu->vendor;
    if (gpu->name)
        device->name = gpu->name;
    device->target_count = gpu->target_count;
    memcpy(device->targets, gpu->targets, sizeof device->targets);
}

static bool is_intel_target(const gm_catalog *catalog, const char *text, gm_target *target)
{
    for (const char *const *name = gm_catalog_intel_targets(catalog); *name; name++)
        if (gm_ascii_equal_n(text, *name, strlen(*name) + 1) &&
            strlen(*name) < sizeof target->name) {
            *target = (gm_target){.kind = GM_TARGET_INTEL};
            strcpy(target->name, *name);
            return true;
        }
    return false;
}

/* A target that only looks like one ("sm_999") is no GPU that anyone has. */
static bool known_target(const gm_catalog *catalog, const gm_target *target)
{
    gm_sm sm;
    gm_gfx gfx;
    gm_target plain = gm_target_sm(target->number, 0);
    if (target->kind == GM_TARGET_GFX)
        return gm_catalog_gfx(catalog, target->name, &gfx);
    return target->kind != GM_TARGET_SM || gm_catalog_sm(catalog, &plain, &sm);
}

/* "RTX 4090", or its number as people say it: "4090", "GeForce 4090 laptop". */
static bool named_gpu(const gm_catalog *catalog, const char *text, gm_gpu *gpu)
{
    const char *number = text + strcspn(text, "0123456789");
    return gm_catalog_gpu_by_name(catalog, text, gpu) ||
           (gm_catalog_is_brand(text, (size_t)(number - text)) &&
            gm_catalog_gpu_by_number(catalog, number, gpu) == strlen(number));
}

/* "sm_89", "gfx1100", "dg2", or a compute capability alone: "8.9". */
static bool read_target(const gm_catalog *catalog, const char *text, gm_target *target)
{
    size_t size = strlen(text);
    return gm_target_parse(text, size, target) || is_intel_target(catalog, text, target) ||
           (strchr(text, '.') && gm_target_parse_capability(text, size, target));
}

gm_status gm_run_device(gm_run *run, const char *text, gm_device *device)
{
    gm_gpu gpu;
    gm_target target;
    uint16_t vendor, id;
    device->source = "flag";
    if (!*text)
        return bad_option(run, "bad-gpu", text);
    if (read_target(run->catalog, text, &target)) {
        if (target.kind == GM_TARGET_COMPUTE)
            target.kind = GM_TARGET_SM;
        if (!known_target(run->catalog, &target)) {
            device->name = gm_arena_text(run->arena, text);
            return device->name ? GM_OK : gm_run_no_memory(run);
        }
        device->targets[0] = target;
        device->target_count = 1;
        device->vendor = gm_target_vendor(&target);
        return GM_OK;
    }
    if (parse_pci(text, &vendor, &id)) {
        device->pci = gm_arena_printf(run->arena, "%04x:%04x", vendor, id);
        if (gm_catalog_gpu_by_pci(run->catalog, vendor, id, &gpu))
            take_gpu(device, &gpu);
        return GM_OK;
    }
    if (strchr(text, ':'))
        return bad_option(run, "bad-gpu", text);
    device->name = gm_arena_text(run->arena, text);
    if (named_gpu(run->catalog, text, &gpu))
        take_gpu(device, &gpu);
    return device->name ? GM_OK : gm_run_no_memory(run);
}

gm_status gm_run_driver(gm_run *run, const char *text, gm_driver *driver)
{
    *driver = (gm_driver){.source = "flag"};
    if (!strcmp(text, "none")) {
        driver->state = GM_ABSENT;
        return GM_OK;
    }
    if (!gm_version_parse(text, &driver->version) || driver->version.part[0] < 10)
        return bad_option(run, "bad-driver", text);
    driver->state = GM_KNOWN;
    driver->text = gm_arena_text(run->arena, text);
    return driver->text ? GM_OK : gm_run_no_memory(run);
}

/* Is a device of these targets among those that were detected? */
static bool detected(const gm_machine *machine, const gm_device *device)
{
    for (size_t i = 0; i < machine->devices.count; i++) {
        const gm_device *other = &machine->devices.items[i];
        if (device->target_count && other->target_count &&
            gm_target_equal(&device->targets[0], &other->targets[0]))
            return true;
    }
    return false;
}

static gm_status set_gpus(gm_run *run, const gm_machine_options *options)
{
    gm_machine *machine = &run->result.machine, before = *machine;
    memset(&machine->devices, 0, sizeof machine->devices);
    machine->gpus = GM_ABSENT;
    machine->order_unknown = false; /* variables of this machine say nothing about described GPUs */
    for (size_t i = 0; i < options->gpu_count; i++) {
        gm_device device = {.index = (int)machine->devices.count};
        if (!strcmp(options->gpus[i], "none")) {
            if (options->gpu_count > 1)
                return bad_option(run, "gpu-none-and-others", options->gpus[i]);
            continue;
        }
        gm_status status = gm_run_device(run, options->gpus[i], &device);
        if (status != GM_OK)
            return status;
        gm_device *place = GM_PUSH(run->arena, &machine->devices);
        if (!place)
            return gm_run_no_memory(run);
        *place = device;
        machine->gpus = GM_KNOWN;
        if (!detected(&before, &device)) {
            machine->driver = (gm_driver){0};
            machine->container = NULL;
        }
    }
    return GM_OK;
}

/* Another system than this one: nothing that was detected here says anything about it. */
static void set_os(gm_machine *machine, gm_os os)
{
    if (machine->os != GM_OS_UNKNOWN && machine->os != os) {
        gm_cpu cpu = machine->cpu;
        *machine = (gm_machine){.cpu = cpu};
    }
    machine->os = os;
    if (os == GM_OS_MACOS)
        machine->gpus = GM_ABSENT;
}

static gm_status set_python(gm_run *run, const char *text)
{
    gm_python *python = &run->result.machine.python;
    size_t used = gm_version_read(text, &python->version);
    python->free_threaded = used && text[used] == 't';
    used += python->free_threaded;
    if (!used || text[used] || python->version.count < 2)
        return bad_option(run, "bad-python", text);
    return GM_OK;
}

static gm_status set_system(gm_run *run, const gm_machine_options *options)
{
    static const char *const oses[] = {"linux", "windows", "macos", "wsl", NULL};
    static const char *const cpus[] = {"x86_64", "amd64", "aarch64", "arm64", NULL};
    gm_machine *machine = &run->result.machine;
    gm_os os;
    if (options->os) {
        if (!gm_os_parse(options->os, &os))
            return bad_word(run, "bad-os", options->os, oses);
        set_os(machine, os);
    }
    if (options->arch && !gm_cpu_parse(options->arch, &machine->cpu))
        return bad_word(run, "bad-arch", options->arch, cpus);
    if (options->glibc) {
        if (!gm_version_parse(options->glibc, &machine->glibc) || machine->glibc.count < 2)
            return bad_option(run, "bad-glibc", options->glibc);
        machine->libc = gm_arena_printf(run->arena, "glibc %s", options->glibc);
    }
    return options->python ? set_python(run, options->python) : GM_OK;
}

static gm_status set_driver(gm_run *run, const gm_machine_options *options)
{
    gm_machine *machine = &run->result.machine;
    gm_status status = GM_OK;
    if (options->driver)
        status = gm_run_driver(run, options->driver, &machine->driver);
    if (status != GM_OK)
        return status;
    if (options->kernel_module) {
        static const char *const kinds[] = {"open", "closed", NULL};
        bool open = !strcmp(options->kernel_module, "open");
        if (!open && strcmp(options->kernel_module, "closed"))
            return bad_word(run, "bad-kernel-module", options->kernel_module, kinds);
        machine->driver.kernel_module = open ? GM_MODULE_OPEN : GM_MODULE_CLOSED;
    }
    if (machine->driver.state == GM_KNOWN && machine->driver.version.count)
        machine->driver.cuda = gm_catalog_driver_cuda(run->catalog, gm_os_of_driver(machine->os),
                                                      machine->driver.version);
    return GM_OK;
}

gm_status gm_run_machine(gm_run *run, const gm_machine_options *options)
{
    gm_status status = GM_OK;
    gm_machine *machine = &run->result.machine;
    if (options->machine && !*options->machine)
        return bad_option(run, "bad-machine", options->machine);
    if (!options->machine || strcmp(options->machine, "-"))
        status = gm_run_probe(run, options->machine, machine);
    if (status == GM_OK)
        status = set_system(run, options);
    if (status == GM_OK && options->gpu_count)
        status = set_gpus(run, options);
    return status == GM_OK ? set_driver(run, options) : status;
}
