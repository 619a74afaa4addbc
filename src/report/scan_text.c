/* SPDX-License-Identifier: MIT */
/* The text of `scan`: a block for each package, with a table of its libraries against targets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "report/scan_parts.h"

void gm_scan_row(gm_text *out, const gm_style *style, const char *label, const char *value)
{
    char indented[96];
    gm_style plain = *style;
    plain.color = false;
    snprintf(indented, sizeof indented, "  %s", label);
    gm_screen_row(out, &plain, indented, GM_SCAN_LABEL_COLUMNS, value);
}

void gm_scan_heading(gm_text *out, const gm_style *style, const gm_package *package)
{
    gm_text name = GM_TEXT_INIT, path = GM_TEXT_INIT;
    gm_text_add_visible(&path, package->path, strlen(package->path));
    if (!package->version) {
        gm_screen_tone(out, style, GM_TONE_PLAIN, path.data);
    } else {
        gm_text_add_visible(&name, package->name, strlen(package->name));
        gm_text_add(&name, " ");
        gm_text_add_visible(&name, package->version, strlen(package->version));
        if (package->variant && !strchr(package->version, '+'))
            gm_text_addf(&name, " (%s)", package->variant);
        gm_screen_tone(out, style, GM_TONE_PLAIN, name.data);
        gm_text_add(out, "  ");
        gm_text_add(out, path.data);
    }
    gm_text_add(out, "\n");
    gm_text_free(&name);
    gm_text_free(&path);
}

/* ---- names of libraries ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool all_differ(gm_arena *arena, const char *const *names, size_t count, bool *ret_differ)
{
    const char **sorted = gm_arena_array(arena, count + 1, sizeof *sorted);
    if (!sorted)
        return false;
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_text);
    *ret_differ = true;
    for (size_t i = 1; i < count; i++)
        *ret_differ = *ret_differ && strcmp(sorted[i - 1], sorted[i]);
    return true;
}

/* How much of the paths is the same up to a separator. */
static size_t common_folder(const gm_package *package)
{
    const char *first = package->libraries.items[0].path;
    size_t same = strlen(first), folder = 0;
    for (size_t i = 1; i < package->libraries.count; i++) {
        size_t k = 0;
        while (k < same && package->libraries.items[i].path[k] == first[k])
            k++;
        same = k;
    }
    for (size_t k = 0; k < same; k++)
        if (first[k] == '/' || first[k] == '\\')
            folder = k + 1;
    return folder;
}

static const char *visible(gm_arena *arena, const char *name)
{
    gm_text shown = GM_TEXT_INIT;
    gm_text_add_visible(&shown, name, strlen(name));
    const char *copy = gm_arena_text_n(arena, shown.data, shown.size);
    gm_text_free(&shown);
    return copy;
}

bool gm_scan_names(const gm_package *package, gm_arena *arena, const char **names)
{
    size_t count = package->libraries.count;
    bool differ;
    for (size_t i = 0; i < count; i++)
        names[i] = gm_file_name(package->libraries.items[i].path);
    if (!all_differ(arena, names, count, &differ))
        return false;
    size_t folder = differ ? 0 : common_folder(package);
    for (size_t i = 0; i < count; i++) {
        names[i] = visible(arena, differ ? names[i] : package->libraries.items[i].path + folder);
        if (!names[i])
            return false;
    }
    return true;
}

/* ---- libraries against targets ---- */

struct table {
    const gm_style *style;
    gm_arena *arena;
    const gm_package *package;
    gm_target_rows *rows; /* of each library */
    gm_target_rows heads; /* targets of machine code in any of them, one for each column */
    bool has_other;       /* PTX or another kind */
};

static bool is_column(const gm_target_row *row)
{
    return row->kind == GM_IMAGE_SASS || row->kind == GM_IMAGE_HSACO;
}

static int by_target(const void *a, const void *b)
{
    const gm_target_row *left = a, *right = b;
    return gm_target_compare(&left->target, &right->target);
}

static bool add_head(struct table *table, const gm_target_row *row)
{
    for (size_t i = 0; i < table->heads.count; i++)
        if (gm_target_equal(&table->heads.items[i].target, &row->target))
            return true;
    gm_target_row *head = GM_PUSH(table->arena, &table->heads);
    if (head)
        *head = *row;
    return head != NULL;
}

