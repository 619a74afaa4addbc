/* SPDX-License-Identifier: MIT */
#include "gpucode/nvvm.h"

#define KIND_OPTIXIR  2u
#define ARCH_SPECIFIC 0x2cu

bool gm_nvvm_read(gm_span head, uint64_t size, gm_image *ret_image)
{
    bool ok = true;
    unsigned kind = gm_u16le(head, 14, &ok), number = gm_u16le(head, 26, &ok) / 10u;
    char suffix = gm_u32le(head, 16, &ok) == ARCH_SPECIFIC ? 'a' : 0;
    bool optix = kind == KIND_OPTIXIR;
    *ret_image = (gm_image){.kind = optix ? GM_IMAGE_OPTIXIR : GM_IMAGE_LTOIR,
                            .target = gm_target_compute(number, suffix),
                            .relocatable = !optix,
                            .stored_bytes = size,
                            .raw_bytes = size};
    if (!number)
        ret_image->target.kind = GM_TARGET_NONE;
    return ok;
}
