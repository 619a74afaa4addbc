/* SPDX-License-Identifier: MIT */
/* What a file is, by its first bytes. */
#ifndef GM_GPUCODE_SNIFF_H
#define GM_GPUCODE_SNIFF_H

#include "base/bytes.h"

typedef enum gm_file_kind {
    GM_FILE_OTHER, /* nothing that could hold GPU code by itself */
    GM_FILE_EMPTY,
    GM_FILE_ELF, /* host code */
    GM_FILE_FATBIN,
    GM_FILE_CUBIN,
    GM_FILE_PTX,
    GM_FILE_PE,      /* program or library of Windows */
    GM_FILE_COFF,    /* object file of Windows */
    GM_FILE_ARCHIVE, /* ar: static library */
    GM_FILE_ZIP,     /* wheel */
    GM_FILE_NVVM,    /* LTO-IR, OptiX-IR */
    GM_FILE_HSACO,
    GM_FILE_HIP_BUNDLE, /* also compressed */
    GM_FILE_OFFLOAD     /* LLVM OffloadBinary */
} gm_file_kind;

/* How many bytes gm_sniff wants to see; fewer are fine for a small file. */
#define GM_SNIFF_BYTES ((size_t)4096)

gm_file_kind gm_sniff(gm_span head);

/* With this many bytes the answer is nearly always final. */
#define GM_SNIFF_FEW_BYTES ((size_t)256)

/* Could more bytes than `head` lead to another answer? */
bool gm_sniff_open(gm_span head);

/* "elf", "fatbin" …; NULL for other and empty files. */
const char *gm_file_kind_token(gm_file_kind kind);

#endif
