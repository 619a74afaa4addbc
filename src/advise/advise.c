/* SPDX-License-Identifier: MIT */
#include "advise/advise.h"

#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"
#include "base/text.h"

/* The spec of the package that decides which build is wanted; `any` where the user named none. */
static const gm_spec *main_spec(const gm_catalog *catalog, const gm_advise_options *options,
                                gm_spec *any)
{
    gm_build first;
    gm_catalog_build(catalog, 0, &first);
    *any = (gm_spec){.name = first.name};
    for (size_t i = 0; i < options->spec_count; i++)
        if (!strcmp(options->specs[i].name, first.name))
            return &options->specs[i];
    return any;
}

static bool has_reason(const gm_result *result, gm_code code)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if (result->findings.items[i].code == code)
            return true;
    return false;
}

/* NVIDIA's program knows what Windows has. */
static void ask_windows(gm_adviser *a)
{
    gm_advice *advice = gm_advice_new(a, GM_ACTION_ASK, "ask.wsl");
    if (!advice)
        return;
    gm_advice_line(a, advice, "nvidia-smi");
    gm_advice_line(a, advice, "gpumatch --gpu \"…\" --driver …");
}

/* What is missing for an answer, as the finding says it. */
static void ask(gm_adviser *a, bool installed)
{
    static const struct {
        gm_code code;
        const char *why;
    } questions[] = {{GM_CODE_AMBIGUOUS_GPU, "ask.gpu-id"},
                     {GM_CODE_UNKNOWN_GPU, "ask.gpu"},
                     {GM_CODE_UNKNOWN_DRIVER, "ask.driver"},
                     {GM_CODE_UNKNOWN_CODE, "ask.code"}};
    if (a->result->machine.os == GM_OS_WSL && has_reason(a->result, GM_CODE_UNKNOWN_GPU)) {
        ask_windows(a);
        return;
    }
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (has_reason(a->result, questions[i].code) &&
            !(installed && questions[i].code == GM_CODE_UNKNOWN_CODE)) /* it will be known then */
            gm_advice_new(a, GM_ACTION_ASK, questions[i].why);
}

/* Is there a package that does not run as it is and that the catalogue has releases of? */
static bool replaceable(const gm_adviser *a)
{
    const gm_result *result = a->result;
    for (size_t i = 0; i < result->packages.count; i++)
        if (result->packages.items[i].verdict != GM_VERDICT_RUNS &&
            gm_advise_knows(a->catalog, result->packages.items[i].name))
            return true;
    return false;
}

static bool run_trials(gm_adviser *a)
{
    a->searched = false;
    return gm_propose_trials(a, &a->result->machine, &a->options->judge, &a->trials);
}

/* Nothing serves all GPUs as things are: some of them, or another Python, system or driver. */
static void advise_detours(gm_adviser *a, bool other_driver)
{
    bool some = (!other_driver && gm_propose_install_flavour(a)) || gm_propose_install_hidden(a);
    if (!some && !other_driver && !gm_propose_python(a) && !gm_propose_image(a))
        gm_propose_install_driver(a);
}

/* Another build, with all that is here beside it; else without the extensions. */
static bool advise_build(gm_adviser *a, gm_advise_options *options)
{
    if (gm_propose_again(a) || gm_propose_install(a))
        return true;
    if (!gm_want_no_extensions(a, options) || !run_trials(a) || !gm_propose_install(a))
        return false;
    gm_advice *advice = &a->result->advice.items[a->result->advice.count - 1];
    advice->why = "advice.install.without";
    gm_args_text(a->arena, &advice->args, "left", a->left);
    return true;
}

/* Other builds, drivers or fewer GPUs, on the machine as it would be when repaired. */
static bool advise_packages(gm_adviser *a, const gm_machine *fixed, gm_advise_options *options)
{
    const gm_verdict verdict = a->result->verdict;
    a->result->machine = *fixed;
    gm_propose_component(a);
    bool can_install = !gm_propose_match(a) && replaceable(a) && verdict != GM_VERDICT_UNKNOWN;
    if (can_install && !run_trials(a))
        return false;
    bool installed = can_install && advise_build(a, options);
    bool other_driver = gm_propose_flavour(a) || gm_propose_upgrade(a) || gm_propose_downgrade(a);
    bool hidden = gm_propose_hide(a);
    if (!installed)
        gm_propose_override(a);
    if (can_install && !installed)
        advise_detours(a, other_driver || hidden);
    ask(a, installed);
    return true;
}

