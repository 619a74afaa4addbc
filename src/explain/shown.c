/* SPDX-License-Identifier: MIT */
/* What the report shows of an explanation: matches and the list of facts. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "explain/internal.h"

#define EXCERPT_BYTES 150 /* enough to recognise the place by */

gm_match *gm_shown_match(gm_reading *r, const char *id, const char *kind, size_t at, size_t end,
                         const char *meaning)
{
    gm_placed *placed = GM_PUSH(r->arena, &r->matches);
    size_t size = end - at;
    if (!placed)
        return NULL;
    if (size > EXCERPT_BYTES)
        size = gm_utf8_floor(r->flat.text + at, EXCERPT_BYTES);
    gm_capture excerpt = {GM_FIELD_any, at, size, false};
    const char *text = gm_capture_line(&r->flat, &excerpt, r->arena);
    if (text && size < end - at)
        text = gm_arena_printf(r->arena, "%s…", text);
    placed->at = at;
    placed->number = r->matches.count;
    placed->match = (gm_match){id, kind, text ? text : "", meaning, {0}};
    return &placed->match;
}

bool gm_shown_has(const gm_reading *r, const char *id)
{
    for (size_t i = 0; i < r->matches.count; i++)
        if (!strcmp(r->matches.items[i].match.id, id))
            return true;
    return false;
}

static void put(gm_reading *r, const char *name, const char *text)
{
    gm_fact *fact = text ? GM_PUSH(r->arena, &r->out->shown.facts) : NULL;
    if (fact)
        *fact = (gm_fact){.name = name, .text = text};
}

static void put_version(gm_reading *r, const char *name, gm_version version)
{
    if (version.count >= 2)
        put(r, name, gm_arena_printf(r->arena, "%u.%u", version.part[0], version.part[1]));
}

static void put_target(gm_reading *r, const char *name, const gm_target *target)
{
    char text[GM_TARGET_TEXT];
    if (target->kind != GM_TARGET_NONE)
        put(r, name, gm_arena_text(r->arena, gm_target_format(target, text)));
}

static void put_code(gm_reading *r, const char *code)
{
    GM_LIST(const char *) list = {0};
    for (const char *at = code; *at;) {
        size_t size = strcspn(at, " ");
        const char **item = GM_PUSH(r->arena, &list);
        if (!item || !(*item = gm_arena_text_n(r->arena, at, size)))
            return;
        at += size;
        at += strspn(at, " ");
    }
    gm_fact *fact = GM_PUSH(r->arena, &r->out->shown.facts);
    if (fact)
        *fact = (gm_fact){.name = "targets", .list = list.items, .list_count = list.count};
}

static void put_toolkit(gm_reading *r)
{
    gm_version version;
    gm_toolkit toolkit;
    put(r, "toolkit", r->out->toolkit);
    if (!r->out->toolkit || !gm_version_read(r->out->toolkit, &version) ||
        !gm_catalog_toolkit(r->catalog, version, &toolkit))
        return;
    put_target(r, "target_min", &toolkit.sass_min);
    put_target(r, "target_max", &toolkit.sass_max);
}

/* What went wrong comes before what only names something. */
static int rank_of(const gm_placed *placed)
{
    const gm_match *match = &placed->match;
    static const char *const kinds[] = {"error", "warning", "question", "term", "platform"};
    static const int ranks[] = {0, 0, 1, 2, 2};
    if (placed->remark)
        return 1;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(match->kind, kinds[i]))
            return ranks[i];
    return 3;
}

/* For qsort: by rank, then as in the text, then as they were found. */
static int compare_places(const void *a, const void *b)
{
    const gm_placed *left = a, *right = b;
    int ranks = rank_of(left) - rank_of(right);
    if (ranks)
        return ranks;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

void gm_shown_finish(gm_reading *r)
{
    gm_explanation *out = r->out;
    if (r->matches.count)
        qsort(r->matches.items, r->matches.count, sizeof *r->matches.items, compare_places);
    out->only_terms = r->matches.count > 0;
    for (size_t i = 0; i < r->matches.count; i++) {
        out->only_terms = out->only_terms && !strcmp(r->matches.items[i].match.kind, "term");
        gm_match *match = GM_PUSH(r->arena, &out->shown.matches);
        if (match)
            *match = r->matches.items[i].match;
    }
    const gm_machine *machine = &out->machine;
    const gm_device *device = machine->devices.count ? &machine->devices.items[0] : NULL;
    put(r, "device", device ? device->name : NULL);
    put(r, "pci", device ? device->pci : NULL);
    put_target(r, "target", &out->target);
    if (out->code && !out->code_is_range)
        put_code(r, out->code);
    put(r, "torch", out->torch);
    put_version(r, "cuda", out->cuda);
    put(r, "driver", machine->driver.text);
    put_version(r, "driver_cuda", machine->driver.cuda);
    put_toolkit(r);
    put(r, "requires_cuda", out->requires_cuda);
    put_version(r, "python", machine->python.version);
    put(r, "os", gm_os_token(machine->os));
    gm_fact *error = out->error >= 0 ? GM_PUSH(r->arena, &out->shown.facts) : NULL;
    if (error)
        *error = (gm_fact){.name = "error", .is_number = true, .number = out->error};
}
