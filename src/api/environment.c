/* SPDX-License-Identifier: MIT */
/* The packages of a Python environment, their libraries read. */
#include "package/environment.h"

#include <string.h>

#include "api/installed.h"
#include "api/known.h"
#include "base/lookup.h"
#include "catalog/catalog.h"
#include "os/files.h"
#include "os/keys.h"
#include "os/threads.h"
#include "package/loader.h"
#include "package/neighbours.h"
#include "scan/scan.h"

/* A second thread is worth its start from here on. */
#define THREAD_JOBS 8

/* A library that RECORD names, of the package at `owner`. */
typedef struct job {
    size_t owner;
    const gm_recorded *recorded;
    bool has_row;
    gm_library_row row; /* what the table says of it */
    bool selected;      /* would be loaded */
    bool by_version;    /* the package is judged by its version: only whether it is there matters */
    bool taken;         /* somebody reads it, or has */
    bool known;         /* read earlier: its code comes out of a table */
    gm_status status;
    gm_error error;
    gm_library library;
} job;

/* Two threads take one library after the other, each with an arena of its own, from the moment on
 * at which the first is known; which of them reads one makes no difference to what is read. */
struct reading {
    gm_run *run;
    const gm_environment *environment;
    bool read_known;       /* also libraries that a table knows */
    GM_LIST(job *) jobs;   /* by package */
    gm_version cuda, rocm; /* that torch was built for; count 0 unknown */
    gm_loader loader;
    gm_os_monitor *monitor; /* guards the list, what is taken, and `listed` */
    bool listed;            /* no more will come */
    gm_os_thread *thread;   /* the second one; NULL not yet */
};

/* ---- reading ---- */

static void read_job(const struct reading *r, const gm_context *context, job *one, gm_arena *arena)
{
    gm_source *source;
    one->status = gm_os_open(one->recorded->path, &source, &one->error);
    if (one->status != GM_OK)
        return;
    one->known =
        !one->by_version && !r->read_known &&
        gm_known_library(r->run->catalog, one->recorded, source->size_bytes, arena, &one->library);
    if (one->by_version)
        one->library = (gm_library){.path = one->recorded->path, .complete = true};
    else if (!one->known)
        one->status = gm_scan_source(context, source, one->recorded->path, false, arena,
                                     &one->library, &one->error);
    gm_source_close(source);
}

/* Libraries that the table names are the large ones: they come first, so that neither thread is
 * left with one at the end. NULL: there is nothing to do now. */
static job *next_job(struct reading *r)
{
    job *next = NULL;
    for (size_t i = 0; i < r->jobs.count && !(next && next->has_row); i++) {
        job *one = r->jobs.items[i];
        if (!one->taken && (!next || one->has_row))
            next = one;
    }
    if (next)
        next->taken = true;
    return next;
}

static void work(struct reading *r, const gm_context *context, gm_arena *arena)
{
    bool more = true;
    while (more) {
        gm_os_monitor_enter(r->monitor);
        job *one = next_job(r);
        more = one || !r->listed;
        if (!one && more)
            gm_os_monitor_wait(r->monitor, 100);
        gm_os_monitor_leave(r->monitor);
        if (one)
            read_job(r, context, one, arena);
    }
}

static void work_beside(void *user)
{
    struct reading *r = user;
    gm_context context = r->run->context;
    context.progress = NULL; /* progress is told from one thread */
    context.threads = 1;
    work(r, &context, r->run->second_arena);
}

static bool add_job(struct reading *r, const gm_installed *installed, size_t owner,
                    const gm_recorded *recorded, bool by_version)
{
    job *one = gm_arena_alloc(r->run->arena, sizeof *one);
    if (!one)
        return false;
    one->owner = owner;
    one->recorded = recorded;
    one->selected = true;
    one->by_version = by_version;
    one->has_row =
        gm_catalog_library(r->run->catalog, installed->name, one->recorded->path, &one->row);
    gm_os_monitor_enter(r->monitor);
    job **place = GM_PUSH(r->run->arena, &r->jobs);
    if (place)
        *place = one;
    gm_os_monitor_ring(r->monitor);
    gm_os_monitor_leave(r->monitor);
    return place != NULL;
}

