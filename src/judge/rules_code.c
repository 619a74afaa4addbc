/* SPDX-License-Identifier: MIT */
/* Rules 1, 2, 3, 6, 9, 11 and 12: what the code in the package says. The coverage of each library
 * is computed before (cover.c); here it becomes reasons. */
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"
#include "judge/case.h"
#include "judge/rules.h"

static bool has_code(const gm_library *library)
{
    return library->selected && !library->opaque && gm_library_module_count(library) > 0;
}

/* A library decides about the whole package when the table calls it the core; where it calls none
 * so, all that hold code do. */
static bool has_core(const gm_package *package)
{
    for (size_t i = 0; i < package->libraries.count; i++)
        if (package->libraries.items[i].role == GM_ROLE_CORE &&
            has_code(&package->libraries.items[i]))
            return true;
    return false;
}

static bool decides(const gm_library *library, bool core_known)
{
    return has_code(library) &&
           (core_known ? library->role == GM_ROLE_CORE : library->role != GM_ROLE_FEATURE);
}

/* "sm_37 … sm_90": machine code from the oldest to the newest; short lists are given whole. */
static void add_range(gm_case *c, gm_finding *finding, const gm_target_rows *rows,
                      const char *const *names)
{
    size_t last = rows->count - 1;
    while (last > 0 && rows->items[last].target.kind != rows->items[0].target.kind)
        last--;
    gm_args_text(c->arena, &finding->args, "range",
                 last < 3 ? gm_args_find(&finding->args, "targets")
                          : gm_arena_printf(c->arena, "%s … %s", names[0], names[last]));
}

/* The targets of a library as people list them, "sm_50 sm_60 compute_90", how it was read, and
 * where the module lies (`offset` or GM_OFFSET_NONE) that shows it. */
static void add_code_args(gm_case *c, gm_finding *finding, const gm_library *library,
                          uint64_t offset)
{
    gm_target_rows rows = {0};
    if (!finding || !gm_library_targets(library, c->arena, &rows) || rows.count == 0)
        return;
    const char **names = gm_arena_array(c->arena, rows.count, sizeof *names);
    if (!names)
        return;
    for (size_t i = 0; i < rows.count; i++) {
        char text[GM_TARGET_TEXT];
        names[i] = gm_arena_text(c->arena, gm_target_format(&rows.items[i].target, text));
        if (!names[i])
            return;
    }
    gm_args_list(c->arena, &finding->args, "targets", names, rows.count);
    add_range(c, finding, &rows, names);
    gm_args_text(c->arena, &finding->args, "library", library->path);
    gm_args_text(c->arena, &finding->args, "file_name", gm_file_name(library->path));
    gm_args_message(
        c->arena, &finding->args, "evidence",
        gm_arena_printf(c->arena, "evidence.%s", gm_evidence_grade_token(c->package->evidence)));
    bool seen = c->package->evidence <= GM_EVIDENCE_SCANNED;
    gm_finding_evidence(c->arena, finding, seen ? library->path : NULL,
                        seen ? offset : GM_OFFSET_NONE, gm_args_find(&finding->args, "targets"),
                        c->package->source);
}

static void add_driver_for(gm_case *c, gm_finding *finding, gm_version cuda)
{
    if (!finding || !cuda.count)
        return;
    gm_args_text(c->arena, &finding->args, "needs_cuda", gm_version_string(c->arena, cuda));
    gm_args_text(c->arena, &finding->args, "driver_min",
                 gm_catalog_driver_for_cuda(c->catalog, gm_os_of_driver(c->machine->os), cuda));
}

