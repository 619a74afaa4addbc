/* SPDX-License-Identifier: MIT */
/* Builds to install, proven on this machine or on one with another Python, system or driver. */
#include <stdio.h>
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"
#include "base/text.h"
#include "model/codelist.h"

static bool something_installed(const gm_adviser *a)
{
    return !a->options->picking || a->options->replacing;
}

/* Notes what the proof takes for granted. */
static void add_assumption(gm_adviser *a, gm_advice *advice, const char *name, const char *value)
{
    gm_pair *pair = GM_PUSH(a->arena, &advice->assumes);
    if (pair)
        *pair = (gm_pair){name, value};
}

/* The lowest driver on which the judge finds that a build runs as `proof` says, for a system; NULL
 * when it asks for none, or a Jetson has its own. */
static const char *driver_for(gm_adviser *a, gm_os os, const gm_build *build, gm_verdict proof)
{
    gm_machine machine = a->result->machine;
    gm_package_list packages = {0};
    gm_package *package = GM_PUSH(a->arena, &packages);
    machine.os = os;
    machine.driver = (gm_driver){.state = GM_ABSENT};
    return package && gm_catalog_build_package(a->catalog, build, a->arena, package)
               ? gm_lowest_driver(a, &machine, &packages, proof)
               : NULL;
}

/* The same, on whatever system where none is known: numbers of Windows run apart. */
static const char *driver_needed(gm_adviser *a, const gm_trial *trial, gm_verdict proof)
{
    gm_os os = a->result->machine.os;
    const char *need = driver_for(a, os, &trial->build, proof);
    gm_build windows;
    gm_version one, other;
    if (os != GM_OS_UNKNOWN || trial->one_system ||
        !gm_build_for_windows(a->catalog, &trial->build, &windows))
        return need;
    const char *there = driver_for(a, GM_OS_WINDOWS, &windows, proof);
    bool higher = need && there && gm_version_parse(need, &one) &&
                  gm_version_parse(there, &other) && gm_version_compare(other, one) > 0;
    return higher ? there : need;
}

/* What is taken for granted: an unknown driver that is new enough, an unknown system. */
static void add_assumptions(gm_adviser *a, gm_advice *advice, const gm_trial *trial,
                            gm_verdict proof)
{
    const gm_machine *machine = &a->result->machine;
    const char *need = machine->driver.state == GM_UNKNOWN && trial->build.cuda.count
                           ? driver_needed(a, trial, proof)
                           : NULL;
    if (machine->os == GM_OS_UNKNOWN && trial->one_system)
        add_assumption(a, advice, "os", gm_os_token(trial->build.os));
    if (need)
        add_assumption(a, advice, "driver", gm_arena_printf(a->arena, ">=%s", need));
}

/* What the build is made for: GPUs of another vendor beside those that it serves are left out. */
static void add_targets(gm_adviser *a, gm_advice *advice, const gm_build *build)
{
    gm_vendor vendor = gm_catalog_variant_vendor(build->variant);
    const gm_machine *machine = &a->result->machine;
    gm_text text = GM_TEXT_INIT;
    for (size_t i = 0; i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        char target[GM_TARGET_TEXT];
        if (device->hidden || !device->target_count ||
            (gm_machine_sees(machine, vendor) && device->vendor != vendor))
            continue;
        gm_target_format(&device->targets[0], target);
        if (!strstr(text.data, target))
            gm_text_addf(&text, "%s%s", text.size ? ", " : "", target);
    }
    gm_args_text(a->arena, &advice->args, "targets", gm_text_or(&text, NULL));
    gm_args_text(a->arena, &advice->args, "driver", machine->driver.text);
    gm_text_free(&text);
}

