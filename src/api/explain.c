/* SPDX-License-Identifier: MIT */
/* explain: what a text says, then the same verdict and advice as check, through the same code. */
#include "explain/explain.h"

#include <string.h>

#include "advise/advise.h"
#include "api/run.h"
#include "base/lookup.h"
#include "catalog/catalog.h"
#include "judge/judge.h"
#include "model/codelist.h"

/* Facts that `to` lacks, from `from`. */
static void fill_machine(gm_machine *to, const gm_machine *from)
{
    if (to->os == GM_OS_UNKNOWN)
        to->os = from->os;
    if (to->cpu == GM_CPU_UNKNOWN)
        to->cpu = from->cpu;
    if (!to->glibc.count) {
        to->glibc = from->glibc;
        to->libc = from->libc;
    }
    if (!to->python.version.count)
        to->python = from->python;
    if (to->driver.state == GM_UNKNOWN)
        to->driver = from->driver;
    if (to->gpus == GM_UNKNOWN) {
        to->gpus = from->gpus;
        to->devices = from->devices;
        to->settings = from->settings;
        to->order_unknown = from->order_unknown;
        to->container = from->container;
        to->l4t = from->l4t;
    }
}

/* Options first, then the text, then (asked for) this machine. */
static gm_status find_machine(gm_run *run, const gm_explain_options *options,
                              const gm_explanation *told)
{
    gm_machine_options described = options->machine;
    gm_machine *machine = &run->result.machine;
    described.machine = "-";
    gm_status status = gm_run_machine(run, &described);
    if (status != GM_OK)
        return status;
    fill_machine(machine, &told->machine);
    const char *file = options->machine.machine;
    bool from_file = file && strcmp(file, "-");
    if (options->here || from_file) {
        gm_machine here;
        status = gm_run_probe(run, from_file ? file : NULL, &here);
        if (status == GM_OK)
            fill_machine(machine, &here);
    }
    if (machine->driver.state == GM_KNOWN && !machine->driver.cuda.count)
        machine->driver.cuda = gm_catalog_driver_cuda(run->catalog, gm_os_of_driver(machine->os),
                                                      machine->driver.version);
    return status;
}

static bool has_target(const gm_library *library, const gm_target *target)
{
    for (size_t i = 0; i < library->images.count; i++)
        if (gm_target_equal(&library->images.items[i].target, target))
            return true;
    return false;
}

static bool same_targets(const gm_library *a, const gm_library *b)
{
    bool same = a->images.count == b->images.count;
    for (size_t i = 0; same && i < a->images.count; i++)
        same = has_target(b, &a->images.items[i].target);
    return same;
}

/* Rule 11: the toolkit behind a list that PyTorch printed is the newest among the builds with
 * exactly that list. */
static gm_version toolkit_of_list(gm_run *run, const gm_library *list)
{
    const gm_catalog *catalog = run->catalog;
    gm_version newest = {{0}, 0};
    for (size_t i = gm_catalog_build_count(catalog); i-- > 0;) {
        gm_build build;
        gm_catalog_build(catalog, i, &build);
        if (!build.cuda.count || !build.code || gm_version_compare(build.cuda, newest) <= 0)
            continue;
        gm_arena *arena = gm_arena_under(run->arena);
        gm_library other = {.path = build.release};
        if (arena && gm_code_list_parse(build.code, NULL, arena, &other, NULL) == GM_OK &&
            same_targets(list, &other))
            newest = build.cuda;
        gm_arena_free(arena);
    }
    return newest;
}

