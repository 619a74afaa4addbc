/* SPDX-License-Identifier: MIT */
#include "package/wheel.h"

#include <string.h>

#include "base/lookup.h"
#include "base/reader.h"
#include "package/dist_info.h"

/* The headers of METADATA come first, the description, which may be long, after them. */
#define HEADERS_BYTES ((size_t)256 << 10)

static gm_status read_text(gm_member_reader *reader, const gm_member *member, gm_arena *arena,
                           const char **ret_text, gm_error *reterr)
{
    size_t size = member->size_bytes < HEADERS_BYTES ? (size_t)member->size_bytes : HEADERS_BYTES;
    size_t got = 0;
    char *text = gm_arena_alloc(arena, size + 1);
    *ret_text = text;
    if (!text)
        return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
    if (!gm_member_readable(member))
        return GM_OK;
    return gm_source_read_full(gm_member_open(reader, member), 0, text, size, &got, reterr);
}

/* "torch-2.9.1.dist-info/METADATA": the length of its folder's name, with the slash; 0 for any
 * other member. */
static size_t dist_info_folder(const char *name, gm_arena *arena)
{
    const char *slash = strchr(name, '/');
    if (!slash || strcmp(slash, "/METADATA") != 0)
        return 0;
    const char *folder = gm_arena_text_n(arena, name, (size_t)(slash - name));
    return folder && gm_dist_info_name(folder, arena) ? (size_t)(slash - name) + 1 : 0;
}

static const gm_member *find_metadata(const gm_archive *archive, gm_arena *arena,
                                      size_t *ret_folder)
{
    for (size_t i = 0; i < archive->members.count; i++) {
        *ret_folder = dist_info_folder(archive->members.items[i].name, arena);
        if (*ret_folder)
            return &archive->members.items[i];
    }
    return NULL;
}

static const gm_member *find_in_folder(const gm_archive *archive, const gm_member *metadata,
                                       size_t folder, const char *name)
{
    for (size_t i = 0; i < archive->members.count; i++) {
        const gm_member *member = &archive->members.items[i];
        if (!strncmp(member->name, metadata->name, folder) && !strcmp(member->name + folder, name))
            return member;
    }
    return NULL;
}

/* "Py_Torch" → "py-torch": runs of '-', '_' and '.' are one '-' (PEP 503). */
static const char *normalised(const char *name, gm_arena *arena)
{
    char *copy = gm_arena_text(arena, name), *to = copy;
    for (const char *from = copy; from && *from; from++) {
        char c = *from == '_' || *from == '.' ? '-' : gm_ascii_lower(*from);
        if (c != '-' || to == copy || to[-1] != '-')
            *to++ = c;
    }
    if (to)
        *to = '\0';
    return copy;
}

static bool add_tags(const char *text, gm_arena *arena, gm_package *package)
{
    static const char header[] = "Tag";
    for (const char *line = text; *line; line += *line == '\n') {
        const char *value =
            gm_ascii_equal_n(line, header, strlen(header)) && line[strlen(header)] == ':'
                ? gm_metadata_value(line, header, arena)
                : NULL;
        const char **tag = value ? GM_PUSH(arena, &package->tags) : NULL;
        if (tag)
            *tag = value;
        else if (value)
            return false;
        line += strcspn(line, "\n");
    }
    return true;
}

gm_status gm_wheel_read(const gm_archive *archive, gm_member_reader *reader, const char *path,
                        gm_arena *arena, gm_package *ret_package, bool *ret_found,
                        gm_damage_list *damage, gm_error *reterr)
{
    size_t folder;
    const char *text;
    const gm_member *metadata = find_metadata(archive, arena, &folder);
    *ret_found = false;
    if (!metadata)
        return GM_OK;
    gm_status status = read_text(reader, metadata, arena, &text, reterr);
    if (status != GM_OK)
        return status;
    const char *name = gm_metadata_value(text, "Name", arena);
    const char *version = gm_metadata_value(text, "Version", arena);
    if (!name || !*name || !version || !*version) {
        gm_damage_note(arena, damage, "wheel-metadata", 0);
        return GM_OK;
    }
    *ret_found = true;
    *ret_package = (gm_package){.name = normalised(name, arena),
                                .version = version,
                                .path = path,
                                .evidence = GM_EVIDENCE_BINARY,
                                .origin = GM_ORIGIN_EMBEDDED};
    const gm_member *wheel = find_in_folder(archive, metadata, folder, "WHEEL");
    if (wheel)
        status = read_text(reader, wheel, arena, &text, reterr);
    if (status == GM_OK && (!ret_package->name || (wheel && !add_tags(text, arena, ret_package))))
        return gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    return status;
}

/* "manylinux_2_28_x86_64", "win_amd64", "macosx_11_0_arm64" (PEP 425, 600, 656). */
static bool read_platform(const char *platform, gm_os *os, gm_cpu *cpu)
{
    static const struct {
        const char *beginning;
        gm_os os;
    } systems[] = {{"manylinux", GM_OS_LINUX},
                   {"musllinux", GM_OS_LINUX},
                   {"linux", GM_OS_LINUX},
                   {"win", GM_OS_WINDOWS},
                   {"macosx", GM_OS_MACOS}};
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        if (strncmp(platform, systems[i].beginning, strlen(systems[i].beginning)) != 0)
            continue;
        *os = systems[i].os;
        for (const char *at = strchr(platform, '_'); at; at = strchr(at + 1, '_'))
            if (gm_cpu_parse(at + 1, cpu))
                break;
        return true;
    }
    return false;
}

void gm_wheel_platform(const gm_package *package, gm_os *os, gm_cpu *cpu)
{
    for (size_t i = 0; i < package->tags.count; i++) {
        const char *platform = strrchr(package->tags.items[i], '-');
        if (platform && read_platform(platform + 1, os, cpu))
            return;
    }
}
