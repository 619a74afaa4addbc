/* SPDX-License-Identifier: MIT */
#include "model/finding.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static const char *const code_tokens[] = {
#define GM_ENUM(name, token) [GM_CODE_##name] = token,
    GM_CODES(GM_ENUM)
#undef GM_ENUM
};

const char *gm_code_token(gm_code code)
{
    return code_tokens[code];
}

const char *gm_severity_token(gm_severity severity)
{
    static const char *const tokens[] = {[GM_SEVERITY_NOTE] = "note",
                                         [GM_SEVERITY_WARNING] = "warning",
                                         [GM_SEVERITY_ERROR] = "error"};
    return tokens[severity];
}

const char *gm_confidence_token(gm_confidence confidence)
{
    static const char *const tokens[] = {[GM_CONFIDENCE_HIGH] = "high",
                                         [GM_CONFIDENCE_MEDIUM] = "medium",
                                         [GM_CONFIDENCE_LOW] = "low"};
    return tokens[confidence];
}

gm_finding *gm_finding_add(gm_arena *arena, gm_finding_list *list, gm_code code,
                           gm_severity severity)
{
    gm_finding *finding = GM_PUSH(arena, list);
    if (finding) {
        finding->code = code;
        finding->severity = severity;
    }
    return finding;
}

static gm_arg *add_arg(gm_arena *arena, gm_args *args, const char *name, const char *text)
{
    char *name_copy = gm_arena_text(arena, name), *text_copy = gm_arena_text(arena, text);
    gm_arg *arg = name_copy && text_copy ? GM_PUSH(arena, args) : NULL;
    if (arg) {
        arg->name = name_copy;
        arg->text = text_copy;
    }
    return arg;
}

void gm_args_text(gm_arena *arena, gm_args *args, const char *name, const char *text)
{
    if (text)
        add_arg(arena, args, name, text);
}

void gm_args_message(gm_arena *arena, gm_args *args, const char *name, const char *message_id)
{
    gm_arg *arg = message_id ? add_arg(arena, args, name, message_id) : NULL;
    if (arg)
        arg->is_message = true;
}

void gm_args_number(gm_arena *arena, gm_args *args, const char *name, int64_t number)
{
    char *text = gm_arena_printf(arena, "%" PRId64, number);
    gm_arg *arg = text ? add_arg(arena, args, name, text) : NULL;
    if (arg) {
        arg->is_number = true;
        arg->number = number;
    }
}

/* "a, b, c" in the arena; NULL without memory. */
static char *joined(gm_arena *arena, const char *const *items, size_t count)
{
    gm_text text = GM_TEXT_INIT;
    for (size_t i = 0; i < count; i++) {
        gm_text_add(&text, i ? ", " : "");
        gm_text_add(&text, items[i]);
    }
    char *copy = gm_arena_text_n(arena, text.data, text.size);
    gm_text_free(&text);
    return copy;
}

void gm_args_list(gm_arena *arena, gm_args *args, const char *name, const char *const *items,
                  size_t count)
{
    const char **copies = gm_arena_array(arena, count ? count : 1, sizeof *copies);
    char *text = joined(arena, items, count);
    for (size_t i = 0; copies && i < count; i++)
        if (!(copies[i] = gm_arena_text(arena, items[i])))
            return;
    gm_arg *arg = copies && text ? add_arg(arena, args, name, text) : NULL;
    if (arg) {
        arg->list = copies;
        arg->list_count = count;
    }
}

void gm_finding_evidence(gm_arena *arena, gm_finding *finding, const char *file, uint64_t offset,
                         const char *fact, const char *source)
{
    gm_evidence *evidence = finding ? GM_PUSH(arena, &finding->evidence) : NULL;
    if (!evidence)
        return;
    evidence->file = file ? gm_arena_text(arena, file) : NULL;
    evidence->fact = fact ? gm_arena_text(arena, fact) : NULL;
    evidence->source = source ? gm_arena_text(arena, source) : NULL;
    evidence->offset = offset;
}

void gm_finding_about(gm_arena *arena, gm_finding *finding, const char *package, int device)
{
    if (!finding)
        return;
    bool known = package == NULL;
    for (size_t i = 0; i < finding->packages.count && !known; i++)
        known = !strcmp(finding->packages.items[i], package);
    const char **name = known ? NULL : GM_PUSH(arena, &finding->packages);
    if (name && !(*name = gm_arena_text(arena, package)))
        finding->packages.count--;
    known = device < 0;
    for (size_t i = 0; i < finding->devices.count && !known; i++)
        known = finding->devices.items[i] == device;
    int *index = known ? NULL : GM_PUSH(arena, &finding->devices);
    if (index)
        *index = device;
}

const char *gm_args_find(const gm_args *args, const char *name)
{
    for (size_t i = 0; i < args->count; i++)
        if (!strcmp(args->items[i].name, name))
            return args->items[i].text;
    return NULL;
}

static void put_evidence(gm_json *json, const gm_evidence *evidence)
{
    gm_json_object(json);
    gm_json_put_text(json, "file", evidence->file);
    if (evidence->offset == GM_OFFSET_NONE)
        gm_json_put_null(json, "offset");
    else
        gm_json_put_number(json, "offset", evidence->offset);
    gm_json_put_text(json, "fact", evidence->fact);
    gm_json_put_text(json, "source", evidence->source);
    gm_json_object_end(json);
}

void gm_finding_put_evidence(gm_json *json, const gm_finding *finding)
{
    gm_json_key(json, "evidence");
    gm_json_array(json);
    for (size_t i = 0; i < finding->evidence.count; i++)
        put_evidence(json, &finding->evidence.items[i]);
    gm_json_array_end(json);
}

void gm_finding_put_packages(gm_json *json, const gm_finding *finding)
{
    gm_json_put_texts(json, "packages", finding->packages.items, finding->packages.count);
}
