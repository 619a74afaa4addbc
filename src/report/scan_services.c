/* SPDX-License-Identifier: MIT */
/* The sentences of `scan` about a package: which GPUs it serves, and which drivers it asks for. */
#include <stdio.h>
#include <string.h>

#include "report/scan_parts.h"

/* Services that people know GPUs of: architectures in the order in which they appeared, cards
 * before Jetson. */
#define SHOWN_MAX 64

typedef struct shown {
    const gm_service *items[SHOWN_MAX];
    size_t cards, count;
} shown;

/* "Blackwell" of "Blackwell (data center)". */
static size_t base_name(const char *architecture)
{
    const char *bracket = strstr(architecture, " (");
    return bracket ? (size_t)(bracket - architecture) : strlen(architecture);
}

static bool same_base(const gm_service *a, const gm_service *b)
{
    size_t size = base_name(a->architecture);
    return size == base_name(b->architecture) && !memcmp(a->architecture, b->architecture, size);
}

/* When the first GPU of an architecture appeared. */
static gm_version appeared(const gm_services *services, const gm_service *service)
{
    gm_version first = service->released;
    for (size_t i = 0; i < services->count; i++)
        if (same_base(&services->items[i], service) &&
            gm_version_compare(services->items[i].released, first) < 0)
            first = services->items[i].released;
    return first;
}

static bool later(const gm_services *services, const gm_service *a, const gm_service *b)
{
    int order = gm_version_compare(appeared(services, a), appeared(services, b));
    return order ? order > 0 : gm_target_compare(&a->target, &b->target) > 0;
}

static void insert(const gm_services *services, shown *shown, size_t first,
                   const gm_service *service)
{
    size_t at = shown->count++;
    for (; at > first && later(services, shown->items[at - 1], service); at--)
        shown->items[at] = shown->items[at - 1];
    shown->items[at] = service;
}

static void collect(const gm_services *services, shown *shown)
{
    for (int integrated = 0; integrated < 2; integrated++) {
        size_t first = shown->count;
        for (size_t i = 0; i < services->count && shown->count < SHOWN_MAX; i++)
            if (services->items[i].gpus && services->items[i].integrated == (integrated == 1))
                insert(services, shown, first, &services->items[i]);
        shown->cards = integrated ? shown->cards : shown->count;
    }
}

static bool same_args(const gm_args *a, const gm_args *b)
{
    for (size_t i = 0; a->count == b->count && i < a->count; i++)
        if (strcmp(a->items[i].text, b->items[i].text))
            return false;
    return a->count == b->count;
}

