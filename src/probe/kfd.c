/* SPDX-License-Identifier: MIT */
/* What AMD's compute driver tells of its GPUs: /sys/class/kfd/kfd/topology/nodes/N/properties,
 * lines "key value" (Linux, drivers/gpu/drm/amd/amdkfd/kfd_topology.c). The kernel knows the target
 * better than a table of ids does, so its word counts. */
#include <stdlib.h>
#include <string.h>

#include "probe/sources.h"

#define NODES "/sys/class/kfd/kfd/topology/nodes"

static bool property(const char *text, const char *name, unsigned long long *number)
{
    size_t size = strlen(name);
    while (*text) {
        if (!strncmp(text, name, size) && text[size] == ' ') {
            *number = strtoull(text + size, NULL, 10);
            return true;
        }
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return false;
}

/* gfx_target_version is 10000 * major + 100 * minor + stepping; a target's name has minor and
 * stepping as one hexadecimal digit each: 90010 is gfx90a. False for 0, a processor. */
static bool target_of(gm_probe *probe, unsigned long long version, gm_target *target)
{
    const char *name = gm_arena_printf(probe->arena, "gfx%llu%llx%llx", version / 10000,
                                       version / 100 % 100, version % 100);
    return version && name && gm_target_parse(name, strlen(name), target);
}

/* location_id is the PCI bus in the high byte and device and function (5 and 3 bits) in the low. */
static gm_device *device_at(gm_probe *probe, unsigned long long domain, unsigned long long location)
{
    return gm_probe_device_at(probe, gm_arena_printf(probe->arena, "%04llx:%02llx:%02llx.%llx",
                                                     domain, location >> 8 & 0xff,
                                                     location >> 3 & 0x1f, location & 7));
}

/* ROCr names a GPU by its unique_id, and counts the GPUs in the order of the nodes. */
static bool look_at(gm_probe *probe, const char *node, int *order)
{
    unsigned long long version, location, domain = 0, unique = 0;
    gm_target target;
    const char *path = gm_arena_printf(probe->arena, NODES "/%s/properties", node);
    const char *text = path ? gm_probe_file(probe, path) : NULL;
    if (!text || !property(text, "gfx_target_version", &version) ||
        !target_of(probe, version, &target) || !property(text, "location_id", &location))
        return true;
    property(text, "domain", &domain);
    property(text, "unique_id", &unique);
    gm_device *device = device_at(probe, domain, location);
    if (!device || device->vendor != GM_VENDOR_AMD)
        return true;
    device->targets[0] = target;
    device->target_count = 1;
    device->target_source = path;
    device->order = (*order)++;
    if (unique)
        device->uuid = gm_arena_printf(probe->arena, "GPU-%016llx", unique);
    return !unique || device->uuid;
}

bool gm_probe_kfd(gm_probe *probe)
{
    int order = 0;
    const char *list = gm_probe_list(probe, NODES);
    while (list && *list) {
        const char *node = gm_probe_line(probe, &list);
        if (!node || !look_at(probe, node, &order))
            return false;
    }
    return true;
}
