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

uint64_t gm_library_code_bytes(const gm_library *library)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < library->images.count; i++)
        bytes += library->images.items[i].stored_bytes;
    return bytes;
}