/* A package out of the list of code that a message gives. */
static gm_status add_stated(gm_run *run, const gm_explanation *told)
{
    gm_build first;
    gm_package *package = GM_PUSH(run->arena, &run->result.packages);
    gm_library *library = package ? GM_PUSH(run->arena, &package->libraries) : NULL;
    if (!library)
        return gm_run_no_memory(run);
    gm_catalog_build(run->catalog, 0, &first);
    const char *plus = told->torch ? strchr(told->torch, '+') : NULL;
    *package = (gm_package){.name = told->package ? told->package : first.name,
                            .version = told->package ? NULL : told->torch,
                            .variant = plus ? plus + 1 : NULL,
                            .cuda = told->cuda,
                            .evidence = GM_EVIDENCE_STATED,
                            .origin = GM_ORIGIN_EMBEDDED,
                            .brings_math = true,
                            .installed = true,
                            .libraries = package->libraries};
    library->path = package->name;
    library->format = "list";
    library->role = GM_ROLE_CORE;
    library->selected = true;
    library->complete = true;
    gm_status status = gm_code_list_parse(told->code, gm_catalog_intel_targets(run->catalog),
                                          run->arena, library, &run->error);
    if (status == GM_OK && !package->cuda.count && !told->package && !told->code_is_range)
        package->cuda = toolkit_of_list(run, library);
    return status;
}

/* The newest release that was built for a compute platform, with it: "2.14.1+cu130"; NULL none. */
static const char *newest_of(gm_run *run, const char *variant)
{
    const char *release = NULL;
    for (size_t i = 0; i < gm_catalog_build_count(run->catalog); i++) {
        gm_build build;
        gm_catalog_build(run->catalog, i, &build);
        if (!build.doubtful && !strcmp(build.variant, variant))
            release = build.release;
    }
    return release ? gm_arena_printf(run->arena, "%s+%s", release, variant) : NULL;
}

static gm_status add_torch(gm_run *run, const gm_explanation *told)
{
    gm_build first;
    if (told->code)
        return add_stated(run, told);
    const char *version = told->torch;
    if (!version && told->platform && run->result.machine.devices.count)
        version = newest_of(run, told->platform);
    if (!version)
        return GM_OK;
    gm_catalog_build(run->catalog, 0, &first);
    const char *requirement = gm_arena_printf(run->arena, "%s==%s", first.name, version);
    return requirement ? gm_run_add_build(run, requirement) : gm_run_no_memory(run);
}

/* What is listed beside torch; of what the tables do not tell the code, the text says too little.
 */
static gm_status add_beside(gm_run *run, const gm_explanation *told)
{
    gm_status status = GM_OK;
    bool about_torch = run->result.packages.count && !told->package && !told->torch_mixed;
    for (size_t i = 0; about_torch && status == GM_OK && i < told->beside.count; i++) {
        status = gm_run_add_build(run, told->beside.items[i]);
        gm_package_list *packages = &run->result.packages;
        if (status == GM_OK && packages->items[packages->count - 1].evidence > GM_EVIDENCE_CATALOG)
            packages->count--;
    }
    return status;
}

static gm_status add_packages(gm_run *run, const gm_explanation *told)
{
    gm_status status = add_torch(run, told);
    if (status == GM_OK)
        status = add_beside(run, told);
    for (size_t i = 0; i < run->result.packages.count; i++)
        run->result.packages.items[i].installed = true;
    return status;
}

/* With only the ends of a list known, a device between them may still be served. */
static bool between_ends(const gm_run *run)
{
    const gm_machine *machine = &run->result.machine;
    const gm_library *library = run->result.packages.items[0].libraries.items;
    if (machine->devices.count == 0 || library->images.count == 0)
        return false;
    unsigned number = machine->devices.items[0].targets[0].number;
    return number >= library->images.items[0].target.number &&
           number <= library->images.items[library->images.count - 1].target.number;
}

static bool has_code(const gm_finding_list *findings, gm_code code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].code == code)
            return true;
    return false;
}

/* A driver and a GPU that do not go together: the driver's range tells which of the two is newer.
 */
