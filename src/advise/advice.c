/* SPDX-License-Identifier: MIT */
#include "advise/propose.h"

gm_advice *gm_advice_new(gm_adviser *a, gm_action action, const char *why)
{
    gm_advice *advice = GM_PUSH(a->arena, &a->result->advice);
    if (!advice)
        return NULL;
    advice->action = action;
    advice->why = gm_arena_printf(a->arena, "advice.%s", why);
    return advice;
}

void gm_advice_prove(gm_advice *advice, gm_verdict verdict)
{
    advice->proven = true;
    advice->proof = verdict;
}

bool gm_propose_trials(gm_adviser *a, const gm_machine *machine, const gm_judge_options *judge,
                       gm_trials *ret_trials)
{
    a->searched = a->searched ||
                  gm_trials_find(a->catalog, machine, a->torch, a->options, a->arena, &a->found);
    return a->searched &&
           gm_trials_judge(a->catalog, machine, judge, a->arena, &a->found, ret_trials);
}

const gm_trial *gm_propose_best(gm_adviser *a, const gm_machine *machine)
{
    gm_trials trials;
    if (!gm_propose_trials(a, machine, &a->options->judge, &trials))
        return NULL;
    return gm_trials_best(a->catalog, &trials, gm_visible_mask(machine), machine, true);
}
