/* SPDX-License-Identifier: MIT */
/* One fact that matters to the user: code and typed arguments, no sentence. */
#ifndef GM_MODEL_FINDING_H
#define GM_MODEL_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"

/* Codes of findings and reasons. Extend, never rename; each has "finding.<token>.title" and
 * "finding.<token>.detail" in po/. */
#define GM_CODES(X)                                                                                \
    X(NO_CODE, "no-code")                                                                          \
    X(PTX_ONLY, "ptx-only")                                                                        \
    X(PTX_OLD, "ptx-old")                                                                          \
    X(PTX_TOO_NEW, "ptx-too-new")                                                                  \
    X(ARCH_SPECIFIC, "arch-specific")                                                              \
    X(TEGRA_MISMATCH, "tegra-mismatch")                                                            \
    X(DRIVER_TOO_OLD, "driver-too-old")                                                            \
    X(DRIVER_MINOR_COMPAT, "driver-minor-compat")                                                  \
    X(DRIVER_COMPRESSION, "driver-compression")                                                    \
    X(DRIVER_DROPPED_GPU, "driver-dropped-gpu")                                                    \
    X(GPU_NEWER_THAN_DRIVER, "gpu-newer-than-driver")                                              \
    X(KERNEL_MODULE_FLAVOUR, "kernel-module-flavour")                                              \
    X(NO_DRIVER, "no-driver")                                                                      \
    X(NO_GPU, "no-gpu")                                                                            \
    X(CPU_BUILD, "cpu-build")                                                                      \
    X(OTHER_VENDOR, "other-vendor")                                                                \
    X(JIT_COMPILER_TOO_OLD, "jit-compiler-too-old")                                                \
    X(LIBRARY_DROPPED_ARCH, "library-dropped-arch")                                                \
    X(MISSING_FEATURE, "missing-feature")                                                          \
    X(INCOMPLETE_CODE, "incomplete-code")                                                          \
    X(PYTHON_UNSUPPORTED, "python-unsupported")                                                    \
    X(PLATFORM_UNSUPPORTED, "platform-unsupported")                                                \
    X(LIBC_TOO_OLD, "libc-too-old")                                                                \
    X(FALSE_ALARM, "false-alarm")                                                                  \
    X(SOME_GPUS_UNCOVERED, "some-gpus-uncovered")                                                  \
    X(DAMAGED, "damaged")                                                                          \
    X(NO_GPU_CODE, "no-gpu-code")                                                                  \
    X(TABLE_ONLY, "table-only")                                                                    \
    X(UNKNOWN_GPU, "unknown-gpu")                                                                  \
    X(AMBIGUOUS_GPU, "ambiguous-gpu")                                                              \
    X(UNKNOWN_DRIVER, "unknown-driver")                                                            \
    X(UNKNOWN_CODE, "unknown-code")                                                                \
    X(NO_PACKAGE, "no-package")                                                                    \
    X(UNREADABLE, "unreadable")                                                                    \
    X(ASSUMED, "assumed")                                                                          \
    X(REQUIRE_NOT_MET, "require-not-met")                                                          \
    X(FORWARD_COMPAT, "forward-compat")                                                            \
    X(DRIVER_MISMATCH, "driver-mismatch")                                                          \
    X(CONTAINER_LABEL, "container-label")                                                          \
    X(ABI_MISMATCH, "abi-mismatch")                                                                \
    X(CUDA_MAJOR_MISMATCH, "cuda-major-mismatch")                                                  \
    X(MISSING_LIBRARY, "missing-library")                                                          \
    X(NO_ACCESS, "no-access")                                                                      \
    X(DEVICE_ORDER, "device-order")                                                                \
    X(WRONG_ENVIRONMENT, "wrong-environment")                                                      \
    X(DUPLICATE_PACKAGE, "duplicate-package")                                                      \
    X(LEFTOVER_METADATA, "leftover-metadata")                                                      \
    X(UNLISTED_PACKAGE, "unlisted-package")                                                        \
    X(UNKNOWN_COMPILER, "unknown-compiler")                                                        \
    X(TARGET_MISMATCH, "target-mismatch")

