/* SPDX-License-Identifier: MIT */
/* What is said about a name: a target, a version, a Toolkit, a GPU, a driver, a compute platform.
 */
#include <stdio.h>
#include <string.h>

#include "explain/internal.h"

/* A new match, NULL when there is one already. */
static gm_match *tell(gm_reading *r, const char *id, const char *kind, size_t at, size_t end,
                      const char *meaning)
{
    r->out->recognised = true;
    return !id || gm_shown_has(r, id) ? NULL : gm_shown_match(r, id, kind, at, end, meaning);
}

static void put_version(gm_reading *r, gm_match *match, const char *name, gm_version version)
{
    if (match && version.count >= 2)
        gm_args_text(r->arena, &match->args, name,
                     gm_arena_printf(r->arena, "%u.%u", version.part[0], version.part[1]));
}

static const char *sm_meaning(const gm_target *target, const gm_sm *sm)
{
    if (target->kind == GM_TARGET_COMPUTE)
        return "explain.arch.compute";
    if (target->suffix)
        return target->suffix == 'a' ? "explain.arch.specific" : "explain.arch.family";
    return sm->last_toolkit.count ? "explain.arch.dropped" : "explain.arch.sm";
}

static const char *capability_text(gm_arena *arena, unsigned number)
{
    return gm_arena_printf(arena, "%u.%u", number / 10, number % 10);
}

const char *gm_about_generation(const gm_sm *sm, gm_arena *arena)
{
    size_t size = strcspn(sm->architecture, "(");
    while (size && sm->architecture[size - 1] == ' ')
        size--;
    return gm_arena_text_n(arena, sm->architecture, size);
}

/* "Blackwell (RTX 50xx)" */
static const char *generation_and_cards(const gm_sm *sm, gm_arena *arena)
{
    const char *name = gm_about_generation(sm, arena);
    return name && sm->gpus ? gm_arena_printf(arena, "%s (%s)", name, sm->gpus) : name;
}

bool gm_about_target(gm_reading *r, const gm_target *target, size_t at, size_t end)
{
    gm_arena *arena = r->arena;
    char text[GM_TARGET_TEXT];
    gm_target device = gm_target_sm(target->number, 0);
    gm_sm sm = {0};
    gm_gfx gfx;
    const char *meaning = "explain.arch.unknown";
    if (target->kind == GM_TARGET_GFX && gm_catalog_gfx(r->catalog, target->name, &gfx))
        meaning = "explain.arch.gfx";
    else if (gm_catalog_sm(r->catalog, &device, &sm))
        meaning = sm_meaning(target, &sm);
    const char *id = gm_arena_text(arena, gm_target_format(target, text));
    gm_match *match = id ? tell(r, id, "arch", at, end, meaning) : NULL;
    if (!match)
        return false;
    gm_args_text(arena, &match->args, "target", id);
    if (!sm.architecture)
        return true;
    gm_args_text(arena, &match->args, "cc", capability_text(arena, target->number));
    gm_args_text(arena, &match->args, "architecture", generation_and_cards(&sm, arena));
    put_version(r, match, "first_toolkit", sm.first_toolkit);
    put_version(r, match, "last_toolkit", sm.last_toolkit);
    return true;
}

bool gm_about_version(gm_reading *r, const char *text, size_t at, size_t end)
{
    gm_arena *arena = r->arena;
    const char *variant = strchr(text, '+') + 1;
    gm_version cuda = gm_catalog_variant_cuda(variant);
    gm_vendor vendor = gm_catalog_variant_vendor(variant);
    const char *meaning = !strcmp(variant, "cpu")     ? "explain.version.cpu"
                          : cuda.count                ? "explain.version.cuda"
                          : vendor == GM_VENDOR_AMD   ? "explain.version.rocm"
                          : vendor == GM_VENDOR_INTEL ? "explain.version.xpu"
                                                      : "explain.version.other";
    gm_match *match = tell(r, text, "version", at, end, meaning);
    if (!match)
        return false;
    const char *release = gm_arena_text_n(arena, text, (size_t)(variant - 1 - text));
    gm_args_text(arena, &match->args, "release", release);
    gm_args_text(arena, &match->args, "variant", variant);
    if (cuda.count)
        gm_args_text(arena, &match->args, "cuda",
                     gm_arena_printf(arena, "%u.%u", cuda.part[0], cuda.part[1]));
    gm_build build;
    gm_os os = gm_os_of_wheels(r->out->machine.os);
    if (release && cuda.count &&
        gm_catalog_build_find(r->catalog, "torch", release, variant, os ? os : GM_OS_LINUX,
                              GM_CPU_X86_64, &build) &&
        build.code && *build.code) {
        match->meaning = "explain.version.cuda.code";
        gm_args_text(arena, &match->args, "code", build.code);
    }
    return true;
}

