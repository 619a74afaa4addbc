/* SPDX-License-Identifier: MIT */
#include "gpucode/payload.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "gpucode/cubin.h"
#include "gpucode/ptx.h"
#include "gpucode/unpack.h"

bool gm_payload_readable(const gm_image *image)
{
    bool known = image->kind == GM_IMAGE_SASS || image->kind == GM_IMAGE_PTX ||
                 image->kind == GM_IMAGE_RELOC_PTX;
    return known && !image->obfuscated && image->stored_bytes > 0 && image->raw_bytes > 0 &&
           image->stored_bytes <= GM_PAYLOAD_STORED_MAX && image->raw_bytes <= GM_PAYLOAD_RAW_MAX &&
           gm_unpack_can(image->compression);
}

/* ".visible .entry name(": the names of kernels. */
static bool take_entries(gm_span text, gm_arena *arena, gm_payload *payload)
{
    static const char word[] = ".entry";
    size_t size = sizeof word - 1;
    for (size_t at = 0; at + size < text.size; at++) {
        const uint8_t *hit = memchr(text.data + at, '.', text.size - size - at);
        if (!hit)
            break;
        at = (size_t)(hit - text.data);
        if (memcmp(hit, word, size) || !gm_ascii_is_space((char)hit[size]))
            continue;
        at += size;
        while (at < text.size && gm_ascii_is_space((char)text.data[at]))
            at++;
        size_t from = at;
        while (at < text.size && text.data[at] != '(' && text.data[at] != '\0' &&
               !gm_ascii_is_space((char)text.data[at]))
            at++;
        const char **name = at > from ? GM_PUSH(arena, &payload->kernels) : NULL;
        if (at > from && !name)
            return false;
        if (name)
            *name = gm_arena_text_n(arena, (const char *)text.data + from, at - from);
    }
    return true;
}

static bool read_ptx(gm_span text, gm_arena *arena, gm_payload *payload)
{
    const uint8_t *end = text.size ? memchr(text.data, 0, text.size) : NULL;
    if (end)
        text.size = (size_t)(end - text.data);
    gm_ptx_target(text, &payload->target);
    payload->code = GM_CODE_PRESENT;
    return take_entries(text, arena, payload);
}

static bool read_raw(const gm_image *image, gm_span raw, gm_arena *arena,
                     const gm_payload **ret_payload)
{
    gm_payload *payload = gm_arena_alloc(arena, sizeof *payload);
    if (!payload)
        return false;
    *payload = (gm_payload){.code = GM_CODE_UNSEEN};
    bool ok = image->kind == GM_IMAGE_SASS ? gm_cubin_payload(raw, arena, payload)
                                           : read_ptx(raw, arena, payload);
    *ret_payload = ok && payload->target.kind != GM_TARGET_NONE ? payload : NULL;
    return ok;
}

bool gm_payload_read(const gm_image *image, gm_span stored, gm_arena *arena,
                     const gm_payload **ret_payload)
{
    *ret_payload = NULL;
    if (image->compression == GM_COMPRESSION_NONE)
        return read_raw(image, stored, arena, ret_payload);
    uint8_t *raw = malloc((size_t)image->raw_bytes);
    if (!raw)
        return false;
    size_t size = gm_unpack(image->compression, stored, raw, (size_t)image->raw_bytes);
    bool ok = size ? read_raw(image, (gm_span){raw, size}, arena, ret_payload) : true;
    free(raw);
    return ok;
}

/* Of 'f' a cubin may have kept no trace. */
bool gm_payload_disagrees(const gm_payload *payload, const gm_target *target)
{
    const gm_target *own = &payload->target;
    if (own->kind == GM_TARGET_NONE || target->kind == GM_TARGET_NONE)
        return false;
    return own->number != target->number || (own->suffix == 'a') != (target->suffix == 'a') ||
           (own->suffix == 'f' && target->suffix != 'f');
}
