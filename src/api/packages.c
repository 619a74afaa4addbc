/* SPDX-License-Identifier: MIT */
/* What is judged: builds that are not installed, lists of code, files. */
#include <string.h>

#include "api/installed.h"
#include "base/lookup.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "model/codelist.h"
#include "model/spec.h"
#include "os/files.h"
#include "package/wheel.h"
#include "scan/scan.h"

static gm_os system_of(const gm_machine *machine, gm_cpu *cpu)
{
    gm_os os = machine->os == GM_OS_UNKNOWN ? GM_OS_LINUX : gm_os_of_wheels(machine->os);
    *cpu = gm_cpu_of_wheels(os, machine->cpu);
    return os;
}

static const char *default_variant(const gm_catalog *catalog, gm_os os, gm_cpu cpu,
                                   const char *name, const char *version)
{
    gm_build build;
    return gm_catalog_default_build(catalog, name, version, os, cpu, &build) ? build.variant : NULL;
}

const char *gm_run_default_variant(gm_run *run, const char *name, const char *version)
{
    gm_cpu cpu;
    gm_os os = system_of(&run->result.machine, &cpu);
    return default_variant(run->catalog, os, cpu, name, version);
}

/* A place for a package; one of the same name is replaced. */
static gm_package *package_place(gm_run *run, const char *name)
{
    gm_package_list *packages = &run->result.packages;
    for (size_t i = 0; i < packages->count; i++)
        if (!strcmp(packages->items[i].name, name))
            return &packages->items[i];
    return GM_PUSH(run->arena, packages);
}

/* What the tables know of a build, nearest first: torch itself, an extension that was read, a
 * companion that came out with torch. False without memory. */
static bool describe(const gm_run *run, const gm_spec *spec, gm_package *package)
{
    gm_cpu cpu;
    gm_os os = system_of(&run->result.machine, &cpu);
    gm_build build;
    gm_extension extension;
    const char *release = gm_arena_text_n(run->arena, spec->version, strcspn(spec->version, "+"));
    if (!release)
        return false;
    if (package->variant &&
        gm_catalog_build_find(run->catalog, spec->name, release, package->variant, os, cpu, &build))
        return gm_catalog_build_package(run->catalog, &build, run->arena, package);
    if (gm_catalog_extension_find(run->catalog, spec->name, release, os, cpu, &extension) &&
        extension.code && (!spec->variant || gm_extension_is_for(&extension, package->cuda)))
        return gm_catalog_extension_package(run->catalog, &extension, run->arena, package);
    return gm_catalog_companion_package(run->catalog, spec->name, release, spec->variant, os, cpu,
                                        run->arena, package);
}

gm_status gm_run_add_build(gm_run *run, const char *requirement)
{
    gm_spec spec;
    gm_status status = gm_spec_parse(requirement, run->arena, &spec, &run->error);
    if (status != GM_OK)
        return status;
    if (!spec.version)
        return gm_fail(&run->error, GM_USAGE, "with-needs-version", requirement, GM_OFFSET_NONE);
    const char *variant =
        spec.variant ? spec.variant : gm_run_default_variant(run, spec.name, spec.version);
    gm_package *package = package_place(run, spec.name);
    if (!package)
        return gm_run_no_memory(run);
    *package = (gm_package){.name = spec.name,
                            .variant = variant,
                            .evidence = GM_EVIDENCE_METADATA,
                            .confidence = GM_CONFIDENCE_LOW};
    if (variant)
        package->cuda = gm_catalog_variant_cuda(variant);
    if (!describe(run, &spec, package))
        return gm_run_no_memory(run);
    gm_package_row row;
    bool known = gm_catalog_package(run->catalog, spec.name, &row);
    package->version = spec.version;
    package->component = known ? row.component : NULL;
    if (known && row.origin == GM_ORIGIN_COMPILES && !gm_catalog_has_core(run->catalog, spec.name))
        package->origin = row.origin; /* by its compiler: it has no code that decides */
    gm_run_set_cuda(run, package);
    return GM_OK;
}

void gm_run_set_cuda(gm_run *run, gm_package *package)
{
    gm_cpu cpu;
    gm_os os = system_of(&run->result.machine, &cpu);
    gm_version told =
        gm_catalog_package_cuda(run->catalog, package->name, package->version, os, cpu);
    bool nearer = package->cuda.count < told.count && package->cuda.part[0] == told.part[0];
    if (told.count && (!package->cuda.count || nearer))
        package->cuda = told;
}

gm_status gm_run_add_code(gm_run *run, const char *const *lists, size_t count)
{
    gm_text joined = GM_TEXT_INIT;
    gm_package *package = GM_PUSH(run->arena, &run->result.packages);
    gm_library *library = package ? GM_PUSH(run->arena, &package->libraries) : NULL;
    if (!library)
        return gm_run_no_memory(run);
    for (size_t i = 0; i < count; i++)
        gm_text_addf(&joined, "%s ", lists[i]);
    package->name = "code";
    package->label = "report.stated-code";
    package->evidence = GM_EVIDENCE_STATED;
    package->origin = GM_ORIGIN_EMBEDDED;
    library->path = "code";
    library->format = "list";
    library->role = GM_ROLE_CORE;
    library->selected = true;
    library->complete = true;
    gm_status status = joined.failed
                           ? gm_run_no_memory(run)
                           : gm_code_list_parse(joined.data, gm_catalog_intel_targets(run->catalog),
                                                run->arena, library, &run->error);
    gm_text_free(&joined);
    return status;
}

/* What a library needs of CUDA says which major release it was made with; of several libraries the
 * oldest counts. */
