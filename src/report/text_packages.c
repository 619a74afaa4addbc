/* SPDX-License-Identifier: MIT */
#include "report/text_packages.h"

#include <stdio.h>
#include <string.h>

#include "base/lookup.h"

bool gm_screen_is_named(const gm_style *style, const gm_package *package)
{
    return package->version && (!package->part || style->verbose > 0);
}

/* The label of a package in sentences. */
static void package_args(gm_text *label, const gm_package *package)
{
    gm_text_add_visible(label, package->name, strlen(package->name));
    if (package->version) {
        gm_text_add(label, " ");
        gm_text_add_visible(label, package->version, strlen(package->version));
    }
}

static bool has_finding(const gm_finding_list *findings, const char *package, gm_severity least)
{
    for (size_t i = 0; i < findings->count; i++)
        for (size_t k = 0; k < findings->items[i].packages.count; k++)
            if (findings->items[i].severity >= least &&
                !strcmp(findings->items[i].packages.items[k], package))
                return true;
    return false;
}

/* Does the package run on some of the GPUs and not on others? */
static bool serves_some(const gm_result *result, const gm_package *package)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if (result->findings.items[i].code == GM_CODE_SOME_GPUS_UNCOVERED &&
            gm_screen_is_about(&result->findings.items[i], package->name))
            return true;
    return false;
}

/* Which sentence says where a package runs; `gpus` gets those that it runs on where it is not all.
 */
static const char *where_it_runs(gm_text *gpus, const gm_style *style, const gm_result *result,
                                 const gm_package *package)
{
    size_t devices = result->machine.devices.count, served = 0;
    for (size_t i = 0; i < package->outcomes.count; i++)
        if (package->outcomes.items[i].device >= 0 &&
            package->outcomes.items[i].verdict <= GM_VERDICT_RUNS_JIT)
            gm_text_addf(gpus, "%s%s %d", served++ ? gm_screen_word(style, "list-comma") : "",
                         gm_screen_word(style, "gpu"), package->outcomes.items[i].device);
    if (serves_some(result, package))
        return ".on";
    if (package->verdict != GM_VERDICT_RUNS || devices == 1)
        return "";
    return served == 0 ? ".none" : served == devices ? ".many" : ".on";
}

/* The verdict in one line; where findings say why, the first of them is the headline. */
static void show_verdict(gm_text *out, const gm_style *style, const gm_result *result,
                         const gm_package *package)
{
    static const struct {
        const char *mark;
        gm_tone tone;
    } marks[] = {[GM_VERDICT_RUNS] = {"✓", GM_TONE_GOOD},
                 [GM_VERDICT_RUNS_JIT] = {"✓", GM_TONE_GOOD},
                 [GM_VERDICT_UNKNOWN] = {"?", GM_TONE_WARN},
                 [GM_VERDICT_PARTLY] = {"!", GM_TONE_WARN},
                 [GM_VERDICT_NO] = {"✗", GM_TONE_BAD}};
    bool said = (package->verdict == GM_VERDICT_NO &&
                 has_finding(&result->findings, package->name, GM_SEVERITY_ERROR)) ||
                (package->verdict == GM_VERDICT_PARTLY &&
                 has_finding(&result->findings, package->name, GM_SEVERITY_WARNING));
    char id[64];
    gm_text label = GM_TEXT_INIT, title = GM_TEXT_INIT, body = GM_TEXT_INIT;
    package_args(&label, package);
    gm_text gpus = GM_TEXT_INIT;
    const char *where = where_it_runs(&gpus, style, result, package);
    gm_words_arg args[] = {
        {"package", package->label ? package->label : label.data, package->label != NULL},
        {"gpus", gpus.data, false}};
    snprintf(id, sizeof id, "verdict.%s%s", gm_verdict_token(package->verdict), where);
    gm_words_add(&title, style->lang, id, args, 2);
    if (serves_some(result, package) && style->verbose >= 0)
        gm_words_add(&body, style->lang, "finding.some-gpus-uncovered.detail", NULL, 0);
    if (!said || serves_some(result, package))
        gm_screen_item(out, style, marks[package->verdict].tone, marks[package->verdict].mark,
                       title.data, body.data);
    gm_screen_findings(out, style, &result->findings, package->name, result->machine.devices.count);
    gm_text_free(&label);
    gm_text_free(&gpus);
    gm_text_free(&body);
    gm_text_free(&title);
}

/* What the answer rests on; said whenever it is not the code itself. */
static void show_grade(gm_text *out, const gm_style *style, const gm_package *package)
{
    char id[64];
    gm_text line = GM_TEXT_INIT;
    snprintf(id, sizeof id, "report.grade.%s", gm_evidence_grade_token(package->evidence));
    gm_words_add(&line, style->lang, id, NULL, 0);
    gm_text_add(out, "  ");
    gm_text_wrap(out, line.data, style->columns, 2, 2);
    gm_text_free(&line);
}