/* A package whose libraries are known: they can be read while the others are listed. */
static bool take_installed(void *user, const gm_installed *installed, size_t index)
{
    struct reading *r = user;
    gm_package_row row;
    bool by_version = gm_catalog_package(r->run->catalog, installed->name, &row) && row.component;
    for (size_t i = 0; i < installed->libraries.count; i++)
        if (!add_job(r, installed, index, &installed->libraries.items[i], by_version))
            return false;
    if (!r->thread && r->jobs.count >= THREAD_JOBS)
        r->thread = gm_os_thread_start(work_beside, r);
    return true;
}

static gm_status first_fatal(struct reading *r)
{
    for (size_t i = 0; i < r->jobs.count; i++) {
        const job *one = r->jobs.items[i];
        if (one->status == GM_MEMORY || one->status == GM_CANCELLED) {
            r->run->error = one->error;
            return one->status;
        }
    }
    return GM_OK;
}

/* Nothing more will be listed. `read`: what is left is read by this thread too. */
static void finish_jobs(struct reading *r, bool read)
{
    gm_os_monitor_enter(r->monitor);
    r->listed = true;
    for (size_t i = 0; !read && i < r->jobs.count; i++)
        r->jobs.items[i]->taken = true;
    gm_os_monitor_ring(r->monitor);
    gm_os_monitor_leave(r->monitor);
    gm_context context = r->run->context;
    if (r->thread) /* each reads files of its own */
        context.threads = 1;
    if (read)
        work(r, &context, r->run->arena);
    gm_os_thread_join(r->thread);
}

/* ---- which libraries count ---- */

/* Of two releases of one build, is the second nearer to `wanted`? The same, else the newest of the
 * same major that is older, else the oldest that is newer. */
static bool nearer(gm_version wanted, gm_version best, gm_version other)
{
    if (other.part[0] != wanted.part[0])
        return false;
    bool other_fits = gm_version_compare(other, wanted) <= 0;
    if (!best.count)
        return true;
    bool best_fits = gm_version_compare(best, wanted) <= 0;
    if (best_fits != other_fits)
        return other_fits;
    int order = gm_version_compare(other, best);
    return other_fits ? order > 0 : order < 0;
}

/* Of several builds in one package only that for torch's release of CUDA or ROCm is loaded. Without
 * torch any could be. */
static void select_builds(struct reading *r, size_t first, size_t end)
{
    const struct {
        const char *select;
        gm_version wanted;
    } kinds[] = {{"cuda", r->cuda}, {"rocm", r->rocm}};
    for (size_t kind = 0; kind < 2 && (r->cuda.count || r->rocm.count); kind++) {
        gm_version best = {{0}, 0}, wanted = kinds[kind].wanted;
        for (size_t i = first; i < end; i++) {
            const gm_library_row *row = &r->jobs.items[i]->row;
            if (gm_text_equal(row->select, kinds[kind].select) && wanted.count &&
                nearer(wanted, best, row->release))
                best = row->release;
        }
        for (size_t i = first; i < end; i++) {
            const gm_library_row *row = &r->jobs.items[i]->row;
            if (gm_text_equal(row->select, kinds[kind].select))
                r->jobs.items[i]->selected =
                    best.count && gm_version_compare(best, row->release) == 0;
        }
    }
}

/* The end of the jobs of one package that begin at `first`. */
static size_t end_of(const struct reading *r, size_t first, size_t owner)
{
    while (first < r->jobs.count && r->jobs.items[first]->owner == owner)
        first++;
    return first;
}