static gm_code driver_code(const gm_run *run, gm_code code)
{
    const gm_machine *machine = &run->result.machine;
    const gm_device *device = machine->devices.items;
    gm_driver_range range;
    gm_version after;
    if ((code != GM_CODE_GPU_NEWER_THAN_DRIVER && code != GM_CODE_DRIVER_DROPPED_GPU) ||
        machine->devices.count == 0 || device->target_count != 1 ||
        machine->driver.state != GM_KNOWN ||
        !gm_catalog_driver_range(run->catalog, gm_os_of_driver(machine->os), device->pci,
                                 device->name, &device->targets[0], machine->driver.version,
                                 &range))
        return code;
    bool dropped = range.after_last && gm_version_parse(range.after_last, &after) &&
                   gm_version_compare(machine->driver.version, after) >= 0;
    return dropped ? GM_CODE_DRIVER_DROPPED_GPU : GM_CODE_GPU_NEWER_THAN_DRIVER;
}

/* Has the judge found the same, or why the message came? */
static bool said_better(const gm_finding_list *findings, gm_code code)
{
    return has_code(findings, code) ||
           (code == GM_CODE_NO_CODE &&
            (has_code(findings, GM_CODE_PTX_OLD) || has_code(findings, GM_CODE_ARCH_SPECIFIC) ||
             has_code(findings, GM_CODE_TEGRA_MISMATCH)));
}

/* What messages say by themselves, unless the judge says it better. An error that happened has
 * happened: what runs by the tables then runs in part at most. */
static void add_message_findings(gm_run *run, const gm_explanation *told)
{
    gm_result *result = &run->result;
    bool failed = false, false_alarm = has_code(&result->findings, GM_CODE_FALSE_ALARM);
    for (size_t i = 0; i < told->findings.count; i++) {
        const gm_finding *finding = &told->findings.items[i];
        if (false_alarm && finding->code == GM_CODE_NO_CODE)
            continue;
        failed = failed || finding->severity == GM_SEVERITY_ERROR;
        if (said_better(&result->findings, finding->code))
            continue;
        gm_finding *added =
            gm_finding_add(run->arena, &result->findings, finding->code, finding->severity);
        if (added) {
            *added = *finding;
            added->code = driver_code(run, finding->code);
        }
    }
    if (result->judged && failed && result->verdict <= GM_VERDICT_RUNS_JIT)
        result->verdict = GM_VERDICT_PARTLY;
}

static void add_false_alarm(gm_run *run)
{
    gm_finding *finding =
        gm_finding_add(run->arena, &run->result.findings, GM_CODE_FALSE_ALARM, GM_SEVERITY_WARNING);
    const gm_device *device = run->result.machine.devices.items;
    char target[GM_TARGET_TEXT];
    if (!finding)
        return;
    gm_target_format(&device->targets[0], target);
    gm_args_text(run->arena, &finding->args, "gpu", device->name ? device->name : target);
    gm_args_text(run->arena, &finding->args, "target", target);
    gm_finding_about(run->arena, finding, NULL, device->index);
}

static void add_message_advice(gm_run *run, const gm_explanation *told)
{
    for (size_t i = 0; i < told->advice.count; i++) {
        bool which_gpu = told->advice.items[i].action == GM_ACTION_ASK;
        if (which_gpu && run->result.machine.devices.count)
            continue;
        gm_advice *advice = GM_PUSH(run->arena, &run->result.advice);
        if (advice)
            *advice = told->advice.items[i];
    }
}

