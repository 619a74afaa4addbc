/* SPDX-License-Identifier: MIT */
/* Files of NVIDIA's intermediate code: LTO-IR, which a linker makes code of, and OptiX-IR, which
 * OptiX compiles when a program starts.
 *
 *   0 u32 magic 0x7f4e43ed  4 u8, u8 version  14 u16 1 LTO-IR, 2 OptiX-IR  16 u32 0x2c for 'a'
 *   26 u16 10 * target
 *
 * Measured on files of nvcc 11.8 and 13.0 for eleven targets; NVIDIA does not document it. */
#ifndef GM_GPUCODE_NVVM_H
#define GM_GPUCODE_NVVM_H

#include "base/bytes.h"
#include "model/code.h"

/* Reads the head of a file of `size` bytes; false when it is cut off. */
bool gm_nvvm_read(gm_span head, uint64_t size, gm_image *ret_image);

#endif
