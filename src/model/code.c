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

gm_target_row *gm_target_rows_count(gm_target_rows *rows, gm_arena *arena, const gm_image *image,
                                    size_t images)
{
    size_t i = 0;
    while (i < rows->count && (rows->items[i].kind != image->kind ||
                               !gm_target_equal(&rows->items[i].target, &image->target)))
        i++;
    gm_target_row *row = i < rows->count ? &rows->items[i] : GM_PUSH(arena, rows);
    if (!row)
        return NULL;
    row->target = image->target;
    row->kind = image->kind;
    row->images += images;
    row->bytes += image->stored_bytes;
    row->compression[image->compression] += images;
    if (image->ptx_isa > row->ptx_isa_max)
        row->ptx_isa_max = image->ptx_isa;
    return row;
}

static int compare_rows(const void *a, const void *b)
{
    const gm_target_row *left = a, *right = b;
    int targets = gm_target_compare(&left->target, &right->target);
    return targets ? targets : (int)left->kind - (int)right->kind;
}

void gm_target_rows_sort(gm_target_rows *rows)
{
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, compare_rows);
}

/* Where an image counts: `module`, which is one of `modules` with the same code; there are as many
 * images like it as `images`. */
struct place {
    size_t module, modules, images;
};
typedef GM_LIST(size_t) place_list;

/* `last[i]`: index + 1 of the module that row i has counted last. */
static bool count_image(gm_target_rows *rows, place_list *last, gm_arena *arena,
                        const gm_image *image, struct place place)
{
    gm_target_row *row = gm_target_rows_count(rows, arena, image, place.images);
    if (!row || (last->count < rows->count && !GM_PUSH(arena, last)))
        return false;
    size_t *counted = &last->items[row - rows->items];
    if (*counted != place.module + 1)
        row->modules += place.modules;
    *counted = place.module + 1;
    return true;
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
    place_list last = {0};
    size_t linked = linked_module(library);
    *ret_rows = (gm_target_rows){0};
    for (size_t m = 0; m < library->modules.count; m++) {
        const gm_module *module = &library->modules.items[m];
        bool part = module->registration == GM_MODULE_PRELINKED && linked < library->modules.count;
        struct place place = {part ? linked : m, part ? 1 : module->alike + 1, module->alike + 1};
        for (size_t i = 0; (part || gm_module_counts(module)) && i < module->image_count; i++) {
            const gm_image *image = &library->images.items[module->first_image + i];
            if ((!part || image->kind == GM_IMAGE_PTX) &&
                !count_image(ret_rows, &last, arena, image, place))
                return false;
        }
    }
    gm_target_rows_sort(ret_rows);
    return true;
}
