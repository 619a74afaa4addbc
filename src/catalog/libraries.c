/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/internal.h"

/* Do the folders of `path` end with the first `size` bytes of a row's name ("flash_attn_3/")? */
static bool in_folder(const char *path, const char *file, const char *folder, size_t size)
{
    if (size > (size_t)(file - path))
        return false;
    for (const char *at = file - size; at < file; at++, folder++)
        if (*at != *folder && !(*at == '\\' && *folder == '/'))
            return false;
    return size == 0 || file - path == (ptrdiff_t)size || strchr("/\\", file[-(ptrdiff_t)size - 1]);
}

/* Equal to `pattern`, or beginning with what stands before its "*": then `*rest` bytes follow. */
static bool fits(const char *pattern, const char *text, size_t size, size_t *rest)
{
    size_t length = strlen(pattern);
    bool open = length && pattern[length - 1] == '*';
    length -= open;
    *rest = size - length;
    return size >= length && !memcmp(pattern, text, length) && (open || size == length);
}

static gm_role role_of(const char *text)
{
    if (!strcmp(text, "core") || !strcmp(text, "core-dispatch"))
        return GM_ROLE_CORE;
    return strcmp(text, "feature") ? GM_ROLE_OTHER : GM_ROLE_FEATURE;
}

/* "128" of CUDA is 12.8; "714" of ROCm, whose releases have one digit before the dot, is 7.14. */
static gm_version release_of(const char *select, const char *digits)
{
    size_t major = !strcmp(select, "rocm") ? 1 : 2, size = strspn(digits, "0123456789");
    gm_version release = {{0, 0}, 2};
    if (size <= major || size > major + 2)
        return (gm_version){{0}, 0};
    for (size_t i = 0; i < size; i++)
        release.part[i >= major] = release.part[i >= major] * 10 + (uint32_t)(digits[i] - '0');
    return release;
}

bool gm_package_fits(const char *pattern, const char *package)
{
    size_t rest;
    return fits(pattern, package, strlen(package), &rest);
}

static bool owns(const char *owner, const char *package)
{
    return !package || !strcmp(owner, "*") || gm_package_fits(owner, package);
}

/* Of several rows the one that says most: "flash_attn_3/_C" before "_C", a package before "*". */
static const gm_libraries_row *library_row(const gm_catalog *catalog, const char *package,
                                           const char *path, const char **rest)
{
    const gm_libraries_row *best = NULL;
    size_t size, behind, most = 0;
    const char *file = gm_file_name(path), *name = gm_library_name(path, &size);
    for (size_t i = 0; i < catalog->libraries_count; i++) {
        const gm_libraries_row *row = &catalog->libraries[i];
        const char *wanted = gm_cell(catalog, row->file), *wanted_name = gm_file_name(wanted);
        if (!fits(wanted_name, name, size, &behind) || strlen(wanted) < most ||
            !owns(gm_cell(catalog, row->package), package) ||
            !in_folder(path, file, wanted, (size_t)(wanted_name - wanted)))
            continue;
        best = row;
        most = strlen(wanted);
        *rest = name + size - behind;
    }
    return best;
}

bool gm_catalog_library(const gm_catalog *catalog, const char *package, const char *path,
                        gm_library_row *row)
{
    const char *rest;
    const gm_libraries_row *found = library_row(catalog, package, path, &rest);
    if (!found)
        return false;
    const char *role = gm_cell(catalog, found->role), *select = gm_cell(catalog, found->select);
    *row = (gm_library_row){
        .role = role_of(role),
        .self_dispatching = !strcmp(role, "dispatch") || !strcmp(role, "core-dispatch"),
        .opaque = !strcmp(role, "opaque"),
        .feature = gm_cell(catalog, found->feature),
        .select = select,
        .release = select ? release_of(select, rest) : (gm_version){{0}, 0},
        .package = gm_cell(catalog, found->package),
        .row = gm_row_source_of(catalog, "libraries.tsv", found->source, found->confidence)};
    return true;
}

