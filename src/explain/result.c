/* SPDX-License-Identifier: MIT */
/* What a recognised message says and asks for by itself, whatever `judge` will find. */
#include <string.h>

#include "base/lookup.h"
#include "explain/internal.h"

static bool code_of(const char *token, gm_code *code)
{
    for (int i = 0; token && i < GM_CODE_COUNT; i++)
        if (!strcmp(gm_code_token((gm_code)i), token)) {
            *code = (gm_code)i;
            return true;
        }
    return false;
}

static bool action_of(const char *token, gm_action *action)
{
    for (int i = 0; token && i <= GM_ACTION_ASK; i++)
        if (!strcmp(gm_action_token((gm_action)i), token)) {
            *action = (gm_action)i;
            return true;
        }
    return false;
}

/* Which system's driver numbers count. A version of three parts is a Linux one. */
static gm_os driver_os(const gm_machine *machine)
{
    gm_os os = gm_os_of_driver(machine->os);
    if (machine->driver.version.count == 3 || (os != GM_OS_WINDOWS && os != GM_OS_LINUX))
        return GM_OS_LINUX;
    return os;
}

static gm_version package_cuda(const gm_explanation *out)
{
    const char *local = out->torch ? strchr(out->torch, '+') : NULL;
    gm_version cuda = local ? gm_catalog_variant_cuda(local + 1) : out->cuda;
    return cuda.count ? cuda : out->cuda;
}

/* The lowest driver that helps, by the column `driver`; NULL when it does not follow. */
static const char *driver_min(const gm_catalog *catalog, const gm_explanation *out, const char *how)
{
    gm_os os = driver_os(&out->machine);
    gm_version cuda = {{0}, 0};
    if (!how)
        return NULL;
    if (!strcmp(how, "zstd"))
        return gm_catalog_driver_zstd(catalog, os);
    if (!strcmp(how, "requires") && out->requires_cuda)
        gm_version_read(out->requires_cuda, &cuda);
    else if (!strcmp(how, "build"))
        cuda = package_cuda(out);
    else if (!strcmp(how, "newer-major") && package_cuda(out).count)
        return gm_catalog_driver_floor(catalog, os, package_cuda(out));
    else if (!strcmp(how, "newer-major") && out->machine.driver.cuda.count) {
        cuda = (gm_version){{out->machine.driver.cuda.part[0] + 1, 0}, 2};
        return gm_catalog_driver_floor(catalog, os, cuda);
    }
    return cuda.count ? gm_catalog_driver_for_cuda(catalog, os, cuda) : NULL;
}

/* A kernel module of the wrong kind is the other one than the device needs. */
static void learn_kernel_module(const gm_catalog *catalog, gm_explanation *out)
{
    gm_driver *driver = &out->machine.driver;
    const gm_device *device = out->machine.devices.count ? out->machine.devices.items : NULL;
    gm_driver_range range;
    if (!device || device->target_count != 1 ||
        !gm_catalog_driver_range(catalog, GM_OS_LINUX, device->pci, device->name,
                                 &device->targets[0], driver->version, &range))
        return;
    if (range.kernel_module == GM_MODULE_OPEN)
        driver->kernel_module = GM_MODULE_CLOSED;
    else
        driver->kernel_module = GM_MODULE_OPEN;
}

static void add_finding(gm_reading *r, const gm_message_row *row, gm_code code)
{
    gm_explanation *out = r->out;
    bool error = !strcmp(gm_messages_text(row->kind), "error");
    char target[GM_TARGET_TEXT];
    if (code == GM_CODE_NO_DRIVER && out->machine.driver.state == GM_UNKNOWN)
        out->machine.driver.state = GM_ABSENT;
    if (code == GM_CODE_KERNEL_MODULE_FLAVOUR)
        learn_kernel_module(r->catalog, out);
    if (code == GM_CODE_NO_CODE && !error && !row->package) {
        out->warned_no_code = true;
        if (out->code && out->target.kind != GM_TARGET_NONE)
            return;
    }
    for (size_t i = 0; i < out->findings.count; i++)
        if (out->findings.items[i].code == code)
            return;
    gm_finding *finding = gm_finding_add(r->arena, &out->findings, code,
                                         error ? GM_SEVERITY_ERROR : GM_SEVERITY_WARNING);
    if (!finding)
        return;
    finding->variant = "message";
    finding->confidence = (gm_confidence)row->confidence;
    if (out->target.kind != GM_TARGET_NONE)
        gm_args_text(r->arena, &finding->args, "target", gm_target_format(&out->target, target));
    gm_args_text(r->arena, &finding->args, "driver", out->machine.driver.text);
    gm_args_text(r->arena, &finding->args, "package", gm_messages_text(row->package));
    gm_finding_evidence(r->arena, finding, NULL, GM_OFFSET_NONE, gm_messages_text(row->id),
                        gm_messages_text(row->source));
}

