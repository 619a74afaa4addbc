/* SPDX-License-Identifier: MIT */
/* Rules about the build as a whole: system, Python, libc, vendor. They hold for builds that are
 * not installed yet; an installed package has proved that it fits its environment. */
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"
#include "judge/case.h"
#include "judge/rules.h"

/* Is there any row of this release and variant (any variant, when none was named), whatever the
 * system? */
static bool known_elsewhere(const gm_catalog *catalog, const gm_package *package)
{
    size_t count = gm_catalog_build_count(catalog);
    gm_build build;
    gm_version release, other;
    if (!package->version || !gm_version_read(package->version, &release))
        return false;
    for (size_t i = 0; i < count; i++) {
        gm_catalog_build(catalog, i, &build);
        if (!strcmp(build.name, package->name) &&
            (!package->variant || !strcmp(build.variant, package->variant)) &&
            gm_version_read(build.release, &other) && !gm_version_compare(release, other))
            return true;
    }
    return false;
}

void gm_rule_platform(gm_case *c)
{
    const gm_machine *machine = c->machine;
    if (c->package->installed || c->build || machine->os == GM_OS_UNKNOWN ||
        !known_elsewhere(c->catalog, c->package))
        return;
    gm_finding *finding = gm_for_any_gpu(
        gm_decide(c, GM_VERDICT_NO, GM_CODE_PLATFORM_UNSUPPORTED, GM_SEVERITY_ERROR));
    c->settled = true;
    if (!finding)
        return;
    gm_args_text(c->arena, &finding->args, "os", gm_os_token(machine->os));
    gm_args_text(c->arena, &finding->args, "arch", gm_cpu_token(machine->cpu));
}

/* Is `word` one of the blank-separated words of `list`? */
static bool has_word(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == size && !memcmp(at, word, size))
            return true;
        at += length;
    }
    return false;
}

void gm_rule_python(gm_case *c)
{
    const gm_python *python = &c->machine->python;
    if (c->package->installed || !c->build || !c->build->python || python->version.count < 2)
        return;
    const char *word = gm_arena_printf(c->arena, "%u.%u%s", python->version.part[0],
                                       python->version.part[1], python->free_threaded ? "t" : "");
    if (!word || has_word(c->build->python, word))
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_NO, GM_CODE_PYTHON_UNSUPPORTED, GM_SEVERITY_ERROR));
    if (!finding)
        return;
    gm_args_text(c->arena, &finding->args, "python", word);
    gm_args_text(c->arena, &finding->args, "supported", c->build->python);
    gm_finding_row(c, finding, NULL, c->build->row);
}

void gm_rule_libc(gm_case *c)
{
    gm_version needed;
    if (c->package->installed || !c->build || !c->build->glibc || !c->machine->glibc.count ||
        !gm_version_parse(c->build->glibc, &needed) ||
        gm_version_compare(c->machine->glibc, needed) >= 0)
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_NO, GM_CODE_LIBC_TOO_OLD, GM_SEVERITY_ERROR));
    if (!finding)
        return;
    gm_args_text(c->arena, &finding->args, "glibc", gm_version_string(c->arena, c->machine->glibc));
    gm_args_text(c->arena, &finding->args, "needed", c->build->glibc);
    gm_finding_row(c, finding, NULL, c->build->row);
}

/* There are GPUs, and a variable hides all of them. */
static void add_hidden(gm_case *c)
{
    const gm_setting *setting = NULL;
    gm_finding *finding = gm_decide(c, GM_VERDICT_NO, GM_CODE_NO_GPU, GM_SEVERITY_ERROR);
    for (size_t i = 0; !setting && i < c->machine->devices.count; i++)
        setting = gm_device_hiding(c->machine, &c->machine->devices.items[i]);
    if (!finding || !setting)
        return;
    finding->variant = "hidden";
    gm_args_text(c->arena, &finding->args, "variable", setting->name);
    gm_args_text(c->arena, &finding->args, "value", setting->value);
}

