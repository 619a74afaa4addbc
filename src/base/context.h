/* SPDX-License-Identifier: MIT */
/* What a run may use and whom it tells: limits, progress, cancel. Given down explicitly. */
#ifndef GM_BASE_CONTEXT_H
#define GM_BASE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ceilings for hostile input. Defaults (gm_context_defaults) are far above what real files hold:
 * torch 2.14's largest library has 9,000 images, CUDA 12.4's libcufft 23,983 containers. */
typedef struct gm_limits {
    size_t images_per_library;  /* 1,000,000 */
    size_t sections_per_file;   /* 65,536 */
    size_t files_per_directory; /* 1,000,000 */
    size_t findings;            /* 1,000: further ones are counted, not kept */
    unsigned nesting;           /* 8: containers inside containers, directories: 64 */
    size_t arena_bytes;         /* per report; 0 = no limit */
} gm_limits;

typedef struct gm_context {
    gm_limits limits;
    /* Called now and then with what is being read; may be NULL. */
    void (*progress)(void *user, const char *path, uint64_t done_bytes, uint64_t total_bytes);
    /* Asked now and then; true ends the run with GM_CANCELLED. May be NULL. */
    bool (*cancelled)(void *user);
    void *user;
    unsigned threads; /* that the reading of one file may use; 0 and 1: the caller's alone */
} gm_context;

gm_context gm_context_defaults(void);
bool gm_context_cancelled(const gm_context *context);

#endif
