/* SPDX-License-Identifier: MIT */
/* What the fields of a hit say about machine and package. What stands first in the text counts,
 * and what a program says about itself counts more than what is named in passing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

static bool same_device(const gm_catalog *catalog, const gm_device *device, const gm_gpu *gpu,
                        const char *name, const char *pci)
{
    if (pci && device->pci)
        return !strcmp(pci, device->pci);
    gm_gpu known = {0};
    if (device->name && name && gm_ascii_equal_n(device->name, name, strlen(name) + 1))
        return true;
    if (gpu->name && device->name && gm_catalog_gpu_by_name(catalog, device->name, &known))
        return gm_text_equal(known.name, gpu->name);
    /* One of them has no name: the same target is the same device. */
    return !(device->name && (name || gpu->name)) && device->target_count && gpu->target_count &&
           gm_target_equal(&device->targets[0], &gpu->targets[0]);
}

void gm_learn_gpu(gm_reading *r, const gm_gpu *gpu, const char *written, const char *pci)
{
    gm_machine *machine = &r->out->machine;
    gm_device *device = NULL;
    const char *name = written ? written : gpu->name;
    for (size_t i = 0; i < machine->devices.count && !device; i++)
        if (same_device(r->catalog, &machine->devices.items[i], gpu, name, pci))
            device = &machine->devices.items[i];
    if (!device) {
        device = GM_PUSH(r->arena, &machine->devices);
        if (!device)
            return;
        device->index = (int)machine->devices.count - 1;
        device->source = "text";
        machine->gpus = GM_KNOWN;
    }
    if (!device->name)
        device->name = name;
    if (!device->pci)
        device->pci = pci;
    /* Fewer candidates say more: a message that gives the compute capability, a PCI id. */
    if (gpu->target_count && (!device->target_count || gpu->target_count < device->target_count)) {
        memcpy(device->targets, gpu->targets, sizeof device->targets);
        device->target_count = gpu->target_count;
        device->vendor = gm_target_vendor(&gpu->targets[0]);
    }
    if (device->vendor == GM_VENDOR_UNKNOWN)
        device->vendor = gpu->vendor;
    r->out->recognised = true;
}

void gm_learn_torch(gm_reading *r, const char *version, unsigned weight)
{
    gm_explanation *out = r->out;
    if (out->torch && strcmp(out->torch, version))
        out->torch_mixed = true;
    if (!out->torch || weight > r->torch_weight) {
        out->torch = version;
        r->torch_weight = weight;
    }
    out->recognised = true;
}

static void learn_version(gm_version *known, const char *text)
{
    if (!known->count && text)
        gm_version_read(text, known);
}

void gm_learn_driver(gm_reading *r, const char *text, size_t at, size_t end)
{
    gm_driver *driver = &r->out->machine.driver;
    gm_version version;
    /* Any dotted number may follow the word: a driver is what the table of drivers knows. */
    if (driver->text || !gm_version_parse(text, &version) ||
        !gm_catalog_driver_cuda(r->catalog, GM_OS_LINUX, version).count)
        return;
    driver->text = text;
    driver->version = version;
    driver->state = GM_KNOWN;
    driver->source = "text";
    r->driver_at = at;
    r->driver_end = end;
}

/* cuDriverGetVersion: 1000 * major + 10 * minor. */
static void learn_driver_api(gm_reading *r, const char *text)
{
    unsigned long number = strtoul(text, NULL, 10);
    gm_version version = {{(uint32_t)(number / 1000), (uint32_t)(number % 1000 / 10)}, 2};
    if (!r->out->machine.driver.cuda.count)
        r->out->machine.driver.cuda = version;
}

static void add_code(gm_text *code, const char *target, size_t size)
{
    if (code->size)
        gm_text_add(code, " ");
    gm_text_add_n(code, target, size);
}

static void add_sm(gm_text *code, gm_target sm)
{
    char text[GM_TARGET_TEXT];
    gm_target_format(&sm, text);
    add_code(code, text, strlen(text));
}

