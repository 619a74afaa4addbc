/* SPDX-License-Identifier: MIT */
#include "scan/archive.h"

#include <string.h>

#include "base/reader.h"
#include "gpucode/sniff.h"
#include "package/wheel.h"
#include "scan/ahead.h"
#include "scan/findings.h"
#include "store/archive.h"

struct unpacking {
    const gm_scan_out *out;
    gm_arena *arena; /* of the archive */
    gm_archive archive;
    gm_damage_list damage;
    const char *path;
    const char *package; /* name, where the archive is a wheel */
    unsigned depth;
    gm_ahead *ahead;
    bool found; /* some code, or something to say */
};

/* Most members hold nothing that matters, which their first bytes tell. */
static gm_status sniff(gm_source *source, gm_file_kind *ret_kind, gm_error *reterr)
{
    uint8_t head[GM_SNIFF_BYTES];
    gm_span seen = {head, 0};
    gm_status status = gm_source_read_full(source, 0, head, GM_SNIFF_FEW_BYTES, &seen.size, reterr);
    if (status == GM_OK && seen.size == GM_SNIFF_FEW_BYTES && gm_sniff_open(seen)) {
        size_t more;
        status = gm_source_read_full(source, seen.size, head + seen.size, sizeof head - seen.size,
                                     &more, reterr);
        seen.size += more;
    }
    *ret_kind = status == GM_OK ? gm_sniff(seen) : GM_FILE_OTHER;
    return status;
}

/* A broken stream may end before the first bytes are complete. */
static void note_source(const gm_source *source, gm_arena *arena, gm_damage_list *damage)
{
    if (source->damage)
        gm_damage_note(arena, damage, source->damage, source->damage_offset);
}

static gm_status scan_member(const gm_context *context, gm_member_reader *reader,
                             const gm_member *member, const char *path, bool deep,
                             gm_member_result *result)
{
    gm_file_kind kind;
    gm_damage_list damage = {.limit = context->limits.findings};
    gm_source *source = gm_member_open(reader, member);
    gm_status status = sniff(source, &kind, &result->error);
    if (status != GM_OK)
        return status;
    if (kind != GM_FILE_OTHER && kind != GM_FILE_EMPTY)
        return gm_scan_source(context, gm_member_open(reader, member), path, deep, result->arena,
                              &result->library, &result->error);
    note_source(source, result->arena, &damage);
    gm_scan_damage(result->arena, &result->library, &damage);
    return GM_OK;
}

static void read_member(void *user, const gm_context *context, gm_member_reader *reader,
                        const gm_member *member, gm_member_result *result)
{
    const struct unpacking *unpacking = user;
    gm_damage_list damage = {.limit = context->limits.findings};
    *result = (gm_member_result){.arena = gm_arena_new(context->limits.arena_bytes),
                                 .library = {.bytes = member->size_bytes, .complete = true}};
    const char *path = result->arena
                           ? gm_arena_printf(result->arena, "%s!/%s", unpacking->path, member->name)
                           : NULL;
    if (!path) {
        result->status = gm_fail(&result->error, GM_MEMORY, "memory", NULL, GM_OFFSET_NONE);
        return;
    }
    result->library.path = path;
    if (gm_member_readable(member))
        result->status =
            scan_member(context, reader, member, path, unpacking->out->options->deep, result);
    result->library.package = unpacking->package;
    if (result->status != GM_OK)
        return;
    gm_member_damage(member, result->arena, &damage);
    gm_scan_damage(result->arena, &result->library, &damage);
}

bool gm_scan_is_archive(const gm_library *library)
{
    return library->format && !strcmp(library->format, gm_file_kind_token(GM_FILE_ZIP));
}

static gm_status give(struct unpacking *unpacking, const gm_library *library, gm_arena *arena)
{
    if (library->modules.count || library->findings.count)
        unpacking->found = true;
    return unpacking->out->take(unpacking->out->user, library, arena);
}

/* An archive inside the archive. What is packed into a wheel is data of the package (arrays of
 * NumPy, say); in any other archive it may be what somebody means to install. */
static gm_status go_into(struct unpacking *unpacking, const gm_member *member,
                         gm_member_result *result, gm_error *reterr)
{
    const gm_scan_out *out = unpacking->out;
    bool can = !member->deflated && unpacking->depth + 1 < out->context->limits.nesting;
    if (!can && !unpacking->package)
        gm_scan_unsupported(result->arena, &result->library, "format.zip-inside");
    if (!can || unpacking->package)
        return give(unpacking, &result->library, result->arena);
    gm_member_reader *reader = gm_ahead_reader(unpacking->ahead);
    return gm_scan_archive(out, gm_member_open(reader, member), result->library.path, false,
                           unpacking->depth + 1, reterr);
}

