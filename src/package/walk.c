/* SPDX-License-Identifier: MIT */
#include "package/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "os/files.h"
#include "package/dist_info.h"
#include "package/json.h"
#include "package/sites.h"

/* Enough for the largest packages (torch: 13 folders deep, 14,000 files). */
#define WALK_DEPTH   24
#define WALK_ENTRIES 50000

/* "file:///home/x/My%20Source" → "/home/x/My Source"; "file:///C:/x" → "C:/x". NULL for other
 * addresses. */
static const char *path_of_url(const char *url, gm_arena *arena)
{
    static const char start[] = "file://";
    char *path = url && !strncmp(url, start, strlen(start))
                     ? gm_arena_text(arena, url + strlen(start))
                     : NULL;
    char *to = path;
    if (!path)
        return NULL;
    for (const char *from = path; *from; from++) {
        char hex[3] = {0};
        char *end = hex;
        if (*from == '%' && from[1] && from[2]) {
            memcpy(hex, from + 1, 2);
            *to = (char)strtoul(hex, &end, 16);
        }
        if (end == hex + 2 && *to)
            from += 2;
        else
            *to = *from;
        to++;
    }
    *to = '\0';
    bool drive = *path == '/' && gm_ascii_is_alpha(path[1]) && path[2] == ':';
    return path + drive;
}

/* The source of an editable install; NULL when it is none. */
static const char *source_of(const char *dist_info, gm_arena *arena)
{
    json_t *url = gm_package_json(gm_os_join(arena, dist_info, "direct_url.json"), arena);
    const char *path = NULL;
    if (json_is_true(json_object_get(json_object_get(url, "dir_info"), "editable")))
        path = path_of_url(json_string_value(json_object_get(url, "url")), arena);
    json_decref(url);
    return path;
}

bool gm_walk_is_editable(const char *dist_info, gm_arena *arena)
{
    return source_of(dist_info, arena) != NULL;
}

static bool walk(gm_installed *installed, gm_arena *arena, const char *folder, unsigned depth,
                 size_t *left)
{
    gm_os_entries entries;
    if (!folder || depth > WALK_DEPTH ||
        gm_os_list(folder, WALK_ENTRIES, arena, &entries, NULL) != GM_OK)
        return true;
    for (size_t i = 0; i < entries.count && *left; i++) {
        const gm_os_entry *entry = &entries.items[i];
        const char *path = gm_os_join(arena, folder, entry->name);
        --*left;
        if (!path)
            return false;
        if (entry->kind == GM_OS_DIRECTORY) {
            if (!walk(installed, arena, path, depth + 1, left))
                return false;
        } else if (entry->kind == GM_OS_FILE && gm_is_library(entry->name, strlen(entry->name))) {
            gm_recorded *recorded = GM_PUSH(arena, &installed->libraries);
            if (!recorded)
                return false;
            recorded->path = path;
        }
    }
    return true;
}

/* The folder `name` below `root`, also in the "src" that many sources have. */
static bool walk_name(gm_installed *installed, gm_arena *arena, const char *root, const char *name,
                      size_t *left)
{
    const char *src = gm_os_join(arena, root, "src");
    const char *places[] = {gm_os_join(arena, root, name),
                            src ? gm_os_join(arena, src, name) : NULL};
    for (size_t i = 0; i < 2; i++)
        if (places[i] && !walk(installed, arena, places[i], 0, left))
            return false;
    return true;
}

bool gm_walk_libraries(gm_installed *installed, gm_arena *arena)
{
    const char *source = source_of(installed->path, arena);
    const char *root = source ? source : installed->site;
    const char *names = gm_os_join(arena, installed->path, "top_level.txt");
    const char *text = gm_package_text(names, arena, NULL);
    size_t left = WALK_ENTRIES;
    char *own = gm_arena_text(arena, installed->name);
    for (char *c = own; c && *c; c++)
        *c = *c == '-' ? '_' : *c;
    if (!text || !*text)
        text = own;
    while (text && *text) {
        size_t size = strcspn(text, "\r\n");
        const char *name = gm_arena_text_n(arena, text, size);
        bool plain = name && *name && *name != '.' && !strpbrk(name, "/\\:");
        if (!name || (plain && !walk_name(installed, arena, root, name, &left)))
            return false;
        text += size + strspn(text + size, "\r\n");
    }
    return text != NULL;
}
