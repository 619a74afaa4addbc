/* SPDX-License-Identifier: MIT */
#include "hostfile/coff.h"

#include <string.h>

#include "base/lookup.h"

#define NAME_BYTES            ((size_t)8)
#define LONG_NAME_MAX         ((uint64_t)64)
#define SYMBOL_BYTES          ((uint64_t)18)
#define BIG_SYMBOL_BYTES      ((uint64_t)20)
#define BIG_VERSION           2u /* with 32-bit section numbers; 0 and 1 are import records */
#define UNINITIALIZED         0x80u
#define SECTIONS_MAX          0xfeffu /* in files that are not big */
#define OBJECT_FLAGS_OF_IMAGE 0x2002u /* an executable, a DLL */

const char *gm_coff_arch(uint16_t machine)
{
    switch (machine) {
    case 0x8664:
        return "x86_64";
    case 0xaa64:
    case 0xa641: /* ARM64EC */
        return "aarch64";
    case 0x14c:
        return "i386";
    case 0x1c4:
        return "arm";
    default:
        return NULL;
    }
}

static void set_strings(gm_coff_tables *tables, uint32_t symbols, uint32_t symbol_count,
                        uint64_t symbol_bytes)
{
    tables->strings_offset = symbols ? symbols + symbol_count * symbol_bytes : 0;
}

bool gm_coff_image_header_read(gm_span head, uint64_t offset, gm_coff_tables *ret_tables)
{
    bool ok = true;
    *ret_tables = (gm_coff_tables){.arch = gm_coff_arch(gm_u16le(head, offset, &ok)),
                                   .section_count = gm_u16le(head, offset + 2, &ok),
                                   .image = true};
    ret_tables->sections_offset = offset + GM_COFF_HEADER_BYTES + gm_u16le(head, offset + 16, &ok);
    set_strings(ret_tables, gm_u32le(head, offset + 8, &ok), gm_u32le(head, offset + 12, &ok),
                SYMBOL_BYTES);
    return ok;
}

/* 0 u16 0  2 u16 0xffff  4 u16 version  6 u16 machine  12 class id  44 u32 sections  48 u32 symbols
 * 52 u32 number of symbols */
static bool read_big(gm_span head, gm_coff_tables *tables)
{
    static const uint8_t class_id[] = {0xc7, 0xa1, 0xba, 0xd1, 0xee, 0xba, 0xa9, 0x4b,
                                       0xaf, 0x20, 0xfa, 0xf6, 0x6a, 0xa4, 0xdc, 0xb8};
    bool ok = true;
    gm_span id = gm_span_part(head, 12, sizeof class_id);
    if (gm_u16le(head, 4, &ok) < BIG_VERSION || id.size < sizeof class_id ||
        memcmp(id.data, class_id, sizeof class_id))
        return false;
    *tables = (gm_coff_tables){.arch = gm_coff_arch(gm_u16le(head, 6, &ok)),
                               .sections_offset = GM_COFF_BIG_HEADER_BYTES,
                               .section_count = gm_u32le(head, 44, &ok)};
    set_strings(tables, gm_u32le(head, 48, &ok), gm_u32le(head, 52, &ok), BIG_SYMBOL_BYTES);
    return ok;
}

bool gm_coff_header_read(gm_span head, gm_coff_tables *ret_tables)
{
    bool ok = true;
    if (gm_u32le(head, 0, &ok) == 0xffff0000 && ok)
        return read_big(head, ret_tables);
    if (!gm_coff_image_header_read(head, 0, ret_tables) || !ret_tables->arch)
        return false;
    uint32_t symbols = gm_u32le(head, 8, &ok);
    uint64_t tables_end =
        GM_COFF_HEADER_BYTES + ret_tables->section_count * (uint64_t)GM_COFF_SECTION_BYTES;
    ret_tables->image = false;
    return ok && ret_tables->section_count > 0 && ret_tables->section_count <= SECTIONS_MAX &&
           gm_u16le(head, 16, &ok) == 0 && !(gm_u16le(head, 18, &ok) & OBJECT_FLAGS_OF_IMAGE) &&
           (symbols == 0 || symbols >= tables_end);
}

/* "/123": the name stands at this place of the string table. */
static bool long_name_at(gm_span name, uint64_t *ret_place)
{
    *ret_place = 0;
    if (name.data[0] != '/' || !gm_ascii_is_digit((char)name.data[1]))
        return false;
    for (size_t i = 1; i < NAME_BYTES && gm_ascii_is_digit((char)name.data[i]); i++)
        *ret_place = *ret_place * 10 + (uint64_t)(name.data[i] - '0');
    return true;
}

