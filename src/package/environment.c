/* SPDX-License-Identifier: MIT */
#include "package/environment.h"

#include <string.h>

#include "base/lookup.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "os/files.h"
#include "os/terminal.h"
#include "package/dist_info.h"

#define ENTRIES_MAX 100000

typedef struct reading {
    gm_arena *arena;
    gm_environment *environment;
    gm_finding_list *findings;
} reading;

/* A small file as arena text; NULL when it cannot be read. */
static const char *read_text(const char *path, gm_arena *arena, gm_error *reterr)
{
    gm_text text = GM_TEXT_INIT;
    const char *copy = NULL;
    if (path && gm_os_read_file(path, &text, reterr) == GM_OK)
        copy = gm_arena_text_n(arena, text.data, text.size);
    gm_text_free(&text);
    return copy;
}

/* "python3.13t" → 3.13, free-threaded. */
static bool python_folder(const char *name, gm_python *python)
{
    static const char start[] = "python";
    if (strncmp(name, start, strlen(start)))
        return false;
    size_t used = gm_version_read(name + strlen(start), &python->version);
    const char *rest = name + strlen(start) + used;
    python->free_threaded = !strcmp(rest, "t");
    return used && (!*rest || python->free_threaded);
}

/* PREFIX/lib/pythonX.Y/site-packages */
static const char *unix_site(const char *prefix, gm_arena *arena, gm_python *python)
{
    gm_os_entries entries;
    const char *lib = gm_os_join(arena, prefix, "lib");
    if (!lib || gm_os_list(lib, ENTRIES_MAX, arena, &entries, NULL) != GM_OK)
        return NULL;
    for (size_t i = 0; i < entries.count; i++) {
        if (entries.items[i].kind != GM_OS_DIRECTORY ||
            !python_folder(entries.items[i].name, python))
            continue;
        const char *folder = gm_os_join(arena, lib, entries.items[i].name);
        const char *site = folder ? gm_os_join(arena, folder, "site-packages") : NULL;
        if (site && gm_os_path_kind(site) == GM_OS_DIRECTORY)
            return site;
    }
    return NULL;
}

/* `version = 3.11.7` or, by other makers, `version_info = 3.11.7.final.0`; NULL when `line` is
 * another one: `home` may well have "versions" in its path. */
static const char *pyvenv_version(const char *line)
{
    static const char name[] = "version", long_name[] = "version_info";
    if (strncmp(line, name, strlen(name)))
        return NULL;
    line += strncmp(line, long_name, strlen(long_name)) ? strlen(name) : strlen(long_name);
    line += strspn(line, " \t");
    return *line == '=' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static void read_pyvenv(const char *prefix, gm_arena *arena, gm_python *python)
{
    const char *line = read_text(gm_os_join(arena, prefix, "pyvenv.cfg"), arena, NULL);
    while (line && *line) {
        const char *version = pyvenv_version(line);
        if (version && gm_version_read(version, &python->version))
            return;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

static bool has_dist_info(const char *directory, gm_arena *arena)
{
    gm_os_entries entries;
    if (gm_os_list(directory, ENTRIES_MAX, arena, &entries, NULL) != GM_OK)
        return false;
    for (size_t i = 0; i < entries.count; i++)
        if (gm_dist_info_name(entries.items[i].name, arena))
            return true;
    return false;
}

/* Site-packages of an environment root on any system, or the folder itself. */
static bool find_site(const char *prefix, gm_arena *arena, gm_environment *environment)
{
    gm_python *python = &environment->python;
    const char *windows = gm_os_join(arena, prefix, "Lib/site-packages");
    python->prefix = gm_arena_text(arena, prefix);
    environment->site_packages = unix_site(prefix, arena, python);
    if (!environment->site_packages && windows && gm_os_path_kind(windows) == GM_OS_DIRECTORY) {
        environment->site_packages = windows;
        read_pyvenv(prefix, arena, python);
    }
    if (!environment->site_packages && has_dist_info(prefix, arena))
        environment->site_packages = python->prefix;
    return environment->site_packages != NULL;
}

/* `variant`: "metadata" for files that are there and make no sense, NULL for what the system
 * refused. */
static void note_unreadable(reading *r, const char *path, const char *code, const char *variant)
{
    gm_finding *finding =
        gm_finding_add(r->arena, r->findings, GM_CODE_UNREADABLE, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    finding->variant = variant;
    gm_args_text(r->arena, &finding->args, "file", path);
    gm_args_message(r->arena, &finding->args, "reason",
                    gm_arena_printf(r->arena, "unreadable.%s", code));
}

static bool read_package(reading *r, const char *folder, const char *name)
{
    gm_error error = {.code = "no-version"};
    const char *site = r->environment->site_packages;
    const char *dist_info = gm_os_join(r->arena, site, folder);
    const char *metadata_path = dist_info ? gm_os_join(r->arena, dist_info, "METADATA") : NULL;
    const char *record_path = dist_info ? gm_os_join(r->arena, dist_info, "RECORD") : NULL;
    const char *metadata = read_text(metadata_path, r->arena, &error);
    const char *version = metadata ? gm_metadata_value(metadata, "Version", r->arena) : NULL;
    if (!version) {
        note_unreadable(r, metadata_path, metadata ? "no-version" : error.code,
                        metadata ? "metadata" : NULL);
        return true;
    }
    const char *record = read_text(record_path, r->arena, &error);
    gm_installed *installed = GM_PUSH(r->arena, &r->environment->packages);
    if (!installed)
        return false;
    *installed = (gm_installed){.name = name, .version = version, .dist_info = dist_info};
    if (!record)
        note_unreadable(r, record_path, error.code, NULL);
    return !record || gm_record_libraries(record, site, r->arena, installed);
}

static gm_status read_packages(reading *r, gm_error *reterr)
{
    gm_os_entries entries;
    gm_status status =
        gm_os_list(r->environment->site_packages, ENTRIES_MAX, r->arena, &entries, reterr);
    for (size_t i = 0; status == GM_OK && i < entries.count; i++) {
        const char *name = gm_dist_info_name(entries.items[i].name, r->arena);
        if (name && gm_catalog_package_known(name) && !read_package(r, entries.items[i].name, name))
            status = gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    }
    return status;
}

/* A folder that cannot be listed says so itself. */
static gm_status why_no_site(const char *directory, gm_arena *arena, gm_error *reterr)
{
    gm_os_entries entries;
    gm_status status = gm_os_list(directory, ENTRIES_MAX, arena, &entries, reterr);
    return status == GM_OK ? gm_fail(reterr, GM_IO, "not-an-environment", directory, GM_OFFSET_NONE)
                           : status;
}

gm_status gm_environment_read(const gm_key_reader *keys, const char *directory, gm_arena *arena,
                              gm_environment *ret_environment, gm_finding_list *findings,
                              gm_error *reterr)
{
    static const char *const active[] = {"env:VIRTUAL_ENV", "env:CONDA_PREFIX"};
    reading r = {arena, ret_environment, findings};
    *ret_environment = (gm_environment){0};
    if (directory && !find_site(directory, arena, ret_environment))
        return why_no_site(directory, arena, reterr);
    for (size_t i = 0; !directory && !ret_environment->site_packages && i < 2; i++) {
        const char *prefix = gm_key_text(keys, active[i], arena);
        if (prefix)
            find_site(prefix, arena, ret_environment);
    }
    return ret_environment->site_packages ? read_packages(&r, reterr) : GM_OK;
}
