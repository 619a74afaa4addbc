/* SPDX-License-Identifier: MIT */
/* Cubin: machine code of one NVIDIA target, an ELF file of machine 190.
 *
 * Two layouts of e_flags: up to CUDA 12.x for sm_90 and older ("v7") bits 0-7 are the target's
 * number and 0x800 says 'a'; later ("v8": EI_OSABI 0x41 or EI_ABIVERSION >= 8) bits 8-15 are the
 * number, and the suffix stands elsewhere: attribute 9 of section type 0x70000086 (.nv.compat) is
 * 1 for 'a', and the compiler's options in a note are the only trace of 'f'. */
#ifndef GM_GPUCODE_CUBIN_H
#define GM_GPUCODE_CUBIN_H

#include "base/reader.h"
#include "model/code.h"
#include "model/damage.h"

/* Does a whole cubin in memory have an executable section? Bytes that are no complete cubin are
 * GM_CODE_UNSEEN. */
gm_has_code gm_cubin_has_code(gm_span cubin);

/* Reads the cubin that is all of a source of `size` bytes. Damage is noted in `damage`; the target
 * is then what could be read. Errors are those of the source. */
gm_status gm_cubin_read(gm_reader *reader, uint64_t size, gm_arena *arena, gm_image *ret_image,
                        gm_damage_list *damage, gm_error *reterr);

/* Fills in what a cubin in memory says of itself; bytes that are no cubin leave the target
 * GM_TARGET_NONE. False without memory. */
bool gm_cubin_payload(gm_span cubin, gm_arena *arena, gm_payload *payload);

#endif
