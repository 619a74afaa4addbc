/* SPDX-License-Identifier: MIT */
#include "judge/case.h"

#include <string.h>

#include "base/error.h"
#include "base/lookup.h"

const char *gm_version_string(gm_arena *arena, gm_version version)
{
    if (version.count < 2)
        return version.count ? gm_arena_printf(arena, "%u", version.part[0]) : NULL;
    return gm_arena_printf(arena, "%u.%u", version.part[0], version.part[1]);
}

static const char *package_label(gm_case *c)
{
    const gm_package *package = c->package;
    if (!package->version)
        return package->name;
    return gm_arena_printf(c->arena, "%s %s", package->name, package->version);
}

gm_finding *gm_decide(gm_case *c, gm_verdict verdict, gm_code code, gm_severity severity)
{
    c->outcome->reasons.has[code] = true;
    if (verdict > c->outcome->verdict)
        c->outcome->verdict = verdict;
    if (!c->findings)
        return NULL;
    size_t most = c->options ? c->options->findings_max : 0;
    if (most && c->findings->count >= most) {
        c->findings->dropped++;
        return NULL;
    }
    gm_finding *finding = gm_finding_add(c->arena, c->findings, code, severity);
    if (!finding)
        return NULL;
    gm_args *args = &finding->args;
    const gm_driver *driver = &c->machine->driver;
    char target[GM_TARGET_TEXT] = "";
    if (c->target.kind != GM_TARGET_NONE)
        gm_target_format(&c->target, target);
    if (c->package->label)
        gm_args_message(c->arena, args, "package", c->package->label);
    else
        gm_args_text(c->arena, args, "package", package_label(c));
    if (c->device)
        gm_args_text(c->arena, args, "gpu", c->device->name ? c->device->name : target);
    gm_args_text(c->arena, args, "target", *target ? target : NULL);
    gm_args_text(c->arena, args, "driver", driver->text);
    gm_args_text(c->arena, args, "driver_cuda", gm_version_string(c->arena, c->driver.cuda));
    gm_args_text(c->arena, args, "cuda", gm_version_string(c->arena, c->package->cuda));
    gm_finding_about(c->arena, finding, c->package->name, c->device ? c->device->index : -1);
    return finding;
}

static void drop_arg(gm_finding *finding, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; finding && i < finding->args.count; i++)
        if (strcmp(finding->args.items[i].name, name))
            finding->args.items[kept++] = finding->args.items[i];
    if (finding)
        finding->args.count = kept;
}

gm_finding *gm_for_any_gpu(gm_finding *finding)
{
    drop_arg(finding, "gpu");
    drop_arg(finding, "target");
    return finding;
}

gm_finding *gm_for_any_package(gm_finding *finding)
{
    drop_arg(finding, "package");
    drop_arg(finding, "cuda");
    return gm_for_any_gpu(finding);
}

void gm_finding_row(gm_case *c, gm_finding *finding, const char *fact, gm_row_source row)
{
    if (!finding)
        return;
    const char *source = row.table ? gm_arena_printf(c->arena, "data/%s: %s", row.table,
                                                     row.source ? row.source : "-")
                                   : NULL;
    gm_finding_evidence(c->arena, finding, NULL, GM_OFFSET_NONE, fact, source);
    if (row.confidence > finding->confidence)
        finding->confidence = row.confidence;
}

static bool same_args(const gm_args *a, const gm_args *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i].name, b->items[i].name) ||
            !gm_text_equal(a->items[i].text, b->items[i].text))
            return false;
    return true;
}

static bool same_finding(const gm_finding *a, const gm_finding *b)
{
    return a->code == b->code && gm_text_equal(a->variant, b->variant) &&
           same_args(&a->args, &b->args);
}

/* FNV-1a */
static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t hash_of(const gm_finding *finding)
{
    uint64_t hash = mix_text(UINT64_C(0xcbf29ce484222325) + finding->code, finding->variant);
    for (size_t i = 0; i < finding->args.count; i++)
        hash = mix_text(mix_text(hash, finding->args.items[i].name), finding->args.items[i].text);
    return hash;
}

/* The place for a finding: where the same one stands, else a free one. */
static size_t *place_of(const gm_finding_index *index, const gm_finding_list *list,
                        const gm_finding *finding)
{
    size_t at = (size_t)hash_of(finding) & (index->capacity - 1);
    while (index->places[at] && !same_finding(&list->items[index->places[at] - 1], finding))
        at = (at + 1) & (index->capacity - 1);
    return &index->places[at];
}

/* At most half of the places are taken. */
static bool make_room(gm_arena *arena, gm_finding_index *index, const gm_finding_list *list)
{
    gm_finding_index larger = {.capacity = index->capacity ? 2 * index->capacity : 64,
                               .count = index->count};
    if (2 * (index->count + 1) <= index->capacity)
        return true;
    larger.places = gm_arena_array(arena, larger.capacity, sizeof *larger.places);
    if (!larger.places)
        return false;
    for (size_t i = 0; i < index->capacity; i++)
        if (index->places[i])
            *place_of(&larger, list, &list->items[index->places[i] - 1]) = index->places[i];
    *index = larger;
    return true;
}

static void add_about(gm_arena *arena, gm_finding *to, const gm_finding *from)
{
    for (size_t i = 0; i < from->packages.count; i++)
        gm_finding_about(arena, to, from->packages.items[i], -1);
    for (size_t i = 0; i < from->devices.count; i++)
        gm_finding_about(arena, to, NULL, from->devices.items[i]);
}

void gm_findings_merge(gm_arena *arena, gm_finding_index *index, gm_finding_list *to,
                       const gm_finding_list *from)
{
    for (size_t i = 0; i < from->count && make_room(arena, index, to); i++) {
        const gm_finding *finding = &from->items[i];
        size_t *place = place_of(index, to, finding);
        if (*place) {
            add_about(arena, &to->items[*place - 1], finding);
            continue;
        }
        gm_finding *added = gm_finding_add(arena, to, finding->code, finding->severity);
        if (!added)
            return;
        *added = *finding;
        *place = to->count;
        index->count++;
    }
    to->dropped += from->dropped;
}

bool gm_package_is_cpu(const gm_package *package)
{
    return gm_text_equal(package->variant, "cpu");
}

gm_vendor gm_package_vendor(const gm_package *package)
{
    gm_vendor vendor =
        package->variant ? gm_catalog_variant_vendor(package->variant) : GM_VENDOR_UNKNOWN;
    for (size_t i = 0; vendor == GM_VENDOR_UNKNOWN && i < package->libraries.count; i++) {
        const gm_library *library = &package->libraries.items[i];
        for (size_t k = 0; vendor == GM_VENDOR_UNKNOWN && k < library->images.count; k++)
            vendor = gm_target_vendor(&library->images.items[k].target);
    }
    return vendor == GM_VENDOR_UNKNOWN && package->cuda.count ? GM_VENDOR_NVIDIA : vendor;
}
