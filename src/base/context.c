/* SPDX-License-Identifier: MIT */
#include "base/context.h"

gm_context gm_context_defaults(void)
{
    return (gm_context){.limits = {.images_per_library = 1000000,
                                   .sections_per_file = 65536,
                                   .files_per_directory = 1000000,
                                   .findings = 1000,
                                   .nesting = 8,
                                   .arena_bytes = (size_t)512 << 20}};
}

bool gm_context_cancelled(const gm_context *context)
{
    return context->cancelled && context->cancelled(context->user);
}
