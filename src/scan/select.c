/* SPDX-License-Identifier: MIT */
#include "scan/select.h"

#include <stdlib.h>

#include "scan/deep.h"

/* Stubs of device linking hold machine code images without code. Where an image cannot be looked
 * into because it is compressed, its size tells: the largest stub image seen is 1,640 bytes, the
 * smallest with code 2,688 (nvcc 13.0, sm_75 to sm_120, measured). A linked container in a file
 * without the parts that it was linked from was made from nothing: there, the margin is wider. */
#define STUB_BYTES        ((uint64_t)2048)
#define STUB_LINKED_BYTES GM_CODE_LOOK_BYTES

static gm_status no_memory(gm_error *reterr)
{
    return gm_fail(reterr, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
}

static gm_status add_image(gm_selection *selection, const gm_fatbin_entry *entry, bool relocatable,
                           gm_error *reterr)
{
    gm_image *image = GM_PUSH(selection->arena, &selection->library->images);
    uint8_t *has_code = image ? GM_PUSH(selection->arena, &selection->has_code) : NULL;
    if (!has_code)
        return no_memory(reterr);
    *image = entry->image;
    image->relocatable = image->relocatable || relocatable;
    *has_code = (uint8_t)entry->has_code;
    if (!selection->pass || !gm_deep_payload(selection->pass, image->offset, &image->payload))
        return GM_OK;
    if (!image->payload)
        gm_damage_note(selection->arena, selection->damage, "payload", image->offset);
    else if (image->payload->code != GM_CODE_UNSEEN)
        *has_code = (uint8_t)image->payload->code;
    return GM_OK;
}

static gm_status add_module(gm_selection *selection, const gm_fatbin *fatbin,
                            const gm_region *region, uint64_t end, gm_error *reterr)
{
    gm_library *library = selection->library;
    gm_module *module = GM_PUSH(selection->arena, &library->modules);
    if (!module)
        return no_memory(reterr);
    uint64_t room = end - fatbin->offset;
    *module = (gm_module){.offset = fatbin->offset,
                          .bytes = fatbin->bytes < room ? fatbin->bytes : room,
                          .section = region->section,
                          .registration = region->registration,
                          .first_image = library->images.count};
    for (size_t i = 0; i < fatbin->entries.count; i++) {
        const gm_fatbin_entry *entry = &fatbin->entries.items[i];
        if (entry->end > end)
            break;
        if (library->images.count >= selection->context->limits.images_per_library) {
            gm_damage_note(selection->arena, selection->damage, "too-many-images", fatbin->offset);
            break;
        }
        gm_status status =
            add_image(selection, entry, region->registration == GM_MODULE_PRELINKED, reterr);
        if (status != GM_OK)
            return status;
        module->image_count++;
    }
    uint8_t *whole = GM_PUSH(selection->arena, &selection->whole);
    if (!whole)
        return no_memory(reterr);
    *whole = fatbin->whole && module->image_count == fatbin->entries.count;
    return GM_OK;
}

/* How far a region has been gone through. */
struct cursor {
    uint64_t at;      /* where the next container should begin */
    uint64_t search;  /* where to look for one when none begins there: the last one may be damaged
                         such that it reaches over the beginning of others */
    uint64_t entries; /* seen so far */
};

/* Goes on behind `fatbin` or, where it could not be read to its end inside the region, at the next
 * container that begins behind its beginning: its own sizes may be what is damaged. */
static gm_status go_on(gm_selection *selection, const gm_fatbin *fatbin, uint64_t end,
                       struct cursor *cursor, gm_error *reterr)
{
    gm_container_source *source = &selection->source;
    bool past = fatbin->bytes > end - fatbin->offset;
    if (fatbin->damage)
        gm_damage_note(selection->arena, selection->damage, fatbin->damage, fatbin->damage_offset);
    else if (past)
        gm_damage_note(selection->arena, selection->damage, "container-past-section",
                       fatbin->offset);
    cursor->search = fatbin->offset + 1;
    if (fatbin->whole && !past) {
        cursor->at = fatbin->zero_end;
        return GM_OK;
    }
    return source->next(source->state, cursor->search, end, &cursor->at, reterr);
}

/* Acts on what is at the cursor and moves it on. */
static gm_status select_one(gm_selection *selection, const gm_region *region, uint64_t end,
                            struct cursor *cursor, gm_error *reterr)
{
    const gm_fatbin *fatbin;
    gm_container_source *source = &selection->source;
    gm_status status = source->at(source->state, cursor->at, &fatbin, reterr);
    if (status != GM_OK)
        return status;
    cursor->entries += fatbin ? fatbin->entries.count : 0;
    if (fatbin && region->strict &&
        (!fatbin->whole || fatbin->damage || fatbin->bytes > end - fatbin->offset))
        fatbin = NULL;
    if (fatbin && (region->exact || fatbin->entries.count > 0)) {
        status = add_module(selection, fatbin, region, end, reterr);
        return status == GM_OK ? go_on(selection, fatbin, end, cursor, reterr) : status;
    }
    uint64_t from = cursor->at + 1;
    if (region->exact) {
        gm_damage_note(selection->arena, selection->damage, "not-a-container", cursor->at);
        from = cursor->search;
        cursor->search = cursor->at + 1;
    }
    return source->next(source->state, from, end, &cursor->at, reterr);
}

gm_status gm_select_region(gm_selection *selection, const gm_region *region, gm_error *reterr)
{
    struct cursor cursor = {.at = region->offset, .search = region->offset + 1};
    uint64_t end = region->offset + region->bytes;
    size_t limit = selection->context->limits.images_per_library;
    gm_status status = GM_OK;
    while (status == GM_OK && cursor.at < end && end - cursor.at >= GM_FATBIN_HEADER_BYTES) {
        if (gm_context_cancelled(selection->context))
            return gm_fail(reterr, GM_CANCELLED, "cancelled", NULL, cursor.at);
        /* Containers that overlap can have more entries together than the file has bytes. */
        if (selection->library->modules.count >= limit || cursor.entries >= limit) {
            gm_damage_note(selection->arena, selection->damage, "too-many-images", cursor.at);
            return GM_OK;
        }
        status = select_one(selection, region, end, &cursor, reterr);
    }
    return status;
}

/* Is there a record for the container at `offset`? */
static const gm_host_record *record_of(const gm_host_records *records, uint64_t offset)
{
    size_t low = 0, high = records->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (records->items[middle].container < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < records->count && records->items[low].container == offset ? &records->items[low]
                                                                           : NULL;
}

/* What a file says about its modules, beside the modules. */
struct file_facts {
    bool has_records;   /* so a module without one is known to be unregistered */
    bool has_relfatbin; /* so a linked module was linked from something */
};

/* Images smaller than this, that cannot be looked into, are a stub's; 0: none are. */
static uint64_t stub_bytes(const gm_module *module, const struct file_facts *facts)
{
    if (module->registration == GM_MODULE_LINKED)
        return facts->has_relfatbin ? STUB_BYTES : STUB_LINKED_BYTES;
    return module->registration == GM_MODULE_UNREGISTERED && facts->has_records ? STUB_BYTES : 0;
}

/* Could this image belong to a stub? Nothing but machine code without code does. */
static bool stub_image(const gm_image *image, gm_has_code has_code, uint64_t below_bytes)
{
    if (image->kind != GM_IMAGE_SASS || has_code == GM_CODE_PRESENT)
        return false;
    if (has_code == GM_CODE_ABSENT)
        return true;
    return image->compression != GM_COMPRESSION_NONE && image->raw_bytes > 0 &&
           image->raw_bytes < below_bytes;
}

static bool is_stub(const gm_selection *selection, size_t index, const struct file_facts *facts)
{
    const gm_module *module = &selection->library->modules.items[index];
    if (!selection->whole.items[index] || module->image_count == 0 ||
        module->registration == GM_MODULE_PRELINKED || module->registration == GM_MODULE_BARE ||
        module->registration == GM_MODULE_EMBEDDED)
        return false;
    uint64_t below_bytes = stub_bytes(module, facts);
    for (size_t i = 0; i < module->image_count; i++) {
        size_t image = module->first_image + i;
        if (!stub_image(&selection->library->images.items[image],
                        (gm_has_code)selection->has_code.items[image], below_bytes))
            return false;
    }
    return true;
}

void gm_select_classify(gm_selection *selection, const gm_host_records *records, bool relfatbin)
{
    struct file_facts facts = {records->count > 0, relfatbin};
    for (size_t i = 0; i < selection->library->modules.count; i++) {
        gm_module *module = &selection->library->modules.items[i];
        const gm_host_record *record = record_of(records, module->offset);
        if (record && module->registration == GM_MODULE_UNREGISTERED)
            module->registration = record->version == 2 ? GM_MODULE_LINKED : GM_MODULE_REGISTERED;
        module->stub = is_stub(selection, i, &facts);
    }
}

static bool in_module(const gm_library *library, size_t count, uint64_t offset)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (library->modules.items[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    const gm_module *before = low ? &library->modules.items[low - 1] : NULL;
    return before && offset - before->offset < before->bytes;
}

static const gm_region *region_of(const gm_region *regions, size_t count, const gm_image *image)
{
    for (size_t i = 0; i < count; i++)
        if (image->offset >= regions[i].offset &&
            gm_range_ok(image->offset - regions[i].offset, image->stored_bytes, regions[i].bytes))
            return regions[i].strict ? &regions[i] : NULL;
    return NULL;
}

static int by_offset(const void *a, const void *b)
{
    const gm_module *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* Cubins inside of payloads lie in a module; one inside of another cubin is part of it. */
gm_status gm_select_bare(gm_selection *selection, const gm_region *regions, size_t count,
                         gm_error *reterr)
{
    gm_library *library = selection->library;
    size_t known = library->modules.count;
    uint64_t done = 0;
    for (size_t i = 0; selection->pass && i < selection->pass->bare.count; i++) {
        const gm_image *image = &selection->pass->bare.items[i];
        const gm_region *region = region_of(regions, count, image);
        if (!region || image->offset < done || in_module(library, known, image->offset))
            continue;
        gm_image *kept = GM_PUSH(selection->arena, &library->images);
        gm_module *module = kept ? GM_PUSH(selection->arena, &library->modules) : NULL;
        if (!module)
            return no_memory(reterr);
        *kept = *image;
        *module = (gm_module){.offset = image->offset,
                              .bytes = image->stored_bytes,
                              .section = region->section,
                              .registration = GM_MODULE_EMBEDDED,
                              .first_image = library->images.count - 1,
                              .image_count = 1};
        done = image->offset + image->stored_bytes;
    }
    if (library->modules.count > known)
        qsort(library->modules.items, library->modules.count, sizeof *library->modules.items,
              by_offset);
    return GM_OK;
}
