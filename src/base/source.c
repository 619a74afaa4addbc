/* SPDX-License-Identifier: MIT */
#include "base/source.h"

#include <stdlib.h>
#include <string.h>

struct memory_source {
    gm_source source;
    gm_span bytes;
};

static gm_status memory_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                             size_t *got, gm_error *reterr)
{
    gm_span bytes = ((struct memory_source *)source)->bytes;
    (void)reterr;
    *got = 0;
    if (offset >= bytes.size)
        return GM_OK;
    *got = size < bytes.size - offset ? size : bytes.size - (size_t)offset;
    memcpy(buffer, bytes.data + offset, *got);
    return GM_OK;
}

static void free_source(gm_source *source)
{
    free(source);
}

gm_source *gm_source_memory(gm_span bytes)
{
    struct memory_source *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->source.read = memory_read;
    memory->source.close = free_source;
    memory->source.size_bytes = bytes.size;
    memory->bytes = bytes;
    return &memory->source;
}

struct forward_source {
    gm_source source;
    gm_source *inner;
    uint64_t next;
};

static gm_status forward_read(gm_source *source, uint64_t offset, void *buffer, size_t size,
                              size_t *got, gm_error *reterr)
{
    struct forward_source *forward = (struct forward_source *)source;
    *got = 0;
    if (offset != forward->next)
        return gm_fail(reterr, GM_IO, "not-forward", NULL, offset);
    gm_status status = forward->inner->read(forward->inner, offset, buffer, size, got, reterr);
    forward->next += *got;
    return status;
}

gm_source *gm_source_forward(gm_source *inner)
{
    struct forward_source *forward = calloc(1, sizeof *forward);
    if (!forward)
        return NULL;
    forward->source.read = forward_read;
    forward->source.close = free_source;
    forward->source.size_bytes = inner->size_bytes;
    forward->source.forward_only = true;
    forward->inner = inner;
    return &forward->source;
}
