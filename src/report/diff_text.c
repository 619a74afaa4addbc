/* SPDX-License-Identifier: MIT */
/* The text of `scan --diff`. */
#include <stdio.h>
#include <string.h>

#include "report/scan_parts.h"

#define COLUMNS 4 /* before the code of either side */

/* "torch 2.9.1+cu126 → 2.14.1+cu130", or the two paths. */
static void show_heading(gm_text *out, const gm_style *style, const gm_diff_group *group)
{
    const gm_survey_group *sides[] = {group->before, group->after};
    gm_text head = GM_TEXT_INIT;
    const gm_package *before = group->before ? &group->before->package : NULL;
    const gm_package *after = group->after ? &group->after->package : NULL;
    bool same =
        before && after && before->version && after->version && !strcmp(before->name, after->name);
    for (size_t i = 0; i < 2; i++) {
        const gm_package *package = sides[i] ? &sides[i]->package : NULL;
        gm_text_add(&head, i ? " → " : "");
        if (!package) {
            gm_text_add(&head, "-");
        } else if (!package->version) {
            gm_text_add_visible(&head, package->path, strlen(package->path));
        } else {
            if (i == 0 || !same) {
                gm_text_add_visible(&head, package->name, strlen(package->name));
                gm_text_add(&head, " ");
            }
            gm_text_add_visible(&head, package->version, strlen(package->version));
        }
    }
    gm_screen_tone(out, style, GM_TONE_PLAIN, head.data);
    gm_text_add(out, "\n");
    gm_text_free(&head);
}

static void show_code(gm_text *out, const gm_style *style, const gm_diff_group *group,
                      gm_arena *arena)
{
    gm_text value = GM_TEXT_INIT;
    gm_text_addf(&value, "%s → %s",
                 gm_scan_size(arena, group->before ? group->before->code_bytes : 0),
                 gm_scan_size(arena, group->after ? group->after->code_bytes : 0));
    gm_scan_row(out, style, gm_screen_word(style, "scan.code"), value.data);
    gm_text_free(&value);
}

/* ---- bytes of each target ---- */

static const char *bytes_cell(gm_arena *arena, const gm_target_row *row)
{
    return row->images ? gm_scan_size(arena, row->bytes) : "-";
}

static const char *change_cell(gm_arena *arena, const gm_diff_row *row)
{
    bool more = row->after.bytes > row->before.bytes;
    uint64_t bytes =
        more ? row->after.bytes - row->before.bytes : row->before.bytes - row->after.bytes;
    return bytes ? gm_arena_printf(arena, "%s%s", more ? "+" : "-", gm_scan_size(arena, bytes))
                 : "=";
}

static bool show_totals(gm_text *out, const gm_style *style, const gm_diff_group *group,
                        gm_arena *arena)
{
    gm_matrix matrix = gm_matrix_new(arena, COLUMNS, group->totals.count);
    if (!matrix.columns)
        return false;
    matrix.headings[0] = gm_screen_word(style, "diff.target");
    matrix.headings[1] = gm_screen_word(style, "diff.before");
    matrix.headings[2] = gm_screen_word(style, "diff.after");
    matrix.headings[3] = gm_screen_word(style, "diff.change");
    for (size_t i = 0; i < group->totals.count; i++) {
        const gm_diff_row *row = &group->totals.items[i];
        const char **cells = &matrix.cells[i * COLUMNS];
        cells[0] = gm_scan_target(arena, &row->target, row->kind);
        cells[1] = bytes_cell(arena, &row->before);
        cells[2] = bytes_cell(arena, &row->after);
        cells[3] = change_cell(arena, row);
    }
    gm_matrix_show(out, style, &matrix);
    gm_text_add(out, "\n");
    return true;
}

/* ---- libraries ---- */

/* "all", "12/33"; with PTX version and compression: "all 8.4 zstd". */
static const char *side_cell(const gm_style *style, gm_arena *arena, const gm_library *library,
                             const gm_target_row *row)
{
    gm_text cell = GM_TEXT_INIT;
    size_t modules = library ? gm_library_module_count(library) : 0;
    if (!library || !row->images)
        return "-";
    if (row->modules >= modules)
        gm_text_add(&cell, gm_screen_word(style, "scan.all"));
    else
        gm_text_addf(&cell, "%zu/%zu", row->modules, modules);
    if (row->ptx_isa_max)
        gm_text_addf(&cell, " %u.%u", row->ptx_isa_max / 10u, row->ptx_isa_max % 10u);
    for (int k = GM_COMPRESSION_UNKNOWN, first = 1; k >= 0; k--)
        if (row->compression[k]) {
            gm_text_addf(&cell, "%s%s", first ? " " : "+", gm_compression_token((gm_compression)k));
            first = 0;
        }
    const char *copy = gm_arena_text_n(arena, cell.data, cell.size);
    gm_text_free(&cell);
    return copy ? copy : "";
}

