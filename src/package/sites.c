/* SPDX-License-Identifier: MIT */
#include "package/sites.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "base/text.h"
#include "os/files.h"
#include "os/terminal.h"
#include "package/dist_info.h"

#define ENTRIES_MAX 100000
#define LINKS_MAX   16 /* in a row: more is a loop */
#define LEVELS_MAX  64 /* folders above the current one */

/* Where Python lives below the root of an image: distributions, official images, common guides. */
static const char *const image_prefixes[] = {"opt/venv",
                                             "venv",
                                             ".venv",
                                             "app/.venv",
                                             "app/venv",
                                             "opt/conda",
                                             "opt/miniconda3",
                                             "root/miniconda3",
                                             "opt/miniforge3",
                                             "usr/local",
                                             "usr",
                                             "opt/python",
                                             NULL};

gm_status gm_package_read(const char *path, gm_arena *arena, gm_text *text, gm_error *reterr)
{
    gm_status status = gm_os_read_file(path, text, reterr);
    if (status == GM_MEMORY)
        gm_arena_fail(arena);
    return status;
}

const char *gm_package_text(const char *path, gm_arena *arena, gm_error *reterr)
{
    gm_text text = GM_TEXT_INIT;
    const char *copy = NULL;
    if (path && gm_package_read(path, arena, &text, reterr) == GM_OK)
        copy = gm_arena_text_n(arena, text.data, text.size);
    gm_text_free(&text);
    return copy;
}

static bool is_directory(const char *path)
{
    return path && gm_os_path_kind(path) == GM_OS_DIRECTORY;
}

static const char *join(gm_site_search *search, const char *directory, const char *name)
{
    return directory ? gm_os_join(search->arena, directory, name) : NULL;
}

bool gm_sites_add(gm_site_search *search, const char *path)
{
    gm_environment *environment = search->environment;
    for (size_t i = 0; path && i < environment->sites.count; i++)
        if (!strcmp(environment->sites.items[i], path))
            return true;
    if (!is_directory(path))
        return true;
    const char **place = GM_PUSH(search->arena, &environment->sites);
    if (place)
        *place = path;
    return place != NULL;
}

/* "python3.13t" → 3.13, free-threaded; also the name of an executable. */
static bool python_name(const char *name, gm_python *python)
{
    static const char start[] = "python";
    gm_python read = {.prefix = python->prefix};
    if (strncmp(name, start, strlen(start)))
        return false;
    size_t used = gm_version_read(name + strlen(start), &read.version);
    const char *rest = name + strlen(start) + used;
    read.free_threaded = !strcmp(rest, "t");
    if (read.version.count < 2 || (*rest && !read.free_threaded && strcmp(rest, ".exe")))
        return false;
    *python = read;
    return true;
}

static bool same_python(const gm_python *a, const gm_python *b)
{
    return a->version.part[0] == b->version.part[0] && a->version.part[1] == b->version.part[1] &&
           a->free_threaded == b->free_threaded;
}

/* What is in a folder; false where there is none, or it cannot be read. */
static bool list_folder(gm_site_search *search, const char *folder, gm_os_entries *ret_entries)
{
    gm_error error;
    if (!folder)
        return false;
    bool listed = gm_os_list(folder, ENTRIES_MAX, search->arena, ret_entries, &error) == GM_OK;
    if (!listed && !strcmp(error.code, "cannot-read"))
        search->environment->unread = folder;
    return listed;
}

/* The folders of packages in PREFIX/`lib` (lib/pythonX.Y/site-packages and Debian's
 * dist-packages): of the Python that is known, else of the newest that has some. */
static bool add_lib(gm_site_search *search, const char *prefix, const char *lib)
{
    static const char *const names[] = {"site-packages", "dist-packages"};
    gm_python *python = &search->environment->python;
    gm_os_entries entries;
    const char *folder = join(search, prefix, lib);
    if (!list_folder(search, folder, &entries))
        return true;
    for (int adding = 0; adding < 2; adding++) {
        for (size_t i = 0; i < entries.count; i++) {
            gm_python found = {.prefix = python->prefix};
            if (!python_name(entries.items[i].name, &found) ||
                (adding && !same_python(&found, python)))
                continue;
            const char *versioned = join(search, folder, entries.items[i].name);
            for (size_t k = 0; k < 2; k++) {
                const char *site = join(search, versioned, names[k]);
                if (!is_directory(site))
                    continue;
                if (adding && !gm_sites_add(search, site))
                    return false;
                if (!adding && !search->python_known &&
                    gm_version_compare(found.version, python->version) > 0)
                    *python = found;
            }
        }
    }
    return true;
}

