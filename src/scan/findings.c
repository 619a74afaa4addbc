/* SPDX-License-Identifier: MIT */
#include "scan/findings.h"

#include "base/error.h"

/* Evidence of the binary itself needs no table row. */
static void about_file(gm_arena *arena, gm_library *library, gm_finding *finding, uint64_t offset)
{
    gm_args_text(arena, &finding->args, "file", library->path);
    gm_finding_evidence(arena, finding, library->path, offset, NULL, NULL);
}

void gm_scan_damage(gm_arena *arena, gm_library *library, const gm_damage_list *damage)
{
    for (size_t i = 0; i < damage->notes.count; i++) {
        const gm_damage *note = &damage->notes.items[i];
        gm_finding *finding =
            gm_finding_add(arena, &library->findings, GM_CODE_DAMAGED, GM_SEVERITY_ERROR);
        char *message = finding ? gm_arena_printf(arena, "damage.%s", note->id) : NULL;
        if (!message)
            break;
        about_file(arena, library, finding, note->offset);
        gm_args_message(arena, &finding->args, "what", message);
        gm_args_number(arena, &finding->args, "offset", (int64_t)note->offset);
    }
    library->findings.dropped += damage->dropped;
    if (damage->notes.count || damage->dropped)
        library->complete = false;
}

void gm_scan_unsupported(gm_arena *arena, gm_library *library, const char *format)
{
    gm_finding *finding =
        gm_finding_add(arena, &library->findings, GM_CODE_UNREADABLE, GM_SEVERITY_WARNING);
    library->complete = false;
    if (!finding)
        return;
    finding->variant = "unsupported";
    about_file(arena, library, finding, GM_OFFSET_NONE);
    gm_args_message(arena, &finding->args, "what", format);
}

void gm_scan_no_code(gm_arena *arena, gm_library *library, const char *variant)
{
    gm_finding *finding =
        gm_finding_add(arena, &library->findings, GM_CODE_NO_GPU_CODE, GM_SEVERITY_NOTE);
    if (!finding)
        return;
    finding->variant = variant;
    about_file(arena, library, finding, GM_OFFSET_NONE);
}

void gm_scan_unreadable(gm_arena *arena, gm_library *library, const char *reason)
{
    gm_finding *finding =
        gm_finding_add(arena, &library->findings, GM_CODE_UNREADABLE, GM_SEVERITY_ERROR);
    library->complete = false;
    if (!finding)
        return;
    about_file(arena, library, finding, GM_OFFSET_NONE);
    gm_args_message(arena, &finding->args, "reason", reason);
}

void gm_scan_mismatch(gm_arena *arena, gm_library *library, const gm_image *image)
{
    char outer[GM_TARGET_TEXT], inner[GM_TARGET_TEXT];
    gm_finding *finding =
        gm_finding_add(arena, &library->findings, GM_CODE_TARGET_MISMATCH, GM_SEVERITY_WARNING);
    if (!finding)
        return;
    about_file(arena, library, finding, image->offset);
    gm_args_text(arena, &finding->args, "target", gm_target_format(&image->target, outer));
    gm_args_text(arena, &finding->args, "inner", gm_target_format(&image->payload->target, inner));
    gm_args_number(arena, &finding->args, "offset", (int64_t)image->offset);
}