/* "sm_37sm_50compute_37" or "75 80 86" */
static void learn_list(gm_text *code, const char *dense, const char *line)
{
    if (!gm_ascii_is_digit(*dense)) {
        while (*dense) {
            size_t name = strcspn(dense, "_");
            size_t size = name + strspn(dense + name, "_0123456789");
            size += dense[size] == 'a' || dense[size] == 'f';
            add_code(code, dense, size);
            dense += size;
        }
        return;
    }
    while (*line) {
        size_t size = strspn(line, "0123456789");
        if (size)
            add_sm(code, gm_target_sm((unsigned)strtoul(line, NULL, 10), 0));
        line += size ? size : 1;
    }
}

static bool capability_target(const char *text, gm_target *target)
{
    gm_version version;
    if (!gm_version_parse(text, &version) || version.count != 2 || version.part[0] > 99)
        return false;
    *target = gm_target_sm(version.part[0] * 10 + version.part[1], 0);
    return true;
}

static void learn_built(gm_text *code, const char *dense)
{
    for (const char *at = dense; (at = strchr(at, '-')); at++) {
        char number[8];
        gm_target sm;
        size_t size = strcspn(at + 1, "w");
        if (size >= sizeof number)
            continue;
        memcpy(number, at + 1, size);
        number[size] = '\0';
        if (capability_target(number, &sm))
            add_sm(code, sm);
    }
}

static void learn_bound(gm_reading *r, gm_text *code, const char *dense)
{
    gm_target target;
    if (!capability_target(dense, &target))
        return;
    add_sm(code, target);
    r->out->code_is_range = true;
}

/* As it is written; as the catalogue writes it when a line break stands inside it. */
static const char *device_name(gm_reading *r, const gm_capture *capture, gm_gpu *gpu)
{
    if (gm_capture_gpu(r->catalog, &r->flat, capture, gpu) &&
        memchr(r->flat.text + capture->at, '\n', capture->size))
        return gpu->name;
    return gm_capture_line(&r->flat, capture, r->arena);
}

struct device_facts {
    gm_gpu gpu;
    const char *name, *pci;
    gm_target target;
    bool any;
};

static void learn_device_field(gm_reading *r, const gm_capture *capture, const char *dense,
                               struct device_facts *facts)
{
    unsigned vendor, id;
    char sm[GM_TARGET_TEXT];
    facts->any = true;
    switch (capture->field) {
    case GM_FIELD_device:
        if (!facts->name)
            facts->name = device_name(r, capture, &facts->gpu);
        break;
    case GM_FIELD_cc:
        capability_target(dense, &facts->target);
        break;
    case GM_FIELD_sm:
        snprintf(sm, sizeof sm, "sm_%s", dense);
        gm_target_parse(sm, strlen(sm), &facts->target);
        break;
    case GM_FIELD_gfx:
        gm_target_parse(dense, strlen(dense), &facts->target);
        break;
    case GM_FIELD_pci:
        facts->pci = dense;
        if (sscanf(dense, "%4x:%4x", &vendor, &id) == 2)
            gm_catalog_gpu_by_pci(r->catalog, (uint16_t)vendor, (uint16_t)id, &facts->gpu);
        break;
    default:
        facts->any = false;
    }
}

static void learn_device(gm_reading *r, struct device_facts *facts)
{
    if (facts->target.kind != GM_TARGET_NONE) {
        facts->gpu.targets[0] = facts->target;
        facts->gpu.target_count = 1;
        facts->gpu.vendor = gm_target_vendor(&facts->target);
    }
    if (facts->name || facts->pci || facts->gpu.target_count)
        gm_learn_gpu(r, &facts->gpu, facts->name, facts->pci);
}

/* "12.4.131" → "12.4": updates of a Toolkit make no difference to what it knows. */
static const char *major_minor(const char *text, gm_arena *arena)
{
    gm_version version;
    gm_version_read(text, &version);
    return version.count < 3 ? text
                             : gm_arena_printf(arena, "%u.%u", version.part[0], version.part[1]);
}