static gm_advice *install_advice(gm_adviser *a, gm_action action, const char *why,
                                 const gm_trial *trial, gm_verdict proof)
{
    gm_advice *advice = gm_advice_new(a, action, why);
    if (!advice)
        return NULL;
    const gm_build *build = &trial->build;
    gm_args_text(
        a->arena, &advice->args, "package",
        gm_arena_printf(a->arena, "%s %s+%s", build->name, build->release, build->variant));
    gm_args_text(a->arena, &advice->args, "release", build->release);
    gm_args_text(a->arena, &advice->args, "variant", build->variant);
    add_targets(a, advice, build);
    gm_advice_prove(advice, proof);
    add_assumptions(a, advice, trial, proof);
    gm_advice_install(a, advice, trial, something_installed(a), true);
    return advice;
}

/* Beside a build for most drivers a newer release, for those who have the driver for it. */
static void propose_newest(gm_adviser *a, const gm_trial *chosen, bool native)
{
    gm_machine current = a->result->machine;
    current.driver.state = GM_KNOWN; /* as new as is wished for */
    const gm_trial *newest =
        gm_trials_best(a->catalog, &a->trials, gm_visible_mask(&current), &current, native);
    if (newest->one_system > chosen->one_system || !gm_trial_newer(newest, chosen))
        return;
    gm_verdict proof = native ? GM_VERDICT_RUNS : GM_VERDICT_RUNS_JIT;
    gm_advice *advice = install_advice(a, GM_ACTION_INSTALL, "install.newest", newest, proof);
    if (!advice)
        return;
    advice->driver_min = driver_needed(a, newest, proof);
    gm_args_text(a->arena, &advice->args, "driver_min", advice->driver_min);
}

bool gm_propose_install(gm_adviser *a)
{
    uint64_t mask = gm_visible_mask(&a->result->machine);
    const gm_machine *machine = &a->result->machine;
    bool assumed = machine->driver.state == GM_UNKNOWN && a->options->judge.assume_driver;
    const gm_trial *(*choose)(const gm_catalog *, const gm_trials *, uint64_t, const gm_machine *,
                              bool) = assumed ? gm_trials_cautious : gm_trials_best;
    const gm_trial *best = choose(a->catalog, &a->trials, mask, machine, true);
    bool native = best || !mask;
    if (!native)
        best = choose(a->catalog, &a->trials, mask, machine, false);
    if (!best)
        return false;
    const char *why = !mask ? "install.cpu"
                      : machine->driver.state == GM_KNOWN && best->build.cuda.count
                          ? "install.driver-fits"
                          : "install.fits";
    bool advised = install_advice(a, GM_ACTION_INSTALL, why, best,
                                  native ? GM_VERDICT_RUNS : GM_VERDICT_RUNS_JIT) != NULL;
    if (advised && assumed && mask)
        propose_newest(a, best, native);
    return advised;
}

/* The trial of the build that `package` is; NULL when the catalogue has none. */
static const gm_trial *trial_of(const gm_trials *trials, const gm_package *package)
{
    gm_version installed, release;
    if (!gm_version_read(package->version, &installed))
        return NULL;
    for (size_t i = 0; i < trials->count; i++) {
        const gm_build *build = &trials->items[i].build;
        if (gm_text_equal(build->variant, package->variant) &&
            gm_version_read(build->release, &release) && !gm_version_compare(release, installed))
            return &trials->items[i];
    }
    return NULL;
}

bool gm_propose_again(gm_adviser *a)
{
    uint64_t mask = gm_visible_mask(&a->result->machine);
    for (size_t i = 0; i < a->result->packages.count; i++) {
        const gm_package *package = &a->result->packages.items[i];
        bool whole_package = package->missing == 0 && !package->unmet;
        if (whole_package || strcmp(package->name, a->torch->name))
            continue;
        const gm_trial *whole = trial_of(&a->trials, package);
        if (whole && (whole->runs & mask) == mask)
            return install_advice(a, GM_ACTION_INSTALL, "install.again", whole, GM_VERDICT_RUNS);
    }
    return false;
}

static unsigned count_bits(uint64_t mask)
{
    unsigned count = 0;
    for (; mask; mask &= mask - 1)
        count++;
    return count;
}

