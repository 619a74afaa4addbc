/* SPDX-License-Identifier: MIT */
/* Rules 1, 2, 3, 6 and 9 of the product's plan, as they apply to the code of one library. */
#include <string.h>

#include "base/error.h"
#include "catalog/catalog.h"
#include "judge/judge.h"

/* What one image is to a device, best last: a module takes the best of its images. */
typedef enum fit {
    FIT_FOREIGN, /* another vendor, or nothing that can be loaded by itself: does not speak */
    FIT_OTHER,   /* newer than the device: a feature for other GPUs */
    FIT_SUFFIX,  /* 'a' or 'f' code of another GPU, features that differ */
    FIT_HOLE,    /* older or otherwise unusable */
    FIT_TEGRA,   /* integrated against discrete */
    FIT_TOO_NEW, /* PTX that this driver does not know */
    FIT_MAYBE,   /* a fact is missing */
    FIT_PTX,
    FIT_PACKED, /* machine code that fits, but cannot be decompressed; hides PTX beside it */
    FIT_SASS
} fit;

/* What an image came to. Libraries have thousands of images of a few kinds: each is looked up once.
 */
struct seen {
    const gm_image *image; /* the first of its kind */
    fit fit;
    bool suffixed;    /* would fit but for its suffix or features */
    gm_version maker; /* of PTX in use: the newest toolkit that could have written it */
};
#define SEEN_MAX 64

struct viewer {
    const gm_catalog *catalog;
    const gm_target *device;
    const gm_driver *driver;
    gm_os os;
    gm_version toolkit;
    bool zstd_ok;
    struct seen seen[SEEN_MAX];
    size_t seen_count, seen_last;
};

static bool same_major(const gm_target *a, const gm_target *b)
{
    return a->number / 10 == b->number / 10;
}

static gm_target as_sm(const gm_target *target)
{
    return gm_target_sm(target->number, target->suffix);
}

/* An NVIDIA image without usable code: why not. */
static fit misfit(const struct viewer *viewer, const gm_image *image)
{
    if (image->target.suffix)
        return FIT_SUFFIX;
    return image->target.number > viewer->device->number ? FIT_OTHER : FIT_HOLE;
}

/* Would the image run if its target had no suffix? */
static bool only_suffix(const struct viewer *viewer, const gm_image *image)
{
    gm_target plain = gm_target_sm(image->target.number, 0);
    if (image->target.kind == GM_TARGET_GFX)
        return true;
    return image->kind == GM_IMAGE_PTX
               ? plain.number <= viewer->device->number
               : gm_catalog_sass_runs(viewer->catalog, &plain, viewer->device, NULL);
}

/* Discrete code on an integrated GPU: only builds of a unified toolkit, and only on a driver of
 * that generation (L4T R39 brings CUDA 13.2, data/cuda_toolkits.tsv). */
static bool unified_ok(const struct viewer *viewer, gm_version unified)
{
    bool driver_ok =
        viewer->driver->state != GM_KNOWN || gm_version_compare(viewer->driver->cuda, unified) >= 0;
    return driver_ok && viewer->toolkit.count && gm_version_compare(viewer->toolkit, unified) >= 0;
}

static fit fit_sass(const struct viewer *viewer, const gm_image *image, gm_cover *cover)
{
    gm_target plain = gm_target_sm(image->target.number, 0);
    gm_target device = gm_target_sm(viewer->device->number, 0);
    gm_version unified;
    if (gm_catalog_sass_runs(viewer->catalog, &image->target, &device, &unified)) {
        if (unified.count && !unified_ok(viewer, unified)) {
            cover->unified_toolkit = unified;
            return FIT_TEGRA;
        }
        return image->compression == GM_COMPRESSION_ZSTD && !viewer->zstd_ok ? FIT_PACKED
                                                                             : FIT_SASS;
    }
    gm_sm code_row, device_row;
    if (same_major(&plain, &device) && plain.number <= device.number &&
        gm_catalog_sm(viewer->catalog, &plain, &code_row) &&
        gm_catalog_sm(viewer->catalog, &device, &device_row) && code_row.tegra != device_row.tegra)
        return FIT_TEGRA;
    return misfit(viewer, image);
}

