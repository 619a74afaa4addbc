/* SPDX-License-Identifier: MIT */
/* Bytes with checked ranges. Nothing in the project reads input any other way: no pointer into
 * input is ever cast to a structure, every access names an offset and is tested. */
#ifndef GM_BASE_BYTES_H
#define GM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed run of bytes. `data` may be NULL when `size` is 0. */
typedef struct gm_span {
    const uint8_t *data;
    size_t size;
} gm_span;

/* True when [offset, offset + size) lies in [0, limit): written so that it cannot overflow. */
static inline bool gm_range_ok(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

/* The part [offset, offset + size) of `span`; an empty span when it is not all there. */
static inline gm_span gm_span_part(gm_span span, uint64_t offset, uint64_t size)
{
    if (!span.data || !gm_range_ok(offset, size, span.size)) /* C gives NULL + 0 no meaning */
        return (gm_span){NULL, 0};
    return (gm_span){span.data + offset, (size_t)size};
}

/* Little-endian (le) scalars at `offset`. Outside the span they are 0 and
 * `*ok` becomes false; it is never set to true, so one test after several reads is enough. */
uint16_t gm_u16le(gm_span span, uint64_t offset, bool *ok);
uint32_t gm_u32le(gm_span span, uint64_t offset, bool *ok);
uint64_t gm_u64le(gm_span span, uint64_t offset, bool *ok);
/* The same, big-endian where `big`. */
uint16_t gm_u16(gm_span span, uint64_t offset, bool big, bool *ok);
uint32_t gm_u32(gm_span span, uint64_t offset, bool big, bool *ok);
uint64_t gm_u64(gm_span span, uint64_t offset, bool big, bool *ok);

/* `value` rounded up to a multiple of 8; UINT64_MAX when that overflows. */
uint64_t gm_align8(uint64_t value);

#endif
