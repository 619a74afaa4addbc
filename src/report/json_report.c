/* SPDX-License-Identifier: MIT */
/* The JSON of check, pick and explain; docs/schema says the same. */
#include "report/json_parts.h"

#include <string.h>

#include "base/error.h"

void gm_json_version(gm_json *json, const char *key, gm_version version)
{
    char text[64] = "";
    size_t used = 0;
    for (unsigned i = 0; i < version.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", i ? "." : "",
                                 version.part[i]);
    gm_json_put_text(json, key, used ? text : NULL);
}

void gm_json_tool(gm_json *json, const gm_style *style)
{
    gm_json_key(json, "tool");
    gm_json_object(json);
    gm_json_put_text(json, "version", style->tool_version);
    gm_json_put_text(json, "data_date", style->data_date);
    gm_json_object_end(json);
}

static void put_target(gm_json *json, const char *key, const gm_target *target)
{
    char text[GM_TARGET_TEXT];
    gm_json_put_text(json, key,
                     target->kind == GM_TARGET_NONE ? NULL : gm_target_format(target, text));
}

static void put_device(gm_json *json, const gm_device *device)
{
    gm_target unknown = {0};
    gm_json_object(json);
    gm_json_put_number(json, "index", (uint64_t)device->index);
    gm_json_put_text(json, "vendor", gm_vendor_token(device->vendor));
    gm_json_put_text(json, "name", device->name);
    put_target(json, "target", device->target_count == 1 ? &device->targets[0] : &unknown);
    if (device->target_count > 1) {
        gm_json_key(json, "targets");
        gm_json_array(json);
        for (unsigned i = 0; i < device->target_count; i++) {
            char text[GM_TARGET_TEXT];
            gm_json_text(json, gm_target_format(&device->targets[i], text));
        }
        gm_json_array_end(json);
    }
    gm_json_put_text(json, "pci", device->pci);
    if (device->memory_bytes)
        gm_json_put_number(json, "memory_bytes", device->memory_bytes);
    else
        gm_json_put_null(json, "memory_bytes");
    gm_json_put_bool(json, "hidden", device->hidden);
    gm_json_put_text(json, "source", device->source);
    gm_json_object_end(json);
}

static void put_driver(gm_json *json, const gm_driver *driver)
{
    static const char *const flavours[] = {
        [GM_MODULE_ANY] = NULL, [GM_MODULE_OPEN] = "open", [GM_MODULE_CLOSED] = "closed"};
    gm_json_key(json, "driver");
    if (driver->state == GM_UNKNOWN) {
        gm_json_null(json);
        return;
    }
    gm_json_object(json);
    gm_json_put_text(json, "version", driver->state == GM_ABSENT ? "none" : driver->text);
    gm_json_version(json, "cuda", driver->cuda);
    gm_json_put_text(json, "kernel_module", flavours[driver->kernel_module]);
    gm_json_put_text(json, "source", driver->source);
    gm_json_object_end(json);
}

void gm_json_machine(gm_json *json, const gm_machine *machine)
{
    gm_json_key(json, "machine");
    gm_json_object(json);
    gm_json_put_text(json, "os", gm_os_token(machine->os));
    gm_json_put_text(json, "arch", gm_cpu_token(machine->cpu));
    gm_json_put_text(json, "libc", machine->libc);
    gm_json_put_text(json, "container", machine->container);
    put_driver(json, &machine->driver);
    gm_json_key(json, "devices");
    gm_json_array(json);
    for (size_t i = 0; i < machine->devices.count; i++)
        put_device(json, &machine->devices.items[i]);
    gm_json_array_end(json);
    gm_json_object_end(json);
}

static void put_python(gm_json *json, const gm_python *python)
{
    char text[64];
    gm_json_key(json, "python");
    gm_json_object(json);
    if (python->version.count >= 2) {
        snprintf(text, sizeof text, "%u.%u%s", python->version.part[0], python->version.part[1],
                 python->free_threaded ? "t" : "");
        gm_json_put_text(json, "version", text);
    } else {
        gm_json_put_null(json, "version");
    }
    gm_json_put_text(json, "prefix", python->prefix);
    gm_json_object_end(json);
}

