/* SPDX-License-Identifier: MIT */
#include "judge/judge.h"

#include <string.h>

#include "judge/case.h"
#include "judge/rules.h"

/* Rules that end a case (no GPU, CPU build, other vendor) come before those that need what they
 * rule out. */
const gm_rule gm_rules[] = {
    gm_rule_platform,     gm_rule_python,       gm_rule_libc,          gm_rule_gpu,
    gm_rule_cpu_build,    gm_rule_vendor,       gm_rule_known_gpu,     gm_rule_driver,
    gm_rule_access,       gm_rule_library,      gm_rule_order,         gm_rule_container,
    gm_rule_driver_floor, gm_rule_driver_range, gm_rule_kernel_module, gm_rule_code,
    gm_rule_features,     gm_rule_old_ptx,      gm_rule_cudnn,         gm_rule_nvrtc,
    gm_rule_triton,       gm_rule_compiler,     gm_rule_extension,     gm_rule_whole,
    gm_rule_assumed,      gm_rule_table_only,   gm_rule_unlisted,      NULL};

struct judging {
    const gm_catalog *catalog;
    gm_result *result;
    const gm_judge_options *options;
    gm_arena *arena;
    gm_finding_index *index; /* of the result's findings */
};

/* The catalogue's row of a package for this system. Where the system is not known, Linux on x86_64
 * stands in: rule 10 takes platform and libc to fit. */
static bool find_build(const gm_catalog *catalog, const gm_machine *machine,
                       const gm_package *package, gm_build *build)
{
    gm_os os = machine->os == GM_OS_UNKNOWN ? GM_OS_LINUX : gm_os_of_wheels(machine->os);
    gm_cpu cpu = gm_cpu_of_wheels(os, machine->cpu);
    return gm_catalog_build_of(catalog, package, os, cpu, build);
}

/* One candidate target of one device (or no device). */
static bool judge_target(const struct judging *j, gm_package *package, const gm_device *device,
                         gm_target target, gm_device_outcome *outcome, gm_finding_list *findings)
{
    gm_build build;
    const gm_machine *machine = &j->result->machine;
    size_t libraries = package->libraries.count;
    gm_case c = {.catalog = j->catalog,
                 .machine = machine,
                 .package = package,
                 .packages = &j->result->packages,
                 .device = device,
                 .target = target,
                 .driver = gm_driver_of_programs(j->catalog, machine, device),
                 .options = j->options,
                 .arena = j->arena,
                 .outcome = outcome,
                 .findings = findings};
    c.build = find_build(j->catalog, machine, package, &build) ? &build : NULL;
    c.covers = gm_arena_array(j->arena, libraries + 1, sizeof *c.covers);
    outcome->libraries = gm_arena_array(j->arena, libraries + 1, sizeof *outcome->libraries);
    if (!c.covers || !outcome->libraries)
        return false;
    outcome->device = device ? device->index : -1;
    for (size_t i = 0; i < libraries; i++) {
        const gm_library *library = &package->libraries.items[i];
        if (target.kind != GM_TARGET_NONE && library->selected)
            c.covers[i] = gm_cover_library(j->catalog, library, &target, &c.driver, machine->os,
                                           package->cuda);
        outcome->libraries[i] = (gm_library_outcome){library, gm_cover_coverage(&c.covers[i]),
                                                     gm_cover_via(&c.covers[i])};
    }
    for (size_t i = 0; gm_rules[i] && !c.settled; i++)
        gm_rules[i](&c);
    if (outcome->verdict > GM_VERDICT_UNKNOWN && outcome->coverage == GM_COVERAGE_NONE)
        outcome->via = GM_VIA_NOTHING;
    return true;
}

/* A name that fits chips of different targets: where they differ in the verdict, it is unknown. */
static bool judge_ambiguous(const struct judging *j, gm_package *package, const gm_device *device,
                            gm_device_outcome *outcome, gm_finding_list *findings)
{
    bool differ = false;
    for (unsigned i = 0; i < device->target_count; i++) {
        gm_device_outcome one = {0};
        gm_finding_list own = {0};
        if (!judge_target(j, package, device, device->targets[i], &one, findings ? &own : NULL))
            return false;
        if (i == 0) {
            *outcome = one;
            if (findings)
                *findings = own;
        }
        differ = differ || one.verdict != outcome->verdict;
    }
    gm_case c = {.catalog = j->catalog,
                 .machine = &j->result->machine,
                 .package = package,
                 .device = device,
                 .driver = gm_driver_of_programs(j->catalog, &j->result->machine, device),
                 .arena = j->arena,
                 .outcome = outcome,
                 .findings = findings};
    if (differ) {
        if (findings)
            *findings = (gm_finding_list){0};
        outcome->reasons = (gm_code_set){0};
        outcome->verdict = GM_VERDICT_UNKNOWN;
        outcome->via = GM_VIA_NOTHING;
    }
    gm_finding *finding = gm_decide(&c, outcome->verdict, GM_CODE_AMBIGUOUS_GPU,
                                    differ ? GM_SEVERITY_ERROR : GM_SEVERITY_NOTE);
    const char *names[GM_DEVICE_TARGETS];
    char texts[GM_DEVICE_TARGETS][GM_TARGET_TEXT];
    for (unsigned i = 0; i < device->target_count; i++)
        names[i] = gm_target_format(&device->targets[i], texts[i]);
    if (finding)
        gm_args_list(j->arena, &finding->args, "targets", names, device->target_count);
    return true;
}

