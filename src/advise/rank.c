/* SPDX-License-Identifier: MIT */
/* Which of the builds that run is to be offered. */
#include <string.h>

#include "advise/trial.h"

static int compare_release(const gm_build *a, const gm_build *b)
{
    gm_version left, right;
    gm_version_read(a->release, &left);
    gm_version_read(b->release, &right);
    return gm_version_compare(left, right);
}

bool gm_trial_newer(const gm_trial *a, const gm_trial *b)
{
    return compare_release(&a->build, &b->build) > 0;
}

/* The lowest driver that any build of the newest release asks for: what a user who keeps things
 * current has anyway. */
static gm_version baseline(const gm_trials *trials)
{
    gm_version lowest = {{0}, 0};
    const gm_trial *newest = NULL;
    for (size_t i = 0; i < trials->count; i++)
        if (trials->items[i].driver_floor.count &&
            (!newest || gm_trial_newer(&trials->items[i], newest)))
            newest = &trials->items[i];
    for (size_t i = 0; newest && i < trials->count; i++) {
        const gm_trial *trial = &trials->items[i];
        if (trial->driver_floor.count && !compare_release(&trial->build, &newest->build) &&
            (!lowest.count || gm_version_compare(trial->driver_floor, lowest) < 0))
            lowest = trial->driver_floor;
    }
    return lowest;
}

/* The driver that may be expected where none is known: one of the CUDA family before the newest.
 * Drivers stay on a computer for years. */
static gm_version settled(const gm_catalog *catalog, gm_os os)
{
    gm_version highest = {{0}, 0}, next = {{0}, 0};
    for (size_t i = 0; i < gm_catalog_build_count(catalog); i++) {
        gm_build build;
        gm_version floor;
        gm_catalog_build(catalog, i, &build);
        const char *text = gm_catalog_driver_floor(catalog, os, build.cuda);
        if (!text || !gm_version_parse(text, &floor))
            continue;
        if (gm_version_compare(floor, highest) > 0) {
            next = highest;
            highest = floor;
        } else if (gm_version_compare(floor, highest) && gm_version_compare(floor, next) > 0) {
            next = floor;
        }
    }
    return next.count ? next : highest;
}

/* The first driver that knows all GPUs of the machine, or `base` where that is higher. */
static gm_version first_driver(const gm_catalog *catalog, const gm_machine *machine,
                               gm_version base)
{
    gm_version needed = base;
    for (size_t i = 0; i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        gm_driver_range range;
        gm_version first;
        if (device->target_count &&
            gm_catalog_driver_range(catalog, gm_os_of_driver(machine->os), device->pci,
                                    device->name, &device->targets[0], (gm_version){{0}, 0},
                                    &range) &&
            range.first && gm_version_parse(range.first, &first) &&
            gm_version_compare(first, needed) > 0)
            needed = first;
    }
    return needed;
}

struct rank {
    gm_version expected; /* with an unknown driver: builds that ask for no newer one come first */
    bool driver_unknown;
    gm_vendor usual; /* of what a plain `pip install` gives; UNKNOWN none */
};

static bool undemanding(const struct rank *rank, const gm_trial *trial)
{
    return !trial->driver_floor.count ||
           gm_version_compare(trial->driver_floor, rank->expected) <= 0;
}

static gm_vendor vendor_of(const gm_trial *trial)
{
    return gm_catalog_variant_vendor(trial->build.variant);
}

/* Whom the builds serve that PyPI itself has. */
static gm_vendor usual_vendor(const gm_trials *trials)
{
    gm_vendor vendor = GM_VENDOR_UNKNOWN;
    for (size_t i = 0; i < trials->count; i++)
        if (trials->items[i].build.is_default)
            vendor = vendor_of(&trials->items[i]);
    return vendor;
}

/* > 0 when `a` is to be offered before `b`: surer, more complete, for more systems. */
static int surer(const struct rank *rank, const gm_trial *a, const gm_trial *b)
{
    if (a->build.doubtful != b->build.doubtful)
        return b->build.doubtful - a->build.doubtful;
    if (a->lacking != b->lacking)
        return b->lacking - a->lacking;
    if (a->one_system != b->one_system)
        return b->one_system - a->one_system;
    if (a->beside && b->beside && vendor_of(a) != vendor_of(b))
        return (vendor_of(a) == rank->usual) - (vendor_of(b) == rank->usual);
    return 0;
}

/* > 0 when `a` is to be offered before `b`. */
static int better(const struct rank *rank, const gm_trial *a, const gm_trial *b)
{
    int sure = surer(rank, a, b);
    int calm = rank->driver_unknown ? undemanding(rank, a) - undemanding(rank, b) : 0;
    if (sure || calm)
        return sure ? sure : calm;
    int newer = compare_release(&a->build, &b->build);
    if (newer)
        return newer;
    if (rank->driver_unknown && gm_version_compare(a->driver_floor, b->driver_floor))
        return -gm_version_compare(a->driver_floor, b->driver_floor);
    if (a->build.is_default != b->build.is_default)
        return a->build.is_default - b->build.is_default;
    if (a->limited != b->limited)
        return b->limited - a->limited;
    return gm_version_compare(a->build.cuda, b->build.cuda);
}

static const gm_trial *best_of(const gm_trials *trials, uint64_t mask, const struct rank *rank,
                               bool native)
{
    const gm_trial *best = NULL;
    for (size_t i = 0; i < trials->count; i++) {
        const gm_trial *trial = &trials->items[i];
        uint64_t served = native ? trial->runs : trial->starts;
        bool fits = mask ? (served & mask) == mask : trial->verdict == GM_VERDICT_RUNS;
        if (fits && (!best || better(rank, trial, best) > 0))
            best = trial;
    }
    return best;
}

const gm_trial *gm_trials_best(const gm_catalog *catalog, const gm_trials *trials, uint64_t mask,
                               const gm_machine *machine, bool native)
{
    struct rank rank = {first_driver(catalog, machine, baseline(trials)),
                        machine->driver.state == GM_UNKNOWN, usual_vendor(trials)};
    return best_of(trials, mask, &rank, native);
}

const gm_trial *gm_trials_cautious(const gm_catalog *catalog, const gm_trials *trials,
                                   uint64_t mask, const gm_machine *machine, bool native)
{
    gm_version base = settled(catalog, gm_os_of_driver(machine->os));
    struct rank rank = {first_driver(catalog, machine, base), true, usual_vendor(trials)};
    return best_of(trials, mask, &rank, native);
}
