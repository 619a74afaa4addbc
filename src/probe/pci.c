/* SPDX-License-Identifier: MIT */
/* GPUs without any driver: the PCI devices that Linux lists in /sys/bus/pci/devices
 * (https://docs.kernel.org/PCI/sysfs-pci.html). */
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"
#include "probe/sources.h"

/* PCI class codes (PCI Code and ID Assignment Specification): 03 display; 1200 processing
 * accelerator, which AMD Instinct cards report. */
#define CLASS_DISPLAY     0x03
#define CLASS_ACCELERATOR 0x1200

bool gm_probe_hex(gm_probe *probe, const char *key, unsigned long *number)
{
    const char *text = gm_key_text(probe->keys, key, probe->arena);
    char *end;
    if (!text)
        return false;
    *number = strtoul(text, &end, 16);
    return end != text;
}

static bool read_number(gm_probe *probe, const char *address, const char *name,
                        unsigned long *number)
{
    const char *key =
        gm_arena_printf(probe->arena, "file:/sys/bus/pci/devices/%s/%s", address, name);
    return key && gm_probe_hex(probe, key, number);
}

gm_device *gm_probe_add_device(gm_probe *probe)
{
    gm_device *device = GM_PUSH(probe->arena, &probe->machine->devices);
    if (device)
        *device =
            (gm_device){.index = (int)probe->machine->devices.count - 1, .minor = -1, .order = -1};
    return device;
}

/* The kernel driver that has taken a device: the last part of its link, "…/drivers/nouveau". */
static void look_at_driver(gm_probe *probe, gm_device *device)
{
    const char *key =
        gm_arena_printf(probe->arena, "link:/sys/bus/pci/devices/%s/driver", device->address);
    const char *link = key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
    const char *name = link ? strrchr(link, '/') : NULL;
    if (!link)
        return;
    device->kernel_driver = name ? name + 1 : link;
    device->binding =
        gm_catalog_kernel_driver(probe->catalog, device->kernel_driver, device->vendor);
}

bool gm_probe_add_pci(gm_probe *probe, const char *address, unsigned long vendor, unsigned long id,
                      gm_device **ret_device)
{
    gm_gpu gpu = {.target_count = 0};
    bool known = gm_catalog_gpu_by_pci(probe->catalog, (uint16_t)vendor, (uint16_t)id, &gpu);
    *ret_device = NULL;
    /* Intel's integrated graphics have no builds at all: they are not what is asked about. */
    if (!known && gm_pci_vendor(vendor) == GM_VENDOR_INTEL)
        return true;
    gm_device *device = gm_probe_add_device(probe);
    if (!device)
        return false;
    device->vendor = gm_pci_vendor(vendor);
    device->name = gpu.name;
    device->pci = gm_arena_printf(probe->arena, "%04lx:%04lx", vendor, id);
    device->address = address;
    device->source = "pci";
    device->target_count = gpu.target_count;
    if (known)
        device->target_source = gm_arena_printf(probe->arena, "data/%s", gpu.row.table);
    memcpy(device->targets, gpu.targets, sizeof device->targets);
    probe->machine->gpus = GM_KNOWN;
    *ret_device = device;
    return true;
}

static bool look_at(gm_probe *probe, const char *address)
{
    unsigned long class_code, vendor, id;
    if (!read_number(probe, address, "class", &class_code) ||
        (class_code >> 16 != CLASS_DISPLAY && class_code >> 8 != CLASS_ACCELERATOR) ||
        !read_number(probe, address, "vendor", &vendor) ||
        gm_pci_vendor(vendor) == GM_VENDOR_UNKNOWN || !read_number(probe, address, "device", &id) ||
        id > UINT16_MAX)
        return true;
    gm_device *device;
    bool ok = gm_probe_add_pci(probe, address, vendor, id, &device);
    if (device)
        look_at_driver(probe, device);
    return ok;
}

bool gm_probe_pci(gm_probe *probe)
{
    const char *list = gm_probe_list(probe, "/sys/bus/pci/devices");
    if (!list)
        return true;
    if (probe->machine->os == GM_OS_LINUX)
        probe->machine->gpus = GM_ABSENT;
    while (*list) {
        const char *address = gm_probe_line(probe, &list);
        if (!address || !look_at(probe, address))
            return false;
    }
    return true;
}
