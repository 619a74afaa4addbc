/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "advise/advise.h"
#include "api/run.h"
#include "base/lookup.h"
#include "base/text.h"
#include "catalog/catalog.h"

static gm_status known_channel(gm_run *run, const char *channel)
{
    static const char *const channels[] = {"stable", "nightly", NULL};
    if (!channel || !strcmp(channel, "stable") || !strcmp(channel, "nightly"))
        return GM_OK;
    return gm_fail_detail(&run->error, GM_USAGE, "bad-channel", channel,
                          gm_text_nearest(channel, channels));
}

static gm_status known_installer(gm_run *run, const char *installer)
{
    enum { MOST = 32 };
    const char *names[MOST] = {NULL}, *nearest;
    gm_text known = GM_TEXT_INIT;
    for (size_t i = 0; i + 1 < MOST && (names[i] = gm_advise_installer(i)); i++) {
        if (gm_text_equal(names[i], installer))
            installer = NULL;
        gm_text_addf(&known, "%s%s", i ? ", " : "", names[i]);
    }
    nearest = installer ? gm_text_nearest(installer, names) : NULL;
    gm_status status =
        !installer ? GM_OK
        : nearest  ? gm_fail_detail(&run->error, GM_USAGE, "bad-installer", installer, nearest)
                   : gm_fail_detail(&run->error, GM_USAGE, "bad-installer", installer, known.data);
    gm_text_free(&known);
    return status;
}

/* Is it a platform that some build was ever made for? */
static gm_status known_platform(gm_run *run, const char *platform)
{
    gm_build build;
    if (!platform)
        return GM_OK;
    for (size_t i = gm_catalog_build_count(run->catalog); i-- > 0;) {
        gm_catalog_build(run->catalog, i, &build);
        if (!strcmp(build.variant, platform))
            return GM_OK;
    }
    return gm_fail_detail(&run->error, GM_USAGE, "bad-platform", platform,
                          gm_catalog_near_variant(run->catalog, platform));
}

/* A requirement for a package that can be picked. */
static gm_status known_package(gm_run *run, const char *text, gm_spec *spec)
{
    gm_status status = gm_spec_parse(text, run->arena, spec, &run->error);
    if (status == GM_OK && !gm_advise_knows(run->catalog, spec->name))
        status = gm_fail_detail(&run->error, GM_USAGE, "unknown-package", text,
                                gm_catalog_near_package(run->catalog, spec->name));
    return status;
}

/* The version that was asked for is in no table: the advice says which are near. */
static void tell_near(gm_run *run, const gm_spec *spec)
{
    const char *near = spec->version ? gm_catalog_near_releases(run->catalog, spec->name,
                                                                spec->version, run->arena)
                                     : NULL;
    for (size_t i = 0; near && i < run->result.advice.count; i++) {
        gm_advice *advice = &run->result.advice.items[i];
        bool installs = gm_text_equal(advice->why, "advice.install.unpinned");
        if (!installs && !gm_text_equal(advice->why, "advice.ask.no-such-build") &&
            !gm_text_equal(advice->why, "advice.ask.nothing-fits"))
            continue;
        advice->why = installs ? "advice.install.unpinned.near" : "advice.ask.no-such-build.near";
        gm_args_text(run->arena, &advice->args, "asked",
                     gm_arena_printf(run->arena, "%s %s", spec->name, spec->version));
        gm_args_text(run->arena, &advice->args, "near", near);
    }
}

static gm_status pick(gm_run *run, const gm_pick_options *options, int *ret_exit)
{
    static const int exits[] = {[GM_ADVISED_YES] = 0, [GM_ADVISED_NO] = 1, [GM_ADVISED_ASK] = 4};
    gm_advised advised;
    gm_spec *specs = gm_arena_array(run->arena, options->name_count + 1, sizeof *specs);
    gm_advise_options advise = {.specs = specs,
                                .spec_count = options->name_count,
                                .platform = options->platform,
                                .installer = options->installer,
                                .nightly = gm_text_equal(options->channel, "nightly"),
                                .picking = true};
    gm_status status = specs ? gm_run_machine(run, &options->machine) : gm_run_no_memory(run);
    if (status == GM_OK)
        status = known_platform(run, options->platform);
    if (status == GM_OK)
        status = known_channel(run, options->channel);
    if (status == GM_OK)
        status = known_installer(run, options->installer);
    for (size_t i = 0; status == GM_OK && i < options->name_count; i++)
        status = known_package(run, options->names[i], &specs[i]);
    if (options->platform && !options->machine.gpu_count && run->result.machine.devices.count == 0)
        run->result.machine.gpus = GM_UNKNOWN; /* asked by platform: no machine is meant */
    if (status != GM_OK)
        return status;
    if (!gm_advise(run->catalog, &run->result, &advise, run->arena, &advised))
        return gm_run_no_memory(run);
    for (size_t i = 0; i < options->name_count; i++)
        tell_near(run, &specs[i]);
    *ret_exit = exits[advised];
    return gm_run_report(run, "pick", NULL);
}

gm_status gm_pick(const gm_pick_options *options, const gm_output *output, int *ret_exit,
                  gm_problem *problem)
{
    gm_run run;
    gm_status status = gm_run_begin(&run, output, options->size, sizeof *options);
    if (status == GM_OK)
        status = gm_run_tables(&run, options->data);
    if (status == GM_OK)
        status = pick(&run, options, ret_exit);
    return gm_run_end(&run, status, problem);
}