/* `version = 3.11.7` or, by other makers, `version_info = 3.11.7.final.0`: the value of the line
 * when it begins with `name` and "="; `home` may well have "version" in its path. */
static const char *setting(const char *line, const char *name)
{
    size_t size = strlen(name);
    if (strncmp(line, name, size))
        return NULL;
    line += size + strspn(line + size, " \t");
    return *line == '=' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static const char *line_text(gm_site_search *search, const char *line)
{
    return gm_arena_text_n(search->arena, line, strcspn(line, "\r\n"));
}

/* What a virtual environment says of itself: its Python, and whether it also sees the packages of
 * the Python that made it. False when there is no pyvenv.cfg. */
static bool read_pyvenv(gm_site_search *search, const char *prefix, const char **ret_home)
{
    gm_python *python = &search->environment->python;
    gm_error error = {.code = ""};
    const char *path = join(search, prefix, "pyvenv.cfg"), *home = NULL;
    const char *line = gm_package_text(path, search->arena, &error);
    if (!line && !strcmp(error.code, "cannot-read"))
        search->environment->unread = path;
    bool there = line != NULL, system_too = false;
    while (line && *line) {
        const char *version = setting(line, "version"), *long_one = setting(line, "version_info");
        const char *sees = setting(line, "include-system-site-packages");
        if (version || long_one)
            search->python_known |=
                gm_version_read(version ? version : long_one, &python->version) > 0;
        if (sees)
            system_too = gm_ascii_starts(sees, "true");
        if (setting(line, "home"))
            home = line_text(search, setting(line, "home"));
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    *ret_home = system_too ? home : NULL;
    return there;
}

/* On Windows the library of the interpreter names it: python313t.dll beside python.exe. */
static void read_dll(gm_site_search *search, const char *prefix)
{
    gm_os_entries entries;
    gm_python *python = &search->environment->python;
    if (!list_folder(search, prefix, &entries))
        return;
    for (size_t i = 0; i < entries.count; i++) {
        const char *name = entries.items[i].name;
        bool dll = gm_ascii_starts(name, "python3") && gm_ascii_is_digit(name[7]);
        size_t digits = dll ? strspn(name + 7, "0123456789") : 0;
        const char *rest = name + 7 + digits;
        bool threaded = digits && gm_ascii_lower(*rest) == 't';
        if (!digits || digits > 2 || !gm_ascii_equal_n(rest + threaded, ".dll", 5))
            continue;
        python->version = (gm_version){{3, (uint32_t)strtoul(name + 7, NULL, 10)}, 2};
        python->free_threaded = threaded;
    }
}

static bool add_prefix(gm_site_search *search, const char *prefix)
{
    const char *windows = join(search, prefix, "Lib/site-packages");
    const char *lib64 = gm_arena_printf(search->arena, "link:%s/lib64", prefix);
    bool ok = add_lib(search, prefix, "local/lib") && add_lib(search, prefix, "lib");
    /* In virtual environments lib64 is a link to lib. */
    if (ok && lib64 && !gm_key_text(search->keys, lib64, search->arena))
        ok = add_lib(search, prefix, "lib64");
    ok = ok && gm_sites_add(search, join(search, prefix, "lib/python3/dist-packages"));
    if (!ok || search->environment->sites.count || !is_directory(windows))
        return ok;
    if (!search->python_known)
        read_dll(search, prefix);
    return gm_sites_add(search, windows);
}

static bool has_dist_info(gm_site_search *search, const char *directory)
{
    gm_os_entries entries;
    if (!list_folder(search, directory, &entries))
        return false;
    for (size_t i = 0; i < entries.count; i++)
        if (gm_dist_info_name(entries.items[i].name, search->arena))
            return true;
    return false;
}

/* What `pip install --user` made, which comes first for a Python that is no virtual environment. */
static bool add_user_site(gm_site_search *search)
{
    static const struct {
        const char *home, *format;
    } places[] = {{"env:HOME", "%s/.local/lib/python%u.%u%s/site-packages"},
                  {"env:APPDATA", "%s/Python/Python%u%u%s/site-packages"}};
    const gm_python *python = &search->environment->python;
    bool ok = true;
    for (size_t i = 0; ok && i < 2; i++) {
        const char *home = gm_key_text(search->keys, places[i].home, search->arena);
        if (home && python->version.count >= 2 && !search->environment->image_root)
            ok = gm_sites_add(search,
                              gm_arena_printf(search->arena, places[i].format, home,
                                              python->version.part[0], python->version.part[1],
                                              python->free_threaded ? "t" : ""));
    }
    return ok;
}

/* The root of an environment on any system. */
static bool find_prefix(gm_site_search *search, const char *prefix)
{
    gm_environment *environment = search->environment;
    const char *home;
    environment->python.prefix = gm_arena_text(search->arena, prefix);
    environment->is_virtual = read_pyvenv(search, prefix, &home);
    if (!add_prefix(search, prefix) || !environment->sites.count)
        return false;
    if (home && !search->environment->image_root)
        return add_prefix(search, gm_os_parent(search->arena, home));
    return environment->is_virtual || add_user_site(search);
}

/* The name behind a link, as a path; NULL when `path` is no link. */
static const char *follow(gm_site_search *search, const char *path)
{
    const char *key = gm_arena_printf(search->arena, "link:%s", path);
    const char *target = key ? gm_key_text(search->keys, key, search->arena) : NULL;
    if (!target || *target == '/')
        return target;
    return join(search, gm_os_parent(search->arena, path), target);
}

/* PREFIX/bin/python, PREFIX/Scripts/python.exe, or (Windows) PREFIX/python.exe. A virtual
 * environment's python is a link to that which made it: the first with a pyvenv.cfg counts. */
static bool find_executable(gm_site_search *search, const char *path)
{
    for (int links = 0; path && links < LINKS_MAX; links++) {
        gm_arena *arena = search->arena;
        const char *folder = gm_os_parent(arena, path), *above = gm_os_parent(arena, folder);
        const char *prefix = above ? above : folder, *next = follow(search, path);
        const char *config = join(search, prefix, "pyvenv.cfg");
        search->python_known |= python_name(gm_file_name(path), &search->environment->python);
        if (!folder)
            return false;
        if (!next || (config && gm_os_path_kind(config) == GM_OS_FILE))
            return find_prefix(search, prefix) || find_prefix(search, folder);
        path = next;
    }
    return false;
}

/* The root of a system's files, unpacked or mounted (man os-release). */
static bool is_image(gm_site_search *search, const char *path)
{
    const char *places[] = {join(search, path, "etc/os-release"),
                            join(search, path, "usr/lib/os-release")};
    return (places[0] && gm_os_path_kind(places[0]) == GM_OS_FILE) ||
           (places[1] && gm_os_path_kind(places[1]) == GM_OS_FILE);
}

static bool has_packages(gm_site_search *search)
{
    for (size_t i = 0; i < search->environment->sites.count; i++)
        if (has_dist_info(search, search->environment->sites.items[i]))
            return true;
    return false;
}

/* The first of the usual places that has packages, else the first that is one at all. */
static bool find_in_image(gm_site_search *search, const char *root)
{
    gm_environment empty = {.image_root = gm_arena_text(search->arena, root),
                            .unread = search->environment->unread};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; image_prefixes[i]; i++) {
            const char *prefix = join(search, root, image_prefixes[i]);
            *search->environment = empty;
            search->python_known = false;
            if (is_directory(prefix) && find_prefix(search, prefix) &&
                (pass == 1 || has_packages(search)))
                return true;
        }
    }
    return false;
}

