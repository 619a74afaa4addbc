/* SPDX-License-Identifier: MIT */
/* Raw deflate streams and their CRC-32. One implementation is built: ISA-L where it is found, zlib
 * otherwise. */
#ifndef GM_STORE_INFLATE_H
#define GM_STORE_INFLATE_H

#include "base/bytes.h"

typedef struct gm_inflate gm_inflate;

typedef enum gm_inflate_result {
    GM_INFLATE_MORE, /* all input is used, or all room */
    GM_INFLATE_END,  /* the stream has ended */
    GM_INFLATE_DAMAGED
} gm_inflate_result;

/* NULL without memory. One object reads one stream after the other. */
gm_inflate *gm_inflate_new(void);
void gm_inflate_free(gm_inflate *inflate);

/* Begins a new stream. */
void gm_inflate_reset(gm_inflate *inflate);

/* Takes bytes from the front of `*input` and writes at most `room` bytes to `out`; `*ret_made` of
 * them are there afterwards, also when the stream turns out to be damaged behind them. */
gm_inflate_result gm_inflate_run(gm_inflate *inflate, gm_span *input, uint8_t *out, size_t room,
                                 size_t *ret_made);

/* CRC-32 as ZIP has it, of what `crc` stands for followed by `bytes`. 0 is that of no bytes. */
uint32_t gm_crc32(uint32_t crc, gm_span bytes);

#endif
