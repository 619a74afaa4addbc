/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

static uint64_t little_endian(gm_span span, uint64_t offset, unsigned size, bool *ok)
{
    gm_span part = gm_span_part(span, offset, size);
    uint64_t value = 0;
    if (part.size != size) {
        *ok = false;
        return 0;
    }
    while (size-- > 0)
        value = value << 8 | part.data[size];
    return value;
}

uint16_t gm_u16le(gm_span span, uint64_t offset, bool *ok)
{
    return (uint16_t)little_endian(span, offset, 2, ok);
}

uint32_t gm_u32le(gm_span span, uint64_t offset, bool *ok)
{
    return (uint32_t)little_endian(span, offset, 4, ok);
}

uint64_t gm_u64le(gm_span span, uint64_t offset, bool *ok)
{
    return little_endian(span, offset, 8, ok);
}

uint64_t gm_align8(uint64_t value)
{
    return value > UINT64_MAX - 7 ? UINT64_MAX : (value + 7) & ~(uint64_t)7;
}