/* Under WSL no file tells which GPU Windows has. */
static void add_unknown(gm_case *c)
{
    gm_finding *finding = gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_GPU, GM_SEVERITY_ERROR);
    if (finding && c->machine->os == GM_OS_WSL)
        finding->variant = "wsl";
}

/* No GPU: a CPU build runs, a GPU build does not. */
void gm_rule_gpu(gm_case *c)
{
    if (c->device)
        return;
    c->settled = true;
    if (gm_package_is_cpu(c->package) || c->package->origin == GM_ORIGIN_NONE)
        return;
    bool absent = c->machine->gpus == GM_ABSENT || c->machine->os == GM_OS_MACOS;
    if (c->machine->devices.count) /* and yet none for this rule: all are hidden */
        add_hidden(c);
    else if (absent)
        gm_decide(c, GM_VERDICT_NO, GM_CODE_NO_GPU, GM_SEVERITY_ERROR);
    else
        add_unknown(c);
}

void gm_rule_cpu_build(gm_case *c)
{
    if (!gm_package_is_cpu(c->package))
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_NO, GM_CODE_CPU_BUILD, GM_SEVERITY_ERROR));
    if (finding && c->package->asks) /* what it extends is another package and may well run */
        finding->variant = "extension";
}

void gm_rule_vendor(gm_case *c)
{
    gm_vendor package = gm_package_vendor(c->package), device = c->device->vendor;
    if (package == GM_VENDOR_UNKNOWN || device == GM_VENDOR_UNKNOWN || package == device)
        return;
    bool beside = gm_machine_sees(c->machine, package);
    gm_finding *finding = gm_decide(c, GM_VERDICT_NO, GM_CODE_OTHER_VENDOR,
                                    beside ? GM_SEVERITY_NOTE : GM_SEVERITY_ERROR);
    c->settled = true;
    if (!finding)
        return;
    finding->variant = beside ? "beside" : NULL;
    gm_args_message(c->arena, &finding->args, "made_for",
                    gm_arena_printf(c->arena, "vendor.%s", gm_vendor_token(package)));
    gm_args_message(c->arena, &finding->args, "vendor",
                    gm_arena_printf(c->arena, "vendor.%s", gm_vendor_token(device)));
}

/* A name nobody knows: no guess, but say what would settle it. */
void gm_rule_known_gpu(gm_case *c)
{
    if (c->target.kind != GM_TARGET_NONE)
        return;
    gm_finding *finding = gm_decide(c, GM_VERDICT_UNKNOWN, GM_CODE_UNKNOWN_GPU, GM_SEVERITY_ERROR);
    const char *name = c->device->name;
    if (!finding || !name || !gm_text_equal(c->device->source, "flag"))
        return;
    const char *near = gm_catalog_near_gpus(c->catalog, name, c->arena);
    finding->variant = near ? "near" : "named";
    gm_args_text(c->arena, &finding->args, "near", near);
}

/* A library of another package is needed and nowhere to be found; where another release of it is,
 * the packages were made for different releases of CUDA. */
static void note_unmet(gm_case *c)
{
    const gm_package *package = c->package;
    if (!package->unmet)
        return;
    gm_code code = package->unmet_sibling ? GM_CODE_CUDA_MAJOR_MISMATCH : GM_CODE_MISSING_LIBRARY;
    gm_finding *finding = gm_for_any_gpu(gm_decide(
        c, package->unmet_core ? GM_VERDICT_NO : GM_VERDICT_PARTLY, code, GM_SEVERITY_ERROR));
    if (!finding)
        return;
    finding->variant = "needed";
    gm_args_text(c->arena, &finding->args, "first", package->unmet);
    gm_args_text(c->arena, &finding->args, "library", package->unmet_by);
    gm_args_text(c->arena, &finding->args, "file_name", gm_file_name(package->unmet_by));
    gm_args_text(c->arena, &finding->args, "sibling", package->unmet_sibling);
    gm_finding_evidence(c->arena, finding, package->unmet_by, GM_OFFSET_NONE, package->unmet, NULL);
}