/* Why a GPU is served in part only, where no feature is named: a message. */
static const char *partly_because(const gm_service *service)
{
    static const struct {
        gm_code code;
        const char *id;
    } rows[] = {{GM_CODE_INCOMPLETE_CODE, "report.scan.holes"},
                {GM_CODE_JIT_COMPILER_TOO_OLD, "report.scan.no-compiler"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (service->reasons.has[rows[i].code])
            return rows[i].id;
    return "report.scan.ask-check";
}

static bool alike(const gm_service *a, const gm_service *b)
{
    if (a->verdict != b->verdict || a->lacking != b->lacking || !same_args(&a->lacks, &b->lacks))
        return false;
    return a->verdict != GM_VERDICT_PARTLY || a->lacks.count ||
           !strcmp(partly_because(a), partly_because(b));
}

static void add_base(gm_text *out, const gm_service *service)
{
    gm_text_add_n(out, service->architecture, base_name(service->architecture));
}

/* Neighbours that fare like `like`: those among [first, end) of the cards. */
struct run {
    const gm_service *like;
    size_t first, end;
};

static bool has(const shown *shown, struct run run, size_t index)
{
    return alike(shown->items[index], run.like);
}

/* From `first` on, which fits. Others of the same architecture do not break a run. */
static struct run run_from(const shown *shown, const gm_service *like, size_t first)
{
    struct run run = {like, first, first + 1};
    for (size_t i = first + 1; i < shown->cards; i++) {
        const gm_service *last = shown->items[run.end - 1];
        if (alike(shown->items[i], like) && (i == run.end || same_base(last, shown->items[i])))
            run.end = i + 1;
        else if (!same_base(last, shown->items[i]))
            break;
    }
    return run;
}

/* The architectures of a run: all by name, or from the first to the last of at least three. */
static void add_architectures(gm_text *out, const gm_style *style, const shown *shown,
                              struct run run)
{
    size_t names = 0;
    const gm_service *last = NULL;
    gm_text listed = GM_TEXT_INIT;
    for (size_t i = run.first; i < run.end; i++) {
        if (!has(shown, run, i) || (last && same_base(last, shown->items[i])))
            continue;
        last = shown->items[i];
        gm_text_add(&listed, names++ ? gm_screen_word(style, "list-comma") : "");
        add_base(&listed, last);
    }
    if (names < 3) {
        gm_text_add(out, listed.data);
    } else {
        add_base(out, shown->items[run.first]);
        gm_text_add(out, " … ");
        add_base(out, last);
    }
    gm_text_free(&listed);
}

/* "A100, RTX 30xx": of each target the best known name, of a single one all. */
static void add_gpus(gm_text *out, const gm_style *style, const shown *shown, struct run run)
{
    for (size_t i = run.first; i < run.end; i++) {
        const char *gpus = shown->items[i]->gpus;
        if (!has(shown, run, i))
            continue;
        gm_text_add(out, i > run.first ? gm_screen_word(style, "list-comma") : "");
        gm_text_add_n(out, gpus, run.end - run.first > 1 ? strcspn(gpus, ",") : strlen(gpus));
    }
}

static void add_run(gm_text *out, const gm_style *style, const shown *shown, struct run run)
{
    gm_text names = GM_TEXT_INIT, gpus = GM_TEXT_INIT;
    bool oldest = run.first == 0 && shown->items[0]->verdict == GM_VERDICT_NO;
    if (oldest)
        add_base(&names, shown->items[run.end - 1]);
    else
        add_architectures(&names, style, shown, run);
    add_gpus(&gpus, style, shown, run);
    gm_words_arg args[] = {{"names", names.data, false}, {"gpus", gpus.data, false}};
    gm_words_add(out, style->lang, oldest ? "report.scan.and-older" : "report.scan.gpus", args, 2);
    gm_text_free(&names);
    gm_text_free(&gpus);
}

/* Jetson modules have names of their own; where none counts, the word says it. */
static void add_integrated(gm_text *out, const gm_style *style, const shown *shown,
                           const gm_service *like)
{
    size_t fitting = 0;
    for (size_t i = shown->cards; i < shown->count; i++)
        fitting += alike(shown->items[i], like);
    if (fitting && out->size)
        gm_text_add(out, gm_screen_word(style, "list-semicolon"));
    if (fitting && fitting == shown->count - shown->cards) {
        gm_text_add(out, "Jetson");
        return;
    }
    bool first = true;
    for (size_t i = shown->cards; i < shown->count; i++) {
        if (!alike(shown->items[i], like))
            continue;
        gm_text_add(out, first ? "" : gm_screen_word(style, "list-comma"));
        gm_text_add(out, shown->items[i]->gpus);
        first = false;
    }
}

/* Of more libraries than this, so many are named. */
#define LACKS_MAX   6u
#define LACKS_NAMED 4u

static void add_and_more(gm_text *out, const gm_style *style, size_t lacking)
{
    char more[24];
    snprintf(more, sizeof more, "%zu", lacking - LACKS_NAMED);
    gm_words_arg args[] = {{"more", more, false}};
    gm_words_add(out, style->lang, "report.scan.and-more", args, 1);
}

/* "without GPU linear algebra (torch.linalg)" */
static void add_lacks(gm_text *out, const gm_style *style, const gm_service *service)
{
    gm_text lacks = GM_TEXT_INIT;
    size_t named = service->lacking > LACKS_MAX ? LACKS_NAMED : LACKS_MAX;
    for (size_t i = 0; i < service->lacks.count && i < named; i++) {
        const gm_arg *lack = &service->lacks.items[i];
        gm_text_add(&lacks, i ? gm_screen_word(style, "list-comma") : "");
        if (lack->is_message)
            gm_words_add(&lacks, style->lang, lack->text, NULL, 0);
        else
            gm_text_add_visible(&lacks, lack->text, strlen(lack->text));
    }
    if (service->lacking > LACKS_MAX)
        add_and_more(&lacks, style, service->lacking);
    gm_words_arg args[] = {{"features", lacks.data, false}};
    if (service->lacks.count)
        gm_words_add(out, style->lang, "report.scan.without", args, 1);
    else if (service->verdict == GM_VERDICT_RUNS_JIT)
        gm_words_add(out, style->lang, "report.scan.compiles", NULL, 0);
    else if (service->verdict == GM_VERDICT_PARTLY)
        gm_words_add(out, style->lang, partly_because(service), NULL, 0);
    gm_text_free(&lacks);
}

/* All GPUs that fare like `like`. */
static void show_like(gm_text *out, const gm_style *style, const shown *shown,
                      const gm_service *like, const char *label)
{
    gm_text value = GM_TEXT_INIT;
    size_t fitting = 0;
    for (size_t i = 0; i < shown->count; i++)
        fitting += alike(shown->items[i], like);
    if (fitting == shown->count && like->verdict == GM_VERDICT_UNKNOWN) {
        gm_scan_row(out, style, label, gm_screen_word(style, "scan.every-gpu"));
        return;
    }
    for (size_t first = 0, end; first < shown->cards; first = end) {
        end = first + 1;
        if (!alike(shown->items[first], like))
            continue;
        struct run run = run_from(shown, like, first);
        end = run.end;
        gm_text_add(&value, value.size ? gm_screen_word(style, "list-semicolon") : "");
        add_run(&value, style, shown, run);
    }
    add_integrated(&value, style, shown, like);
    add_lacks(&value, style, like);
    gm_scan_row(out, style, label, value.data);
    gm_text_free(&value);
}

void gm_scan_services(gm_text *out, const gm_style *style, const gm_services *services)
{
    static const struct {
        gm_verdict verdict;
        const char *label;
    } order[] = {{GM_VERDICT_RUNS, "scan.runs"},
                 {GM_VERDICT_RUNS_JIT, "scan.runs-jit"},
                 {GM_VERDICT_PARTLY, "scan.partly"},
                 {GM_VERDICT_UNKNOWN, "scan.unknown"},
                 {GM_VERDICT_NO, "scan.no"}};
    shown shown = {.count = 0};
    collect(services, &shown);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < shown.count; i++) {
            bool said = shown.items[i]->verdict != order[k].verdict;
            for (size_t before = 0; before < i; before++)
                said = said || alike(shown.items[before], shown.items[i]);
            if (!said)
                show_like(out, style, &shown, shown.items[i],
                          gm_screen_word(style, order[k].label));
        }
}

static const gm_service *service_of(const gm_services *services, const gm_target *target)
{
    for (size_t i = 0; services && i < services->count; i++)
        if (gm_target_equal(&services->items[i].target, target))
            return &services->items[i];
    return NULL;
}

typedef bool (*change_fn)(gm_verdict before, gm_verdict after);

static bool gained(gm_verdict before, gm_verdict after)
{
    return after == GM_VERDICT_RUNS && before != GM_VERDICT_RUNS;
}

static bool worse(gm_verdict before, gm_verdict after)
{
    return after > before && after != GM_VERDICT_NO;
}

static bool lost(gm_verdict before, gm_verdict after)
{
    return after == GM_VERDICT_NO && before != GM_VERDICT_NO;
}

/* GPUs whose verdict changed in one way, as GPUs of one verdict. */
static void show_changed(gm_text *out, const gm_style *style, const gm_services *before,
                         const gm_services *after, change_fn changed, const char *label)
{
    shown all = {.count = 0}, shown = {.count = 0};
    gm_service marks[SHOWN_MAX];
    const gm_service *like = NULL;
    collect(after, &all);
    shown.cards = all.cards;
    for (shown.count = 0; shown.count < all.count; shown.count++) {
        gm_service *mark = &marks[shown.count];
        const gm_service *now = all.items[shown.count], *then = service_of(before, &now->target);
        bool fits = then && changed(then->verdict, now->verdict);
        *mark = *now;
        mark->lacks = (gm_args){0};
        mark->verdict = fits ? GM_VERDICT_RUNS : GM_VERDICT_UNKNOWN;
        shown.items[shown.count] = mark;
        like = fits ? mark : like;
    }
    if (like)
        show_like(out, style, &shown, like, gm_screen_word(style, label));
}

void gm_scan_gained(gm_text *out, const gm_style *style, const gm_services *before,
                    const gm_services *after)
{
    show_changed(out, style, before, after, gained, "diff.gained");
    show_changed(out, style, before, after, worse, "diff.worse");
    show_changed(out, style, before, after, lost, "diff.lost");
}

/* "580 on Linux, 580 on Windows": for the system of the package, where it is known. */
static void add_drivers(gm_text *out, const gm_style *style, gm_os os, const char *on_linux,
                        const char *on_windows)
{
    gm_words_arg args[] = {{"linux", on_linux, false}, {"windows", on_windows, false}};
    const char *id = os == GM_OS_LINUX     ? "report.scan.on-linux"
                     : os == GM_OS_WINDOWS ? "report.scan.on-windows"
                                           : "report.scan.on-both";
    gm_words_add(out, style->lang, id, args, 2);
}

static void show_drivers(gm_text *out, const gm_style *style, const char *label, const char *id,
                         const char *drivers, const char *cuda)
{
    gm_text value = GM_TEXT_INIT;
    gm_words_arg args[] = {{"drivers", drivers, false}, {"cuda", cuda, false}};
    gm_words_add(&value, style->lang, id, args, 2);
    gm_scan_row(out, style, label, value.data);
    gm_text_free(&value);
}

static void format_cuda(char out[16], gm_version cuda)
{
    snprintf(out, 16, "%u.%u", (unsigned)cuda.part[0], (unsigned)cuda.part[1]);
}

void gm_scan_needs(gm_text *out, const gm_style *style, const gm_needs *needs)
{
    static const char *const starts[] = {[GM_CUDA_UNKNOWN] = NULL,
                                         [GM_CUDA_NAMED] = "report.scan.driver.named",
                                         [GM_CUDA_LINKED] = "report.scan.driver.linked",
                                         [GM_CUDA_AT_LEAST] = "report.scan.driver.at-least"};
    const gm_driver_needs *tux = &needs->linux_driver, *win = &needs->windows_driver;
    const struct {
        const char *id, *on_linux, *on_windows;
        gm_version cuda;
    } rows[] = {{starts[needs->basis], tux->start, win->start, needs->cuda},
                {"report.scan.driver.zstd", tux->zstd, win->zstd, needs->cuda},
                {"report.scan.driver.ptx", tux->ptx, win->ptx, needs->ptx_cuda}};
    const char *label = gm_screen_word(style, "scan.driver");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char cuda[16];
        gm_text drivers = GM_TEXT_INIT;
        if (!rows[i].on_linux || !rows[i].on_windows)
            continue;
        add_drivers(&drivers, style, needs->os, rows[i].on_linux, rows[i].on_windows);
        format_cuda(cuda, rows[i].cuda);
        show_drivers(out, style, label, rows[i].id, drivers.data, cuda);
        gm_text_free(&drivers);
        label = "";
    }
}