static void find_torch(struct reading *r)
{
    gm_build build;
    gm_catalog_build(r->run->catalog, 0, &build);
    for (size_t i = 0; i < r->environment->packages.count; i++) {
        const gm_installed *installed = &r->environment->packages.items[i];
        const char *variant =
            strcmp(installed->name, build.name) ? NULL : gm_installed_variant(r->run, installed);
        if (!variant)
            continue;
        r->cuda = gm_catalog_variant_cuda(variant);
        r->rocm = gm_catalog_variant_rocm(variant);
    }
}

/* ---- packages ---- */

static gm_status note_unreadable(gm_run *run, const char *path, const char *code)
{
    gm_finding *finding =
        gm_finding_add(run->arena, &run->result.findings, GM_CODE_UNREADABLE, GM_SEVERITY_WARNING);
    if (!finding)
        return gm_run_no_memory(run);
    gm_args_text(run->arena, &finding->args, "file", path);
    gm_args_message(run->arena, &finding->args, "reason",
                    gm_arena_printf(run->arena, "unreadable.%s", code));
    return GM_OK;
}

/* What the libraries of a package come to. */
struct tally {
    size_t missing, with_code, unsupported;
    const char *first_missing;
};

static struct tally count(const struct reading *r, size_t first, size_t end)
{
    struct tally tally = {0};
    for (size_t i = first; i < end; i++) {
        const job *one = r->jobs.items[i];
        if (one->status != GM_OK && !strcmp(one->error.code, "not-found")) {
            if (!tally.missing++)
                tally.first_missing = one->recorded->path;
            continue;
        }
        tally.with_code += gm_library_module_count(&one->library) > 0;
        for (size_t k = 0; k < one->library.findings.count; k++)
            tally.unsupported +=
                gm_text_equal(one->library.findings.items[k].variant, "unsupported");
    }
    return tally;
}

/* Libraries of NVIDIA's that a library with GPU code needs come with other packages, and are easily
 * not installed. */
static void check_needs(struct reading *r, gm_package *package, const job *one)
{
    const gm_library *library = &one->library;
    if (!one->selected || gm_library_module_count(library) == 0)
        return;
    for (size_t i = 0; i < library->needed.count; i++) {
        gm_library_row row;
        const char *name = library->needed.items[i];
        if (!gm_catalog_library(r->run->catalog, NULL, name, &row))
            continue;
        package->linked |= gm_catalog_has_builds(row.package);
        if (package->unmet_core || strcmp(row.package, "*") ||
            gm_loader_finds(&r->loader, name, one->recorded->path, library->run_path))
            continue;
        package->unmet = name;
        package->unmet_sibling = gm_loader_sibling(&r->loader, name);
        package->unmet_by = one->recorded->path;
        package->unmet_core = one->row.role == GM_ROLE_CORE;
    }
}

static gm_status add_libraries(struct reading *r, gm_package *package, size_t first, size_t end)
{
    gm_status status = GM_OK;
    for (size_t i = first; status == GM_OK && i < end; i++) {
        job *one = r->jobs.items[i];
        if (one->status != GM_OK) {
            if (strcmp(one->error.code, "not-found"))
                status = note_unreadable(r->run, one->recorded->path, one->error.code);
            continue;
        }
        if (!one->selected) /* of no matter */
            one->library.findings.count = one->library.needed.count = 0;
        if (one->known && one->selected && gm_library_module_count(&one->library))
            package->evidence = GM_EVIDENCE_SCANNED;
        check_needs(r, package, one);
        status = gm_run_take_library(r->run, package, &one->library);
        if (status == GM_OK && !one->selected && package->libraries.count)
            package->libraries.items[package->libraries.count - 1].selected = false;
    }
    gm_run_set_cuda(r->run, package);
    return status;
}

