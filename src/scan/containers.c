/* SPDX-License-Identifier: MIT */
/* The two sources of containers: a file and a finished pass. */
#include "scan/select.h"

/* One look covers a container's header and its first entry; more would touch more memory than it
 * saves calls. */
#define HEADER_WINDOW (GM_FATBIN_HEADER_BYTES + GM_FATBIN_ENTRY_BYTES)

/* Where headers follow each other closely, one read serves several: of torch 2.14.1's environment a
 * third of the images take less than 2 KiB. */
#define CLOSE_BYTES  2048u
#define CLOSE_WINDOW ((size_t)4096)

static gm_status look(gm_file_containers *file, uint64_t offset, size_t need, gm_span *ret_bytes,
                      gm_error *reterr)
{
    bool close = offset - file->last_look <= CLOSE_BYTES; /* unsigned: not behind it either */
    file->last_look = offset;
    return gm_reader_look(file->reader, offset, need, close ? CLOSE_WINDOW : HEADER_WINDOW,
                          ret_bytes, reterr);
}

static gm_status file_at(void *state, uint64_t offset, const gm_fatbin **ret_fatbin,
                         gm_error *reterr)
{
    gm_file_containers *file = state;
    gm_fatbin_walk walk;
    gm_span bytes;
    *ret_fatbin = NULL;
    gm_status status = look(file, offset, GM_FATBIN_HEADER_BYTES, &bytes, reterr);
    if (status != GM_OK || !gm_fatbin_magic(bytes))
        return status;
    gm_fatbin_begin(&walk, &file->fatbin, offset, file->file_bytes);
    while (walk.state != GM_WALK_DONE) {
        status = look(file, walk.need_offset, walk.need_bytes, &bytes, reterr);
        if (status != GM_OK)
            return status;
        if (!gm_fatbin_feed(&walk, bytes, file->arena, file->context->limits.images_per_library))
            return gm_fail(reterr, GM_MEMORY, "memory", NULL, offset);
    }
    *ret_fatbin = &file->fatbin;
    return GM_OK;
}

static gm_status file_next(void *state, uint64_t from, uint64_t end, uint64_t *ret_offset,
                           gm_error *reterr)
{
    gm_file_containers *file = state;
    *ret_offset = end;
    while (from < end) {
        gm_span bytes;
        gm_status status = gm_reader_look(file->reader, from, GM_FATBIN_MAGIC_BYTES,
                                          GM_READER_BYTES, &bytes, reterr);
        if (status != GM_OK)
            return status;
        if (gm_context_cancelled(file->context))
            return gm_fail(reterr, GM_CANCELLED, "cancelled", NULL, from);
        size_t hit = gm_fatbin_find(bytes, 0);
        if (hit < bytes.size) {
            *ret_offset = from + hit < end ? from + hit : end;
            return GM_OK;
        }
        if (bytes.size < GM_FATBIN_MAGIC_BYTES)
            return GM_OK;
        from += bytes.size - (GM_FATBIN_MAGIC_BYTES - 1);
    }
    return GM_OK;
}

gm_container_source gm_containers_of_file(gm_file_containers *file)
{
    return (gm_container_source){file_at, file_next, file};
}

/* Index of the first container of the pass at or behind `offset`. */
static size_t pass_from(const gm_pass *pass, uint64_t offset)
{
    size_t low = 0, high = pass->fatbins.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pass->fatbins.items[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gm_status pass_at(void *state, uint64_t offset, const gm_fatbin **ret_fatbin,
                         gm_error *reterr)
{
    const gm_pass *pass = state;
    size_t index = pass_from(pass, offset);
    (void)reterr;
    *ret_fatbin = NULL;
    if (index < pass->fatbins.count && pass->fatbins.items[index].offset == offset)
        *ret_fatbin = &pass->fatbins.items[index];
    return GM_OK;
}

static gm_status pass_next(void *state, uint64_t from, uint64_t end, uint64_t *ret_offset,
                           gm_error *reterr)
{
    const gm_pass *pass = state;
    size_t index = pass_from(pass, from);
    (void)reterr;
    *ret_offset = end;
    if (index < pass->fatbins.count && pass->fatbins.items[index].offset < end)
        *ret_offset = pass->fatbins.items[index].offset;
    return GM_OK;
}

gm_container_source gm_containers_of_pass(const gm_pass *pass)
{
    return (gm_container_source){pass_at, pass_next, (void *)pass};
}
