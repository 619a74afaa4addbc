/* SPDX-License-Identifier: MIT */
/* The machine's facts, each with its source: a table, or JSON. */
#include <string.h>

#include "base/lookup.h"
#include "base/utf8.h"
#include "report/json_parts.h"
#include "report/screen.h"

/* One fact: `name` is stable ("driver.version"), its label "report.fact.<name>" in po/. */
typedef struct fact {
    const char *name;
    const char *value;
    const char *source; /* NULL unknown */
    int device;         /* index, or -1: of the machine */
} fact;
typedef GM_LIST(fact) fact_list;

struct facts {
    gm_arena *arena;
    fact_list list;
};

static void add(struct facts *facts, int device, const char *name, const char *value,
                const char *source)
{
    fact *place = value ? GM_PUSH(facts->arena, &facts->list) : NULL;
    if (place)
        *place = (fact){name, value, source, device};
}

static const char *version_text(struct facts *facts, gm_version version)
{
    return version.count >= 2
               ? gm_arena_printf(facts->arena, "%u.%u", version.part[0], version.part[1])
               : NULL;
}

static void add_driver(struct facts *facts, const gm_driver *driver)
{
    static const char *const flavours[] = {
        [GM_MODULE_ANY] = NULL, [GM_MODULE_OPEN] = "open", [GM_MODULE_CLOSED] = "closed"};
    if (driver->state == GM_UNKNOWN)
        return;
    add(facts, -1, "driver", driver->state == GM_ABSENT ? "none" : driver->text, driver->source);
    add(facts, -1, "driver-cuda", version_text(facts, driver->cuda), "data/drivers.tsv");
    add(facts, -1, "kernel-module", flavours[driver->kernel_module], driver->source);
    add(facts, -1, "library", driver->library, driver->library_path);
    if (driver->library_path && !driver->library)
        add(facts, -1, "library", "?", driver->library_path);
    add(facts, -1, "library-by", driver->library_variable, driver->library_path);
}

static const char *targets_text(struct facts *facts, const gm_device *device)
{
    char text[GM_TARGET_TEXT];
    const char *all = NULL;
    for (unsigned i = 0; i < device->target_count; i++) {
        gm_target_format(&device->targets[i], text);
        all = gm_arena_printf(facts->arena, "%s%s%s", all ? all : "", all ? " " : "", text);
    }
    return all;
}

static void add_device(struct facts *facts, const gm_device *device)
{
    const char *place =
        device->address ? gm_arena_printf(facts->arena, "/sys/bus/pci/devices/%s", device->address)
                        : device->source;
    const char *access = gm_access_token(device->access);
    add(facts, device->index, "name", device->name,
        device->pci ? "data/gpu_pci.tsv" : device->target_source);
    add(facts, device->index, "target", targets_text(facts, device), device->target_source);
    add(facts, device->index, "pci", device->pci, place);
    add(facts, device->index, "address", device->address, place);
    add(facts, device->index, "kernel-driver", device->kernel_driver, place);
    add(facts, device->index, "access", access, device->access_path);
    add(facts, device->index, "overridden-by", device->overridden_by, device->target_source);
    if (device->hidden)
        add(facts, device->index, "hidden-by", device->hidden_by, "env");
}

static void collect(struct facts *facts, const gm_machine *machine)
{
    add(facts, -1, "os", gm_os_token(machine->os), "system:os");
    add(facts, -1, "arch", gm_cpu_token(machine->cpu), "system:arch");
    add(facts, -1, "libc", machine->libc, "system:libc");
    add(facts, -1, "container", machine->container, machine->container_source);
    add(facts, -1, "l4t", machine->l4t, "/etc/nv_tegra_release");
    add_driver(facts, &machine->driver);
    for (size_t i = 0; i < machine->settings.count; i++)
        add(facts, -1, machine->settings.items[i].name, machine->settings.items[i].value, "env");
    for (size_t i = 0; i < machine->devices.count; i++)
        add_device(facts, &machine->devices.items[i]);
}

