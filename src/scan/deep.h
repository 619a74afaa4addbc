/* SPDX-License-Identifier: MIT */
/* A deep look at a stream on its way: payloads of images, and cubins that lie in no container, bare
 * or packed by zstd. Decided on before the pass begins. Internal to `scan`. */
#ifndef GM_SCAN_DEEP_H
#define GM_SCAN_DEEP_H

#include "scan/stream.h"

typedef struct gm_deep gm_deep;

/* NULL without memory. Results go into lists of `pass`, payloads into `arena`. */
gm_deep *gm_deep_new(gm_pass *pass, gm_arena *arena, const gm_limits *limits);
void gm_deep_free(gm_deep *deep);

/* An image was found, whose payload is at hand or still to come. False without memory. */
bool gm_deep_image(gm_deep *deep, const gm_stream *stream, const gm_image *image);

/* Looks at the bytes from `done` to `limit`. False without memory. */
bool gm_deep_window(gm_deep *deep, const gm_stream *stream);

/* Puts the results in order, after the last window. */
void gm_deep_sort(gm_pass *pass);

/* Was the payload at `offset` looked into? `*ret_payload` is what it says; NULL when it cannot be
 * unpacked or makes no sense. */
bool gm_deep_payload(const gm_pass *pass, uint64_t offset, const gm_payload **ret_payload);

#endif