bool gm_about_toolkit(gm_reading *r, const gm_toolkit *toolkit, size_t at, size_t end)
{
    char text[GM_TARGET_TEXT];
    const char *id = gm_arena_printf(r->arena, "CUDA %s", toolkit->text);
    gm_match *match = tell(r, id, "toolkit", at, end, "explain.toolkit");
    if (!match)
        return false;
    gm_args_text(r->arena, &match->args, "toolkit", toolkit->text);
    gm_args_text(r->arena, &match->args, "date", toolkit->release_date);
    gm_args_text(r->arena, &match->args, "first", gm_target_format(&toolkit->sass_min, text));
    gm_args_text(r->arena, &match->args, "last", gm_target_format(&toolkit->sass_max, text));
    return true;
}

bool gm_about_list(gm_reading *r, const gm_target *first, const gm_target *last, const char *code,
                   size_t at, size_t end)
{
    char text[GM_TARGET_TEXT];
    gm_match *match = tell(r, "arch-list", "arch", at, end, "explain.arch.list");
    if (!match)
        return false;
    gm_args_text(r->arena, &match->args, "first", gm_target_format(first, text));
    gm_args_text(r->arena, &match->args, "last", gm_target_format(last, text));
    gm_args_text(r->arena, &match->args, "code", code);
    return true;
}

/* From which driver on, and up to which branch, the card is served: for a Linux system, and for
 * Windows where it differs. */
static void put_driver_range(gm_reading *r, gm_match *match, const gm_gpu *gpu, const char *name)
{
    static const gm_version any = {{0}, 0};
    gm_driver_range on_linux, on_windows;
    if (!gm_catalog_driver_range(r->catalog, GM_OS_LINUX, NULL, name, &gpu->targets[0], any,
                                 &on_linux) ||
        !gm_catalog_driver_range(r->catalog, GM_OS_WINDOWS, NULL, name, &gpu->targets[0], any,
                                 &on_windows))
        return;
    if (on_linux.after_last && on_linux.last) {
        match->meaning = "explain.gpu.until";
        gm_args_text(r->arena, &match->args, "last", on_linux.last);
    } else if (on_linux.first && on_windows.first && !on_linux.first_is_bound &&
               !on_windows.first_is_bound) {
        match->meaning = "explain.gpu.from";
        gm_args_text(r->arena, &match->args, "driver", on_linux.first);
        gm_args_text(r->arena, &match->args, "windows_driver", on_windows.first);
    }
}

bool gm_about_gpu(gm_reading *r, const gm_gpu *gpu, const char *name, size_t at, size_t end)
{
    gm_arena *arena = r->arena;
    gm_sm sm = {0};
    char text[GM_TARGET_TEXT];
    const char *meaning = gpu->target_count != 1 ? "explain.gpu.ambiguous"
                          : gm_catalog_sm(r->catalog, &gpu->targets[0], &sm) ? "explain.gpu"
                                                                             : "explain.gpu.other";
    gm_match *match = tell(r, name, "gpu", at, end, meaning);
    if (!match)
        return false;
    gm_args_text(arena, &match->args, "gpu", name);
    const char *list[GM_DEVICE_TARGETS] = {0};
    for (unsigned i = 0; i < gpu->target_count; i++)
        list[i] = gm_arena_text(arena, gm_target_format(&gpu->targets[i], text));
    if (gpu->target_count == 1)
        gm_args_text(arena, &match->args, "target", list[0]);
    else
        gm_args_list(arena, &match->args, "targets", list, gpu->target_count);
    if (!sm.architecture)
        return true;
    gm_args_text(arena, &match->args, "cc", capability_text(arena, gpu->targets[0].number));
    gm_args_text(arena, &match->args, "architecture", gm_about_generation(&sm, arena));
    put_version(r, match, "first_toolkit", sm.first_toolkit);
    put_driver_range(r, match, gpu, name);
    return true;
}

static bool tell_driver(gm_reading *r, const char *text, gm_version cuda, const char *meaning,
                        size_t at, size_t end)
{
    gm_match *match = cuda.count ? tell(r, text, "driver", at, end, meaning) : NULL;
    if (!match)
        return false;
    gm_args_text(r->arena, &match->args, "driver", text);
    put_version(r, match, "cuda", cuda);
    return true;
}

