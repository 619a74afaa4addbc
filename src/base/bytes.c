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

static uint64_t load_big(const uint8_t *b, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; b && i < size; i++)
        value = value << 8 | b[i];
    return value;
}

uint16_t gm_u16(gm_span span, uint64_t offset, bool big, bool *ok)
{
    return big ? (uint16_t)load_big(bytes_at(span, offset, 2, ok), 2) : gm_u16le(span, offset, ok);
}

uint32_t gm_u32(gm_span span, uint64_t offset, bool big, bool *ok)
{
    return big ? (uint32_t)load_big(bytes_at(span, offset, 4, ok), 4) : gm_u32le(span, offset, ok);
}

uint64_t gm_u64(gm_span span, uint64_t offset, bool big, bool *ok)
{
    return big ? load_big(bytes_at(span, offset, 8, ok), 8) : gm_u64le(span, offset, ok);
}

uint64_t gm_align8(uint64_t value)
{
    return value > UINT64_MAX - 7 ? UINT64_MAX : (value + 7) & ~(uint64_t)7;
}
