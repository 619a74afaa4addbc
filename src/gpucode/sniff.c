/* SPDX-License-Identifier: MIT */
#include "gpucode/sniff.h"

#include <string.h>

#include "gpucode/fatbin.h"
#include "gpucode/ptx.h"
#include "hostfile/elf.h"
#include "hostfile/pe.h"

static const struct {
    const char *magic;
    size_t bytes;
    gm_file_kind kind;
} magics[] = {
    {"!<arch>\n", 8, GM_FILE_ARCHIVE},
    {"!<thin>\n", 8, GM_FILE_ARCHIVE},
    {"PK\x03\x04", 4, GM_FILE_ZIP},
    {"PK\x05\x06", 4, GM_FILE_ZIP},
    {"\xed\x43\x4e\x7f", 4, GM_FILE_NVVM},
    {"\x10\xff\x10\xad", 4, GM_FILE_OFFLOAD},
    {"__CLANG_OFFLOAD_BUNDLE__", 24, GM_FILE_HIP_BUNDLE},
    {"CCOB", 4, GM_FILE_HIP_BUNDLE},
};

/* Programs of DOS begin like this as well, and so may any text: the place of the PE header, which
 * is near, tells. */
static bool is_pe(gm_span head)
{
    bool ok = true;
    return gm_u16le(head, 0, &ok) == 0x5a4d && gm_u32le(head, 0x3c, &ok) < GM_PE_HEAD_BYTES && ok;
}

gm_file_kind gm_sniff(gm_span head)
{
    gm_coff_tables coff;
    gm_elf_header elf;
    if (head.size == 0)
        return GM_FILE_EMPTY;
    gm_elf_header_read(head, &elf);
    if (elf.is_elf && elf.machine == GM_ELF_CUDA)
        return GM_FILE_CUBIN;
    if (elf.is_elf)
        return elf.machine == GM_ELF_AMDGPU ? GM_FILE_HSACO : GM_FILE_ELF;
    if (gm_fatbin_magic(head))
        return GM_FILE_FATBIN;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (head.size >= magics[i].bytes && !memcmp(head.data, magics[i].magic, magics[i].bytes))
            return magics[i].kind;
    if (is_pe(head))
        return GM_FILE_PE;
    if (gm_coff_header_read(head, &coff) && coff.arch)
        return GM_FILE_COFF;
    return gm_ptx_sniff(head) == GM_PTX_YES ? GM_FILE_PTX : GM_FILE_OTHER;
}

bool gm_sniff_open(gm_span head)
{
    return head.size < GM_SNIFF_FEW_BYTES ||
           (gm_sniff(head) == GM_FILE_OTHER && gm_ptx_sniff(head) == GM_PTX_OPEN);
}

const char *gm_file_kind_token(gm_file_kind kind)
{
    switch (kind) {
    case GM_FILE_ELF:
        return "elf";
    case GM_FILE_FATBIN:
        return "fatbin";
    case GM_FILE_CUBIN:
        return "cubin";
    case GM_FILE_PTX:
        return "ptx";
    case GM_FILE_PE:
        return "pe";
    case GM_FILE_COFF:
        return "coff";
    case GM_FILE_ARCHIVE:
        return "ar";
    case GM_FILE_ZIP:
        return "zip";
    case GM_FILE_NVVM:
        return "nvvm";
    case GM_FILE_HSACO:
        return "hsaco";
    case GM_FILE_HIP_BUNDLE:
        return "hip-bundle";
    case GM_FILE_OFFLOAD:
        return "offload";
    case GM_FILE_OTHER:
    case GM_FILE_EMPTY:
        break;
    }
    return NULL;
}
