/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/lookup.h"
#include "catalog/internal.h"

/* "libtorch_cuda.so.2" → "torch_cuda"; "cublasLt64_13.dll" → "cublasLt". */
static size_t stem(const char **file)
{
    if (!strncmp(*file, "lib", 3))
        *file += 3;
    size_t size = strcspn(*file, ".");
    const char *mark = strstr(*file, "64_");
    if (mark && (size_t)(mark - *file) < size)
        size = (size_t)(mark - *file);
    return size;
}

static gm_role role_of(const char *text)
{
    if (!strcmp(text, "core"))
        return GM_ROLE_CORE;
    return strcmp(text, "feature") ? GM_ROLE_OTHER : GM_ROLE_FEATURE;
}

bool gm_catalog_library(const char *package, const char *file_name, gm_library_row *row)
{
    size_t size = stem(&file_name);
    for (size_t i = 0; i < gm_table_libraries_count; i++) {
        const gm_libraries_row *found = &gm_table_libraries[i];
        const char *file = gm_cell(found->file), *owner = gm_cell(found->package);
        if (strlen(file) != size || memcmp(file, file_name, size) ||
            (package && strcmp(owner, "*") && strcmp(owner, package)))
            continue;
        *row = (gm_library_row){
            .role = role_of(gm_cell(found->role)),
            .self_dispatching = !strcmp(gm_cell(found->role), "dispatch"),
            .feature = gm_cell(found->feature),
            .row = gm_row_source_of("libraries.tsv", found->source, found->confidence)};
        return true;
    }
    return false;
}

bool gm_catalog_package_known(const char *package)
{
    for (size_t i = 0; i < gm_table_libraries_count; i++)
        if (!strcmp(gm_cell(gm_table_libraries[i].package), package))
            return true;
    return false;
}

const char *gm_catalog_component(const char *package)
{
    for (size_t i = 0; i < gm_table_components_count; i++)
        if (!strcmp(gm_cell(gm_table_components[i].package), package))
            return gm_cell(gm_table_components[i].component);
    return NULL;
}

gm_version gm_catalog_triton_ptxas(const char *triton, gm_row_source *row)
{
    for (size_t i = 0; i < gm_table_triton_ptxas_count; i++) {
        const gm_triton_ptxas_row *found = &gm_table_triton_ptxas[i];
        if (strcmp(gm_cell(found->triton), triton))
            continue;
        *row = gm_row_source_of("triton_ptxas.tsv", found->source, found->confidence);
        return gm_cell_version(found->ptxas);
    }
    return (gm_version){{0}, 0};
}

unsigned gm_catalog_cudnn_min(gm_version cudnn, gm_row_source *row)
{
    unsigned least = 0;
    for (size_t i = 0; i < gm_table_cudnn_arch_count; i++) {
        const gm_cudnn_arch_row *found = &gm_table_cudnn_arch[i];
        const char *target = gm_cell(found->min_target);
        if (gm_version_compare(gm_cell_version(found->cudnn_from), cudnn) > 0)
            break;
        least = gm_cell_target(target, strlen(target)).number;
        *row = gm_row_source_of("cudnn_arch.tsv", found->source, found->confidence);
    }
    return least;
}