static void put_facts(gm_json *json, const struct facts *facts)
{
    gm_json_key(json, "facts");
    gm_json_array(json);
    for (size_t i = 0; i < facts->list.count; i++) {
        const fact *one = &facts->list.items[i];
        gm_json_object(json);
        gm_json_put_text(json, "fact", one->name);
        if (one->device < 0)
            gm_json_put_null(json, "device");
        else
            gm_json_put_number(json, "device", (uint64_t)one->device);
        gm_json_put_text(json, "value", one->value);
        gm_json_put_text(json, "source", one->source);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

bool gm_report_info_json(gm_json *json, const gm_style *style, const gm_machine *machine,
                         gm_arena *arena)
{
    struct facts facts = {.arena = arena};
    collect(&facts, machine);
    gm_json_object(json);
    gm_json_put_text(json, "schema", "gpumatch.info/1");
    gm_json_tool(json, style);
    gm_json_machine(json, machine);
    put_facts(json, &facts);
    gm_json_object_end(json);
    return !json->failed;
}

/* What a fact is called; a variable is called by its own name. */
static const char *label_of(const gm_style *style, const fact *one)
{
    static const char *const labels[][2] = {{"os", "fact.os"},
                                            {"arch", "fact.arch"},
                                            {"libc", "fact.libc"},
                                            {"container", "fact.container"},
                                            {"l4t", "fact.l4t"},
                                            {"driver", "fact.driver"},
                                            {"driver-cuda", "fact.driver-cuda"},
                                            {"kernel-module", "fact.kernel-module"},
                                            {"library", "fact.library"},
                                            {"library-by", "fact.library-by"},
                                            {"name", "fact.name"},
                                            {"target", "fact.target"},
                                            {"pci", "fact.pci"},
                                            {"address", "fact.address"},
                                            {"kernel-driver", "fact.kernel-driver"},
                                            {"access", "fact.access"},
                                            {"overridden-by", "fact.overridden-by"},
                                            {"hidden-by", "fact.hidden-by"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (!strcmp(one->name, labels[i][0]))
            return gm_screen_word(style, labels[i][1]);
    return one->name;
}

static size_t widest(const gm_style *style, const struct facts *facts)
{
    size_t width = 0;
    for (size_t i = 0; i < facts->list.count; i++) {
        size_t own = gm_utf8_width(label_of(style, &facts->list.items[i])) +
                     (facts->list.items[i].device >= 0 ? 2 : 0);
        width = own > width ? own : width;
    }
    return width + 2;
}

/* What a value is called; most are names of their own. */
static const char *value_of(const gm_style *style, const fact *one)
{
    static const char *const words[][3] = {{"access", "ok", "access-ok"},
                                           {"access", "denied", "access-denied"},
                                           {"access", "absent", "access-absent"},
                                           {"kernel-module", "open", "module-open"},
                                           {"kernel-module", "closed", "module-closed"},
                                           {"driver", "none", "none"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(one->name, words[i][0]) && !strcmp(one->value, words[i][1]))
            return gm_screen_word(style, words[i][2]);
    return one->value;
}

static void show_fact(gm_text *out, const gm_style *style, const fact *one, size_t width)
{
    gm_text label = GM_TEXT_INIT, value = GM_TEXT_INIT;
    gm_text_addf(&label, "%s%s", one->device >= 0 ? "  " : "", label_of(style, one));
    const char *shown = value_of(style, one);
    gm_text_add_visible(&value, shown, strlen(shown));
    if (one->source && style->verbose >= 0) {
        gm_text_add(&value, "  [");
        gm_text_add_visible(&value, one->source, strlen(one->source));
        gm_text_add(&value, "]");
    }
    gm_screen_row(out, style, label.data, width, value.data);
    gm_text_free(&label);
    gm_text_free(&value);
}

void gm_report_info_text(gm_text *out, const gm_style *style, const gm_machine *machine,
                         gm_arena *arena)
{
    struct facts facts = {.arena = arena};
    collect(&facts, machine);
    size_t width = widest(style, &facts);
    int device = -1;
    for (size_t i = 0; i < facts.list.count; i++) {
        const fact *one = &facts.list.items[i];
        if (one->device != device)
            gm_text_addf(out, "%s %d\n", gm_screen_word(style, "gpu"), one->device);
        device = one->device;
        show_fact(out, style, one, width);
    }
    if (machine->devices.count == 0)
        gm_screen_row(out, style, gm_screen_word(style, "gpu"), width,
                      gm_screen_word(style, machine->gpus == GM_UNKNOWN ? "unknown" : "none"));
}