/* Libraries that could hold anything. */
static gm_status note_unread(struct reading *r, size_t first, size_t end)
{
    gm_status status = GM_OK;
    for (size_t i = first; status == GM_OK && i < end; i++) {
        const job *one = r->jobs.items[i];
        if (one->status != GM_OK && strcmp(one->error.code, "not-found"))
            status = note_unreadable(r->run, one->recorded->path, one->error.code);
    }
    return status;
}

/* A library that RECORD names and that is gone, of a package without GPU code: worth a word, no
 * verdict. */
static gm_status note_missing(gm_run *run, const gm_installed *installed, const struct tally *tally)
{
    gm_finding *finding = gm_finding_add(run->arena, &run->result.findings, GM_CODE_MISSING_LIBRARY,
                                         GM_SEVERITY_WARNING);
    if (!finding)
        return gm_run_no_memory(run);
    gm_args_text(run->arena, &finding->args, "package",
                 gm_arena_printf(run->arena, "%s %s", installed->name, installed->version));
    gm_args_number(run->arena, &finding->args, "count", (int64_t)tally->missing);
    gm_args_text(run->arena, &finding->args, "first", tally->first_missing);
    return GM_OK;
}

/* Packages that carry or make GPU code are judged, and those that have builds without it; the rest
 * is counted. */
static gm_status add_installed(struct reading *r, size_t index, size_t first, size_t end)
{
    gm_run *run = r->run;
    gm_package_row row = {0};
    const gm_installed *installed = &r->environment->packages.items[index];
    if (installed->gone)
        return GM_OK;
    struct tally tally = count(r, first, end);
    bool known = gm_catalog_package(r->run->catalog, installed->name, &row);
    bool counts = tally.with_code || tally.unsupported || row.origin == GM_ORIGIN_COMPILES ||
                  (known && row.origin == GM_ORIGIN_EMBEDDED && (tally.missing || row.component)) ||
                  gm_catalog_has_builds(installed->name);
    if (!counts) {
        gm_status status = note_unread(r, first, end);
        run->result.other_packages++;
        if (status != GM_OK)
            return status;
        return tally.missing ? note_missing(run, installed, &tally) : GM_OK;
    }
    gm_package *package = GM_PUSH(run->arena, &run->result.packages);
    if (!package)
        return gm_run_no_memory(run);
    gm_installed_package(run, installed, known ? &row : NULL, package);
    package->missing = tally.missing;
    package->first_missing = tally.first_missing;
    if (!tally.with_code && tally.unsupported && gm_installed_from_catalog(run, package))
        return GM_OK;
    return add_libraries(r, package, first, end);
}

/* The toolkit that the packages of NVIDIA's libraries are of: that of the CUDA runtime beside them.
 */
static void set_toolkit(struct reading *r)
{
    gm_version toolkit = {{0}, 0};
    gm_package_row row;
    for (size_t i = 0; i < r->environment->packages.count; i++) {
        const gm_installed *installed = &r->environment->packages.items[i];
        if (gm_catalog_package(r->run->catalog, installed->name, &row) &&
            gm_text_equal(row.component, "cudart"))
            gm_version_read(installed->version, &toolkit);
    }
    toolkit.count = toolkit.count > 2 ? 2 : toolkit.count;
    for (size_t i = 0; i < r->run->result.packages.count; i++)
        if (r->run->result.packages.items[i].part)
            r->run->result.packages.items[i].cuda = toolkit;
}

static gm_status add_packages(struct reading *r)
{
    gm_status status = first_fatal(r);
    find_torch(r);
    for (size_t i = 0, first = 0; status == GM_OK && i < r->environment->packages.count; i++) {
        size_t end = end_of(r, first, i);
        select_builds(r, first, end);
        status = add_installed(r, i, first, end);
        first = end;
    }
    set_toolkit(r);
    return status;
}

