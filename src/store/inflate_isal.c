/* SPDX-License-Identifier: MIT */
#include "store/inflate.h"

#include <stdlib.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

/* The longest match of deflate (RFC 1951, 3.2.5). Before ISA-L finds that a match reaches back
 * behind the beginning it has counted its bytes as made, which then are of no stream (read in
 * igzip_decode_block_stateless.asm of 2.30, 2026-11-24). */
#define MATCH_MAX ((size_t)258)

struct gm_inflate {
    struct inflate_state state;
};

gm_inflate *gm_inflate_new(void)
{
    gm_inflate *inflate = malloc(sizeof *inflate);
    if (inflate)
        isal_inflate_init(&inflate->state);
    return inflate;
}

void gm_inflate_free(gm_inflate *inflate)
{
    free(inflate);
}

void gm_inflate_reset(gm_inflate *inflate)
{
    isal_inflate_reset(&inflate->state);
}

/* The library counts in 32 bits. */
static uint32_t at_most(size_t size)
{
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

gm_inflate_result gm_inflate_run(gm_inflate *inflate, gm_span *input, uint8_t *out, size_t room,
                                 size_t *ret_made)
{
    struct inflate_state *state = &inflate->state;
    uint32_t given = at_most(input->size), asked = at_most(room);
    state->next_in = (uint8_t *)input->data;
    state->avail_in = given;
    state->next_out = out;
    state->avail_out = asked;
    int result = isal_inflate(state);
    input->data += given - state->avail_in;
    input->size -= given - state->avail_in;
    *ret_made = asked - state->avail_out;
    if (result < 0) {
        *ret_made -= *ret_made < MATCH_MAX ? *ret_made : MATCH_MAX;
        return GM_INFLATE_DAMAGED;
    }
    return state->block_state == ISAL_BLOCK_FINISH ? GM_INFLATE_END : GM_INFLATE_MORE;
}

uint32_t gm_crc32(uint32_t crc, gm_span bytes)
{
    return crc32_gzip_refl(crc, bytes.data, bytes.size);
}
