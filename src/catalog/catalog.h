/* SPDX-License-Identifier: MIT */
/* The tables of data/, as generated at build time. Facts only; the rules that use them are in
 * `judge`. All pointers stay valid for the life of the program; nothing is allocated. */
#ifndef GM_CATALOG_CATALOG_H
#define GM_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/version.h"
#include "model/finding.h"
#include "model/machine.h"
#include "model/report.h"
#include "model/spec.h"
#include "model/target.h"

/* A set of tables; handed down to whoever looks something up. */
typedef struct gm_catalog gm_catalog;

/* The tables that the program was built with. */
const gm_catalog *gm_catalog_builtin(void);

/* Date of the newest build in the tables, "2026-11-22": what --version and JSON print as data_date.
 */
const char *gm_catalog_date(const gm_catalog *catalog);

/* Where a row came from: "torch_builds.tsv" and the row's own source column. */
typedef struct gm_row_source {
    const char *table;
    const char *source;
    gm_confidence confidence;
} gm_row_source;

/* --- GPUs: gpu_pci.tsv, gpu_names.tsv, gpu_id_blocks.tsv ------------------------------------- */

typedef struct gm_gpu {
    gm_vendor vendor;
    const char *name;                     /* "NVIDIA GeForce RTX 5060 Laptop GPU" */
    gm_target targets[GM_DEVICE_TARGETS]; /* several when the name fits different chips */
    unsigned target_count;
    const char *architecture; /* "Blackwell"; NULL unknown */
    const char *chip;         /* "GB206"; NULL unknown */
    gm_row_source row;
} gm_gpu;

/* By PCI vendor and device id. An id that no row has may fall in a block of ids of one chip
 * (nv_devid_ranges): then name is NULL and confidence low. False when nothing is known. */
bool gm_catalog_gpu_by_pci(const gm_catalog *catalog, uint16_t vendor, uint16_t device,
                           gm_gpu *gpu);

/* By marketing name as people write it: case, "NVIDIA", "GeForce", "AMD Radeon", "Laptop GPU"
 * against "Laptop", blanks and hyphens do not matter. False for an unknown name. */
bool gm_catalog_gpu_by_name(const gm_catalog *catalog, const char *name, gm_gpu *gpu);

/* Names near to one that gm_catalog_gpu_by_name does not know, "NVIDIA GeForce RTX 5060, …", the
 * nearest first; NULL none, or no memory. */
const char *gm_catalog_near_gpus(const gm_catalog *catalog, const char *name, gm_arena *arena);

/* The longest GPU name that starts at `text` (a word border), for text that people paste; returns
 * its length in bytes, 0 for none. Plain numbers ("4090") are not names; "RTX 4090", "T4", "H100"
 * are. */
size_t gm_catalog_gpu_at(const gm_catalog *catalog, const char *text, size_t size, gm_gpu *gpu);

/* The GPU whose number stands at `text`, as people say it: "5060", "4070 Ti Super", "4090 laptop".
 * Returns the length, 0 when none has that number or GPUs of different targets share it. */
size_t gm_catalog_gpu_by_number(const gm_catalog *catalog, const char *text, gm_gpu *gpu);

/* Nothing but brand words ("NVIDIA GeForce"), or nothing at all? */
bool gm_catalog_is_brand(const char *text, size_t size);

/* How names of GPUs begin, by up to three letters: most words of a long text are none, and this
 * tells it without looking any of them up. */
typedef struct gm_name_starts {
    uint8_t bits[37 * 37 * 37 / 8 + 1];
} gm_name_starts;

void gm_catalog_name_starts(const gm_catalog *catalog, gm_name_starts *ret);

/* False: no name begins with the word at `text` (a word border; ends with NUL). */
bool gm_name_may_start(const gm_name_starts *starts, const char *text);

/* --- NVIDIA targets: sm_targets.tsv, sass_compat.tsv ------------------------------------------ */

