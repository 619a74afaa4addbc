/* SPDX-License-Identifier: MIT */
#include "catalog/listing.h"

#include <stdio.h>
#include <string.h>

#include "catalog/internal.h"

static void set_source(const gm_catalog *catalog, gm_table_row *row, const char *table,
                       uint32_t source, uint32_t confidence)
{
    row->table = table;
    row->source = gm_cell(catalog, source);
    row->confidence = (gm_confidence)confidence;
}

/* "yes" of a cell that says yes or no. */
static const char *yes(const gm_catalog *catalog, uint32_t cell)
{
    const char *text = gm_cell(catalog, cell);
    return text && !strcmp(text, "yes") ? text : NULL;
}

static const char *vendor_of(const char *targets)
{
    gm_gpu gpu = {.vendor = GM_VENDOR_UNKNOWN};
    gm_catalog_targets(targets, &gpu);
    return gm_vendor_token(gpu.vendor);
}

/* --- GPUs ------------------------------------------------------------------------------------ */

enum { GPU_PCI, GPU_TARGETS, GPU_ARCHITECTURE, GPU_CHIP, GPU_NAME, GPU_VENDOR, GPU_MODULE };
static const gm_table_column gpu_columns[] = {
    [GPU_PCI] = {"pci", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [GPU_TARGETS] = {"targets", GM_CELL_LIST, GM_FIT_TARGET, GM_VIEW_PLAIN},
    [GPU_ARCHITECTURE] = {"architecture", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_PLAIN},
    [GPU_CHIP] = {"chip", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_PLAIN},
    [GPU_NAME] = {"name", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_LONG},
    [GPU_VENDOR] = {"vendor", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_DETAIL},
    [GPU_MODULE] = {"kernel_module", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL}};

static size_t gpu_count(const gm_catalog *catalog)
{
    return (size_t)catalog->gpu_pci_count + catalog->gpu_names_count;
}

static bool gpu_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    const char **cells = row->cells;
    if (index >= catalog->gpu_pci_count) {
        const gm_gpu_names_row *named = &catalog->gpu_names[index - catalog->gpu_pci_count];
        cells[GPU_NAME] = gm_cell(catalog, named->name);
        cells[GPU_TARGETS] = gm_cell(catalog, named->targets);
        cells[GPU_VENDOR] = vendor_of(cells[GPU_TARGETS]);
        set_source(catalog, row, "gpu_names.tsv", named->source, named->confidence);
        return !named->has_pci;
    }
    const gm_gpu_pci_row *from = &catalog->gpu_pci[index];
    snprintf(row->formatted[0], GM_CELL_BYTES, "%04x:%04x", (unsigned)(from->device >> 16),
             (unsigned)(from->device & 0xffff));
    cells[GPU_PCI] = row->formatted[0];
    cells[GPU_NAME] = gm_cell(catalog, from->name);
    cells[GPU_TARGETS] = gm_cell(catalog, from->target);
    cells[GPU_ARCHITECTURE] = gm_cell(catalog, from->architecture);
    cells[GPU_CHIP] = gm_cell(catalog, from->chip);
    cells[GPU_VENDOR] = gm_vendor_token(gm_pci_vendor(from->device >> 16));
    cells[GPU_MODULE] = gm_cell(catalog, from->kernel_module);
    set_source(catalog, row, "gpu_pci.tsv", from->source, from->confidence);
    return true;
}

const gm_table gm_list_gpus = {"gpus",    gpu_columns, sizeof gpu_columns / sizeof *gpu_columns,
                               gpu_count, gpu_row,     0};

/* --- targets --------------------------------------------------------------------------------- */