static bool judge_device(const struct judging *j, gm_package *package, const gm_device *device)
{
    gm_finding_list own = {0}, *findings = j->options->verdicts_only ? NULL : &own;
    gm_device_outcome outcome = {0};
    gm_target none = {0};
    bool ok;
    if (device && device->target_count > 1)
        ok = judge_ambiguous(j, package, device, &outcome, findings);
    else
        ok = judge_target(j, package, device,
                          device && device->target_count ? device->targets[0] : none, &outcome,
                          findings);
    gm_findings_merge(j->arena, j->index, &j->result->findings, &own);
    gm_device_outcome *place = ok ? GM_PUSH(j->arena, &package->outcomes) : NULL;
    if (!place)
        return false;
    *place = outcome;
    return true;
}

/* A program never sees the GPUs of another vendor beside its own, so they do not count. */
static bool set_aside(const gm_device_outcome *outcomes, size_t count, size_t place)
{
    bool own = false;
    for (size_t i = 0; i < count; i++)
        own = own || !outcomes[i].reasons.has[GM_CODE_OTHER_VENDOR];
    return own && outcomes[place].reasons.has[GM_CODE_OTHER_VENDOR];
}

gm_verdict gm_verdict_over_devices(const gm_device_outcome *outcomes, size_t count)
{
    bool has[GM_VERDICT_NO + 1] = {false};
    for (size_t i = 0; i < count; i++)
        has[outcomes[i].verdict] = has[outcomes[i].verdict] || !set_aside(outcomes, count, i);
    bool runs = has[GM_VERDICT_RUNS] || has[GM_VERDICT_RUNS_JIT];
    if (has[GM_VERDICT_PARTLY] || (runs && has[GM_VERDICT_NO]))
        return GM_VERDICT_PARTLY;
    if (has[GM_VERDICT_UNKNOWN])
        return GM_VERDICT_UNKNOWN;
    if (has[GM_VERDICT_NO])
        return GM_VERDICT_NO;
    return has[GM_VERDICT_RUNS_JIT] ? GM_VERDICT_RUNS_JIT : GM_VERDICT_RUNS;
}

static bool uncovered(const gm_package *package, size_t place)
{
    return package->outcomes.items[place].verdict == GM_VERDICT_NO &&
           !set_aside(package->outcomes.items, package->outcomes.count, place);
}

/* One GPU of several is served, another is not. */
static void note_uncovered(const struct judging *j, const gm_package *package)
{
    bool none = false;
    for (size_t i = 0; i < package->outcomes.count; i++)
        none = none || uncovered(package, i);
    if (package->verdict != GM_VERDICT_PARTLY || !none || package->outcomes.count < 2)
        return;
    gm_finding *finding = gm_finding_add(j->arena, &j->result->findings,
                                         GM_CODE_SOME_GPUS_UNCOVERED, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    gm_finding_about(j->arena, finding, package->name, -1);
    gm_args_text(j->arena, &finding->args, "package",
                 gm_arena_printf(j->arena, "%s%s%s", package->name, package->version ? " " : "",
                                 package->version ? package->version : ""));
    for (size_t i = 0; i < package->outcomes.count; i++)
        if (uncovered(package, i))
            gm_finding_about(j->arena, finding, NULL, package->outcomes.items[i].device);
}

static bool judge_package(const struct judging *j, gm_package *package)
{
    const gm_machine *machine = &j->result->machine;
    size_t seen = 0;
    package->outcomes.count = 0;
    for (size_t i = 0; i < machine->devices.count; i++) {
        if (machine->devices.items[i].hidden)
            continue;
        seen++;
        if (!judge_device(j, package, &machine->devices.items[i]))
            return false;
    }
    if (seen == 0 && !judge_device(j, package, NULL))
        return false;
    package->verdict = gm_verdict_over_devices(package->outcomes.items, package->outcomes.count);
    if (!j->options->verdicts_only)
        note_uncovered(j, package);
    return true;
}

bool gm_judge(const gm_catalog *catalog, gm_result *result, const gm_judge_options *options,
              gm_arena *arena)
{
    gm_finding_index index = {0};
    struct judging j = {catalog, result, options, arena, &index};
    result->judged = true;
    result->verdict = result->packages.count ? GM_VERDICT_RUNS : GM_VERDICT_UNKNOWN;
    for (size_t i = 0; i < result->packages.count; i++) {
        gm_package *package = &result->packages.items[i];
        if (!judge_package(&j, package))
            return false;
        if (package->verdict > result->verdict)
            result->verdict = package->verdict;
    }
    if (result->packages.count > 0 || options->verdicts_only)
        return true;
    return gm_finding_add(arena, &result->findings, GM_CODE_NO_PACKAGE, GM_SEVERITY_ERROR) != NULL;
}
