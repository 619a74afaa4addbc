/* SPDX-License-Identifier: MIT */
/* Version and flavour of NVIDIA's kernel module, from what it tells in /proc:
 *   NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 …
 *   NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build …
 * (open-gpu-kernel-modules, kernel-open/nvidia/nv-procfs.c). */
#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "probe/sources.h"

#define VERSION_FILE "file:/proc/driver/nvidia/version"
#define MODULE_FILE  "file:/sys/module/nvidia/version"

/* The first token of a text that is a version with at least two parts. */
static const char *find_version(const char *text, gm_arena *arena, gm_version *version)
{
    for (const char *at = text; *at; at++) {
        bool starts = gm_ascii_is_digit(*at) && (at == text || gm_ascii_is_space(at[-1]));
        size_t used = starts ? gm_version_read(at, version) : 0;
        if (used && version->count >= 2 && (gm_ascii_is_space(at[used]) || !at[used]))
            return gm_arena_text_n(arena, at, used);
    }
    version->count = 0;
    return NULL;
}

/* A file that is there and cannot be read says nothing about the driver, and surely not "none". */
static bool is_absent(gm_probe *probe, const char *key)
{
    gm_span bytes;
    return probe->keys->read(probe->keys->state, key, probe->arena, &bytes) == GM_KEY_ABSENT;
}

bool gm_probe_nvidia_driver(gm_probe *probe)
{
    gm_driver *driver = &probe->machine->driver;
    const char *line = gm_key_text(probe->keys, VERSION_FILE, probe->arena);
    const char *module = gm_key_text(probe->keys, MODULE_FILE, probe->arena);
    if (line) {
        driver->text = find_version(line, probe->arena, &driver->version);
        driver->kernel_module =
            strstr(line, "Open Kernel Module") ? GM_MODULE_OPEN : GM_MODULE_CLOSED;
        driver->source = "/proc/driver/nvidia/version";
    }
    if (!driver->text && module) {
        driver->text = find_version(module, probe->arena, &driver->version);
        driver->source = "/sys/module/nvidia/version";
    }
    if (driver->text && driver->version.count) {
        driver->state = GM_KNOWN;
        driver->cuda = gm_catalog_driver_cuda(probe->catalog, gm_os_of_driver(probe->machine->os),
                                              driver->version);
    } else if (probe->machine->os == GM_OS_LINUX &&
               gm_probe_has(probe->machine, GM_VENDOR_NVIDIA) && !probe->machine->l4t &&
               is_absent(probe, VERSION_FILE) && is_absent(probe, MODULE_FILE)) {
        *driver = (gm_driver){.state = GM_ABSENT, .source = "/proc/driver/nvidia/version"};
    }
    return true;
}