struct names {
    const gm_host_reading *reading;
    const gm_coff_tables *tables;
    gm_host_reading strings; /* with a reader of its own: the window of the headers stays */
};

static gm_status name_of(struct names *names, gm_span name, const gm_host *host,
                         const char **ret_name)
{
    uint64_t place;
    const gm_coff_tables *tables = names->tables;
    const uint8_t *end = memchr(name.data, 0, NAME_BYTES);
    *ret_name = NULL;
    if (tables->strings_offset && long_name_at(name, &place)) {
        if (tables->strings_offset + place < host->file_bytes)
            return gm_host_text(&names->strings, tables->strings_offset + place, LONG_NAME_MAX,
                                ret_name);
        gm_host_note(names->reading, "section-names", tables->strings_offset);
        return GM_OK;
    }
    *ret_name = gm_arena_text_n(names->reading->arena, (const char *)name.data,
                                end ? (size_t)(end - name.data) : NAME_BYTES);
    return *ret_name ? GM_OK : gm_host_no_memory(names->reading);
}

/* 0 name  8 u32 size in memory  12 u32 address  16 u32 size in the file  20 u32 offset
 * 36 u32 flags */
static gm_status take_section(struct names *names, gm_span row, gm_host *host)
{
    const gm_host_reading *reading = names->reading;
    const char *name;
    bool ok = true, image = names->tables->image;
    uint64_t in_memory = gm_u32le(row, 8, &ok), address = gm_u32le(row, 12, &ok);
    uint64_t bytes = gm_u32le(row, 16, &ok), offset = gm_u32le(row, 20, &ok);
    uint32_t flags = gm_u32le(row, 36, &ok);
    if (!ok || flags & UNINITIALIZED || bytes == 0 || offset == 0)
        return GM_OK;
    if (image && in_memory && in_memory < bytes)
        bytes = in_memory; /* the rest fills up the last block of the file */
    gm_status status = name_of(names, row, host, &name);
    if (status != GM_OK || !name)
        return status;
    if (image) {
        gm_host_segment *segment = GM_PUSH(reading->arena, &host->segments);
        if (!segment)
            return gm_host_no_memory(reading);
        *segment = (gm_host_segment){offset, bytes, host->image_base + address};
    }
    gm_host_role role = gm_host_role_of((gm_span){(const uint8_t *)name, strlen(name)}, image);
    return gm_host_add_section(
        reading, host, (gm_host_section){role, name, offset, bytes, host->image_base + address});
}

gm_status gm_coff_sections_read(const gm_host_reading *reading, const gm_coff_tables *tables,
                                gm_host *host)
{
    struct names names = {reading, tables, *reading};
    uint64_t table_bytes = (uint64_t)tables->section_count * GM_COFF_SECTION_BYTES;
    if (tables->section_count > reading->context->limits.sections_per_file) {
        gm_host_note(reading, "too-many-sections", tables->sections_offset);
        return GM_OK;
    }
    if (!gm_range_ok(tables->sections_offset, table_bytes, host->file_bytes)) {
        gm_host_note(reading, "file-cut", host->file_bytes);
        return GM_OK;
    }
    names.strings.reader = gm_reader_new(reading->reader->source);
    if (!names.strings.reader)
        return gm_host_no_memory(reading);
    gm_status status = GM_OK;
    host->has_sections = true;
    for (uint32_t i = 0; status == GM_OK && i < tables->section_count; i++) {
        gm_span row;
        status = gm_reader_look(reading->reader,
                                tables->sections_offset + (uint64_t)i * GM_COFF_SECTION_BYTES,
                                GM_COFF_SECTION_BYTES, 4096, &row, reading->reterr);
        if (status == GM_OK && row.size >= GM_COFF_SECTION_BYTES)
            status = take_section(&names, row, host);
    }
    gm_reader_free(names.strings.reader);
    return status;
}

static gm_status read_coff(const gm_host_reading *reading, uint64_t file_bytes, gm_host *ret_host)
{
    gm_coff_tables tables;
    gm_span head;
    *ret_host = (gm_host){.file_bytes = file_bytes, .relocatable = true, .pointer_bytes = 8};
    gm_status status =
        gm_reader_look(reading->reader, 0, GM_COFF_BIG_HEADER_BYTES, 4096, &head, reading->reterr);
    if (status != GM_OK)
        return status;
    if (!gm_coff_header_read(head, &tables))
        return gm_fail(reading->reterr, GM_UNSUPPORTED, "host-unsupported", NULL, 0);
    ret_host->arch = tables.arch;
    return gm_coff_sections_read(reading, &tables, ret_host);
}

const gm_host_format gm_host_coff = {read_coff, NULL, NULL};