/* Can this driver compile PTX of an image? Where the ISA version is not known, the toolkits that
 * know its target bound it from both sides. */
static fit fit_isa(const struct viewer *viewer, const gm_image *image)
{
    if (viewer->driver->state != GM_KNOWN)
        return FIT_PTX;
    gm_version level = viewer->driver->cuda, need = {{0}, 0};
    if (!level.count)
        return FIT_MAYBE;
    if (image->ptx_isa) {
        need = gm_catalog_ptx_cuda(viewer->catalog, image->ptx_isa);
        if (!need.count)
            return FIT_MAYBE;
        return gm_version_compare(need, level) <= 0 ? FIT_PTX : FIT_TOO_NEW;
    }
    gm_target sm = as_sm(&image->target);
    gm_sm row;
    if (!gm_catalog_sm(viewer->catalog, &sm, &row))
        return FIT_MAYBE;
    if (gm_version_compare(row.first_toolkit, level) > 0)
        return FIT_TOO_NEW;
    return row.last_toolkit.count && gm_version_compare(row.last_toolkit, level) <= 0 ? FIT_PTX
                                                                                      : FIT_MAYBE;
}

static fit fit_ptx(const struct viewer *viewer, const gm_image *image)
{
    const gm_target *code = &image->target;
    gm_target sm = as_sm(code), device = gm_target_sm(viewer->device->number, 0);
    bool compiles = code->number <= device.number;
    if (code->suffix == 'a')
        compiles = code->number == device.number;
    else if (code->suffix == 'f')
        compiles = gm_catalog_in_family(viewer->catalog, &sm, &device);
    if (!compiles)
        return misfit(viewer, image);
    if (image->compression == GM_COMPRESSION_ZSTD && !viewer->zstd_ok)
        return FIT_PACKED;
    return fit_isa(viewer, image);
}

/* A feature of AMD code (xnack, sramecc) against the device's: 0 on either side is "not said". */
static fit fit_feature(char code, char device)
{
    if (!code || code == device)
        return FIT_SASS;
    return device ? FIT_SUFFIX : FIT_MAYBE;
}

static fit fit_gfx(const struct viewer *viewer, const gm_image *image)
{
    const gm_target *code = &image->target, *device = viewer->device;
    gm_gfx row;
    bool generic = gm_catalog_gfx(viewer->catalog, device->name, &row) && row.generic &&
                   !strcmp(row.generic, code->name);
    if (!generic && strcmp(code->name, device->name))
        return FIT_HOLE;
    fit xnack = fit_feature(code->xnack, device->xnack);
    fit sramecc = fit_feature(code->sramecc, device->sramecc);
    return xnack < sramecc ? xnack : sramecc;
}

static fit fit_image(const struct viewer *viewer, const gm_image *image, gm_cover *cover)
{
    gm_target_kind device = viewer->device->kind;
    if (image->target.kind == GM_TARGET_GFX)
        return device == GM_TARGET_GFX ? fit_gfx(viewer, image) : FIT_FOREIGN;
    if (image->target.kind == GM_TARGET_INTEL) {
        if (device != GM_TARGET_INTEL)
            return FIT_FOREIGN;
        return strcmp(image->target.name, viewer->device->name) ? FIT_HOLE : FIT_SASS;
    }
    if (device != GM_TARGET_SM)
        return FIT_FOREIGN;
    if (image->kind == GM_IMAGE_SASS || image->kind == GM_IMAGE_MERCURY)
        return fit_sass(viewer, image, cover);
    return image->kind == GM_IMAGE_PTX ? fit_ptx(viewer, image) : FIT_FOREIGN;
}

/* The newest toolkit that could have written this PTX: by its ISA version, else the last one that
 * knows its target. Count 0: it may be a current one. */
