/* SPDX-License-Identifier: MIT */
/* Trying out a changed world: what would the judge say? Internal to `advise`. */
#ifndef GM_ADVISE_TRIAL_H
#define GM_ADVISE_TRIAL_H

#include "advise/advise.h"
#include "catalog/catalog.h"

#define GM_TRIAL_DEVICES 64

/* One build of the catalogue, and what the judge says of it on a machine. */
typedef struct gm_trial {
    gm_build build;
    gm_package_list packages; /* the build, and the extensions that are wanted beside it */
    gm_package_list windows;  /* the same for Windows, where the system is not known; empty none */
    const char *command;      /* of an installer that has commands of its own; NULL others */
    gm_verdict verdict;       /* over all devices */
    uint64_t runs;   /* devices it runs on (natively), one bit per place in machine.devices */
    uint64_t starts; /* runs or runs-jit */
    bool beside;     /* leaves GPUs of another vendor aside: they count as served */
    bool limited;    /* by minor-version compatibility */
    bool one_system; /* the system is not known, and there is no such build for the other one */
    bool lacking;    /* something that is to be installed beside it does not exist */
    gm_version driver_floor; /* count 0 none */
} gm_trial;
typedef GM_LIST(gm_trial) gm_trials;

/* All builds of `spec` for the machine's system (and the platform of `options`), not judged yet;
 * rows of other systems, releases or variants are left out. Where the system is not known those for
 * Linux, each with the same build for Windows, if there is one. False without memory. */
bool gm_trials_find(const gm_catalog *catalog, const gm_machine *machine, const gm_spec *spec,
                    const gm_advise_options *options, gm_arena *arena, gm_trials *ret_trials);

/* The trials of `found`, judged on `machine`, which is of the system that they were found for.
 * Where it is not known, builds for Linux run where the same for Windows run too. False without
 * memory. */
bool gm_trials_judge(const gm_catalog *catalog, const gm_machine *machine,
                     const gm_judge_options *options, gm_arena *arena, const gm_trials *found,
                     gm_trials *ret_trials);

/* The same build for Windows; false where it is not known to exist. */
bool gm_build_for_windows(const gm_catalog *catalog, const gm_build *build, gm_build *ret);

/* extension.c: does the table know releases of an extension? */
bool gm_extension_known(const gm_catalog *catalog, const char *name);
/* The newest release of `spec` that goes with a build: made for its system, its CUDA and its
 * release, and with code that is known. False when there is none. */
bool gm_extension_of(const gm_catalog *catalog, const gm_build *build, const gm_spec *spec,
                     gm_arena *arena, gm_extension *ret_extension);
/* That release as a package that can be judged; false without memory. */
bool gm_extension_package(const gm_catalog *catalog, const gm_extension *extension,
                          const gm_build *build, gm_arena *arena, gm_package *package);

/* Does a package come out with every release of torch ("torchvision")? */
bool gm_is_companion(const char *name);

/* The version of a package that belongs to a build; NULL when there is none. */
const char *gm_build_companion(const gm_build *build, const char *name);

/* rank.c: the best trial that runs on every device of `mask` (0: the machine has none): newest
 * release first; with an unknown driver (one that is to be installed) before others those that ask
 * for no more than the newest release does. NULL none. */
const gm_trial *gm_trials_best(const gm_catalog *catalog, const gm_trials *trials, uint64_t mask,
                               const gm_machine *machine, bool native);

/* The best one for a driver that is there, but not known: newest release first, those before others
 * that need no driver of the newest CUDA family, unless the GPUs themselves need one. */
const gm_trial *gm_trials_cautious(const gm_catalog *catalog, const gm_trials *trials,
                                   uint64_t mask, const gm_machine *machine, bool native);

/* Is `a` of a newer release than `b`? */
bool gm_trial_newer(const gm_trial *a, const gm_trial *b);

/* The devices of the machine that are not hidden. */
uint64_t gm_visible_mask(const gm_machine *machine);

/* A Jetson's driver is part of its system: none is offered for it. */
bool gm_has_tegra(const gm_catalog *catalog, const gm_machine *machine);

/* What the judge says of `packages` on `machine`; `parent` fails where there is no memory. */
gm_verdict gm_trial_packages(const gm_catalog *catalog, const gm_machine *machine,
                             const gm_package_list *packages, const gm_judge_options *options,
                             gm_arena *parent);

#endif