/* Why nothing in a library can run: the reason that is nearest to running. */
static gm_finding *explain_nothing(gm_case *c, const gm_cover *cover)
{
    const gm_verdict verdict = GM_VERDICT_NO;
    gm_finding *finding;
    if (cover->maybe) {
        finding = gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_CODE, GM_SEVERITY_ERROR);
        if (finding)
            finding->variant = c->target.kind == GM_TARGET_SM ? "isa" : "feature";
        return finding;
    }
    if (cover->compressed) {
        finding = gm_decide(c, verdict, GM_CODE_DRIVER_COMPRESSION, GM_SEVERITY_ERROR);
        if (finding)
            gm_args_text(c->arena, &finding->args, "driver_min",
                         gm_catalog_driver_zstd(c->catalog, gm_os_of_driver(c->machine->os)));
        return finding;
    }
    if (cover->too_new) {
        finding = gm_decide(c, verdict, GM_CODE_PTX_TOO_NEW, GM_SEVERITY_ERROR);
        if (finding && cover->needs_isa)
            gm_args_text(
                c->arena, &finding->args, "ptx_isa",
                gm_arena_printf(c->arena, "%u.%u", cover->needs_isa / 10u, cover->needs_isa % 10u));
        add_driver_for(c, finding, gm_catalog_ptx_cuda(c->catalog, cover->needs_isa));
        return finding;
    }
    if (cover->tegra)
        return gm_decide(c, verdict, GM_CODE_TEGRA_MISMATCH, GM_SEVERITY_ERROR);
    return gm_decide(c, verdict, cover->suffixed ? GM_CODE_ARCH_SPECIFIC : GM_CODE_NO_CODE,
                     GM_SEVERITY_ERROR);
}

static void judge_core(gm_case *c, const gm_library *library, const gm_cover *cover)
{
    gm_coverage coverage = gm_cover_coverage(cover);
    if (coverage == GM_COVERAGE_NONE)
        add_code_args(c, explain_nothing(c, cover), library, cover->unserved_offset);
    if (coverage != GM_COVERAGE_SOME || library->self_dispatching)
        return;
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_PARTLY, GM_CODE_INCOMPLETE_CODE, GM_SEVERITY_WARNING);
    add_code_args(c, finding, library, cover->unserved_offset);
    if (!finding)
        return;
    size_t needed = cover->modules - cover->other_gpus;
    gm_args_number(c->arena, &finding->args, "missing",
                   (int64_t)(needed - cover->sass - cover->ptx));
    gm_args_number(c->arena, &finding->args, "modules", (int64_t)needed);
}

static void note_via(gm_case *c, const gm_library *library, const gm_cover *cover)
{
    /* A library that chooses among its kernels prefers those that are ready. */
    gm_via via = library->self_dispatching && cover->sass ? GM_VIA_SASS : gm_cover_via(cover);
    gm_device_outcome *outcome = c->outcome;
    if (via > outcome->via)
        outcome->via = via;
    if (via != GM_VIA_PTX)
        return;
    add_code_args(c, gm_decide(c, GM_VERDICT_RUNS_JIT, GM_CODE_PTX_ONLY, GM_SEVERITY_WARNING),
                  library, cover->ptx_offset);
}

/* One library has nothing for this GPU although the package as a whole serves it. */
static void lacks_library(gm_case *c, size_t index, gm_verdict verdict)
{
    const gm_library *library = &c->package->libraries.items[index];
    gm_finding *finding = gm_decide(c, verdict, GM_CODE_MISSING_FEATURE, GM_SEVERITY_WARNING);
    c->outcome->lacking++;
    add_code_args(c, finding, library, c->covers[index].unserved_offset);
    if (finding)
        gm_args_message(c->arena, &finding->args, "feature",
                        library->feature ? gm_arena_printf(c->arena, "feature.%s", library->feature)
                                         : "feature.unnamed");
}

/* Code that is not read was made by the package's toolkit. A GPU that the toolkit no longer knows
 * has none; one that it knows has some; for a newer one nobody can tell. */