typedef struct gm_sm {
    gm_target target;         /* sm_NN[af] */
    const char *architecture; /* "Hopper": as in gm_architecture */
    const char *gpus;         /* what people call such GPUs, "RTX 20xx, T4"; NULL none */
    bool tegra;               /* integrated: code is not portable to or from discrete GPUs */
    gm_version first_toolkit; /* first that generates it */
    gm_version last_toolkit;  /* count 0: still generated */
    gm_row_source row;
} gm_sm;
/* The row of an NVIDIA target; false when there is none. */
bool gm_catalog_sm(const gm_catalog *catalog, const gm_target *target, gm_sm *sm);
bool gm_catalog_sm_at(const gm_catalog *catalog, size_t index,
                      gm_sm *sm); /* ascending; false: past the end */

/* Does machine code for `code` (sm_…) run on a device of target `device`? The relation of
 * sass_compat.tsv (family members, exact 'a', Tegra), row by row. `*ret_unified_toolkit`, when the
 * row grants it only to builds of a toolkit from some version on (8.0/8.6 code on 8.7), is that
 * version, else count 0; may be NULL. */
bool gm_catalog_sass_runs(const gm_catalog *catalog, const gm_target *code, const gm_target *device,
                          gm_version *ret_unified_toolkit);

/* Members of the family of an 'f' target: is `device` in it with its minor high enough? */
bool gm_catalog_in_family(const gm_catalog *catalog, const gm_target *code,
                          const gm_target *device);

/* --- toolkits and PTX: cuda_toolkits.tsv, ptx_isa.tsv ---------------------------------------- */

typedef struct gm_toolkit {
    gm_version version; /* major.minor: the newest update of that release */
    const char *text;   /* "11.8" */
    gm_target sass_min, sass_max;
    uint16_t ptx_isa; /* newest it writes, 10 * major + minor */
    const char *release_date;
    gm_row_source row;
} gm_toolkit;
bool gm_catalog_toolkit(const gm_catalog *catalog, gm_version major_minor,
                        gm_toolkit *toolkit); /* false: unknown */
bool gm_catalog_toolkit_at(const gm_catalog *catalog, size_t index,
                           gm_toolkit *toolkit); /* ascending; false: past the end */

/* Does CUDA of this release make machine code that runs on `device`, for a target up to `most`
 * (NONE: any)? */
bool gm_catalog_toolkit_serves(const gm_catalog *catalog, gm_version cuda, const gm_target *most,
                               const gm_target *device);

/* CUDA level a driver needs to compile PTX of this ISA; count 0 when the ISA is not known. */
gm_version gm_catalog_ptx_cuda(const gm_catalog *catalog, uint16_t ptx_isa);

/* The newest toolkit that writes PTX of this ISA; count 0: none does. */
gm_version gm_catalog_ptx_newest(const gm_catalog *catalog, uint16_t ptx_isa);

/* --- drivers: drivers.tsv, driver_features.tsv, sm_targets.tsv, gpu_pci.tsv ------------------- */

/* CUDA level of a driver ("576.02" on Windows: 12.9). Count 0 when no branch fits. `os`: LINUX or
 * WINDOWS (gm_os_of_driver). A version newer than the table counts as the newest branch. */
gm_version gm_catalog_driver_cuda(const gm_catalog *catalog, gm_os os, gm_version driver);

/* CUDA level of the newest drivers of a branch ("R580"); count 0 when there is no such branch. */
gm_version gm_catalog_branch_cuda(const gm_catalog *catalog, const char *branch);

/* The first driver of a CUDA level ("12.8" → "570.26"); NULL unknown. */
const char *gm_catalog_driver_for_cuda(const gm_catalog *catalog, gm_os os, gm_version cuda);

/* The lowest driver on which builds of this toolkit run: minor-version compatibility from 11 on,
 * the toolkit's own before. A major release alone (one part) has that of its first, so that no
 * driver is called too old that is not. NULL when not known. */
const char *gm_catalog_driver_floor(const gm_catalog *catalog, gm_os os, gm_version cuda);

