/* SPDX-License-Identifier: MIT */
#include "api/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "judge/judge.h"
#include "package/wheel.h"

#define CUDA "cuda" /* data/libraries.tsv, select */

gm_survey_group *gm_survey_group_of(gm_run *run, gm_survey *survey, const gm_package *package,
                                    const char *path)
{
    const char *wanted = package ? package->path : path;
    for (size_t i = survey->count; i-- > 0;) {
        gm_survey_group *group = &survey->items[i];
        if (gm_text_equal(group->package.path, wanted) &&
            (group->package.version != NULL) == (package != NULL))
            return group;
    }
    gm_survey_group *group = GM_PUSH(run->arena, survey);
    if (!group)
        return NULL;
    if (package)
        group->package = *package;
    else
        group->package = (gm_package){.name = gm_arena_text(run->arena, gm_file_name(path)),
                                      .path = gm_arena_text(run->arena, path),
                                      .evidence = GM_EVIDENCE_BINARY,
                                      .origin = GM_ORIGIN_EMBEDDED};
    return group->package.name && group->package.path ? group : NULL;
}

gm_status gm_survey_add(gm_run *run, gm_survey_group *group, const gm_library *library)
{
    gm_library condensed;
    if (!gm_library_condense(run->arena, library, &condensed) ||
        !gm_run_put_library(run, &group->package, &condensed))
        return gm_run_no_memory(run);
    group->code_bytes += gm_library_code_bytes(&condensed);
    return GM_OK;
}

/* ---- several builds of one library, of which one would be loaded ---- */

static bool build_of(const gm_run *run, const gm_package *package, const gm_library *library,
                     gm_library_row *row)
{
    return package->version &&
           gm_catalog_library(run->catalog, package->name, library->path, row) && row->select &&
           row->release.count;
}

static bool same_build(const gm_library_row *a, const gm_library_row *b)
{
    return !strcmp(a->select, b->select) && !gm_version_compare(a->release, b->release);
}

/* Only the builds like `chosen` would be loaded. */
static void select_build(const gm_run *run, gm_package *package, const gm_library_row *chosen)
{
    gm_library_row row;
    for (size_t i = 0; i < package->libraries.count; i++) {
        gm_library *library = &package->libraries.items[i];
        if (build_of(run, package, library, &row))
            library->selected = same_build(&row, chosen);
    }
}

/* A GPU counts as served where one of the builds serves it. */
static void take_better(gm_services *best, const gm_services *other)
{
    for (size_t i = 0; i < other->count; i++)
        if (other->items[i].verdict < best->items[i].verdict)
            best->items[i] = other->items[i];
}

/* The driver that serves the build that asks for least. */
static void take_lesser(const gm_needs *needs, gm_needs *least)
{
    if (least->basis == GM_CUDA_UNKNOWN || gm_version_compare(needs->cuda, least->cuda) < 0)
        *least = *needs;
}

static gm_status serve_builds(gm_run *run, gm_survey_group *group, gm_os os)
{
    gm_package *package = &group->package;
    gm_version cuda = package->cuda;
    gm_library_row row;
    for (size_t i = 0; i < package->libraries.count; i++) {
        gm_services one;
        gm_needs needs;
        if (!build_of(run, package, &package->libraries.items[i], &row))
            continue;
        select_build(run, package, &row);
        package->cuda = strcmp(row.select, CUDA) ? cuda : row.release;
        if (!gm_serve(run->catalog, package, os, run->arena, &one))
            return gm_run_no_memory(run);
        gm_needs_of(run->catalog, package, &needs);
        take_lesser(&needs, &group->needs);
        if (group->services.count == 0)
            group->services = one;
        else
            take_better(&group->services, &one);
        group->alternatives++;
    }
    package->cuda = cuda;
    for (size_t i = 0; i < package->libraries.count; i++)
        package->libraries.items[i].selected = true;
    return GM_OK;
}

/* By the tags of a wheel, else by the format of the libraries. */
static gm_os os_of(const gm_package *package)
{
    static const struct {
        const char *format;
        gm_os os;
    } formats[] = {{"elf", GM_OS_LINUX}, {"pe", GM_OS_WINDOWS}};
    gm_os os = GM_OS_UNKNOWN;
    gm_cpu cpu;
    gm_wheel_platform(package, &os, &cpu);
    for (size_t i = 0; os == GM_OS_UNKNOWN && i < package->libraries.count; i++)
        for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
            if (gm_text_equal(package->libraries.items[i].format, formats[k].format))
                os = formats[k].os;
    return os;
}

static gm_status serve(gm_run *run, gm_survey_group *group)
{
    gm_os os = os_of(&group->package), judged = os == GM_OS_UNKNOWN ? GM_OS_LINUX : os;
    gm_status status = serve_builds(run, group, judged);
    if (status == GM_OK && group->alternatives == 0) {
        if (!gm_serve(run->catalog, &group->package, judged, run->arena, &group->services))
            return gm_run_no_memory(run);
        gm_needs_of(run->catalog, &group->package, &group->needs);
    }
    group->needs.os = os;
    return status;
}

static int by_code(uint64_t left, uint64_t right, const char *left_path, const char *right_path)
{
    if (left != right)
        return left > right ? -1 : 1;
    return strcmp(left_path, right_path);
}

static int compare_libraries(const void *a, const void *b)
{
    const gm_library *left = a, *right = b;
    return by_code(gm_library_code_bytes(left), gm_library_code_bytes(right), left->path,
                   right->path);
}

static int compare_groups(const void *a, const void *b)
{
    const gm_survey_group *left = a, *right = b;
    return by_code(left->code_bytes, right->code_bytes, left->package.path, right->package.path);
}

gm_status gm_survey_finish(gm_run *run, gm_survey *survey)
{
    gm_status status = GM_OK;
    for (size_t i = 0; status == GM_OK && i < survey->count; i++) {
        gm_package *package = &survey->items[i].package;
        if (package->libraries.count)
            qsort(package->libraries.items, package->libraries.count, sizeof(gm_library),
                  compare_libraries);
        status = serve(run, &survey->items[i]);
    }
    if (survey->count)
        qsort(survey->items, survey->count, sizeof *survey->items, compare_groups);
    return status;
}