static gm_version newest_maker(const gm_catalog *catalog, const gm_image *image)
{
    gm_version newest = {{0}, 0};
    if (image->ptx_isa)
        newest = gm_catalog_ptx_newest(catalog, image->ptx_isa);
    if (newest.count)
        return newest;
    gm_target sm = as_sm(&image->target);
    gm_sm row;
    return gm_catalog_sm(catalog, &sm, &row) ? row.last_toolkit : (gm_version){{0}, 0};
}

static bool same_kind(const gm_image *a, const gm_image *b)
{
    return a->kind == b->kind && a->compression == b->compression && a->ptx_isa == b->ptx_isa &&
           gm_target_equal(&a->target, &b->target);
}

/* Modules list their images in the same order: the next kind is most often behind the last. */
static struct seen look(struct viewer *viewer, const gm_image *image, gm_cover *cover)
{
    for (size_t i = 1; i <= viewer->seen_count; i++) {
        size_t at = (viewer->seen_last + i) % viewer->seen_count;
        if (!same_kind(viewer->seen[at].image, image))
            continue;
        viewer->seen_last = at;
        return viewer->seen[at];
    }
    struct seen seen = {.image = image, .fit = fit_image(viewer, image, cover)};
    seen.suffixed = seen.fit == FIT_SUFFIX && only_suffix(viewer, image);
    if (seen.fit == FIT_PTX)
        seen.maker = newest_maker(viewer->catalog, image);
    if (viewer->seen_count < SEEN_MAX) {
        viewer->seen_last = viewer->seen_count;
        viewer->seen[viewer->seen_count++] = seen;
    }
    return seen;
}

struct module_view {
    fit best;
    bool suffixed;       /* an image would fit but for its suffix or features */
    uint16_t lowest_isa; /* of the PTX that is too new */
    const gm_image *ptx; /* PTX in use: the driver takes the highest target */
    gm_version maker;    /* of that PTX */
};

/* `part`: a prelinked part, of which only PTX is looked at; relocatable code does not run by itself
 * anywhere else. */
static struct module_view view_module(struct viewer *viewer, const gm_library *library,
                                      const gm_module *module, bool part, gm_cover *cover)
{
    struct module_view view = {.best = FIT_FOREIGN};
    for (size_t i = 0; i < module->image_count; i++) {
        const gm_image *image = &library->images.items[module->first_image + i];
        if (part ? image->kind != GM_IMAGE_PTX : image->relocatable)
            continue;
        struct seen now = look(viewer, image, cover);
        if (now.fit > view.best)
            view.best = now.fit;
        view.suffixed = view.suffixed || now.suffixed;
        if (now.fit == FIT_TOO_NEW && (!view.lowest_isa || image->ptx_isa < view.lowest_isa))
            view.lowest_isa = image->ptx_isa;
        if (now.fit == FIT_PTX && (!view.ptx || image->target.number > view.ptx->target.number)) {
            view.ptx = image;
            view.maker = now.maker;
        }
    }
    return view;
}

/* A linked module whose own code does not serve the device: the driver links the PTX of its parts
 * anew, when all of them have some that it can compile. */
static void relink(struct viewer *viewer, const gm_library *library, gm_cover *cover,
                   struct module_view *view)
{
    struct module_view worst = {.best = FIT_SASS};
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        if (module->registration != GM_MODULE_PRELINKED)
            continue;
        struct module_view part = view_module(viewer, library, module, true, cover);
        if (part.best < worst.best)
            worst = part;
    }
    if (worst.best != FIT_SASS && worst.best > view->best)
        *view = worst;
}

static void count_ptx(gm_cover *cover, gm_version maker, size_t modules)
{
    cover->ptx += modules;
    if (maker.count &&
        (!cover->ptx_toolkit.count || gm_version_compare(maker, cover->ptx_toolkit) < 0))
        cover->ptx_toolkit = maker;
}

