/* SPDX-License-Identifier: MIT */
/* The rules: pure functions of machine, packages and catalogue. Nothing is read or printed. */
#ifndef GM_JUDGE_JUDGE_H
#define GM_JUDGE_JUDGE_H

#include "catalog/catalog.h"
#include "model/survey.h"

/* What may be taken for granted although nobody said it (used by `explain`, and to try advice). */
typedef struct gm_judge_options {
    bool assume_driver;  /* an unknown NVIDIA driver is new enough */
    bool verdicts_only;  /* outcomes with their reasons, no findings: for trials, of which most are
                            thrown away */
    size_t findings_max; /* of one package and device; further ones count as dropped. 0: no limit */
} gm_judge_options;

/* Judges every package of `result` on every device that is not hidden: fills outcomes and verdict
 * of each package, adds findings, and sets result->judged and result->verdict by the rules of
 * adding up. Without a package the verdict is `unknown`. Memory comes from `arena`; false without
 * memory. */
bool gm_judge(const gm_catalog *catalog, gm_result *result, const gm_judge_options *options,
              gm_arena *arena);

/* What `package` is to the GPUs of each NVIDIA target that is no mere variant of code: judged
 * alone, on a driver that is new enough, as it would be installed. Jetson modules are left out
 * where the package is for another processor. `os`: of the package. Empty for a package without
 * code for NVIDIA. Memory comes from `arena`; false without. */
bool gm_serve(const gm_catalog *catalog, const gm_package *package, gm_os os, gm_arena *arena,
              gm_services *ret_services);

/* What the code and the toolkit of `package` ask of drivers. Texts are the catalogue's. */
void gm_needs_of(const gm_catalog *catalog, const gm_package *package, gm_needs *ret_needs);

/* How the modules of a library stand to one device: the rules of SASS, PTX and coverage. */
typedef struct gm_cover {
    size_t modules;           /* that count */
    size_t sass, ptx;         /* covered by machine code, by PTX that this driver compiles */
    size_t other_gpus;        /* made for other GPUs only */
    size_t holes;             /* no usable code although made for all */
    size_t too_new;           /* only PTX newer than the driver */
    size_t maybe;             /* PTX whose ISA version, or AMD features, are not known */
    size_t compressed;        /* machine code fits, but this driver cannot decompress it */
    size_t suffixed;          /* right architecture, but 'a' or 'f' code that does not carry over */
    size_t tegra;             /* right major, but discrete against integrated */
    uint16_t needs_isa;       /* lowest PTX ISA among `too_new` (of each module its lowest) */
    gm_version ptx_toolkit;   /* newest toolkit that could have made the PTX in use; count 0 */
    uint64_t unserved_offset; /* of the first module without code that can run; GM_OFFSET_NONE */
    uint64_t ptx_offset;      /* of the first module whose PTX is in use; GM_OFFSET_NONE */
    gm_version unified_toolkit; /* Tegra: builds of this toolkit or newer would be allowed */
} gm_cover;

/* `driver`: what decides about PTX ISA and compression; unknown state counts as new enough.
 * `toolkit`: of the build, count 0 unknown (rule 1, Tegra). */
gm_cover gm_cover_library(const gm_catalog *catalog, const gm_library *library,
                          const gm_target *device, const gm_driver *driver, gm_os os,
                          gm_version toolkit);

/* `all`, `some`, `none` over the modules that are not for other GPUs. */
gm_coverage gm_cover_coverage(const gm_cover *cover);
gm_via gm_cover_via(const gm_cover *cover);

/* Forward compatibility of the libcuda that programs load, on one device. */
typedef enum gm_compat {
    GM_COMPAT_NONE,    /* it is the driver's own, or nothing is known of it */
    GM_COMPAT_WORKS,   /* newer than the kernel driver, and known to work on it */
    GM_COMPAT_REFUSED, /* this GPU's brand is refused */
    GM_COMPAT_OLDER, /* not newer than the kernel driver: the driver's own is hidden for nothing */
    GM_COMPAT_MAYBE  /* neither is known */
} gm_compat;
gm_compat gm_compat_of(const gm_catalog *catalog, const gm_machine *machine,
                       const gm_device *device, gm_row_source *row);

/* The driver with what decides about code (version, CUDA level): of a forward-compatibility package
 * where one is active and works, else its own. */
gm_driver gm_driver_of_programs(const gm_catalog *catalog, const gm_machine *machine,
                                const gm_device *device);

/* Adds up a package over its devices; GPUs of another vendor count only where there are no others.
 */
gm_verdict gm_verdict_over_devices(const gm_device_outcome *outcomes, size_t count);

#endif