static void learn_package(gm_reading *r, const gm_capture *capture, const char *dense,
                          const gm_hit *hit)
{
    gm_explanation *out = r->out;
    bool about_itself = !strcmp(gm_messages_text(hit->row->id), "torch-used") ||
                        strcmp(gm_messages_text(hit->row->kind), "fact");
    switch (capture->field) {
    case GM_FIELD_torch:
        if (!r->torch_end) {
            r->torch_at = capture->at;
            r->torch_end = capture->at + capture->size;
        }
        gm_learn_torch(r, dense, about_itself ? GM_TORCH_USED : GM_TORCH_NAMED);
        break;
    case GM_FIELD_fixed:
        out->fixed = out->fixed ? out->fixed : dense;
        break;
    case GM_FIELD_cuda:
        learn_version(&out->cuda, dense);
        break;
    case GM_FIELD_variant:
        r->variant = r->variant ? r->variant : dense;
        break;
    case GM_FIELD_toolkit:
        out->toolkit = out->toolkit ? out->toolkit : major_minor(dense, r->arena);
        break;
    case GM_FIELD_requires:
        out->requires_cuda = out->requires_cuda ? out->requires_cuda : dense;
        break;
    case GM_FIELD_target:
        if (out->target.kind == GM_TARGET_NONE)
            gm_target_parse(dense, strlen(dense), &out->target);
        break;
    case GM_FIELD_number:
        if (out->error < 0)
            out->error = strtol(dense, NULL, 10);
        break;
    default:
        break;
    }
}

static void learn_machine(gm_reading *r, const gm_capture *capture, const char *dense)
{
    gm_machine *machine = &r->out->machine;
    switch (capture->field) {
    case GM_FIELD_driver:
        gm_learn_driver(r, dense, capture->at, capture->at + capture->size);
        break;
    case GM_FIELD_driver_cuda:
        learn_version(&machine->driver.cuda, dense);
        break;
    case GM_FIELD_driver_api:
        learn_driver_api(r, dense);
        break;
    case GM_FIELD_python:
        learn_version(&machine->python.version, dense);
        if (machine->python.version.count > 2)
            machine->python.version.count = 2;
        break;
    case GM_FIELD_cpython:
        learn_version(&machine->python.version, gm_arena_printf(r->arena, "3.%s", dense));
        break;
    default:
        break;
    }
}

static void learn_code(gm_reading *r, gm_field field, const char *dense, const char *line,
                       gm_text *code)
{
    switch (field) {
    case GM_FIELD_list:
        learn_list(code, dense, line);
        break;
    case GM_FIELD_built:
        learn_built(code, dense);
        break;
    case GM_FIELD_ccmin:
    case GM_FIELD_ccmax:
        learn_bound(r, code, dense);
        break;
    default:
        break;
    }
}

void gm_learn(gm_reading *r, const gm_hit *hit)
{
    struct device_facts device = {0};
    bool any = false;
    gm_text code = GM_TEXT_INIT;
    for (size_t i = 0; i < hit->capture_count; i++) {
        const gm_capture *capture = &hit->captures[i];
        const char *dense = gm_capture_dense(&r->flat, capture, r->arena);
        const char *line = gm_capture_line(&r->flat, capture, r->arena);
        if (!dense || !line)
            break;
        learn_device_field(r, capture, dense, &device);
        any = any || device.any;
        learn_package(r, capture, dense, hit);
        learn_machine(r, capture, dense);
        learn_code(r, capture->field, dense, line, &code);
    }
    if (any)
        learn_device(r, &device);
    if (gm_text_or(&code, NULL) && !r->out->code) {
        r->out->code = gm_arena_text(r->arena, code.data);
        r->out->package = gm_messages_text(hit->row->package);
    }
    gm_text_free(&code);
}
