/* SPDX-License-Identifier: MIT */
/* GPUs and driver of Windows. A display device is called by its PCI ids
 * ("PCI\VEN_10DE&DEV_2D19&SUBSYS_…"); what drives it stands in the registry: Enum\<id>!Driver names
 * a key below Control\Class, which has ProviderName and DriverVersion
 * (https://learn.microsoft.com/windows-hardware/drivers/install/registry-trees-and-keys).
 *
 * NVIDIA's number is the last five digits of that version: 32.0.15.7688 is 576.88. */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "probe/sources.h"

#define NVIDIA_DIGITS 5

/* The four hexadecimal digits behind `name` in an id. */
static bool id_part(const char *id, const char *name, unsigned long *number)
{
    char digits[5] = {0}, *end;
    const char *at = strstr(id, name);
    if (!at)
        return false;
    strncpy(digits, at + strlen(name), 4);
    *number = strtoul(digits, &end, 16);
    return end == digits + 4;
}

static const char *registry(gm_probe *probe, const char *key, const char *name)
{
    const char *place = gm_arena_printf(probe->arena, "registry:%s!%s", key, name);
    return place ? gm_key_text(probe->keys, place, probe->arena) : NULL;
}

/* "32.0.15.7688" → "576.88"; NULL when it has another shape. */
static const char *nvidia_number(gm_probe *probe, const char *version)
{
    char digits[NVIDIA_DIGITS + 1] = {0};
    size_t count = 0, at = strlen(version);
    while (at > 0 && count < NVIDIA_DIGITS) {
        char c = version[--at];
        if (gm_ascii_is_digit(c))
            digits[NVIDIA_DIGITS - 1 - count++] = c;
        else if (c != '.')
            return NULL;
    }
    return count == NVIDIA_DIGITS ? gm_arena_printf(probe->arena, "%.3s.%s", digits, digits + 3)
                                  : NULL;
}

/* Another provider's driver ("Microsoft Basic Display Adapter") only draws on the screen. */
static void look_at_driver(gm_probe *probe, const char *id)
{
    gm_driver *driver = &probe->machine->driver;
    const char *key = gm_arena_printf(probe->arena, "Enum\\%s", id);
    const char *class_key = key ? registry(probe, key, "Driver") : NULL;
    if (!class_key || driver->state == GM_KNOWN)
        return;
    key = gm_arena_printf(probe->arena, "Control\\Class\\%s", class_key);
    const char *provider = key ? registry(probe, key, "ProviderName") : NULL;
    const char *version = key ? registry(probe, key, "DriverVersion") : NULL;
    if (!provider || !version)
        return;
    *driver = (gm_driver){.state = GM_ABSENT, .source = "registry"};
    if (!gm_ascii_starts(provider, gm_vendor_token(GM_VENDOR_NVIDIA)))
        return;
    driver->text = nvidia_number(probe, version);
    if (!driver->text || !gm_version_parse(driver->text, &driver->version)) {
        *driver = (gm_driver){.state = GM_UNKNOWN};
        return;
    }
    driver->state = GM_KNOWN;
    driver->cuda = gm_catalog_driver_cuda(probe->catalog, GM_OS_WINDOWS, driver->version);
}

static bool look_at(gm_probe *probe, const char *id)
{
    unsigned long vendor, device_id;
    gm_device *device;
    if (!gm_ascii_starts(id, "PCI\\") || !id_part(id, "VEN_", &vendor) ||
        !id_part(id, "DEV_", &device_id) || gm_pci_vendor(vendor) == GM_VENDOR_UNKNOWN)
        return true;
    if (!gm_probe_add_pci(probe, NULL, vendor, device_id, &device))
        return false;
    if (device && device->vendor == GM_VENDOR_NVIDIA)
        look_at_driver(probe, id);
    return true;
}

bool gm_probe_windows(gm_probe *probe)
{
    const char *list = probe->machine->os == GM_OS_WINDOWS
                           ? gm_key_text(probe->keys, "devices:display", probe->arena)
                           : NULL;
    /* Every Windows has a display device: without any, the list says nothing. */
    if (!list || !*list)
        return true;
    probe->machine->gpus = GM_ABSENT;
    while (*list) {
        const char *id = gm_probe_line(probe, &list);
        if (!id || !look_at(probe, id))
            return false;
    }
    return true;
}
