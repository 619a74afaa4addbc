/* SPDX-License-Identifier: MIT */
/* Commands, exactly as they are to be typed on this system. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"
#include "base/text.h"

static bool is_installer(const gm_adviser *a, const char *name)
{
    return !strcmp(a->options->installer ? a->options->installer : gm_advise_installer(0), name);
}

static void add_command(gm_adviser *a, gm_advice *advice, const char *shell, const gm_text *text)
{
    const char *copy = gm_arena_text(a->arena, text->data);
    gm_command *command = copy ? GM_PUSH(a->arena, &advice->commands) : NULL;
    if (command)
        *command = (gm_command){.shell = shell, .text = copy};
}

static void add_install(gm_adviser *a, gm_advice *advice, const char *name, const char *version,
                        const gm_build *build)
{
    gm_install *install = version ? GM_PUSH(a->arena, &advice->installs) : NULL;
    if (install)
        *install = (gm_install){name, version, build->variant, build->index};
}

/* A companion of the same index, or an extension, which PyPI has. */
static void add_beside(gm_adviser *a, gm_advice *advice, const gm_spec *spec, const gm_build *build)
{
    gm_extension extension;
    const char *companion = gm_build_companion(build, spec->name);
    if (companion || !gm_extension_of(a->catalog, build, spec, a->arena, &extension)) {
        add_install(a, advice, spec->name, companion, build);
        return;
    }
    gm_build elsewhere = *build;
    elsewhere.index = NULL;
    add_install(a, advice, extension.name, extension.release, &elsewhere);
}

/* torch first, then what was asked for beside it; where nothing was, what PyTorch's own command
 * installs: torchvision. */
static void list_installs(gm_adviser *a, gm_advice *advice, const gm_build *build)
{
    const gm_advise_options *options = a->options;
    add_install(a, advice, build->name, build->release, build);
    if (options->spec_count == 0)
        add_install(a, advice, "torchvision", build->torchvision, build);
    for (size_t i = 0; i < options->spec_count; i++)
        if (strcmp(options->specs[i].name, build->name))
            add_beside(a, advice, &options->specs[i], build);
}

static const char *shell_of(const gm_machine *machine)
{
    return machine->os == GM_OS_WINDOWS ? "cmd" : "sh";
}

void gm_advice_install(gm_adviser *a, gm_advice *advice, const gm_trial *trial, bool force,
                       bool pinned)
{
    gm_text text = GM_TEXT_INIT;
    list_installs(a, advice, &trial->build);
    if (trial->command)
        gm_text_add(&text, trial->command);
    else
        gm_write_install(&text, a->options->installer, advice, &trial->build, force,
                         pinned ? GM_PIN_RELEASE : GM_PIN_NOTHING);
    add_command(a, advice, shell_of(&a->result->machine), &text);
    gm_text_free(&text);
}

void gm_advice_beside(gm_adviser *a, gm_advice *advice, const char *name, const char *version,
                      const gm_build *build, gm_pin pin)
{
    gm_text text = GM_TEXT_INIT;
    add_install(a, advice, name, version, build);
    gm_write_install(&text, a->options->installer, advice, build, false, pin);
    add_command(a, advice, shell_of(&a->result->machine), &text);
    gm_text_free(&text);
}

void gm_advice_package(gm_adviser *a, gm_advice *advice, const char *name, const char *version)
{
    gm_text text = GM_TEXT_INIT;
    gm_install *install = GM_PUSH(a->arena, &advice->installs);
    if (install)
        *install = (gm_install){.name = name, .version = version};
    gm_text_add(&text, is_installer(a, "uv") ? "uv pip install" : "pip install");
    for (size_t i = 0; i < advice->installs.count; i++)
        gm_text_addf(&text, " %s==%s", advice->installs.items[i].name,
                     advice->installs.items[i].version);
    advice->commands.count = 0;
    add_command(a, advice, shell_of(&a->result->machine), &text);
    gm_text_free(&text);
}

/* The places of devices among their vendor's, as CUDA and HIP count. */
static void add_visible(gm_text *text, const gm_machine *machine, uint64_t visible,
                        gm_vendor vendor)
{
    for (size_t i = 0, listed = 0, place = 0; i < machine->devices.count; i++) {
        const gm_device *device = &machine->devices.items[i];
        bool withheld = device->hidden && !gm_device_hiding(machine, device); /* by a container */
        if (withheld || (device->vendor != vendor && device->vendor != GM_VENDOR_UNKNOWN))
            continue;
        if (visible >> i & 1)
            gm_text_addf(text, "%s%zu", listed++ ? "," : "", place);
        place++;
    }
}

