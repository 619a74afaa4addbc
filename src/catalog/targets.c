/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/lookup.h"
#include "catalog/rows.h"

const gm_sm_targets_row *gm_catalog_sm_row(const gm_catalog *catalog, const gm_target *target)
{
    uint32_t number = gm_sm_number(target);
    for (size_t i = 0; number && i < catalog->sm_targets_count; i++)
        if (catalog->sm_targets[i].sm == number)
            return &catalog->sm_targets[i];
    return NULL;
}

static void fill_sm(const gm_catalog *catalog, const gm_sm_targets_row *row,
                    const gm_target *target, gm_sm *sm)
{
    *sm = (gm_sm){.target = *target,
                  .architecture = gm_cell(catalog, row->architecture),
                  .gpus = gm_cell(catalog, row->gpus),
                  .tegra = gm_text_equal(gm_cell(catalog, row->tegra), "yes"),
                  .first_toolkit = gm_level_version(row->first_level),
                  .last_toolkit = gm_level_version(row->last_level),
                  .row = gm_row_source_of(catalog, "sm_targets.tsv", row->source, row->confidence)};
}

bool gm_catalog_sm(const gm_catalog *catalog, const gm_target *target, gm_sm *sm)
{
    const gm_sm_targets_row *row =
        target->kind == GM_TARGET_SM ? gm_catalog_sm_row(catalog, target) : NULL;
    if (row)
        fill_sm(catalog, row, target, sm);
    return row != NULL;
}

bool gm_catalog_sm_at(const gm_catalog *catalog, size_t index, gm_sm *sm)
{
    if (index >= catalog->sm_targets_count)
        return false;
    const gm_sm_targets_row *row = &catalog->sm_targets[index];
    const char *name = gm_cell(catalog, row->target);
    gm_target target = gm_cell_target(name, strlen(name));
    fill_sm(catalog, row, &target, sm);
    return true;
}

bool gm_catalog_sass_runs(const gm_catalog *catalog, const gm_target *code, const gm_target *device,
                          gm_version *ret_unified_toolkit)
{
    gm_target plain = gm_target_sm(device->number, 0);
    uint32_t code_sm = gm_sm_number(code), device_sm = gm_sm_number(&plain);
    for (size_t i = 0; i < catalog->sass_compat_count; i++) {
        const gm_sass_compat_row *row = &catalog->sass_compat[i];
        if (row->code_sm != code_sm || row->device_sm != device_sm)
            continue;
        if (ret_unified_toolkit)
            *ret_unified_toolkit = gm_cell_version(catalog, row->from_toolkit);
        return true;
    }
    return false;
}

/* The family relation is the same for machine code and PTX, and stands in one table. */
bool gm_catalog_in_family(const gm_catalog *catalog, const gm_target *code, const gm_target *device)
{
    gm_target sm = gm_target_sm(code->number, code->suffix);
    return gm_catalog_sass_runs(catalog, &sm, device, NULL);
}

/* Targets without suffix: their code runs wherever that of the others does. */
bool gm_catalog_toolkit_serves(const gm_catalog *catalog, gm_version cuda, const gm_target *most,
                               const gm_target *device)
{
    for (size_t i = 0; i < catalog->sm_targets_count; i++) {
        const gm_sm_targets_row *row = &catalog->sm_targets[i];
        const char *name = gm_cell(catalog, row->target);
        gm_target target = gm_cell_target(name, strlen(name));
        gm_version last = gm_level_version(row->last_level), unified;
        if (!target.suffix && (most->kind == GM_TARGET_NONE || target.number <= most->number) &&
            gm_version_compare(gm_level_version(row->first_level), cuda) <= 0 &&
            !(last.count && gm_version_compare(cuda, last) > 0) &&
            gm_catalog_sass_runs(catalog, &target, device, &unified) &&
            gm_version_compare(unified, cuda) <= 0)
            return true;
    }
    return false;
}

static void fill_toolkit(const gm_catalog *catalog, const gm_cuda_toolkits_row *row,
                         gm_toolkit *toolkit)
{
    const char *least = gm_cell(catalog, row->sass_min), *most = gm_cell(catalog, row->sass_max);
    *toolkit = (gm_toolkit){
        .version = gm_level_version(row->level),
        .text = gm_cell(catalog, row->cuda),
        .sass_min = gm_cell_target(least, strlen(least)),
        .sass_max = gm_cell_target(most, strlen(most)),
        .ptx_isa = (uint16_t)row->isa,
        .release_date = gm_cell(catalog, row->date),
        .row = gm_row_source_of(catalog, "cuda_toolkits.tsv", row->source, row->confidence)};
}

const gm_cuda_toolkits_row *gm_catalog_toolkit_row(const gm_catalog *catalog, gm_version cuda)
{
    uint32_t level = cuda.count >= 2 ? gm_level(cuda) : 0;
    for (size_t i = 0; level && i < catalog->cuda_toolkits_count; i++)
        if (catalog->cuda_toolkits[i].level == level)
            return &catalog->cuda_toolkits[i];
    return NULL;
}

bool gm_catalog_toolkit(const gm_catalog *catalog, gm_version major_minor, gm_toolkit *toolkit)
{
    const gm_cuda_toolkits_row *row = gm_catalog_toolkit_row(catalog, major_minor);
    if (row)
        fill_toolkit(catalog, row, toolkit);
    return row != NULL;
}

bool gm_catalog_toolkit_at(const gm_catalog *catalog, size_t index, gm_toolkit *toolkit)
{
    if (index >= catalog->cuda_toolkits_count)
        return false;
    fill_toolkit(catalog, &catalog->cuda_toolkits[index], toolkit);
    return true;
}

gm_version gm_catalog_ptx_newest(const gm_catalog *catalog, uint16_t ptx_isa)
{
    gm_version newest = {{0}, 0};
    for (size_t i = 0; i < catalog->cuda_toolkits_count; i++)
        if (catalog->cuda_toolkits[i].isa == ptx_isa)
            newest = gm_level_version(catalog->cuda_toolkits[i].level);
    return newest;
}

gm_version gm_catalog_ptx_cuda(const gm_catalog *catalog, uint16_t ptx_isa)
{
    for (size_t i = 0; i < catalog->ptx_isa_count; i++)
        if (catalog->ptx_isa[i].isa == ptx_isa)
            return gm_cell_version(catalog, catalog->ptx_isa[i].cuda);
    return (gm_version){{0}, 0};
}