/* For Jetson NVIDIA makes builds of its own, which are in no table. */
static void nothing_fits(gm_adviser *a)
{
    if (gm_propose_other_system(a)) {
        gm_propose_cpu(a);
        return;
    }
    bool jetson = gm_has_tegra(a->catalog, &a->result->machine);
    gm_advice *advice = gm_advice_new(a, GM_ACTION_ASK, jetson ? "ask.jetson" : "ask.nothing-fits");
    if (advice && jetson)
        gm_advice_line(a, advice,
                       "# https://docs.nvidia.com/deeplearning/frameworks/"
                       "install-pytorch-jetson-platform/");
    if (!jetson)
        gm_propose_cpu(a);
}

/* Nothing better was found: what runs stays, and of what does not no other build would. */
static void advise_against(gm_adviser *a)
{
    if (a->result->verdict == GM_VERDICT_RUNS_JIT)
        gm_advice_new(a, GM_ACTION_NOTHING, "nothing");
    else if (replaceable(a) && a->result->verdict != GM_VERDICT_UNKNOWN)
        nothing_fits(a);
}

/* For what is installed or described: keep it where possible, replace it where not. */
static bool advise_check(gm_adviser *a)
{
    const gm_verdict verdict = a->result->verdict;
    bool fine = verdict == GM_VERDICT_RUNS || (verdict == GM_VERDICT_RUNS_JIT && !replaceable(a));
    if (fine)
        return gm_advice_new(a, GM_ACTION_NOTHING, "nothing") != NULL;
    gm_machine fixed, as_is = a->result->machine;
    if (gm_repaired(a, &fixed)) {
        gm_verdict then = gm_trial_packages(a->catalog, &fixed, &a->result->packages,
                                            &a->options->judge, a->arena);
        gm_propose_repair(a, then);
        if (then <= GM_VERDICT_RUNS_JIT)
            return true;
    }
    gm_advise_options options;
    bool ok = gm_want_beside(a, &options) && advise_packages(a, &fixed, &options);
    a->result->machine = as_is;
    if (ok && a->result->advice.count == 0)
        advise_against(a);
    return ok;
}

/* The selector's cells that are no build of the table: Source, and Preview (Nightly). */
static gm_advice *selector_cell(gm_adviser *a)
{
    if (gm_text_equal(a->options->installer, "source")) {
        gm_advice *advice = gm_advice_new(a, GM_ACTION_BUILD_FROM_SOURCE, "source.selected");
        if (advice)
            gm_advice_line(a, advice, "# https://github.com/pytorch/pytorch#from-source");
        return advice;
    }
    if (!a->options->nightly || !a->options->platform)
        return NULL;
    gm_advice *advice = gm_advice_new(a, GM_ACTION_INSTALL, "install.nightly");
    if (advice)
        gm_advice_line(a, advice,
                       gm_arena_printf(a->arena,
                                       "pip3 install --pre torch torchvision "
                                       "--index-url https://download.pytorch.org/whl/"
                                       "nightly/%s",
                                       a->options->platform));
    return advice;
}

static bool pick_without_machine(gm_adviser *a, gm_advised *ret_advised)
{
    if (selector_cell(a)) {
        *ret_advised = GM_ADVISED_YES;
        return true;
    }
    if (!a->options->platform && !a->torch->variant) {
        *ret_advised = GM_ADVISED_ASK;
        return gm_advice_new(a, GM_ACTION_ASK, "ask.platform") != NULL;
    }
    *ret_advised = gm_propose_selected(a) ? GM_ADVISED_YES : GM_ADVISED_NO;
    return *ret_advised == GM_ADVISED_YES ||
           gm_advice_new(a, GM_ACTION_ASK, "ask.no-such-build") != NULL;
}

/* The user's pins allow nothing that runs: what would run without them? */
static bool pick_unpinned(gm_adviser *a)
{
    const gm_spec *pinned = a->torch, unpinned = {.name = a->torch->name};
    const gm_advise_options *asked = a->options;
    gm_advise_options options = *asked;
    gm_spec *specs = gm_arena_array(a->arena, asked->spec_count + 1, sizeof *specs);
    bool pins = asked->platform != NULL || pinned->clause_count;
    for (size_t i = 0; specs && i < asked->spec_count; i++) {
        specs[i].name = asked->specs[i].name;
        pins = pins || asked->specs[i].clause_count;
    }
    if (!specs || !pins)
        return false;
    options.platform = NULL;
    options.specs = specs;
    a->options = &options;
    a->torch = &unpinned;
    bool found = run_trials(a) && gm_propose_install(a);
    a->options = asked;
    a->torch = pinned;
    if (found)
        a->result->advice.items[a->result->advice.count - 1].why = "advice.install.unpinned";
    return found;
}