static void set_variable(gm_adviser *a, gm_advice *advice, const char *name, const char *value)
{
    gm_pair *pair = GM_PUSH(a->arena, &advice->env);
    if (pair)
        *pair = (gm_pair){name, gm_arena_text(a->arena, value)};
}

static void write_variables(gm_adviser *a, gm_advice *advice, const char *shell, const char *before,
                            const char *middle, const char *after)
{
    gm_text text = GM_TEXT_INIT;
    for (size_t i = 0; i < advice->env.count; i++)
        gm_text_addf(&text, "%s%s%s%s%s%s", i ? "\n" : "", before, advice->env.items[i].name,
                     middle, advice->env.items[i].value, after);
    add_command(a, advice, shell, &text);
    gm_text_free(&text);
}

void gm_advice_line(gm_adviser *a, gm_advice *advice, const char *line)
{
    gm_text text = GM_TEXT_INIT;
    gm_text_add(&text, line ? line : "");
    add_command(a, advice, shell_of(&a->result->machine), &text);
    gm_text_free(&text);
}

void gm_advice_new_environment(gm_adviser *a, gm_advice *advice, const char *python)
{
    bool windows = a->result->machine.os == GM_OS_WINDOWS, uv = is_installer(a, "uv");
    gm_command *command = advice->commands.count ? advice->commands.items : NULL;
    gm_text text = GM_TEXT_INIT;
    if (!command || (!uv && !is_installer(a, "pip")))
        return;
    if (uv)
        gm_text_addf(&text, "uv venv --python %s gpu-env\n", python);
    else
        gm_text_addf(&text, "%s%s -m venv gpu-env\n", windows ? "py -" : "python", python);
    gm_text_addf(&text, "%s\n%s", windows ? "gpu-env\\Scripts\\activate" : ". gpu-env/bin/activate",
                 command->text);
    command->text = gm_arena_text(a->arena, text.data);
    gm_text_free(&text);
}

static void write_environment(gm_adviser *a, gm_advice *advice)
{
    if (a->result->machine.os == GM_OS_WINDOWS) {
        write_variables(a, advice, "cmd", "set ", "=", "");
        write_variables(a, advice, "powershell", "$env:", " = \"", "\"");
    } else {
        write_variables(a, advice, "sh", "export ", "=", "");
    }
}

void gm_advice_set(gm_adviser *a, gm_advice *advice, const char *name, const char *value)
{
    set_variable(a, advice, name, value);
    write_environment(a, advice);
}

void gm_advice_hide(gm_adviser *a, gm_advice *advice, uint64_t hidden)
{
    const gm_machine *machine = &a->result->machine;
    uint64_t visible = gm_visible_mask(machine) & ~hidden;
    bool amd = false;
    gm_text list = GM_TEXT_INIT;
    for (size_t i = 0; i < machine->devices.count; i++) {
        int *place = hidden >> i & 1 ? GM_PUSH(a->arena, &advice->hide_devices) : NULL;
        if (place)
            *place = machine->devices.items[i].index;
        amd = amd || (visible >> i & 1 && machine->devices.items[i].vendor == GM_VENDOR_AMD);
    }
    add_visible(&list, machine, visible, amd ? GM_VENDOR_AMD : GM_VENDOR_NVIDIA);
    set_variable(a, advice, amd ? "HIP_VISIBLE_DEVICES" : "CUDA_VISIBLE_DEVICES", list.data);
    if (!amd)
        set_variable(a, advice, "CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    gm_text_free(&list);
    write_environment(a, advice);
}

void gm_advice_unset(gm_adviser *a, gm_advice *advice, const char *name)
{
    bool windows = a->result->machine.os == GM_OS_WINDOWS;
    gm_advice_line(a, advice, gm_arena_printf(a->arena, windows ? "set %s=" : "unset %s", name));
}

void gm_advice_source(gm_adviser *a, gm_advice *advice, const char *variable, const char *arch_list)
{
    gm_text text = GM_TEXT_INIT;
    bool windows = a->result->machine.os == GM_OS_WINDOWS;
    set_variable(a, advice, variable, arch_list);
    gm_text_addf(&text, windows ? "set %s=%s" : "export %s=\"%s\"", variable, arch_list);
    gm_text_add(&text, "\ngit clone --recursive https://github.com/pytorch/pytorch\ncd pytorch\n"
                       "pip install -r requirements.txt\npip install --no-build-isolation -v -e .");
    add_command(a, advice, shell_of(&a->result->machine), &text);
    gm_text_free(&text);
}
