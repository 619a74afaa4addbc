/* SPDX-License-Identifier: MIT */
/* What tools/gen_catalog.py writes: rows of numbers, most of them offsets into one pool of text
 * (0 is "", which stands for '-'). No pointers, so nothing is relocated when the program starts.
 * The members are the columns that the generator lists, in its order. Internal to `catalog`. */
#ifndef GM_CATALOG_TABLES_H
#define GM_CATALOG_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"

/* table, members */
#define GM_TABLES(X)                                                                               \
    X(gpu_pci, device, name, target, chip, architecture, kernel_module, source, confidence)        \
    X(gpu_driver_firsts, device, first)                                                            \
    X(gpu_names, key, name, targets, alone, device, has_pci, source, confidence)                   \
    X(gpu_id_blocks, first, last, chip, target, source, confidence)                                \
    X(sm_targets, target, sm, architecture, gpus, tegra, first_toolkit, first_level, last_toolkit, \
      last_level, driver_first_linux, driver_first_windows, driver_last, driver_after_last,        \
      driver_last_linux, driver_last_windows, kernel_module, source, confidence)                   \
    X(sass_compat, code, device, code_sm, device_sm, from_toolkit)                                 \
    X(ptx_isa, isa, cuda)                                                                          \
    X(cuda_toolkits, cuda, level, date, sass_min, sass_max, isa, driver_linux, driver_windows,     \
      floor_linux, floor_windows, gcc_max, clang_max, visual_studio, msvc_min, msvc_below, source, \
      confidence)                                                                                  \
    X(drivers, os, first, branch, cuda, architectures, source, confidence)                         \
    X(driver_features, feature, os, first)                                                         \
    X(torch_builds, release, variant, os, arch, date, code, python, glibc, is_default, doubtful,   \
      cudnn, index_url, source, confidence)                                                        \
    X(torch_companions, release, torchvision, torchaudio, triton)                                  \
    X(torch_libraries, release, variant, os, arch, library, code, source, confidence)              \
    X(torch_commands, installer, release, variant, os, code, command)                              \
    X(extensions, package, release, os, arch, cuda, requires, code, source, confidence)            \
    X(libraries, package, file, role, feature, select, source, confidence)                         \
    X(packages, package, origin, component, part, same_cuda, source, confidence)                   \
    X(package_cuda, package, from, cuda, source, confidence)                                       \
    X(package_compilers, package, from, compilers, target_max, too_old, source, confidence)        \
    X(conda_packages, conda, package)                                                              \
    X(scanned_libraries, sha256, size_bytes, library, format, arch, code, needs, run_path, source, \
      confidence)                                                                                  \
    X(triton_ptxas, triton, ptxas, source, confidence)                                             \
    X(cudnn_arch, cudnn_from, min_target, source, confidence)                                      \
    X(kernel_drivers, driver, vendor, role)                                                        \
    X(forward_compat, cuda, branches, source, confidence)                                          \
    X(forward_compat_brands, word, source, confidence)                                             \
    X(tegra_chips, compatible, name, target)                                                       \
    X(tegra_releases, l4t, cuda)                                                                   \
    X(amd_gfx, gfx, family, generic, override_version, source, confidence)

#define GM_TABLE(name, ...)                                                                        \
    typedef struct gm_##name##_row {                                                               \
        uint32_t __VA_ARGS__;                                                                      \
    } gm_##name##_row;
GM_TABLES(GM_TABLE)
#undef GM_TABLE

/* A set of tables. Texts of rows that were laid over the built-in ones follow on the built-in
 * pool. */
struct gm_catalog {
#define GM_TABLE(name, ...)                                                                        \
    const gm_##name##_row *name;                                                                   \
    uint32_t name##_count;
    GM_TABLES(GM_TABLE)
#undef GM_TABLE
    const unsigned char *pool, *more;
    uint32_t pool_bytes;      /* offsets from here on lie in `more` */
    uint32_t newest;          /* the newest date */
    const char *const *intel; /* names of Intel targets, ended by NULL */
};

extern const gm_catalog gm_catalog_tables; /* the built-in ones */

/* How a member of a row is made of the cells of a line in data/. */
typedef enum gm_member_kind {
    GM_MEMBER_TEXT,
    GM_MEMBER_TARGETS,    /* text: targets that have rows of their own */
    GM_MEMBER_CODE,       /* text: a list of GPU code of such targets */
    GM_MEMBER_SOURCE,     /* text; never empty */
    GM_MEMBER_CONFIDENCE, /* gm_confidence */
    GM_MEMBER_PCI,        /* vendor << 16 | device, two cells of hexadecimal digits */
    GM_MEMBER_HEX,
    GM_MEMBER_ISA,   /* "8.7" is 87 */
    GM_MEMBER_LEVEL, /* gm_level of the first two numbers of a version; 0 for '-' */
    GM_MEMBER_SM,    /* gm_sm_number of an NVIDIA target; 0 for others */
    GM_MEMBER_INDEX, /* gm_catalog_index and the variant; none on macOS */
    GM_MEMBER_NAME   /* of gpu_names: what follows from the name */
} gm_member_kind;

#define GM_MEMBERS_MAX 20
#define GM_KEYS_MAX    5

/* A table as it stands in data/, and as it lies in gm_catalog. */
typedef struct gm_table_form {
    const char *name;         /* "torch_builds" */
    const char *columns;      /* names, separated by "|"; the last are source, confidence */
    size_t rows_at, count_at; /* of the members of gm_catalog */
    uint8_t members, keys;    /* how many */
    bool natural;             /* sorted as versions are, else by bytes */
    struct {
        uint8_t kind, column;
        bool required; /* no built-in row leaves the cell empty, so that nobody expects it */
    } member[GM_MEMBERS_MAX];
    uint8_t key[GM_KEYS_MAX]; /* members that together name a row */
} gm_table_form;
extern const gm_table_form gm_catalog_forms[]; /* ended by name NULL */
extern const char gm_catalog_index[];          /* address of PyTorch's indexes */

/* What is looked up most often stands as a number beside its text. */
static inline uint32_t gm_level(gm_version version)
{
    return version.count ? version.part[0] << 16 | (version.part[1] & 0xffff) : 0;
}

static inline gm_version gm_level_version(uint32_t level)
{
    return level ? (gm_version){{level >> 16, level & 0xffff}, 2} : (gm_version){{0}, 0};
}

static inline uint32_t gm_sm_number(const gm_target *target)
{
    return target->kind == GM_TARGET_SM ? target->number << 8 | (uint8_t)target->suffix : 0;
}

/* The text of a cell; NULL for '-'. */
static inline const char *gm_cell(const gm_catalog *catalog, uint32_t offset)
{
    if (!offset)
        return NULL;
    return (const char *)(offset < catalog->pool_bytes
                              ? catalog->pool + offset
                              : catalog->more + (offset - catalog->pool_bytes));
}

#endif
