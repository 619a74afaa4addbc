/* SPDX-License-Identifier: MIT */
/* Machines and questions made of the tables' own rows, by a generator with a fixed seed. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "catalog/rows.h"

const gm_catalog *catalog;

static uint64_t seed;

void seed_worlds(unsigned part)
{
    seed = 0x9e3779b97f4a7c15 * part;
}

/* xorshift64*: Vigna, https://arxiv.org/abs/1402.6246 */
static size_t dice(size_t sides)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (size_t)((seed * 0x2545f4914f6cdd1d) >> 33) % sides;
}

static bool percent(size_t chance)
{
    return dice(100) < chance;
}

/* --- machines ------------------------------------------------------------------------------- */

static struct drivers drivers_of[2]; /* Linux, Windows */

static void note_driver(struct drivers *list, const char *text)
{
    gm_version version;
    if (!text || !gm_version_parse(text + strspn(text, "<="), &version))
        return;
    size_t at = list->count;
    while (at > 0 && gm_version_compare(list->version[at - 1], version) > 0)
        at--;
    if (at > 0 && !gm_version_compare(list->version[at - 1], version))
        return;
    assert_true(list->count < MOST_DRIVERS);
    memmove(&list->text[at + 1], &list->text[at], (list->count - at) * sizeof *list->text);
    memmove(&list->version[at + 1], &list->version[at], (list->count - at) * sizeof *list->version);
    list->text[at] = text + strspn(text, "<=");
    list->version[at] = version;
    list->count++;
}

static gm_package_list *builds; /* by their places in the table */
static gm_arena *builds_arena;

static void collect_builds(void)
{
    size_t count = gm_catalog_build_count(catalog);
    builds_arena = gm_arena_new(0);
    builds = gm_arena_array(builds_arena, count, sizeof *builds);
    for (size_t i = 0; i < count; i++) {
        gm_build build;
        gm_catalog_build(catalog, i, &build);
        assert_true(gm_catalog_build_package(catalog, &build, builds_arena,
                                             GM_PUSH(builds_arena, &builds[i])));
    }
}

int forget_tables(void **state)
{
    (void)state;
    gm_arena_free(builds_arena);
    return 0;
}

const gm_package_list *build_as_packages(const gm_build *build)
{
    return &builds[build->place];
}

int collect_tables(void **state)
{
    (void)state;
    catalog = gm_catalog_builtin();
    collect_builds();
    for (size_t i = 0; i < catalog->drivers_count; i++)
        note_driver(&drivers_of[!strcmp(gm_cell(catalog, catalog->drivers[i].os), "windows")],
                    gm_cell(catalog, catalog->drivers[i].first));
    for (size_t i = 0; i < catalog->sm_targets_count; i++) {
        const gm_sm_targets_row *row = &catalog->sm_targets[i];
        note_driver(&drivers_of[0], gm_cell(catalog, row->driver_first_linux));
        note_driver(&drivers_of[0], gm_cell(catalog, row->driver_last_linux));
        note_driver(&drivers_of[1], gm_cell(catalog, row->driver_first_windows));
        note_driver(&drivers_of[1], gm_cell(catalog, row->driver_last_windows));
    }
    for (size_t i = 0; i < catalog->cuda_toolkits_count; i++) {
        const gm_cuda_toolkits_row *row = &catalog->cuda_toolkits[i];
        note_driver(&drivers_of[0], gm_cell(catalog, row->driver_linux));
        note_driver(&drivers_of[0], gm_cell(catalog, row->floor_linux));
        note_driver(&drivers_of[1], gm_cell(catalog, row->driver_windows));
        note_driver(&drivers_of[1], gm_cell(catalog, row->floor_windows));
    }
    for (int windows = 0; windows <= 1; windows++)
        for (size_t i = 0; i < drivers_of[windows].count; i++)
            drivers_of[windows].cuda[i] = gm_catalog_driver_cuda(
                catalog, windows ? GM_OS_WINDOWS : GM_OS_LINUX, drivers_of[windows].version[i]);
    return 0;
}

