/* SPDX-License-Identifier: MIT */
/* Text as people paste it (a warning, a log, a version, a name, a word) → what it is, what it
 * means, and the facts in it. Nothing is judged here: `api` judges what the text tells. */
#ifndef GM_EXPLAIN_EXPLAIN_H
#define GM_EXPLAIN_EXPLAIN_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "model/explanation.h"
#include "model/report.h"
#include "words/words.h"

/* All texts live in the arena or in tables. */
typedef struct gm_explanation {
    /* For the report: what failed first, in the order of the text (the first failure is the cause
     * of those behind it), then questions, then names; and every fact below under its name in JSON.
     * A match's meaning is a message id with `args`. */
    gm_explained shown;

    /* The machine that the text tells of; what it does not tell is unknown.
     *   os, python.version   from collect_env, paths, words ("Windows 11")
     *   driver               text and version; `cuda` alone may be known (state GM_UNKNOWN), as in
     *                        "found version 11040"; state GM_ABSENT from messages that say so
     *   devices              in the order of the text, each chip once: name as written or from the
     *                        catalogue, PCI id, targets (several when the name does not decide);
     *                        gpus is GM_KNOWN with at least one */
    gm_machine machine;

    /* What the text is about when that is a target (an arch on its own, the arch a compiler
     * refused) or the first device's; GM_TARGET_NONE unknown. Not always a device's: compute_70. */
    gm_target target;

    /* The package that the text tells of, as far as it does. */
    const char *torch; /* "2.7.1+cu118"; NULL unknown */
    bool torch_mixed;  /* several different versions stand in the text: `torch` is the one that
                          counts most (collect_env, "you have …", else the first) */
    GM_LIST(const char *)
    beside;               /* packages that pip lists beside it, each once, of those that the
                             tables know: "torchvision==0.20.1+cu124" */
    gm_version cuda;      /* it was built with; count 0 unknown */
    const char *platform; /* that is asked about, "cu128"; NULL none */
    const char *code;     /* list for gm_code_list_parse: "sm_37 … compute_37"; NULL unknown */
    bool code_is_range;   /* only the ends of the list are known (warnings of PyTorch 2.9) */
    const char *package;  /* whose code that is when not torch's: "paddlepaddle-gpu"; NULL torch */
    const char *fixed;    /* another torch version that the text names as the one that would fit
                             ("xFormers was built for PyTorch 2.1.2+cu121"); NULL none */

    /* Others. NULL, count 0 or -1: unknown. */
    const char *toolkit;       /* "11.8": nvcc's, or a Toolkit that was named */
    const char *requires_cuda; /* "12.8": label of a container image */
    int64_t error;             /* number of a CUDA error */

    /* What recognised messages say by themselves, variant "message", with their facts as
     * arguments. A finding that `judge` comes to for the same code is more exact and replaces
     * this one; `judge` does not contradict the others (an error that happened has happened). */
    gm_finding_list findings;

    /* PyTorch's own check warned that it has no code for the device. The check is wrong at times:
     * when `judge` finds that the code runs, this is a false alarm. A finding stands for it only
     * where the text does not give both code and device. */
    bool warned_no_code;

    /* What recognised messages ask for by themselves, best first: action, why ("explain.<id>.do"),
     * env, commands. Not judged: proven is false. */
    gm_advice_list advice;

    /* False: nothing about GPUs in the text; true with no findings and no advice: only named. */
    bool recognised;
    /* Nothing but words of the glossary: no advice about a machine is asked for. */
    bool only_terms;
    /* A message that is no question of compatibility (memory, a busy or lost card): no build and
     * no driver will help, so none should be offered. */
    bool not_compatibility;
} gm_explanation;

/* Reads `size` bytes of any text: UTF-8, or UTF-16 with a byte-order mark; line ends, colours and
 * line breaks inside a message do not matter. `lang` chooses the words of the arguments only.
 * Everything lives in `arena`. GM_MEMORY, or GM_USAGE "no-text" when the text is blank. */
gm_status gm_explain_read(const gm_catalog *catalog, const char *text, size_t size, gm_lang lang,
                          gm_arena *arena, gm_explanation *ret, gm_error *reterr);

/* Completes the pages of terms by their examples: about `machine` and the torch of the text where
 * all that the sentence "term.<id>.yours" tells is known, else "term.<id>.example". */
void gm_explain_examples(gm_explanation *told, const gm_machine *machine, const gm_catalog *catalog,
                         gm_lang lang, gm_arena *arena);

#endif
