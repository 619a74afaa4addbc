/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/internal.h"

bool gm_catalog_has_builds(const char *name)
{
    return !strcmp(name, TORCH);
}

size_t gm_catalog_build_count(const gm_catalog *catalog)
{
    return catalog->torch_builds_count;
}

/* Equal texts lie once in the built-in pool, so that equal cells are equal numbers; those of rows
 * that were laid over are compared. */
static const gm_torch_companions_row *companions_of(const gm_catalog *catalog, uint32_t release)
{
    for (size_t i = 0; i < catalog->torch_companions_count; i++) {
        const gm_torch_companions_row *row = &catalog->torch_companions[i];
        if (row->release == release ||
            (catalog->more && !strcmp(gm_cell(catalog, row->release), gm_cell(catalog, release))))
            return row;
    }
    return NULL;
}

static const char *companion_in(const gm_catalog *catalog, const gm_torch_companions_row *row,
                                const char *package)
{
    const struct {
        const char *name;
        uint32_t cell;
    } columns[] = {{"torchvision", row->torchvision},
                   {"torchaudio", row->torchaudio},
                   {"triton", row->triton}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!strcmp(package, columns[i].name))
            return gm_cell(catalog, columns[i].cell);
    return NULL;
}

static bool same_release(const char *text, const char *wanted)
{
    gm_version a, b;
    return text && gm_version_read(text, &a) && gm_version_read(wanted, &b) &&
           !gm_version_compare(a, b);
}

const char *gm_catalog_companion(const gm_catalog *catalog, const char *package,
                                 const char *release)
{
    for (size_t i = 0; i < catalog->torch_companions_count; i++) {
        const gm_torch_companions_row *row = &catalog->torch_companions[i];
        if (same_release(gm_cell(catalog, row->release), release))
            return companion_in(catalog, row, package);
    }
    return NULL;
}

const char *gm_catalog_companion_owner(const gm_catalog *catalog, const char *package,
                                       const char *release)
{
    for (size_t i = catalog->torch_companions_count; i-- > 0;) {
        const gm_torch_companions_row *row = &catalog->torch_companions[i];
        if (same_release(companion_in(catalog, row, package), release))
            return gm_cell(catalog, row->release);
    }
    return NULL;
}

bool gm_catalog_default_build(const gm_catalog *catalog, const char *name, const char *version,
                              gm_os os, gm_cpu cpu, gm_build *build)
{
    for (size_t i = gm_catalog_has_builds(name) ? gm_catalog_build_count(catalog) : 0; i-- > 0;) {
        gm_catalog_build(catalog, i, build);
        if (build->is_default && build->os == os && build->cpu == cpu &&
            same_release(build->release, version))
            return true;
    }
    return false;
}

static const char *code_of(const char *cell)
{
    if (!cell)
        return "";
    return strcmp(cell, "?") ? cell : NULL;
}

void gm_catalog_build(const gm_catalog *catalog, size_t index, gm_build *build)
{
    const gm_torch_builds_row *row = &catalog->torch_builds[index];
    const gm_torch_companions_row *beside = companions_of(catalog, row->release);
    *build = (gm_build){
        .name = TORCH,
        .release = gm_cell(catalog, row->release),
        .variant = gm_cell(catalog, row->variant),
        .date = gm_cell(catalog, row->date),
        .code = code_of(gm_cell(catalog, row->code)),
        .python = gm_cell(catalog, row->python),
        .glibc = gm_cell(catalog, row->glibc),
        .index = gm_cell(catalog, row->index_url),
        .is_default = gm_text_equal(gm_cell(catalog, row->is_default), "yes"),
        .doubtful = gm_text_equal(gm_cell(catalog, row->doubtful), "yes"),
        .cudnn = gm_cell(catalog, row->cudnn),
        .row = gm_row_source_of(catalog, "torch_builds.tsv", row->source, row->confidence)};
    build->place = index;
    gm_os_parse(gm_cell(catalog, row->os), &build->os);
    gm_cpu_parse(gm_cell(catalog, row->arch), &build->cpu);
    build->cuda = gm_catalog_variant_cuda(build->variant);
    if (beside) {
        build->torchvision = gm_cell(catalog, beside->torchvision);
        build->torchaudio = gm_cell(catalog, beside->torchaudio);
        build->triton = gm_cell(catalog, beside->triton);
    }
}

bool gm_catalog_next_build(const gm_catalog *catalog, const gm_spec *allowed, gm_os os, gm_cpu cpu,
                           size_t *at, gm_build *build)
{
    if (!gm_catalog_has_builds(allowed->name))
        return false;
    const char *system = gm_os_token(os), *processor = gm_cpu_token(cpu);
    while (*at < catalog->torch_builds_count) {
        const gm_torch_builds_row *row = &catalog->torch_builds[(*at)++];
        if (gm_text_equal(gm_cell(catalog, row->os), system) &&
            gm_text_equal(gm_cell(catalog, row->arch), processor) &&
            (!allowed->variant || !strcmp(gm_cell(catalog, row->variant), allowed->variant)) &&
            gm_spec_allows(allowed, gm_cell(catalog, row->release))) {
            gm_catalog_build(catalog, *at - 1, build);
            return true;
        }
    }
    return false;
}