/* The largest set of devices that one build serves; ties go to the earlier devices. */
static uint64_t largest_served(const gm_trials *trials, uint64_t among)
{
    uint64_t best = 0;
    for (size_t i = 0; i < trials->count; i++) {
        uint64_t served = trials->items[i].runs & among;
        unsigned more = count_bits(served), most = count_bits(best);
        if (more > most || (more == most && served && served < best))
            best = served;
    }
    return best;
}

bool gm_propose_install_hidden(gm_adviser *a)
{
    const gm_machine *machine = &a->result->machine;
    uint64_t all = gm_visible_mask(machine), left = all;
    bool found = false;
    if (count_bits(all) < 2)
        return false;
    while (left) {
        uint64_t served = largest_served(&a->trials, left);
        const gm_trial *best =
            served ? gm_trials_best(a->catalog, &a->trials, served, machine, true) : NULL;
        if (!best)
            break;
        gm_advice *advice =
            install_advice(a, GM_ACTION_INSTALL, "install.hide-others", best, GM_VERDICT_RUNS);
        if (!advice)
            return found;
        gm_advice_hide(a, advice, all & ~served);
        found = true;
        left &= ~served;
    }
    return found;
}

/* The best build on a changed machine, or false. */
static bool best_elsewhere(gm_adviser *a, const gm_machine *machine, const gm_judge_options *judge,
                           gm_trial *ret_trial)
{
    gm_trials trials;
    if (!gm_propose_trials(a, machine, judge, &trials))
        return false;
    const gm_trial *best =
        gm_trials_best(a->catalog, &trials, gm_visible_mask(machine), machine, true);
    if (best)
        *ret_trial = *best;
    return best != NULL;
}

/* The newest but one of a blank-separated list of Python versions that is not free-threaded: other
 * packages lag behind the newest. */
static const char *settled_python(gm_adviser *a, const char *list)
{
    const char *newest = NULL, *second = NULL;
    gm_version best = {{0}, 0}, next = {{0}, 0};
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        gm_version version;
        bool plain = gm_version_read(at, &version) == size;
        if (plain && gm_version_compare(version, best) > 0) {
            second = newest;
            next = best;
            newest = gm_arena_text_n(a->arena, at, size);
            best = version;
        } else if (plain && gm_version_compare(version, next) > 0) {
            second = gm_arena_text_n(a->arena, at, size);
            next = version;
        }
        at += size;
    }
    return second ? second : newest;
}

bool gm_propose_python(gm_adviser *a)
{
    gm_machine other = a->result->machine;
    gm_trial trial;
    if (!other.python.version.count)
        return false;
    other.python = (gm_python){0};
    if (!best_elsewhere(a, &other, &a->options->judge, &trial) || !trial.build.python)
        return false;
    const char *python = settled_python(a, trial.build.python);
    gm_advice *advice = python ? install_advice(a, GM_ACTION_CHANGE_PYTHON, "change-python", &trial,
                                                GM_VERDICT_RUNS)
                               : NULL;
    if (!advice)
        return false;
    gm_args_text(a->arena, &advice->args, "python", python);
    add_assumption(a, advice, "python", python);
    gm_advice_new_environment(a, advice, python);
    return true;
}

bool gm_propose_image(gm_adviser *a)
{
    gm_machine other = a->result->machine;
    gm_trial trial;
    if (!other.glibc.count)
        return false;
    other.glibc.count = 0;
    if (!best_elsewhere(a, &other, &a->options->judge, &trial) || !trial.build.glibc)
        return false;
    gm_advice *advice =
        install_advice(a, GM_ACTION_CHANGE_IMAGE, "change-image", &trial, GM_VERDICT_RUNS);
    if (!advice)
        return false;
    gm_args_text(a->arena, &advice->args, "glibc", trial.build.glibc);
    add_assumption(a, advice, "glibc", gm_arena_printf(a->arena, ">=%s", trial.build.glibc));
    return true;
}

