/* SPDX-License-Identifier: MIT */
/* May this user use the GPUs? Device files are asked for permission, never opened: opening one
 * would wake the GPU.
 *   NVIDIA  /dev/nvidiactl, /dev/nvidia-uvm, /dev/nvidiaN (driver README, "Device files")
 *   AMD     /dev/kfd, /dev/dri/renderDN (ROCm: "configure permissions for GPU access")
 *   Intel   /dev/dri/renderDN (intel/compute-runtime README) */
#include <string.h>

#include "probe/sources.h"

/* The worst answer counts: a file of others before one that is not there. */
static void note(gm_probe *probe, gm_device *device, const char *path)
{
    gm_access access = path ? gm_probe_access(probe, path) : GM_ACCESS_UNKNOWN;
    if (access <= device->access)
        return;
    device->access = access;
    device->access_path = access == GM_ACCESS_OK ? NULL : path;
}

static void look_at_nvidia(gm_probe *probe, gm_device *device)
{
    if (probe->machine->driver.state != GM_KNOWN || !device->address)
        return;
    note(probe, device, "/dev/nvidiactl");
    note(probe, device, "/dev/nvidia-uvm");
    if (device->minor >= 0)
        note(probe, device, gm_arena_printf(probe->arena, "/dev/nvidia%d", device->minor));
}

/* The file of the part that draws, which computes as well. */
static void look_at_renderer(gm_probe *probe, gm_device *device)
{
    const char *path =
        gm_arena_printf(probe->arena, "/sys/bus/pci/devices/%s/drm", device->address);
    const char *list = path ? gm_probe_list(probe, path) : NULL;
    while (list && *list) {
        const char *name = gm_probe_line(probe, &list);
        if (name && !strncmp(name, "renderD", 7))
            note(probe, device, gm_arena_printf(probe->arena, "/dev/dri/%s", name));
    }
}

/* A container is given some GPUs of the computer, and sees the others in /sys all the same: their
 * own files are missing, or NVIDIA's module does not tell of them. */
static bool is_given(const gm_device *device)
{
    return device->access == GM_ACCESS_OK &&
           (device->vendor != GM_VENDOR_NVIDIA || device->minor >= 0);
}

static void hide_others(gm_machine *machine, gm_vendor vendor)
{
    bool any = false;
    for (size_t i = 0; i < machine->devices.count; i++)
        any = any ||
              (machine->devices.items[i].vendor == vendor && is_given(&machine->devices.items[i]));
    for (size_t i = 0; any && i < machine->devices.count; i++) {
        gm_device *device = &machine->devices.items[i];
        if (device->vendor != vendor || is_given(device) || device->access == GM_ACCESS_DENIED)
            continue;
        device->hidden = true;
        device->hidden_by = machine->container;
    }
}

bool gm_probe_nodes(gm_probe *probe)
{
    gm_machine *machine = probe->machine;
    for (size_t i = 0; machine->os == GM_OS_LINUX && i < machine->devices.count; i++) {
        gm_device *device = &machine->devices.items[i];
        if (device->vendor == GM_VENDOR_NVIDIA)
            look_at_nvidia(probe, device);
        else if (device->vendor == GM_VENDOR_AMD && device->binding == GM_BINDING_COMPUTE)
            note(probe, device, "/dev/kfd");
        if (device->vendor != GM_VENDOR_NVIDIA && device->binding == GM_BINDING_COMPUTE)
            look_at_renderer(probe, device);
    }
    if (machine->container) {
        hide_others(machine, GM_VENDOR_NVIDIA);
        hide_others(machine, GM_VENDOR_AMD);
    }
    return true;
}
