/* SPDX-License-Identifier: MIT */
/* GPU code as it lies in a file: image < module < library. Plain data. */
#ifndef GM_MODEL_CODE_H
#define GM_MODEL_CODE_H

#include "base/arena.h"
#include "model/finding.h"
#include "model/target.h"

/* kind, token in JSON */
#define GM_IMAGE_KINDS(X)                                                                          \
    X(UNKNOWN, "unknown")                                                                          \
    X(SASS, "sass")                                                                                \
    X(PTX, "ptx")                                                                                  \
    X(LTOIR, "ltoir")                                                                              \
    X(OPTIXIR, "optixir")                                                                          \
    X(MERCURY, "mercury")                                                                          \
    X(RELOC_PTX, "reloc-ptx")                                                                      \
    X(TILE_IR, "tile-ir")                                                                          \
    X(INDEX, "index")                                                                              \
    X(HSACO, "hsaco")                                                                              \
    X(SPIRV, "spirv")

#define GM_COMPRESSIONS(X)                                                                         \
    X(NONE, "none")                                                                                \
    X(ZLIB, "zlib")                                                                                \
    X(LZ4, "lz4")                                                                                  \
    X(ZSTD, "zstd")                                                                                \
    X(UNKNOWN, "unknown")

typedef enum gm_image_kind {
#define GM_ENUM(name, token) GM_IMAGE_##name,
    GM_IMAGE_KINDS(GM_ENUM)
#undef GM_ENUM
} gm_image_kind;

typedef enum gm_compression {
#define GM_ENUM(name, token) GM_COMPRESSION_##name,
    GM_COMPRESSIONS(GM_ENUM)
#undef GM_ENUM
} gm_compression;

const char *gm_image_kind_token(gm_image_kind kind);
const char *gm_compression_token(gm_compression compression);

typedef enum gm_has_code {
    GM_CODE_UNSEEN, /* compressed, or too large to be a stub's */
    GM_CODE_PRESENT,
    GM_CODE_ABSENT
} gm_has_code;

/* What the payload of an image says of itself: only where it was looked into (a deep scan). */
typedef struct gm_payload {
    gm_has_code code;
    uint16_t toolkit; /* 10 * major + minor of the CUDA toolkit that made it; 0 unknown */
    gm_target target; /* GM_TARGET_NONE: it does not say */
    GM_LIST(const char *) kernels; /* names as the linker sees them */
} gm_payload;

typedef struct gm_image {
    gm_image_kind kind;
    gm_compression compression;
    gm_target target;
    uint16_t ptx_isa;      /* 10 * major + minor of the PTX ISA version; 0 = unknown or no PTX */
    bool obfuscated;       /* payload cannot be read by anyone but the driver */
    bool relocatable;      /* needs a linker before it can run */
    uint64_t offset;       /* of the payload, in the file or uncompressed archive member */
    uint64_t stored_bytes; /* as stored, without padding */
    uint64_t raw_bytes;    /* uncompressed; equals stored_bytes when not compressed */
    const gm_payload *payload; /* NULL: not looked into, or not to be read */
} gm_image;

typedef enum gm_registration {
    GM_MODULE_UNREGISTERED, /* no registration record points here (or none can be read) */
    GM_MODULE_REGISTERED,   /* version 1 record: loaded by the runtime as it is */
    GM_MODULE_LINKED,       /* version 2 record: the result of device linking */
    GM_MODULE_PRELINKED,    /* part of a linked module (__nv_relfatbin) */
    GM_MODULE_BARE,         /* a GPU file of its own: .fatbin, .cubin, .ptx */
    GM_MODULE_EMBEDDED      /* outside of the sections made for it: the library loads it itself */
} gm_registration;

/* What the GPU runtime loads as one unit. A stub of device linking has no code of its own: it is
 * listed in `stubs` of the library and never counts. */
typedef struct gm_module {
    uint64_t offset; /* of the container; GM_OFFSET_NONE: in a summary that does not tell */
    uint64_t bytes;  /* container with header */
    const char *section;
    gm_registration registration;
    bool stub;
    size_t first_image; /* in gm_library.images */
    size_t image_count;
    size_t alike; /* of a condensed library: how many more there are with the same code */
} gm_module;

typedef enum gm_role { GM_ROLE_OTHER, GM_ROLE_CORE, GM_ROLE_FEATURE } gm_role;

/* A host file (ELF, PE, …), a bare GPU file, or a list somebody stated. */
typedef struct gm_library {
    const char *path;     /* as shown: relative to what was asked, "x.whl!/member" */
    const char *format;   /* "elf", "pe" … (gpucode/sniff.h), "list"; NULL = not recognised */
    const char *arch;     /* "x86_64", "aarch64"; NULL unknown */
    const char *build_id; /* hex; NULL none */
    const char *package;  /* name of the package it belongs to; NULL none */
    uint64_t bytes;
    gm_role role;
    const char *feature;   /* id of what it is for (data/libraries.tsv); NULL */
    bool selected;         /* would be loaded on this machine */
    bool opaque;           /* keeps its kernels where they are not read */
    bool self_dispatching; /* incomplete by design (cuDNN, cuBLASLt) */
    GM_LIST(gm_image) images;
    GM_LIST(gm_module) modules; /* in order of offset, stubs included */
    gm_finding_list findings;
    bool needs_known;             /* what follows was read: a stream keeps none of it */
    GM_LIST(const char *) needed; /* names of the libraries it asks the loader for */
    const char *soname;           /* what it calls itself; NULL nothing */
    const char *run_path;         /* where it has them looked for; NULL nowhere of its own */
    bool complete;                /* false: damage or a limit cut the reading short */
} gm_library;

/* Modules that count (no stubs, no prelinked parts), and how many stubs. */
size_t gm_library_module_count(const gm_library *library);
size_t gm_library_stub_count(const gm_library *library);
bool gm_module_counts(const gm_module *module);

/* A copy of `from` whose code and texts live in `arena`, without its findings; false without
 * memory. */
bool gm_library_copy(gm_arena *arena, const gm_library *from, gm_library *to);

/* A copy with each kind of module once (`alike` counts the others, the bytes of images are the sums
 * of all), so that it does not grow with the number of images. Modules with the same images,
 * wherever they lie, are alike to every rule. False without memory. */
bool gm_library_condense(gm_arena *arena, const gm_library *from, gm_library *to);

/* One row per target and kind of a library, over the modules that count, sorted by
 * gm_target_compare: what `scan` shows. PTX in prelinked parts belongs to the linked module: the
 * driver links it anew for a GPU that the linked code does not serve. */
typedef struct gm_target_row {
    gm_target target;
    gm_image_kind kind;
    size_t modules;
    size_t images;
    uint64_t bytes;
    uint16_t ptx_isa_max;
    size_t compression[5]; /* images by gm_compression */
} gm_target_row;
typedef GM_LIST(gm_target_row) gm_target_rows;

/* Counts `images` images like `image`, whose bytes are of all of them, in the row of its target and
 * kind, which is added where there is none; modules are not counted. NULL without memory. */
gm_target_row *gm_target_rows_count(gm_target_rows *rows, gm_arena *arena, const gm_image *image,
                                    size_t images);
void gm_target_rows_sort(gm_target_rows *rows);

/* False without memory. */
bool gm_library_targets(const gm_library *library, gm_arena *arena, gm_target_rows *ret_rows);

#endif
