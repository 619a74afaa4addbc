/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

/* The bytes at `offset`, or NULL and `*ok` false. Compilers turn the sums below into one load. */
static const uint8_t *bytes_at(gm_span span, uint64_t offset, size_t size, bool *ok)
{
    if (gm_range_ok(offset, size, span.size))
        return span.data + offset;
    *ok = false;
    return NULL;
}

uint16_t gm_u16le(gm_span span, uint64_t offset, bool *ok)
{
    const uint8_t *b = bytes_at(span, offset, 2, ok);
    return b ? (uint16_t)(b[0] | b[1] << 8) : 0;
}

static uint32_t load32(const uint8_t *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

uint32_t gm_u32le(gm_span span, uint64_t offset, bool *ok)
{
    const uint8_t *b = bytes_at(span, offset, 4, ok);
    return b ? load32(b) : 0;
}

uint64_t gm_u64le(gm_span span, uint64_t offset, bool *ok)
{
    const uint8_t *b = bytes_at(span, offset, 8, ok);
    return b ? load32(b) | (uint64_t)load32(b + 4) << 32 : 0;
}

uint64_t gm_align8(uint64_t value)
{
    return value > UINT64_MAX - 7 ? UINT64_MAX : (value + 7) & ~(uint64_t)7;
}
