/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/screen.h"

#define LABEL_COLUMNS 20

static void add_row(gm_text *value, const gm_target_row *row, bool count)
{
    char text[GM_TARGET_TEXT];
    if (value->size)
        gm_text_add(value, " ");
    gm_text_add(value, gm_target_format(&row->target, text));
    if (row->kind == GM_IMAGE_PTX && row->ptx_isa_max)
        gm_text_addf(value, ":ptx%u.%u", row->ptx_isa_max / 10u, row->ptx_isa_max % 10u);
    else if (row->kind != GM_IMAGE_SASS && row->kind != GM_IMAGE_PTX && row->kind != GM_IMAGE_HSACO)
        gm_text_addf(value, " %s", gm_image_kind_token(row->kind));
    if (count)
        gm_text_addf(value, "(%zu)", row->modules);
}

static void show_line(gm_text *out, const gm_style *style, const char *word, const gm_text *value)
{
    if (!value->size)
        return;
    char label[64];
    gm_style plain = *style;
    plain.color = false;
    snprintf(label, sizeof label, "  %s", gm_screen_word(style, word));
    gm_screen_row(out, &plain, label, LABEL_COLUMNS, value->data);
}

static void add_compression(gm_text *value, const gm_target_rows *rows)
{
    size_t totals[GM_COMPRESSION_UNKNOWN + 1] = {0};
    for (size_t i = 0; i < rows->count; i++)
        for (int k = 0; k <= GM_COMPRESSION_UNKNOWN; k++)
            totals[k] += rows->items[i].compression[k];
    for (int k = 0; k <= GM_COMPRESSION_UNKNOWN; k++)
        if (totals[k])
            gm_text_addf(value, "%s%s %zu", value->size ? ", " : "",
                         gm_compression_token((gm_compression)k), totals[k]);
}

static void show_table(gm_text *out, const gm_style *style, const gm_library *library,
                       gm_arena *arena)
{
    gm_target_rows rows = {0};
    size_t modules = gm_library_module_count(library);
    gm_text all = GM_TEXT_INIT, some = GM_TEXT_INIT, packed = GM_TEXT_INIT;
    gm_library_targets(library, arena, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        if (rows.items[i].modules == modules)
            add_row(&all, &rows.items[i], false);
        else
            add_row(&some, &rows.items[i], true);
    }
    add_compression(&packed, &rows);
    show_line(out, style, "in-all-modules", &all);
    show_line(out, style, "in-some-modules", &some);
    show_line(out, style, "compression", &packed);
    gm_text_free(&all);
    gm_text_free(&some);
    gm_text_free(&packed);
}

static void show_image(gm_text *out, const gm_image *image)
{
    char text[GM_TARGET_TEXT];
    gm_text_addf(out, "    0x%010" PRIx64 "  %-9s %-14s %12" PRIu64 "  %-5s", image->offset,
                 gm_image_kind_token(image->kind), gm_target_format(&image->target, text),
                 image->stored_bytes, gm_compression_token(image->compression));
    if (image->ptx_isa)
        gm_text_addf(out, "  PTX %u.%u", image->ptx_isa / 10u, image->ptx_isa % 10u);
    gm_text_add(out, "\n");
}

static void show_modules(gm_text *out, const gm_style *style, const gm_scan_view *view,
                         const gm_library *library)
{
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        gm_text_addf(out, "  %s %zu  0x%010" PRIx64 "  %" PRIu64 " B  %s%s%s\n",
                     gm_screen_word(style, "module"), i, module->offset, module->bytes,
                     module->section ? module->section : "-", module->stub ? "  " : "",
                     module->stub ? gm_screen_word(style, "stub") : "");
        for (size_t k = 0; view->images && k < module->image_count; k++)
            show_image(out, &library->images.items[module->first_image + k]);
    }
}