bool gm_sites_find(gm_site_search *search, const char *path)
{
    gm_os_kind kind = gm_os_path_kind(path);
    if (kind == GM_OS_FILE)
        return find_executable(search, path);
    if (kind != GM_OS_DIRECTORY)
        return false;
    if (is_image(search, path))
        return find_in_image(search, path);
    if (find_prefix(search, path))
        return true;
    if (has_dist_info(search, path))
        return gm_sites_add(search, gm_arena_text(search->arena, path));
    return find_in_image(search, path);
}

/* The first line of a small file; NULL when there is none. */
static const char *first_line(gm_site_search *search, const char *path)
{
    const char *text = path && gm_os_path_kind(path) == GM_OS_FILE
                           ? gm_package_text(path, search->arena, NULL)
                           : NULL;
    const char *line = text ? line_text(search, text) : NULL;
    return line && *line ? line : NULL;
}

/* What stands at `name` in the current directory or the nearest one above; NULL nothing. */
static const char *find_above(gm_site_search *search, const char *name)
{
    const char *folder = gm_key_text(search->keys, "system:directory", search->arena);
    for (int i = 0; folder && i < LEVELS_MAX; i++) {
        const char *path = join(search, folder, name);
        if (path && gm_os_path_kind(path) == GM_OS_FILE)
            return path;
        folder = gm_os_parent(search->arena, folder);
    }
    return NULL;
}