/* "2.9.1+cpu": the name alone says it, whatever the machine. */
static void note_cpu_build(gm_run *run)
{
    const gm_package *package = run->result.packages.items;
    if (run->result.packages.count == 0 || !gm_text_equal(package->variant, "cpu"))
        return;
    gm_finding *finding =
        gm_finding_add(run->arena, &run->result.findings, GM_CODE_CPU_BUILD, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    gm_finding_about(run->arena, finding, package->name, -1);
    gm_args_text(run->arena, &finding->args, "package",
                 gm_arena_printf(run->arena, "%s %s", package->name, package->version));
}

static gm_status judge_told(gm_run *run, const gm_explanation *told)
{
    gm_judge_options judge = {.assume_driver = true};
    gm_result *result = &run->result;
    if (!gm_judge(run->catalog, result, &judge, run->arena))
        return gm_run_no_memory(run);
    if (told->code_is_range && result->verdict > GM_VERDICT_RUNS_JIT && between_ends(run)) {
        memset(&result->packages.items[0].libraries, 0, sizeof result->packages.items[0].libraries);
        memset(&result->findings, 0, sizeof result->findings);
        if (!gm_judge(run->catalog, result, &judge, run->arena))
            return gm_run_no_memory(run);
    }
    if (told->warned_no_code && result->verdict == GM_VERDICT_RUNS)
        add_false_alarm(run);
    return GM_OK;
}

/* What to do about a text that tells of a GPU but of no package. */
typedef enum wish { WISH_NOTHING, WISH_DRIVER, WISH_BUILD } wish;

/* Did a message say so of torch itself? Another package's code is not made by another torch. */
static bool torch_has_code(const gm_finding_list *findings, gm_code code)
{
    for (size_t i = 0; i < findings->count; i++) {
        const gm_finding *finding = &findings->items[i];
        bool of_other = false;
        for (size_t k = 0; k < finding->args.count; k++)
            of_other = of_other || !strcmp(finding->args.items[k].name, "package");
        if (finding->code == code && !of_other)
            return true;
    }
    return false;
}

/* Did a message tell that torch itself, which is installed then, does not run? */
static bool torch_failed(const gm_explanation *told)
{
    return torch_has_code(&told->findings, GM_CODE_NO_CODE) ||
           torch_has_code(&told->findings, GM_CODE_CPU_BUILD);
}

/* Another build helps against messages about code, another driver against those about drivers; a
 * GPU that is only named gets the build for it. */
static wish wish_of(const gm_explanation *told)
{
    static const gm_code about_code[] = {GM_CODE_NO_CODE,   GM_CODE_ARCH_SPECIFIC,
                                         GM_CODE_PTX_OLD,   GM_CODE_PTX_ONLY,
                                         GM_CODE_CPU_BUILD, GM_CODE_JIT_COMPILER_TOO_OLD};
    static const gm_code about_driver[] = {GM_CODE_DRIVER_DROPPED_GPU,
                                           GM_CODE_GPU_NEWER_THAN_DRIVER};
    if (told->not_compatibility || told->package || told->only_terms)
        return WISH_NOTHING;
    if (told->fixed)
        return WISH_BUILD;
    for (size_t i = 0; i < sizeof about_code / sizeof *about_code; i++)
        if (torch_has_code(&told->findings, about_code[i]))
            return WISH_BUILD;
    for (size_t i = 0; i < sizeof about_driver / sizeof *about_driver; i++)
        if (has_code(&told->findings, about_driver[i]))
            return WISH_DRIVER;
    bool asked = told->advice.count == 1 && told->advice.items[0].action == GM_ACTION_ASK;
    return told->findings.count || (told->advice.count && !asked) ? WISH_NOTHING : WISH_BUILD;
}

static void ask(gm_run *run, const char *why)
{
    gm_advice *advice = GM_PUSH(run->arena, &run->result.advice);
    if (advice)
        *advice = (gm_advice){.action = GM_ACTION_ASK, .why = why};
}

/* What would have to be known for an answer about this very machine. */
static void ask_for_missing(gm_run *run, const gm_explanation *told)
{
    static const gm_code about_driver[] = {GM_CODE_DRIVER_TOO_OLD, GM_CODE_PTX_TOO_NEW};
    const gm_machine *machine = &run->result.machine;
    wish wanted = wish_of(told);
    if (told->findings.count && machine->devices.count == 0 && machine->gpus != GM_ABSENT &&
        (wanted == WISH_BUILD || wanted == WISH_DRIVER))
        ask(run, "advice.ask.gpu");
    for (size_t i = 0; i < sizeof about_driver / sizeof *about_driver; i++)
        if (has_code(&told->findings, about_driver[i]) && !run->result.packages.count &&
            !told->torch && !told->cuda.count && !told->package) {
            ask(run, "explain.ask.torch");
            break;
        }
}

/* Advice for what was judged; for a GPU alone, the build or the driver for it. */
static gm_status advise_told(gm_run *run, const gm_explanation *told, bool judged)
{
    gm_spec fixed;
    wish wanted = wish_of(told);
    gm_advise_options advise = {.judge = {.assume_driver = true},
                                .picking = !judged,
                                .replacing = torch_failed(told),
                                .driver_only = !judged && wanted == WISH_DRIVER};
    if (!judged && wanted == WISH_NOTHING)
        return GM_OK;
    if (told->fixed) {
        gm_build first;
        gm_catalog_build(run->catalog, 0, &first);
        const char *text = gm_arena_printf(run->arena, "%s==%s", first.name, told->fixed);
        gm_status status =
            text ? gm_spec_parse(text, run->arena, &fixed, &run->error) : gm_run_no_memory(run);
        if (status != GM_OK)
            return status;
        advise.specs = &fixed;
        advise.spec_count = 1;
    }
    return gm_advise(run->catalog, &run->result, &advise, run->arena, NULL) ? GM_OK
                                                                            : gm_run_no_memory(run);
}

/* A failure or a question without a package is about what is installed on the machine that was
 * asked for with it; names and words are about nothing installed. */
static bool looks_here(const gm_run *run, const gm_explain_options *options,
                       const gm_explanation *told)
{
    bool about = told->findings.count || told->advice.count;
    for (size_t i = 0; i < told->shown.matches.count; i++)
        about = about || !strcmp(told->shown.matches.items[i].kind, "question");
    return (options->here || run->snapshot) && about && !told->not_compatibility && !told->package;
}

/* What the text says, with what the options and this machine add to it. */
static gm_status take_in(gm_run *run, const gm_explain_options *options, gm_explanation *told)
{
    gm_status status = gm_explain_read(run->catalog, options->text, options->text_size,
                                       run->style.lang, run->arena, told, &run->error);
    if (status == GM_OK)
        status = find_machine(run, options, told);
    if (status == GM_OK)
        gm_explain_examples(told, &run->result.machine, run->catalog, run->style.lang, run->arena);
    if (status == GM_OK && !told->not_compatibility)
        status = add_packages(run, told);
    if (status == GM_OK && looks_here(run, options, told) && run->result.packages.count == 0)
        status =
            run->snapshot ? gm_run_add_snapshot(run) : gm_run_add_environment(run, NULL, false);
    return status;
}

/* Verdict, findings and advice, as far as the facts allow. What a message asks for by itself comes
 * first, unless the judge knows a way that leads to a program that runs. */
static gm_status answer(gm_run *run, const gm_explanation *told)
{
    gm_result *result = &run->result;
    bool devices = result->machine.devices.count > 0;
    bool judging = devices && result->packages.count > 0;
    gm_status status = judging ? judge_told(run, told) : GM_OK;
    bool judge_first = judging && result->verdict > GM_VERDICT_UNKNOWN;
    if (status == GM_OK && !judge_first)
        add_message_advice(run, told);
    if (status == GM_OK && (devices || told->fixed))
        status = advise_told(run, told, judging);
    if (status != GM_OK)
        return status;
    if (judge_first)
        add_message_advice(run, told);
    if (!told->not_compatibility)
        ask_for_missing(run, told);
    if (!judging)
        note_cpu_build(run);
    add_message_findings(run, told);
    return GM_OK;
}

static gm_status explain(gm_run *run, const gm_explain_options *options, int *ret_exit)
{
    gm_explanation told = {0};
    gm_status status = take_in(run, options, &told);
    if (status == GM_OK)
        status = answer(run, &told);
    if (status != GM_OK)
        return status;
    *ret_exit = told.recognised ? gm_run_exit(run) : 4;
    return gm_run_report(run, "explain", &told.shown);
}

gm_status gm_explain(const gm_explain_options *options, const gm_output *output, int *ret_exit,
                     gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = explain(&run, options, ret_exit);
    return gm_run_end(&run, status, problem);
}
