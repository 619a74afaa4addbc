/* SPDX-License-Identifier: MIT */
/* What stands between a GPU and a program: kernel drivers, forward compatibility, Jetson systems.
 */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/rows.h"

static gm_binding binding_of(const char *role)
{
    if (!strcmp(role, "compute"))
        return GM_BINDING_COMPUTE;
    return strcmp(role, "display") ? GM_BINDING_PASSTHROUGH : GM_BINDING_DISPLAY;
}

static gm_vendor vendor_of(const char *id)
{
    return gm_pci_vendor(strtoul(id, NULL, 16));
}

gm_binding gm_catalog_kernel_driver(const gm_catalog *catalog, const char *driver, gm_vendor vendor)
{
    for (size_t i = 0; i < catalog->kernel_drivers_count; i++) {
        const gm_kernel_drivers_row *row = &catalog->kernel_drivers[i];
        const char *owner = gm_cell(catalog, row->vendor);
        if (!strcmp(gm_cell(catalog, row->driver), driver) &&
            (!owner || vendor_of(owner) == vendor))
            return binding_of(gm_cell(catalog, row->role));
    }
    return GM_BINDING_UNKNOWN;
}

/* Is `number` one of the blank-separated numbers of `list`? */
static bool has_number(const char *list, unsigned long number)
{
    while (*list) {
        char *end;
        if (strtoul(list, &end, 10) == number)
            return true;
        if (end == list)
            return false;
        list = end + strspn(end, " ");
    }
    return false;
}

bool gm_catalog_forward_compat(const gm_catalog *catalog, gm_version cuda, gm_version driver,
                               gm_row_source *row)
{
    for (size_t i = 0; i < catalog->forward_compat_count; i++) {
        const gm_forward_compat_row *found = &catalog->forward_compat[i];
        if (gm_version_compare(gm_cell_version(catalog, found->cuda), cuda) ||
            !has_number(gm_cell(catalog, found->branches), driver.part[0]))
            continue;
        *row = gm_row_source_of(catalog, "forward_compat.tsv", found->source, found->confidence);
        return true;
    }
    return false;
}

bool gm_catalog_forward_compat_refused(const gm_catalog *catalog, const char *name,
                                       gm_row_source *row)
{
    for (size_t i = 0; i < catalog->forward_compat_brands_count; i++) {
        const gm_forward_compat_brands_row *found = &catalog->forward_compat_brands[i];
        if (!strstr(name, gm_cell(catalog, found->word)))
            continue;
        *row = gm_row_source_of(catalog, "forward_compat_brands.tsv", found->source,
                                found->confidence);
        return true;
    }
    return false;
}

bool gm_catalog_tegra(const gm_catalog *catalog, const char *compatible, gm_gpu *gpu)
{
    for (size_t i = 0; i < catalog->tegra_chips_count; i++) {
        const gm_tegra_chips_row *row = &catalog->tegra_chips[i];
        const char *target = gm_cell(catalog, row->target);
        if (strcmp(gm_cell(catalog, row->compatible), compatible))
            continue;
        *gpu = (gm_gpu){
            .vendor = GM_VENDOR_NVIDIA, .name = gm_cell(catalog, row->name), .target_count = 1};
        gpu->targets[0] = gm_cell_target(target, strlen(target));
        return true;
    }
    return false;
}

gm_version gm_catalog_tegra_cuda(const gm_catalog *catalog, gm_version l4t)
{
    gm_version cuda = {{0}, 0};
    for (size_t i = 0; i < catalog->tegra_releases_count; i++)
        if (gm_version_compare(gm_cell_version(catalog, catalog->tegra_releases[i].l4t), l4t) <= 0)
            cuda = gm_cell_version(catalog, catalog->tegra_releases[i].cuda);
    return cuda;
}