static bool collect(struct table *table)
{
    size_t count = table->package->libraries.count;
    table->rows = gm_arena_array(table->arena, count + 1, sizeof *table->rows);
    for (size_t i = 0; table->rows && i < count; i++) {
        const gm_library *library = &table->package->libraries.items[i];
        if (!gm_library_targets(library, table->arena, &table->rows[i]))
            return false;
        for (size_t k = 0; k < table->rows[i].count; k++) {
            const gm_target_row *row = &table->rows[i].items[k];
            table->has_other = table->has_other || !is_column(row);
            if (is_column(row) && !add_head(table, row))
                return false;
        }
    }
    if (table->heads.count)
        qsort(table->heads.items, table->heads.count, sizeof *table->heads.items, by_target);
    return table->rows != NULL;
}

/* "all", a number of modules, "-" for none. */
static const char *share_cell(const struct table *table, size_t modules, const gm_target_row *row)
{
    if (!row)
        return "-";
    return row->modules >= modules ? gm_screen_word(table->style, "scan.all")
                                   : gm_arena_printf(table->arena, "%zu", row->modules);
}

static const char *target_cell(const struct table *table, size_t library, const gm_target *target)
{
    const gm_target_rows *rows = &table->rows[library];
    const gm_target_row *found = NULL;
    for (size_t i = 0; i < rows->count; i++)
        if (is_column(&rows->items[i]) && gm_target_equal(&rows->items[i].target, target))
            found = &rows->items[i];
    return share_cell(table, gm_library_module_count(&table->package->libraries.items[library]),
                      found);
}

/* "compute_90:8.4", in brackets in how many modules where not in all; "ltoir sm_90". */
static const char *other_cell(const struct table *table, size_t library)
{
    const gm_target_rows *rows = &table->rows[library];
    size_t modules = gm_library_module_count(&table->package->libraries.items[library]);
    gm_text cell = GM_TEXT_INIT;
    for (size_t i = 0; i < rows->count; i++) {
        char text[GM_TARGET_TEXT];
        const gm_target_row *row = &rows->items[i];
        if (is_column(row))
            continue;
        gm_text_add(&cell, cell.size ? "," : "");
        if (row->kind != GM_IMAGE_PTX)
            gm_text_addf(&cell, "%s:", gm_image_kind_token(row->kind));
        gm_text_add(&cell, gm_target_format(&row->target, text));
        if (row->ptx_isa_max)
            gm_text_addf(&cell, ":%u.%u", row->ptx_isa_max / 10u, row->ptx_isa_max % 10u);
        if (row->modules < modules)
            gm_text_addf(&cell, "(%zu)", row->modules);
    }
    const char *copy = gm_arena_text(table->arena, gm_text_or(&cell, "-"));
    gm_text_free(&cell);
    return copy;
}

/* "zstd", "lz4+none" */
static const char *compression_cell(const struct table *table, size_t library)
{
    bool has[GM_COMPRESSION_UNKNOWN + 1] = {false};
    gm_text cell = GM_TEXT_INIT;
    for (size_t i = 0; i < table->rows[library].count; i++)
        for (int k = 0; k <= GM_COMPRESSION_UNKNOWN; k++)
            has[k] = has[k] || table->rows[library].items[i].compression[k];
    for (int k = GM_COMPRESSION_UNKNOWN; k >= 0; k--)
        if (has[k])
            gm_text_addf(&cell, "%s%s", cell.size ? "+" : "",
                         gm_compression_token((gm_compression)k));
    const char *copy = gm_arena_text(table->arena, gm_text_or(&cell, "-"));
    gm_text_free(&cell);
    return copy;
}

static void fill_headings(const struct table *table, gm_matrix *matrix)
{
    size_t at = 0;
    matrix->headings[at++] = gm_screen_word(table->style, "scan.library");
    matrix->headings[at++] = gm_screen_word(table->style, "scan.modules");
    for (size_t i = 0; i < table->heads.count; i++) {
        char text[GM_TARGET_TEXT];
        const char *name =
            gm_arena_text(table->arena, gm_target_format(&table->heads.items[i].target, text));
        matrix->headings[at++] = name ? name : "";
    }
    if (table->has_other)
        matrix->headings[at++] = gm_screen_word(table->style, "scan.ptx");
    matrix->headings[at++] = gm_screen_word(table->style, "compression");
    matrix->headings[at++] = gm_screen_word(table->style, "scan.code");
}

