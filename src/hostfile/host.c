/* SPDX-License-Identifier: MIT */
#include "hostfile/host.h"

#include <string.h>

#define NEEDED_MAX ((size_t)4096) /* the most seen is 78 */
/* Names in PE files have this much room. */
#define NAME_CUT ((size_t)8)

gm_status gm_host_no_memory(const gm_host_reading *reading)
{
    return gm_fail(reading->reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

void gm_host_note(const gm_host_reading *reading, const char *id, uint64_t offset)
{
    gm_damage_note(reading->arena, reading->damage, id, offset);
}

bool gm_host_clip(const gm_host_reading *reading, uint64_t file_bytes, uint64_t offset,
                  uint64_t *bytes)
{
    if (gm_range_ok(offset, *bytes, file_bytes))
        return true;
    gm_host_note(reading, "file-cut", file_bytes);
    *bytes = offset < file_bytes ? file_bytes - offset : 0;
    return *bytes > 0;
}

#define NAME(text) text, sizeof text - 1
static const struct {
    const char *name;
    size_t length;
    gm_host_role role;
} roles[] = {
    {NAME(".nv_fatbin"), GM_HOST_FATBIN},
    {NAME("__nv_relfatbin"), GM_HOST_RELFATBIN},
    {NAME(".nvFatBinSegment"), GM_HOST_RECORDS},
    {NAME(".hip_fatbin"), GM_HOST_HIP},
};
#undef NAME

gm_host_role gm_host_role_of(gm_span name, bool cut)
{
    const uint8_t *end = name.size ? memchr(name.data, 0, name.size) : NULL;
    size_t size = end ? (size_t)(end - name.data) : name.size;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        size_t length = roles[i].length;
        bool whole = size == length;
        bool part = cut && size == NAME_CUT && length > NAME_CUT;
        if ((whole || part) && !memcmp(name.data, roles[i].name, size))
            return roles[i].role;
    }
    return GM_HOST_OTHER;
}

gm_status gm_host_add_section(const gm_host_reading *reading, gm_host *host,
                              gm_host_section section)
{
    if ((section.role == GM_HOST_OTHER && !reading->deep) || section.bytes == 0 ||
        !gm_host_clip(reading, host->file_bytes, section.offset, &section.bytes))
        return GM_OK;
    gm_host_section *kept = GM_PUSH(reading->arena, &host->sections);
    if (!kept)
        return gm_host_no_memory(reading);
    *kept = section;
    return GM_OK;
}

uint64_t gm_host_offset_of(const gm_host *host, uint64_t address)
{
    for (size_t i = 0; i < host->segments.count; i++) {
        const gm_host_segment *segment = &host->segments.items[i];
        if (address >= segment->address && address - segment->address < segment->bytes)
            return segment->offset + (address - segment->address);
    }
    return UINT64_MAX;
}

uint64_t gm_host_address_of(const gm_host *host, uint64_t offset)
{
    for (size_t i = 0; i < host->segments.count; i++) {
        const gm_host_segment *segment = &host->segments.items[i];
        if (offset >= segment->offset && offset - segment->offset < segment->bytes)
            return segment->address + (offset - segment->offset);
    }
    return UINT64_MAX;
}

gm_status gm_host_text(const gm_host_reading *reading, uint64_t offset, uint64_t most_bytes,
                       const char **ret_text)
{
    gm_span bytes;
    size_t need = most_bytes < GM_READER_BYTES ? (size_t)most_bytes : GM_READER_BYTES;
    *ret_text = NULL;
    gm_status status = gm_reader_look(reading->reader, offset, need, need, &bytes, reading->reterr);
    if (status != GM_OK)
        return status;
    if (bytes.size > need)
        bytes.size = need;
    const uint8_t *end = bytes.size ? memchr(bytes.data, 0, bytes.size) : NULL;
    if (!end)
        return GM_OK;
    *ret_text =
        gm_arena_text_n(reading->arena, (const char *)bytes.data, (size_t)(end - bytes.data));
    return *ret_text ? GM_OK : gm_host_no_memory(reading);
}

gm_status gm_host_need(const gm_host_reading *reading, gm_host_needs *needs, const char *name)
{
    if (needs->needed.count >= NEEDED_MAX)
        return GM_OK;
    const char **place = GM_PUSH(reading->arena, &needs->needed);
    if (!place)
        return gm_host_no_memory(reading);
    *place = name;
    return GM_OK;
}
