/* SPDX-License-Identifier: MIT */
#include "hostfile/elf.h"

#include <string.h>

#include "base/text.h"

#define SHT_NULL        0u
#define ET_REL          1u
#define SHN_XINDEX      0xffffu
#define PN_XNUM         0xffffu
#define SHT_NOBITS      8u
#define NT_GNU_BUILD_ID 3u
/* No section that matters has a longer one. */
#define NAME_MAX_BYTES ((size_t)64)
/* Notes before the build id are few and small. */
#define NOTES_MAX_BYTES ((uint64_t)4096)

/* Where the fields stand in 32-bit and in 64-bit files. */
static const struct layout {
    size_t header_bytes, segments, sections, segment_size; /* the rest of the header follows */
    size_t segment_bytes, segment_offset, segment_address, segment_file_bytes;
    size_t section_bytes, address, offset, bytes, link, info;
} layouts[] = {{52, 28, 32, 42, 32, 4, 8, 16, 40, 12, 16, 20, 24, 28},
               {64, 32, 40, 54, 56, 8, 16, 32, 64, 16, 24, 32, 40, 44}};

static const struct layout *layout_of(const gm_elf_header *header)
{
    return &layouts[header->wide];
}

/* A number as wide as the file's addresses. */
static uint64_t word(const gm_elf_header *header, gm_span bytes, size_t at, bool *ok)
{
    return header->wide ? gm_u64(bytes, at, header->big_endian, ok)
                        : gm_u32(bytes, at, header->big_endian, ok);
}

void gm_elf_header_read(gm_span head, gm_elf_header *ret_header)
{
    static const uint8_t magic[] = {0x7f, 'E', 'L', 'F'};
    gm_elf_header *to = ret_header;
    *to = (gm_elf_header){.is_elf = false};
    if (head.size < sizeof magic || memcmp(head.data, magic, sizeof magic))
        return;
    bool ok = true;
    uint16_t ident = gm_u16le(head, sizeof magic, &ok); /* class and byte order */
    bool big = ident >> 8 == 2;
    to->is_elf = true;
    to->wide = (ident & 0xff) == 2;
    to->big_endian = big;
    const struct layout *layout = layout_of(to);
    to->type = gm_u16(head, 16, big, &ok);
    to->machine = gm_u16(head, 18, big, &ok);
    to->segments_offset = word(to, head, layout->segments, &ok);
    to->sections_offset = word(to, head, layout->sections, &ok);
    to->segment_bytes = gm_u16(head, layout->segment_size, big, &ok);
    to->segment_count = gm_u16(head, layout->segment_size + 2, big, &ok);
    to->section_bytes = gm_u16(head, layout->segment_size + 4, big, &ok);
    to->section_count = gm_u16(head, layout->segment_size + 6, big, &ok);
    to->names_index = gm_u16(head, layout->segment_size + 8, big, &ok);
    to->supported = ok && (to->wide || (ident & 0xff) == 1) && (big || ident >> 8 == 1);
}

static const struct machine {
    uint16_t machine;
    bool big;
    const char *name;  /* as `uname -m` says it */
    uint32_t relative; /* R_…_RELATIVE where addends stand in relocations */
} machines[] = {{GM_ELF_X86_64, false, "x86_64", 8},
                {GM_ELF_AARCH64, false, "aarch64", 1027},
                {21, false, "ppc64le", 22},
                {243, false, "riscv64", 3},
                {258, false, "loongarch64", 3},
                {3, false, "i386", 0},
                {40, false, "arm", 0},
                {21, true, "ppc64", 0},
                {20, true, "ppc", 0},
                {22, true, "s390x", 0}};

static const struct machine *machine_of(const gm_elf_header *header)
{
    static const struct machine unknown = {0};
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (machines[i].machine == header->machine && machines[i].big == header->big_endian)
            return &machines[i];
    return &unknown;
}

uint32_t gm_elf_relative(const gm_elf_header *header)
{
    return header->wide ? machine_of(header)->relative : 0;
}

uint64_t gm_elf_sections_bound(const gm_elf_header *header, const gm_limits *limits)
{
    uint64_t count = header->section_count ? header->section_count : limits->sections_per_file;
    return count * layout_of(header)->section_bytes;
}

