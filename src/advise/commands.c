/* SPDX-License-Identifier: MIT */
/* Commands, exactly as they are to be typed on this system. */
#include <string.h>

#include "advise/propose.h"
#include "base/lookup.h"
#include "base/text.h"

/* The first are written here, conda's and LibTorch's stand in a table. */
enum { PIP, UV, REQUIREMENTS, POETRY, CONDA, LIBTORCH, SOURCE, INSTALLERS };
#define WRITTEN CONDA

static const char *const installers[INSTALLERS + 1] = {
    [PIP] = "pip",       [UV] = "uv",        [REQUIREMENTS] = "requirements",
    [POETRY] = "poetry", [CONDA] = "conda",  [LIBTORCH] = "libtorch",
    [SOURCE] = "source", [INSTALLERS] = NULL};

const char *const *gm_advise_installers(void)
{
    return installers;
}

bool gm_advise_has_commands(const char *installer)
{
    return !strcmp(installer, installers[CONDA]) || !strcmp(installer, installers[LIBTORCH]);
}

static int installer_of(const gm_adviser *a)
{
    for (int i = 0; a->options->installer && i < WRITTEN; i++)
        if (!strcmp(installers[i], a->options->installer))
            return i;
    return PIP;
}

static void add_command(gm_adviser *a, gm_advice *advice, const char *shell, const gm_text *text)
{
    gm_command *command = text->failed ? NULL : GM_PUSH(a->arena, &advice->commands);
    if (!command)
        return;
    command->shell = shell;
    command->text = gm_arena_text(a->arena, text->data);
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

/* Does PyPI have a part of it that the build's own index does not have? */
static bool needs_pypi(const gm_advice *advice, const gm_build *build)
{
    for (size_t i = 0; build->index && i < advice->installs.count; i++)
        if (!advice->installs.items[i].index)
            return true;
    return false;
}

/* Names of all installs, or of those from one index (`only`; "" is PyPI). */
static void add_names(gm_text *text, const gm_advice *advice, bool pinned, const char *separator,
                      const char *only)
{
    bool first = true;
    for (size_t i = 0; i < advice->installs.count; i++) {
        const gm_install *install = &advice->installs.items[i];
        if (only && strcmp(only, install->index ? install->index : ""))
            continue;
        gm_text_addf(text, "%s%s", first ? "" : separator, install->name);
        if (pinned)
            gm_text_addf(text, "==%s", install->version);
        first = false;
    }
}

static void write_poetry(gm_text *text, const gm_advice *advice, const gm_build *build, bool pinned)
{
    if (!build->index) {
        gm_text_add(text, "poetry add ");
        add_names(text, advice, pinned, " ", NULL);
        return;
    }
    gm_text_addf(text, "poetry source add --priority explicit pytorch-%s %s\n", build->variant,
                 build->index);
    gm_text_addf(text, "poetry add --source pytorch-%s ", build->variant);
    add_names(text, advice, pinned, " ", build->index);
    if (!needs_pypi(advice, build))
        return;
    gm_text_add(text, "\npoetry add ");
    add_names(text, advice, pinned, " ", "");
}

static void write_install(gm_adviser *a, gm_text *text, const gm_advice *advice,
                          const gm_build *build, bool force, bool pinned)
{
    const char *index = build->index;
    const char *option = needs_pypi(advice, build) ? "--extra-index-url" : "--index-url";
    switch (installer_of(a)) {
    case UV:
        gm_text_add(text, force ? "uv pip install --reinstall " : "uv pip install ");
        add_names(text, advice, pinned, " ", NULL);
        break;
    case REQUIREMENTS:
        if (index)
            gm_text_addf(text, "%s %s\n", option, index);
        add_names(text, advice, pinned, "\n", NULL);
        return;
    case POETRY:
        write_poetry(text, advice, build, pinned);
        return;
    default:
        gm_text_add(text, force ? "pip install --force-reinstall " : "pip install ");
        add_names(text, advice, pinned, " ", NULL);
    }
    if (index)
        gm_text_addf(text, " %s %s", option, index);
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
        write_install(a, &text, advice, &trial->build, force, pinned);
    add_command(a, advice, shell_of(&a->result->machine), &text);
    gm_text_free(&text);
}

void gm_advice_package(gm_adviser *a, gm_advice *advice, const char *name, const char *version)
{
    gm_text text = GM_TEXT_INIT;
    gm_install *install = GM_PUSH(a->arena, &advice->installs);
    if (install)
        *install = (gm_install){.name = name, .version = version};
    gm_text_addf(&text, "%s %s==%s", installer_of(a) == UV ? "uv pip install" : "pip install", name,
                 version);
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
    bool windows = a->result->machine.os == GM_OS_WINDOWS, uv = installer_of(a) == UV;
    gm_command *command = advice->commands.count ? advice->commands.items : NULL;
    gm_text text = GM_TEXT_INIT;
    if (!command || (!uv && installer_of(a) != PIP))
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
