/* SPDX-License-Identifier: MIT */
/* Variables that decide which GPUs programs see, and as what.
 *   CUDA_VISIBLE_DEVICES  indices or beginnings of UUIDs; the first entry that names no GPU ends
 *                         the list (CUDA C++ Programming Guide, "CUDA Environment Variables")
 *   CUDA_DEVICE_ORDER     FASTEST_FIRST unless PCI_BUS_ID: only then, or with GPUs of one kind, is
 *                         the order known without asking the driver
 *   ROCR_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES (else CUDA_VISIBLE_DEVICES), one after the other
 *                         (https://rocm.docs.amd.com/en/latest/conceptual/gpu-isolation.html)
 *   HSA_OVERRIDE_GFX_VERSION  the target that an AMD GPU presents itself as
 * What cannot be known is not guessed: all GPUs stay visible, and `order_unknown` is set. */
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "probe/sources.h"

bool gm_probe_setting(gm_probe *probe, const char *name, const char *value)
{
    gm_setting *setting = GM_PUSH(probe->arena, &probe->machine->settings);
    if (setting)
        *setting = (gm_setting){name, value};
    return setting != NULL;
}

/* The value of a variable, noted as one that was honoured; NULL when it is not set. */
static const char *read_variable(gm_probe *probe, const char *name)
{
    const char *key = gm_arena_printf(probe->arena, "env:%s", name);
    const char *value = key ? gm_key_text(probe->keys, key, probe->arena) : NULL;
    return value && gm_probe_setting(probe, name, value) ? value : NULL;
}

struct selection {
    gm_machine *machine;
    gm_device **devices; /* of one vendor that are visible so far, in the driver's order */
    bool *chosen;
    bool *named; /* places that indices name */
    size_t count;
    bool ordered; /* that order is known */
    bool unknown; /* an entry may mean a GPU, but which cannot be known */
};

static int by_order(const void *a, const void *b)
{
    const gm_device *left = *(gm_device *const *)a, *right = *(gm_device *const *)b;
    return left->order != right->order ? left->order - right->order : left->index - right->index;
}

static bool begin(gm_probe *probe, gm_vendor vendor, struct selection *s)
{
    gm_machine *machine = probe->machine;
    size_t room = machine->devices.count + 1;
    *s = (struct selection){.machine = machine,
                            .devices = gm_arena_array(probe->arena, room, sizeof *s->devices),
                            .chosen = gm_arena_array(probe->arena, room, sizeof *s->chosen),
                            .named = gm_arena_array(probe->arena, room, sizeof *s->named),
                            .ordered = true};
    if (!s->devices || !s->chosen || !s->named)
        return false;
    for (size_t i = 0; i < machine->devices.count; i++) {
        gm_device *device = &machine->devices.items[i];
        if (device->vendor != vendor || device->hidden)
            continue;
        s->devices[s->count++] = device;
        s->ordered = s->ordered && device->order >= 0;
    }
    s->ordered = s->ordered || s->count == 1;
    qsort(s->devices, s->count, sizeof(gm_device *), by_order);
    return true;
}

/* "GPU-8f5e": the beginning of exactly one UUID. */
static bool choose_uuid(struct selection *s, const char *text, size_t size)
{
    size_t found = 0, place = 0, known = 0;
    for (size_t i = 0; i < s->count; i++) {
        const char *uuid = s->devices[i]->uuid;
        known += uuid != NULL;
        if (uuid && gm_ascii_equal_n(uuid, text, size)) {
            found++;
            place = i;
        }
    }
    if (known < s->count && found == 0)
        s->unknown = true;
    if (found != 1)
        return s->unknown;
    s->chosen[place] = true;
    return true;
}

/* A part of a GPU (MIG). Only the old spelling, MIG-GPU-<uuid>/g/c, says of which. */
static bool choose_part(struct selection *s, const char *text, size_t size)
{
    static const char old[] = "MIG-GPU-";
    if (!strncmp(text, old, strlen(old))) {
        size_t length = strcspn(text, "/,");
        return choose_uuid(s, text + 4, (length < size ? length : size) - 4);
    }
    s->chosen[0] = s->chosen[0] || s->count == 1;
    s->unknown = s->unknown || s->count > 1;
    return true;
}

static bool choose_index(struct selection *s, const char *text, size_t size)
{
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    if (!gm_ascii_is_digit(*text) || end != text + size || index >= s->count)
        return false;
    s->named[index] = true;
    return true;
}

