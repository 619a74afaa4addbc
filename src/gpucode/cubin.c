/* SPDX-License-Identifier: MIT */
#include "gpucode/cubin.h"

#include <string.h>

#include "base/lookup.h"

#define ELF_HEADER_BYTES        ((size_t)64)
#define SECTION_HEADER_BYTES    ((size_t)64)
#define SHT_PROGBITS            1u
#define SHT_NOTE                7u
#define SHT_NV_COMPAT           0x70000086u
#define SHF_EXECINSTR           4u
#define ET_REL                  1u
#define OSABI_V8                0x41
#define ABIVERSION_V8           8
#define V7_ARCH_SPECIFIC        0x800u
#define ATTRIBUTE_ARCH_SPECIFIC 9
/* The suffix 'a' began with sm_90; CUDA 9 set the same bit in older cubins for another reason. */
#define FIRST_ARCH_SPECIFIC 90u

struct header {
    uint16_t type;
    uint32_t flags;
    uint64_t sections;
    uint16_t section_bytes;
    uint16_t section_count;
    bool v8;
};

struct section {
    uint32_t type;
    uint64_t flags, offset, size;
};

static bool read_header(gm_span bytes, struct header *header)
{
    bool ok = bytes.size >= ELF_HEADER_BYTES;
    if (!ok)
        return false;
    *header = (struct header){.type = gm_u16le(bytes, 16, &ok),
                              .flags = gm_u32le(bytes, 48, &ok),
                              .sections = gm_u64le(bytes, 40, &ok),
                              .section_bytes = gm_u16le(bytes, 58, &ok),
                              .section_count = gm_u16le(bytes, 60, &ok),
                              .v8 = bytes.data[7] == OSABI_V8 || bytes.data[8] >= ABIVERSION_V8};
    return ok;
}

static bool read_section(gm_span bytes, struct section *section)
{
    bool ok = true;
    *section = (struct section){.type = gm_u32le(bytes, 4, &ok),
                                .flags = gm_u64le(bytes, 8, &ok),
                                .offset = gm_u64le(bytes, 24, &ok),
                                .size = gm_u64le(bytes, 32, &ok)};
    return ok;
}

gm_has_code gm_cubin_has_code(gm_span cubin)
{
    struct header header;
    static const uint8_t elf_magic[] = {0x7f, 'E', 'L', 'F'};
    if (!read_header(cubin, &header) || memcmp(cubin.data, elf_magic, sizeof elf_magic) ||
        header.section_bytes != SECTION_HEADER_BYTES || header.section_count == 0)
        return GM_CODE_UNSEEN;
    for (size_t i = 0; i < header.section_count; i++) {
        struct section section;
        uint64_t skip = i * SECTION_HEADER_BYTES;
        if (header.sections > cubin.size)
            return GM_CODE_UNSEEN;
        gm_span bytes = gm_span_part(cubin, header.sections + skip, SECTION_HEADER_BYTES);
        if (!read_section(bytes, &section))
            return GM_CODE_UNSEEN;
        if (section.type == SHT_PROGBITS && section.flags & SHF_EXECINSTR && section.size > 0)
            return GM_CODE_PRESENT;
    }
    return GM_CODE_ABSENT;
}

/* Records {u8 format, u8 attribute, payload}: the format says how long the payload is. */
static char compat_suffix(gm_span bytes)
{
    size_t at = 0;
    while (at + 2 <= bytes.size) {
        bool ok = true;
        uint8_t format = bytes.data[at], attribute = bytes.data[at + 1];
        uint16_t value = gm_u16le(bytes, at + 2, &ok);
        if (format == 2 && attribute == ATTRIBUTE_ARCH_SPECIFIC && ok)
            return (value & 0xff) == 1 ? 'a' : 0;
        at += format == 4 ? (size_t)4 + value : format == 1 ? 2 : 4;
        if (format < 1 || format > 4 || !ok)
            break;
    }
    return 0;
}