const struct drivers *drivers_for(gm_os os)
{
    return &drivers_of[gm_os_of_driver(os) == GM_OS_WINDOWS];
}

void set_driver(gm_machine *machine, const char *text)
{
    machine->driver.state = GM_KNOWN;
    machine->driver.text = text;
    machine->driver.kernel_module = GM_MODULE_ANY;
    assert_true(gm_version_parse(text, &machine->driver.version));
    machine->driver.cuda =
        gm_catalog_driver_cuda(catalog, gm_os_of_driver(machine->os), machine->driver.version);
}

void set_listed_driver(gm_machine *machine, size_t place)
{
    const struct drivers *list = drivers_for(machine->os);
    machine->driver.state = GM_KNOWN;
    machine->driver.text = list->text[place];
    machine->driver.kernel_module = GM_MODULE_ANY;
    machine->driver.version = list->version[place];
    machine->driver.cuda = list->cuda[place];
}

/* A row of gpu_pci.tsv of one target that is drawn first, so that old chips, of which there are
 * many, do not outnumber the others; NULL: a target whose GPUs have no PCI id (Jetson). */
static const gm_gpu_pci_row *draw_nvidia(gm_target *target)
{
    do {
        const char *name =
            gm_cell(catalog, catalog->sm_targets[dice(catalog->sm_targets_count)].target);
        *target = gm_cell_target(name, strlen(name));
    } while (target->suffix || target->number < 30);
    size_t start = dice(catalog->gpu_pci_count);
    for (size_t i = 0; i < catalog->gpu_pci_count; i++) {
        const gm_gpu_pci_row *row = &catalog->gpu_pci[(start + i) % catalog->gpu_pci_count];
        const char *cell = gm_cell(catalog, row->target);
        gm_target found = cell ? gm_cell_target(cell, strlen(cell)) : (gm_target){0};
        if (found.kind == target->kind && found.number == target->number)
            return row;
    }
    return NULL;
}

static void draw_device(gm_arena *arena, gm_machine *machine, int index)
{
    gm_device *device = GM_PUSH(arena, &machine->devices);
    gm_target target;
    const gm_gpu_pci_row *row =
        percent(80) ? draw_nvidia(&target) : &catalog->gpu_pci[dice(catalog->gpu_pci_count)];
    assert_non_null(device);
    *device = (gm_device){.index = index, .minor = -1, .order = index, .source = "flag"};
    if (!row) {
        device->vendor = GM_VENDOR_NVIDIA;
        device->targets[0] = target;
        device->target_count = 1;
        return;
    }
    gm_gpu gpu;
    assert_true(
        gm_catalog_gpu_by_pci(catalog, (uint16_t)(row->device >> 16), (uint16_t)row->device, &gpu));
    device->vendor = gpu.vendor;
    device->name = gpu.name;
    device->pci = gm_arena_printf(arena, "%04x:%04x", row->device >> 16, row->device & 0xffff);
    memcpy(device->targets, gpu.targets, sizeof gpu.targets);
    device->target_count = gpu.target_count;
}

bool has_nvidia(const gm_machine *machine)
{
    for (size_t i = 0; i < machine->devices.count; i++)
        if (machine->devices.items[i].vendor == GM_VENDOR_NVIDIA)
            return true;
    return false;
}

bool has_tegra(const gm_machine *machine)
{
    gm_sm sm;
    for (size_t i = 0; i < machine->devices.count; i++)
        if (machine->devices.items[i].target_count &&
            gm_catalog_sm(catalog, &machine->devices.items[i].targets[0], &sm) && sm.tegra)
            return true;
    return false;
}

