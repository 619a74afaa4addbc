/* SPDX-License-Identifier: MIT */
#include "model/survey.h"

const char *gm_cuda_basis_token(gm_cuda_basis basis)
{
    static const char *const tokens[] = {[GM_CUDA_UNKNOWN] = NULL,
                                         [GM_CUDA_NAMED] = "named",
                                         [GM_CUDA_LINKED] = "linked",
                                         [GM_CUDA_AT_LEAST] = "at-least"};
    return tokens[basis];
}

bool gm_library_add_sizes(const gm_library *library, gm_arena *arena, gm_target_rows *rows)
{
    for (size_t m = 0; m < library->modules.count; m++) {
        const gm_module *module = &library->modules.items[m];
        for (size_t i = 0; i < module->image_count; i++) {
            const gm_image *image = &library->images.items[module->first_image + i];
            if (!gm_target_rows_count(rows, arena, image, module->alike + 1))
                return false;
        }
    }
    gm_target_rows_sort(rows);
    return true;
}

uint64_t gm_library_code_bytes(const gm_library *library)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < library->images.count; i++)
        bytes += library->images.items[i].stored_bytes;
    return bytes;
}
