/* SPDX-License-Identifier: MIT */
#include "model/code.h"

#include <stdlib.h>

const char *gm_image_kind_token(gm_image_kind kind)
{
    static const char *const tokens[] = {
#define GM_ENUM(name, token) [GM_IMAGE_##name] = token,
        GM_IMAGE_KINDS(GM_ENUM)
#undef GM_ENUM
    };
    return tokens[kind];
}

const char *gm_compression_token(gm_compression compression)
{
    static const char *const tokens[] = {
#define GM_ENUM(name, token) [GM_COMPRESSION_##name] = token,
        GM_COMPRESSIONS(GM_ENUM)
#undef GM_ENUM
    };
    return tokens[compression];
}

bool gm_module_counts(const gm_module *module)
{
    return !module->stub && module->registration != GM_MODULE_PRELINKED;
}

size_t gm_library_module_count(const gm_library *library)
{
    size_t count = 0;
    for (size_t i = 0; i < library->modules.count; i++)
        if (gm_module_counts(&library->modules.items[i]))
            count += library->modules.items[i].alike + 1;
    return count;
}

size_t gm_library_stub_count(const gm_library *library)
{
    size_t count = 0;
    for (size_t i = 0; i < library->modules.count; i++)
        if (library->modules.items[i].stub)
            count += library->modules.items[i].alike + 1;
    return count;
}

/* A row while it is being filled. */
struct growing_row {
    gm_target_row row;
    size_t last_module; /* index + 1 of the module that was counted last */
};

/* Where an image counts: `module`, which is one of `modules` with the same code; there are as many
 * images like it as `images`. */
struct place {
    size_t module, modules, images;
};
typedef GM_LIST(struct growing_row) growing_rows;

static struct growing_row *row_of(growing_rows *rows, gm_arena *arena, const gm_image *image)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct growing_row *growing = &rows->items[i];
        if (growing->row.kind == image->kind &&
            gm_target_equal(&growing->row.target, &image->target))
            return growing;
    }
    struct growing_row *growing = GM_PUSH(arena, rows);
    if (growing) {
        growing->row.target = image->target;
        growing->row.kind = image->kind;
    }
    return growing;
}

static bool count_image(growing_rows *rows, gm_arena *arena, const gm_image *image,
                        struct place place)
{
    struct growing_row *growing = row_of(rows, arena, image);
    if (!growing)
        return false;
    growing->row.images += place.images;
    growing->row.bytes += image->stored_bytes;
    growing->row.compression[image->compression] += place.images;
    if (image->ptx_isa > growing->row.ptx_isa_max)
        growing->row.ptx_isa_max = image->ptx_isa;
    if (growing->last_module != place.module + 1) {
        growing->last_module = place.module + 1;
        growing->row.modules += place.modules;
    }
    return true;
}

static int compare_rows(const void *a, const void *b)
{
    const gm_target_row *left = a, *right = b;
    int targets = gm_target_compare(&left->target, &right->target);
    return targets ? targets : (int)left->kind - (int)right->kind;
}

/* Place of the linked module that the prelinked parts belong to; the count of modules for none. */
static size_t linked_module(const gm_library *library)
{
    size_t m = 0;
    while (m < library->modules.count && library->modules.items[m].registration != GM_MODULE_LINKED)
        m++;
    return m;
}

bool gm_library_targets(const gm_library *library, gm_arena *arena, gm_target_rows *ret_rows)
{
    growing_rows rows = {0};
    size_t linked = linked_module(library);
    for (size_t m = 0; m < library->modules.count; m++) {
        const gm_module *module = &library->modules.items[m];
        bool part = module->registration == GM_MODULE_PRELINKED && linked < library->modules.count;
        struct place place = {part ? linked : m, part ? 1 : module->alike + 1, module->alike + 1};
        for (size_t i = 0; (part || gm_module_counts(module)) && i < module->image_count; i++) {
            const gm_image *image = &library->images.items[module->first_image + i];
            if ((!part || image->kind == GM_IMAGE_PTX) && !count_image(&rows, arena, image, place))
                return false;
        }
    }
    *ret_rows = (gm_target_rows){0};
    for (size_t i = 0; i < rows.count; i++) {
        gm_target_row *row = GM_PUSH(arena, ret_rows);
        if (!row)
            return false;
        *row = rows.items[i].row;
    }
    if (ret_rows->count)
        qsort(ret_rows->items, ret_rows->count, sizeof *ret_rows->items, compare_rows);
    return true;
}
