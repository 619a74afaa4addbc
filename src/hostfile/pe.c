/* SPDX-License-Identifier: MIT */
#include "hostfile/pe.h"

#include <string.h>

#include "base/text.h"

#define PE_OFFSET_AT 0x3cu
#define SIGNATURE    0x00004550u /* "PE\0\0" */
#define MAGIC_32     0x10bu
#define MAGIC_64     0x20bu
#define CODEVIEW     2u
#define RSDS         0x53445352u
#define GUID_AT      4u
#define GUID_BYTES   ((size_t)16)
#define IMPORT_BYTES ((size_t)20)
#define DELAY_BYTES  ((size_t)32)
#define NAME_MAX     ((uint64_t)512)
#define IMPORTS_MAX  4096u

/* Data directories. */
enum { IMPORTS = 1, DEBUG = 6, DELAY_IMPORTS = 13 };

struct optional {
    gm_span head;
    uint64_t directories, count;
};

static uint32_t directory(const struct optional *optional, unsigned index, size_t at)
{
    bool ok = true;
    uint32_t value =
        gm_u32le(optional->head, optional->directories + index * (uint64_t)8 + at, &ok);
    return ok && index < optional->count ? value : 0;
}

bool gm_pe_header_read(gm_span head, gm_pe_header *ret_header)
{
    bool ok = head.size > 2 && !memcmp(head.data, "MZ", 2);
    uint64_t at = gm_u32le(head, PE_OFFSET_AT, &ok);
    *ret_header = (gm_pe_header){.wide = false};
    if (gm_u32le(head, at, &ok) != SIGNATURE || !ok ||
        !gm_coff_image_header_read(head, at + 4, &ret_header->tables))
        return false;
    at += 4 + GM_COFF_HEADER_BYTES;
    uint16_t magic = gm_u16le(head, at, &ok);
    bool wide = magic == MAGIC_64;
    if (!ok || (!wide && magic != MAGIC_32))
        return false;
    ret_header->wide = wide;
    ret_header->image_base = wide ? gm_u64le(head, at + 24, &ok) : gm_u32le(head, at + 28, &ok);
    struct optional optional = {head, at + (wide ? 112 : 96), 0};
    optional.count = gm_u32le(head, optional.directories - 4, &ok);
    ret_header->imports = directory(&optional, IMPORTS, 0);
    ret_header->delay_imports = directory(&optional, DELAY_IMPORTS, 0);
    ret_header->debug = directory(&optional, DEBUG, 0);
    ret_header->debug_bytes = directory(&optional, DEBUG, 4);
    return ok;
}

/* 12 u32 type  16 u32 size  20 u32 address  24 u32 offset in the file */
gm_host_segment gm_pe_build_id_place(gm_span row)
{
    bool ok = true;
    uint32_t type = gm_u32le(row, 12, &ok), bytes = gm_u32le(row, 16, &ok);
    uint32_t offset = gm_u32le(row, 24, &ok);
    if (!ok || type != CODEVIEW || bytes < GM_PE_BUILD_ID_BYTES)
        return (gm_host_segment){0};
    return (gm_host_segment){.offset = offset, .bytes = GM_PE_BUILD_ID_BYTES};
}

/* The GUID of the debug information, digits in the order in which it is written: its first three
 * numbers are little-endian. */
static gm_status take_build_id(const gm_host_reading *reading, uint64_t offset, gm_host *host)
{
    static const uint8_t order[GUID_BYTES] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    gm_span bytes;
    bool ok = true;
    char digits[2 * GUID_BYTES + 1];
    static const char hex[] = "0123456789abcdef";
    gm_status status = gm_reader_look(reading->reader, offset, GM_PE_BUILD_ID_BYTES,
                                      GM_PE_BUILD_ID_BYTES, &bytes, reading->reterr);
    if (status != GM_OK || gm_u32le(bytes, 0, &ok) != RSDS || bytes.size < GM_PE_BUILD_ID_BYTES)
        return status;
    for (size_t i = 0; i < GUID_BYTES; i++) {
        uint8_t byte = bytes.data[GUID_AT + order[i]];
        digits[2 * i] = hex[byte >> 4];
        digits[2 * i + 1] = hex[byte & 15];
    }
    digits[2 * GUID_BYTES] = '\0';
    host->build_id = gm_arena_text(reading->arena, digits);
    return host->build_id ? GM_OK : gm_host_no_memory(reading);
}

