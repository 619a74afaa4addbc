/* SPDX-License-Identifier: MIT */
/* What NVIDIA's kernel module tells of each GPU it drives: /proc/driver/nvidia/gpus/ADDRESS/
 * information, lines "Name:  value" (open-gpu-kernel-modules, kernel-open/nvidia/nv-procfs.c). */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "probe/sources.h"

#define GPUS "/proc/driver/nvidia/gpus"

static void look_at(gm_probe *probe, const char *address)
{
    gm_device *device = gm_probe_device_at(probe, address);
    const char *path = gm_arena_printf(probe->arena, GPUS "/%s/information", address);
    const char *text = device && path ? gm_probe_file(probe, path) : NULL;
    if (!text)
        return;
    const char *uuid = gm_probe_field(probe, text, "GPU UUID:");
    const char *minor = gm_probe_field(probe, text, "Device Minor:");
    if (uuid && !strncmp(uuid, "GPU-", 4) && !strchr(uuid, '?'))
        device->uuid = uuid;
    if (minor && gm_ascii_is_digit(*minor))
        device->minor = (int)strtoul(minor, NULL, 10);
}

bool gm_probe_nvidia_gpus(gm_probe *probe)
{
    const char *list = gm_probe_list(probe, GPUS);
    while (list && *list) {
        const char *address = gm_probe_line(probe, &list);
        if (!address)
            return false;
        look_at(probe, address);
    }
    return true;
}