static void judge_opaque(gm_case *c)
{
    gm_sm device;
    gm_toolkit toolkit;
    gm_version cuda = c->package->cuda;
    bool known = cuda.count && gm_catalog_sm(c->catalog, &c->target, &device) &&
                 gm_catalog_toolkit(c->catalog, cuda, &toolkit) &&
                 gm_version_compare(device.first_toolkit, cuda) <= 0;
    if (known && !(device.last_toolkit.count && gm_version_compare(cuda, device.last_toolkit) > 0))
        return;
    c->outcome->coverage = GM_COVERAGE_NONE;
    gm_finding *finding =
        known ? gm_decide(c, GM_VERDICT_NO, GM_CODE_LIBRARY_DROPPED_ARCH, GM_SEVERITY_ERROR)
              : gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_CODE, GM_SEVERITY_ERROR);
    if (!finding || !known)
        return;
    char lowest[GM_TARGET_TEXT];
    finding->variant = "alone";
    gm_args_text(c->arena, &finding->args, "lowest", gm_target_format(&toolkit.sass_min, lowest));
    gm_finding_row(c, finding, NULL, toolkit.row);
}

/* A version that nobody published, as far as the tables say: mistyped, or newer than they are. */
static void add_unknown_release(gm_case *c, gm_finding *finding)
{
    const gm_package *package = c->package;
    const char *near =
        finding && package->version && package->evidence == GM_EVIDENCE_METADATA
            ? gm_catalog_near_releases(c->catalog, package->name, package->version, c->arena)
            : NULL;
    if (!near)
        return;
    finding->variant = "release";
    gm_args_text(c->arena, &finding->args, "near", near);
}

/* Nothing in a package decides about it by its code: features alone, code that is made at run time
 * (rules_library.c), code that is not read, or nothing that is known. */
static void judge_without_code(gm_case *c)
{
    const gm_package *package = c->package;
    bool opaque = false, features = false;
    for (size_t i = 0; i < package->libraries.count; i++) {
        opaque = opaque || package->libraries.items[i].opaque;
        features = features || has_code(&package->libraries.items[i]);
    }
    if (features || package->origin == GM_ORIGIN_COMPILES)
        return;
    if (opaque) {
        judge_opaque(c);
        return;
    }
    c->outcome->coverage = GM_COVERAGE_NONE;
    if (package->origin != GM_ORIGIN_NONE) {
        add_unknown_release(
            c, gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_CODE, GM_SEVERITY_ERROR));
        return;
    }
    gm_finding *finding =
        gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_NO_GPU_CODE, GM_SEVERITY_WARNING);
    if (finding)
        finding->variant = "package";
}

/* How many of the libraries that decide hold nothing at all for this GPU, and how many there are.
 */
static size_t count_empty(const gm_case *c, bool core_known, size_t *deciding)
{
    size_t empty = 0;
    *deciding = 0;
    for (size_t i = 0; i < c->package->libraries.count; i++) {
        if (!decides(&c->package->libraries.items[i], core_known))
            continue;
        ++*deciding;
        empty += gm_cover_coverage(&c->covers[i]) == GM_COVERAGE_NONE;
    }
    return empty;
}

/* The core of the package: nothing for this GPU is a clear no. Where no table says what the core
 * is, a package of which some libraries serve the GPU runs in part. */
void gm_rule_code(gm_case *c)
{
    const gm_package *package = c->package;
    bool core_known = has_core(package);
    size_t deciding;
    if (c->target.kind == GM_TARGET_NONE || gm_package_is_cpu(package))
        return;
    c->outcome->coverage = GM_COVERAGE_ALL;
    if (package->component) /* judged by its version (rules_library.c) */
        return;
    size_t empty = count_empty(c, core_known, &deciding);
    bool mixed = !core_known && package->installed && empty < deciding;
    for (size_t i = 0; i < package->libraries.count; i++) {
        const gm_library *library = &package->libraries.items[i];
        const gm_cover *cover = &c->covers[i];
        gm_coverage coverage = gm_cover_coverage(cover);
        if (!decides(library, core_known))
            continue;
        if (mixed && coverage == GM_COVERAGE_NONE) {
            lacks_library(c, i, GM_VERDICT_PARTLY);
            continue;
        }
        if (coverage < c->outcome->coverage)
            c->outcome->coverage = coverage;
        judge_core(c, library, cover);
        note_via(c, library, cover);
    }
    if (deciding == 0)
        judge_without_code(c);
}

/* A feature's library is made for every GPU alike: where most of its modules pass one by, it does
 * not have the feature (torch 2.15.0: sm_75 in 1 of the 33 modules of its linear algebra). */
