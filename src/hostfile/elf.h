/* SPDX-License-Identifier: MIT */
/* ELF, 32 and 64 bits, both byte orders, as far as GPU code needs it (System V gABI, chapters
 * "Object Files" and "Program Loading"; psABI supplements for the relocation numbers). */
#ifndef GM_HOSTFILE_ELF_H
#define GM_HOSTFILE_ELF_H

#include "hostfile/host.h"

#define GM_ELF_HEADER_BYTES  ((size_t)64)
#define GM_ELF_SEGMENT_BYTES ((size_t)56) /* at most: fewer in 32-bit files */
#define GM_ELF_BUILD_ID_MAX  ((size_t)64)

/* p_type */
enum { GM_ELF_PT_LOAD = 1, GM_ELF_PT_DYNAMIC = 2, GM_ELF_PT_NOTE = 4 };

/* e_machine */
enum { GM_ELF_X86_64 = 62, GM_ELF_AARCH64 = 183, GM_ELF_CUDA = 190, GM_ELF_AMDGPU = 224 };

/* The header, which the first 64 bytes hold. */
typedef struct gm_elf_header {
    bool is_elf;
    bool supported; /* of a class and byte order that exist */
    bool wide;      /* 64-bit */
    bool big_endian;
    uint16_t type, machine;
    uint64_t segments_offset, sections_offset;
    uint16_t segment_bytes, segment_count;
    uint16_t section_bytes, section_count, names_index;
} gm_elf_header;

void gm_elf_header_read(gm_span head, gm_elf_header *ret_header);

/* How big the table of section headers can be at most, for a reader that must keep it before it
 * knows (with extended numbering the count stands in the table itself). */
uint64_t gm_elf_sections_bound(const gm_elf_header *header, const gm_limits *limits);

/* Reads one program header; false when `bytes` are too few. */
bool gm_elf_segment_read(const gm_elf_header *header, gm_span bytes, uint32_t *ret_type,
                         gm_host_segment *ret_segment);

extern const gm_host_format gm_host_elf;

/* Parts of gm_host_elf, each in its file. */
gm_status gm_elf_needs_read(const gm_host_reading *reading, const gm_host *host,
                            gm_host_needs *ret_needs);
gm_status gm_elf_relocate(const gm_host_reading *reading, const gm_host *host,
                          gm_host_records *records);

/* One entry of the dynamic section (d_tag, d_val); `*ret_tag` is 0, which ends it, behind the last
 * one. */
gm_status gm_elf_dynamic_entry(const gm_host_reading *reading, const gm_host *host, size_t index,
                               uint64_t *ret_tag, uint64_t *ret_value);

/* The relocation that sets a pointer to the load address plus its addend (psABI), of 64-bit
 * little-endian files; 0 where there is none that we know. */
uint32_t gm_elf_relative(const gm_elf_header *header);

/* Does such a relocation of kind `relative` begin here? For readers that must decide what to keep
 * of a stream: `words` are three numbers in a row, 24 bytes. */
bool gm_elf_maybe_relocation(const uint64_t words[3], uint32_t relative);

#endif
