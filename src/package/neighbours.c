/* SPDX-License-Identifier: MIT */
#include "package/neighbours.h"

#include <string.h>

#include "base/lookup.h"
#include "os/files.h"
#include "package/dist_info.h"
#include "package/sites.h"

/* A home directory can hold much else. */
#define ENTRIES_MAX    100000
#define NEIGHBOURS_MAX 64

struct looking {
    const gm_key_reader *keys;
    const gm_environment *environment;
    const char *package;
    gm_arena *arena;
    gm_neighbours *found;
};

static bool has(struct looking *l, const char *prefix, const char *name)
{
    const char *path = gm_os_join(l->arena, prefix, name);
    return path && gm_os_path_kind(path) != GM_OS_NOTHING;
}

/* The version of the package in one of the folders of an environment; NULL when it is not there. */
static const char *version_in(struct looking *l, const gm_environment *environment)
{
    for (size_t i = 0; i < environment->sites.count; i++) {
        gm_os_entries entries;
        if (gm_os_list(environment->sites.items[i], ENTRIES_MAX, l->arena, &entries, NULL) != GM_OK)
            continue;
        for (size_t k = 0; k < entries.count; k++) {
            const char *name = gm_dist_info_name(entries.items[k].name, l->arena);
            if (gm_text_equal(name, l->package))
                return gm_dist_info_version(entries.items[k].name, l->arena);
        }
    }
    return NULL;
}

/* A folder that is an environment of its own. */
static bool look_at(struct looking *l, const char *prefix)
{
    gm_environment other = {0};
    gm_site_search search = {.keys = l->keys, .arena = l->arena, .environment = &other};
    bool known = gm_text_equal(prefix, l->environment->python.prefix);
    for (size_t i = 0; prefix && i < l->found->count; i++)
        known = known || !strcmp(l->found->items[i].prefix, prefix);
    if (!prefix || known || l->found->count >= NEIGHBOURS_MAX ||
        !(has(l, prefix, "pyvenv.cfg") || has(l, prefix, "conda-meta")) ||
        !gm_sites_find(&search, prefix))
        return true;
    const char *version = version_in(l, &other);
    gm_neighbour *place = version ? GM_PUSH(l->arena, l->found) : NULL;
    if (place)
        *place = (gm_neighbour){prefix, version};
    return place || !version;
}

static bool look_in(struct looking *l, const char *folder)
{
    gm_os_entries entries;
    if (!folder || gm_os_list(folder, ENTRIES_MAX, l->arena, &entries, NULL) != GM_OK)
        return true;
    for (size_t i = 0; i < entries.count; i++)
        if (entries.items[i].kind == GM_OS_DIRECTORY &&
            !look_at(l, gm_os_join(l->arena, folder, entries.items[i].name)))
            return false;
    return true;
}

bool gm_neighbours_with(const gm_key_reader *keys, const gm_environment *environment,
                        const char *package, gm_arena *arena, gm_neighbours *ret_neighbours)
{
    struct looking l = {keys, environment, package, arena, ret_neighbours};
    const char *prefix = environment->python.prefix;
    const char *directory = gm_key_text(keys, "system:directory", arena);
    *ret_neighbours = (gm_neighbours){0};
    return look_in(&l, gm_os_parent(arena, prefix)) &&
           look_in(&l, prefix ? gm_os_join(arena, prefix, "envs") : NULL) && look_in(&l, directory);
}
