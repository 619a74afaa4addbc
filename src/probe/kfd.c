/* SPDX-License-Identifier: MIT */
/* What AMD's compute driver tells of its GPUs: /sys/class/kfd/kfd/topology/nodes/N/properties,
 * lines "key value" (Linux, drivers/gpu/drm/amd/amdkfd/kfd_topology.c). The kernel knows the target
 * better than a table of ids does, so its word counts. */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "probe/sources.h"

#define NODES "/sys/class/kfd/kfd/topology/nodes"

static bool property(const char *text, const char *name, unsigned long *number)
{
    size_t size = strlen(name);
    while (*text) {
        if (!strncmp(text, name, size) && text[size] == ' ') {
            *number = strtoul(text + size, NULL, 10);
            return true;
        }
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return false;
}

/* gfx_target_version is 10000 * major + 100 * minor + stepping; a target's name has minor and
 * stepping as one hexadecimal digit each: 90010 is gfx90a. False for 0, a processor. */
static bool target_of(gm_probe *probe, unsigned long version, gm_target *target)
{
    const char *name = gm_arena_printf(probe->arena, "gfx%lu%lx%lx", version / 10000,
                                       version / 100 % 100, version % 100);
    return version && name && gm_target_parse(name, strlen(name), target);
}

/* location_id is the PCI bus in the high byte and device and function (5 and 3 bits) in the low. */
static gm_device *device_at(gm_probe *probe, unsigned long domain, unsigned long location)
{
    const char *address = gm_arena_printf(probe->arena, "%04lx:%02lx:%02lx.%lx", domain,
                                          location >> 8 & 0xff, location >> 3 & 0x1f, location & 7);
    for (size_t i = 0; address && i < probe->machine->devices.count; i++)
        if (gm_text_equal(probe->machine->devices.items[i].address, address))
            return &probe->machine->devices.items[i];
    return NULL;
}

static void look_at(gm_probe *probe, const char *node)
{
    unsigned long version, location, domain = 0;
    gm_target target;
    const char *key = gm_arena_printf(probe->arena, "file:" NODES "/%s/properties", node);
    const char *text = key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
    if (!text || !property(text, "gfx_target_version", &version) ||
        !target_of(probe, version, &target) || !property(text, "location_id", &location))
        return;
    property(text, "domain", &domain);
    gm_device *device = device_at(probe, domain, location);
    if (!device || device->vendor != GM_VENDOR_AMD)
        return;
    device->targets[0] = target;
    device->target_count = 1;
}

bool gm_probe_kfd(gm_probe *probe)
{
    const char *list = gm_key_text(probe->keys, "list:" NODES, probe->arena);
    while (list && *list) {
        size_t size = strcspn(list, "\n");
        const char *node = gm_arena_text_n(probe->arena, list, size);
        if (!node)
            return false;
        look_at(probe, node);
        list += size;
        list += *list == '\n';
    }
    return true;
}
