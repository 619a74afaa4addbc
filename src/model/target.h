/* SPDX-License-Identifier: MIT */
/* Targets: what a piece of GPU code is made for, and what a device is. One parser for every
 * spelling people use. */
#ifndef GM_MODEL_TARGET_H
#define GM_MODEL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum gm_target_kind {
    GM_TARGET_NONE,    /* unknown */
    GM_TARGET_SM,      /* NVIDIA machine code or device: sm_90, sm_90a, sm_120f */
    GM_TARGET_COMPUTE, /* NVIDIA virtual architecture (PTX): compute_90 */
    GM_TARGET_GFX,     /* AMD: gfx90a:xnack+, gfx11-generic */
    GM_TARGET_INTEL    /* Intel: dg2, bmg */
} gm_target_kind;

#define GM_TARGET_TEXT 40

/* A target by value. For NVIDIA `number` is 10 * major + minor of the compute capability and
 * `suffix` is 0, 'a' (this architecture only) or 'f' (its family). For AMD and Intel `name` is
 * the name without features; xnack and sramecc are 0 (either), '+' or '-'. */
typedef struct gm_target {
    gm_target_kind kind;
    uint16_t number;
    char suffix;
    char xnack;
    char sramecc;
    char name[20];
} gm_target;

gm_target gm_target_sm(unsigned number, char suffix);
gm_target gm_target_compute(unsigned number, char suffix);

/* Reads one target from [text, text + size): sm_90a, SM 9.0, compute_90, gfx90a:xnack+:sramecc-,
 * gfx9-4-generic. Case-insensitive. False when it is none. Names of Intel targets are not
 * recognisable by form: the catalogue knows them. */
bool gm_target_parse(const char *text, size_t size, gm_target *target);

/* The same for a compute capability without a word before it, as machine code: "9.0a", "90". */
bool gm_target_parse_capability(const char *text, size_t size, gm_target *target);

/* What a value of HSA_OVERRIDE_GFX_VERSION stands for: "10.3.0" is gfx1030 (major decimal, minor
 * and stepping one hexadecimal digit each). False for other texts. */
bool gm_target_of_gfx_version(const char *version, gm_target *target);

/* Canonical spelling; returns `out`. */
char *gm_target_format(const gm_target *target, char out[GM_TARGET_TEXT]);

bool gm_target_equal(const gm_target *a, const gm_target *b);

/* Order for lists: kind, number, suffix, name, features. For qsort. */
int gm_target_compare(const void *a, const void *b);

#endif
