/* SPDX-License-Identifier: MIT */
#include "api/installed.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"

/* Conda's channels write "cuda126_py311h…", "py3.11_cuda12.4_cudnn9.1.0_0", "cpu_generic_…". */
static const char *variant_of_build(gm_run *run, const char *build)
{
    static const char cuda[] = "cuda";
    const char *at = strstr(build, cuda);
    gm_text variant = GM_TEXT_INIT;
    if (!at)
        return strstr(build, "cpu") ? "cpu" : NULL;
    gm_text_add(&variant, "cu");
    for (at += strlen(cuda); gm_ascii_is_digit(*at) || *at == '.'; at++)
        if (*at != '.')
            gm_text_add_n(&variant, at, 1);
    const char *copy = gm_arena_text_n(run->arena, variant.data, variant.size);
    gm_text_free(&variant);
    return copy;
}

static bool is_variant(const char *text)
{
    return !strcmp(text, "cpu") || gm_catalog_variant_vendor(text) != GM_VENDOR_UNKNOWN;
}

const char *gm_installed_variant(gm_run *run, const gm_installed *installed)
{
    const char *plus = strchr(installed->version, '+');
    if (plus && is_variant(plus + 1))
        return plus + 1;
    if (installed->build)
        return variant_of_build(run, installed->build);
    return plus ? NULL : gm_run_default_variant(run, installed->name, installed->version);
}

void gm_installed_set_variant(gm_package *package, const char *variant)
{
    package->variant = variant;
    package->cuda = gm_catalog_variant_cuda(variant ? variant : "");
    package->brings_math = package->cuda.count > 0 && gm_catalog_has_builds(package->name);
}

void gm_installed_package(gm_run *run, const gm_installed *installed, const gm_package_row *row,
                          gm_package *package)
{
    *package =
        (gm_package){.name = installed->name,
                     .version = installed->version,
                     .path = installed->path,
                     .build = installed->build,
                     .channel = installed->channel,
                     .asks = installed->asks,
                     .evidence = row && row->component ? GM_EVIDENCE_METADATA : GM_EVIDENCE_BINARY,
                     .origin = row ? row->origin : GM_ORIGIN_EMBEDDED,
                     .component = row ? row->component : NULL,
                     .part = row && row->part,
                     .unlisted = !row && !gm_catalog_has_builds(installed->name),
                     .installed = true};
    gm_installed_set_variant(package, gm_installed_variant(run, installed));
}

bool gm_installed_from_catalog(gm_run *run, gm_package *package)
{
    const gm_machine *machine = &run->result.machine;
    gm_os os = machine->os == GM_OS_UNKNOWN ? GM_OS_LINUX : gm_os_of_wheels(machine->os);
    gm_build build;
    gm_package row;
    if (!package->variant ||
        !gm_catalog_build_find(run->catalog, package->name, package->version, package->variant, os,
                               gm_cpu_of_wheels(os, machine->cpu), &build) ||
        !gm_catalog_build_package(run->catalog, &build, run->arena, &row))
        return false;
    package->libraries.items = row.libraries.items;
    package->libraries.count = row.libraries.count;
    package->libraries.capacity = row.libraries.capacity;
    package->evidence = row.evidence;
    package->source = row.source;
    package->confidence = row.confidence;
    return true;
}

static int rank(const gm_package *package)
{
    return package->part ? 2 : gm_catalog_has_builds(package->name) ? 0 : 1;
}

static int by_rank(const void *a, const void *b)
{
    const gm_package *left = a, *right = b;
    int ranks = rank(left) - rank(right);
    return ranks ? ranks : strcmp(left->name, right->name);
}

void gm_installed_sort(gm_package_list *packages)
{
    if (packages->count)
        qsort(packages->items, packages->count, sizeof *packages->items, by_rank);
}
