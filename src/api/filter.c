/* SPDX-License-Identifier: MIT */
#include "api/filter.h"

#include <string.h>

#include "base/lookup.h"
#include "judge/judge.h"

/* --- what a word is -------------------------------------------------------------------------- */

static bool read_target(const gm_catalog *catalog, const char *text, gm_gpu *gpu)
{
    gm_target target;
    size_t size = strlen(text);
    if (gm_target_parse(text, size, &target)) {
        *gpu =
            (gm_gpu){.vendor = gm_target_vendor(&target), .targets = {target}, .target_count = 1};
        return true;
    }
    for (const char *const *intel = gm_catalog_intel_targets(catalog); *intel; intel++) {
        if (strlen(*intel) != size || !gm_ascii_equal_n(*intel, text, size))
            continue;
        gpu->vendor = GM_VENDOR_INTEL;
        gpu->targets[0] = (gm_target){.kind = GM_TARGET_INTEL};
        gpu->target_count = 1;
        memcpy(gpu->targets[0].name, *intel, size);
        return true;
    }
    return false;
}

/* A GPU's name has letters; "310" is rather a driver than a GeForce 310. */
static bool read_gpu(const gm_catalog *catalog, const char *text, gm_gpu *gpu)
{
    bool letter = false;
    for (const char *at = text; *at; at++)
        letter = letter || gm_ascii_is_alpha(*at);
    return letter && gm_catalog_gpu_by_name(catalog, text, gpu);
}

static bool add_word(const gm_catalog *catalog, gm_arena *arena, gm_filter *filter,
                     const char *text, size_t size)
{
    if (size == 0)
        return true;
    gm_filter_word *word = GM_PUSH(arena, filter);
    if (!word)
        return false;
    *word = (gm_filter_word){.text = gm_arena_text_n(arena, text, size)};
    if (!word->text)
        return false;
    gm_version_parse(word->text, &word->version);
    word->is_target = read_target(catalog, word->text, &word->gpu);
    if (!word->is_target && !read_gpu(catalog, word->text, &word->gpu))
        word->gpu.target_count = 0;
    return true;
}

bool gm_filter_add(const gm_catalog *catalog, gm_arena *arena, gm_filter *filter, const char *text)
{
    const char *equals = strstr(text, "==");
    const char *rest = equals ? equals + 2 : text;
    gm_version version;
    size_t digits = gm_version_read(rest, &version);
    if (equals && !add_word(catalog, arena, filter, text, (size_t)(equals - text)))
        return false;
    if (digits && rest[digits] == '+' && rest[digits + 1])
        return add_word(catalog, arena, filter, rest, digits) &&
               add_word(catalog, arena, filter, rest + digits + 1, strlen(rest + digits + 1));
    return add_word(catalog, arena, filter, rest, strlen(rest));
}

/* --- which cells it fits --------------------------------------------------------------------- */

static bool is_joint(char c)
{
    return c == ' ' || c == '-' || c == '_';
}

/* Does `word` begin at `at`? `*ret_end` is then the place behind it. */
static bool begins(const char *at, const char *word, const char **ret_end)
{
    while (*word) {
        while (is_joint(*word))
            word++;
        while (is_joint(*at))
            at++;
        if (!*word)
            break;
        if (gm_ascii_lower(*at) != gm_ascii_lower(*word))
            return false;
        at++;
        word++;
    }
    *ret_end = at;
    return true;
}

/* Somewhere in the cell, but not in the middle of a number: "506" is no part of "RTX 5060". */
static bool fits_part(const char *cell, const char *word)
{
    const char *end;
    size_t size = strlen(word);
    bool first = gm_ascii_is_digit(word[0]), last = size && gm_ascii_is_digit(word[size - 1]);
    if (begins("", word, &end))
        return false;
    for (const char *at = cell; *at; at++)
        if (!is_joint(*at) && begins(at, word, &end) &&
            !(first && at > cell && gm_ascii_is_digit(at[-1])) &&
            !(last && gm_ascii_is_digit(*end)))
            return true;
    return false;
}

