/* SPDX-License-Identifier: MIT */
/* What `scan --modules` and `--images` list, library after library. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/screen.h"

/* What a deep scan found inside. */
static void show_payload(gm_text *out, const gm_style *style, const gm_payload *payload)
{
    if (payload->toolkit)
        gm_text_addf(out, "  CUDA %u.%u", payload->toolkit / 10u, payload->toolkit % 10u);
    if (payload->code == GM_CODE_ABSENT)
        gm_text_addf(out, "  %s", gm_screen_word(style, "no-code"));
    for (size_t i = 0; i < payload->kernels.count; i++) {
        gm_text_add(out, "\n        ");
        gm_text_add_visible(out, payload->kernels.items[i], strlen(payload->kernels.items[i]));
    }
}

static void show_image(gm_text *out, const gm_style *style, const gm_image *image)
{
    char text[GM_TARGET_TEXT];
    gm_text_addf(out, "    0x%010" PRIx64 "  %-9s %-14s %12" PRIu64 "  %s", image->offset,
                 gm_image_kind_token(image->kind), gm_target_format(&image->target, text),
                 image->stored_bytes, gm_compression_token(image->compression));
    if (image->ptx_isa)
        gm_text_addf(out, "  PTX %u.%u", image->ptx_isa / 10u, image->ptx_isa % 10u);
    if (image->payload)
        show_payload(out, style, image->payload);
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
            show_image(out, style, &library->images.items[module->first_image + k]);
    }
}

static void show_heading(gm_text *out, const gm_style *style, const gm_library *library)
{
    gm_text head = GM_TEXT_INIT, size = GM_TEXT_INIT, path = GM_TEXT_INIT;
    char modules[32];
    gm_text_add_size(&size, library->bytes);
    gm_text_add_visible(&path, library->path, strlen(library->path));
    snprintf(modules, sizeof modules, "%zu", gm_library_module_count(library));
    gm_words_arg args[] = {{"format", library->format ? library->format : "-", false},
                           {"arch", library->arch ? library->arch : "-", false},
                           {"size", size.data, false},
                           {"modules", modules, false}};
    gm_words_add(&head, style->lang, "report.scan.heading", args, 4);
    gm_screen_tone(out, style, GM_TONE_PLAIN, path.data);
    gm_text_add(out, "\n  ");
    gm_text_add(out, head.data);
    gm_text_add(out, "\n");
    gm_text_free(&head);
    gm_text_free(&size);
    gm_text_free(&path);
}

void gm_report_scan_library(gm_text *out, const gm_style *style, const gm_scan_view *view,
                            const gm_library *library)
{
    show_heading(out, style, library);
    show_modules(out, style, view, library);
    gm_text_add(out, "\n");
}