/* One entry; false when it names no GPU: the list ends there. */
static bool choose(struct selection *s, const char *text, size_t size)
{
    if (size >= 4 && gm_ascii_equal_n(text, "GPU-", 4))
        return choose_uuid(s, text, size);
    if (size >= 4 && gm_ascii_equal_n(text, "MIG-", 4))
        return choose_part(s, text, size);
    return choose_index(s, text, size);
}

static void take_indices(struct selection *s)
{
    size_t named = 0;
    for (size_t i = 0; i < s->count; i++)
        named += s->named[i];
    if (named > 0 && named < s->count && !s->ordered)
        s->unknown = true;
    for (size_t i = 0; i < s->count; i++)
        s->chosen[i] = s->chosen[i] || s->named[i];
}

static bool apply(gm_probe *probe, gm_vendor vendor, const char *variable, const char *value)
{
    struct selection s;
    if (!begin(probe, vendor, &s))
        return false;
    for (const char *at = value; s.count && *at;) {
        size_t size = strcspn(at, ","), first = strspn(at, " \t");
        size_t last = size;
        while (last > first && gm_ascii_is_space(at[last - 1]))
            last--;
        if (first >= last || !choose(&s, at + first, last - first))
            break;
        at += size;
        at += *at == ',';
    }
    take_indices(&s);
    s.machine->order_unknown = s.machine->order_unknown || s.unknown;
    for (size_t i = 0; !s.unknown && i < s.count; i++) {
        s.devices[i]->hidden = !s.chosen[i];
        s.devices[i]->hidden_by = s.chosen[i] ? NULL : variable;
    }
    return true;
}

/* Several GPUs of one kind are counted in PCI order; of several kinds only when that was asked. */
static void order_nvidia(gm_machine *machine, bool by_bus)
{
    const gm_device *first = NULL;
    bool alike = true;
    int order = 0;
    for (size_t i = 0; i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        if (device->vendor != GM_VENDOR_NVIDIA || device->hidden)
            continue;
        alike = alike && (!first || gm_text_equal(first->pci, device->pci));
        first = first ? first : device;
    }
    for (size_t i = 0; (alike || by_bus) && i < machine->devices.count; i++)
        if (machine->devices.items[i].vendor == GM_VENDOR_NVIDIA &&
            !machine->devices.items[i].hidden)
            machine->devices.items[i].order = order++;
}

static bool override_target(gm_probe *probe, const char *variable, const char *value)
{
    gm_machine *machine = probe->machine;
    gm_target target;
    for (size_t i = 0; gm_target_of_gfx_version(value, &target) && i < machine->devices.count;
         i++) {
        gm_device *device = &machine->devices.items[i];
        if (device->vendor != GM_VENDOR_AMD)
            continue;
        device->targets[0] = target;
        device->target_count = 1;
        device->target_source = "env:HSA_OVERRIDE_GFX_VERSION";
        device->overridden_by = gm_arena_printf(probe->arena, "%s=%s", variable, value);
        if (!device->overridden_by)
            return false;
    }
    return true;
}

bool gm_probe_visible(gm_probe *probe)
{
    gm_machine *machine = probe->machine;
    const char *cuda = read_variable(probe, "CUDA_VISIBLE_DEVICES");
    const char *order = read_variable(probe, "CUDA_DEVICE_ORDER");
    bool ok = true;
    order_nvidia(machine, order && !strcmp(order, "PCI_BUS_ID"));
    if (cuda)
        ok = apply(probe, GM_VENDOR_NVIDIA, "CUDA_VISIBLE_DEVICES", cuda);
    if (!ok || !gm_probe_has(machine, GM_VENDOR_AMD))
        return ok;
    const char *rocr = read_variable(probe, "ROCR_VISIBLE_DEVICES");
    const char *hip = read_variable(probe, "HIP_VISIBLE_DEVICES");
    const char *gfx = read_variable(probe, "HSA_OVERRIDE_GFX_VERSION");
    if (rocr)
        ok = apply(probe, GM_VENDOR_AMD, "ROCR_VISIBLE_DEVICES", rocr);
    if (ok && (hip || cuda))
        ok = apply(probe, GM_VENDOR_AMD, hip ? "HIP_VISIBLE_DEVICES" : "CUDA_VISIBLE_DEVICES",
                   hip ? hip : cuda);
    return ok && (!gfx || override_target(probe, "HSA_OVERRIDE_GFX_VERSION", gfx));
}
