/* SPDX-License-Identifier: MIT */
#include "package/loader.h"

#include <string.h>

#include "base/lookup.h"
#include "os/files.h"
#include "package/sites.h"

#define ENTRIES_MAX 4096
#define CONF        "etc/ld.so.conf.d"

/* The loader's own, of the systems that have wheels; and where CUDA's installers put theirs. */
static const char *const system_folders[] = {"lib/x86_64-linux-gnu",
                                             "usr/lib/x86_64-linux-gnu",
                                             "lib/aarch64-linux-gnu",
                                             "usr/lib/aarch64-linux-gnu",
                                             "lib64",
                                             "usr/lib64",
                                             "lib",
                                             "usr/lib",
                                             "usr/local/lib",
                                             "usr/local/cuda/lib64",
                                             NULL};

static bool add(gm_loader *loader, const char *folder)
{
    if (!folder || gm_os_path_kind(folder) != GM_OS_DIRECTORY)
        return true;
    const char **place = GM_PUSH(loader->arena, &loader->folders);
    if (place)
        *place = folder;
    return place != NULL;
}

static const char *const nvidia_folders[] = {"lib", "bin", "bin/x86_64"};

/* SITE/nvidia/cublas/lib, SITE/nvidia/cu13/lib …; of Windows "bin", and "bin/x86_64" of CUDA 13. */
static bool add_nvidia(gm_loader *loader, const char *site)
{
    gm_os_entries entries;
    const char *nvidia = gm_os_join(loader->arena, site, "nvidia");
    if (!nvidia || gm_os_list(nvidia, ENTRIES_MAX, loader->arena, &entries, NULL) != GM_OK)
        return true;
    for (size_t i = 0; i < entries.count; i++) {
        const char *folder = gm_os_join(loader->arena, nvidia, entries.items[i].name);
        for (size_t k = 0; k < sizeof nvidia_folders / sizeof *nvidia_folders; k++)
            if (!folder || !add(loader, gm_os_join(loader->arena, folder, nvidia_folders[k])))
                return false;
    }
    return true;
}

/* Folders in a list with `separators`, or one a line; those with a drive where `root` is empty. */
static bool add_list(gm_loader *loader, const char *root, const char *list, const char *separators)
{
    while (list && *list) {
        size_t size = strcspn(list, separators);
        const char *folder = gm_arena_text_n(loader->arena, list, size);
        if (!folder)
            return false;
        const char *whole = *folder == '/' ? gm_os_join(loader->arena, root, folder + 1)
                            : *root        ? NULL
                                           : folder;
        if (whole && !add(loader, whole))
            return false;
        list += size + strspn(list + size, separators);
    }
    return true;
}

static bool add_conf(gm_loader *loader, const char *root)
{
    gm_os_entries entries;
    const char *conf = gm_os_join(loader->arena, root, CONF);
    if (!conf || gm_os_list(conf, ENTRIES_MAX, loader->arena, &entries, NULL) != GM_OK)
        return true;
    for (size_t i = 0; i < entries.count; i++) {
        const char *file = gm_os_join(loader->arena, conf, entries.items[i].name);
        if (!add_list(loader, root, gm_package_text(file, loader->arena, NULL), "\r\n"))
            return false;
    }
    return true;
}

bool gm_loader_begin(gm_loader *loader, const gm_key_reader *keys,
                     const gm_environment *environment, gm_arena *arena)
{
    const char *prefix = environment->python.prefix;
    const char *root = environment->image_root ? environment->image_root : "/";
    *loader = (gm_loader){.arena = arena};
    for (size_t i = 0; i < environment->sites.count; i++)
        if (!add_nvidia(loader, environment->sites.items[i]) ||
            !add(loader, gm_os_join(arena, environment->sites.items[i], "torch/lib")))
            return false;
    const char *path = environment->image_root ? NULL : gm_key_text(keys, "env:PATH", arena);
    if (path && strchr(path, ';') && !add_list(loader, "", path, ";"))
        return false;
    if (!environment->image_root &&
        !add_list(loader, root, gm_key_text(keys, "env:LD_LIBRARY_PATH", arena), ":;"))
        return false;
    if ((prefix && !add(loader, gm_os_join(arena, prefix, "lib"))) || !add_conf(loader, root))
        return false;
    for (size_t i = 0; system_folders[i]; i++)
        if (!add(loader, gm_os_join(arena, root, system_folders[i])))
            return false;
    return true;
}

static bool is_in(const gm_loader *loader, const char *folder, const char *name)
{
    const char *path = folder ? gm_os_join(loader->arena, folder, name) : NULL;
    return path && gm_os_path_kind(path) == GM_OS_FILE;
}

/* "$ORIGIN/../lib" → the folder of the library itself, and so on. */
static const char *expand(const gm_loader *loader, const char *folder, const char *path)
{
    static const char *const origins[] = {"$ORIGIN", "${ORIGIN}"};
    const char *own = gm_os_parent(loader->arena, path);
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(origins[i]);
        if (!strncmp(folder, origins[i], size))
            return gm_arena_printf(loader->arena, "%s%s", own ? own : ".", folder + size);
    }
    return folder;
}

static bool is_dll(const char *name)
{
    size_t size = strlen(name);
    return size > 4 && gm_ascii_equal_n(name + size - 4, ".dll", 4);
}

bool gm_loader_finds(const gm_loader *loader, const char *name, const char *path,
                     const char *run_path)
{
    if (is_dll(name) && is_in(loader, gm_os_parent(loader->arena, path), name))
        return true;
    while (run_path && *run_path) {
        size_t size = strcspn(run_path, ":");
        const char *folder = gm_arena_text_n(loader->arena, run_path, size);
        if (folder && *folder && is_in(loader, expand(loader, folder, path), name))
            return true;
        run_path += size;
        run_path += *run_path == ':';
    }
    for (size_t i = 0; i < loader->folders.count; i++)
        if (is_in(loader, loader->folders.items[i], name))
            return true;
    return strchr(name, '/') != NULL; /* a path: not looked for */
}

const char *gm_loader_sibling(const gm_loader *loader, const char *name)
{
    const char *mark = is_dll(name) ? "64_" : ".so.", *at = strstr(name, mark);
    size_t size = at ? (size_t)(at - name) + strlen(mark) : 0;
    for (size_t i = 0; size && i < loader->folders.count; i++) {
        gm_os_entries entries;
        if (gm_os_list(loader->folders.items[i], ENTRIES_MAX, loader->arena, &entries, NULL) !=
            GM_OK)
            continue;
        for (size_t k = 0; k < entries.count; k++)
            if (!strncmp(entries.items[k].name, name, size) && strcmp(entries.items[k].name, name))
                return gm_os_join(loader->arena, loader->folders.items[i], entries.items[k].name);
    }
    return NULL;
}
