/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/lookup.h"
#include "probe/sources.h"

const char *gm_probe_line(gm_probe *probe, const char **at)
{
    size_t size = strcspn(*at, "\n");
    const char *line = **at ? gm_arena_text_n(probe->arena, *at, size) : NULL;
    *at += size;
    *at += **at == '\n';
    return line;
}

const char *gm_probe_field(gm_probe *probe, const char *text, const char *name)
{
    size_t size = strlen(name);
    while (*text) {
        size_t line = strcspn(text, "\n");
        if (!strncmp(text, name, size)) {
            const char *from = text + size, *to = text + line;
            while (from < to && gm_ascii_is_space(*from))
                from++;
            while (to > from && gm_ascii_is_space(to[-1]))
                to--;
            return gm_arena_text_n(probe->arena, from, (size_t)(to - from));
        }
        text += line;
        text += *text == '\n';
    }
    return NULL;
}

const char *gm_probe_list(gm_probe *probe, const char *path)
{
    const char *key = gm_arena_printf(probe->arena, "list:%s", path);
    return key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
}

const char *gm_probe_file(gm_probe *probe, const char *path)
{
    const char *key = gm_arena_printf(probe->arena, "file:%s", path);
    return key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
}

gm_access gm_probe_access(gm_probe *probe, const char *path)
{
    static const gm_access answers[] = {[GM_KEY_OK] = GM_ACCESS_OK,
                                        [GM_KEY_ABSENT] = GM_ACCESS_ABSENT,
                                        [GM_KEY_DENIED] = GM_ACCESS_DENIED,
                                        [GM_KEY_FAILED] = GM_ACCESS_UNKNOWN};
    gm_span bytes;
    const char *key = gm_arena_printf(probe->arena, "access:%s", path);
    return key ? answers[probe->keys->read(probe->keys->state, key, probe->arena, &bytes)]
               : GM_ACCESS_UNKNOWN;
}

bool gm_probe_exists(gm_probe *probe, const char *path)
{
    gm_access access = gm_probe_access(probe, path);
    return access == GM_ACCESS_OK || access == GM_ACCESS_DENIED;
}

gm_device *gm_probe_device_at(gm_probe *probe, const char *address)
{
    for (size_t i = 0; address && i < probe->machine->devices.count; i++)
        if (gm_text_equal(probe->machine->devices.items[i].address, address))
            return &probe->machine->devices.items[i];
    return NULL;
}

bool gm_probe_has(const gm_machine *machine, gm_vendor vendor)
{
    for (size_t i = 0; i < machine->devices.count; i++)
        if (machine->devices.items[i].vendor == vendor)
            return true;
    return false;
}
