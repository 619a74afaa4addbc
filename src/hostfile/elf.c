/* SPDX-License-Identifier: MIT */
#include "hostfile/elf.h"

#include <string.h>

#include "base/text.h"

#define SECTION_BYTES   ((size_t)64)
#define SHN_XINDEX      0xffffu
#define PN_XNUM         0xffffu
#define SHT_NOBITS      8u
#define NT_GNU_BUILD_ID 3u
#define NAME_MAX_BYTES  ((size_t)24)
/* Notes before the build id are few and small. */
#define NOTES_MAX_BYTES ((uint64_t)4096)

void gm_elf_header_read(gm_span head, gm_elf_header *ret_header)
{
    static const uint8_t magic[] = {0x7f, 'E', 'L', 'F'};
    bool ok = head.size >= GM_ELF_HEADER_BYTES;
    *ret_header = (gm_elf_header){.is_elf = false};
    if (head.size < sizeof magic || memcmp(head.data, magic, sizeof magic))
        return;
    ret_header->is_elf = true;
    ret_header->supported = ok && head.data[4] == 2 && head.data[5] == 1;
    ret_header->type = gm_u16le(head, 16, &ok);
    ret_header->machine = gm_u16le(head, 18, &ok);
    ret_header->segments_offset = gm_u64le(head, 32, &ok);
    ret_header->sections_offset = gm_u64le(head, 40, &ok);
    ret_header->segment_bytes = gm_u16le(head, 54, &ok);
    ret_header->segment_count = gm_u16le(head, 56, &ok);
    ret_header->section_bytes = gm_u16le(head, 58, &ok);
    ret_header->section_count = gm_u16le(head, 60, &ok);
    ret_header->names_index = gm_u16le(head, 62, &ok);
}

const char *gm_elf_arch(const gm_elf_header *header)
{
    switch (header->machine) {
    case GM_ELF_X86_64:
        return "x86_64";
    case GM_ELF_AARCH64:
        return "aarch64";
    default:
        return NULL;
    }
}

uint64_t gm_elf_sections_bound(const gm_elf_header *header, const gm_limits *limits)
{
    uint64_t count = header->section_count ? header->section_count : limits->sections_per_file;
    return count * SECTION_BYTES;
}

/* What is passed around while one file is read. */
struct reading {
    const gm_context *context;
    gm_reader *reader;
    gm_arena *arena;
    gm_elf *elf;
    gm_damage_list *damage;
    gm_error *reterr;
};

static void note(struct reading *r, const char *id, uint64_t offset)
{
    gm_damage_note(r->arena, r->damage, id, offset);
}