/* `modules` of the same code. */
static void count_module(gm_cover *cover, const struct module_view *view, size_t modules)
{
    cover->modules += view->best != FIT_FOREIGN ? modules : 0;
    cover->suffixed += view->best <= FIT_HOLE && view->suffixed ? modules : 0;
    switch (view->best) {
    case FIT_FOREIGN:
        break;
    case FIT_SASS:
        cover->sass += modules;
        break;
    case FIT_PTX:
        count_ptx(cover, view->maker, modules);
        break;
    case FIT_PACKED:
        cover->compressed += modules;
        break;
    case FIT_MAYBE:
        cover->maybe += modules;
        break;
    case FIT_TOO_NEW:
        cover->too_new += modules;
        if (!cover->needs_isa || view->lowest_isa > cover->needs_isa)
            cover->needs_isa = view->lowest_isa;
        break;
    case FIT_TEGRA:
        cover->tegra += modules;
        break;
    case FIT_SUFFIX:
    case FIT_OTHER:
        cover->other_gpus += modules;
        break;
    case FIT_HOLE:
        cover->holes += modules;
        break;
    }
}

/* Where the first module lies that has no code for the device, and the first that has PTX. One that
 * is made for other GPUs only counts where there is no other. */
static void note_place(gm_cover *cover, const struct module_view *view, const gm_module *module)
{
    bool other = view->best == FIT_OTHER || view->best == FIT_SUFFIX;
    bool unserved = view->best >= FIT_HOLE && view->best != FIT_PTX && view->best != FIT_SASS;
    bool first =
        cover->unserved_offset == GM_OFFSET_NONE ||
        (cover->holes + cover->tegra + cover->too_new + cover->maybe + cover->compressed == 0);
    if (first && (unserved || (other && cover->unserved_offset == GM_OFFSET_NONE)))
        cover->unserved_offset = module->offset;
    if (view->best == FIT_PTX && cover->ptx_offset == GM_OFFSET_NONE)
        cover->ptx_offset = module->offset;
}

gm_cover gm_cover_library(const gm_catalog *catalog, const gm_library *library,
                          const gm_target *device, const gm_driver *driver, gm_os os,
                          gm_version toolkit)
{
    struct viewer viewer; /* what was seen is not cleared: there is much room for it */
    viewer.catalog = catalog;
    viewer.device = device;
    viewer.driver = driver;
    viewer.os = os;
    viewer.toolkit = toolkit;
    viewer.zstd_ok = true;
    viewer.seen_count = viewer.seen_last = 0;
    gm_version zstd_first;
    const char *zstd = gm_catalog_driver_zstd(catalog, gm_os_of_driver(os));
    gm_cover cover = {.unserved_offset = GM_OFFSET_NONE, .ptx_offset = GM_OFFSET_NONE};
    if (driver->state == GM_KNOWN && zstd && gm_version_parse(zstd, &zstd_first))
        viewer.zstd_ok =
            !driver->version.count || gm_version_compare(driver->version, zstd_first) >= 0;
    for (size_t i = 0; i < library->modules.count; i++) {
        const gm_module *module = &library->modules.items[i];
        if (!gm_module_counts(module))
            continue;
        struct module_view view = view_module(&viewer, library, module, false, &cover);
        if (module->registration == GM_MODULE_LINKED && view.best < FIT_PTX)
            relink(&viewer, library, &cover, &view);
        note_place(&cover, &view, module);
        count_module(&cover, &view, module->alike + 1);
    }
    return cover;
}

gm_coverage gm_cover_coverage(const gm_cover *cover)
{
    size_t covered = cover->sass + cover->ptx;
    if (covered == 0)
        return GM_COVERAGE_NONE;
    return covered + cover->other_gpus == cover->modules ? GM_COVERAGE_ALL : GM_COVERAGE_SOME;
}

gm_via gm_cover_via(const gm_cover *cover)
{
    if (cover->ptx)
        return GM_VIA_PTX;
    return cover->sass ? GM_VIA_SASS : GM_VIA_NOTHING;
}
