/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/lookup.h"
#include "catalog/rows.h"

gm_row_source gm_row_source_of(const gm_catalog *catalog, const char *table, uint32_t source,
                               uint32_t confidence)
{
    return (gm_row_source){table, gm_cell(catalog, source), (gm_confidence)confidence};
}

gm_version gm_cell_version(const gm_catalog *catalog, uint32_t offset)
{
    gm_version version = {{0}, 0};
    const char *text = gm_cell(catalog, offset);
    if (text)
        gm_version_read(text, &version);
    return version;
}

gm_target gm_cell_target(const char *text, size_t size)
{
    gm_target target = {0};
    if (gm_target_parse(text, size, &target) || size >= sizeof target.name)
        return target;
    target = (gm_target){.kind = GM_TARGET_INTEL};
    memcpy(target.name, text, size);
    return target;
}

void gm_catalog_targets(const char *list, gm_gpu *gpu)
{
    for (const char *at = list ? list : ""; *at && gpu->target_count < GM_DEVICE_TARGETS;) {
        size_t size = strcspn(at, " ");
        gpu->targets[gpu->target_count++] = gm_cell_target(at, size);
        at += size;
        at += strspn(at, " ");
    }
    if (gpu->target_count)
        gpu->vendor = gm_target_vendor(&gpu->targets[0]);
}

const gm_gpu_pci_row *gm_catalog_pci_row(const gm_catalog *catalog, uint32_t id)
{
    size_t low = 0, high = catalog->gpu_pci_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (catalog->gpu_pci[middle].device == id)
            return &catalog->gpu_pci[middle];
        if (catalog->gpu_pci[middle].device < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool guess_by_block(const gm_catalog *catalog, uint16_t device, gm_gpu *gpu)
{
    for (size_t i = 0; i < catalog->gpu_id_blocks_count; i++) {
        const gm_gpu_id_blocks_row *row = &catalog->gpu_id_blocks[i];
        if (device < row->first || device > row->last)
            continue;
        *gpu = (gm_gpu){
            .chip = gm_cell(catalog, row->chip),
            .row = gm_row_source_of(catalog, "gpu_id_blocks.tsv", row->source, GM_CONFIDENCE_LOW)};
        gm_catalog_targets(gm_cell(catalog, row->target), gpu);
        return true;
    }
    return false;
}

bool gm_catalog_gpu_by_pci(const gm_catalog *catalog, uint16_t vendor, uint16_t device, gm_gpu *gpu)
{
    const gm_gpu_pci_row *row = gm_catalog_pci_row(catalog, (uint32_t)vendor << 16 | device);
    if (!row)
        return gm_pci_vendor(vendor) == GM_VENDOR_NVIDIA && guess_by_block(catalog, device, gpu);
    *gpu = (gm_gpu){.name = gm_cell(catalog, row->name),
                    .architecture = gm_cell(catalog, row->architecture),
                    .chip = gm_cell(catalog, row->chip),
                    .row = gm_row_source_of(catalog, "gpu_pci.tsv", row->source, row->confidence)};
    gm_catalog_targets(gm_cell(catalog, row->target), gpu);
    return true;
}

bool gm_catalog_gfx(const gm_catalog *catalog, const char *name, gm_gfx *gfx)
{
    for (size_t i = 0; i < catalog->amd_gfx_count; i++) {
        const gm_amd_gfx_row *row = &catalog->amd_gfx[i];
        if (!gm_text_equal(gm_cell(catalog, row->gfx), name))
            continue;
        *gfx =
            (gm_gfx){.name = gm_cell(catalog, row->gfx),
                     .family = gm_cell(catalog, row->family),
                     .generic = gm_cell(catalog, row->generic),
                     .override_version = gm_cell(catalog, row->override_version),
                     .row = gm_row_source_of(catalog, "amd_gfx.tsv", row->source, row->confidence)};
        return true;
    }
    return false;
}

const char *const *gm_catalog_intel_targets(const gm_catalog *catalog)
{
    return catalog->intel;
}

const gm_catalog *gm_catalog_builtin(void)
{
    return &gm_catalog_tables;
}

const char *gm_catalog_date(const gm_catalog *catalog)
{
    return gm_cell(catalog, catalog->newest);
}