static bool lacks_feature(const gm_library *library, const gm_cover *cover)
{
    if (library->role == GM_ROLE_FEATURE)
        return (cover->sass + cover->ptx) * 2 < cover->modules;
    return gm_cover_coverage(cover) == GM_COVERAGE_NONE && cover->other_gpus < cover->modules;
}

/* Rule 3: a library that has nothing at all for a GPU, in a package whose core serves it. Those
 * that choose among their kernels themselves lack nothing by that. */
void gm_rule_features(gm_case *c)
{
    const gm_package *package = c->package;
    bool core_known = has_core(package);
    if (c->target.kind == GM_TARGET_NONE || c->outcome->coverage == GM_COVERAGE_NONE)
        return;
    for (size_t i = 0; i < package->libraries.count; i++) {
        const gm_library *library = &package->libraries.items[i];
        const gm_cover *cover = &c->covers[i];
        if (!has_code(library) || decides(library, core_known) || cover->modules == 0 ||
            library->self_dispatching || !lacks_feature(library, cover))
            continue;
        lacks_library(c, i, library->role == GM_ROLE_FEATURE ? GM_VERDICT_PARTLY : GM_VERDICT_RUNS);
    }
}

/* The oldest of the newest toolkits that could have made the PTX in use. */
static gm_version ptx_maker(const gm_case *c)
{
    gm_version oldest = {{0}, 0};
    for (size_t i = 0; i < c->package->libraries.count; i++) {
        gm_version maker = c->covers[i].ptx_toolkit;
        if (c->covers[i].ptx && maker.count &&
            (!oldest.count || gm_version_compare(maker, oldest) < 0))
            oldest = maker;
    }
    return oldest;
}

/* "The driver compiles it" is no comfort where the rest of the package then fails. */
static void quieten(gm_finding_list *findings, gm_code code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].code == code)
            findings->items[i].severity = GM_SEVERITY_NOTE;
}

/* The code of the library whose PTX is in use. */
static void add_ptx_args(gm_case *c, gm_finding *finding)
{
    for (size_t i = 0; i < c->package->libraries.count; i++)
        if (c->covers[i].ptx) {
            add_code_args(c, finding, &c->package->libraries.items[i], c->covers[i].ptx_offset);
            return;
        }
}

/* Rule 11: PTX of a toolkit that is older than the device compiles, but the math libraries of that
 * toolkit have no code for the device. */
void gm_rule_old_ptx(gm_case *c)
{
    const gm_package *package = c->package;
    gm_target sm = gm_target_sm(c->target.number, 0);
    gm_sm device;
    if (c->target.kind != GM_TARGET_SM || c->outcome->via != GM_VIA_PTX ||
        !gm_catalog_sm(c->catalog, &sm, &device))
        return;
    gm_version maker = ptx_maker(c), known = package->cuda;
    bool sure = known.count > 1 && !package->cuda_guessed;
    gm_version toolkit = sure ? known : maker;
    if (!toolkit.count || gm_version_compare(toolkit, device.first_toolkit) >= 0)
        return;
    gm_verdict verdict = !package->brings_math ? GM_VERDICT_RUNS_JIT
                         : sure                ? GM_VERDICT_NO
                                               : GM_VERDICT_PARTLY;
    gm_finding *finding = gm_decide(c, verdict, GM_CODE_PTX_OLD,
                                    package->brings_math ? GM_SEVERITY_ERROR : GM_SEVERITY_WARNING);
    if (!finding)
        return;
    finding->variant = package->brings_math ? NULL : "alone";
    if (package->brings_math)
        quieten(c->findings, GM_CODE_PTX_ONLY);
    add_ptx_args(c, finding);
    gm_args_text(c->arena, &finding->args, "toolkit", gm_version_string(c->arena, toolkit));
    gm_args_text(c->arena, &finding->args, "first_toolkit",
                 gm_version_string(c->arena, device.first_toolkit));
    gm_finding_row(c, finding, NULL, device.row);
}
