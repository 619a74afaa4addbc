/* SPDX-License-Identifier: MIT */
#include "package/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "model/spec.h"
#include "os/files.h"
#include "os/terminal.h"
#include "package/conda.h"
#include "package/dist_info.h"
#include "package/sites.h"
#include "package/walk.h"

#define ENTRIES_MAX 100000

typedef struct reading {
    const gm_catalog *catalog;
    gm_site_search search;
    gm_arena *arena;
    gm_environment *environment;
    gm_finding_list *findings;
    const gm_installed_listener *listener; /* NULL none */
} reading;

static gm_finding *note(reading *r, gm_code code, const char *file)
{
    gm_finding *finding = gm_finding_add(r->arena, r->findings, code, GM_SEVERITY_WARNING);
    if (!finding)
        return NULL;
    gm_args_text(r->arena, &finding->args, "file", file);
    gm_finding_evidence(r->arena, finding, file, GM_OFFSET_NONE, NULL, NULL);
    return finding;
}

/* `variant`: "metadata" for files that are there and make no sense, NULL for what the system
 * refused. */
static void note_unreadable(reading *r, const char *path, const char *code, const char *variant)
{
    gm_finding *finding = note(r, GM_CODE_UNREADABLE, path);
    if (!finding)
        return;
    finding->variant = variant;
    gm_args_message(r->arena, &finding->args, "reason",
                    gm_arena_printf(r->arena, "unreadable.%s", code));
}

/* The libraries of a package: RECORD names them. Distributions leave it out, and an editable
 * install has its files elsewhere: then the package's own folder is looked through. */
static bool read_libraries(reading *r, gm_installed *installed)
{
    const char *path = gm_os_join(r->arena, installed->path, "RECORD");
    gm_text text = GM_TEXT_INIT;
    gm_error error;
    bool ok, there = path && gm_os_path_kind(path) != GM_OS_NOTHING;
    if (!there || gm_walk_is_editable(installed->path, r->arena)) {
        ok = gm_walk_libraries(installed, r->arena);
    } else if (gm_package_read(path, r->arena, &text, &error) == GM_OK) {
        installed->gone = gm_record_is_gone(text.data, installed->site, r->arena);
        ok =
            installed->gone || gm_record_libraries(text.data, installed->site, r->arena, installed);
    } else {
        note_unreadable(r, path, error.code, NULL);
        ok = true;
    }
    gm_text_free(&text);
    return ok;
}

/* What the package asks for among those that come in builds; extras are not asked for by all. */
static const char *read_asks(reading *r, const char *text)
{
    for (const char *value; (value = gm_metadata_next(&text, "Requires-Dist", r->arena));) {
        gm_spec spec;
        if (!strstr(value, "extra ==") && gm_spec_parse(value, r->arena, &spec, NULL) == GM_OK &&
            spec.clause_count && gm_catalog_has_builds(spec.name))
            return value;
    }
    return NULL;
}

/* METADATA says the version; where it is broken, the name of the folder still does. */
static void read_metadata(reading *r, const char *folder, gm_installed *installed)
{
    gm_error error = {.code = "no-version"};
    const char *path = gm_os_join(r->arena, installed->path, "METADATA");
    gm_text text = GM_TEXT_INIT;
    bool there = path && gm_package_read(path, r->arena, &text, &error) == GM_OK;
    if (there) {
        installed->version = gm_metadata_value(text.data, "Version", r->arena);
        installed->asks = read_asks(r, text.data);
    }
    gm_text_free(&text);
    if (installed->version)
        return;
    note_unreadable(r, path, there ? "no-version" : error.code, there ? "metadata" : NULL);
    installed->version = gm_dist_info_version(folder, r->arena);
}

/* A folder without METADATA and RECORD is what an interrupted pip leaves behind. */
static bool is_leftover(reading *r, const char *dist_info)
{
    static const char *const files[] = {"METADATA", "RECORD"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = gm_os_join(r->arena, dist_info, files[i]);
        if (!path || gm_os_path_kind(path) != GM_OS_NOTHING)
            return false;
    }
    return true;
}

