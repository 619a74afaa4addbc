/* SPDX-License-Identifier: MIT */
/* NVIDIA fat binary: a container of images of one translation unit, as `fatbinary` writes it.
 *
 *   container  0 u32 magic  4 u16 version (1)  6 u16 header size  8 u64 bytes after the header
 *   entry      0 u16 kind  2 u16 header version (0x0101)  4 u32 header size  8 u64 padded payload
 *              16 u32 stored size when compressed  24 u16 minor, 26 u16 major of the code version
 *              28 u32 architecture number  40 u64 flags  56 u64 uncompressed size
 *
 * All little-endian. Entries follow each other at header size + padded payload size, until the
 * container's size is used up. The layout was measured on 118,009 entries of CUDA 11.2 to 13.1;
 * NVIDIA documents the container in its header fatbinary.h only. */
#ifndef GM_GPUCODE_FATBIN_H
#define GM_GPUCODE_FATBIN_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/code.h"

#define GM_FATBIN_HEADER_BYTES ((size_t)16)
#define GM_FATBIN_ENTRY_BYTES  ((size_t)64)

/* The first six bytes of every container: magic and version. */
#define GM_FATBIN_MAGIC_BYTES ((size_t)6)

/* True when `bytes` begin with magic and version. */
bool gm_fatbin_magic(gm_span bytes);

/* The first place of the magic in [from, bytes.size); bytes.size when there is none. A magic that
 * is cut off by the end is not found. */
size_t gm_fatbin_find(gm_span bytes, size_t from);

/* A machine-code image smaller than this that is not compressed is looked into, because it may be
 * a stub of device linking. Largest stub image seen: 1,640 bytes (nvcc 13.0, sm_120). */
#define GM_CODE_LOOK_BYTES ((uint64_t)4096)

typedef struct gm_fatbin_entry {
    gm_image image;
    gm_has_code has_code;
    uint64_t end; /* of the padded payload, in the file */
} gm_fatbin_entry;

/* One container, read entry by entry. */
typedef struct gm_fatbin {
    uint64_t offset;       /* of its header in the file */
    uint64_t header_bytes; /* of the container header */
    uint64_t bytes;        /* declared, header included; UINT64_MAX when that overflows */
    uint64_t zero_end;     /* where zero bytes after the container end; 0 unless whole */
    bool whole;            /* walked to its end */
    const char *damage;    /* id of the first thing that is wrong; NULL */
    uint64_t damage_offset;
    GM_LIST(gm_fatbin_entry) entries;
} gm_fatbin;

/* The walk asks for bytes and is given them, so that the same code reads a file at any offset and
 * a stream on its way. */
typedef struct gm_fatbin_walk {
    gm_fatbin *fatbin;
    uint64_t limit; /* file size: nothing is read behind it */
    uint64_t need_offset;
    size_t need_bytes;
    enum { GM_WALK_HEADER, GM_WALK_ENTRY, GM_WALK_CODE, GM_WALK_ZEROS, GM_WALK_DONE } state;
} gm_fatbin_walk;

/* Largest need_bytes of a walk, and of the zero bytes that are skipped after a container. */
#define GM_FATBIN_NEED_MAX  ((size_t)GM_CODE_LOOK_BYTES)
#define GM_FATBIN_ZEROS_MAX ((uint64_t)65536)

/* Starts at the container at `offset` of a file of `limit` bytes. `fatbin` is cleared, but keeps
 * the memory of its entries. */
void gm_fatbin_begin(gm_fatbin_walk *walk, gm_fatbin *fatbin, uint64_t offset, uint64_t limit);

/* Takes the bytes at walk->need_offset: walk->need_bytes of them or more, fewer only at the end of
 * the file. Entries are kept in `arena`, at most `entries_max`. False without memory. */
bool gm_fatbin_feed(gm_fatbin_walk *walk, gm_span bytes, gm_arena *arena, size_t entries_max);

#endif