/* What is not all there: a library that the package lists is gone, a file could not be read to its
 * end. What was read speaks for itself, but no longer for the whole. */
void gm_rule_whole(gm_case *c)
{
    const gm_package *package = c->package;
    for (size_t i = 0; i < package->libraries.count; i++)
        if (!package->libraries.items[i].complete) {
            c->outcome->reasons.has[GM_CODE_DAMAGED] = true;
            if (c->outcome->verdict < GM_VERDICT_UNKNOWN)
                c->outcome->verdict = GM_VERDICT_UNKNOWN;
        }
    note_unmet(c);
    if (package->missing == 0)
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_PARTLY, GM_CODE_MISSING_LIBRARY, GM_SEVERITY_ERROR));
    if (!finding)
        return;
    gm_args_number(c->arena, &finding->args, "count", (int64_t)package->missing);
    gm_args_text(c->arena, &finding->args, "first", package->first_missing);
}

/* A GPU that needs one flavour of the kernel module, on a Linux driver of unknown flavour. */
static bool flavour_matters(const gm_case *c)
{
    const gm_machine *machine = c->machine;
    gm_driver_range range;
    return machine->os == GM_OS_LINUX && machine->driver.state == GM_KNOWN &&
           machine->driver.kernel_module == GM_MODULE_ANY &&
           gm_catalog_driver_range(c->catalog, GM_OS_LINUX, c->device->pci, c->device->name,
                                   &c->target, machine->driver.version, &range) &&
           range.kernel_module != GM_MODULE_ANY;
}

/* Rule 10: what nobody said and is taken to fit. Only facts that could matter to this build. */
void gm_rule_assumed(gm_case *c)
{
    const gm_machine *machine = c->machine;
    const gm_build *build = c->package->installed ? NULL : c->build;
    const char *facts[5];
    size_t count = 0;
    if (build && machine->os == GM_OS_UNKNOWN)
        facts[count++] = "os";
    if (build && machine->cpu == GM_CPU_UNKNOWN)
        facts[count++] = "arch";
    if (build && build->python && !machine->python.version.count)
        facts[count++] = "python";
    if (build && build->glibc && !machine->glibc.count)
        facts[count++] = "glibc";
    if (c->device->vendor != GM_VENDOR_NVIDIA)
        facts[count++] = "driver";
    else if (flavour_matters(c))
        facts[count++] = "kernel-module";
    if (count == 0 || c->outcome->verdict > GM_VERDICT_RUNS_JIT)
        return;
    gm_finding *finding =
        gm_for_any_package(gm_decide(c, GM_VERDICT_RUNS, GM_CODE_ASSUMED, GM_SEVERITY_NOTE));
    if (finding)
        gm_args_list(c->arena, &finding->args, "facts", facts, count);
}

/* The answer rests on a table and not on the code: said, never hidden. */
void gm_rule_table_only(gm_case *c)
{
    const gm_package *package = c->package;
    if (package->evidence != GM_EVIDENCE_CATALOG || !package->source)
        return;
    gm_finding *finding =
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_RUNS, GM_CODE_TABLE_ONLY, GM_SEVERITY_NOTE));
    if (!finding)
        return;
    gm_finding_evidence(c->arena, finding, NULL, GM_OFFSET_NONE, c->build ? c->build->code : NULL,
                        package->source);
    if (package->confidence > finding->confidence)
        finding->confidence = package->confidence;
}

/* A package that no table knows is judged by its GPU code alone. */
void gm_rule_unlisted(gm_case *c)
{
    if (c->package->unlisted)
        gm_for_any_gpu(gm_decide(c, GM_VERDICT_RUNS, GM_CODE_UNLISTED_PACKAGE, GM_SEVERITY_NOTE));
}
