/* SPDX-License-Identifier: MIT */
#include "model/summary.h"
#include "report/json_parts.h"

static void put_isa(gm_json *json, uint16_t ptx_isa)
{
    char text[16];
    snprintf(text, sizeof text, "%u.%u", ptx_isa / 10u, ptx_isa % 10u);
    gm_json_put_text(json, "ptx_isa", ptx_isa ? text : NULL);
}

void gm_json_target_counts(gm_json *json, const gm_target_row *row)
{
    gm_json_put_number(json, "modules", row->modules);
    gm_json_put_number(json, "images", row->images);
    gm_json_put_number(json, "bytes", row->bytes);
    put_isa(json, row->ptx_isa_max);
    gm_json_key(json, "compression");
    gm_json_object(json);
    for (int k = 0; k <= GM_COMPRESSION_UNKNOWN; k++)
        if (row->compression[k])
            gm_json_put_number(json, gm_compression_token((gm_compression)k), row->compression[k]);
    gm_json_object_end(json);
}

void gm_json_target_name(gm_json *json, const gm_target *target, gm_image_kind kind)
{
    char text[GM_TARGET_TEXT];
    gm_json_put_text(json, "target", gm_target_format(target, text));
    gm_json_put_text(json, "kind", gm_image_kind_token(kind));
}