bool gm_propose_install_driver(gm_adviser *a)
{
    gm_machine other = gm_without_display_drivers(a), saved = a->result->machine;
    gm_judge_options judge = {.assume_driver = true};
    gm_package_list packages = {0};
    gm_package *package = GM_PUSH(a->arena, &packages);
    gm_trial trial;
    other.driver = (gm_driver){0};
    if (!package || !best_elsewhere(a, &other, &judge, &trial) || !trial.build.cuda.count ||
        !gm_catalog_build_package(a->catalog, &trial.build, a->arena, package))
        return false;
    /* Newest is not always enough: two GPUs may share no driver. */
    const char *lowest = gm_lowest_driver(a, &a->result->machine, &packages, GM_VERDICT_RUNS_JIT);
    if (!lowest)
        return false;
    a->result->machine = other;
    gm_advice *advice = install_advice(a, GM_ACTION_UPGRADE_DRIVER, "upgrade-driver.install",
                                       &trial, GM_VERDICT_RUNS);
    a->result->machine = saved;
    if (!advice)
        return false;
    advice->assumes.count = 0;
    add_assumption(a, advice, "driver", gm_arena_printf(a->arena, ">=%s", lowest));
    advice->driver_min = lowest;
    gm_args_text(a->arena, &advice->args, "driver_min", lowest);
    return true;
}

/* `gpumatch pick` for the machine's visible GPUs on the system `os`. */
static const char *pick_command(gm_adviser *a, const gm_machine *machine, gm_os os)
{
    const char *line =
        gm_arena_printf(a->arena, "gpumatch pick --machine - --os %s", gm_os_token(os));
    for (size_t i = 0; line && i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        char target[GM_TARGET_TEXT] = "";
        if (device->hidden)
            continue;
        if (device->target_count)
            gm_target_format(&device->targets[0], target);
        line = gm_arena_printf(a->arena, "%s --gpu \"%s\"", line,
                               device->name ? device->name : target);
    }
    return line;
}

bool gm_propose_other_system(gm_adviser *a)
{
    gm_machine other = a->result->machine;
    gm_trial trial;
    if (other.os != GM_OS_WINDOWS || !gm_visible_mask(&other))
        return false;
    other.os = GM_OS_LINUX;
    other.driver = (gm_driver){0}; /* Linux has numbers of its own */
    a->searched = false;           /* and other builds */
    bool found = best_elsewhere(a, &other, &a->options->judge, &trial);
    a->searched = false;
    gm_advice *advice = found ? gm_advice_new(a, GM_ACTION_ASK, "ask.other-system") : NULL;
    if (!advice)
        return false;
    gm_args_text(a->arena, &advice->args, "package",
                 gm_arena_printf(a->arena, "%s %s+%s", trial.build.name, trial.build.release,
                                 trial.build.variant));
    gm_advice_line(a, advice, pick_command(a, &other, other.os));
    return true;
}

bool gm_propose_cpu(gm_adviser *a)
{
    gm_machine other = a->result->machine;
    const gm_package_list *installed = &a->result->packages;
    gm_trial trial;
    other.devices.count = 0;
    other.gpus = GM_ABSENT;
    bool already = installed->count &&
                   gm_trial_packages(a->catalog, &other, installed, &a->options->judge, a->arena) <=
                       GM_VERDICT_RUNS_JIT;
    if (already || !best_elsewhere(a, &other, &a->options->judge, &trial))
        return false;
    gm_advice *advice = gm_advice_new(a, GM_ACTION_USE_CPU, "use-cpu");
    if (advice)
        gm_advice_install(a, advice, &trial, something_installed(a), true);
    return advice != NULL;
}

/* > 0 when `a` is to be preferred: sure to exist, complete, newer. */
static int preferred(const gm_trial *a, const gm_trial *b)
{
    gm_version left, right;
    gm_version_read(a->build.release, &left);
    gm_version_read(b->build.release, &right);
    int sure = b->build.doubtful - a->build.doubtful, whole = b->lacking - a->lacking;
    return sure ? sure : whole ? whole : gm_version_compare(left, right);
}