static void draw_machine(gm_arena *arena, gm_machine *machine)
{
    static const gm_os systems[] = {GM_OS_LINUX, GM_OS_LINUX,   GM_OS_LINUX,
                                    GM_OS_WSL,   GM_OS_WINDOWS, GM_OS_WINDOWS};
    static const char *const libcs[] = {"2.17", "2.27", "2.28", "2.31", "2.35", "2.39"};
    *machine = (gm_machine){.os = systems[dice(sizeof systems / sizeof *systems)],
                            .cpu = GM_CPU_X86_64,
                            .gpus = GM_KNOWN};
    if (machine->os == GM_OS_LINUX && percent(25))
        machine->cpu = GM_CPU_AARCH64;
    if (gm_os_of_wheels(machine->os) == GM_OS_LINUX && percent(70))
        gm_version_parse(libcs[dice(sizeof libcs / sizeof *libcs)], &machine->glibc);
    if (percent(80))
        machine->python.version = (gm_version){{3, (uint32_t)(8 + dice(8))}, 2};
    machine->python.free_threaded = machine->python.version.count && percent(5);
    draw_device(arena, machine, 0);
    if (percent(30))
        draw_device(arena, machine, 1);
    if (!has_nvidia(machine))
        return;
    const struct drivers *list = drivers_for(machine->os);
    if (percent(4))
        machine->driver.state = percent(50) ? GM_ABSENT : GM_UNKNOWN;
    else
        set_listed_driver(machine, percent(70) ? list->count - 1 - dice(list->count / 2)
                                               : dice(list->count));
    if (machine->os == GM_OS_LINUX && machine->driver.state == GM_KNOWN && percent(20))
        machine->driver.kernel_module = percent(50) ? GM_MODULE_OPEN : GM_MODULE_CLOSED;
}

/* --- worlds: a machine, what is installed, what is asked for ------------------------------------
 */

static bool has_row(const gm_machine *machine, const gm_build *build)
{
    gm_os os = gm_os_of_wheels(machine->os);
    return build->os == os && build->cpu == gm_cpu_of_wheels(os, machine->cpu);
}

static void draw_build(const gm_machine *machine, gm_build *build)
{
    do
        gm_catalog_build(catalog, dice(gm_catalog_build_count(catalog)), build);
    while (!has_row(machine, build));
}

/* Most users name a release or a range; that also keeps the number of builds to try low. */
static void draw_spec(struct world *world)
{
    gm_build one, other;
    draw_build(&world->result.machine, &one);
    draw_build(&world->result.machine, &other);
    if (percent(6))
        snprintf(world->spec_text, sizeof world->spec_text, "torch");
    else if (percent(90))
        snprintf(world->spec_text, sizeof world->spec_text, "torch==%s%s%s", one.release,
                 percent(30) ? "+" : "", "");
    else
        snprintf(world->spec_text, sizeof world->spec_text, "torch>=%s,<=%s", one.release,
                 other.release);
    size_t size = strlen(world->spec_text);
    if (world->spec_text[size - 1] == '+')
        snprintf(world->spec_text + size, sizeof world->spec_text - size, "%s", one.variant);
    assert_int_equal(gm_spec_parse(world->spec_text, world->arena, &world->spec, NULL), GM_OK);
}

void advise(struct world *world)
{
    world->options.specs = &world->spec;
    world->options.spec_count = 1;
    assert_true(gm_judge(catalog, &world->result, &world->options.judge, world->arena));
    assert_true(gm_advise(catalog, &world->result, &world->options, world->arena, &world->advised));
}

void draw_world(struct world *world)
{
    *world = (struct world){.arena = gm_arena_new(0)};
    draw_machine(world->arena, &world->result.machine);
    draw_spec(world);
    world->options.picking = percent(12);
    if (!world->options.picking) {
        gm_build build;
        gm_package *package = GM_PUSH(world->arena, &world->result.packages);
        draw_build(&world->result.machine, &build);
        assert_true(gm_catalog_build_package(catalog, &build, world->arena, package));
    }
    advise(world);
}
