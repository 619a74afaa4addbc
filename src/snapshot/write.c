/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"
#include "snapshot/parts.h"

#include <string.h>

static bool is_text(gm_span bytes)
{
    for (size_t at = 0; at < bytes.size;) {
        uint32_t code;
        size_t used = gm_utf8_decode((const char *)bytes.data + at, bytes.size - at, &code);
        if (!code || (code == 0xfffd && used == 1))
            return false;
        at += used;
    }
    return true;
}

/* RFC 4648. */
static void put_base64(gm_json *json, gm_span bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    gm_text text = GM_TEXT_INIT;
    for (size_t i = 0; i < bytes.size; i += 3) {
        uint32_t bits = 0;
        char out[4];
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < bytes.size ? bytes.data[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            out[k] = i + k > bytes.size ? '=' : digits[bits >> (18 - 6 * k) & 63];
        gm_text_add_n(&text, out, sizeof out);
    }
    gm_json_put_text(json, "base64", text.data);
    gm_text_free(&text);
}

static void put_key(gm_json *json, const gm_noted_key *note)
{
    gm_json_object(json);
    gm_json_put_text(json, "key", note->key);
    if (note->answer != GM_KEY_OK)
        gm_json_put_text(json, "answer", gm_answer_tokens[note->answer]);
    else if (is_text(note->bytes))
        gm_json_put_text(json, "text", (const char *)note->bytes.data);
    else
        put_base64(json, note->bytes);
    gm_json_object_end(json);
}

static void put_version(gm_json *json, const char *key, gm_version version)
{
    gm_text text = GM_TEXT_INIT;
    for (unsigned i = 0; i < version.count; i++)
        gm_text_addf(&text, "%s%u", i ? "." : "", version.part[i]);
    gm_json_put_text(json, key, version.count ? text.data : NULL);
    gm_text_free(&text);
}

static void put_args(gm_json *json, const gm_args *args)
{
    gm_json_key(json, "args");
    gm_json_array(json);
    for (size_t i = 0; i < args->count; i++) {
        const gm_arg *arg = &args->items[i];
        gm_json_object(json);
        gm_json_put_text(json, "name", arg->name);
        if (arg->is_number) {
            gm_json_key(json, "number");
            gm_json_signed(json, arg->number);
        } else if (arg->list) {
            gm_json_put_texts(json, "list", arg->list, arg->list_count);
        } else {
            gm_json_put_text(json, arg->is_message ? "message" : "text", arg->text);
        }
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

static void put_finding(gm_json *json, const gm_finding *finding)
{
    gm_json_object(json);
    gm_json_put_text(json, "code", gm_code_token(finding->code));
    gm_json_put_text(json, "severity", gm_severity_token(finding->severity));
    gm_json_put_text(json, "confidence", gm_confidence_token(finding->confidence));
    gm_json_put_text(json, "variant", finding->variant);
    put_args(json, &finding->args);
    gm_finding_put_evidence(json, finding);
    gm_finding_put_packages(json, finding);
    gm_json_object_end(json);
}

/* A module and those alike: how many they are, and the sum of bytes for each image. */
static void put_group(gm_json *json, const gm_library *condensed, const gm_module *module)
{
    gm_json_object(json);
    gm_json_put_number(json, "count", module->alike + 1);
    gm_json_put_text(json, "registration", gm_registration_tokens[module->registration]);
    gm_json_put_bool(json, "stub", module->stub);
    if (module->offset != GM_OFFSET_NONE)
        gm_json_put_number(json, "offset", module->offset);
    gm_json_key(json, "images");
    gm_json_array(json);
    for (size_t i = 0; i < module->image_count; i++) {
        const gm_image *image = &condensed->images.items[module->first_image + i];
        gm_text line = GM_TEXT_INIT;
        gm_image_format(&line, image, image->stored_bytes);
        gm_json_text(json, line.data);
        gm_text_free(&line);
    }
    gm_json_array_end(json);
    gm_json_object_end(json);
}

static void put_modules(gm_json *json, const gm_library *library)
{
    gm_arena *arena = gm_arena_new(0);
    gm_library condensed = {0};
    gm_json_key(json, "modules");
    gm_json_array(json);
    if (!arena || !gm_library_condense(arena, library, &condensed))
        gm_json_lose(json);
    for (size_t m = 0; m < condensed.modules.count; m++)
        put_group(json, &condensed, &condensed.modules.items[m]);
    gm_json_array_end(json);
    gm_arena_free(arena);
}

static void put_library(gm_json *json, const gm_library *library)
{
    gm_json_object(json);
    gm_json_put_text(json, "path", library->path);
    gm_json_put_text(json, "format", library->format);
    gm_json_put_text(json, "arch", library->arch);
    gm_json_put_number(json, "bytes", library->bytes);
    gm_json_put_text(json, "role", gm_role_tokens[library->role]);
    gm_json_put_text(json, "feature", library->feature);
    gm_json_put_bool(json, "selected", library->selected);
    gm_json_put_bool(json, "opaque", library->opaque);
    gm_json_put_bool(json, "self_dispatching", library->self_dispatching);
    gm_json_put_bool(json, "complete", library->complete);
    put_modules(json, library);
    gm_json_object_end(json);
}

static void put_package(gm_json *json, const gm_package *package)
{
    gm_json_object(json);
    gm_json_put_text(json, "name", package->name);
    gm_json_put_text(json, "version", package->version);
    gm_json_put_text(json, "variant", package->variant);
    put_version(json, "cuda", package->cuda);
    gm_json_put_bool(json, "cuda_guessed", package->cuda_guessed);
    gm_json_put_text(json, "evidence", gm_evidence_grade_token(package->evidence));
    gm_json_put_text(json, "code_origin", gm_code_origin_token(package->origin));
    gm_json_put_text(json, "confidence", gm_confidence_token(package->confidence));
    gm_json_put_text(json, "component", package->component);
    gm_json_put_bool(json, "brings_math", package->brings_math);
    gm_json_put_bool(json, "installed", package->installed);
    gm_json_put_number(json, "missing", package->missing);
    gm_json_put_text(json, "first_missing", package->first_missing);
    gm_json_put_text(json, "unmet", package->unmet);
    gm_json_put_text(json, "unmet_by", package->unmet_by);
    gm_json_put_text(json, "unmet_sibling", package->unmet_sibling);
    gm_json_put_bool(json, "unmet_core", package->unmet_core);
    gm_json_put_text(json, "asks", package->asks);
    gm_json_put_bool(json, "linked", package->linked);
    gm_json_put_bool(json, "unlisted", package->unlisted);
    gm_json_put_bool(json, "part", package->part);
    gm_json_put_text(json, "build", package->build);
    gm_json_put_text(json, "channel", package->channel);
    gm_json_put_text(json, "path", package->path);
    gm_json_put_text(json, "source", package->source);
    gm_json_key(json, "libraries");
    gm_json_array(json);
    for (size_t i = 0; i < package->libraries.count; i++)
        put_library(json, &package->libraries.items[i]);
    gm_json_array_end(json);
    gm_json_object_end(json);
}

static void put_python(gm_json *json, const gm_python *python)
{
    gm_json_key(json, "python");
    gm_json_object(json);
    put_version(json, "version", python->version);
    gm_json_put_bool(json, "free_threaded", python->free_threaded);
    gm_json_put_text(json, "prefix", python->prefix);
    gm_json_object_end(json);
}

void gm_snapshot_write(gm_json *json, const gm_snapshot *snapshot, const char *tool_version,
                       const char *data_date)
{
    gm_json_object(json);
    gm_json_put_text(json, "schema", GM_SNAPSHOT_SCHEMA);
    gm_json_key(json, "tool");
    gm_json_object(json);
    gm_json_put_text(json, "version", tool_version);
    gm_json_put_text(json, "data_date", data_date);
    gm_json_object_end(json);
    gm_json_put_text(json, "origin", snapshot->origin);
    gm_json_key(json, "keys");
    gm_json_array(json);
    for (size_t i = 0; i < snapshot->keys.count; i++)
        put_key(json, &snapshot->keys.items[i]);
    gm_json_array_end(json);
    put_python(json, &snapshot->python);
    gm_json_put_bool(json, "complete", snapshot->complete);
    gm_json_put_bool(json, "has_environment", snapshot->has_environment);
    gm_json_put_number(json, "other_packages", snapshot->other_packages);
    gm_json_key(json, "packages");
    gm_json_array(json);
    for (size_t i = 0; i < snapshot->packages.count; i++)
        put_package(json, &snapshot->packages.items[i]);
    gm_json_array_end(json);
    gm_json_key(json, "findings");
    gm_json_array(json);
    for (size_t i = 0; i < snapshot->findings.count; i++)
        put_finding(json, &snapshot->findings.items[i]);
    gm_json_array_end(json);
    gm_json_object_end(json);
}