/* What was asked for has no releases that go together, whatever the GPU. */
static bool ask_together(gm_adviser *a)
{
    gm_text names = GM_TEXT_INIT;
    if (a->trials.count || a->options->spec_count < 2)
        return false;
    for (size_t i = 0; i < a->options->spec_count; i++)
        gm_text_addf(&names, "%s%s", i ? ", " : "", a->options->specs[i].name);
    gm_advice *advice = gm_advice_new(a, GM_ACTION_ASK, "ask.not-together");
    if (advice)
        gm_args_text(a->arena, &advice->args, "packages", names.data);
    gm_text_free(&names);
    return advice != NULL;
}

/* No release of an extension runs here: does torch without it? */
static bool pick_alone(gm_adviser *a)
{
    const gm_advise_options *asked = a->options;
    gm_advise_options options = *asked;
    a->options = &options;
    bool found = gm_want_no_extensions(a, &options) && run_trials(a) && gm_propose_install(a);
    a->options = asked;
    if (found) {
        gm_advice *advice = &a->result->advice.items[a->result->advice.count - 1];
        advice->why = "advice.install.alone";
        gm_args_text(a->arena, &advice->args, "left", a->left);
    }
    return found;
}

static void pick_other(gm_adviser *a)
{
    if (ask_together(a))
        return;
    if (gm_propose_override(a) || gm_propose_install_flavour(a) || gm_propose_install_hidden(a) ||
        gm_propose_python(a) || gm_propose_image(a) || gm_propose_downgrade(a) ||
        gm_propose_install_driver(a) || pick_unpinned(a) || pick_alone(a))
        return;
    nothing_fits(a);
}

static bool has_vendor(const gm_machine *machine, gm_vendor vendor)
{
    for (size_t i = 0; i < machine->devices.count; i++)
        if (machine->devices.items[i].vendor == vendor)
            return true;
    return false;
}

static bool any_device(const gm_machine *machine, bool known)
{
    for (size_t i = 0; i < machine->devices.count; i++)
        if (!known || machine->devices.items[i].target_count == 1)
            return true;
    return false;
}

static bool pick_on(gm_adviser *a, gm_advised *ret_advised)
{
    gm_machine *machine = &a->result->machine;
    if (!run_trials(a))
        return false;
    if (machine->gpus == GM_UNKNOWN && machine->os != GM_OS_MACOS)
        return pick_without_machine(a, ret_advised);
    if (gm_text_equal(a->options->installer, "source") && gm_propose_source(a)) {
        *ret_advised = GM_ADVISED_YES;
        return true;
    }
    if (any_device(machine, false) && !any_device(machine, true)) {
        *ret_advised = GM_ADVISED_ASK;
        return gm_advice_new(a, GM_ACTION_ASK, "ask.gpu") != NULL;
    }
    *ret_advised = GM_ADVISED_NO;
    if (a->options->driver_only) {
        if (!gm_propose_downgrade(a))
            gm_propose_install_driver(a);
        return true;
    }
    if (gm_propose_install(a))
        *ret_advised = GM_ADVISED_YES;
    if (*ret_advised == GM_ADVISED_YES)
        return true;
    bool asks = machine->driver.state == GM_UNKNOWN && !a->options->judge.assume_driver &&
                has_vendor(machine, GM_VENDOR_NVIDIA) && machine->os != GM_OS_MACOS;
    if (asks) {
        *ret_advised = GM_ADVISED_ASK;
        return gm_advice_new(a, GM_ACTION_ASK, "ask.driver") != NULL;
    }
    pick_other(a);
    return true;
}

/* For the machine as it would be when repaired, then the repair. */
static bool advise_pick(gm_adviser *a, gm_advised *ret_advised)
{
    gm_machine fixed, as_is = a->result->machine;
    bool repaired = gm_repaired(a, &fixed);
    a->result->machine = fixed;
    bool ok = pick_on(a, ret_advised);
    a->result->machine = as_is;
    if (ok && repaired)
        gm_propose_repair(a, GM_VERDICT_UNKNOWN);
    return ok;
}

bool gm_advise(const gm_catalog *catalog, gm_result *result, const gm_advise_options *options,
               gm_arena *arena, gm_advised *ret_advised)
{
    gm_adviser adviser = {.catalog = catalog, .result = result, .options = options, .arena = arena};
    gm_spec any;
    gm_advised ignored;
    gm_advise_options nothing_there = *options;
    adviser.torch = main_spec(catalog, options, &any);
    if (!options->picking && result->packages.count == 0) {
        nothing_there.picking = true;
        adviser.options = options = &nothing_there;
    }
    if (options->picking)
        return advise_pick(&adviser, ret_advised ? ret_advised : &ignored);
    return advise_check(&adviser);
}