/* First driver that reads zstd-compressed code (rule 6). */
const char *gm_catalog_driver_zstd(const gm_catalog *catalog, gm_os os);

/* How far drivers serve a GPU. Texts are driver versions or branches ("580", "470"). */
typedef struct gm_driver_range {
    const char *first;        /* lowest that knows the GPU; NULL unknown */
    bool first_is_bound;      /* `first` only bounds the floor from above: never "too old" by it */
    const char *last;         /* last branch that drives it; NULL: current ones do */
    const char *after_last;   /* first branch that no longer does; NULL */
    const char *last_release; /* newest release of `last`; NULL unknown */
    gm_kernel_module kernel_module; /* Linux flavour it needs; GM_MODULE_ANY: either */
    gm_row_source row;
} gm_driver_range;

/* For a device: by its PCI id when known (`pci` "10de:2d19" or NULL), by name, else by the
 * architecture of its target. False when nothing is known. `driver` picks the branch whose first
 * release counts (a new GPU may come to an older branch later); count 0: the lowest of all. */
bool gm_catalog_driver_range(const gm_catalog *catalog, gm_os os, const char *pci, const char *name,
                             const gm_target *target, gm_version driver, gm_driver_range *range);

/* --- what stands between a GPU and a program: kernel_drivers.tsv, forward_compat*.tsv, tegra_*.tsv
 */

/* What a kernel driver ("nouveau") can do with a GPU of `vendor`; UNKNOWN for one without a row. */
gm_binding gm_catalog_kernel_driver(const gm_catalog *catalog, const char *driver,
                                    gm_vendor vendor);

/* Forward compatibility: does a libcuda of level `cuda` work on a kernel driver of the branch
 * (`driver` part 0)? False: not known to. */
bool gm_catalog_forward_compat(const gm_catalog *catalog, gm_version cuda, gm_version driver,
                               gm_row_source *row);

/* Does a GPU's name bear a brand that forward compatibility refuses? */
bool gm_catalog_forward_compat_refused(const gm_catalog *catalog, const char *name,
                                       gm_row_source *row);

/* The Jetson module of an entry of a device tree ("nvidia,tegra234"); false: none of NVIDIA's. */
bool gm_catalog_tegra(const gm_catalog *catalog, const char *compatible, gm_gpu *gpu);

/* CUDA level of the driver in an L4T release; count 0 unknown. */
gm_version gm_catalog_tegra_cuda(const gm_catalog *catalog, gm_version l4t);

/* --- torch builds: torch_builds.tsv, torch_companions.tsv, … --------------------------------- */

typedef struct gm_build {
    const char *name;    /* "torch" */
    const char *release; /* "2.7.1" */
    const char *variant; /* "cu118" */
    gm_os os;            /* LINUX, WINDOWS, MACOS */
    gm_cpu cpu;
    const char *date;   /* "2025-06-04" */
    const char *code;   /* list for gm_code_list_parse: "sm_37 … compute_37", "gfx900 …", "" for
                           cpu; NULL = not known */
    const char *python; /* "3.9 3.10 3.11 3.13t"; NULL unknown */
    const char *glibc;  /* lowest, "2.28"; NULL unknown or not Linux */
    const char *index;  /* URL of the index with this wheel */
    bool is_default;    /* what plain `pip install torch==RELEASE` gives here */
    bool doubtful;      /* existence not sure: never offered first */
    const char *cudnn;  /* bundled version; NULL unknown */
    const char *triton; /* companion versions; NULL none or unknown */
    const char *torchvision;
    const char *torchaudio;
    gm_version cuda; /* of the variant; count 0 for cpu, rocm, xpu */
    size_t place;    /* of the row among all (gm_catalog_build) */
    gm_row_source row;
} gm_build;

/* Are there builds of this package in the table? */
bool gm_catalog_has_builds(const char *name);

