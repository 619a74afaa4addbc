/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "catalog/internal.h"

size_t gm_catalog_extension_count(const gm_catalog *catalog)
{
    return catalog->extensions_count;
}

void gm_catalog_extension(const gm_catalog *catalog, size_t index, gm_extension *extension)
{
    const gm_extensions_row *row = &catalog->extensions[index];
    const char *os = gm_cell(catalog, row->os), *cpu = gm_cell(catalog, row->arch);
    const char *cuda = gm_cell(catalog, row->cuda);
    *extension = (gm_extension){
        .name = gm_cell(catalog, row->package),
        .release = gm_cell(catalog, row->release),
        .requires = gm_cell(catalog, row->requires),
        .code = gm_cell(catalog, row->code),
        .row = gm_row_source_of(catalog, "extensions.tsv", row->source, row->confidence)};
    if (os)
        gm_os_parse(os, &extension->os);
    if (cpu)
        gm_cpu_parse(cpu, &extension->cpu);
    if (cuda)
        gm_version_read(cuda, &extension->cuda);
}

bool gm_catalog_extension_find(const gm_catalog *catalog, const char *name, const char *release,
                               gm_os os, gm_cpu cpu, gm_extension *extension)
{
    for (size_t i = 0; i < catalog->extensions_count; i++) {
        gm_catalog_extension(catalog, i, extension);
        if (!strcmp(extension->name, name) && !strcmp(extension->release, release) &&
            extension->os == os && extension->cpu == cpu)
            return true;
    }
    return false;
}

bool gm_extension_is_for(const gm_extension *extension, gm_version cuda)
{
    gm_version own = extension->cuda;
    if (!own.count || !cuda.count || own.part[0] != cuda.part[0])
        return false;
    return own.count < 2 || own.part[1] == cuda.part[1];
}