static void show_heading(gm_text *out, const gm_style *style, const gm_library *library)
{
    gm_text head = GM_TEXT_INIT, size = GM_TEXT_INIT, path = GM_TEXT_INIT;
    char modules[32];
    gm_report_size(&size, library->bytes);
    gm_text_add_visible(&path, library->path, strlen(library->path));
    snprintf(modules, sizeof modules, "%zu", gm_library_module_count(library));
    gm_words_arg args[] = {{"format", library->format ? library->format : "-", false},
                           {"arch", library->arch ? library->arch : "-", false},
                           {"size", size.data, false},
                           {"modules", modules, false}};
    gm_words_add(&head, style->lang, "report.scan.heading", args, 4);
    gm_screen_tone(out, style, GM_TONE_PLAIN, path.data);
    gm_text_addf(out, "\n  %s\n", head.data);
    gm_text_free(&head);
    gm_text_free(&size);
    gm_text_free(&path);
}

void gm_report_scan_library(gm_text *out, const gm_style *style, const gm_scan_view *view,
                            const gm_library *library, gm_arena *arena)
{
    show_heading(out, style, library);
    show_table(out, style, library, arena);
    if (view->modules || view->images)
        show_modules(out, style, view, library);
    gm_text_add(out, "\n");
}

void gm_report_scan_package(gm_text *out, const gm_style *style, const gm_package *package)
{
    gm_text name = GM_TEXT_INIT, path = GM_TEXT_INIT, line = GM_TEXT_INIT;
    gm_text_add_visible(&name, package->name, strlen(package->name));
    gm_text_add(&name, " ");
    gm_text_add_visible(&name, package->version, strlen(package->version));
    if (package->variant && !strchr(package->version, '+'))
        gm_text_addf(&name, " (%s)", package->variant);
    gm_text_add_visible(&path, package->path, strlen(package->path));
    gm_words_arg args[] = {{"package", name.data, false}, {"path", path.data, false}};
    gm_words_add(&line, style->lang, "report.scan.package", args, 2);
    gm_screen_tone(out, style, GM_TONE_PLAIN, line.data);
    gm_text_add(out, "\n\n");
    gm_text_free(&name);
    gm_text_free(&path);
    gm_text_free(&line);
}

void gm_report_scan_end(gm_text *out, const gm_style *style, const gm_finding_list *findings,
                        const gm_scan_totals *totals)
{
    char number[4][32];
    gm_text line = GM_TEXT_INIT;
    snprintf(number[0], sizeof number[0], "%zu", totals->libraries);
    snprintf(number[1], sizeof number[1], "%zu", totals->modules);
    snprintf(number[2], sizeof number[2], "%zu", totals->images);
    snprintf(number[3], sizeof number[3], "%zu", totals->without_code);
    gm_words_arg args[] = {{"libraries", number[0], false},
                           {"modules", number[1], false},
                           {"images", number[2], false},
                           {"without", number[3], false}};
    for (size_t i = 0; i < findings->count; i++) {
        gm_text title = GM_TEXT_INIT, detail = GM_TEXT_INIT;
        const gm_finding *finding = &findings->items[i];
        gm_report_finding(&title, style->lang, finding, "title");
        gm_report_finding(&detail, style->lang, finding, "detail");
        gm_screen_item(out, style, GM_TONE_WARN, finding->severity == GM_SEVERITY_ERROR ? "✗" : "!",
                       title.data, detail.data);
        if (style->verbose > 0)
            gm_screen_evidence(out, style, finding);
        gm_text_free(&title);
        gm_text_free(&detail);
    }
    gm_words_add(&line, style->lang,
                 totals->libraries ? "report.scan.summary" : "report.scan.nothing", args, 4);
    gm_report_wrap(out, line.data, style->columns, 0, 0);
    if (totals->required && totals->complete) {
        gm_text_clear(&line);
        gm_words_add(&line, style->lang, "report.scan.required", NULL, 0);
        gm_report_wrap(out, line.data, style->columns, 0, 0);
    }
    if (!totals->complete) {
        gm_text_clear(&line);
        gm_words_add(&line, style->lang, "report.scan.incomplete", NULL, 0);
        gm_report_wrap(out, line.data, style->columns, 0, 0);
    }
    gm_text_free(&line);
}