size_t gm_catalog_build_count(const gm_catalog *catalog);
/* Rows are sorted by name, release (numerically, ascending), variant, os, cpu. */
void gm_catalog_build(const gm_catalog *catalog, size_t index, gm_build *build);
/* The row that a package was made of (gm_catalog_build_package), if it is for this system and
 * processor; else that of its name, version and variant. False when there is none. */
bool gm_catalog_build_of(const gm_catalog *catalog, const gm_package *package, gm_os os, gm_cpu cpu,
                         gm_build *build);
/* The next build that is allowed (by name, release and variant) and is for a system and a
 * processor, at or behind `*at`, which moves behind it; false at the end. */
bool gm_catalog_next_build(const gm_catalog *catalog, const gm_spec *allowed, gm_os os, gm_cpu cpu,
                           size_t *at, gm_build *build);

/* The row of a package as people name it: `version` with or without local version ("2.7.1+cu118").
 * False when there is none. */
bool gm_catalog_build_find(const gm_catalog *catalog, const char *name, const char *version,
                           const char *variant, gm_os os, gm_cpu cpu, gm_build *build);

/* The build that plain `pip install NAME==VERSION` gives on a system. False when there is none. */
bool gm_catalog_default_build(const gm_catalog *catalog, const char *name, const char *version,
                              gm_os os, gm_cpu cpu, gm_build *build);

/* What may have been meant: releases near to one that is in no table ("2.7.1, 2.7.0" for 2.7.11),
 * or "2.7.1+cu118, …" where the release is but not with this variant. NULL: it is there, nothing is
 * known of the package, or no memory. */
const char *gm_catalog_near_releases(const gm_catalog *catalog, const char *package,
                                     const char *version, gm_arena *arena);

/* The package with releases ("pytorch": "torch"), or the variant of some build ("12.8": "cu128"),
 * that may have been meant; NULL: none is near. */
const char *gm_catalog_near_package(const gm_catalog *catalog, const char *name);
const char *gm_catalog_near_variant(const gm_catalog *catalog, const char *text);

/* The build as a package that is not installed: one core library with the row's code, and those of
 * gm_catalog_build_libraries. `package` is overwritten; false without memory. */
bool gm_catalog_build_package(const gm_catalog *catalog, const gm_build *build, gm_arena *arena,
                              gm_package *package);

/* CUDA version of a variant: "cu118" → 11.8; count 0 for others. */
gm_version gm_catalog_variant_cuda(const char *variant);

/* ROCm version of a variant: "rocm6.4" → 6.4; count 0 for others. */
gm_version gm_catalog_variant_rocm(const char *variant);

/* Vendor of a variant: cu… NVIDIA, rocm… AMD, xpu Intel, cpu and others UNKNOWN. */
gm_vendor gm_catalog_variant_vendor(const char *variant);

/* The release of `package` ("torchvision") that was made for a release of the package that has
 * builds; NULL unknown. */
const char *gm_catalog_companion(const gm_catalog *catalog, const char *package,
                                 const char *release);

/* The other way round: the newest release of the package with builds that a release of `package`
 * was made for; NULL unknown. */
const char *gm_catalog_companion_owner(const gm_catalog *catalog, const char *package,
                                       const char *release);

/* What is known of a companion that was not read. It comes out of the same run as the release of
 * torch that it belongs to, with the same list of GPUs (TORCH_CUDA_ARCH_LIST in pytorch/test-infra,
 * tools/pkg-helpers; the wheels in extensions.tsv agree, which a test compares), so that build's
 * list stands for its own. `variant` NULL: the one that plain `pip install` gives. `package` stays
 * as it is where the release is no companion; false without memory. */
bool gm_catalog_companion_package(const gm_catalog *catalog, const char *name, const char *release,
                                  const char *variant, gm_os os, gm_cpu cpu, gm_arena *arena,
                                  gm_package *package);

/* --- extensions.tsv: packages built against one that has builds --------------------------------
 */

