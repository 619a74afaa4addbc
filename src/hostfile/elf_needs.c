/* SPDX-License-Identifier: MIT */
/* What a shared object asks the loader for (System V gABI, "Dynamic Section"). */
#include "hostfile/elf.h"

#include <string.h>

#define DYNAMIC_BYTES ((size_t)16)
#define NAME_MAX      ((size_t)4096) /* PATH_MAX of Linux; run paths are lists of such */
#define NEEDED_MAX    ((size_t)4096) /* the most seen is 78 */

/* d_tag */
enum { DT_NULL, DT_NEEDED, DT_STRTAB = 5, DT_STRSZ = 10, DT_RPATH = 15, DT_RUNPATH = 29 };

struct reading {
    gm_reader *reader;
    gm_arena *arena;
    gm_elf_needs *needs;
    uint64_t names, names_bytes; /* of the table of names, in the file */
    gm_error *reterr;
};

/* Entry `index` of the dynamic section; false at its end. */
static gm_status entry(struct reading *r, const gm_elf *elf, size_t index, uint64_t *tag,
                       uint64_t *value)
{
    gm_span bytes;
    bool ok = true;
    *tag = DT_NULL;
    if ((index + 1) * DYNAMIC_BYTES > elf->dynamic.bytes)
        return GM_OK;
    gm_status status = gm_reader_look(r->reader, elf->dynamic.offset + index * DYNAMIC_BYTES,
                                      DYNAMIC_BYTES, 1024, &bytes, r->reterr);
    if (status != GM_OK)
        return status;
    *tag = gm_u64le(bytes, 0, &ok);
    *value = gm_u64le(bytes, 8, &ok);
    if (!ok)
        *tag = DT_NULL;
    return GM_OK;
}

static gm_status find_names(struct reading *r, const gm_elf *elf)
{
    uint64_t tag, value, address = 0, bytes = 0;
    for (size_t i = 0;; i++) {
        gm_status status = entry(r, elf, i, &tag, &value);
        if (status != GM_OK)
            return status;
        if (tag == DT_NULL)
            break;
        address = tag == DT_STRTAB ? value : address;
        bytes = tag == DT_STRSZ ? value : bytes;
    }
    r->names = gm_elf_offset_of(elf, address);
    r->names_bytes = gm_range_ok(r->names, bytes, elf->file_bytes) ? bytes : 0;
    return GM_OK;
}

/* The text at `place` of the table of names; NULL when it is not all there. */
static gm_status read_name(struct reading *r, uint64_t place, const char **ret_name)
{
    gm_span bytes;
    *ret_name = NULL;
    if (place >= r->names_bytes)
        return GM_OK;
    uint64_t room = r->names_bytes - place;
    size_t need = room < NAME_MAX ? (size_t)room : NAME_MAX;
    gm_status status = gm_reader_look(r->reader, r->names + place, need, need, &bytes, r->reterr);
    if (status != GM_OK)
        return status;
    const uint8_t *end = bytes.size ? memchr(bytes.data, 0, bytes.size) : NULL;
    if (!end)
        return GM_OK;
    *ret_name = gm_arena_text_n(r->arena, (const char *)bytes.data, (size_t)(end - bytes.data));
    return *ret_name ? GM_OK : gm_fail(r->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

static gm_status take(struct reading *r, uint64_t tag, uint64_t value)
{
    const char *name;
    if (tag != DT_NEEDED && tag != DT_RPATH && tag != DT_RUNPATH)
        return GM_OK;
    gm_status status = read_name(r, value, &name);
    if (status != GM_OK || !name)
        return status;
    if (tag == DT_NEEDED) {
        if (r->needs->needed.count >= NEEDED_MAX)
            return GM_OK;
        const char **place = GM_PUSH(r->arena, &r->needs->needed);
        if (!place)
            return gm_fail(r->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
        *place = name;
    } else if (tag == DT_RUNPATH || !r->needs->run_path) { /* RUNPATH rules out RPATH */
        r->needs->run_path = name;
    }
    return GM_OK;
}

gm_status gm_elf_needs_read(gm_reader *reader, const gm_elf *elf, gm_arena *arena,
                            gm_elf_needs *ret_needs, gm_error *reterr)
{
    struct reading r = {.reader = reader, .arena = arena, .needs = ret_needs, .reterr = reterr};
    uint64_t tag, value;
    *ret_needs = (gm_elf_needs){0};
    gm_status status = find_names(&r, elf);
    for (size_t i = 0; status == GM_OK && r.names_bytes; i++) {
        status = entry(&r, elf, i, &tag, &value);
        if (status == GM_OK && tag == DT_NULL)
            break;
        if (status == GM_OK)
            status = take(&r, tag, value);
    }
    return status;
}