typedef enum gm_code {
#define GM_ENUM(name, token) GM_CODE_##name,
    GM_CODES(GM_ENUM)
#undef GM_ENUM
        GM_CODE_COUNT
} gm_code;

const char *gm_code_token(gm_code code);

typedef enum gm_severity { GM_SEVERITY_NOTE, GM_SEVERITY_WARNING, GM_SEVERITY_ERROR } gm_severity;
typedef enum gm_confidence {
    GM_CONFIDENCE_HIGH,
    GM_CONFIDENCE_MEDIUM,
    GM_CONFIDENCE_LOW
} gm_confidence;
const char *gm_severity_token(gm_severity severity);
const char *gm_confidence_token(gm_confidence confidence);

/* Named argument of a sentence: {name} in po/. A number is also given as text; lists are joined
 * by ", " in the text and kept in `list` for JSON. `term` marks text that is itself a message id
 * (the name of a feature): words looks it up. */
typedef struct gm_arg {
    const char *name;
    const char *text;
    bool is_number;
    bool is_message;
    int64_t number;
    const char *const *list; /* NULL unless a list */
    size_t list_count;
} gm_arg;
typedef GM_LIST(gm_arg) gm_args;

/* Where a fact comes from: a file and offset, or a table row and its source. */
typedef struct gm_evidence {
    const char *file;   /* NULL none */
    const char *fact;   /* "sm_37 sm_50 … in 397 of 397 modules"; NULL none */
    const char *source; /* "read from the file", "data/torch_builds.tsv: …"; NULL none */
    uint64_t offset;    /* GM_OFFSET_NONE none */
} gm_evidence;

typedef struct gm_finding {
    gm_code code;
    gm_severity severity;
    gm_confidence confidence;
    const char
        *variant; /* picks another sentence of the same code ("alone"); NULL = the plain one */
    gm_args args;
    GM_LIST(gm_evidence) evidence;
    GM_LIST(const char *) packages;
    GM_LIST(int) devices;
} gm_finding;
typedef struct gm_finding_list {
    gm_finding *items;
    size_t count;
    size_t capacity;
    size_t dropped; /* over the limit: counted, not kept */
} gm_finding_list;

/* A new finding at the end of `list` or NULL (no memory). Severity note, confidence high. */
gm_finding *gm_finding_add(gm_arena *arena, gm_finding_list *list, gm_code code,
                           gm_severity severity);

/* Arguments; texts are copied into the arena, NULL text is ignored. Without memory the argument is
 * dropped (the sentence shows its name instead): never a reason to fail a report. */
void gm_args_text(gm_arena *arena, gm_args *args, const char *name, const char *text);
void gm_args_message(gm_arena *arena, gm_args *args, const char *name, const char *message_id);
void gm_args_number(gm_arena *arena, gm_args *args, const char *name, int64_t number);
void gm_args_list(gm_arena *arena, gm_args *args, const char *name, const char *const *items,
                  size_t count);
void gm_finding_evidence(gm_arena *arena, gm_finding *finding, const char *file, uint64_t offset,
                         const char *fact, const char *source);
void gm_finding_about(gm_arena *arena, gm_finding *finding, const char *package, int device);

/* A deep copy of `from` at the end of `list`, in `arena`; NULL without memory. */
gm_finding *gm_finding_copy(gm_arena *arena, gm_finding_list *list, const gm_finding *from);

/* The members "evidence" and "packages", alike in a report and in a snapshot. */
void gm_finding_put_evidence(gm_json *json, const gm_finding *finding);
void gm_finding_put_packages(gm_json *json, const gm_finding *finding);

/* The text of an argument or NULL. */
const char *gm_args_find(const gm_args *args, const char *name);

#endif
