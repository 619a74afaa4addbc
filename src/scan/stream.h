/* SPDX-License-Identifier: MIT */
/* A stream on its way, as seen by those who decide what to keep of it: pass.c and, one for each
 * format of host files, the keepers. Internal to `scan`. */
#ifndef GM_SCAN_STREAM_H
#define GM_SCAN_STREAM_H

#include "hostfile/host.h"
#include "scan/pass.h"

/* The buffer is a window of whole blocks. Whatever begins before `limit` is handled with at least
 * LOOK_AHEAD bytes behind it, and has BEHIND bytes before it. */
#define GM_STREAM_WINDOW     ((size_t)256 << 10)
#define GM_STREAM_LOOK_AHEAD ((size_t)2 * GM_KEEP_BLOCK)
#define GM_STREAM_BEHIND     GM_KEEP_BLOCK

typedef struct gm_stream {
    const gm_context *context;
    gm_pass *pass;
    gm_error *reterr;
    uint64_t base; /* offset of the buffer in the file, a multiple of the block size */
    size_t filled;
    bool ended;
    uint64_t done;              /* everything before has been handled */
    uint64_t limit;             /* everything before is to be handled now */
    uint64_t total;             /* declared size of the stream */
    gm_host_segment wanted[16]; /* ranges that are kept for what they are */
    size_t wanted_count;
    bool deep;
    struct {                      /* what the keeper looks for */
        uint32_t relative, magic; /* of relocations (0: of none) and records; 0, 0: of neither */
        gm_host_segment debug;    /* PE: the debug directory; bytes 0: none */
    } own;
    bool marked[GM_STREAM_WINDOW / GM_KEEP_BLOCK]; /* blocks of the buffer that are to be kept */
    uint8_t buffer[GM_STREAM_WINDOW];
} gm_stream;

struct gm_keeper {
    /* Looks at the first bytes, which say where other tables will come. */
    void (*begin)(gm_stream *stream);
    /* Looks at the bytes from `done` to `limit`; NULL: what was wanted is all. */
    gm_status (*window)(gm_stream *stream);
};

/* What is at hand from `offset` on. */
gm_span gm_stream_from(const gm_stream *stream, uint64_t offset);

/* Keeps the blocks that [from, to) touches, as far as they are at hand. */
void gm_stream_mark(gm_stream *stream, uint64_t from, uint64_t to);

/* Keeps registration records and relocations, as `own` says how to know them. */
gm_status gm_stream_words(gm_stream *stream);

/* Keeps [offset, offset + bytes), which may be still to come. */
void gm_stream_want(gm_stream *stream, uint64_t offset, uint64_t bytes);

#endif