/* Its data follows the directory: a stream cannot go back to what came before. */
static gm_status read_build_id(const gm_host_reading *reading, const gm_pe_header *header,
                               gm_host *host)
{
    uint64_t at = gm_host_offset_of(host, host->image_base + header->debug);
    for (size_t i = 0; header->debug && at != UINT64_MAX && i < GM_PE_DEBUG_ROWS &&
                       (i + 1) * GM_PE_DEBUG_BYTES <= header->debug_bytes;
         i++) {
        gm_span row;
        gm_status status =
            gm_reader_look(reading->reader, at + i * GM_PE_DEBUG_BYTES, GM_PE_DEBUG_BYTES,
                           GM_PE_DEBUG_BYTES * GM_PE_DEBUG_ROWS, &row, reading->reterr);
        if (status != GM_OK)
            return status;
        gm_host_segment place = gm_pe_build_id_place(row);
        if (place.bytes && place.offset >= at)
            return take_build_id(reading, place.offset, host);
    }
    return GM_OK;
}

static gm_status read_pe(const gm_host_reading *reading, uint64_t file_bytes, gm_host *ret_host)
{
    gm_pe_header header;
    gm_span head;
    *ret_host = (gm_host){.file_bytes = file_bytes};
    gm_status status = gm_reader_look(reading->reader, 0, (size_t)GM_PE_HEAD_BYTES,
                                      (size_t)GM_PE_HEAD_BYTES, &head, reading->reterr);
    if (status != GM_OK)
        return status;
    if (!gm_pe_header_read(head, &header)) {
        bool ok = true;
        uint64_t at = gm_u32le(head, PE_OFFSET_AT, &ok);
        if (!ok || at >= file_bytes)
            gm_host_note(reading, "file-cut", file_bytes);
        return gm_fail(reading->reterr, GM_UNSUPPORTED, "host-unsupported", NULL, 0);
    }
    ret_host->arch = header.tables.arch;
    ret_host->pointer_bytes = header.wide ? 8 : 4;
    ret_host->image_base = header.image_base;
    ret_host->imports = header.imports;
    ret_host->delay_imports = header.delay_imports;
    if (!gm_range_ok(header.tables.sections_offset,
                     header.tables.section_count * (uint64_t)GM_COFF_SECTION_BYTES,
                     GM_PE_HEAD_BYTES)) {
        gm_host_note(reading, "section-headers", header.tables.sections_offset);
        return GM_OK;
    }
    status = gm_coff_sections_read(reading, &header.tables, ret_host);
    return status == GM_OK ? read_build_id(reading, &header, ret_host) : status;
}

/* ---- what it needs ---- */

/* The row at `index` of a table of imports; `*ret_row` is empty behind its end, which a row of
 * zeros is. */
static gm_status import_row(const gm_host_reading *reading, const gm_host *host, uint32_t table,
                            size_t index, size_t row_bytes, gm_span *ret_row)
{
    static const uint8_t zeros[DELAY_BYTES];
    uint64_t at = gm_host_offset_of(host, host->image_base + table + index * row_bytes);
    *ret_row = (gm_span){NULL, 0};
    if (at == UINT64_MAX)
        return GM_OK;
    gm_status status =
        gm_reader_look(reading->reader, at, row_bytes, 1024, ret_row, reading->reterr);
    *ret_row = gm_span_part(*ret_row, 0, row_bytes);
    if (ret_row->size && !memcmp(ret_row->data, zeros, row_bytes))
        *ret_row = (gm_span){NULL, 0};
    return status;
}

/* `name_at`: place of the address of the name in a row. */
static gm_status read_imports(const gm_host_reading *reading, const gm_host *host, uint32_t table,
                              size_t row_bytes, size_t name_at, gm_host_needs *needs)
{
    for (size_t i = 0; table && i < IMPORTS_MAX; i++) {
        gm_span row;
        const char *name = NULL;
        bool ok = true;
        gm_status status = import_row(reading, host, table, i, row_bytes, &row);
        if (status != GM_OK || row.size == 0)
            return status;
        uint64_t address = gm_u32le(row, name_at, &ok);
        /* Of Visual C++ 6: a whole address instead of a relative one. */
        bool whole = row_bytes == DELAY_BYTES && !(gm_u32le(row, 0, &ok) & 1);
        uint64_t at = gm_host_offset_of(host, whole ? address : host->image_base + address);
        if (at != UINT64_MAX)
            status = gm_host_text(reading, at, NAME_MAX, &name);
        if (status == GM_OK && name && *name)
            status = gm_host_need(reading, needs, name);
        if (status != GM_OK)
            return status;
    }
    return GM_OK;
}

gm_status gm_pe_needs_read(const gm_host_reading *reading, const gm_host *host,
                           gm_host_needs *ret_needs)
{
    *ret_needs = (gm_host_needs){0};
    gm_status status = read_imports(reading, host, host->imports, IMPORT_BYTES, 12, ret_needs);
    return status == GM_OK
               ? read_imports(reading, host, host->delay_imports, DELAY_BYTES, 4, ret_needs)
               : status;
}

const gm_host_format gm_host_pe = {read_pe, gm_pe_needs_read, NULL};