/* One past the last row of `release`, or where it would end. */
static size_t end_of_release(const gm_catalog *catalog, gm_version release)
{
    size_t low = 0, high = catalog->torch_builds_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gm_version_compare(gm_cell_version(catalog, catalog->torch_builds[middle].release),
                               release) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool gm_catalog_build_find(const gm_catalog *catalog, const char *name, const char *version,
                           const char *variant, gm_os os, gm_cpu cpu, gm_build *build)
{
    gm_version wanted;
    if (strcmp(name, TORCH) || !gm_version_read(version, &wanted))
        return false;
    for (size_t i = end_of_release(catalog, wanted); i-- > 0;) {
        const gm_torch_builds_row *row = &catalog->torch_builds[i];
        if (gm_version_compare(gm_cell_version(catalog, row->release), wanted))
            return false;
        if (!strcmp(gm_cell(catalog, row->variant), variant) &&
            gm_text_equal(gm_cell(catalog, row->os), gm_os_token(os)) &&
            gm_text_equal(gm_cell(catalog, row->arch), gm_cpu_token(cpu))) {
            gm_catalog_build(catalog, i, build);
            return true;
        }
    }
    return false;
}

bool gm_catalog_build_of(const gm_catalog *catalog, const gm_package *package, gm_os os, gm_cpu cpu,
                         gm_build *build)
{
    if (package->build_row && package->build_row <= catalog->torch_builds_count) {
        gm_catalog_build(catalog, package->build_row - 1, build);
        if (build->os == os && build->cpu == cpu)
            return true;
    }
    return package->version && package->variant &&
           gm_catalog_build_find(catalog, package->name, package->version, package->variant, os,
                                 cpu, build);
}

gm_version gm_catalog_variant_cuda(const char *variant)
{
    gm_version cuda = {{0}, 0};
    size_t digits = variant && !strncmp(variant, "cu", 2) ? strlen(variant + 2) : 0;
    if (digits < 2 || strspn(variant + 2, "0123456789") != digits)
        return cuda;
    unsigned long number = strtoul(variant + 2, NULL, 10);
    cuda.part[0] = (uint32_t)(number / 10);
    cuda.part[1] = (uint32_t)(number % 10);
    cuda.count = 2;
    return cuda;
}

gm_version gm_catalog_variant_rocm(const char *variant)
{
    static const char rocm[] = "rocm";
    gm_version version = {{0}, 0};
    if (!strncmp(variant, rocm, strlen(rocm)))
        gm_version_parse(variant + strlen(rocm), &version);
    return version;
}

gm_vendor gm_catalog_variant_vendor(const char *variant)
{
    if (gm_catalog_variant_cuda(variant).count)
        return GM_VENDOR_NVIDIA;
    if (gm_catalog_variant_rocm(variant).count)
        return GM_VENDOR_AMD;
    return strcmp(variant, "xpu") ? GM_VENDOR_UNKNOWN : GM_VENDOR_INTEL;
}

size_t gm_catalog_build_libraries(const gm_catalog *catalog, const gm_build *build,
                                  gm_build_library *out, size_t room)
{
    size_t count = 0;
    const char *os = gm_os_token(build->os), *cpu = gm_cpu_token(build->cpu);
    for (size_t i = 0; i < catalog->torch_libraries_count && count < room; i++) {
        const gm_torch_libraries_row *row = &catalog->torch_libraries[i];
        if (gm_text_equal(gm_cell(catalog, row->release), build->release) &&
            gm_text_equal(gm_cell(catalog, row->variant), build->variant) &&
            gm_text_equal(gm_cell(catalog, row->os), os) &&
            gm_text_equal(gm_cell(catalog, row->arch), cpu))
            out[count++] = (gm_build_library){
                gm_cell(catalog, row->library), gm_cell(catalog, row->code),
                gm_row_source_of(catalog, "torch_libraries.tsv", row->source, row->confidence)};
    }
    return count;
}

bool gm_catalog_torch_command(const gm_catalog *catalog, const char *installer,
                              const gm_build *build, gm_torch_command *command)
{
    const char *os = gm_os_token(build->os);
    for (size_t i = 0; i < catalog->torch_commands_count; i++) {
        const gm_torch_commands_row *row = &catalog->torch_commands[i];
        if (strcmp(gm_cell(catalog, row->installer), installer) ||
            strcmp(gm_cell(catalog, row->release), build->release) ||
            strcmp(gm_cell(catalog, row->variant), build->variant) ||
            strcmp(gm_cell(catalog, row->os), os))
            continue;
        *command = (gm_torch_command){gm_cell(catalog, row->command), gm_cell(catalog, row->code)};
        return true;
    }
    return false;
}
