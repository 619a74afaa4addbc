/* SPDX-License-Identifier: MIT */
/* What a stream keeps of an ELF file: its head, the tables that headers name, and, because section
 * headers come last, whatever looks like a relocation, a record or the name of a section. */
#include <string.h>

#include "hostfile/elf.h"
#include "scan/stream.h"

/* The first part of the file: its header and, in most files, its segments, notes and names. */
#define HEAD_BYTES ((uint64_t)64 << 10)
/* Where there are no segments, the names of sections are looked for around "fatbin". */
#define AROUND_NAME 64

/* Headers at the start of the file say where other tables will come. */
static void begin(gm_stream *s)
{
    gm_elf_header header;
    gm_elf_header_read(gm_stream_from(s, 0), &header);
    s->own.magic = header.big_endian ? 0xb1436246 : GM_HOST_RECORD_MAGIC;
    s->own.relative = gm_elf_relative(&header);
    gm_stream_want(s, 0, HEAD_BYTES);
    gm_stream_want(s, header.segments_offset,
                   (uint64_t)header.segment_count * header.segment_bytes);
    if (header.sections_offset)
        gm_stream_want(s, header.sections_offset,
                       gm_elf_sections_bound(&header, &s->context->limits));
    for (size_t i = 0; i < header.segment_count; i++) {
        uint32_t type;
        gm_host_segment segment;
        gm_span bytes = gm_stream_from(s, header.segments_offset + i * header.segment_bytes);
        if (!gm_elf_segment_read(&header, bytes, &type, &segment))
            break; /* not at hand, and none behind it is */
        if (type == GM_ELF_PT_DYNAMIC || type == GM_ELF_PT_NOTE)
            gm_stream_want(s, segment.offset, segment.bytes);
    }
}

/* All section names that matter hold "fatbin" in some spelling. */
static void find_names(gm_stream *s)
{
    const uint8_t *first = s->buffer + (s->done - s->base);
    const uint8_t *end = s->buffer + (s->limit - s->base);
    /* By the 'n' of "tbin", the rarest of its bytes in libraries. */
    for (const uint8_t *at = first; at < end; at++) {
        at = memchr(at, 'n', (size_t)(end - at));
        if (!at)
            return;
        uint64_t offset = s->base + (uint64_t)(at - s->buffer);
        if (offset < 3 || at[-1] != 'i' || (at[-2] | 0x20) != 'b' || at[-3] != 't')
            continue;
        offset -= 3;
        gm_stream_mark(s, offset < AROUND_NAME ? 0 : offset - AROUND_NAME, offset + AROUND_NAME);
    }
}

/* The table of sections' names is known by its own. All of it is kept, most have a block or two. */
static void find_all_names(gm_stream *s)
{
    static const char own[] = ".shstrtab";
    gm_span bytes = gm_stream_from(s, s->done);
    for (const uint8_t *at = bytes.data; bytes.data && at < bytes.data + (s->limit - s->done);
         at++) {
        at = memchr(at, '.', (size_t)(bytes.data + (s->limit - s->done) - at));
        if (!at)
            return;
        uint64_t offset = s->done + (uint64_t)(at - bytes.data);
        if (bytes.size - (size_t)(at - bytes.data) >= sizeof own && !memcmp(at, own, sizeof own))
            gm_stream_mark(s, offset < GM_STREAM_BEHIND ? 0 : offset - GM_STREAM_BEHIND,
                           offset + GM_STREAM_BEHIND);
    }
}

static gm_status window(gm_stream *s)
{
    find_names(s);
    if (s->deep)
        find_all_names(s);
    return gm_stream_words(s);
}

const gm_keeper gm_keeper_elf = {begin, window};
