/* SPDX-License-Identifier: MIT */
/* PTX: assembler text of a virtual architecture. Only the directives `.version` and `.target` are
 * read (PTX ISA, "PTX Module Directives"). A module may name several targets; it needs a device
 * that has all their features, so the highest one counts. A file may hold several modules. */
#ifndef GM_GPUCODE_PTX_H
#define GM_GPUCODE_PTX_H

#include "base/context.h"
#include "base/reader.h"
#include "model/code.h"

/* Does text that begins like this look like PTX: comments and blank lines, then `.version`? Open:
 * the first line of code is not there yet. */
typedef enum gm_ptx_look { GM_PTX_NO, GM_PTX_YES, GM_PTX_OPEN } gm_ptx_look;
gm_ptx_look gm_ptx_sniff(gm_span head);

/* Reads the source of `reader` once from its start, forward, and adds an image per module to
 * `library->images`. GM_MEMORY, GM_CANCELLED or the errors of the source. */
gm_status gm_ptx_read(const gm_context *context, gm_reader *reader, gm_arena *arena,
                      gm_library *library, gm_error *reterr);

/* The target of the first module in `text`; GM_TARGET_NONE without one. */
void gm_ptx_target(gm_span text, gm_target *ret_target);

#endif
