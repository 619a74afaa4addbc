/* SPDX-License-Identifier: MIT */
#include "model/survey.h"

#include <stdlib.h>

const char *gm_cuda_basis_token(gm_cuda_basis basis)
{
    static const char *const tokens[] = {[GM_CUDA_UNKNOWN] = NULL,
                                         [GM_CUDA_NAMED] = "named",
                                         [GM_CUDA_LINKED] = "linked",
                                         [GM_CUDA_AT_LEAST] = "at-least"};
    return tokens[basis];
}

static gm_target_row *row_of(gm_arena *arena, gm_target_rows *rows, const gm_image *image)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].kind == image->kind &&
            gm_target_equal(&rows->items[i].target, &image->target))
            return &rows->items[i];
    gm_target_row *row = GM_PUSH(arena, rows);
    if (row) {
        row->target = image->target;
        row->kind = image->kind;
    }
    return row;
}

static int by_target(const void *a, const void *b)
{
    const gm_target_row *left = a, *right = b;
    int order = gm_target_compare(&left->target, &right->target);
    return order ? order : (int)left->kind - (int)right->kind;
}

bool gm_library_add_sizes(const gm_library *library, gm_arena *arena, gm_target_rows *rows)
{
    for (size_t m = 0; m < library->modules.count; m++) {
        const gm_module *module = &library->modules.items[m];
        for (size_t i = 0; i < module->image_count; i++) {
            const gm_image *image = &library->images.items[module->first_image + i];
            gm_target_row *row = row_of(arena, rows, image);
            if (!row)
                return false;
            row->images += module->alike + 1;
            row->bytes += image->stored_bytes;
            row->compression[image->compression] += module->alike + 1;
            if (image->ptx_isa > row->ptx_isa_max)
                row->ptx_isa_max = image->ptx_isa;
        }
    }
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, by_target);
    return true;
}

uint64_t gm_library_code_bytes(const gm_library *library)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < library->images.count; i++)
        bytes += library->images.items[i].stored_bytes;
    return bytes;
}
