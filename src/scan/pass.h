/* SPDX-License-Identifier: MIT */
/* One pass over a stream, from its first byte to its last: finds what looks like a container of
 * GPU code, reads its headers as they come by, and keeps the few tables of the host file that say
 * which of them count. Also used on files whose section headers are gone. */
#ifndef GM_SCAN_PASS_H
#define GM_SCAN_PASS_H

#include "base/context.h"
#include "base/source.h"
#include "gpucode/fatbin.h"
#include "scan/keep.h"

/* What a deep pass learnt of a payload. */
typedef struct gm_pass_payload {
    uint64_t offset;
    const gm_payload *payload;
} gm_pass_payload;

typedef struct gm_pass {
    gm_arena *arena;
    GM_LIST(gm_fatbin) fatbins;        /* every place of the magic, ascending */
    GM_LIST(uint64_t) records;         /* what looks like a registration record, ascending */
    GM_LIST(gm_pass_payload) payloads; /* of a deep pass, by offset */
    GM_LIST(gm_image) bare;            /* of a deep pass: cubins in no container, by offset */
    gm_keep keep;
    uint64_t file_bytes; /* bytes that came */
    bool incomplete;     /* a limit of this program was met: the lists may lack something */
} gm_pass;

/* Knows what a format of host files must keep of itself. */
typedef struct gm_keeper gm_keeper;
extern const gm_keeper gm_keeper_elf, gm_keeper_pe, gm_keeper_coff;

/* Reads `source` to its end. `head` is what the caller has read of it already (its first bytes;
 * empty for a random source). `keeper`: NULL where there is no host file. `deep`: payloads are
 * looked into, and cubins searched that lie in no container. Results live in `arena`. Errors: those
 * of the source, GM_MEMORY, GM_CANCELLED. `path` is told to the progress callback. */
gm_status gm_pass_run(const gm_context *context, gm_source *source, gm_span head,
                      const gm_keeper *keeper, gm_arena *deep, const char *path, gm_arena *arena,
                      gm_pass *ret_pass, gm_error *reterr);

#endif