static bool fits_whole(const char *cell, const char *word)
{
    size_t size = strlen(word);
    if (strlen(cell) == size && gm_ascii_equal_n(cell, word, size))
        return true;
    for (const char *at = cell; *at;) {
        size_t length = strcspn(at, " ");
        if (length == size && gm_ascii_equal_n(at, word, size))
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return false;
}

static bool fits_cpu(const char *cell, const char *word)
{
    gm_cpu cpu;
    return fits_whole(cell, word) ||
           (gm_cpu_parse(word, &cpu) && gm_text_equal(gm_cpu_token(cpu), cell));
}

static bool fits_version(const char *cell, const gm_filter_word *word)
{
    gm_version version, wanted = word->version;
    if (fits_whole(cell, word->text)) /* "0.0.33.post2" */
        return true;
    if (!wanted.count || !gm_version_read(cell, &version) || version.count < wanted.count)
        return false;
    return !memcmp(version.part, wanted.part, wanted.count * sizeof *wanted.part);
}

/* A target that was named without suffix or features means all of its kind. */
static bool same_target(const gm_target *named, const gm_target *target)
{
    gm_target plain = *target, wanted = *named;
    if (wanted.kind == GM_TARGET_COMPUTE)
        wanted.kind = GM_TARGET_SM;
    if (!wanted.suffix)
        plain.suffix = 0;
    wanted.xnack = wanted.sramecc = plain.xnack = plain.sramecc = 0;
    return gm_target_equal(&wanted, &plain);
}

/* "8.9" as people read it off a list of GPUs. */
static bool is_capability(gm_version version, const gm_target *target)
{
    return target->kind == GM_TARGET_SM && version.count == 2 && version.part[1] < 10 &&
           version.part[0] * 10 + version.part[1] == target->number;
}

static bool fits_target(const gm_catalog *catalog, const char *cell, const gm_filter_word *word,
                        bool of_gpu)
{
    gm_gpu known = {.target_count = 0};
    for (const char *at = cell; *at;) {
        char text[GM_TARGET_TEXT];
        size_t size = strcspn(at, " ");
        if (size < sizeof text) {
            memcpy(text, at, size);
            text[size] = '\0';
            if (read_target(catalog, text, &known)) {
                if (is_capability(word->version, &known.targets[0]))
                    return true;
                for (unsigned i = 0; (word->is_target || of_gpu) && i < word->gpu.target_count; i++)
                    if (same_target(&word->gpu.targets[i], &known.targets[0]))
                        return true;
            }
        }
        at += size;
        at += strspn(at, " ");
    }
    return false;
}

/* Toolkits between the first and the last that make code for one of the targets. */
static bool fits_toolkit(const gm_catalog *catalog, const char *cell, const gm_filter_word *word)
{
    gm_version cuda;
    if (fits_version(cell, word))
        return true;
    for (unsigned i = 0; i < word->gpu.target_count && gm_version_read(cell, &cuda); i++) {
        gm_target target = gm_target_sm(word->gpu.targets[i].number, word->gpu.targets[i].suffix);
        gm_sm sm;
        if (gm_catalog_sm(catalog, &target, &sm) &&
            gm_version_compare(sm.first_toolkit, cuda) <= 0 &&
            (!sm.last_toolkit.count || gm_version_compare(cuda, sm.last_toolkit) <= 0))
            return true;
    }
    return false;
}

/* Does a branch lie between the first driver of a GPU and the last? Its own later releases may know
 * a GPU that its first does not. */
static bool drives(const gm_catalog *catalog, gm_os os, gm_version first, gm_version next,
                   const gm_target *target)
{
    gm_version none = {{0}, 0}, floor, ceiling;
    gm_driver_range range;
    if (!gm_catalog_driver_range(catalog, os, NULL, NULL, target, none, &range) ||
        (!range.first && !range.after_last))
        return false;
    if (range.first && gm_version_read(range.first, &floor) && next.count &&
        gm_version_compare(next, floor) <= 0)
        return false;
    return !range.after_last || !gm_version_read(range.after_last, &ceiling) ||
           gm_version_compare(first, ceiling) < 0;
}

/* A branch goes on until the next row of its system. */
static bool fits_driver(const gm_catalog *catalog, const gm_table *table, size_t index,
                        const gm_table_row *row, const char *cell, const gm_filter_word *word)
{
    gm_version first, next = {{0}, 0};
    gm_table_row after = {.table = NULL};
    gm_os os = GM_OS_UNKNOWN;
    size_t place = 0;
    while (row->cells[place] != cell)
        place++;
    if (!gm_version_read(cell, &first) || !gm_os_parse(row->cells[0], &os))
        return false;
    if (index + 1 < table->count(catalog) && table->row(catalog, index + 1, &after) &&
        gm_text_equal(after.cells[0], row->cells[0]))
        gm_version_read(after.cells[place], &next);
    if (word->version.count && gm_version_compare(word->version, first) >= 0 &&
        (!next.count || gm_version_compare(word->version, next) < 0))
        return true;
    for (unsigned i = 0; i < word->gpu.target_count; i++)
        if (drives(catalog, os, first, next, &word->gpu.targets[i]))
            return true;
    return false;
}

/* --- what the judge says --------------------------------------------------------------------- */

static bool is_device(const gm_target *target)
{
    return target->kind == GM_TARGET_INTEL || target->kind == GM_TARGET_GFX ||
           (target->kind == GM_TARGET_SM && !target->suffix);
}

/* The package of a row, and the system that it is for. */
static bool make_package(const gm_catalog *catalog, size_t index, gm_arena *arena,
                         gm_package *package, gm_machine *machine)
{
    size_t builds = gm_catalog_build_count(catalog);
    gm_extension extension;
    gm_build build;
    if (index < builds) {
        gm_catalog_build(catalog, index, &build);
        machine->os = build.os;
        machine->cpu = build.cpu;
        return gm_catalog_build_package(catalog, &build, arena, package);
    }
    gm_catalog_extension(catalog, index - builds, &extension);
    machine->os = extension.os;
    machine->cpu = extension.cpu;
    return gm_catalog_extension_package(catalog, &extension, arena, package);
}

static bool judge_build(const gm_catalog *catalog, const gm_gpu *gpu, size_t index, gm_arena *arena,
                        gm_verdict *ret_verdict)
{
    const gm_judge_options judge = {.assume_driver = true};
    gm_result result = {.machine = {.gpus = GM_KNOWN}};
    gm_device *device = GM_PUSH(arena, &result.machine.devices);
    gm_package *package = GM_PUSH(arena, &result.packages);
    if (!device || !package)
        return false;
    *device = (gm_device){.vendor = gpu->vendor,
                          .name = gpu->name,
                          .target_count = gpu->target_count,
                          .minor = -1,
                          .order = -1};
    memcpy(device->targets, gpu->targets, sizeof device->targets);
    bool judged = make_package(catalog, index, arena, package, &result.machine) &&
                  gm_judge(catalog, &result, &judge, arena);
    *ret_verdict = result.verdict;
    return judged;
}

/* Code that serves a GPU in whole or in part, with any driver that knows it. PTX and targets that
 * no GPU is of by itself (sm_90a) are looked for in the list. */
static gm_filter_answer fits_code(const gm_catalog *catalog, const char *cell,
                                  const gm_filter_word *word, size_t index, gm_arena *parent)
{
    gm_filter_answer answer = {.fits = false};
    if (!word->gpu.target_count)
        return answer;
    if (!is_device(&word->gpu.targets[0])) {
        char name[GM_TARGET_TEXT];
        gm_target_format(&word->gpu.targets[0], name);
        for (const char *at = cell; *at && !answer.fits;) {
            size_t size = strcspn(at, ": ");
            answer.fits = size == strlen(name) && !memcmp(at, name, size);
            at += strcspn(at, " ");
            at += strspn(at, " ");
        }
        return answer;
    }
    gm_arena *arena = gm_arena_under(parent);
    if (arena)
        answer.judged = judge_build(catalog, &word->gpu, index, arena, &answer.verdict);
    gm_arena_free(arena);
    answer.fits = answer.judged &&
                  (answer.verdict <= GM_VERDICT_RUNS_JIT || answer.verdict == GM_VERDICT_PARTLY);
    return answer;
}

gm_filter_answer gm_filter_fits(const gm_catalog *catalog, const gm_filter_word *word,
                                const gm_table *table, size_t index, const gm_table_row *row,
                                gm_arena *arena)
{
    gm_filter_answer answer = {.fits = false};
    for (size_t i = 0; i < table->column_count && !answer.fits; i++) {
        const char *cell = row->cells[i];
        if (!cell)
            continue;
        switch (table->columns[i].fit) {
        case GM_FIT_NONE:
            break;
        case GM_FIT_WHOLE:
            answer.fits = fits_whole(cell, word->text);
            break;
        case GM_FIT_START:
            answer.fits = gm_ascii_starts(cell, word->text);
            break;
        case GM_FIT_PART:
            answer.fits = fits_part(cell, word->text);
            break;
        case GM_FIT_CPU:
            answer.fits = fits_cpu(cell, word->text);
            break;
        case GM_FIT_VERSION:
            answer.fits = fits_version(cell, word);
            break;
        case GM_FIT_TARGET:
            answer.fits = fits_target(catalog, cell, word, false);
            break;
        case GM_FIT_DEVICE:
            answer.fits = fits_target(catalog, cell, word, true);
            break;
        case GM_FIT_CODE:
            answer = fits_code(catalog, cell, word, index, arena);
            break;
        case GM_FIT_TOOLKIT:
            answer.fits = fits_toolkit(catalog, cell, word);
            break;
        case GM_FIT_DRIVER:
            answer.fits = fits_driver(catalog, table, index, row, cell, word);
            break;
        }
    }
    return answer;
}
