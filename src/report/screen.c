/* SPDX-License-Identifier: MIT */
#include "report/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"
#include "base/utf8.h"

#define ADVICE_SHOWN 3

void gm_screen_tone(gm_text *out, const gm_style *style, gm_tone tone, const char *text)
{
    static const char *const codes[] = {[GM_TONE_PLAIN] = "\033[1m",
                                        [GM_TONE_GOOD] = "\033[1;32m",
                                        [GM_TONE_BAD] = "\033[1;31m",
                                        [GM_TONE_WARN] = "\033[1;33m",
                                        [GM_TONE_HINT] = "\033[1;36m"};
    if (style->color)
        gm_text_addf(out, "%s%s\033[0m", codes[tone], text);
    else
        gm_text_add(out, text);
}

const char *gm_screen_word(const gm_style *style, const char *id)
{
    char key[64];
    snprintf(key, sizeof key, "report.%s", id);
    const char *word = gm_words_find(style->lang, key);
    return word ? word : id;
}

void gm_screen_row(gm_text *out, const gm_style *style, const char *label, size_t width,
                   const char *value)
{
    size_t used = gm_utf8_width(label);
    gm_screen_tone(out, style, GM_TONE_PLAIN, label);
    gm_text_addf(out, "%*s", (int)(width > used ? width - used : 0), "");
    gm_text_wrap(out, value, style->columns, (unsigned)width, (unsigned)width);
}

void gm_screen_item(gm_text *out, const gm_style *style, gm_tone tone, const char *mark,
                    const char *title, const char *body)
{
    size_t size = strcspn(title, "\n");
    gm_text line = GM_TEXT_INIT;
    gm_text_add_n(&line, title, size);
    gm_screen_tone(out, style, tone, mark);
    gm_text_add(out, " ");
    gm_text_wrap(out, line.data, style->columns, 2, 2);
    if (title[size])
        gm_text_paragraphs(out, title + size + 1, style->columns, 2);
    if (body)
        gm_text_paragraphs(out, body, style->columns, 2);
    gm_text_free(&line);
}

void gm_screen_evidence(gm_text *out, const gm_style *style, const gm_finding *finding)
{
    for (size_t i = 0; i < finding->evidence.count; i++) {
        const gm_evidence *evidence = &finding->evidence.items[i];
        gm_text line = GM_TEXT_INIT;
        if (evidence->file)
            gm_text_add_visible(&line, evidence->file, strlen(evidence->file));
        if (evidence->offset != GM_OFFSET_NONE)
            gm_text_addf(&line, " +0x%" PRIx64, evidence->offset);
        if (evidence->fact)
            gm_text_addf(&line, "%s%s", line.size ? ": " : "", evidence->fact);
        if (evidence->source)
            gm_text_addf(&line, "%s[%s]", line.size ? " " : "", evidence->source);
        gm_text_add(out, "    ");
        gm_text_wrap(out, line.data, style->columns, 4, 4);
        gm_text_free(&line);
    }
}

bool gm_screen_is_about(const gm_finding *finding, const char *package)
{
    if (!package)
        return finding->packages.count == 0;
    for (size_t i = 0; i < finding->packages.count; i++)
        if (!strcmp(finding->packages.items[i], package))
            return true;
    return false;
}

/* "GPU 0, GPU 2: " in front of what is true of these only. */
static void add_devices(gm_text *title, const gm_style *style, const gm_finding *finding,
                        size_t devices)
{
    if (finding->devices.count == 0 || finding->devices.count >= devices)
        return;
    for (size_t i = 0; i < finding->devices.count; i++)
        gm_text_addf(title, "%s%s %d", i ? ", " : "", gm_screen_word(style, "gpu"),
                     finding->devices.items[i]);
    gm_text_add(title, gm_screen_word(style, "colon"));
}