bool gm_about_driver(gm_reading *r, const char *text, gm_version driver, size_t at, size_t end)
{
    gm_os os = gm_os_of_driver(r->out->machine.os);
    if (os != GM_OS_WINDOWS && os != GM_OS_LINUX)
        os = GM_OS_LINUX; /* where it is not said, the levels of both nearly agree */
    gm_version cuda = gm_catalog_driver_cuda(r->catalog, os, driver);
    return tell_driver(r, text, cuda, "explain.driver", at, end);
}

bool gm_about_branch(gm_reading *r, const char *branch, size_t at, size_t end)
{
    gm_version cuda = gm_catalog_branch_cuda(r->catalog, branch);
    return tell_driver(r, branch, cuda, "explain.driver.branch", at, end);
}

bool gm_about_release(gm_reading *r, const char *text, size_t at, size_t end)
{
    gm_build newest = {0};
    const char *linux_variant = NULL, *windows_variant = NULL;
    gm_version version, release;
    if (!gm_version_parse(text, &version) || version.count < 2)
        return false;
    /* "2.7" is any release of that line; the newest stands for it. */
    for (size_t i = 0; i < gm_catalog_build_count(r->catalog); i++) {
        gm_build build;
        gm_catalog_build(r->catalog, i, &build);
        gm_version_read(build.release, &release);
        release.count = release.count < version.count ? release.count : version.count;
        if (!gm_version_compare(release, version))
            newest = build;
    }
    if (!newest.release)
        return false;
    gm_match *match = tell(r, text, "version", at, end, "explain.version.plain");
    if (!match)
        return false;
    for (size_t i = 0; i < gm_catalog_build_count(r->catalog); i++) {
        gm_build build;
        gm_catalog_build(r->catalog, i, &build);
        if (strcmp(build.release, newest.release) || !build.is_default ||
            build.cpu != GM_CPU_X86_64)
            continue;
        if (build.os == GM_OS_LINUX)
            linux_variant = build.variant;
        if (build.os == GM_OS_WINDOWS)
            windows_variant = build.variant;
    }
    gm_args_text(r->arena, &match->args, "release", newest.release);
    gm_args_text(r->arena, &match->args, "date", newest.date);
    if (linux_variant && windows_variant) {
        match->meaning = "explain.version.plain.default";
        gm_args_text(r->arena, &match->args, "linux", linux_variant);
        gm_args_text(r->arena, &match->args, "windows", windows_variant);
    }
    return true;
}

static const char *platform_meaning(const gm_build *build)
{
    switch (gm_catalog_variant_vendor(build->variant)) {
    case GM_VENDOR_NVIDIA:
        return "explain.platform.cuda";
    case GM_VENDOR_AMD:
        return "explain.platform.rocm";
    case GM_VENDOR_INTEL:
        return "explain.platform.xpu";
    default:
        return "explain.platform.cpu";
    }
}

bool gm_about_platform(gm_reading *r, const char *variant, size_t at, size_t end)
{
    gm_build first = {0}, last = {0};
    for (size_t i = 0; i < gm_catalog_build_count(r->catalog); i++) {
        gm_build build;
        gm_catalog_build(r->catalog, i, &build);
        if (strcmp(build.variant, variant) || build.doubtful)
            continue;
        first = first.release ? first : build;
        if (!last.release || strcmp(last.release, build.release) || build.os == GM_OS_LINUX)
            last = build;
    }
    if (!last.release)
        return false;
    gm_match *match = tell(r, last.variant, "platform", at, end, platform_meaning(&last));
    if (!match)
        return false;
    gm_version rocm = gm_catalog_variant_rocm(variant);
    gm_args_text(r->arena, &match->args, "variant", last.variant);
    gm_args_text(r->arena, &match->args, "first", first.release);
    gm_args_text(r->arena, &match->args, "last", last.release);
    gm_args_text(r->arena, &match->args, "code", last.code);
    gm_args_text(r->arena, &match->args, "index", last.index);
    put_version(r, match, "rocm", rocm);
    if (!last.cuda.count)
        return true;
    put_version(r, match, "cuda", last.cuda);
    gm_args_text(r->arena, &match->args, "driver",
                 gm_catalog_driver_floor(r->catalog, GM_OS_LINUX, last.cuda));
    gm_args_text(r->arena, &match->args, "windows_driver",
                 gm_catalog_driver_floor(r->catalog, GM_OS_WINDOWS, last.cuda));
    return true;
}
