/* SPDX-License-Identifier: MIT */
/* Jetson modules: their GPU is no PCI device. The device tree names the chip
 * (/proc/device-tree/compatible, entries that end with NUL), /etc/nv_tegra_release the system:
 *   # R36 (release), REVISION: 4.3, GCID: …
 * (NVIDIA Jetson Linux Developer Guide). */
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"
#include "probe/sources.h"

static bool find_chip(gm_probe *probe, gm_gpu *gpu)
{
    gm_span bytes;
    const char *key = "file:/proc/device-tree/compatible";
    if (probe->keys->read(probe->keys->state, key, probe->arena, &bytes) != GM_KEY_OK)
        return false;
    for (size_t at = 0; at < bytes.size;) {
        const char *entry = (const char *)bytes.data + at; /* a NUL follows the bytes */
        if (gm_catalog_tegra(probe->catalog, entry, gpu))
            return true;
        at += strlen(entry) + 1;
    }
    return false;
}

/* "36.4.3" out of "# R36 (release), REVISION: 4.3, …". */
static const char *find_release(gm_probe *probe)
{
    static const char revision[] = "REVISION: ";
    const char *text = gm_probe_file(probe, "/etc/nv_tegra_release");
    const char *major = text ? strstr(text, "# R") : NULL;
    const char *minor = major ? strstr(major, revision) : NULL;
    gm_version version;
    size_t size = minor ? gm_version_read(minor + strlen(revision), &version) : 0;
    if (!size)
        return NULL;
    return gm_arena_printf(probe->arena, "%lu.%.*s", strtoul(major + 3, NULL, 10), (int)size,
                           minor + strlen(revision));
}

bool gm_probe_tegra(gm_probe *probe)
{
    gm_gpu gpu;
    gm_machine *machine = probe->machine;
    if (machine->os != GM_OS_LINUX || machine->cpu != GM_CPU_AARCH64 || !find_chip(probe, &gpu))
        return true;
    gm_device *device = gm_probe_add_device(probe);
    if (!device)
        return false;
    device->vendor = gpu.vendor;
    device->name = gpu.name;
    device->source = "device-tree";
    device->targets[0] = gpu.targets[0];
    device->target_count = 1;
    device->target_source = "data/tegra_chips.tsv";
    machine->gpus = GM_KNOWN;
    machine->l4t = find_release(probe);
    gm_version l4t;
    if (machine->l4t && gm_version_read(machine->l4t, &l4t))
        machine->driver = (gm_driver){.state = GM_KNOWN,
                                      .text = gm_arena_printf(probe->arena, "L4T %s", machine->l4t),
                                      .cuda = gm_catalog_tegra_cuda(probe->catalog, l4t),
                                      .source = "/etc/nv_tegra_release"};
    return true;
}
