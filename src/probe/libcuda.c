/* SPDX-License-Identifier: MIT */
/* The driver's part that programs load, found as the loader finds it: LD_LIBRARY_PATH, the folders
 * of /etc/ld.so.conf.d, the loader's own (man ld.so). libcuda.so.1 is a link, in several steps on
 * Debian, to libcuda.so.VERSION; the version in that name is the driver's. Nothing is loaded. */
#include <string.h>

#include "base/lookup.h"
#include "probe/sources.h"

#define NAME   "libcuda.so.1"
#define STEPS  8 /* links followed */
#define PLACES 64

struct search {
    gm_probe *probe;
    const char *variable; /* that names the folders now looked at */
    unsigned places;
};

/* Folders of 32-bit libraries, which a 64-bit program does not load. */
static bool is_for_32_bit(const char *folder)
{
    return strstr(folder, "/i386-linux-gnu") || strstr(folder, "/i686-linux-gnu") ||
           strstr(folder, "/lib32") || strstr(folder, "/libx32");
}

/* Packages cuda-compat-* lie in …/cuda-12.9/compat (NVIDIA CUDA Compatibility guide), those of
 * Jetson in …/compat_orin; images of NGC name …/compat/lib. */
static bool is_compat(const char *folder)
{
    const char *at = strstr(folder, "/compat");
    return at && (!at[7] || at[7] == '/' || at[7] == '_');
}

/* "libcuda.so.580.82.07" → "580.82.07". Other numbers than a driver's ("libcuda.so.1.1" of older
 * Jetson systems) do not count. */
static const char *version_in(const char *name, gm_version *version)
{
    static const char start[] = "libcuda.so.";
    if (strncmp(name, start, strlen(start)))
        return NULL;
    const char *text = name + strlen(start);
    return gm_version_parse(text, version) && version->count >= 2 && version->part[0] >= 10 ? text
                                                                                            : NULL;
}

static const char *beside(gm_probe *probe, const char *path, const char *target)
{
    const char *slash = strrchr(path, '/');
    if (*target == '/' || !slash)
        return target;
    return gm_arena_printf(probe->arena, "%.*s/%s", (int)(slash - path), path, target);
}

/* Follows the links from `path`; false when there is no such file. */
static bool follow(gm_probe *probe, const char *path)
{
    gm_driver *driver = &probe->machine->driver;
    bool any = false;
    for (int i = 0; path && i < STEPS; i++) {
        const char *slash = strrchr(path, '/');
        driver->library = version_in(slash ? slash + 1 : path, &driver->library_version);
        if (driver->library)
            return true;
        const char *key = gm_arena_printf(probe->arena, "link:%s", path);
        const char *target = key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
        if (!target)
            return any || gm_probe_exists(probe, path);
        any = true;
        path = beside(probe, path, target);
    }
    return any;
}

static bool look_in(struct search *search, const char *folder)
{
    gm_driver *driver = &search->probe->machine->driver;
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/')
        size--;
    if (*folder != '/' || is_for_32_bit(folder) || search->places++ >= PLACES)
        return false;
    const char *path = gm_arena_printf(search->probe->arena, "%.*s/" NAME, (int)size, folder);
    if (!path || !follow(search->probe, path))
        return false;
    driver->library_path = path;
    driver->library_compat = is_compat(folder);
    driver->library_variable = search->variable;
    return true;
}

static bool look_in_variable(struct search *search, const char *name)
{
    gm_probe *probe = search->probe;
    const char *key = gm_arena_printf(probe->arena, "env:%s", name);
    const char *value = key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
    search->variable = name;
    while (value && *value) {
        size_t size = strcspn(value, ":;");
        const char *folder = gm_arena_text_n(probe->arena, value, size);
        if (folder && look_in(search, folder))
            return true;
        value += size;
        value += *value != '\0';
    }
    search->variable = NULL;
    return false;
}

/* One file of /etc/ld.so.conf.d: a folder in each line. */
static bool look_in_file(struct search *search, const char *name)
{
    gm_probe *probe = search->probe;
    size_t size = strlen(name);
    if (size < 5 || strcmp(name + size - 5, ".conf"))
        return false;
    const char *path = gm_arena_printf(probe->arena, "/etc/ld.so.conf.d/%s", name);
    const char *text = path ? gm_probe_file(probe, path) : NULL;
    while (text && *text) {
        const char *line = gm_probe_line(probe, &text);
        if (line && *line == '/' && look_in(search, line))
            return true;
    }
    return false;
}

static bool look_in_files(struct search *search)
{
    const char *list = gm_probe_list(search->probe, "/etc/ld.so.conf.d");
    while (list && *list) {
        const char *name = gm_probe_line(search->probe, &list);
        if (name && look_in_file(search, name))
            return true;
    }
    return false;
}

bool gm_probe_libcuda(gm_probe *probe)
{
    static const char *const x86_64[] = {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
                                         "/lib64", "/usr/lib64", NULL};
    static const char *const aarch64[] = {"/lib/aarch64-linux-gnu",
                                          "/usr/lib/aarch64-linux-gnu",
                                          "/usr/lib/aarch64-linux-gnu/nvidia",
                                          "/usr/lib/aarch64-linux-gnu/tegra",
                                          "/lib64",
                                          "/usr/lib64",
                                          NULL};
    static const char *const wsl[] = {"/usr/lib/wsl/lib", NULL};
    struct search search = {.probe = probe};
    const gm_machine *machine = probe->machine;
    bool linux_driver = machine->os == GM_OS_LINUX && gm_probe_has(machine, GM_VENDOR_NVIDIA);
    if (!linux_driver && machine->os != GM_OS_WSL)
        return true;
    if (look_in_variable(&search, "LD_LIBRARY_PATH") || look_in_files(&search))
        return true;
    const char *const *folder = machine->os == GM_OS_WSL         ? wsl
                                : machine->cpu == GM_CPU_AARCH64 ? aarch64
                                                                 : x86_64;
    while (*folder && !look_in(&search, *folder))
        folder++;
    return true;
}
