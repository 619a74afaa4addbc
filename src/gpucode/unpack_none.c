/* SPDX-License-Identifier: MIT */
#include "gpucode/unpack.h"

bool gm_unpack_can(gm_compression compression)
{
    return compression == GM_COMPRESSION_NONE;
}

size_t gm_unpack(gm_compression compression, gm_span packed, uint8_t *out, size_t size)
{
    (void)compression;
    (void)packed;
    (void)out;
    (void)size;
    return 0;
}

uint64_t gm_unpack_declared(gm_span head)
{
    (void)head;
    return 0;
}

gm_unpacker *gm_unpacker_new(uint8_t *out, size_t room)
{
    (void)out;
    (void)room;
    return NULL;
}

void gm_unpacker_free(gm_unpacker *unpacker)
{
    (void)unpacker;
}

gm_unpacked gm_unpacker_take(gm_unpacker *unpacker, gm_span piece, size_t *ret_used,
                             size_t *ret_made)
{
    (void)unpacker;
    (void)piece;
    *ret_used = *ret_made = 0;
    return GM_UNPACK_BROKEN;
}