void gm_scan_needs_changed(gm_text *out, const gm_style *style, const gm_needs *before,
                           const gm_needs *after)
{
    const struct {
        const char *id, *old_linux, *old_windows, *new_linux, *new_windows;
    } rows[] = {{"report.diff.start", before->linux_driver.start, before->windows_driver.start,
                 after->linux_driver.start, after->windows_driver.start},
                {"report.diff.zstd", before->linux_driver.zstd, before->windows_driver.zstd,
                 after->linux_driver.zstd, after->windows_driver.zstd},
                {"report.diff.ptx", before->linux_driver.ptx, before->windows_driver.ptx,
                 after->linux_driver.ptx, after->windows_driver.ptx}};
    const char *label = gm_screen_word(style, "scan.driver");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gm_text value = GM_TEXT_INIT, older = GM_TEXT_INIT, newer = GM_TEXT_INIT;
        if (rows[i].old_linux && rows[i].old_windows)
            add_drivers(&older, style, before->os, rows[i].old_linux, rows[i].old_windows);
        if (rows[i].new_linux && rows[i].new_windows)
            add_drivers(&newer, style, after->os, rows[i].new_linux, rows[i].new_windows);
        gm_words_arg args[] = {{"before", gm_text_or(&older, "-"), false},
                               {"after", gm_text_or(&newer, "-"), false}};
        if (older.failed || newer.failed || strcmp(older.data, newer.data)) {
            gm_words_add(&value, style->lang, rows[i].id, args, 2);
            gm_scan_row(out, style, label, value.data);
            label = "";
        }
        gm_text_free(&value);
        gm_text_free(&older);
        gm_text_free(&newer);
    }
}