void gm_screen_findings(gm_text *out, const gm_style *style, const gm_finding_list *findings,
                        const char *package, size_t devices)
{
    static const struct {
        const char *mark;
        gm_tone tone;
    } marks[] = {[GM_SEVERITY_ERROR] = {"✗", GM_TONE_BAD},
                 [GM_SEVERITY_WARNING] = {"!", GM_TONE_WARN},
                 [GM_SEVERITY_NOTE] = {"·", GM_TONE_PLAIN}};
    int least = style->verbose > 0 ? GM_SEVERITY_NOTE : GM_SEVERITY_WARNING;
    for (int severity = GM_SEVERITY_ERROR; severity >= least; severity--) {
        for (size_t i = 0; i < findings->count; i++) {
            const gm_finding *finding = &findings->items[i];
            if ((int)finding->severity != severity || !gm_screen_is_about(finding, package))
                continue;
            if (finding->code == GM_CODE_SOME_GPUS_UNCOVERED && style->verbose <= 0)
                continue; /* the headline of the package says it */
            gm_text title = GM_TEXT_INIT, detail = GM_TEXT_INIT;
            add_devices(&title, style, finding, devices);
            gm_report_finding(&title, style->lang, finding, "title");
            if (style->verbose >= 0)
                gm_report_finding(&detail, style->lang, finding, "detail");
            gm_screen_item(out, style, marks[severity].tone, marks[severity].mark, title.data,
                           detail.data);
            if (style->verbose > 0)
                gm_screen_evidence(out, style, finding);
            gm_text_free(&title);
            gm_text_free(&detail);
        }
    }
}

/* Commands stand on lines of their own, never wrapped, so that they can be copied. Where they
 * differ from shell to shell, each group says which it is for. */
static void show_commands(gm_text *out, const gm_style *style, const gm_advice *advice)
{
    const char *shell = NULL;
    bool differ = false;
    for (size_t i = 1; i < advice->commands.count; i++)
        differ = differ ||
                 !gm_text_equal(advice->commands.items[i].shell, advice->commands.items[0].shell);
    for (size_t i = 0; i < advice->commands.count; i++) {
        const gm_command *command = &advice->commands.items[i];
        char id[64];
        snprintf(id, sizeof id, "report.shell.%s", command->shell ? command->shell : "sh");
        if (differ && !gm_text_equal(command->shell, shell))
            gm_text_paragraphs(out, gm_words_find(style->lang, id), style->columns, 2);
        shell = command->shell;
        for (const char *line = command->text; *line;) {
            size_t size = strcspn(line, "\n");
            gm_text_addf(out, "    %.*s\n", (int)size, line);
            line += size + (line[size] == '\n');
        }
    }
}

/* What is taken for granted, but for a driver that the sentence itself asks for. */
static void show_assumptions(gm_text *out, const gm_style *style, const gm_advice *advice)
{
    gm_text list = GM_TEXT_INIT, line = GM_TEXT_INIT;
    for (size_t i = 0; i < advice->assumes.count; i++) {
        const gm_pair *pair = &advice->assumes.items[i];
        char id[64];
        const char *from = strncmp(pair->value, ">=", 2) ? pair->value : pair->value + 2;
        if (gm_text_equal(from, advice->driver_min))
            continue;
        snprintf(id, sizeof id, "assumes.%s", pair->name);
        gm_words_arg arg = {"value", from, false};
        gm_text_add(&list, list.size ? " " : "");
        gm_words_add(&list, style->lang, id, &arg, 1);
    }
    if (gm_text_or(&list, NULL)) {
        gm_words_arg arg = {"list", list.data, false};
        gm_words_add(&line, style->lang, "report.assumes", &arg, 1);
        gm_text_add(out, "  ");
        gm_text_wrap(out, line.data, style->columns, 2, 2);
    }
    gm_text_free(&list);
    gm_text_free(&line);
}

void gm_screen_advice(gm_text *out, const gm_style *style, const gm_advice_list *advice)
{
    size_t shown = style->verbose > 0 ? advice->count : ADVICE_SHOWN;
    for (size_t i = 0; i < advice->count && i < shown; i++) {
        const gm_advice *one = &advice->items[i];
        gm_text why = GM_TEXT_INIT;
        if (one->action == GM_ACTION_NOTHING && style->verbose <= 0)
            continue;
        gm_report_sentence(&why, style->lang, one->why, &one->args);
        if (out->size < 2 || strcmp(out->data + out->size - 2, "\n\n"))
            gm_text_add(out, "\n");
        gm_screen_item(out, style, GM_TONE_HINT, "→", why.data, NULL);
        show_assumptions(out, style, one);
        show_commands(out, style, one);
        gm_text_free(&why);
    }
}
