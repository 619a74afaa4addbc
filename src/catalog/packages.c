/* SPDX-License-Identifier: MIT */
/* What is known of a package by its name and release: the CUDA release that it is made for, and
 * what compiles its kernels. */
#include <string.h>

#include "base/lookup.h"
#include "catalog/internal.h"

/* Is the release of a row older than, or the same as, that of the package? */
static bool since(const gm_catalog *catalog, uint32_t from, gm_version release)
{
    return gm_version_compare(gm_cell_version(catalog, from), release) <= 0;
}

bool gm_catalog_compilers(const gm_catalog *catalog, const char *package, const char *version,
                          gm_compilers *compilers)
{
    const gm_package_compilers_row *found = NULL;
    gm_version release;
    if (!version || !gm_version_read(version, &release))
        return false;
    for (size_t i = 0; i < catalog->package_compilers_count; i++) {
        const gm_package_compilers_row *row = &catalog->package_compilers[i];
        if (gm_package_fits(gm_cell(catalog, row->package), package) &&
            since(catalog, row->from, release))
            found = row;
    }
    if (!found)
        return false;
    const char *target = gm_cell(catalog, found->target_max);
    *compilers = (gm_compilers){
        .packages = gm_cell(catalog, found->compilers),
        .from = gm_cell(catalog, found->from),
        .target_max = target ? gm_cell_target(target, strlen(target)) : (gm_target){0},
        .driver_helps = gm_text_equal(gm_cell(catalog, found->too_old), "driver"),
        .row =
            gm_row_source_of(catalog, "package_compilers.tsv", found->source, found->confidence)};
    return true;
}

bool gm_catalog_next_compiler(const char **at, gm_requirement *requirement)
{
    const char *word = *at + strspn(*at, " "), *equal = strstr(word, "==");
    if (!equal)
        return false;
    requirement->name = word;
    requirement->name_size = (size_t)(equal - word);
    requirement->version = equal + 2;
    *at = requirement->version + strcspn(requirement->version, " ");
    requirement->version_size = (size_t)(*at - requirement->version);
    return true;
}

/* The lowest major release of CUDA among the compilers of a package. */
static gm_version cuda_of_compilers(const gm_catalog *catalog, const char *package,
                                    const char *version)
{
    gm_compilers compilers;
    gm_requirement one;
    gm_version lowest = {{0}, 0}, release;
    if (!gm_catalog_compilers(catalog, package, version, &compilers))
        return lowest;
    for (const char *at = compilers.packages; gm_catalog_next_compiler(&at, &one);)
        if (gm_version_read(one.version, &release) &&
            (!lowest.count || release.part[0] < lowest.part[0])) {
            lowest = release;
            lowest.count = 1;
        }
    return lowest;
}

gm_version gm_catalog_package_cuda(const gm_catalog *catalog, const char *package,
                                   const char *version, gm_os os, gm_cpu cpu)
{
    gm_version release, cuda = {{0}, 0};
    if (!version || !gm_version_read(version, &release))
        return cuda;
    for (size_t i = 0; i < catalog->package_cuda_count; i++) {
        const gm_package_cuda_row *row = &catalog->package_cuda[i];
        if (gm_package_fits(gm_cell(catalog, row->package), package) &&
            since(catalog, row->from, release))
            cuda = gm_cell_version(catalog, row->cuda);
    }
    gm_extension extension;
    if (!cuda.count && gm_catalog_extension_find(catalog, package, version, os, cpu, &extension))
        cuda = extension.cuda;
    return cuda.count ? cuda : cuda_of_compilers(catalog, package, version);
}
