/* SPDX-License-Identifier: MIT */
#include "package/conda.h"

#include <string.h>

#include "base/lookup.h"
#include "catalog/catalog.h"
#include "os/files.h"
#include "package/dist_info.h"
#include "package/json.h"

#define ENTRIES_MAX 100000

struct record {
    const char *name, *version, *build; /* out of the file's name */
};

/* "libtorch-2.5.1-cuda126_h0_303.json": names may have hyphens, the other two have none. */
static bool split(const char *file, gm_arena *arena, struct record *record)
{
    static const char ending[] = ".json";
    size_t size = strlen(file);
    if (size <= strlen(ending) || strcmp(file + size - strlen(ending), ending))
        return false;
    char *name = gm_arena_text_n(arena, file, size - strlen(ending));
    char *build = name ? strrchr(name, '-') : NULL;
    if (!build || build == name)
        return false;
    *build = '\0';
    char *version = strrchr(name, '-');
    if (!version || version == name)
        return false;
    *version = '\0';
    *record = (struct record){name, version + 1, build + 1};
    return true;
}

static gm_installed *find(gm_environment *environment, const char *name)
{
    for (size_t i = 0; i < environment->packages.count; i++)
        if (!strcmp(environment->packages.items[i].name, name))
            return &environment->packages.items[i];
    return NULL;
}

/* The name of a channel out of its address, which may hold a token:
 * "https://conda.anaconda.org/conda-forge/linux-64" → "conda-forge". */
static const char *channel_name(const char *address, gm_arena *arena)
{
    const char *folder = address && strstr(address, "://") ? gm_os_parent(arena, address) : address;
    return folder ? gm_file_name(folder) : NULL;
}

static bool has_library(const gm_installed *installed, const char *path)
{
    for (size_t i = 0; i < installed->libraries.count; i++)
        if (!strcmp(installed->libraries.items[i].path, path))
            return true;
    return false;
}

/* Links ("libx.so" beside "libx.so.2") are the same library again. */
static bool add_files(gm_installed *installed, const json_t *files, const char *prefix,
                      gm_arena *arena)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *file = json_string_value(json_array_get(files, i));
        if (!file || !gm_is_library(file, strlen(file)) || strstr(file, ".."))
            continue;
        const char *path = gm_os_join(arena, prefix, file);
        if (path && !has_library(installed, path) && !gm_os_is_link(path)) {
            gm_recorded *recorded = GM_PUSH(arena, &installed->libraries);
            if (!recorded)
                return false;
            recorded->path = path;
        }
    }
    return true;
}

static bool read_record(gm_environment *environment, const char *folder, const char *file,
                        const struct record *record, const char *name, gm_arena *arena)
{
    const char *path = gm_os_join(arena, folder, file);
    gm_installed *installed = find(environment, name);
    if (!installed) {
        installed = GM_PUSH(arena, &environment->packages);
        if (!installed || !path)
            return false;
        *installed = (gm_installed){.name = name, .version = record->version, .path = path};
    }
    json_t *json = gm_package_json(path, arena);
    if (!json)
        environment->unread = path;
    const char *channel = channel_name(gm_json_text_at(json, "channel", arena), arena);
    installed->build = record->build;
    installed->channel = channel ? channel : installed->channel;
    bool ok =
        add_files(installed, json_object_get(json, "files"), environment->python.prefix, arena);
    json_decref(json);
    return ok;
}

bool gm_conda_is(const char *prefix, gm_arena *arena)
{
    const char *folder = gm_os_join(arena, prefix, "conda-meta");
    return folder && gm_os_path_kind(folder) == GM_OS_DIRECTORY;
}

bool gm_conda_read(const gm_catalog *catalog, gm_environment *environment, gm_arena *arena)
{
    gm_os_entries entries;
    const char *folder = gm_os_join(arena, environment->python.prefix, "conda-meta");
    if (!folder)
        return false;
    gm_error error;
    if (gm_os_list(folder, ENTRIES_MAX, arena, &entries, &error) != GM_OK) {
        if (!strcmp(error.code, "cannot-read"))
            environment->unread = folder;
        return true;
    }
    for (size_t i = 0; i < entries.count; i++) {
        struct record record;
        if (!split(entries.items[i].name, arena, &record))
            continue;
        if (!strcmp(record.name, "python"))
            gm_version_read(record.version, &environment->python.version);
        const char *name = gm_catalog_conda_package(catalog, record.name);
        if (name && !read_record(environment, folder, entries.items[i].name, &record, name, arena))
            return false;
    }
    return true;
}