static void note_cuda(const gm_run *run, gm_package *package, const gm_library *library)
{
    for (size_t i = 0; !package->variant && i < library->needed.count; i++) {
        gm_version cuda = gm_catalog_library_cuda(run->catalog, library->needed.items[i]);
        if (cuda.count && (!package->cuda.count || cuda.part[0] < package->cuda.part[0]))
            package->cuda = (gm_version){{cuda.part[0]}, 1};
    }
}

gm_status gm_run_add_library(gm_run *run, gm_package *package, const gm_library *library)
{
    gm_library copy;
    if (gm_library_module_count(library) == 0)
        return gm_run_take_library(run, package, library);
    if (!gm_library_condense(run->arena, library, &copy))
        return gm_run_no_memory(run);
    copy.findings = library->findings;
    return gm_run_take_library(run, package, &copy);
}

gm_status gm_run_take_library(gm_run *run, gm_package *package, const gm_library *library)
{
    for (size_t i = 0; i < library->findings.count; i++)
        if (!gm_finding_copy(run->arena, &run->result.findings, &library->findings.items[i]))
            return gm_run_no_memory(run);
    run->result.complete = run->result.complete && library->complete;
    if (gm_library_module_count(library) == 0)
        return GM_OK;
    note_cuda(run, package, library);
    return gm_run_put_library(run, package, library) ? GM_OK : gm_run_no_memory(run);
}

gm_library *gm_run_put_library(gm_run *run, gm_package *package, const gm_library *library)
{
    gm_library *kept = GM_PUSH(run->arena, &package->libraries);
    gm_library_row row;
    if (!kept)
        return NULL;
    *kept = *library;
    kept->findings = (gm_finding_list){0};
    const char *owner = package->version ? package->name : NULL; /* a file has no version */
    kept->selected = true;
    if (gm_catalog_library(run->catalog, owner, library->path, &row)) {
        kept->self_dispatching = row.self_dispatching;
        kept->opaque = row.opaque;
        kept->feature = row.feature;
        kept->role = row.role;
    }
    return kept;
}

/* What a path holds: packages that are wheels, and other files, which are one package. */
struct collecting {
    gm_run *run;
    size_t files; /* index of the package of the other files */
    size_t wheels;
    bool incomplete; /* some of it was not read */
};

static gm_status keep_library(void *user, const gm_library *library, gm_arena *arena)
{
    struct collecting *collecting = user;
    gm_package_list *packages = &collecting->run->result.packages;
    /* The wheel that was named last holds the libraries that name it. */
    gm_package *package =
        &packages->items[library->package ? packages->count - 1 : collecting->files];
    (void)arena;
    collecting->incomplete = collecting->incomplete || !library->complete;
    return gm_run_add_library(collecting->run, package, library);
}

gm_status gm_run_keep_package(gm_run *run, const gm_package *wheel)
{
    gm_cpu cpu;
    gm_os os = system_of(&run->result.machine, &cpu);
    gm_package_row row;
    gm_package copy, *package = GM_PUSH(run->arena, &run->result.packages);
    if (!package || !gm_package_copy(run->arena, wheel, &copy))
        return gm_run_no_memory(run);
    gm_installed as_installed = {.name = copy.name, .version = copy.version, .path = copy.path};
    bool known = gm_catalog_package(run->catalog, copy.name, &row);
    gm_installed_package(run, &as_installed, known ? &row : NULL, package);
    package->installed = false;
    package->tags.items = copy.tags.items;
    package->tags.count = copy.tags.count;
    /* Which build a version without a local one is depends on the system that it is for. */
    gm_wheel_platform(package, &os, &cpu);
    if (!strchr(copy.version, '+'))
        gm_installed_set_variant(package,
                                 default_variant(run->catalog, os, cpu, copy.name, copy.version));
    return GM_OK;
}

static gm_status keep_package(void *user, const gm_package *package, gm_error *reterr)
{
    struct collecting *collecting = user;
    (void)reterr;
    collecting->wheels++;
    return gm_run_keep_package(collecting->run, package);
}

gm_status gm_run_add_path(gm_run *run, const char *path)
{
    gm_package_list *packages = &run->result.packages;
    gm_package *package = GM_PUSH(run->arena, packages);
    if (!package)
        return gm_run_no_memory(run);
    package->name = gm_arena_text(run->arena, gm_file_name(path));
    package->path = gm_arena_text(run->arena, path);
    package->evidence = GM_EVIDENCE_BINARY;
    package->origin = GM_ORIGIN_EMBEDDED;
    struct collecting collecting = {run, packages->count - 1, 0, false};
    gm_scan_path_options options = {.package = keep_package};
    gm_status status =
        gm_scan_path(&run->context, path, &options, keep_library, &collecting, &run->error);
    gm_package_row row;
    for (size_t i = collecting.files; !collecting.incomplete && i < packages->count; i++)
        if (packages->items[i].libraries.count == 0 &&
            !gm_catalog_package(run->catalog, packages->items[i].name, &row))
            packages->items[i].origin = GM_ORIGIN_NONE;
    for (size_t i = collecting.files; i < packages->count; i++)
        gm_run_set_cuda(run, &packages->items[i]);
    /* Where there are wheels, what lies beside them is a package only if it has code. */
    if (collecting.wheels && packages->items[collecting.files].libraries.count == 0) {
        packages->count--;
        memmove(&packages->items[collecting.files], &packages->items[collecting.files + 1],
                (packages->count - collecting.files) * sizeof *packages->items);
    }
    return status;
}