static gm_status no_memory(gm_error *reterr)
{
    return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

/* Tables point behind the end: said once, whatever is missing. */
static void note_cut(struct reading *r)
{
    note(r, "file-cut", r->elf->file_bytes);
}

/* Cuts [offset, offset + bytes) to the file; false when nothing is left. */
static bool clip(struct reading *r, uint64_t offset, uint64_t *bytes)
{
    uint64_t size = r->elf->file_bytes;
    if (gm_range_ok(offset, *bytes, size))
        return true;
    note_cut(r);
    *bytes = offset < size ? size - offset : 0;
    return *bytes > 0;
}

/* ---- segments ---- */

bool gm_elf_segment_read(gm_span bytes, uint32_t *ret_type, gm_elf_segment *ret_segment)
{
    bool ok = true;
    *ret_type = gm_u32le(bytes, 0, &ok);
    *ret_segment = (gm_elf_segment){.offset = gm_u64le(bytes, 8, &ok),
                                    .address = gm_u64le(bytes, 16, &ok),
                                    .bytes = gm_u64le(bytes, 32, &ok)};
    return ok;
}

static gm_status take_segment(struct reading *r, gm_span bytes)
{
    uint32_t type;
    gm_elf_segment segment;
    gm_elf *elf = r->elf;
    if (!gm_elf_segment_read(bytes, &type, &segment) || segment.bytes == 0 ||
        (type != GM_ELF_PT_LOAD && type != GM_ELF_PT_DYNAMIC && type != GM_ELF_PT_NOTE) ||
        !clip(r, segment.offset, &segment.bytes))
        return GM_OK;
    if (type == GM_ELF_PT_DYNAMIC)
        elf->dynamic = segment;
    if (type == GM_ELF_PT_NOTE && elf->note_count < GM_ELF_NOTES_MAX)
        elf->notes[elf->note_count++] = segment;
    if (type != GM_ELF_PT_LOAD)
        return GM_OK;
    gm_elf_segment *kept = GM_PUSH(r->arena, &elf->segments);
    if (!kept)
        return no_memory(r->reterr);
    *kept = segment;
    return GM_OK;
}

static gm_status read_segments(struct reading *r)
{
    const gm_elf_header *header = &r->elf->header;
    if (header->segment_count == 0)
        return GM_OK;
    if (header->segment_bytes != GM_ELF_SEGMENT_BYTES || header->segment_count == PN_XNUM) {
        note(r, "segment-headers", header->segments_offset);
        return GM_OK;
    }
    if (!gm_range_ok(header->segments_offset,
                     (uint64_t)header->segment_count * GM_ELF_SEGMENT_BYTES, r->elf->file_bytes)) {
        note_cut(r);
        return GM_OK;
    }
    for (size_t i = 0; i < header->segment_count; i++) {
        gm_span bytes;
        size_t left = (header->segment_count - i) * GM_ELF_SEGMENT_BYTES;
        gm_status status =
            gm_reader_look(r->reader, header->segments_offset + i * GM_ELF_SEGMENT_BYTES,
                           GM_ELF_SEGMENT_BYTES, left, &bytes, r->reterr);
        if (status == GM_OK)
            status = take_segment(r, bytes);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

/* ---- sections ---- */

struct section {
    uint32_t name, type, link;
    uint64_t address, offset, bytes;
};

static bool parse_section(gm_span bytes, struct section *section)
{
    bool ok = true;
    *section = (struct section){.name = gm_u32le(bytes, 0, &ok),
                                .type = gm_u32le(bytes, 4, &ok),
                                .address = gm_u64le(bytes, 16, &ok),
                                .offset = gm_u64le(bytes, 24, &ok),
                                .bytes = gm_u64le(bytes, 32, &ok),
                                .link = gm_u32le(bytes, 40, &ok)};
    return ok;
}

static gm_status look_section(struct reading *r, uint64_t index, uint64_t count,
                              struct section *section)
{
    gm_span bytes;
    uint64_t left = (count - index) * SECTION_BYTES;
    size_t want = left < GM_READER_BYTES ? (size_t)left : GM_READER_BYTES;
    gm_status status =
        gm_reader_look(r->reader, r->elf->header.sections_offset + index * SECTION_BYTES,
                       SECTION_BYTES, want, &bytes, r->reterr);
    *section = (struct section){0};
    if (status == GM_OK && !parse_section(bytes, section))
        note(r, "section-headers", r->elf->header.sections_offset);
    return status;
}

/* Number of sections and index of the one with names, extended numbering resolved: where they do
 * not fit in 16 bits they stand in section 0. `*count` is 0 when there is no usable table. */
static gm_status section_numbers(struct reading *r, uint64_t *count, uint64_t *names)
{
    const gm_elf_header *header = &r->elf->header;
    struct section first;
    *count = header->section_count;
    *names = header->names_index;
    if (header->sections_offset && header->section_bytes != SECTION_BYTES)
        note(r, "section-headers", header->sections_offset);
    if (header->sections_offset == 0 || header->section_bytes != SECTION_BYTES) {
        *count = 0;
        return GM_OK;
    }
    uint64_t size = r->elf->file_bytes;
    uint64_t room =
        header->sections_offset < size ? (size - header->sections_offset) / SECTION_BYTES : 0;
    if (room > 0 && (*count == 0 || *names == SHN_XINDEX)) {
        gm_status status = look_section(r, 0, 1, &first);
        if (status != GM_OK)
            return status;
        if (*count == 0)
            *count = first.bytes;
        if (*names == SHN_XINDEX)
            *names = first.link;
    }
    if (room == 0 || *count > room) {
        note_cut(r);
        *count = 0;
    } else if (*count > r->context->limits.sections_per_file) {
        note(r, "too-many-sections", header->sections_offset);
        *count = 0;
    }
    return GM_OK;
}

static const struct role_row {
    const char *name;
    gm_elf_role role;
} role_rows[] = {
    {".nv_fatbin", GM_ELF_FATBIN},
    {"__nv_relfatbin", GM_ELF_RELFATBIN},
    {".nvFatBinSegment", GM_ELF_RECORDS},
    {".hip_fatbin", GM_ELF_HIP},
};

static const struct role_row *role_of(gm_span name)
{
    for (size_t i = 0; i < sizeof role_rows / sizeof *role_rows; i++) {
        size_t size = strlen(role_rows[i].name) + 1;
        if (name.size >= size && !memcmp(name.data, role_rows[i].name, size))
            return &role_rows[i];
    }
    return NULL;
}

static gm_status add_section(struct reading *r, const struct section *section,
                             const struct role_row *row)
{
    uint64_t bytes = section->bytes;
    if (section->type == SHT_NOBITS || bytes == 0 || !clip(r, section->offset, &bytes))
        return GM_OK;
    gm_elf_section *kept = GM_PUSH(r->arena, &r->elf->sections);
    if (!kept)
        return no_memory(r->reterr);
    *kept = (gm_elf_section){row->role, row->name, section->offset, bytes, section->address};
    return GM_OK;
}

/* `names` reads the string table, so that the window of the headers stays where it is. */
static gm_status read_names(struct reading *r, gm_reader *names, uint64_t count,
                            const struct section *strings)
{
    for (uint64_t i = 0; i < count; i++) {
        struct section section;
        gm_span name;
        gm_status status = look_section(r, i, count, &section);
        if (status != GM_OK)
            return status;
        if (section.name >= strings->bytes)
            continue;
        uint64_t left = strings->bytes - section.name;
        size_t need = left < NAME_MAX_BYTES ? (size_t)left : NAME_MAX_BYTES;
        status =
            gm_reader_look(names, strings->offset + section.name, need, 4096, &name, r->reterr);
        const struct role_row *row = role_of(gm_span_part(name, 0, need));
        if (status == GM_OK && row)
            status = add_section(r, &section, row);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

static gm_status read_sections(struct reading *r)
{
    uint64_t count, names_index;
    struct section strings;
    gm_status status = section_numbers(r, &count, &names_index);
    if (status != GM_OK || count == 0)
        return status;
    if (names_index >= count) {
        note(r, "section-names", r->elf->header.sections_offset);
        return GM_OK;
    }
    status = look_section(r, names_index, count, &strings);
    if (status != GM_OK)
        return status;
    if (!gm_range_ok(strings.offset, strings.bytes, r->elf->file_bytes)) {
        note(r, "section-names", strings.offset);
        return GM_OK;
    }
    gm_reader *names = gm_reader_new(r->reader->source);
    if (!names)
        return no_memory(r->reterr);
    r->elf->has_sections = true;
    status = read_names(r, names, count, &strings);
    gm_reader_free(names);
    return status;
}

/* ---- build id ---- */

static void keep_build_id(struct reading *r, gm_span id)
{
    gm_text hex = GM_TEXT_INIT;
    for (size_t i = 0; i < id.size; i++)
        gm_text_addf(&hex, "%02x", id.data[i]);
    if (!hex.failed && hex.size > 0)
        r->elf->build_id = gm_arena_text(r->arena, hex.data);
    gm_text_free(&hex);
}

/* Notes {u32 name size, u32 content size, u32 type, name, content}, parts padded to 4. */
static void find_build_id(struct reading *r, gm_span notes)
{
    for (uint64_t at = 0; at + 12 <= notes.size;) {
        bool ok = true;
        uint64_t name = gm_u32le(notes, at, &ok), content = gm_u32le(notes, at + 4, &ok);
        uint32_t type = gm_u32le(notes, at + 8, &ok);
        uint64_t content_at = at + 12 + (name + 3) / 4 * 4;
        gm_span owner = gm_span_part(notes, at + 12, name);
        if (type == NT_GNU_BUILD_ID && owner.size == 4 && !memcmp(owner.data, "GNU", 4) &&
            content <= GM_ELF_BUILD_ID_MAX) {
            keep_build_id(r, gm_span_part(notes, content_at, content));
            return;
        }
        at = content_at + (content + 3) / 4 * 4;
    }
}

static gm_status read_notes(struct reading *r)
{
    for (size_t i = 0; i < r->elf->note_count && !r->elf->build_id; i++) {
        const gm_elf_segment *segment = &r->elf->notes[i];
        size_t size = (size_t)(segment->bytes < NOTES_MAX_BYTES ? segment->bytes : NOTES_MAX_BYTES);
        gm_span notes;
        gm_status status =
            gm_reader_look(r->reader, segment->offset, size, size, &notes, r->reterr);
        if (status != GM_OK)
            return status;
        find_build_id(r, gm_span_part(notes, 0, size));
    }
    return GM_OK;
}

gm_status gm_elf_read(const gm_context *context, gm_reader *reader, uint64_t file_bytes,
                      gm_arena *arena, gm_elf *ret_elf, gm_damage_list *damage, gm_error *reterr)
{
    struct reading r = {context, reader, arena, ret_elf, damage, reterr};
    gm_span head;
    *ret_elf = (gm_elf){.file_bytes = file_bytes};
    gm_status status = gm_reader_look(reader, 0, GM_ELF_HEADER_BYTES, 4096, &head, reterr);
    if (status != GM_OK)
        return status;
    if (head.size < GM_ELF_HEADER_BYTES) {
        gm_damage_note(arena, damage, "file-cut", head.size);
        return gm_fail(reterr, GM_UNSUPPORTED, "elf-unsupported", NULL, 0);
    }
    gm_elf_header_read(head, &ret_elf->header);
    if (!ret_elf->header.supported || !gm_elf_arch(&ret_elf->header))
        return gm_fail(reterr, GM_UNSUPPORTED, "elf-unsupported", NULL, 0);
    status = read_segments(&r);
    if (status == GM_OK)
        status = read_notes(&r);
    if (status == GM_OK)
        status = read_sections(&r);
    return status;
}

uint64_t gm_elf_offset_of(const gm_elf *elf, uint64_t address)
{
    for (size_t i = 0; i < elf->segments.count; i++) {
        const gm_elf_segment *segment = &elf->segments.items[i];
        if (address >= segment->address && address - segment->address < segment->bytes)
            return segment->offset + (address - segment->address);
    }
    return UINT64_MAX;
}