bool gm_catalog_scanned(const gm_catalog *catalog, const char *sha256, uint64_t size_bytes,
                        gm_scanned *ret_scanned)
{
    size_t low = 0, high = catalog->scanned_libraries_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gm_scanned_libraries_row *row = &catalog->scanned_libraries[middle];
        int order = strcmp(sha256, gm_cell(catalog, row->sha256));
        if (order == 0 && strtoull(gm_cell(catalog, row->size_bytes), NULL, 10) == size_bytes) {
            *ret_scanned = (gm_scanned){.format = gm_cell(catalog, row->format),
                                        .arch = gm_cell(catalog, row->arch),
                                        .code = gm_cell(catalog, row->code),
                                        .needs = gm_cell(catalog, row->needs),
                                        .run_path = gm_cell(catalog, row->run_path),
                                        .row = gm_row_source_of(catalog, "scanned_libraries.tsv",
                                                                row->source, row->confidence)};
            return true;
        }
        if (order <= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool gm_catalog_has_core(const gm_catalog *catalog, const char *package)
{
    for (size_t i = 0; i < catalog->libraries_count; i++) {
        const gm_libraries_row *row = &catalog->libraries[i];
        const char *owner = gm_cell(catalog, row->package);
        if (strcmp(owner, "*") && gm_package_fits(owner, package) &&
            role_of(gm_cell(catalog, row->role)) == GM_ROLE_CORE)
            return true;
    }
    return false;
}

gm_version gm_catalog_library_cuda(const gm_catalog *catalog, const char *file)
{
    gm_version cuda = {{0}, 0};
    gm_library_row row;
    const char *elf = strstr(file, ".so."), *dll = strstr(file, "64_");
    if ((elf || dll) && gm_catalog_library(catalog, NULL, file, &row) &&
        gm_text_equal(row.select, "toolkit"))
        gm_version_read(elf ? elf + strlen(".so.") : dll + strlen("64_"), &cuda);
    if (!elf && cuda.count && cuda.part[0] >= 100) /* "cudart64_110.dll" */
        cuda = (gm_version){{cuda.part[0] / 10, cuda.part[0] % 10}, 2};
    if (cuda.count > 2)
        cuda.count = 2;
    return cuda;
}

static gm_code_origin origin_of(const char *text)
{
    return !strcmp(text, "compiles") ? GM_ORIGIN_COMPILES
           : !strcmp(text, "none")   ? GM_ORIGIN_NONE
                                     : GM_ORIGIN_EMBEDDED;
}

bool gm_catalog_package(const gm_catalog *catalog, const char *package, gm_package_row *row)
{
    const gm_packages_row *best = NULL;
    size_t size = strlen(package), rest, least = size + 1;
    for (size_t i = 0; i < catalog->packages_count; i++)
        if (fits(gm_cell(catalog, catalog->packages[i].package), package, size, &rest) &&
            rest < least) {
            best = &catalog->packages[i];
            least = rest;
        }
    if (!best)
        return false;
    *row = (gm_package_row){
        .origin = origin_of(gm_cell(catalog, best->origin)),
        .component = gm_cell(catalog, best->component),
        .part = gm_cell(catalog, best->part) != NULL,
        .same_cuda = gm_cell(catalog, best->same_cuda) != NULL,
        .row = gm_row_source_of(catalog, "packages.tsv", best->source, best->confidence)};
    return true;
}

const char *gm_catalog_component(const gm_catalog *catalog, const char *package)
{
    gm_package_row row;
    return gm_catalog_package(catalog, package, &row) ? row.component : NULL;
}

const char *gm_catalog_conda_package(const gm_catalog *catalog, const char *conda)
{
    for (size_t i = 0; i < catalog->conda_packages_count; i++)
        if (!strcmp(gm_cell(catalog, catalog->conda_packages[i].conda), conda))
            return gm_cell(catalog, catalog->conda_packages[i].package);
    return NULL;
}

gm_version gm_catalog_triton_ptxas(const gm_catalog *catalog, const char *triton,
                                   gm_row_source *row)
{
    for (size_t i = 0; i < catalog->triton_ptxas_count; i++) {
        const gm_triton_ptxas_row *found = &catalog->triton_ptxas[i];
        if (strcmp(gm_cell(catalog, found->triton), triton))
            continue;
        *row = gm_row_source_of(catalog, "triton_ptxas.tsv", found->source, found->confidence);
        return gm_cell_version(catalog, found->ptxas);
    }
    return (gm_version){{0}, 0};
}

unsigned gm_catalog_cudnn_min(const gm_catalog *catalog, gm_version cudnn, gm_row_source *row)
{
    unsigned least = 0;
    for (size_t i = 0; i < catalog->cudnn_arch_count; i++) {
        const gm_cudnn_arch_row *found = &catalog->cudnn_arch[i];
        const char *target = gm_cell(catalog, found->min_target);
        if (gm_version_compare(gm_cell_version(catalog, found->cudnn_from), cudnn) > 0)
            break;
        least = gm_cell_target(target, strlen(target)).number;
        *row = gm_row_source_of(catalog, "cudnn_arch.tsv", found->source, found->confidence);
    }
    return least;
}