static void fill_row(const struct table *table, size_t library, const char **cells)
{
    size_t at = 1; /* behind the name */
    cells[at++] = gm_arena_printf(
        table->arena, "%zu", gm_library_module_count(&table->package->libraries.items[library]));
    for (size_t i = 0; i < table->heads.count; i++)
        cells[at++] = target_cell(table, library, &table->heads.items[i].target);
    if (table->has_other)
        cells[at++] = other_cell(table, library);
    cells[at++] = compression_cell(table, library);
    cells[at++] = gm_scan_size(table->arena,
                               gm_library_code_bytes(&table->package->libraries.items[library]));
}

static bool show_table(gm_text *out, const gm_style *style, const gm_package *package,
                       gm_arena *arena)
{
    struct table table = {.style = style, .arena = arena, .package = package};
    size_t count = package->libraries.count;
    const char **names = gm_arena_array(arena, count + 1, sizeof *names);
    if (!names || !collect(&table) || !gm_scan_names(package, arena, names))
        return false;
    gm_matrix matrix =
        gm_matrix_new(arena, 4 + table.heads.count + (table.has_other ? 1 : 0), count);
    if (!matrix.columns)
        return false;
    fill_headings(&table, &matrix);
    for (size_t i = 0; i < count; i++) {
        matrix.cells[i * matrix.columns] = names[i];
        fill_row(&table, i, &matrix.cells[i * matrix.columns]);
    }
    gm_matrix_show(out, style, &matrix);
    return true;
}

void gm_report_scan_group(gm_text *out, const gm_style *style, const gm_scan_view *view,
                          const gm_survey_group *group, gm_arena *arena)
{
    gm_scan_heading(out, style, &group->package);
    gm_scan_services(out, style, &group->services);
    if (style->verbose < 0)
        return;
    gm_scan_needs(out, style, &group->needs);
    if (group->alternatives > 1) {
        char count[32];
        gm_text line = GM_TEXT_INIT;
        snprintf(count, sizeof count, "%zu", group->alternatives);
        gm_words_arg args[] = {{"count", count, false}};
        gm_words_add(&line, style->lang, "report.scan.alternatives", args, 1);
        gm_scan_row(out, style, gm_screen_word(style, "scan.builds"), line.data);
        gm_text_free(&line);
    }
    gm_text_add(out, "\n");
    if (!show_table(out, style, &group->package, arena))
        out->failed = true;
    gm_text_add(out, "\n");
    if (!view->sizes)
        return;
    if (!gm_scan_sizes(out, style, &group->package, arena))
        out->failed = true;
    gm_text_add(out, "\n");
}

void gm_report_scan_end(gm_text *out, const gm_style *style, const gm_finding_list *findings,
                        const gm_scan_totals *totals)
{
    char number[4][32];
    snprintf(number[0], sizeof number[0], "%zu", totals->libraries);
    snprintf(number[1], sizeof number[1], "%zu", totals->modules);
    snprintf(number[2], sizeof number[2], "%zu", totals->images);
    snprintf(number[3], sizeof number[3], "%zu", totals->without_code);
    gm_words_arg args[] = {{"libraries", number[0], false},
                           {"modules", number[1], false},
                           {"images", number[2], false},
                           {"without", number[3], false}};
    gm_scan_findings(out, style, findings);
    if (totals->libraries && style->verbose >= 0)
        gm_scan_sentence(out, style, "report.scan.legend", NULL, 0);
    if (totals->ptx && style->verbose >= 0)
        gm_scan_sentence(out, style, "report.scan.legend.ptx", NULL, 0);
    gm_scan_sentence(out, style, totals->libraries ? "report.scan.summary" : "report.scan.nothing",
                     args, 4);
    if (totals->met && totals->complete)
        gm_scan_sentence(out, style, "report.scan.required", NULL, 0);
    if (!totals->complete)
        gm_scan_sentence(out, style, "report.scan.incomplete", NULL, 0);
}