static void add_command(gm_reading *r, gm_advice *advice, const char *shell, const char *text)
{
    gm_command *command = text ? GM_PUSH(r->arena, &advice->commands) : NULL;
    if (command)
        *command = (gm_command){shell, text};
}

/* "NAME=value" to set, "NAME" to unset. */
static void add_variable(gm_reading *r, gm_advice *advice, const char *variable)
{
    const char *equals = strchr(variable, '=');
    const char *name =
        equals ? gm_arena_text_n(r->arena, variable, (size_t)(equals - variable)) : variable;
    gm_pair *pair = GM_PUSH(r->arena, &advice->env);
    if (!pair || !name)
        return;
    *pair = (gm_pair){name, equals ? equals + 1 : NULL};
    if (gm_os_of_driver(r->out->machine.os) == GM_OS_WINDOWS && r->out->machine.os != GM_OS_WSL)
        add_command(r, advice, "powershell",
                    equals ? gm_arena_printf(r->arena, "$env:%s = \"%s\"", name, equals + 1)
                           : gm_arena_printf(r->arena, "Remove-Item Env:%s", name));
    else
        add_command(r, advice, "sh",
                    equals ? gm_arena_printf(r->arena, "export %s", variable)
                           : gm_arena_printf(r->arena, "unset %s", name));
}

/* Entry `index` of cells separated by "|"; NULL for "-" and past the end. */
static const char *entry(gm_arena *arena, uint32_t cell, size_t index)
{
    const char *at = gm_messages_text(cell);
    while (at && index > 0) {
        at = strchr(at, '|');
        at = at ? at + 1 : NULL;
        index--;
    }
    size_t size = at ? strcspn(at, "|") : 0;
    return size == 0 || (size == 1 && *at == '-') ? NULL : gm_arena_text_n(arena, at, size);
}

static void add_advice(gm_reading *r, gm_action action, const char *name, const char *env,
                       const char *least)
{
    gm_explanation *out = r->out;
    const char *why =
        gm_arena_printf(r->arena, least ? "explain.do.%s.from" : "explain.do.%s", name);
    for (size_t i = 0; i < out->advice.count; i++)
        if (gm_text_equal(out->advice.items[i].why, why))
            return;
    gm_advice *advice = why ? GM_PUSH(r->arena, &out->advice) : NULL;
    if (!advice)
        return;
    *advice = (gm_advice){.action = action, .why = why, .driver_min = least};
    gm_args_text(r->arena, &advice->args, "driver_min", least);
    if (env)
        add_variable(r, advice, env);
}

void gm_result_add(gm_reading *r, const gm_message_row *row)
{
    const gm_driver *driver = &r->out->machine.driver;
    const char *how = gm_messages_text(row->driver), *least = driver_min(r->catalog, r->out, how);
    gm_version needed;
    bool new_enough = least && driver->version.count && gm_version_parse(least, &needed) &&
                      gm_version_compare(driver->version, needed) >= 0;
    gm_code code;
    gm_action action;
    /* That compression is the cause is inferred, and wrong where the driver reads it. */
    if (new_enough && !strcmp(how, "zstd"))
        return;
    if (code_of(gm_messages_text(row->finding), &code))
        add_finding(r, row, code);
    for (size_t i = 0; action_of(entry(r->arena, row->action, i), &action); i++) {
        const char *name = entry(r->arena, row->advice, i);
        if (action == GM_ACTION_NOTHING)
            r->out->not_compatibility = true;
        if (name)
            add_advice(r, action, name, entry(r->arena, row->env, i),
                       action == GM_ACTION_UPGRADE_DRIVER && !new_enough ? least : NULL);
    }
}