#define NOTE_SEGMENTS_MAX ((size_t)4)

struct reading {
    const gm_host_reading *in;
    gm_elf_header header;
    gm_host *host;
    gm_host_segment notes[NOTE_SEGMENTS_MAX];
    size_t note_count;
};

static void note(struct reading *r, const char *id, uint64_t offset)
{
    gm_host_note(r->in, id, offset);
}

/* Tables point behind the end: said once, whatever is missing. */
static void note_cut(struct reading *r)
{
    note(r, "file-cut", r->host->file_bytes);
}

struct section {
    uint32_t name, type, link, info;
    uint64_t address, offset, bytes;
};

/* ---- segments ---- */

bool gm_elf_segment_read(const gm_elf_header *header, gm_span bytes, uint32_t *ret_type,
                         gm_host_segment *ret_segment)
{
    const struct layout *layout = layout_of(header);
    bool ok = header->segment_bytes == layout->segment_bytes;
    *ret_type = gm_u32(bytes, 0, header->big_endian, &ok);
    *ret_segment = (gm_host_segment){.offset = word(header, bytes, layout->segment_offset, &ok),
                                     .address = word(header, bytes, layout->segment_address, &ok),
                                     .bytes = word(header, bytes, layout->segment_file_bytes, &ok)};
    return ok;
}

static gm_status take_segment(struct reading *r, gm_span bytes)
{
    uint32_t type;
    gm_host_segment segment;
    gm_host *host = r->host;
    if (!gm_elf_segment_read(&r->header, bytes, &type, &segment) || segment.bytes == 0 ||
        (type != GM_ELF_PT_LOAD && type != GM_ELF_PT_DYNAMIC && type != GM_ELF_PT_NOTE) ||
        !gm_host_clip(r->in, host->file_bytes, segment.offset, &segment.bytes))
        return GM_OK;
    if (type == GM_ELF_PT_DYNAMIC)
        host->dynamic = segment;
    if (type == GM_ELF_PT_NOTE && r->note_count < NOTE_SEGMENTS_MAX)
        r->notes[r->note_count++] = segment;
    if (type != GM_ELF_PT_LOAD)
        return GM_OK;
    gm_host_segment *kept = GM_PUSH(r->in->arena, &host->segments);
    if (!kept)
        return gm_host_no_memory(r->in);
    *kept = segment;
    return GM_OK;
}

static gm_status look_section(struct reading *r, uint64_t index, uint64_t count,
                              struct section *section);

/* Where there are more than fit in 16 bits, their number stands in section 0. */
static gm_status segment_number(struct reading *r, uint64_t *count)
{
    *count = r->header.segment_count;
    if (*count != PN_XNUM || !r->header.sections_offset)
        return GM_OK;
    struct section first;
    gm_status status = look_section(r, 0, 1, &first);
    *count = first.info;
    return status;
}