static void put_outcome(gm_json *json, const gm_device_outcome *outcome)
{
    gm_json_object(json);
    gm_json_put_number(json, "index", (uint64_t)outcome->device);
    gm_json_put_text(json, "verdict", gm_verdict_token(outcome->verdict));
    gm_json_put_text(json, "via", gm_via_token(outcome->via));
    gm_json_put_text(json, "coverage", gm_coverage_token(outcome->coverage));
    gm_json_key(json, "reasons");
    gm_json_array(json);
    for (int code = 0; code < GM_CODE_COUNT; code++)
        if (outcome->reasons.has[code])
            gm_json_text(json, gm_code_token((gm_code)code));
    gm_json_array_end(json);
    gm_json_object_end(json);
}

static void put_library(gm_json *json, const gm_package *package, size_t place, gm_arena *arena)
{
    static const char *const roles[] = {
        [GM_ROLE_OTHER] = "other", [GM_ROLE_CORE] = "core", [GM_ROLE_FEATURE] = "feature"};
    const gm_library *library = &package->libraries.items[place];
    gm_json_object(json);
    gm_json_put_text(json, "path", library->path);
    gm_json_put_text(json, "role", roles[library->role]);
    gm_json_put_text(json, "feature", library->feature);
    gm_json_put_bool(json, "selected", library->selected);
    gm_json_targets(json, library, arena);
    gm_json_key(json, "devices");
    gm_json_array(json);
    for (size_t i = 0; i < package->outcomes.count; i++) {
        const gm_device_outcome *outcome = &package->outcomes.items[i];
        if (outcome->device < 0)
            continue;
        gm_json_object(json);
        gm_json_put_number(json, "index", (uint64_t)outcome->device);
        gm_json_put_text(json, "coverage", gm_coverage_token(outcome->libraries[place].coverage));
        gm_json_put_text(json, "via", gm_via_token(outcome->libraries[place].via));
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
    gm_json_object_end(json);
}

static void put_package(gm_json *json, const gm_package *package)
{
    gm_arena *arena = gm_arena_new(0);
    gm_json_object(json);
    gm_json_put_text(json, "name", package->name);
    gm_json_put_text(json, "version", package->version);
    gm_json_put_text(json, "variant", package->variant);
    gm_json_put_text(json, "evidence", gm_evidence_grade_token(package->evidence));
    gm_json_put_text(json, "code_origin", gm_code_origin_token(package->origin));
    gm_json_put_bool(json, "part", package->part);
    gm_json_put_text(json, "build", package->build);
    gm_json_put_text(json, "channel", package->channel);
    gm_json_put_text(json, "verdict", gm_verdict_token(package->verdict));
    gm_json_key(json, "devices");
    gm_json_array(json);
    for (size_t i = 0; i < package->outcomes.count; i++)
        if (package->outcomes.items[i].device >= 0)
            put_outcome(json, &package->outcomes.items[i]);
    gm_json_array_end(json);
    gm_json_key(json, "libraries");
    gm_json_array(json);
    for (size_t i = 0; arena && i < package->libraries.count; i++)
        put_library(json, package, i, arena);
    if (!arena || gm_arena_failed(arena))
        gm_json_lose(json);
    gm_json_array_end(json);
    gm_json_object_end(json);
    gm_arena_free(arena);
}

static void put_args(gm_json *json, const gm_args *args)
{
    gm_json_key(json, "args");
    gm_json_object(json);
    for (size_t i = 0; i < args->count; i++) {
        const gm_arg *arg = &args->items[i];
        if (arg->is_number) {
            gm_json_key(json, arg->name);
            gm_json_signed(json, arg->number);
        } else if (arg->list) {
            gm_json_put_texts(json, arg->name, arg->list, arg->list_count);
        } else {
            gm_json_put_text(json, arg->name, arg->text);
        }
    }
    gm_json_object_end(json);
}

static void put_sentence(gm_json *json, const char *key, gm_lang lang, const gm_finding *finding)
{
    gm_text text = GM_TEXT_INIT;
    gm_report_finding(&text, lang, finding, key);
    gm_json_put_text(json, key, text.data);
    gm_text_free(&text);
}

static void put_finding(gm_json *json, gm_lang lang, const gm_finding *finding)
{
    gm_json_object(json);
    gm_json_put_text(json, "code", gm_code_token(finding->code));
    put_args(json, &finding->args);
    gm_json_put_text(json, "severity", gm_severity_token(finding->severity));
    gm_finding_put_packages(json, finding);
    gm_json_key(json, "devices");
    gm_json_array(json);
    for (size_t i = 0; i < finding->devices.count; i++)
        gm_json_signed(json, finding->devices.items[i]);
    gm_json_array_end(json);
    put_sentence(json, "title", lang, finding);
    put_sentence(json, "detail", lang, finding);
    gm_finding_put_evidence(json, finding);
    gm_json_put_text(json, "confidence", gm_confidence_token(finding->confidence));
    gm_json_object_end(json);
}

void gm_json_findings(gm_json *json, gm_lang lang, const gm_finding_list *findings)
{
    gm_json_key(json, "findings");
    gm_json_array(json);
    for (size_t i = 0; i < findings->count; i++)
        put_finding(json, lang, &findings->items[i]);
    gm_json_array_end(json);
}

static void put_facts(gm_json *json, const gm_explained *explained)
{
    gm_json_key(json, "facts");
    gm_json_object(json);
    for (size_t i = 0; i < explained->facts.count; i++) {
        const gm_fact *fact = &explained->facts.items[i];
        if (fact->is_number) {
            gm_json_key(json, fact->name);
            gm_json_signed(json, fact->number);
        } else if (fact->list) {
            gm_json_put_texts(json, fact->name, fact->list, fact->list_count);
        } else {
            gm_json_put_text(json, fact->name, fact->text);
        }
    }
    gm_json_object_end(json);
}

static void put_explained(gm_json *json, gm_lang lang, const gm_explained *explained)
{
    gm_json_key(json, "matches");
    gm_json_array(json);
    for (size_t i = 0; i < explained->matches.count; i++) {
        const gm_match *match = &explained->matches.items[i];
        gm_text meaning = GM_TEXT_INIT;
        gm_json_object(json);
        gm_json_put_text(json, "id", match->id);
        gm_json_put_text(json, "kind", match->kind);
        gm_json_put_text(json, "text", match->text);
        if (match->meaning)
            gm_report_sentence(&meaning, lang, match->meaning, &match->args);
        gm_json_put_text(json, "meaning", match->meaning ? meaning.data : NULL);
        gm_json_object_end(json);
        gm_text_free(&meaning);
    }
    gm_json_array_end(json);
    put_facts(json, explained);
}

void gm_report_json(gm_json *json, const gm_style *style, const char *schema,
                    const gm_result *result, const gm_explained *explained)
{
    char name[64];
    snprintf(name, sizeof name, "gpumatch.%s/1", schema);
    gm_json_object(json);
    gm_json_put_text(json, "schema", name);
    gm_json_tool(json, style);
    if (explained)
        put_explained(json, style->lang, explained);
    gm_json_put_text(json, "verdict", result->judged ? gm_verdict_token(result->verdict) : NULL);
    gm_json_put_bool(json, "complete", result->complete);
    gm_json_machine(json, &result->machine);
    put_python(json, &result->machine.python);
    gm_json_key(json, "packages");
    gm_json_array(json);
    for (size_t i = 0; i < result->packages.count; i++)
        put_package(json, &result->packages.items[i]);
    gm_json_array_end(json);
    if (!strcmp(schema, "check"))
        gm_json_put_number(json, "other_packages", result->other_packages);
    gm_json_findings(json, style->lang, &result->findings);
    gm_json_key(json, "advice");
    gm_json_array(json);
    for (size_t i = 0; i < result->advice.count; i++)
        gm_json_advice(json, style->lang, &result->advice.items[i], i + 1);
    gm_json_array_end(json);
    gm_json_object_end(json);
}
