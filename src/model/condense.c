/* SPDX-License-Identifier: MIT */
/* A library with each kind of module once: what it comes to does not grow with its images. */
#include <string.h>

#include "model/report.h"

#define TRIES 256

static bool same_image(const gm_image *a, const gm_image *b)
{
    return a->kind == b->kind && a->compression == b->compression && a->ptx_isa == b->ptx_isa &&
           a->relocatable == b->relocatable && a->obfuscated == b->obfuscated &&
           gm_target_equal(&a->target, &b->target);
}

static bool same_module(const gm_library *left, const gm_module *a, const gm_library *right,
                        const gm_module *b)
{
    if (a->registration != b->registration || a->stub != b->stub ||
        a->image_count != b->image_count)
        return false;
    for (size_t i = 0; i < a->image_count; i++)
        if (!same_image(&left->images.items[a->first_image + i],
                        &right->images.items[b->first_image + i]))
            return false;
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

/* Equal for modules that are equal. */
static uint64_t hash_module(const gm_library *library, const gm_module *module)
{
    uint64_t hash = mix((uint64_t)module->registration, module->image_count);
    for (size_t i = 0; i < module->image_count; i++) {
        const gm_image *image = &library->images.items[module->first_image + i];
        hash = mix(hash, (uint64_t)image->kind << 8 | (uint64_t)image->compression);
        hash = mix(hash, (uint64_t)image->target.number << 16 | image->ptx_isa);
        hash = mix(hash, (uint64_t)image->target.suffix);
        for (const char *c = image->target.name; *c; c++)
            hash = mix(hash, (unsigned char)*c);
    }
    return hash;
}

static bool add_kind(gm_arena *arena, const gm_library *from, const gm_module *module,
                     gm_library *to)
{
    gm_module *kept = GM_PUSH(arena, &to->modules);
    if (!kept)
        return false;
    *kept = *module;
    kept->first_image = to->images.count;
    for (size_t i = 0; i < module->image_count; i++) {
        gm_image *image = GM_PUSH(arena, &to->images);
        if (!image)
            return false;
        *image = from->images.items[module->first_image + i];
    }
    return true;
}

static void add_alike(const gm_library *from, const gm_module *module, gm_library *to,
                      gm_module *kept)
{
    kept->alike += module->alike + 1;
    kept->bytes += module->bytes;
    for (size_t i = 0; i < module->image_count; i++) {
        const gm_image *image = &from->images.items[module->first_image + i];
        to->images.items[kept->first_image + i].stored_bytes += image->stored_bytes;
        to->images.items[kept->first_image + i].raw_bytes += image->raw_bytes;
    }
}

/* `slots`, a power of two of them, hold places of kinds in `to` + 1. One that is not found soon,
 * which only a made-up file brings about, stands for itself. */
static bool take_module(gm_arena *arena, const gm_library *from, const gm_module *module,
                        gm_library *to, uint32_t *slots, size_t slot_count)
{
    size_t at = (size_t)hash_module(from, module) & (slot_count - 1);
    for (size_t tries = 0; slots[at] && tries < TRIES; tries++) {
        gm_module *kept = &to->modules.items[slots[at] - 1];
        if (same_module(from, module, to, kept)) {
            add_alike(from, module, to, kept);
            return true;
        }
        at = (at + 1) & (slot_count - 1);
    }
    slots[at] = (uint32_t)to->modules.count + 1;
    return add_kind(arena, from, module, to);
}

/* Lists that are as long as they need to be: those that grew leave their halves in the arena. */
static bool keep(gm_arena *arena, const gm_library *condensed, gm_library *to)
{
    for (size_t i = 0; i < condensed->modules.count; i++)
        condensed->modules.items[i].section = NULL; /* of no single module */
    return gm_library_copy(arena, condensed, to);
}

bool gm_library_condense(gm_arena *arena, const gm_library *from, gm_library *to)
{
    gm_arena *work = gm_arena_under(arena);
    gm_library condensed = *from;
    size_t slot_count = 8;
    condensed.modules.items = NULL;
    condensed.images.items = NULL;
    condensed.modules.count = condensed.modules.capacity = 0;
    condensed.images.count = condensed.images.capacity = 0;
    while (slot_count < from->modules.count * 2)
        slot_count *= 2;
    uint32_t *slots = work ? gm_arena_array(work, slot_count, sizeof *slots) : NULL;
    bool done = slots != NULL;
    for (size_t i = 0; done && i < from->modules.count; i++)
        done = take_module(work, from, &from->modules.items[i], &condensed, slots, slot_count);
    done = done && keep(arena, &condensed, to);
    gm_arena_free(work);
    return done;
}