static bool is_told(const gm_diff_library *library, const gm_diff_row *row)
{
    return library->before && library->after && gm_diff_row_changed(library, row);
}

static const char *path_of(gm_arena *arena, const gm_diff_group *group,
                           const gm_diff_library *library)
{
    const gm_survey_group *side = library->after ? group->after : group->before;
    const gm_library *shown = library->after ? library->after : library->before;
    const char *inside =
        gm_diff_inside(side->package.version ? "" : side->package.path, shown->path);
    gm_text path = GM_TEXT_INIT;
    gm_text_add_visible(&path, inside, strlen(inside));
    const char *copy = gm_arena_text_n(arena, path.data, path.size);
    gm_text_free(&path);
    return copy ? copy : "";
}

/* A library that is there on one side only. */
static void show_one_sided(gm_text *out, const gm_style *style, const gm_diff_group *group,
                           const gm_diff_library *library, gm_arena *arena)
{
    gm_text value = GM_TEXT_INIT;
    gm_text_addf(&value, "%s (%s)", path_of(arena, group, library),
                 gm_scan_size(arena, gm_library_code_bytes(library->after ? library->after
                                                                          : library->before)));
    gm_scan_row(out, style,
                gm_screen_word(style, library->after ? "diff.new-library" : "diff.old-library"),
                value.data);
    gm_text_free(&value);
}

static size_t count_told(const gm_diff_library *library)
{
    size_t count = 0;
    for (size_t i = 0; i < library->rows.count; i++)
        count += is_told(library, &library->rows.items[i]);
    return count;
}

/* A heading, and a row for each target that changed in more than bytes. */
static bool show_library(gm_text *out, const gm_style *style, const gm_diff_group *group,
                         const gm_diff_library *library, gm_arena *arena)
{
    size_t at = 0, count = count_told(library);
    gm_matrix matrix = gm_matrix_new(arena, 3, count);
    if (!matrix.columns)
        return false;
    if (count == 0)
        return true;
    matrix.headings[0] = path_of(arena, group, library);
    matrix.headings[1] = gm_screen_word(style, "diff.before");
    matrix.headings[2] = gm_screen_word(style, "diff.after");
    for (size_t i = 0; i < library->rows.count; i++) {
        const gm_diff_row *row = &library->rows.items[i];
        const char **cells = &matrix.cells[at * 3];
        if (!is_told(library, row))
            continue;
        cells[0] = gm_scan_target(arena, &row->target, row->kind);
        cells[1] = side_cell(style, arena, library->before, &row->before);
        cells[2] = side_cell(style, arena, library->after, &row->after);
        at++;
    }
    gm_matrix_show(out, style, &matrix);
    gm_text_add(out, "\n");
    return true;
}

static bool is_changed(const gm_diff_group *group)
{
    bool changed = !group->before || !group->after;
    for (size_t i = 0; i < group->libraries.count; i++) {
        const gm_diff_library *library = &group->libraries.items[i];
        changed = changed || !library->before || !library->after || count_told(library) > 0;
    }
    for (size_t i = 0; i < group->totals.count; i++)
        changed =
            changed || group->totals.items[i].before.bytes != group->totals.items[i].after.bytes;
    return changed;
}

static bool show_group(gm_text *out, const gm_style *style, const gm_diff_group *group,
                       gm_arena *arena)
{
    show_heading(out, style, group);
    if (!is_changed(group)) {
        gm_scan_row(out, style, gm_screen_word(style, "scan.code"),
                    gm_screen_word(style, "diff.same"));
        gm_text_add(out, "\n");
        return true;
    }
    if (group->before && group->after) {
        gm_scan_gained(out, style, &group->before->services, &group->after->services);
        gm_scan_needs_changed(out, style, &group->before->needs, &group->after->needs);
    }
    show_code(out, style, group, arena);
    for (size_t i = 0; i < group->libraries.count; i++)
        if (!group->libraries.items[i].before || !group->libraries.items[i].after)
            show_one_sided(out, style, group, &group->libraries.items[i], arena);
    gm_text_add(out, "\n");
    if (style->verbose < 0)
        return true;
    bool shown = show_totals(out, style, group, arena);
    for (size_t i = 0; shown && i < group->libraries.count; i++)
        shown = show_library(out, style, group, &group->libraries.items[i], arena);
    return shown;
}

void gm_report_diff_text(gm_text *out, const gm_style *style, const gm_diff *diff,
                         const gm_finding_list *findings, gm_arena *arena)
{
    for (size_t i = 0; i < diff->groups.count; i++)
        out->failed = !show_group(out, style, &diff->groups.items[i], arena) || out->failed;
    gm_scan_findings(out, style, findings);
    if (diff->groups.count == 0)
        gm_scan_sentence(out, style, "report.diff.nothing", NULL, 0);
    if (!diff->complete)
        gm_scan_sentence(out, style, "report.scan.incomplete", NULL, 0);
}