static gm_status read_segments(struct reading *r)
{
    const gm_elf_header *header = &r->header;
    size_t size = layout_of(header)->segment_bytes;
    uint64_t count;
    if (header->segment_count == 0)
        return GM_OK;
    gm_status status = segment_number(r, &count);
    if (status != GM_OK)
        return status;
    if (header->segment_bytes != size ||
        (count > PN_XNUM && count > r->in->context->limits.sections_per_file)) {
        note(r, "segment-headers", header->segments_offset);
        return GM_OK;
    }
    if (!gm_range_ok(header->segments_offset, count * size, r->host->file_bytes)) {
        note_cut(r);
        return GM_OK;
    }
    for (size_t i = 0; i < count; i++) {
        gm_span bytes;
        uint64_t left = (count - i) * size;
        status = gm_reader_look(r->in->reader, header->segments_offset + i * size, size,
                                left < GM_READER_BYTES ? (size_t)left : GM_READER_BYTES, &bytes,
                                r->in->reterr);
        if (status == GM_OK)
            status = take_segment(r, bytes);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

/* ---- sections ---- */

static bool parse_section(const gm_elf_header *header, gm_span bytes, struct section *section)
{
    const struct layout *layout = layout_of(header);
    bool ok = true, big = header->big_endian;
    *section = (struct section){.name = gm_u32(bytes, 0, big, &ok),
                                .type = gm_u32(bytes, 4, big, &ok),
                                .address = word(header, bytes, layout->address, &ok),
                                .offset = word(header, bytes, layout->offset, &ok),
                                .bytes = word(header, bytes, layout->bytes, &ok),
                                .link = gm_u32(bytes, layout->link, big, &ok),
                                .info = gm_u32(bytes, layout->info, big, &ok)};
    return ok;
}

static gm_status look_header(struct reading *r, uint64_t index, uint64_t count, gm_span *bytes)
{
    size_t size = layout_of(&r->header)->section_bytes;
    uint64_t left = (count - index) * size;
    size_t want = left < GM_READER_BYTES ? (size_t)left : GM_READER_BYTES;
    return gm_reader_look(r->in->reader, r->header.sections_offset + index * size, size, want,
                          bytes, r->in->reterr);
}

static gm_status look_section(struct reading *r, uint64_t index, uint64_t count,
                              struct section *section)
{
    gm_span bytes;
    gm_status status = look_header(r, index, count, &bytes);
    *section = (struct section){0};
    if (status == GM_OK && !parse_section(&r->header, bytes, section))
        note(r, "section-headers", r->header.sections_offset);
    return status;
}

/* Number of sections and index of the one with names, extended numbering resolved: where they do
 * not fit in 16 bits they stand in section 0. `*count` is 0 when there is no usable table. */
static gm_status section_numbers(struct reading *r, uint64_t *count, uint64_t *names)
{
    const gm_elf_header *header = &r->header;
    size_t row = layout_of(header)->section_bytes;
    struct section first;
    *count = header->section_count;
    *names = header->names_index;
    if (header->sections_offset && header->section_bytes != row)
        note(r, "section-headers", header->sections_offset);
    if (header->sections_offset == 0 || header->section_bytes != row) {
        *count = 0;
        return GM_OK;
    }
    uint64_t size = r->host->file_bytes;
    uint64_t room = header->sections_offset < size ? (size - header->sections_offset) / row : 0;
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
    } else if (*count > r->in->context->limits.sections_per_file) {
        note(r, "too-many-sections", header->sections_offset);
        *count = 0;
    }
    return GM_OK;
}

static gm_status add_section(struct reading *r, const struct section *section, gm_span name)
{
    gm_host_role role = gm_host_role_of(name, false);
    if (section->type == SHT_NOBITS || section->type == SHT_NULL)
        return GM_OK;
    const uint8_t *end = name.size ? memchr(name.data, 0, name.size) : NULL;
    const char *text = gm_arena_text_n(r->in->arena, (const char *)name.data,
                                       end ? (size_t)(end - name.data) : name.size);
    if (!text)
        return gm_host_no_memory(r->in);
    return gm_host_add_section(
        r->in, r->host,
        (gm_host_section){role, text, section->offset, section->bytes, section->address});
}

/* `names` reads the string table, so that the window of the headers stays where it is. */
static gm_status look_name(struct reading *r, gm_reader *names, const struct section *strings,
                           uint32_t place, gm_span *ret_name)
{
    uint64_t left = place < strings->bytes ? strings->bytes - place : 0;
    size_t need = left < NAME_MAX_BYTES ? (size_t)left : NAME_MAX_BYTES;
    gm_status status = GM_OK;
    *ret_name = (gm_span){NULL, 0};
    if (need)
        status =
            gm_reader_look(names, strings->offset + place, need, 4096, ret_name, r->in->reterr);
    *ret_name = gm_span_part(*ret_name, 0, need);
    return status;
}

/* Objects have tens of thousands of sections, of which one or two matter: most are left by their
 * name. */
static gm_status read_names(struct reading *r, gm_reader *names, uint64_t count,
                            const struct section *strings)
{
    for (uint64_t i = 0; i < count; i++) {
        struct section section;
        gm_span header, name;
        bool ok = true;
        gm_status status = look_header(r, i, count, &header);
        if (status != GM_OK)
            return status;
        uint32_t place = gm_u32(header, 0, r->header.big_endian, &ok);
        status = look_name(r, names, strings, place, &name);
        if (status == GM_OK && ok && place < strings->bytes &&
            (r->in->deep || gm_host_role_of(name, false) != GM_HOST_OTHER)) {
            status = look_section(r, i, count, &section);
            if (status == GM_OK)
                status = add_section(r, &section, name);
        }
        if (status != GM_OK)
            return status;
        if (!ok)
            note(r, "section-headers", r->header.sections_offset);
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
        note(r, "section-names", r->header.sections_offset);
        return GM_OK;
    }
    status = look_section(r, names_index, count, &strings);
    if (status != GM_OK)
        return status;
    if (!gm_range_ok(strings.offset, strings.bytes, r->host->file_bytes)) {
        note(r, "section-names", strings.offset);
        return GM_OK;
    }
    gm_reader *names = gm_reader_new(r->in->reader->source);
    if (!names)
        return gm_host_no_memory(r->in);
    r->host->has_sections = true;
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
    if (id.size > 0)
        r->host->build_id = gm_arena_text(r->in->arena, hex.data);
    gm_text_free(&hex);
}

/* Notes {u32 name size, u32 content size, u32 type, name, content}, parts padded to 4. */
static void find_build_id(struct reading *r, gm_span notes)
{
    for (uint64_t at = 0; at + 12 <= notes.size;) {
        bool ok = true, big = r->header.big_endian;
        uint64_t name = gm_u32(notes, at, big, &ok), content = gm_u32(notes, at + 4, big, &ok);
        uint32_t type = gm_u32(notes, at + 8, big, &ok);
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
    for (size_t i = 0; i < r->note_count && !r->host->build_id; i++) {
        const gm_host_segment *segment = &r->notes[i];
        size_t size = (size_t)(segment->bytes < NOTES_MAX_BYTES ? segment->bytes : NOTES_MAX_BYTES);
        gm_span notes;
        gm_status status =
            gm_reader_look(r->in->reader, segment->offset, size, size, &notes, r->in->reterr);
        if (status != GM_OK)
            return status;
        find_build_id(r, gm_span_part(notes, 0, size));
    }
    return GM_OK;
}

static gm_status read_elf(const gm_host_reading *in, uint64_t file_bytes, gm_host *ret_host)
{
    struct reading r = {.in = in, .host = ret_host};
    gm_span head;
    *ret_host = (gm_host){.file_bytes = file_bytes};
    gm_status status = gm_reader_look(in->reader, 0, GM_ELF_HEADER_BYTES, 4096, &head, in->reterr);
    if (status != GM_OK)
        return status;
    gm_elf_header_read(head, &r.header);
    if (!r.header.supported) {
        if (head.size < layout_of(&r.header)->header_bytes)
            note(&r, "file-cut", head.size);
        return gm_fail(in->reterr, GM_UNSUPPORTED, "host-unsupported", NULL, 0);
    }
    ret_host->arch = machine_of(&r.header)->name;
    ret_host->relative = gm_elf_relative(&r.header);
    ret_host->big_endian = r.header.big_endian;
    ret_host->pointer_bytes = r.header.wide ? 8 : 4;
    ret_host->relocatable = r.header.type == ET_REL;
    status = read_segments(&r);
    if (status == GM_OK)
        status = read_notes(&r);
    if (status == GM_OK)
        status = read_sections(&r);
    return status;
}

gm_status gm_elf_dynamic_entry(const gm_host_reading *reading, const gm_host *host, size_t index,
                               uint64_t *ret_tag, uint64_t *ret_value)
{
    size_t size = 2 * host->pointer_bytes;
    gm_span bytes;
    bool ok = true, big = host->big_endian;
    *ret_tag = *ret_value = 0;
    if ((index + 1) * size > host->dynamic.bytes)
        return GM_OK;
    gm_status status = gm_reader_look(reading->reader, host->dynamic.offset + index * size, size,
                                      1024, &bytes, reading->reterr);
    if (status != GM_OK)
        return status;
    *ret_tag = size == 8 ? gm_u32(bytes, 0, big, &ok) : gm_u64(bytes, 0, big, &ok);
    *ret_value = size == 8 ? gm_u32(bytes, 4, big, &ok) : gm_u64(bytes, 8, big, &ok);
    if (!ok)
        *ret_tag = 0;
    return GM_OK;
}

const gm_host_format gm_host_elf = {read_elf, gm_elf_needs_read, gm_elf_relocate};
