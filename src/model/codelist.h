/* SPDX-License-Identifier: MIT */
/* A list of GPU code as people write it, read into images. */
#ifndef GM_MODEL_CODELIST_H
#define GM_MODEL_CODELIST_H

#include "base/error.h"
#include "model/code.h"

/* Adds the images that `text` names to `library` (one module; kind "list"). Accepts, separated by
 * blanks, commas and semicolons in any mixture:
 *   sm_80 sm_90a compute_90      what PyTorch and nvcc print
 *   8.0;9.0+PTX 9.0a             TORCH_CUDA_ARCH_LIST
 *   80-real;90-virtual 90        CMake (90 alone is both)
 *   gfx90a:xnack+;gfx1100        HIP
 * each with optional ":ptx8.7" and ":zstd". Two digits or more without a dot are a number as CMake
 * writes it; words in `other` (names of Intel targets, ended by NULL, may be NULL) are targets too.
 * A wrong word is GM_USAGE, code "bad-code", subject the word. */
gm_status gm_code_list_parse(const char *text, const char *const *other, gm_arena *arena,
                             gm_library *library, gm_error *reterr);

#endif