enum {
    ARCH_TARGET,
    ARCH_FIRST,
    ARCH_LAST,
    ARCH_LINUX,
    ARCH_WINDOWS,
    ARCH_DRIVER_LAST,
    ARCH_ARCHITECTURE,
    ARCH_RUNS,
    ARCH_GENERIC,
    ARCH_OVERRIDE,
    ARCH_TEGRA,
    ARCH_VENDOR,
    ARCH_MODULE
};
static const gm_table_column arch_columns[] = {
    [ARCH_TARGET] = {"target", GM_CELL_TEXT, GM_FIT_DEVICE, GM_VIEW_PLAIN},
    [ARCH_FIRST] = {"first_toolkit", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [ARCH_LAST] = {"last_toolkit", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [ARCH_LINUX] = {"driver_linux", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [ARCH_WINDOWS] = {"driver_windows", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [ARCH_DRIVER_LAST] = {"driver_last", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [ARCH_ARCHITECTURE] = {"architecture", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_LONG},
    [ARCH_RUNS] = {"runs", GM_CELL_LIST, GM_FIT_NONE, GM_VIEW_LONG},
    [ARCH_GENERIC] = {"generic", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [ARCH_OVERRIDE] = {"override", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [ARCH_TEGRA] = {"tegra", GM_CELL_YES, GM_FIT_NONE, GM_VIEW_DETAIL},
    [ARCH_VENDOR] = {"vendor", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_DETAIL},
    [ARCH_MODULE] = {"kernel_module", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL}};

static size_t intel_count(const gm_catalog *catalog)
{
    size_t count = 0;
    while (catalog->intel[count])
        count++;
    return count;
}

static size_t arch_count(const gm_catalog *catalog)
{
    return (size_t)catalog->sm_targets_count + catalog->amd_gfx_count + intel_count(catalog);
}

/* The machine code that runs on GPUs of a target, whoever built it; `list` has GM_CELL_BYTES. NULL
 * none: GPUs are of targets without suffix. */
static const char *list_code(const gm_catalog *catalog, const char *target, char *list)
{
    size_t size = 0;
    for (size_t i = 0; i < catalog->sass_compat_count; i++) {
        const gm_sass_compat_row *pair = &catalog->sass_compat[i];
        const char *code = gm_cell(catalog, pair->code);
        if (pair->from_toolkit || strcmp(gm_cell(catalog, pair->device), target) ||
            size + strlen(code) + 2 > GM_CELL_BYTES)
            continue;
        size += (size_t)snprintf(list + size, GM_CELL_BYTES - size, "%s%s", size ? " " : "", code);
    }
    return size ? list : NULL;
}

static void sm_row(const gm_catalog *catalog, const gm_sm_targets_row *from, gm_table_row *row)
{
    const char **cells = row->cells;
    cells[ARCH_TARGET] = gm_cell(catalog, from->target);
    cells[ARCH_ARCHITECTURE] = gm_cell(catalog, from->architecture);
    cells[ARCH_FIRST] = gm_cell(catalog, from->first_toolkit);
    cells[ARCH_LAST] = gm_cell(catalog, from->last_toolkit);
    cells[ARCH_LINUX] = gm_cell(catalog, from->driver_first_linux);
    cells[ARCH_WINDOWS] = gm_cell(catalog, from->driver_first_windows);
    cells[ARCH_DRIVER_LAST] = gm_cell(catalog, from->driver_last);
    cells[ARCH_RUNS] = list_code(catalog, cells[ARCH_TARGET], row->formatted[0]);
    cells[ARCH_TEGRA] = yes(catalog, from->tegra);
    cells[ARCH_MODULE] = gm_cell(catalog, from->kernel_module);
    set_source(catalog, row, "sm_targets.tsv", from->source, from->confidence);
}

static void gfx_row(const gm_catalog *catalog, const gm_amd_gfx_row *from, gm_table_row *row)
{
    const char **cells = row->cells;
    cells[ARCH_TARGET] = gm_cell(catalog, from->gfx);
    cells[ARCH_ARCHITECTURE] = gm_cell(catalog, from->family);
    cells[ARCH_GENERIC] = gm_cell(catalog, from->generic);
    cells[ARCH_OVERRIDE] = gm_cell(catalog, from->override_version);
    set_source(catalog, row, "amd_gfx.tsv", from->source, from->confidence);
}

/* A target of Intel's is known by the GPUs that have it. False for one of builds alone. */
static bool intel_row(const gm_catalog *catalog, const char *target, gm_table_row *row)
{
    for (size_t i = 0; i < catalog->gpu_pci_count; i++) {
        const gm_gpu_pci_row *from = &catalog->gpu_pci[i];
        const char *known = gm_cell(catalog, from->target);
        if (!known || strcmp(known, target))
            continue;
        row->cells[ARCH_TARGET] = target;
        row->cells[ARCH_ARCHITECTURE] = gm_cell(catalog, from->architecture);
        set_source(catalog, row, "gpu_pci.tsv", from->source, from->confidence);
        return true;
    }
    return false;
}

static bool arch_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    size_t sm = catalog->sm_targets_count, gfx = catalog->amd_gfx_count;
    bool known = true;
    if (index < sm)
        sm_row(catalog, &catalog->sm_targets[index], row);
    else if (index < sm + gfx)
        gfx_row(catalog, &catalog->amd_gfx[index - sm], row);
    else
        known = intel_row(catalog, catalog->intel[index - sm - gfx], row);
    row->cells[ARCH_VENDOR] = vendor_of(row->cells[ARCH_TARGET]);
    return known;
}

const gm_table gm_list_archs = {
    "archs", arch_columns, sizeof arch_columns / sizeof *arch_columns, arch_count, arch_row, 0};

/* --- toolkits -------------------------------------------------------------------------------- */

enum {
    TOOLKIT_CUDA,
    TOOLKIT_DATE,
    TOOLKIT_MIN,
    TOOLKIT_MAX,
    TOOLKIT_PTX,
    TOOLKIT_LINUX,
    TOOLKIT_WINDOWS,
    TOOLKIT_GCC,
    TOOLKIT_CLANG,
    TOOLKIT_STUDIO,
    TOOLKIT_MSVC_MIN,
    TOOLKIT_MSVC_BELOW,
    TOOLKIT_FLOOR_LINUX,
    TOOLKIT_FLOOR_WINDOWS
};
static const gm_table_column toolkit_columns[] = {
    [TOOLKIT_CUDA] = {"cuda", GM_CELL_TEXT, GM_FIT_TOOLKIT, GM_VIEW_PLAIN},
    [TOOLKIT_DATE] = {"date", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_MIN] = {"sass_min", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_MAX] = {"sass_max", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_PTX] = {"ptx_isa", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_LINUX] = {"driver_linux", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_WINDOWS] = {"driver_windows", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_GCC] = {"gcc_max", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_CLANG] = {"clang_max", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_PLAIN},
    [TOOLKIT_STUDIO] = {"visual_studio", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [TOOLKIT_MSVC_MIN] = {"msvc_min", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [TOOLKIT_MSVC_BELOW] = {"msvc_below", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [TOOLKIT_FLOOR_LINUX] = {"floor_linux", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [TOOLKIT_FLOOR_WINDOWS] = {"floor_windows", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL}};

static size_t toolkit_count(const gm_catalog *catalog)
{
    return catalog->cuda_toolkits_count;
}

static bool toolkit_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    const gm_cuda_toolkits_row *from = &catalog->cuda_toolkits[index];
    const char **cells = row->cells;
    snprintf(row->formatted[0], GM_CELL_BYTES, "%u.%u", (unsigned)from->isa / 10,
             (unsigned)from->isa % 10);
    cells[TOOLKIT_CUDA] = gm_cell(catalog, from->cuda);
    cells[TOOLKIT_DATE] = gm_cell(catalog, from->date);
    cells[TOOLKIT_MIN] = gm_cell(catalog, from->sass_min);
    cells[TOOLKIT_MAX] = gm_cell(catalog, from->sass_max);
    cells[TOOLKIT_PTX] = row->formatted[0];
    cells[TOOLKIT_LINUX] = gm_cell(catalog, from->driver_linux);
    cells[TOOLKIT_WINDOWS] = gm_cell(catalog, from->driver_windows);
    cells[TOOLKIT_GCC] = gm_cell(catalog, from->gcc_max);
    cells[TOOLKIT_CLANG] = gm_cell(catalog, from->clang_max);
    cells[TOOLKIT_STUDIO] = gm_cell(catalog, from->visual_studio);
    cells[TOOLKIT_MSVC_MIN] = gm_cell(catalog, from->msvc_min);
    cells[TOOLKIT_MSVC_BELOW] = gm_cell(catalog, from->msvc_below);
    cells[TOOLKIT_FLOOR_LINUX] = gm_cell(catalog, from->floor_linux);
    cells[TOOLKIT_FLOOR_WINDOWS] = gm_cell(catalog, from->floor_windows);
    set_source(catalog, row, "cuda_toolkits.tsv", from->source, from->confidence);
    return true;
}

const gm_table gm_list_toolkits = {
    "toolkits",    toolkit_columns, sizeof toolkit_columns / sizeof *toolkit_columns,
    toolkit_count, toolkit_row,     0};

/* --- drivers --------------------------------------------------------------------------------- */

enum { DRIVER_OS, DRIVER_FIRST, DRIVER_BRANCH, DRIVER_CUDA, DRIVER_ARCHITECTURES };
static const gm_table_column driver_columns[] = {
    [DRIVER_OS] = {"os", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [DRIVER_FIRST] = {"first", GM_CELL_TEXT, GM_FIT_DRIVER, GM_VIEW_PLAIN},
    [DRIVER_BRANCH] = {"branch", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [DRIVER_CUDA] = {"cuda", GM_CELL_TEXT, GM_FIT_VERSION, GM_VIEW_PLAIN},
    [DRIVER_ARCHITECTURES] = {"architectures", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_LONG}};

static size_t driver_count(const gm_catalog *catalog)
{
    return catalog->drivers_count;
}

static bool driver_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    const gm_drivers_row *from = &catalog->drivers[index];
    const char **cells = row->cells;
    cells[DRIVER_OS] = gm_cell(catalog, from->os);
    cells[DRIVER_FIRST] = gm_cell(catalog, from->first);
    cells[DRIVER_BRANCH] = gm_cell(catalog, from->branch);
    cells[DRIVER_CUDA] = gm_cell(catalog, from->cuda);
    cells[DRIVER_ARCHITECTURES] = gm_cell(catalog, from->architectures);
    set_source(catalog, row, "drivers.tsv", from->source, from->confidence);
    return true;
}

const gm_table gm_list_drivers = {
    "drivers",    driver_columns, sizeof driver_columns / sizeof *driver_columns,
    driver_count, driver_row,     0};

/* --- builds ---------------------------------------------------------------------------------- */

enum {
    BUILD_PACKAGE,
    BUILD_RELEASE,
    BUILD_VARIANT,
    BUILD_OS,
    BUILD_ARCH,
    BUILD_VERDICT,
    BUILD_CODE,
    BUILD_PYTHON,
    BUILD_CUDA,
    BUILD_DATE,
    BUILD_GLIBC,
    BUILD_CUDNN,
    BUILD_TRITON,
    BUILD_TORCHVISION,
    BUILD_TORCHAUDIO,
    BUILD_DEFAULT,
    BUILD_DOUBTFUL,
    BUILD_INDEX,
    BUILD_REQUIRES
};
static const gm_table_column build_columns[] = {
    [BUILD_PACKAGE] = {"package", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_VARIED},
    [BUILD_RELEASE] = {"release", GM_CELL_TEXT, GM_FIT_VERSION, GM_VIEW_PLAIN},
    [BUILD_VARIANT] = {"variant", GM_CELL_TEXT, GM_FIT_START, GM_VIEW_PLAIN},
    [BUILD_OS] = {"os", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [BUILD_ARCH] = {"arch", GM_CELL_TEXT, GM_FIT_CPU, GM_VIEW_PLAIN},
    [BUILD_VERDICT] = {"verdict", GM_CELL_TOKEN, GM_FIT_NONE, GM_VIEW_PLAIN},
    [BUILD_CODE] = {"code", GM_CELL_LIST, GM_FIT_CODE, GM_VIEW_LONG},
    [BUILD_PYTHON] = {"python", GM_CELL_LIST, GM_FIT_WHOLE, GM_VIEW_DETAIL},
    [BUILD_CUDA] = {"cuda", GM_CELL_TEXT, GM_FIT_VERSION, GM_VIEW_DETAIL},
    [BUILD_DATE] = {"date", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_GLIBC] = {"glibc", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_CUDNN] = {"cudnn", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_TRITON] = {"triton", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_TORCHVISION] = {"torchvision", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_TORCHAUDIO] = {"torchaudio", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_DEFAULT] = {"default", GM_CELL_YES, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_DOUBTFUL] = {"doubtful", GM_CELL_YES, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_INDEX] = {"index", GM_CELL_TEXT, GM_FIT_NONE, GM_VIEW_DETAIL},
    [BUILD_REQUIRES] = {"requires", GM_CELL_LIST, GM_FIT_NONE, GM_VIEW_LONG}};

static size_t build_count(const gm_catalog *catalog)
{
    return gm_catalog_build_count(catalog) + catalog->extensions_count;
}

/* A package that is built against one of the others. */
static void extension_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    const gm_extensions_row *from = &catalog->extensions[index];
    const char **cells = row->cells;
    cells[BUILD_PACKAGE] = gm_cell(catalog, from->package);
    cells[BUILD_RELEASE] = gm_cell(catalog, from->release);
    cells[BUILD_OS] = gm_cell(catalog, from->os);
    cells[BUILD_ARCH] = gm_cell(catalog, from->arch);
    cells[BUILD_CUDA] = gm_cell(catalog, from->cuda);
    cells[BUILD_REQUIRES] = gm_cell(catalog, from->requires);
    cells[BUILD_CODE] = gm_cell(catalog, from->code);
    set_source(catalog, row, "extensions.tsv", from->source, from->confidence);
}

static bool build_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    gm_build build;
    const char **cells = row->cells;
    if (index >= gm_catalog_build_count(catalog)) {
        extension_row(catalog, index - gm_catalog_build_count(catalog), row);
        return true;
    }
    gm_catalog_build(catalog, index, &build);
    if (build.cuda.count) {
        snprintf(row->formatted[0], GM_CELL_BYTES, "%u.%u", (unsigned)build.cuda.part[0],
                 (unsigned)build.cuda.part[1]);
        cells[BUILD_CUDA] = row->formatted[0];
    }
    cells[BUILD_PACKAGE] = build.name;
    cells[BUILD_RELEASE] = build.release;
    cells[BUILD_VARIANT] = build.variant;
    cells[BUILD_OS] = gm_cell(catalog, catalog->torch_builds[index].os);
    cells[BUILD_ARCH] = gm_cell(catalog, catalog->torch_builds[index].arch); /* also s390x */
    cells[BUILD_PYTHON] = build.python;
    cells[BUILD_CODE] = build.code;
    cells[BUILD_DATE] = build.date;
    cells[BUILD_GLIBC] = build.glibc;
    cells[BUILD_CUDNN] = build.cudnn;
    cells[BUILD_TRITON] = build.triton;
    cells[BUILD_TORCHVISION] = build.torchvision;
    cells[BUILD_TORCHAUDIO] = build.torchaudio;
    cells[BUILD_DEFAULT] = build.is_default ? "yes" : NULL;
    cells[BUILD_DOUBTFUL] = build.doubtful ? "yes" : NULL;
    cells[BUILD_INDEX] = build.index;
    row->table = build.row.table;
    row->source = build.row.source;
    row->confidence = build.row.confidence;
    return true;
}

const gm_table gm_list_builds = {
    "builds",    build_columns, sizeof build_columns / sizeof *build_columns,
    build_count, build_row,     BUILD_VERDICT};

/* --- packages and libraries ------------------------------------------------------------------ */

enum {
    LIBRARY_PACKAGE,
    LIBRARY_FILE,
    LIBRARY_ROLE,
    LIBRARY_COMPONENT,
    LIBRARY_SELECT,
    LIBRARY_FEATURE,
    LIBRARY_PART
};
static const gm_table_column library_columns[] = {
    [LIBRARY_PACKAGE] = {"package", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_PLAIN},
    [LIBRARY_FILE] = {"file", GM_CELL_TEXT, GM_FIT_PART, GM_VIEW_PLAIN},
    [LIBRARY_ROLE] = {"role", GM_CELL_TOKEN, GM_FIT_WHOLE, GM_VIEW_PLAIN},
    [LIBRARY_COMPONENT] = {"component", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_DETAIL},
    [LIBRARY_SELECT] = {"select", GM_CELL_TEXT, GM_FIT_WHOLE, GM_VIEW_DETAIL},
    [LIBRARY_FEATURE] = {"feature", GM_CELL_MESSAGE, GM_FIT_NONE, GM_VIEW_LONG},
    [LIBRARY_PART] = {"part", GM_CELL_YES, GM_FIT_NONE, GM_VIEW_DETAIL}};

static size_t library_count(const gm_catalog *catalog)
{
    return (size_t)catalog->packages_count + catalog->libraries_count;
}

static bool library_row(const gm_catalog *catalog, size_t index, gm_table_row *row)
{
    const char **cells = row->cells;
    if (index < catalog->packages_count) {
        const gm_packages_row *package = &catalog->packages[index];
        cells[LIBRARY_PACKAGE] = gm_cell(catalog, package->package);
        cells[LIBRARY_ROLE] = gm_cell(catalog, package->origin);
        cells[LIBRARY_COMPONENT] = gm_cell(catalog, package->component);
        cells[LIBRARY_PART] = yes(catalog, package->part);
        set_source(catalog, row, "packages.tsv", package->source, package->confidence);
        return true;
    }
    const gm_libraries_row *from = &catalog->libraries[index - catalog->packages_count];
    const char *feature = gm_cell(catalog, from->feature);
    cells[LIBRARY_PACKAGE] = gm_cell(catalog, from->package);
    cells[LIBRARY_FILE] = gm_cell(catalog, from->file);
    cells[LIBRARY_ROLE] = gm_cell(catalog, from->role);
    cells[LIBRARY_SELECT] = gm_cell(catalog, from->select);
    if (feature) {
        snprintf(row->formatted[0], GM_CELL_BYTES, "feature.%s", feature);
        cells[LIBRARY_FEATURE] = row->formatted[0];
    }
    set_source(catalog, row, "libraries.tsv", from->source, from->confidence);
    return true;
}

const gm_table gm_list_libraries = {
    "libraries",   library_columns, sizeof library_columns / sizeof *library_columns,
    library_count, library_row,     0};