static bool find_project(gm_site_search *search)
{
    const char *config = find_above(search, ".venv/pyvenv.cfg");
    return config && find_prefix(search, gm_os_parent(search->arena, config));
}

/* pyenv's shims are scripts that start the Python which a variable, a file of the project or
 * pyenv's own names (https://github.com/pyenv/pyenv, "Choosing the Python version"). False when
 * `folder` holds no shims, or "system" is chosen. */
static bool find_pyenv(gm_site_search *search, const char *folder)
{
    const char *root = gm_os_parent(search->arena, folder);
    const char *versions = join(search, root, "versions");
    if (strcmp(gm_file_name(folder), "shims") || !is_directory(versions))
        return false;
    const char *version = gm_key_text(search->keys, "env:PYENV_VERSION", search->arena);
    if (!version)
        version = first_line(search, find_above(search, ".python-version"));
    if (!version)
        version = first_line(search, join(search, root, "version"));
    const char *prefix = version ? join(search, versions, version) : NULL;
    return is_directory(prefix) && find_prefix(search, prefix);
}

/* The first `name` on the PATH decides, also when it leads nowhere: another one would not run. */
static bool find_on_path(gm_site_search *search, const char *name, bool *found)
{
    const char *path = gm_key_text(search->keys, "env:PATH", search->arena);
    const char *os = gm_key_text(search->keys, "system:os", search->arena);
    const char *separator = gm_text_equal(os, "windows") ? ";" : ":";
    while (path && *path) {
        size_t size = strcspn(path, separator);
        const char *folder = gm_arena_text_n(search->arena, path, size);
        const char *python = size ? join(search, folder, name) : NULL;
        *found = python && gm_os_path_kind(python) == GM_OS_FILE;
        if (*found && find_pyenv(search, folder))
            return true;
        if (*found && strcmp(gm_file_name(folder), "shims"))
            return find_executable(search, python);
        path += size;
        path += *path != '\0';
    }
    *found = false;
    return false;
}

bool gm_sites_find_active(gm_site_search *search)
{
    static const char *const active[] = {"env:VIRTUAL_ENV", "env:CONDA_PREFIX"};
    static const char *const names[] = {"python", "python3", "python.exe"};
    for (size_t i = 0; i < 2; i++) {
        const char *prefix = gm_key_text(search->keys, active[i], search->arena);
        if (prefix && *prefix && find_prefix(search, prefix))
            return true;
    }
    if (find_project(search))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool found, whole = find_on_path(search, names[i], &found);
        if (found || whole)
            return whole;
    }
    return false;
}

static bool is_absolute(const char *path)
{
    return *path == '/' || *path == '\\' || (gm_ascii_is_alpha(*path) && path[1] == ':');
}

bool gm_sites_add_pth(gm_site_search *search, const char *site, const char *text)
{
    while (*text) {
        const char *line = line_text(search, text);
        if (!line)
            return false;
        bool path = *line && *line != '#' && strncmp(line, "import ", 7) &&
                    strncmp(line, "import\t", 7) &&
                    !(search->environment->image_root && is_absolute(line));
        if (path && !gm_sites_add(search, is_absolute(line) ? line : join(search, site, line)))
            return false;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return true;
}