/* How to enter an environment. */
static const char *activation(gm_run *run, const char *prefix)
{
    static const char *const scripts[] = {"bin/activate", "Scripts/activate"};
    for (size_t i = 0; i < 2; i++) {
        const char *script = gm_os_join(run->arena, prefix, scripts[i]);
        if (script && gm_os_path_kind(script) == GM_OS_FILE)
            return i ? script : gm_arena_printf(run->arena, "source %s", script);
    }
    return gm_arena_printf(run->arena, "conda activate %s", prefix);
}

/* The package that has builds is here for processors only, or not at all, and lies next door with
 * GPU code: people install into one environment and start another. */
static gm_status note_wrong_environment(gm_run *run, const gm_key_reader *keys,
                                        const gm_environment *environment)
{
    gm_build build;
    gm_neighbours neighbours;
    const gm_package *here = NULL;
    gm_catalog_build(run->catalog, 0, &build);
    for (size_t i = 0; i < run->result.packages.count; i++)
        if (!strcmp(run->result.packages.items[i].name, build.name))
            here = &run->result.packages.items[i];
    if (here && !gm_text_equal(here->variant, "cpu"))
        return GM_OK;
    if (!gm_neighbours_with(keys, environment, build.name, run->arena, &neighbours))
        return gm_run_no_memory(run);
    for (size_t i = 0; i < neighbours.count; i++) {
        const gm_neighbour *other = &neighbours.items[i];
        gm_installed installed = {.name = build.name, .version = other->version};
        const char *variant = gm_installed_variant(run, &installed);
        if (!variant || gm_catalog_variant_vendor(variant) == GM_VENDOR_UNKNOWN)
            continue;
        gm_finding *finding = gm_finding_add(run->arena, &run->result.findings,
                                             GM_CODE_WRONG_ENVIRONMENT, GM_SEVERITY_WARNING);
        if (!finding)
            return gm_run_no_memory(run);
        finding->variant = here ? NULL : "none";
        gm_args_text(run->arena, &finding->args, "package", build.name);
        gm_args_text(run->arena, &finding->args, "version", here ? here->version : NULL);
        gm_args_text(run->arena, &finding->args, "prefix", environment->python.prefix);
        gm_args_text(run->arena, &finding->args, "other", other->version);
        gm_args_text(run->arena, &finding->args, "other_prefix", other->prefix);
        gm_args_text(run->arena, &finding->args, "command", activation(run, other->prefix));
    }
    return GM_OK;
}

/* Lists packages and reads their libraries, side by side. */
static gm_status read_all(struct reading *r, const gm_key_reader *keys, const char *directory,
                          gm_environment *environment)
{
    gm_run *run = r->run;
    gm_installed_listener listener = {take_installed, r};
    r->monitor = gm_os_monitor_new();
    run->second_arena = gm_arena_new(run->context.limits.arena_bytes);
    if (!r->monitor || !run->second_arena) {
        gm_os_monitor_free(r->monitor);
        return gm_run_no_memory(run);
    }
    gm_status status = gm_environment_read(run->catalog, keys, directory, run->arena, environment,
                                           &run->result.findings, &listener, &run->error);
    finish_jobs(r, status == GM_OK);
    gm_os_monitor_free(r->monitor);
    return status;
}

gm_status gm_run_add_environment(gm_run *run, const char *directory, bool read_known)
{
    gm_key_reader keys = gm_os_keys();
    gm_environment environment;
    struct reading reading = {.run = run, .environment = &environment, .read_known = read_known};
    gm_status status = read_all(&reading, &keys, directory, &environment);
    gm_python *python = &run->result.machine.python;
    if (status != GM_OK || !environment.sites.count)
        return status;
    run->result.has_environment = true;
    if (!python->version.count)
        *python = environment.python;
    python->prefix = environment.python.prefix;
    if (!gm_loader_begin(&reading.loader, &keys, &environment, run->arena))
        return gm_run_no_memory(run);
    status = add_packages(&reading);
    if (status == GM_OK)
        status = note_wrong_environment(run, &keys, &environment);
    if (status == GM_OK)
        gm_installed_sort(&run->result.packages);
    return status;
}
