/* SPDX-License-Identifier: MIT */
/* What somebody may have meant who named a GPU, a release or a package that no table has. */
#include <string.h>

#include "base/lookup.h"
#include "catalog/internal.h"

#define SHOWN         3
#define VERSION_BYTES 48

/* The nearest texts so far, nearest first. */
struct nearest {
    const char *texts[SHOWN];
    size_t far[SHOWN];
    size_t count;
};

/* Of those that are equally far, the later one comes first: tables are sorted, the newest last. */
static void consider(struct nearest *nearest, const char *text, size_t far)
{
    size_t place = 0;
    for (size_t i = 0; i < nearest->count; i++)
        if (!strcmp(nearest->texts[i], text))
            return;
    while (place < nearest->count && nearest->far[place] < far)
        place++;
    if (place == SHOWN)
        return;
    nearest->count += nearest->count < SHOWN;
    for (size_t i = nearest->count - 1; i > place; i--) {
        nearest->texts[i] = nearest->texts[i - 1];
        nearest->far[i] = nearest->far[i - 1];
    }
    nearest->texts[place] = text;
    nearest->far[place] = far;
}

/* "a, b, c"; NULL for none, and without memory. */
static const char *list_of(const struct nearest *nearest, gm_arena *arena)
{
    const char *list = NULL;
    for (size_t i = 0; i < nearest->count; i++)
        list = list ? gm_arena_printf(arena, "%s, %s", list, nearest->texts[i]) : nearest->texts[i];
    return list;
}

/* Are these the same characters in another order, as when two were swapped? */
static bool is_shuffled(const char *a, const char *b)
{
    int counts[256] = {0};
    for (; *a && *b; a++, b++) {
        counts[(unsigned char)*a]++;
        counts[(unsigned char)*b]--;
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i])
            return false;
    return !*a && !*b;
}

static size_t letters(const char *text)
{
    size_t count = 0;
    while (gm_ascii_is_alpha(text[count]))
        count++;
    return count;
}

/* How far two folded names are: mistyped, cut short, or with a word too many; 0 not near. Another
 * series ("rx7600" for "rtx5600") is farther than another number. */
static size_t far_from(const char *key, const char *other)
{
    size_t size = strlen(key), length = strlen(other), far = gm_text_distance(key, other);
    bool same_series = letters(key) == letters(other) && !strncmp(key, other, letters(key));
    if (far < GM_TEXT_NEAR && far < size / 2)
        return 2 * far - is_shuffled(key, other) + (same_series ? 0 : 2);
    if (size > 2 && !strncmp(key, other, size))
        return 2 * length;
    return length > 3 && !strncmp(key, other, length) ? 2 * size : 0;
}

const char *gm_catalog_near_gpus(const gm_catalog *catalog, const char *name, gm_arena *arena)
{
    char key[GM_NAME_KEY_BYTES];
    gm_vendor maker;
    struct nearest nearest = {.count = 0};
    if (!gm_name_fold(name, key, &maker))
        return NULL;
    for (size_t i = 0; i < catalog->gpu_names_count; i++) {
        const gm_gpu_names_row *row = &catalog->gpu_names[i];
        size_t far = far_from(key, gm_cell(catalog, row->key));
        if (far && (maker == GM_VENDOR_UNKNOWN || maker == gm_name_maker(catalog, row)))
            consider(&nearest, gm_cell(catalog, row->name), far);
    }
    return list_of(&nearest, arena);
}

/* Visits releases ("2.7.1") and variants ("cu118", "" none) of a package. */
typedef void release_fn(void *user, const char *release, const char *variant);

static bool each_release(const gm_catalog *catalog, const char *package, release_fn *visit,
                         void *user)
{
    bool found = gm_catalog_has_builds(package);
    for (size_t i = 0; found && i < gm_catalog_build_count(catalog); i++) {
        gm_build build;
        gm_catalog_build(catalog, i, &build);
        visit(user, build.release, build.variant);
    }
    for (size_t i = 0; i < gm_catalog_extension_count(catalog); i++) {
        gm_extension extension;
        gm_catalog_extension(catalog, i, &extension);
        if (strcmp(extension.name, package))
            continue;
        found = true;
        visit(user, extension.release, "");
    }
    return found;
}

/* What is looked for among releases: the release, else with it the variant. */
struct wanted {
    char release[VERSION_BYTES];
    const char *variant; /* "cu118"; NULL none */
    bool known;          /* the release is there: its variants are compared */
    const char *newest;
    struct nearest nearest;
    gm_arena *arena;
};

static void look_for_release(void *user, const char *release, const char *variant)
{
    struct wanted *wanted = user;
    (void)variant;
    wanted->known = wanted->known || !strcmp(release, wanted->release);
    wanted->newest = release;
}

static void look_near(void *user, const char *release, const char *variant)
{
    struct wanted *wanted = user;
    if (wanted->known && strcmp(release, wanted->release))
        return;
    size_t far = wanted->known ? gm_text_distance(variant, wanted->variant)
                               : gm_text_distance(release, wanted->release);
    if (!wanted->known && far < GM_TEXT_NEAR)
        consider(&wanted->nearest, release, far);
    const char *full =
        wanted->known ? gm_arena_printf(wanted->arena, "%s+%s", release, variant) : NULL;
    if (full)
        consider(&wanted->nearest, full, far);
}

const char *gm_catalog_near_releases(const gm_catalog *catalog, const char *package,
                                     const char *version, gm_arena *arena)
{
    struct wanted wanted = {.arena = arena};
    size_t size = strcspn(version, "+");
    if (size >= sizeof wanted.release)
        return NULL;
    memcpy(wanted.release, version, size);
    wanted.variant = version[size] ? version + size + 1 : NULL;
    if (!each_release(catalog, package, look_for_release, &wanted))
        return NULL;
    if (wanted.known && !wanted.variant)
        return NULL;
    each_release(catalog, package, look_near, &wanted);
    return wanted.nearest.count ? list_of(&wanted.nearest, arena) : wanted.newest;
}

const char *gm_catalog_near_package(const gm_catalog *catalog, const char *name)
{
    gm_build build;
    const char *names[] = {NULL, NULL}, *nearest = NULL;
    gm_catalog_build(catalog, 0, &build);
    names[0] = build.name;
    nearest = gm_text_nearest(name, names);
    for (size_t i = 0; !nearest && i < gm_catalog_extension_count(catalog); i++) {
        gm_extension extension;
        gm_catalog_extension(catalog, i, &extension);
        names[0] = extension.name;
        nearest = gm_text_nearest(name, names);
    }
    return nearest;
}

const char *gm_catalog_near_variant(const gm_catalog *catalog, const char *text)
{
    char named[VERSION_BYTES] = "cu";
    size_t size = 2;
    const char *nearest = NULL;
    for (const char *at = text; *at && size + 1 < sizeof named; at++)
        if (gm_ascii_is_digit(*at))
            named[size++] = *at; /* "CUDA 12.8", "12.8" */
    named[size] = '\0';
    for (size_t i = gm_catalog_build_count(catalog); i-- > 0;) {
        gm_build build;
        gm_catalog_build(catalog, i, &build);
        const char *names[] = {build.variant, NULL};
        if (!strcmp(build.variant, named))
            return build.variant;
        if (!nearest)
            nearest = gm_text_nearest(text, names);
    }
    return nearest;
}
