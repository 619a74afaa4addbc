/* SPDX-License-Identifier: MIT */
/* What a stream keeps of PE and COFF files: headers and sections come first and say where records,
 * long names and the build id will be. */
#include <string.h>

#include "hostfile/pe.h"
#include "scan/stream.h"

static gm_span head_of(const gm_stream *s)
{
    gm_span head = gm_stream_from(s, 0);
    return gm_span_part(head, 0, head.size < GM_PE_HEAD_BYTES ? head.size : GM_PE_HEAD_BYTES);
}

/* Notes where the debug directory lies, if it is in the section of this row. */
static void look_for_debug(gm_stream *s, const gm_pe_header *header, uint64_t address,
                           uint64_t offset, uint64_t bytes)
{
    if (header->debug >= address && header->debug - address < bytes)
        s->own.debug = (gm_host_segment){.offset = offset + (header->debug - address),
                                         .bytes = header->debug_bytes};
}

static void begin_pe(gm_stream *s)
{
    gm_pe_header header;
    gm_span head = head_of(s);
    gm_stream_want(s, 0, GM_PE_HEAD_BYTES);
    if (!gm_pe_header_read(head, &header))
        return;
    if (header.tables.strings_offset)
        gm_stream_want(s, header.tables.strings_offset, UINT64_MAX);
    for (uint32_t i = 0; i < header.tables.section_count; i++) {
        bool ok = true;
        gm_span row =
            gm_span_part(head, header.tables.sections_offset + (uint64_t)i * GM_COFF_SECTION_BYTES,
                         GM_COFF_SECTION_BYTES);
        uint32_t address = gm_u32le(row, 12, &ok), bytes = gm_u32le(row, 16, &ok),
                 offset = gm_u32le(row, 20, &ok);
        if (!ok)
            return;
        look_for_debug(s, &header, address, offset, bytes);
        if (row.data[0] == '/') /* a name that will be known at the end */
            s->own.magic = GM_HOST_RECORD_MAGIC;
        if (gm_host_role_of(gm_span_part(row, 0, 8), true) == GM_HOST_RECORDS)
            gm_stream_want(s, offset, bytes);
    }
}

static gm_status window_pe(gm_stream *s)
{
    gm_host_segment *debug = &s->own.debug;
    if (debug->bytes && debug->offset >= s->done && debug->offset < s->limit) {
        uint64_t end = debug->offset + debug->bytes;
        gm_stream_want(s, debug->offset, GM_PE_DEBUG_ROWS * GM_PE_DEBUG_BYTES);
        for (uint64_t at = debug->offset, i = 0;
             i < GM_PE_DEBUG_ROWS && end - at >= GM_PE_DEBUG_BYTES; at += GM_PE_DEBUG_BYTES, i++) {
            gm_host_segment place =
                gm_pe_build_id_place(gm_span_part(gm_stream_from(s, at), 0, GM_PE_DEBUG_BYTES));
            if (place.offset >= debug->offset)
                gm_stream_want(s, place.offset, place.bytes);
        }
    }
    return s->own.magic ? gm_stream_words(s) : GM_OK;
}

static void begin_coff(gm_stream *s)
{
    gm_coff_tables tables;
    gm_span head = gm_stream_from(s, 0);
    if (!gm_coff_header_read(head, &tables))
        return;
    gm_stream_want(s, 0, GM_COFF_BIG_HEADER_BYTES);
    gm_stream_want(s, tables.sections_offset,
                   (uint64_t)tables.section_count * GM_COFF_SECTION_BYTES);
    if (tables.strings_offset)
        gm_stream_want(s, tables.strings_offset, UINT64_MAX);
}

const gm_keeper gm_keeper_pe = {begin_pe, window_pe};
const gm_keeper gm_keeper_coff = {begin_coff, NULL};
