/* SPDX-License-Identifier: MIT */
/* The JSON of `scan --diff`. */
#include <string.h>

#include "report/json_parts.h"

static void put_side(gm_json *json, const char *key, const gm_survey_group *group)
{
    gm_json_key(json, key);
    if (!group) {
        gm_json_null(json);
        return;
    }
    gm_json_object(json);
    gm_json_put_text(json, "package", group->package.version ? group->package.name : NULL);
    gm_json_put_text(json, "version", group->package.version);
    gm_json_put_text(json, "path", group->package.path);
    gm_json_put_number(json, "code_bytes", group->code_bytes);
    gm_json_needs(json, &group->needs);
    gm_json_object_end(json);
}

static const gm_service *service_of(const gm_survey_group *group, const gm_target *target)
{
    for (size_t i = 0; group && i < group->services.count; i++)
        if (gm_target_equal(&group->services.items[i].target, target))
            return &group->services.items[i];
    return NULL;
}

/* GPUs on which the verdict is another one; those of a side that is not there are left out. */
static void put_gpus(gm_json *json, const gm_diff_group *group)
{
    gm_json_key(json, "gpus");
    gm_json_array(json);
    for (size_t i = 0; group->after && i < group->after->services.count; i++) {
        const gm_service *after = &group->after->services.items[i];
        const gm_service *before = service_of(group->before, &after->target);
        char text[GM_TARGET_TEXT];
        if (!before || before->verdict == after->verdict)
            continue;
        gm_json_object(json);
        gm_json_put_text(json, "target", gm_target_format(&after->target, text));
        gm_json_put_text(json, "gpus", after->gpus);
        gm_json_put_text(json, "before", gm_verdict_token(before->verdict));
        gm_json_put_text(json, "after", gm_verdict_token(after->verdict));
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

static void put_counts(gm_json *json, const char *key, const gm_target_row *row)
{
    gm_json_key(json, key);
    if (!row->images) {
        gm_json_null(json);
        return;
    }
    gm_json_object(json);
    gm_json_target_counts(json, row);
    gm_json_object_end(json);
}

static void put_rows(gm_json *json, const gm_diff_library *library)
{
    gm_json_key(json, "targets");
    gm_json_array(json);
    for (size_t i = 0; i < library->rows.count; i++) {
        const gm_diff_row *row = &library->rows.items[i];
        gm_json_object(json);
        gm_json_target_name(json, &row->target, row->kind);
        gm_json_put_bool(json, "changed", gm_diff_row_changed(library, row));
        put_counts(json, "before", &row->before);
        put_counts(json, "after", &row->after);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

static void put_file(gm_json *json, const char *key, const gm_library *library)
{
    gm_json_key(json, key);
    if (!library) {
        gm_json_null(json);
        return;
    }
    gm_json_object(json);
    gm_json_put_text(json, "path", library->path);
    gm_json_put_number(json, "modules", gm_library_module_count(library));
    gm_json_put_number(json, "code_bytes", gm_library_code_bytes(library));
    gm_json_object_end(json);
}

static void put_totals(gm_json *json, const gm_diff_rows *totals)
{
    gm_json_key(json, "targets");
    gm_json_array(json);
    for (size_t i = 0; i < totals->count; i++) {
        const gm_diff_row *row = &totals->items[i];
        gm_json_object(json);
        gm_json_target_name(json, &row->target, row->kind);
        gm_json_put_number(json, "before_bytes", row->before.bytes);
        gm_json_put_number(json, "after_bytes", row->after.bytes);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

static void put_group(gm_json *json, const gm_diff_group *group)
{
    gm_json_object(json);
    put_side(json, "before", group->before);
    put_side(json, "after", group->after);
    put_gpus(json, group);
    put_totals(json, &group->totals);
    gm_json_key(json, "libraries");
    gm_json_array(json);
    for (size_t i = 0; i < group->libraries.count; i++) {
        gm_json_object(json);
        put_file(json, "before", group->libraries.items[i].before);
        put_file(json, "after", group->libraries.items[i].after);
        put_rows(json, &group->libraries.items[i]);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
    gm_json_object_end(json);
}

void gm_report_diff_json(gm_json *json, const gm_style *style, const gm_diff *diff,
                         const gm_finding_list *findings)
{
    gm_json_object(json);
    gm_json_put_text(json, "schema", "gpumatch.diff/1");
    gm_json_tool(json, style);
    gm_json_key(json, "packages");
    gm_json_array(json);
    for (size_t i = 0; i < diff->groups.count; i++)
        put_group(json, &diff->groups.items[i]);
    gm_json_array_end(json);
    gm_json_put_bool(json, "complete", diff->complete);
    gm_json_findings(json, style->lang, findings);
    gm_json_object_end(json);
}
