/* SPDX-License-Identifier: MIT */
/* COFF: object files of Windows compilers, "bigobj" ones too, and the part of it that PE images
 * share ("PE Format", Microsoft). */
#ifndef GM_HOSTFILE_COFF_H
#define GM_HOSTFILE_COFF_H

#include "hostfile/host.h"

#define GM_COFF_HEADER_BYTES     ((size_t)20)
#define GM_COFF_BIG_HEADER_BYTES ((size_t)56)
#define GM_COFF_SECTION_BYTES    ((size_t)40)

/* Where the tables of a file are. */
typedef struct gm_coff_tables {
    const char *arch; /* NULL: not a machine that we know */
    uint64_t sections_offset;
    uint32_t section_count;
    uint64_t strings_offset; /* of long names; 0 none */
    bool image;              /* PE: sections are loaded at addresses, long names are cut */
} gm_coff_tables;

/* Name of a machine; NULL for those that we do not know. */
const char *gm_coff_arch(uint16_t machine);

/* Reads the header of an object file; false when `head` does not begin with one. It has no magic
 * number, so all of it must make sense. */
bool gm_coff_header_read(gm_span head, gm_coff_tables *ret_tables);

/* Reads the COFF header at `offset`, which is the one of an image. */
bool gm_coff_image_header_read(gm_span head, uint64_t offset, gm_coff_tables *ret_tables);

/* Reads the table of sections into `host`. */
gm_status gm_coff_sections_read(const gm_host_reading *reading, const gm_coff_tables *tables,
                                gm_host *host);

extern const gm_host_format gm_host_coff;

#endif