bool gm_propose_selected(gm_adviser *a)
{
    const gm_trial *best = NULL;
    for (size_t i = 0; i < a->trials.count; i++)
        if (!best || preferred(&a->trials.items[i], best) > 0)
            best = &a->trials.items[i];
    gm_advice *advice = best ? gm_advice_new(a, GM_ACTION_INSTALL, "install.selected") : NULL;
    if (!advice)
        return false;
    gm_args_text(a->arena, &advice->args, "package",
                 gm_arena_printf(a->arena, "%s %s+%s", best->build.name, best->build.release,
                                 best->build.variant));
    gm_advice_install(a, advice, best, false, a->torch->clause_count > 0);
    return true;
}

/* The list that PyTorch's build takes: "8.6;12.0" for CUDA, "gfx942;gfx1100" for ROCm; the same
 * as code in `code`. False when a GPU has no place in it. */
static bool source_list(const gm_machine *machine, gm_target_kind kind, gm_text *list,
                        gm_text *code)
{
    for (size_t i = 0; i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        char target[GM_TARGET_TEXT], entry[GM_TARGET_TEXT];
        if (device->hidden)
            continue;
        if (device->target_count != 1 || device->targets[0].kind != kind)
            return false;
        gm_target_format(&device->targets[0], target);
        unsigned number = device->targets[0].number;
        if (kind == GM_TARGET_SM)
            snprintf(entry, sizeof entry, "%u.%u", number / 10, number % 10);
        else
            snprintf(entry, sizeof entry, "%s", target);
        if (strstr(list->data, entry))
            continue;
        gm_text_addf(code, "%s ", target);
        gm_text_addf(list, "%s%s", list->size ? ";" : "", entry);
    }
    return list->size > 0;
}

/* What the judge says of a torch with exactly this code. */
static gm_verdict judge_code(gm_adviser *a, const char *code)
{
    gm_package_list packages = {0};
    gm_package *package = GM_PUSH(a->arena, &packages);
    gm_library *library = package ? GM_PUSH(a->arena, &package->libraries) : NULL;
    if (!library || gm_code_list_parse(code, NULL, a->arena, library, NULL) != GM_OK)
        return GM_VERDICT_UNKNOWN;
    package->name = a->torch->name;
    package->evidence = GM_EVIDENCE_STATED;
    library->selected = true;
    library->complete = true;
    return gm_trial_packages(a->catalog, &a->result->machine, &packages, &a->options->judge,
                             a->arena);
}

/* Building torch for exactly the GPUs of this machine. */
bool gm_propose_source(gm_adviser *a)
{
    static const struct {
        gm_target_kind kind;
        const char *variable;
    } ways[] = {{GM_TARGET_SM, "TORCH_CUDA_ARCH_LIST"}, {GM_TARGET_GFX, "PYTORCH_ROCM_ARCH"}};
    bool found = false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !found; i++) {
        gm_text list = GM_TEXT_INIT, code = GM_TEXT_INIT;
        bool listed = source_list(&a->result->machine, ways[i].kind, &list, &code);
        if (list.failed || code.failed) /* of an empty list nothing would be said */
            gm_arena_fail(a->arena);
        gm_verdict proof = listed ? judge_code(a, code.data) : GM_VERDICT_UNKNOWN;
        gm_advice *advice = proof == GM_VERDICT_RUNS
                                ? gm_advice_new(a, GM_ACTION_BUILD_FROM_SOURCE, "build-from-source")
                                : NULL;
        if (advice) {
            gm_args_text(a->arena, &advice->args, "list", list.data);
            gm_advice_prove(advice, proof);
            gm_advice_source(a, advice, ways[i].variable, list.data);
            found = true;
        }
        gm_text_free(&list);
        gm_text_free(&code);
    }
    return found;
}
