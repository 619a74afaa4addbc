/* SPDX-License-Identifier: MIT */
/* Proposals of each kind. Each adds advice only when the judge agrees. Internal to `advise`. */
#ifndef GM_ADVISE_PROPOSE_H
#define GM_ADVISE_PROPOSE_H

#include "advise/trial.h"
#include "base/text.h"

typedef struct gm_adviser {
    const gm_catalog *catalog;
    gm_result *result;
    const gm_advise_options *options;
    const gm_spec *torch; /* what is to be installed first */
    const char *left;     /* extensions that no build goes with; NULL none */
    gm_arena *arena;
    gm_trials found;  /* builds of `torch` to be tried (gm_propose_trials) */
    bool searched;    /* `found` is for what is to be installed now */
    gm_trials trials; /* on the machine as it is */
} gm_adviser;

/* New advice at the end of the list; `why` is a message id without "advice.". NULL without
 * memory. */
gm_advice *gm_advice_new(gm_adviser *a, gm_action action, const char *why);
void gm_advice_prove(gm_advice *advice, gm_verdict verdict);

/* The builds of what is to be installed, judged on a machine of the same system. False without
 * memory. */
bool gm_propose_trials(gm_adviser *a, const gm_machine *machine, const gm_judge_options *judge,
                       gm_trials *ret_trials);

/* The best build that runs on all of another machine; NULL none. */
const gm_trial *gm_propose_best(gm_adviser *a, const gm_machine *machine);

/* install.c: a build that runs on all devices; else one for as many as possible, the others
 * hidden. True when one was found. */
bool gm_propose_install(gm_adviser *a);
bool gm_propose_install_hidden(gm_adviser *a);
/* The very build that is installed, where files of it are missing and it runs when whole. */
bool gm_propose_again(gm_adviser *a);
/* A build that would run with another Python or system library; with a newer driver. */
bool gm_propose_python(gm_adviser *a);
bool gm_propose_image(gm_adviser *a);
bool gm_propose_install_driver(gm_adviser *a);
/* Where Windows has no build: one for Linux, on the same computer or another. */
bool gm_propose_other_system(gm_adviser *a);
/* The build without GPU code, where nothing better is left. */
bool gm_propose_cpu(gm_adviser *a);
/* The selector: a build by platform, without a machine. */
bool gm_propose_selected(gm_adviser *a);
bool gm_propose_source(gm_adviser *a);

/* repair.c: what hinders every program on this machine, put right. `*fixed` is the machine as it
 * would be; false, and `*fixed` the machine as it is, where nothing is to be put right. */
bool gm_repaired(gm_adviser *a, gm_machine *fixed);
/* One advice for each thing to be put right; `verdict` is the judge's of `fixed`. */
void gm_propose_repair(gm_adviser *a, gm_verdict verdict);

/* override.c: an AMD GPU that runs the code of a relative of its family. */
bool gm_propose_override(gm_adviser *a);

/* beside.c: what is here beside torch is to be installed with it: companions, extensions. Sets
 * `options`, a copy of a->options, and has `a` use it; false without memory. */
bool gm_want_beside(gm_adviser *a, gm_advise_options *options);
/* No build goes with all of it: extensions are wanted no longer, and named in a->left. False where
 * there were none. */
bool gm_want_no_extensions(gm_adviser *a, gm_advise_options *options);

/* component.c: another version of a library that a package brings (cuDNN), or of a compiler that it
 * uses. */
bool gm_propose_component(gm_adviser *a);

/* match.c: releases of an extension and of what it extends that go together. */
bool gm_propose_match(gm_adviser *a);

/* driver.c: another driver for what is installed. */
/* The machine once a driver was installed in place of those that only draw. */
gm_machine gm_without_display_drivers(gm_adviser *a);
/* The lowest driver above that of `machine` with which `packages` come to `worst` at most; NULL
 * none.
 */
const char *gm_lowest_driver(gm_adviser *a, const gm_machine *machine,
                             const gm_package_list *packages, gm_verdict worst);
bool gm_propose_upgrade(gm_adviser *a);
bool gm_propose_downgrade(gm_adviser *a);
/* The same driver with the other kernel module: for what is installed; with a build. */
bool gm_propose_flavour(gm_adviser *a);
bool gm_propose_install_flavour(gm_adviser *a);
bool gm_propose_hide(gm_adviser *a);

/* How much of a version a command names: "torch", "torch==2.11.0", "torch==2.11.0+cu128". The last
 * is for where the release is there already, of another build. */
typedef enum gm_pin { GM_PIN_NOTHING, GM_PIN_RELEASE, GM_PIN_BUILD } gm_pin;

/* installers.c: what one way to install takes for what `advice` installs. */
void gm_write_install(gm_text *text, const char *installer, const gm_advice *advice,
                      const gm_build *build, bool force, gm_pin pin);

/* commands.c: fills advice->installs and commands for a tried build and its companions; `force`
 * reinstalls over what is there, `pinned` names versions. */
void gm_advice_install(gm_adviser *a, gm_advice *advice, const gm_trial *trial, bool force,
                       bool pinned);
/* A package that belongs to a build, from the build's index. */
void gm_advice_beside(gm_adviser *a, gm_advice *advice, const char *name, const char *version,
                      const gm_build *build, gm_pin pin);
/* Adds a package of PyPI to what `advice` installs, all by one command. */
void gm_advice_package(gm_adviser *a, gm_advice *advice, const char *name, const char *version);
/* Puts the making of an environment with another Python in front of the command. */
void gm_advice_new_environment(gm_adviser *a, gm_advice *advice, const char *python);
void gm_advice_line(gm_adviser *a, gm_advice *advice, const char *line);
void gm_advice_set(gm_adviser *a, gm_advice *advice, const char *name, const char *value);
void gm_advice_unset(gm_adviser *a, gm_advice *advice, const char *name);
void gm_advice_hide(gm_adviser *a, gm_advice *advice, uint64_t hidden);
void gm_advice_source(gm_adviser *a, gm_advice *advice, const char *variable,
                      const char *arch_list);

#endif
