/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/rows.h"

gm_version gm_catalog_driver_cuda(const gm_catalog *catalog, gm_os os, gm_version driver)
{
    gm_version cuda = {{0}, 0};
    const char *token = gm_os_token(os);
    for (size_t i = 0; token && i < catalog->drivers_count; i++) {
        const gm_drivers_row *row = &catalog->drivers[i];
        if (strcmp(gm_cell(catalog, row->os), token) ||
            gm_version_compare(gm_cell_version(catalog, row->first), driver) > 0)
            continue;
        gm_version level = gm_cell_version(catalog, row->cuda);
        if (gm_version_compare(level, cuda) > 0)
            cuda = level;
    }
    return cuda;
}

gm_version gm_catalog_branch_cuda(const gm_catalog *catalog, const char *branch)
{
    gm_version cuda = {{0}, 0};
    for (size_t i = 0; i < catalog->drivers_count; i++) {
        const char *name = gm_cell(catalog, catalog->drivers[i].branch);
        gm_version level = gm_cell_version(catalog, catalog->drivers[i].cuda);
        if (name && gm_ascii_equal_n(name, branch, strlen(name) + 1) &&
            gm_version_compare(level, cuda) > 0)
            cuda = level;
    }
    return cuda;
}

/* A level without a toolkit of its own (12.7) has its branch only. */
static const char *first_branch(const gm_catalog *catalog, gm_os os, gm_version cuda)
{
    const char *token = gm_os_token(os);
    for (size_t i = 0; i < catalog->drivers_count; i++)
        if (gm_text_equal(gm_cell(catalog, catalog->drivers[i].os), token) &&
            gm_version_compare(gm_cell_version(catalog, catalog->drivers[i].cuda), cuda) == 0)
            return gm_cell(catalog, catalog->drivers[i].first);
    return NULL;
}

const char *gm_catalog_driver_for_cuda(const gm_catalog *catalog, gm_os os, gm_version cuda)
{
    const gm_cuda_toolkits_row *row = gm_catalog_toolkit_row(catalog, cuda);
    if (!row)
        return first_branch(catalog, os, cuda);
    return gm_cell(catalog, os == GM_OS_WINDOWS ? row->driver_windows : row->driver_linux);
}

const char *gm_catalog_driver_floor(const gm_catalog *catalog, gm_os os, gm_version cuda)
{
    const gm_cuda_toolkits_row *row = gm_catalog_toolkit_row(catalog, cuda);
    for (size_t i = 0; cuda.count == 1 && !row && i < catalog->cuda_toolkits_count; i++)
        if (gm_level_version(catalog->cuda_toolkits[i].level).part[0] == cuda.part[0])
            row = &catalog->cuda_toolkits[i];
    if (!row)
        return NULL;
    return gm_cell(catalog, os == GM_OS_WINDOWS ? row->floor_windows : row->floor_linux);
}

const char *gm_catalog_driver_zstd(const gm_catalog *catalog, gm_os os)
{
    const char *token = gm_os_token(os);
    for (size_t i = 0; i < catalog->driver_features_count; i++)
        if (gm_text_equal(gm_cell(catalog, catalog->driver_features[i].os), token) &&
            gm_text_equal(gm_cell(catalog, catalog->driver_features[i].feature), "zstd"))
            return gm_cell(catalog, catalog->driver_features[i].first);
    return NULL;
}

static uint32_t pci_number(const char *pci)
{
    char *end;
    unsigned long vendor = strtoul(pci, &end, 16);
    return (uint32_t)(vendor << 16 | (*end == ':' ? strtoul(end + 1, NULL, 16) : 0));
}

static gm_kernel_module kernel_module_of(const char *text)
{
    if (!text)
        return GM_MODULE_ANY;
    return !strcmp(text, "open") ? GM_MODULE_OPEN : GM_MODULE_CLOSED;
}

/* The PCI id of a device, of any that bears its name, or 0. */
static uint32_t device_number(const gm_catalog *catalog, const char *pci, const char *name)
{
    const gm_gpu_names_row *row = !pci && name ? gm_catalog_name_row(catalog, name) : NULL;
    return pci ? pci_number(pci) : row ? row->device : 0;
}

/* The first release that lists a device, for the branch of `driver`: the release of that branch,
 * none where a later branch began with it, the lowest of all for older or unknown drivers. False,
 * and `*ret_first` left alone, when the table says nothing about the device. */
static bool first_of_branch(const gm_catalog *catalog, uint32_t device, gm_version driver,
                            const char **ret_first)
{
    bool any = false;
    for (size_t i = 0; device && i < catalog->gpu_driver_firsts_count; i++) {
        const gm_gpu_driver_firsts_row *row = &catalog->gpu_driver_firsts[i];
        if (row->device != device)
            continue;
        gm_version first = gm_cell_version(catalog, row->first);
        if (!any || (driver.count && first.part[0] == driver.part[0]))
            *ret_first = gm_cell(catalog, row->first);
        else if (driver.count && first.part[0] < driver.part[0])
            *ret_first = NULL;
        any = true;
    }
    gm_version lowest;
    if (any && *ret_first && driver.count && gm_version_read(*ret_first, &lowest) &&
        lowest.part[0] < driver.part[0])
        *ret_first = NULL;
    return any;
}

bool gm_catalog_driver_range(const gm_catalog *catalog, gm_os os, const char *pci, const char *name,
                             const gm_target *target, gm_version driver, gm_driver_range *range)
{
    gm_target sm = gm_target_sm(target->number, 0);
    const gm_sm_targets_row *row =
        target->kind == GM_TARGET_SM ? gm_catalog_sm_row(catalog, &sm) : NULL;
    bool windows = os == GM_OS_WINDOWS;
    if (!row)
        return false;
    const char *first =
        gm_cell(catalog, windows ? row->driver_first_windows : row->driver_first_linux);
    bool bound = first && !strncmp(first, "<=", strlen("<="));
    *range = (gm_driver_range){
        .first = bound ? first + strlen("<=") : first,
        .first_is_bound = bound,
        .last = gm_cell(catalog, row->driver_last),
        .after_last = gm_cell(catalog, row->driver_after_last),
        .last_release =
            gm_cell(catalog, windows ? row->driver_last_windows : row->driver_last_linux),
        .kernel_module = kernel_module_of(gm_cell(catalog, row->kernel_module)),
        .row = gm_row_source_of(catalog, "sm_targets.tsv", row->source, row->confidence)};
    if (!windows &&
        first_of_branch(catalog, device_number(catalog, pci, name), driver, &range->first))
        range->first_is_bound = false; /* the device's own row is exact */
    return true;
}