static bool read_package(reading *r, const char *site, const char *folder, const char *name)
{
    const char *dist_info = gm_os_join(r->arena, site, folder);
    if (!dist_info)
        return false;
    if (*folder == '~' || is_leftover(r, dist_info)) {
        note(r, GM_CODE_LEFTOVER_METADATA, dist_info);
        return true;
    }
    gm_installed installed = {
        .name = name, .path = dist_info, .site = site, .found_as = r->environment->packages.count};
    read_metadata(r, folder, &installed);
    if (!installed.version)
        return true;
    gm_installed *place = GM_PUSH(r->arena, &r->environment->packages);
    if (place)
        *place = installed;
    return place != NULL;
}

/* Files in a folder of packages that say where further packages are. */
static bool read_pointer(reading *r, const char *site, const char *name)
{
    size_t size = strlen(name);
    if (size < 4 || strcmp(name + size - 4, ".pth"))
        return true;
    const char *text = gm_package_text(gm_os_join(r->arena, site, name), r->arena, NULL);
    return !text || gm_sites_add_pth(&r->search, site, text);
}

/* Folders that .pth files name come behind all others: the list grows while it is read. Python does
 * not follow .pth files there, which could name each other without end. */
static gm_status read_sites(reading *r, gm_error *reterr)
{
    gm_os_entries entries;
    gm_status status = GM_OK;
    size_t own = r->environment->sites.count;
    for (size_t i = 0; status == GM_OK && i < r->environment->sites.count; i++) {
        const char *site = r->environment->sites.items[i];
        status = gm_os_list(site, ENTRIES_MAX, r->arena, &entries, reterr);
        for (size_t k = 0; status == GM_OK && k < entries.count; k++) {
            const char *entry = entries.items[k].name;
            const char *name = gm_dist_info_name(entry, r->arena);
            if (name ? !read_package(r, site, entry, name)
                     : i < own && !read_pointer(r, site, entry))
                status = gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
        }
    }
    return status;
}

/* ---- two of one name ---- */

static int by_name(const void *a, const void *b)
{
    const gm_installed *left = a, *right = b;
    int names = strcmp(left->name, right->name);
    return names ? names : left->found_as < right->found_as ? -1 : left->found_as > right->found_as;
}

static size_t matches(reading *r, const gm_installed *installed)
{
    gm_text text = GM_TEXT_INIT;
    const char *path = gm_os_join(r->arena, installed->path, "RECORD");
    size_t count = 0;
    if (path && gm_package_read(path, r->arena, &text, NULL) == GM_OK)
        count = gm_record_matches(text.data, installed->site, r->arena);
    gm_text_free(&text);
    return count;
}

/* In one folder both cannot be there: the files tell which is. In two folders, Python takes the
 * first. */
static bool second_counts(reading *r, const gm_installed *first, const gm_installed *second)
{
    gm_version a, b;
    if (strcmp(first->site, second->site))
        return false;
    size_t left = matches(r, first), right = matches(r, second);
    gm_version_read(first->version, &a);
    gm_version_read(second->version, &b);
    return left != right ? right > left : gm_version_compare(b, a) > 0;
}

static void note_duplicate(reading *r, const gm_installed *kept, const gm_installed *other)
{
    gm_finding *finding = note(r, GM_CODE_DUPLICATE_PACKAGE, other->path);
    if (!finding)
        return;
    bool apart = strcmp(kept->site, other->site) != 0;
    finding->variant = apart ? "shadowed" : NULL;
    finding->severity = apart ? GM_SEVERITY_NOTE : GM_SEVERITY_WARNING;
    gm_args_text(r->arena, &finding->args, "package", kept->name);
    gm_args_text(r->arena, &finding->args, "version", kept->version);
    gm_args_text(r->arena, &finding->args, "other", other->version);
    gm_args_text(r->arena, &finding->args, "path", kept->path);
}

