/* SPDX-License-Identifier: MIT */
#include "gpucode/unpack.h"

#include <limits.h>
#include <lz4.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <zlib.h>
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_d_stableOutBuffer: no second copy of what is unpacked */
#include <zstd.h>

/* Of an LZ4 frame; without it, it is one block. */
#define LZ4_FRAME_MAGIC 0x184d2204u
/* Windows of more than this would need more memory than a scan may have. */
#define WINDOW_LOG_MAX 24

struct gm_unpacker {
    ZSTD_DStream *stream;
    ZSTD_outBuffer out;
};

static size_t unpack_zlib(gm_span packed, uint8_t *out, size_t size)
{
    uLongf made = (uLongf)size;
    return uncompress(out, &made, packed.data, (uLong)packed.size) == Z_OK ? made : 0;
}

static size_t unpack_frame(gm_span packed, uint8_t *out, size_t size)
{
    LZ4F_dctx *context;
    size_t made = size, used = packed.size;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        return 0;
    size_t left = LZ4F_decompress(context, out, &made, packed.data, &used, NULL);
    LZ4F_freeDecompressionContext(context);
    return left == 0 ? made : 0;
}

static size_t unpack_lz4(gm_span packed, uint8_t *out, size_t size)
{
    bool ok = true;
    if (gm_u32le(packed, 0, &ok) == LZ4_FRAME_MAGIC && ok)
        return unpack_frame(packed, out, size);
    if (packed.size > INT_MAX || size > INT_MAX)
        return 0;
    int made =
        LZ4_decompress_safe((const char *)packed.data, (char *)out, (int)packed.size, (int)size);
    return made > 0 ? (size_t)made : 0;
}

static size_t unpack_zstd(gm_span packed, uint8_t *out, size_t size)
{
    size_t made = ZSTD_decompress(out, size, packed.data, packed.size);
    return ZSTD_isError(made) ? 0 : made;
}

bool gm_unpack_can(gm_compression compression)
{
    return compression != GM_COMPRESSION_UNKNOWN;
}

size_t gm_unpack(gm_compression compression, gm_span packed, uint8_t *out, size_t size)
{
    switch (compression) {
    case GM_COMPRESSION_ZLIB:
        return unpack_zlib(packed, out, size);
    case GM_COMPRESSION_LZ4:
        return unpack_lz4(packed, out, size);
    case GM_COMPRESSION_ZSTD:
        return unpack_zstd(packed, out, size);
    default:
        return 0;
    }
}

uint64_t gm_unpack_declared(gm_span head)
{
    unsigned long long size = ZSTD_getFrameContentSize(head.data, head.size);
    return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? 0 : size;
}

static bool set(ZSTD_DStream *stream, ZSTD_dParameter parameter, int value)
{
    return !ZSTD_isError(ZSTD_DCtx_setParameter(stream, parameter, value));
}

gm_unpacker *gm_unpacker_new(uint8_t *out, size_t room)
{
    gm_unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (!unpacker)
        return NULL;
    unpacker->stream = ZSTD_createDStream();
    unpacker->out = (ZSTD_outBuffer){out, room, 0};
    if (!unpacker->stream || !set(unpacker->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX) ||
        !set(unpacker->stream, ZSTD_d_stableOutBuffer, 1)) {
        gm_unpacker_free(unpacker);
        return NULL;
    }
    return unpacker;
}

void gm_unpacker_free(gm_unpacker *unpacker)
{
    if (unpacker)
        ZSTD_freeDStream(unpacker->stream);
    free(unpacker);
}

gm_unpacked gm_unpacker_take(gm_unpacker *unpacker, gm_span piece, size_t *ret_used,
                             size_t *ret_made)
{
    ZSTD_inBuffer in = {piece.data, piece.size, 0};
    size_t left = 1;
    while (in.pos < in.size && left) {
        size_t before = in.pos, made = unpacker->out.pos;
        left = ZSTD_decompressStream(unpacker->stream, &unpacker->out, &in);
        if (ZSTD_isError(left) || (in.pos == before && unpacker->out.pos == made))
            return GM_UNPACK_BROKEN;
    }
    *ret_used = in.pos;
    *ret_made = unpacker->out.pos;
    return left ? GM_UNPACK_MORE : GM_UNPACK_END;
}