typedef struct gm_extension {
    const char *name;    /* "xformers" */
    const char *release; /* "0.0.33.post2" */
    gm_os os;            /* UNKNOWN: built on every machine for itself */
    gm_cpu cpu;
    gm_version cuda; /* of the toolkit, the major version at least; count 0 not known or none */
    const char *requires; /* "torch==2.14.0 torchvision==0.29.0"; NULL nothing */
    const char *code;     /* list for gm_code_list_parse; NULL not known */
    gm_row_source row;
} gm_extension;
size_t gm_catalog_extension_count(const gm_catalog *catalog);
/* Rows are sorted by name and release (numerically, ascending). */
void gm_catalog_extension(const gm_catalog *catalog, size_t index, gm_extension *extension);

/* The row of a release for a system; false: there is none. */
bool gm_catalog_extension_find(const gm_catalog *catalog, const char *name, const char *release,
                               gm_os os, gm_cpu cpu, gm_extension *extension);

/* What a release asks of the package that has builds, whichever system it is for:
 * "torch==2.14.0"; NULL nothing, or it is in no row. */
const char *gm_catalog_extension_asks(const gm_catalog *catalog, const char *name,
                                      const char *release, gm_arena *arena);

/* Was it made with this release of CUDA? A row that tells the major version only is for all of it.
 */
bool gm_extension_is_for(const gm_extension *extension, gm_version cuda);

/* The extension as a package that is not installed, with its code as one core library; `package` is
 * overwritten; false without memory. */
bool gm_catalog_extension_package(const gm_catalog *catalog, const gm_extension *extension,
                                  gm_arena *arena, gm_package *package);

/* Libraries of a build beside its core, with their own code lists (torch_libraries.tsv, read out
 * of real wheels). Calls back for each; stops when `found` returns false. */
typedef struct gm_build_library {
    const char *path; /* "torch/lib/libtorch_cuda_linalg.so" */
    const char *code;
    gm_row_source row;
} gm_build_library;
size_t gm_catalog_build_libraries(const gm_catalog *catalog, const gm_build *build,
                                  gm_build_library *out, size_t room);

/* Ways to install that have rows of their own (torch_commands.tsv). */
typedef struct gm_torch_command {
    const char *text; /* a command, or the address of an archive */
    const char *code; /* list of the build's own code; NULL: the wheel's */
} gm_torch_command;
/* The command of `installer` ("conda", "libtorch") for a build; false when it has none. */
bool gm_catalog_torch_command(const gm_catalog *catalog, const char *installer,
                              const gm_build *build, gm_torch_command *command);

/* --- packages.tsv, libraries.tsv, conda_packages.tsv: what packages and their libraries are ------
 */

typedef struct gm_package_row {
    gm_code_origin origin; /* where its GPU code comes from */
    const char *component; /* what judges it by its version ("cudnn"); NULL none */
    bool part;             /* comes along with other packages */
    bool same_cuda;        /* wants torch's CUDA release, its minor version included */
    gm_row_source row;
} gm_package_row;
/* By normalised name; false: unknown. */
bool gm_catalog_package(const gm_catalog *catalog, const char *package, gm_package_row *row);

/* The library of NVIDIA's that a package brings ("cudnn" for nvidia-cudnn-cu12); NULL none. */
const char *gm_catalog_component(const gm_catalog *catalog, const char *package);

/* The package that one of conda's is ("torch" for pytorch); NULL: it holds no GPU code. */
const char *gm_catalog_conda_package(const gm_catalog *catalog, const char *conda);

typedef struct gm_library_row {
    gm_role role;
    bool self_dispatching;
    bool opaque;         /* keeps its kernels where they are not read */
    const char *feature; /* id; its sentence is "feature.<id>" in po/; NULL */
    const char *select;  /* "cuda", "rocm": one of several builds, loaded by torch's release of it;
                            "toolkit": gm_catalog_library_cuda */
    gm_version release;  /* of that build */
    const char *package; /* of the row; "*": a library of NVIDIA's, which any package may need */
    gm_row_source row;
} gm_library_row;
/* By package (NULL: any) and path ("torch/lib/libtorch_cuda.so", "torch_cuda.dll"); false: unknown.
 */