/* ---- packages that need no block of their own ---- */

/* Has an earlier package with a block all the reasons of this one? Then its block says it all. */
static bool said_before(const gm_result *result, size_t index)
{
    const gm_package *package = &result->packages.items[index];
    for (int code = 0; code < GM_CODE_COUNT; code++) {
        bool has = false, said = false;
        for (size_t i = 0; i < package->outcomes.count; i++)
            has = has || package->outcomes.items[i].reasons.has[code];
        for (size_t i = 0; i < index; i++) {
            const gm_package *other = &result->packages.items[i];
            for (size_t k = 0; k < other->outcomes.count && !other->part; k++)
                said = said || other->outcomes.items[k].reasons.has[code];
        }
        if (has && !said)
            return false;
    }
    return true;
}

/* In an environment with several packages, one that runs is worth a name in a list; so is one that
 * fails for the reasons of another. What came along with others matters no more where they fail. */
static bool is_listed(const gm_style *style, const gm_result *result, size_t index)
{
    const gm_package *package = &result->packages.items[index];
    if (style->verbose > 0 || !result->has_environment || !result->judged || index == 0)
        return false;
    bool hopeless = false;
    for (size_t i = 0; i < index; i++)
        hopeless = hopeless || result->packages.items[i].verdict == GM_VERDICT_NO;
    return package->verdict <= GM_VERDICT_RUNS_JIT || (package->part && hopeless) ||
           ((package->part || package->verdict == GM_VERDICT_NO) && said_before(result, index));
}

static void add_count(gm_text *out, const gm_style *style, const char *id, size_t count)
{
    char number[32];
    snprintf(number, sizeof number, "%zu", count);
    gm_words_arg arg = {"count", number, false};
    gm_words_add(out, style->lang, id, &arg, 1);
}

/* One line: "Run as well: triton 3.8.0, 11 packages that came along." */
static void show_list(gm_text *out, const gm_style *style, const gm_result *result, bool running)
{
    gm_text names = GM_TEXT_INIT, line = GM_TEXT_INIT;
    size_t parts = 0;
    for (size_t i = 0; i < result->packages.count; i++) {
        const gm_package *package = &result->packages.items[i];
        bool runs = package->verdict <= GM_VERDICT_RUNS_JIT;
        if (!is_listed(style, result, i) || runs != running)
            continue;
        parts += package->part;
        if (package->part)
            continue;
        gm_text_add(&names, names.size ? gm_screen_word(style, "list-comma") : "");
        package_args(&names, package);
    }
    if (parts) {
        gm_text_add(&names, names.size ? gm_screen_word(style, "list-comma") : "");
        add_count(&names, style, "report.parts", parts);
    }
    gm_words_arg arg = {"packages", names.data, false};
    gm_words_add(&line, style->lang, running ? "report.also-run" : "report.same-for", &arg, 1);
    if (gm_text_or(&names, NULL))
        gm_screen_item(out, style, running ? GM_TONE_GOOD : GM_TONE_BAD, running ? "✓" : "✗",
                       line.data, NULL);
    gm_text_free(&names);
    gm_text_free(&line);
}

static void show_rest(gm_text *out, const gm_style *style, const gm_result *result)
{
    gm_text line = GM_TEXT_INIT;
    if (!result->packages.count || !result->other_packages || style->verbose < 0)
        return;
    add_count(&line, style, "report.other-packages", result->other_packages);
    gm_screen_item(out, style, GM_TONE_PLAIN, "·", line.data, NULL);
    gm_text_free(&line);
}

static bool is_damaged(const gm_result *result)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if (result->findings.items[i].code == GM_CODE_DAMAGED)
            return true;
    return false;
}

void gm_screen_packages(gm_text *out, const gm_style *style, const gm_result *result)
{
    size_t devices = result->machine.devices.count, listed = 0;
    bool damaged = is_damaged(result);
    if (damaged) /* the cause of what follows */
        gm_screen_findings(out, style, &result->findings, NULL, devices);
    for (size_t i = 0; i < result->packages.count; i++) {
        const gm_package *package = &result->packages.items[i];
        listed += is_listed(style, result, i);
        if (is_listed(style, result, i))
            continue;
        if (i)
            gm_text_add(out, "\n");
        if (result->judged)
            show_verdict(out, style, result, package);
        else
            gm_screen_findings(out, style, &result->findings, package->name, devices);
        if (style->verbose >= 0 && result->judged)
            show_grade(out, style, package);
    }
    if (listed && style->verbose >= 0) {
        gm_text_add(out, "\n");
        show_list(out, style, result, false);
        show_list(out, style, result, true);
    }
    show_rest(out, style, result);
    if (!damaged)
        gm_screen_findings(out, style, &result->findings, NULL, devices);
}