void gm_json_targets(gm_json *json, const gm_library *library, gm_arena *arena)
{
    gm_target_rows rows = {0};
    gm_library_targets(library, arena, &rows);
    gm_json_key(json, "targets");
    gm_json_array(json);
    for (size_t i = 0; i < rows.count; i++) {
        gm_json_object(json);
        gm_json_target_name(json, &rows.items[i].target, rows.items[i].kind);
        gm_json_target_counts(json, &rows.items[i]);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

/* Bytes of every image, parts of linked modules included. */
static void put_sizes(gm_json *json, const gm_target_rows *rows)
{
    gm_json_key(json, "sizes");
    gm_json_array(json);
    for (size_t i = 0; i < rows->count; i++) {
        gm_json_object(json);
        gm_json_target_name(json, &rows->items[i].target, rows->items[i].kind);
        gm_json_put_number(json, "images", rows->items[i].images);
        gm_json_put_number(json, "bytes", rows->items[i].bytes);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

static void put_library_sizes(gm_json *json, const gm_library *library, gm_arena *arena)
{
    gm_target_rows rows = {0};
    gm_library_add_sizes(library, arena, &rows);
    put_sizes(json, &rows);
}

static void put_modules(gm_json *json, const gm_library *library)
{
    gm_json_key(json, "module_list");
    gm_json_array(json);
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        gm_json_object(json);
        gm_json_put_number(json, "index", i);
        gm_json_put_text(json, "section", module->section);
        gm_json_put_number(json, "offset", module->offset);
        gm_json_put_number(json, "bytes", module->bytes);
        gm_json_put_text(json, "registration", gm_registration_tokens[module->registration]);
        gm_json_put_bool(json, "stub", module->stub);
        gm_json_key(json, "targets");
        gm_json_array(json);
        for (size_t k = 0; k < module->image_count; k++) {
            char text[GM_TARGET_TEXT];
            const gm_image *image = &library->images.items[module->first_image + k];
            gm_json_text(json, gm_target_format(&image->target, text));
        }
        gm_json_array_end(json);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

/* What a deep scan found inside. */
static void put_payload(gm_json *json, const gm_payload *payload)
{
    char text[GM_TARGET_TEXT];
    gm_json_key(json, "payload");
    gm_json_object(json);
    gm_json_put_text(json, "target", gm_target_format(&payload->target, text));
    gm_json_put_bool(json, "code", payload->code == GM_CODE_PRESENT);
    snprintf(text, sizeof text, "%u.%u", payload->toolkit / 10u, payload->toolkit % 10u);
    gm_json_put_text(json, "toolkit", payload->toolkit ? text : NULL);
    gm_json_put_texts(json, "kernels", payload->kernels.items, payload->kernels.count);
    gm_json_object_end(json);
}

static void put_image(gm_json *json, size_t module, const gm_image *image)
{
    char text[GM_TARGET_TEXT];
    gm_json_object(json);
    gm_json_put_number(json, "module", module);
    gm_json_put_text(json, "kind", gm_image_kind_token(image->kind));
    gm_json_put_text(json, "target", gm_target_format(&image->target, text));
    put_isa(json, image->ptx_isa);
    gm_json_put_text(json, "compression", gm_compression_token(image->compression));
    gm_json_put_bool(json, "obfuscated", image->obfuscated);
    gm_json_put_bool(json, "relocatable", image->relocatable);
    gm_json_put_number(json, "offset", image->offset);
    gm_json_put_number(json, "bytes", image->stored_bytes);
    gm_json_put_number(json, "uncompressed_bytes", image->raw_bytes);
    if (image->payload)
        put_payload(json, image->payload);
    gm_json_object_end(json);
}

static void put_images(gm_json *json, const gm_library *library)
{
    gm_json_key(json, "image_list");
    gm_json_array(json);
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        for (size_t k = 0; k < module->image_count; k++)
            put_image(json, i, &library->images.items[module->first_image + k]);
    }
    gm_json_array_end(json);
}

void gm_report_scan_json_begin(gm_json *json, const gm_style *style)
{
    gm_json_object(json);
    gm_json_put_text(json, "schema", "gpumatch.scan/1");
    gm_json_tool(json, style);
    gm_json_key(json, "binaries");
    gm_json_array(json);
}

void gm_report_scan_json_library(gm_json *json, const gm_scan_view *view, const gm_library *library,
                                 gm_arena *arena)
{
    gm_json_object(json);
    gm_json_put_text(json, "path", library->path);
    gm_json_put_text(json, "format", library->format);
    gm_json_put_text(json, "arch", library->arch);
    gm_json_put_text(json, "package", library->package);
    gm_json_put_text(json, "build_id", library->build_id);
    gm_json_put_text(json, "soname", library->soname);
    gm_json_put_text(json, "run_path", library->run_path);
    if (library->needs_known)
        gm_json_put_texts(json, "needed", library->needed.items, library->needed.count);
    else /* of a compressed member */
        gm_json_put_null(json, "needed");
    gm_json_put_number(json, "bytes", library->bytes);
    gm_json_put_number(json, "modules", gm_library_module_count(library));
    gm_json_put_number(json, "stubs", gm_library_stub_count(library));
    gm_json_put_bool(json, "complete", library->complete);
    gm_json_targets(json, library, arena);
    if (view->modules)
        put_modules(json, library);
    if (view->images)
        put_images(json, library);
    if (view->sizes)
        put_library_sizes(json, library, arena);
    gm_json_object_end(json);
}

static void put_packages(gm_json *json, const gm_package_list *packages)
{
    gm_json_key(json, "packages");
    gm_json_array(json);
    for (size_t i = 0; i < packages->count; i++) {
        const gm_package *package = &packages->items[i];
        gm_json_object(json);
        gm_json_put_text(json, "name", package->name);
        gm_json_put_text(json, "version", package->version);
        gm_json_put_text(json, "variant", package->variant);
        gm_json_put_text(json, "path", package->path);
        gm_json_put_texts(json, "tags", package->tags.items, package->tags.count);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

static void put_service(gm_json *json, const gm_service *service)
{
    char text[GM_TARGET_TEXT];
    gm_json_object(json);
    gm_json_put_text(json, "target", gm_target_format(&service->target, text));
    gm_json_put_text(json, "architecture", service->architecture);
    gm_json_put_text(json, "gpus", service->gpus);
    gm_json_put_text(json, "verdict", gm_verdict_token(service->verdict));
    gm_json_key(json, "reasons");
    gm_json_array(json);
    for (int code = 0; code < GM_CODE_COUNT; code++)
        if (service->reasons.has[code])
            gm_json_text(json, gm_code_token((gm_code)code));
    gm_json_array_end(json);
    gm_json_key(json, "lacks");
    gm_json_array(json);
    for (size_t i = 0; i < service->lacks.count; i++)
        gm_json_text(json, service->lacks.items[i].text);
    gm_json_array_end(json);
    gm_json_key(json, "lacking");
    gm_json_number(json, (int64_t)service->lacking);
    gm_json_object_end(json);
}

static void put_driver(gm_json *json, const char *key, const gm_driver_needs *driver)
{
    gm_json_key(json, key);
    gm_json_object(json);
    gm_json_put_text(json, "start", driver->start);
    gm_json_put_text(json, "zstd", driver->zstd);
    gm_json_put_text(json, "ptx", driver->ptx);
    gm_json_object_end(json);
}

void gm_json_needs(gm_json *json, const gm_needs *needs)
{
    gm_json_version(json, "cuda", needs->cuda);
    gm_json_put_text(json, "cuda_basis", gm_cuda_basis_token(needs->basis));
    gm_json_key(json, "driver");
    gm_json_object(json);
    put_driver(json, "linux", &needs->linux_driver);
    put_driver(json, "windows", &needs->windows_driver);
    gm_json_object_end(json);
}

static void put_group_sizes(gm_json *json, const gm_package *package, gm_arena *arena)
{
    gm_target_rows rows = {0};
    for (size_t i = 0; i < package->libraries.count; i++)
        gm_library_add_sizes(&package->libraries.items[i], arena, &rows);
    put_sizes(json, &rows);
}

static void put_group(gm_json *json, const gm_survey_group *group, bool sizes, gm_arena *arena)
{
    const gm_package *package = &group->package;
    gm_json_object(json);
    gm_json_put_text(json, "package", package->version ? package->name : NULL);
    gm_json_put_text(json, "version", package->version);
    gm_json_put_text(json, "path", package->path);
    gm_json_put_number(json, "libraries", package->libraries.count);
    gm_json_put_number(json, "code_bytes", group->code_bytes);
    gm_json_put_number(json, "alternatives", group->alternatives);
    gm_json_needs(json, &group->needs);
    if (sizes)
        put_group_sizes(json, package, arena);
    gm_json_key(json, "gpus");
    gm_json_array(json);
    for (size_t i = 0; i < group->services.count; i++)
        put_service(json, &group->services.items[i]);
    gm_json_array_end(json);
    gm_json_object_end(json);
}

static void put_required(gm_json *json, const gm_scan_totals *totals)
{
    gm_json_key(json, "require");
    if (!totals->required) {
        gm_json_null(json);
        return;
    }
    gm_json_object(json);
    gm_json_key(json, "targets");
    gm_json_array(json);
    for (size_t i = 0; i < totals->required->images.count; i++) {
        char text[GM_TARGET_TEXT];
        gm_json_text(json, gm_target_format(&totals->required->images.items[i].target, text));
    }
    gm_json_array_end(json);
    gm_json_put_bool(json, "met", totals->met);
    gm_json_object_end(json);
}

/* Packages turn up while binaries are written, so they come behind them. */
void gm_report_scan_json_end(gm_json *json, const gm_style *style, const gm_scan_view *view,
                             const gm_result *result, const gm_survey *survey,
                             const gm_scan_totals *totals, gm_arena *arena)
{
    gm_json_array_end(json);
    put_packages(json, &result->packages);
    gm_json_key(json, "summaries");
    gm_json_array(json);
    for (size_t i = 0; i < survey->count; i++)
        put_group(json, &survey->items[i], view->sizes, arena);
    gm_json_array_end(json);
    put_required(json, totals);
    gm_json_put_number(json, "files", totals->files);
    gm_json_put_bool(json, "complete", totals->complete);
    gm_json_findings(json, style->lang, &result->findings);
    gm_json_object_end(json);
}
