/* SPDX-License-Identifier: MIT */
/* What `scan` comes to: for each package its libraries, the GPUs that they serve and the drivers
 * that they ask for. Plain data. */
#ifndef GM_MODEL_SURVEY_H
#define GM_MODEL_SURVEY_H

#include "model/report.h"

/* So many libraries that have nothing for a GPU are named: a folder may hold thousands. */
#define GM_SERVICE_LACKS 100u

/* How a package stands to the GPUs of one target, whatever machine they are in. */
typedef struct gm_service {
    gm_target target;
    const char *architecture;
    const char *gpus;    /* what people call them, "RTX 20xx, T4"; NULL: none on the market */
    bool integrated;     /* Jetson */
    gm_version released; /* toolkit that brought the target */
    gm_verdict verdict;
    gm_code_set reasons;
    gm_args lacks; /* features, as messages, or files of libraries that have nothing for them;
                      the first GM_SERVICE_LACKS of `lacking` */
    size_t lacking;
} gm_service;
typedef GM_LIST(gm_service) gm_services;

/* What a package asks of the driver on one system; NULL: nothing that is known. */
typedef struct gm_driver_needs {
    const char *start; /* the lowest on which programs of its CUDA start */
    const char *zstd;  /* the first that decompresses its code, where that is newer */
    const char *ptx;   /* the first that compiles all of its PTX, where that is newer */
} gm_driver_needs;

typedef enum gm_cuda_basis {
    GM_CUDA_UNKNOWN,
    GM_CUDA_NAMED,   /* by the package's name or version */
    GM_CUDA_LINKED,  /* by the CUDA runtime that a library needs */
    GM_CUDA_AT_LEAST /* the first toolkit that makes its code */
} gm_cuda_basis;
const char *gm_cuda_basis_token(gm_cuda_basis basis); /* NULL for unknown */

typedef struct gm_needs {
    gm_os os; /* that the package is for; UNKNOWN: any */
    gm_version cuda;
    gm_cuda_basis basis;
    gm_version ptx_cuda; /* CUDA level of a driver that compiles all of the PTX; count 0 */
    gm_driver_needs linux_driver, windows_driver;
} gm_needs;

/* A package, or the files that belong to none. */
typedef struct gm_survey_group {
    gm_package package; /* version NULL: of no package, and the path is what was asked for. The
                           libraries are condensed, those with most code first */
    uint64_t code_bytes;
    size_t alternatives; /* libraries of which one would be loaded (builds for several CUDAs) */
    gm_services services;
    gm_needs needs;
} gm_survey_group;

/* Most code first. */
typedef GM_LIST(gm_survey_group) gm_survey;

/* Bytes of all GPU code in a library as they are stored, parts of linked modules included. */
uint64_t gm_library_code_bytes(const gm_library *library);

/* Adds all images of a library, parts of linked modules included, to `rows`: kinds, images, bytes,
 * compression; modules stay 0. False without memory. */
bool gm_library_add_sizes(const gm_library *library, gm_arena *arena, gm_target_rows *rows);

#endif