/* "-arch sm_100f" among the options that the compiler left in a note. */
static char note_suffix(gm_span bytes, unsigned number)
{
    static const char option[] = "-arch sm_";
    size_t size = sizeof option - 1;
    for (size_t at = 0; at + size < bytes.size; at++) {
        if (memcmp(bytes.data + at, option, size))
            continue;
        unsigned found = 0;
        size_t end = at + size;
        for (; end < bytes.size && gm_ascii_is_digit((char)bytes.data[end]) && found < 10000; end++)
            found = found * 10 + (unsigned)(bytes.data[end] - '0');
        return found == number && end < bytes.size && bytes.data[end] == 'f' ? 'f' : 0;
    }
    return 0;
}

struct cubin_reading {
    gm_reader *reader;
    uint64_t size;
    gm_arena *arena;
    gm_image *image;
    gm_damage_list *damage;
    gm_error *reterr;
};

static gm_status read_suffix(struct cubin_reading *c, const struct section *section)
{
    gm_span bytes;
    bool compat = section->type == SHT_NV_COMPAT;
    if (!compat && section->type != SHT_NOTE)
        return GM_OK;
    if (!gm_range_ok(section->offset, section->size, c->size)) {
        gm_damage_note(c->arena, c->damage, "section-past-end", section->offset);
        return GM_OK;
    }
    size_t size = section->size < GM_READER_BYTES ? (size_t)section->size : GM_READER_BYTES;
    gm_status status = gm_reader_look(c->reader, section->offset, size, size, &bytes, c->reterr);
    if (status != GM_OK)
        return status;
    bytes = gm_span_part(bytes, 0, size);
    char suffix = compat ? compat_suffix(bytes) : note_suffix(bytes, c->image->target.number);
    if (suffix == 'a' || (suffix && !c->image->target.suffix))
        c->image->target.suffix = suffix;
    return GM_OK;
}

static gm_status read_sections(struct cubin_reading *c, const struct header *header)
{
    for (size_t i = 0; i < header->section_count; i++) {
        struct section section;
        gm_span bytes = {NULL, 0};
        uint64_t offset = header->sections + i * SECTION_HEADER_BYTES;
        if (header->section_bytes != SECTION_HEADER_BYTES ||
            !gm_range_ok(header->sections, (i + 1) * SECTION_HEADER_BYTES, c->size)) {
            gm_damage_note(c->arena, c->damage, "section-headers", header->sections);
            return GM_OK;
        }
        gm_status status = gm_reader_look(c->reader, offset, SECTION_HEADER_BYTES,
                                          SECTION_HEADER_BYTES * 64, &bytes, c->reterr);
        if (status == GM_OK && read_section(bytes, &section))
            status = read_suffix(c, &section);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

gm_status gm_cubin_read(gm_reader *reader, uint64_t size, gm_arena *arena, gm_image *ret_image,
                        gm_damage_list *damage, gm_error *reterr)
{
    struct cubin_reading c = {reader, size, arena, ret_image, damage, reterr};
    struct header header;
    gm_span bytes;
    *ret_image = (gm_image){.kind = GM_IMAGE_SASS, .stored_bytes = size, .raw_bytes = size};
    gm_status status =
        gm_reader_look(reader, 0, ELF_HEADER_BYTES, ELF_HEADER_BYTES, &bytes, reterr);
    if (status != GM_OK)
        return status;
    if (!read_header(bytes, &header)) {
        gm_damage_note(arena, damage, "elf-header", 0);
        return GM_OK;
    }
    unsigned number = header.v8 ? header.flags >> 8 & 0xff : header.flags & 0xff;
    bool specific = !header.v8 && header.flags & V7_ARCH_SPECIFIC && number >= FIRST_ARCH_SPECIFIC;
    ret_image->target = gm_target_sm(number, specific ? 'a' : 0);
    ret_image->relocatable = header.type == ET_REL;
    return header.v8 ? read_sections(&c, &header) : GM_OK;
}
