/* SPDX-License-Identifier: MIT */
/* PE images: .dll, .pyd and .exe of Windows ("PE Format", Microsoft). Headers and the table of
 * sections come first; section names have eight bytes, so that ".nv_fatbin" is ".nv_fatb" and
 * ".nvFatBinSegment" is ".nvFatBi" there. Addresses stand in the file as if it were loaded at its
 * image base, so that records need no relocations. */
#ifndef GM_HOSTFILE_PE_H
#define GM_HOSTFILE_PE_H

#include "hostfile/coff.h"

/* Headers further in than this are not believed: a stream has to keep them. */
#define GM_PE_HEAD_BYTES ((uint64_t)64 << 10)

typedef struct gm_pe_header {
    gm_coff_tables tables;
    bool wide; /* PE32+ */
    uint64_t image_base;
    uint32_t imports, delay_imports; /* relative addresses of tables; 0 none */
    uint32_t debug, debug_bytes;
} gm_pe_header;

/* Reads the headers, which `head` must hold; false where there is no PE header. */
bool gm_pe_header_read(gm_span head, gm_pe_header *ret_header);

/* The debug directory leads to the build id. Reads one of its rows: where the data lies that row
 * `index` describes; bytes 0 when it is not the build id's. */
#define GM_PE_DEBUG_BYTES    ((size_t)28)
#define GM_PE_DEBUG_ROWS     ((size_t)16) /* more are not looked at */
#define GM_PE_BUILD_ID_BYTES ((size_t)24)
gm_host_segment gm_pe_build_id_place(gm_span row);

extern const gm_host_format gm_host_pe;

/* Part of gm_host_pe: names of the DLLs that are loaded with the file or at the first call. */
gm_status gm_pe_needs_read(const gm_host_reading *reading, const gm_host *host,
                           gm_host_needs *ret_needs);

#endif
