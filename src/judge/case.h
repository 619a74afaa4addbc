/* SPDX-License-Identifier: MIT */
/* One package on one device, and what the rules have found so far. Internal to `judge`. */
#ifndef GM_JUDGE_CASE_H
#define GM_JUDGE_CASE_H

#include "catalog/catalog.h"
#include "judge/judge.h"

typedef struct gm_case {
    const gm_catalog *catalog;
    const gm_machine *machine;
    const gm_package *package;
    const gm_package_list *packages; /* all that is judged; NULL this one alone */
    const gm_device *device;         /* NULL: there is no GPU */
    gm_target target;                /* of the device; GM_TARGET_NONE unknown */
    gm_driver driver;                /* as programs on this device see it (gm_driver_of_programs) */
    const gm_judge_options *options;
    const gm_build *build; /* row of this package for this system; NULL none */
    gm_arena *arena;
    gm_device_outcome *outcome;
    gm_finding_list *findings; /* NULL: only verdicts are wanted */
    gm_cover *covers;          /* per library of the package */
    bool settled; /* a rule has said all there is to say: the later ones are not asked */
} gm_case;

/* A rule looks at a case and decides, or leaves it alone. */
typedef void (*gm_rule)(gm_case *c);

/* All rules in the order in which they are asked, ended by NULL. */
extern const gm_rule gm_rules[];

/* Notes a reason: the verdict becomes at least as bad as `verdict`, and a finding about this
 * package and device is made, with the arguments every sentence may use: package, gpu, target,
 * driver, driver_cuda, cuda. NULL where only verdicts are wanted, and without memory. */
gm_finding *gm_decide(gm_case *c, gm_verdict verdict, gm_code code, gm_severity severity);

/* Says that a finding is the same for every package and GPU: it loses the arguments that name one,
 * so that it is told once. NULL is allowed. Returns `finding`. */
gm_finding *gm_for_any_package(gm_finding *finding);

/* Says that a finding is the same for every GPU: it loses the arguments that name one, so that it
 * is told once. NULL is allowed. Returns `finding`. */
gm_finding *gm_for_any_gpu(gm_finding *finding);

void gm_finding_row(gm_case *c, gm_finding *finding, const char *fact, gm_row_source row);

/* Where findings of a list stand, by what they say. Begins as zeros. */
typedef struct gm_finding_index {
    size_t *places; /* in the list, plus 1; 0: none */
    size_t capacity, count;
} gm_finding_index;

/* Adds `from` to `to`, joining findings that say the same about other packages or devices. `index`
 * is that of `to`; findings that come into `to` by other ways are joined with none. */
void gm_findings_merge(gm_arena *arena, gm_finding_index *index, gm_finding_list *to,
                       const gm_finding_list *from);

/* "12.8" */
const char *gm_version_string(gm_arena *arena, gm_version version);

/* The vendor whose code the package holds, by variant or by its code; UNKNOWN when neither says. */
gm_vendor gm_package_vendor(const gm_package *package);
bool gm_package_is_cpu(const gm_package *package);

#endif