static void keep_one_of_each(reading *r)
{
    gm_environment *environment = r->environment;
    size_t kept = 0;
    if (environment->packages.count == 0)
        return;
    gm_installed *items = environment->packages.items;
    qsort(items, environment->packages.count, sizeof *items, by_name);
    for (size_t i = 1; i < environment->packages.count; i++) {
        if (strcmp(items[kept].name, items[i].name)) {
            items[++kept] = items[i];
            continue;
        }
        if (second_counts(r, &items[kept], &items[i])) {
            gm_installed first = items[kept];
            items[kept] = items[i];
            items[i] = first;
        }
        note_duplicate(r, &items[kept], &items[i]);
    }
    environment->packages.count = kept + 1;
}

/* ---- all of it ---- */

/* What is recorded and no longer there is no package: somebody has deleted its files. */
static bool tell(reading *r, size_t index)
{
    gm_installed *installed = &r->environment->packages.items[index];
    installed->gone = installed->gone && installed->libraries.count == 0; /* conda has its files */
    if (installed->gone) {
        gm_finding *finding = note(r, GM_CODE_LEFTOVER_METADATA, installed->path);
        if (!finding)
            return false;
        finding->variant = "gone";
        gm_args_text(r->arena, &finding->args, "package", installed->name);
        gm_args_text(r->arena, &finding->args, "version", installed->version);
        return true;
    }
    return !r->listener || r->listener->found(r->listener->user, installed, index);
}

static gm_status read_packages(reading *r, gm_error *reterr)
{
    gm_environment *environment = r->environment;
    const char *prefix = environment->python.prefix;
    gm_status status = read_sites(r, reterr);
    if (status != GM_OK)
        return status;
    keep_one_of_each(r);
    bool ok = true, conda = prefix && gm_conda_is(prefix, r->arena);
    /* Conda adds libraries to packages that are there: then none is whole before the end. */
    for (size_t i = 0; ok && i < environment->packages.count; i++)
        ok = read_libraries(r, &environment->packages.items[i]) && (conda || tell(r, i));
    if (ok && conda)
        ok = gm_conda_read(r->catalog, environment, r->arena);
    if (environment->unread)
        note_unreadable(r, environment->unread, "cannot-read", NULL);
    for (size_t i = 0; ok && conda && i < environment->packages.count; i++)
        ok = tell(r, i);
    return ok ? GM_OK : gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

/* A folder that cannot be listed says so itself. */
static gm_status why_none(const char *directory, gm_arena *arena, gm_error *reterr)
{
    gm_os_entries entries;
    gm_status status = GM_OK;
    if (gm_os_path_kind(directory) != GM_OS_FILE)
        status = gm_os_list(directory, ENTRIES_MAX, arena, &entries, reterr);
    return status == GM_OK ? gm_fail(reterr, GM_IO, "not-an-environment", directory, GM_OFFSET_NONE)
                           : status;
}

gm_status gm_environment_read(const gm_catalog *catalog, const gm_key_reader *keys,
                              const char *directory, gm_arena *arena,
                              gm_environment *ret_environment, gm_finding_list *findings,
                              const gm_installed_listener *listener, gm_error *reterr)
{
    reading r = {.catalog = catalog,
                 .search = {.keys = keys, .arena = arena, .environment = ret_environment},
                 .arena = arena,
                 .environment = ret_environment,
                 .findings = findings,
                 .listener = listener};
    *ret_environment = (gm_environment){0};
    if (directory ? gm_sites_find(&r.search, directory) : gm_sites_find_active(&r.search))
        return read_packages(&r, reterr);
    const char *unread = ret_environment->unread;
    *ret_environment = (gm_environment){0};
    if (unread) /* perhaps there is one */
        return gm_fail(reterr, GM_IO, "cannot-read", unread, GM_OFFSET_NONE);
    return directory ? why_none(directory, arena, reterr) : GM_OK;
}
