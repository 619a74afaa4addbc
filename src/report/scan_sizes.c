/* SPDX-License-Identifier: MIT */
/* Pieces of the text of `scan`, and its table of bytes. */
#include <string.h>

#include "report/scan_parts.h"

void gm_scan_sentence(gm_text *out, const gm_style *style, const char *id, const gm_words_arg *args,
                      size_t count)
{
    gm_text line = GM_TEXT_INIT;
    gm_words_add(&line, style->lang, id, args, count);
    gm_text_wrap(out, line.data, style->columns, 0, 0);
    gm_text_free(&line);
}

static void show_finding(gm_text *out, const gm_style *style, const gm_finding *finding)
{
    gm_text title = GM_TEXT_INIT, detail = GM_TEXT_INIT;
    gm_report_finding(&title, style->lang, finding, "title");
    gm_report_finding(&detail, style->lang, finding, "detail");
    gm_screen_item(out, style, GM_TONE_WARN, finding->severity == GM_SEVERITY_ERROR ? "✗" : "!",
                   title.data, detail.data);
    if (style->verbose > 0)
        gm_screen_evidence(out, style, finding);
    gm_text_free(&title);
    gm_text_free(&detail);
}

void gm_scan_findings(gm_text *out, const gm_style *style, const gm_finding_list *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        show_finding(out, style, &findings->items[i]);
}

const char *gm_scan_target(gm_arena *arena, const gm_target *target, gm_image_kind kind)
{
    char text[GM_TARGET_TEXT];
    bool plain = kind == GM_IMAGE_SASS || kind == GM_IMAGE_HSACO || kind == GM_IMAGE_PTX;
    const char *name = gm_arena_printf(arena, "%s%s%s", plain ? "" : gm_image_kind_token(kind),
                                       plain ? "" : ":", gm_target_format(target, text));
    return name ? name : "";
}

const char *gm_scan_size(gm_arena *arena, uint64_t bytes)
{
    gm_text size = GM_TEXT_INIT;
    gm_text_add_size(&size, bytes);
    const char *copy = gm_arena_text_n(arena, size.data, size.size);
    gm_text_free(&size);
    return copy ? copy : "";
}

/* One unit for all cells, so that they can be compared at a glance. */
struct unit {
    const char *name;
    double bytes;
};

static struct unit unit_for(uint64_t largest)
{
    const struct unit kib = {"KiB", 1024.0}, mib = {"MiB", 1024.0 * 1024.0};
    return (double)largest >= 10 * mib.bytes ? mib : kib;
}

static uint64_t bytes_of(const gm_target_rows *rows, const gm_target_row *wanted)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].kind == wanted->kind &&
            gm_target_equal(&rows->items[i].target, &wanted->target))
            return rows->items[i].bytes;
    return 0;
}

static const char *cell(gm_arena *arena, struct unit unit, uint64_t bytes)
{
    return bytes ? gm_arena_printf(arena, "%.1f", (double)bytes / unit.bytes) : "-";
}

static void fill(gm_arena *arena, struct unit unit, const gm_target_rows *heads,
                 const gm_target_rows *rows, const char **cells)
{
    uint64_t total = 0;
    for (size_t i = 0; i < heads->count; i++) {
        uint64_t bytes = bytes_of(rows, &heads->items[i]);
        cells[2 + i] = cell(arena, unit, bytes);
        total += bytes;
    }
    cells[1] = cell(arena, unit, total);
}

bool gm_scan_sizes(gm_text *out, const gm_style *style, const gm_package *package, gm_arena *arena)
{
    size_t count = package->libraries.count;
    gm_target_rows all = {0};
    uint64_t total = 0;
    const char **names = gm_arena_array(arena, count + 1, sizeof *names);
    if (!names || !gm_scan_names(package, arena, names))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!gm_library_add_sizes(&package->libraries.items[i], arena, &all))
            return false;
    for (size_t i = 0; i < all.count; i++)
        total += all.items[i].bytes;
    struct unit unit = unit_for(total);
    bool summed = count > 1;
    gm_matrix matrix = gm_matrix_new(arena, 2 + all.count, count + summed);
    if (!matrix.columns)
        return false;
    matrix.headings[0] = unit.name;
    matrix.headings[1] = gm_screen_word(style, "scan.total");
    for (size_t i = 0; i < all.count; i++)
        matrix.headings[2 + i] = gm_scan_target(arena, &all.items[i].target, all.items[i].kind);
    for (size_t i = 0; i < count; i++) {
        gm_target_rows own = {0};
        if (!gm_library_add_sizes(&package->libraries.items[i], arena, &own))
            return false;
        matrix.cells[i * matrix.columns] = names[i];
        fill(arena, unit, &all, &own, &matrix.cells[i * matrix.columns]);
    }
    if (summed) {
        matrix.cells[count * matrix.columns] = gm_screen_word(style, "scan.all-libraries");
        fill(arena, unit, &all, &all, &matrix.cells[count * matrix.columns]);
    }
    gm_matrix_show(out, style, &matrix);
    return true;
}