bool gm_catalog_library(const gm_catalog *catalog, const char *package, const char *path,
                        gm_library_row *row);

/* A library that was read earlier (scanned_libraries.tsv). */
typedef struct gm_scanned {
    const char *format;   /* "elf", "pe" */
    const char *arch;     /* NULL unknown */
    const char *code;     /* for gm_summary_parse; NULL: it has no GPU code */
    const char *needs;    /* names of the libraries it asks the loader for, blank-separated; NULL */
    const char *run_path; /* NULL none */
    gm_row_source row;
} gm_scanned;
/* By what RECORD says of it: the hash as it stands there (base64url without padding) and the size;
 * false: unknown. */
bool gm_catalog_scanned(const gm_catalog *catalog, const char *sha256, uint64_t size_bytes,
                        gm_scanned *ret_scanned);

/* Does a row say what the core of a package is? */
bool gm_catalog_has_core(const gm_catalog *catalog, const char *package);

/* The release of CUDA that a library of NVIDIA's toolkit is of, as far as the name tells that
 * others ask the loader for ("libcudart.so.12" → 12, "cublas64_13.dll" → 13, "libcudart.so.10.1"
 * → 10.1; of all 11.x: "libcudart.so.11.0" → 11.0). Count 0: it does not tell. */
gm_version gm_catalog_library_cuda(const gm_catalog *catalog, const char *file);

/* --- package_cuda.tsv, package_compilers.tsv --------------------------------------------------
 */

/* The CUDA release that a release of a package is made for: with one part (12) where only the major
 * release is known. Count 0 unknown. */
gm_version gm_catalog_package_cuda(const gm_catalog *catalog, const char *package,
                                   const char *version, gm_os os, gm_cpu cpu);

/* What compiles the kernels of a package at run time. */
typedef struct gm_compilers {
    const char *packages; /* that bring it, each with its newest release: "a==12.9.86 b==13.5.37" */
    const char *from;     /* release of the package from which on this holds */
    gm_target target_max; /* newest that the package itself asks for; NONE: the GPU's own */
    bool driver_helps;    /* where it does not know the GPU, the driver compiles */
    gm_row_source row;
} gm_compilers;
bool gm_catalog_compilers(const gm_catalog *catalog, const char *package, const char *version,
                          gm_compilers *compilers); /* false: not known */

/* The next "name==version" at or behind `*at`, which moves behind it; false at the end. */
typedef struct gm_requirement {
    const char *name, *version; /* not ended */
    size_t name_size, version_size;
} gm_requirement;
bool gm_catalog_next_compiler(const char **at, gm_requirement *requirement);

/* CUDA release of the newest ptxas in a Triton release; count 0 unknown. */
gm_version gm_catalog_triton_ptxas(const gm_catalog *catalog, const char *triton,
                                   gm_row_source *row);

/* Lowest compute capability (10 * major + minor) a cuDNN version has code for; 0 unknown. */
unsigned gm_catalog_cudnn_min(const gm_catalog *catalog, gm_version cudnn, gm_row_source *row);

/* --- AMD and Intel: amd_gfx.tsv, gpu_pci.tsv ---------------------------------------------------
 */

typedef struct gm_gfx {
    const char *name;             /* "gfx1103" */
    const char *family;           /* as in the table; overrides are only offered inside one */
    const char *generic;          /* generic target that covers it, "gfx11-generic"; NULL none */
    const char *override_version; /* value for HSA_OVERRIDE_GFX_VERSION; NULL none */
    gm_row_source row;
} gm_gfx;
bool gm_catalog_gfx(const gm_catalog *catalog, const char *name, gm_gfx *gfx); /* false: unknown */

/* Names of Intel targets, ended by NULL (for gm_code_list_parse). */
const char *const *gm_catalog_intel_targets(const gm_catalog *catalog);

#endif
