/* SPDX-License-Identifier: MIT */
/* What a package asks of the driver, from its toolkit and its code: rules 2, 4 and 6. */
#include "judge/judge.h"

static void raise(gm_version *to, gm_version version)
{
    if (version.count && (!to->count || gm_version_compare(version, *to) > 0))
        *to = version;
}

/* The first toolkit that makes such an image. */
static gm_version toolkit_of(const gm_catalog *catalog, const gm_image *image)
{
    gm_target sm = gm_target_sm(image->target.number, image->target.suffix);
    gm_version first = {{0}, 0};
    gm_toolkit toolkit;
    gm_sm row;
    if (gm_target_vendor(&image->target) == GM_VENDOR_NVIDIA && gm_catalog_sm(catalog, &sm, &row))
        first = row.first_toolkit;
    for (size_t i = 0; image->ptx_isa && gm_catalog_toolkit_at(catalog, i, &toolkit); i++)
        if (toolkit.ptx_isa >= image->ptx_isa) {
            raise(&first, toolkit.version);
            break;
        }
    return first;
}

/* What is looked for in the libraries that would be loaded. */
struct sight {
    gm_version linked, made; /* release of the runtime that is needed; first toolkit for the code */
    gm_version ptx;          /* CUDA level for all of the PTX */
    bool zstd;
};

static void look_at(const gm_catalog *catalog, const gm_library *library, struct sight *sight)
{
    for (size_t i = 0; i < library->needed.count; i++)
        raise(&sight->linked, gm_catalog_library_cuda(catalog, library->needed.items[i]));
    for (size_t i = 0; i < library->images.count; i++) {
        const gm_image *image = &library->images.items[i];
        raise(&sight->made, toolkit_of(catalog, image));
        sight->zstd = sight->zstd || image->compression == GM_COMPRESSION_ZSTD;
        if (image->kind == GM_IMAGE_PTX && image->ptx_isa)
            raise(&sight->ptx, gm_catalog_ptx_cuda(catalog, image->ptx_isa));
    }
}

/* `text`, where it asks for more than `start`. */
static const char *beyond(const char *start, const char *text)
{
    gm_version floor, version;
    bool within = start && text && gm_version_parse(start, &floor) &&
                  gm_version_parse(text, &version) && gm_version_compare(version, floor) <= 0;
    return within ? NULL : text;
}

static void driver_needs(const gm_catalog *catalog, gm_os os, const gm_needs *needs, bool zstd,
                         gm_driver_needs *ret_driver)
{
    const char *start =
        needs->cuda.count ? gm_catalog_driver_floor(catalog, os, needs->cuda) : NULL;
    *ret_driver = (gm_driver_needs){.start = start};
    if (zstd)
        ret_driver->zstd = beyond(start, gm_catalog_driver_zstd(catalog, os));
    if (needs->ptx_cuda.count)
        ret_driver->ptx = beyond(start, gm_catalog_driver_for_cuda(catalog, os, needs->ptx_cuda));
}

void gm_needs_of(const gm_catalog *catalog, const gm_package *package, gm_needs *ret_needs)
{
    struct sight sight = {{{0}, 0}, {{0}, 0}, {{0}, 0}, false};
    for (size_t i = 0; i < package->libraries.count; i++)
        if (package->libraries.items[i].selected)
            look_at(catalog, &package->libraries.items[i], &sight);
    *ret_needs = (gm_needs){.ptx_cuda = sight.ptx};
    if (package->cuda.count && !package->cuda_guessed) {
        ret_needs->cuda = package->cuda;
        ret_needs->basis = GM_CUDA_NAMED;
    } else if (sight.linked.count || sight.made.count) {
        bool linked = sight.linked.count > 0;
        ret_needs->cuda = linked ? sight.linked : sight.made;
        ret_needs->basis = linked ? GM_CUDA_LINKED : GM_CUDA_AT_LEAST;
    }
    driver_needs(catalog, GM_OS_LINUX, ret_needs, sight.zstd, &ret_needs->linux_driver);
    driver_needs(catalog, GM_OS_WINDOWS, ret_needs, sight.zstd, &ret_needs->windows_driver);
}