static gm_status take_member(struct unpacking *unpacking, size_t index, gm_error *reterr)
{
    gm_member_result result;
    gm_ahead_take(unpacking->ahead, index, &result);
    gm_status status = result.status;
    if (gm_scan_is_fatal(status)) {
        if (reterr)
            *reterr = result.error;
    } else if (status != GM_OK) {
        gm_scan_failure(result.arena, &result.library, &result.error);
        status = give(unpacking, &result.library, result.arena);
    } else if (gm_scan_is_archive(&result.library)) {
        status = go_into(unpacking, &unpacking->archive.members.items[index], &result, reterr);
    } else {
        status = give(unpacking, &result.library, result.arena);
    }
    gm_arena_free(result.arena);
    return status;
}

/* What there is to say of the archive itself. `problem` is why it could not be read, NULL if it
 * could. */
static gm_status take_archive(struct unpacking *unpacking, bool named, const gm_error *problem)
{
    gm_library library = {.path = unpacking->path,
                          .format = gm_file_kind_token(GM_FILE_ZIP),
                          .bytes = unpacking->archive.source->size_bytes,
                          .package = unpacking->package,
                          .complete = true};
    if (problem)
        gm_scan_failure(unpacking->arena, &library, problem);
    gm_scan_damage(unpacking->arena, &library, &unpacking->damage);
    if (named && !unpacking->found && !library.findings.count)
        gm_scan_no_code(unpacking->arena, &library, NULL);
    return library.findings.count ? give(unpacking, &library, unpacking->arena) : GM_OK;
}

static gm_status read_package(struct unpacking *unpacking, gm_error *reterr)
{
    const gm_scan_out *out = unpacking->out;
    gm_package package;
    bool found;
    gm_status status =
        gm_wheel_read(&unpacking->archive, gm_ahead_reader(unpacking->ahead), unpacking->path,
                      unpacking->arena, &package, &found, &unpacking->damage, reterr);
    if (gm_scan_is_fatal(status))
        return status;
    if (status != GM_OK)
        gm_damage_note(unpacking->arena, &unpacking->damage, "wheel-metadata", 0);
    if (status != GM_OK || !found)
        return GM_OK;
    unpacking->package = package.name;
    return out->options->package ? out->options->package(out->user, &package, reterr) : GM_OK;
}

static gm_status scan_members(struct unpacking *unpacking, bool named, gm_error *reterr)
{
    const gm_scan_out *out = unpacking->out;
    gm_error problem;
    gm_status status = gm_archive_read(out->context, unpacking->archive.source, unpacking->arena,
                                       &unpacking->archive, &unpacking->damage, &problem);
    if (gm_scan_is_fatal(status)) {
        if (reterr)
            *reterr = problem;
        return status;
    }
    if (status != GM_OK)
        return take_archive(unpacking, named, &problem);
    unpacking->ahead =
        gm_ahead_begin(out->context, &unpacking->archive, unpacking->path, read_member, unpacking);
    if (!unpacking->ahead)
        return gm_fail(reterr, GM_MEMORY, "memory", unpacking->path, GM_OFFSET_NONE);
    status = read_package(unpacking, reterr);
    for (size_t i = 0; status == GM_OK && i < unpacking->archive.members.count; i++) {
        status = take_member(unpacking, i, reterr);
        if (status == GM_OK && gm_context_cancelled(out->context))
            status = gm_fail(reterr, GM_CANCELLED, "cancelled", unpacking->path, GM_OFFSET_NONE);
    }
    gm_ahead_end(unpacking->ahead);
    return status == GM_OK ? take_archive(unpacking, named, NULL) : status;
}

gm_status gm_scan_archive(const gm_scan_out *out, gm_source *source, const char *path, bool named,
                          unsigned depth, gm_error *reterr)
{
    struct unpacking unpacking = {.out = out,
                                  .arena = gm_arena_new(out->context->limits.arena_bytes),
                                  .archive = {.source = source},
                                  .damage = {.limit = out->context->limits.findings},
                                  .path = path,
                                  .depth = depth};
    gm_status status = unpacking.arena ? scan_members(&unpacking, named, reterr)
                                       : gm_fail(reterr, GM_MEMORY, "memory", path, GM_OFFSET_NONE);
    gm_arena_free(unpacking.arena);
    return status;
}
