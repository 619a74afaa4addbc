/* SPDX-License-Identifier: MIT */
/* What is to be typed, or written into a file, to install a build: one function for each way. */
#include <string.h>

#include "advise/propose.h"
#include "base/text.h"

typedef struct order {
    const gm_advice *advice;
    const gm_build *build;
    bool force; /* over what is installed */
    gm_pin pin;
} order;

/* Does PyPI have a part of it that the build's own index does not have? */
static bool needs_pypi(const order *order)
{
    for (size_t i = 0; order->build->index && i < order->advice->installs.count; i++)
        if (!order->advice->installs.items[i].index)
            return true;
    return false;
}

/* Names of all installs, or of those from one index (`only`; "" is PyPI), each between `before` and
 * `after`. */
static void add_names(gm_text *text, const order *order, const char *before, const char *after,
                      const char *separator, const char *only)
{
    bool first = true;
    for (size_t i = 0; i < order->advice->installs.count; i++) {
        const gm_install *install = &order->advice->installs.items[i];
        if (only && strcmp(only, install->index ? install->index : ""))
            continue;
        gm_text_addf(text, "%s%s%s", first ? "" : separator, before, install->name);
        if (order->pin)
            gm_text_addf(text, "==%s", install->version);
        if (order->pin == GM_PIN_BUILD && install->index)
            gm_text_addf(text, "+%s", install->variant);
        gm_text_add(text, after);
        first = false;
    }
}

static const char *index_option(const order *order)
{
    return needs_pypi(order) ? "--extra-index-url" : "--index-url";
}

static void add_line(gm_text *text, const order *order, const char *command, const char *force)
{
    gm_text_addf(text, "%s %s", command, order->force ? force : "");
    add_names(text, order, "", "", " ", NULL);
    if (order->build->index)
        gm_text_addf(text, " %s %s", index_option(order), order->build->index);
}

static void pip(gm_text *text, const order *order)
{
    add_line(text, order, "pip install", "--force-reinstall ");
}

static void uv(gm_text *text, const order *order)
{
    add_line(text, order, "uv pip install", "--reinstall ");
}

static void dockerfile(gm_text *text, const order *order)
{
    add_line(text, order, "RUN pip install --no-cache-dir", "");
}

static void requirements(gm_text *text, const order *order)
{
    if (order->build->index)
        gm_text_addf(text, "%s %s\n", index_option(order), order->build->index);
    add_names(text, order, "", "", "\n", NULL);
}

/* uv's way to take some packages from an index and nothing else
 * (https://docs.astral.sh/uv/guides/integration/pytorch). */
static void pyproject(gm_text *text, const order *order)
{
    const gm_build *build = order->build;
    gm_text_add(text, "[project]\ndependencies = [");
    add_names(text, order, "\"", "\"", ", ", NULL);
    gm_text_add(text, "]");
    if (!build->index)
        return;
    gm_text_addf(text,
                 "\n[[tool.uv.index]]\nname = \"pytorch-%s\"\nurl = \"%s\"\nexplicit = true\n"
                 "[tool.uv.sources]",
                 build->variant, build->index);
    for (size_t i = 0; i < order->advice->installs.count; i++)
        if (order->advice->installs.items[i].index)
            gm_text_addf(text, "\n%s = { index = \"pytorch-%s\" }",
                         order->advice->installs.items[i].name, build->variant);
}

static void poetry(gm_text *text, const order *order)
{
    const gm_build *build = order->build;
    if (build->index)
        gm_text_addf(text,
                     "poetry source add --priority explicit pytorch-%s %s\n"
                     "poetry add --source pytorch-%s ",
                     build->variant, build->index, build->variant);
    else
        gm_text_add(text, "poetry add ");
    add_names(text, order, "", "", " ", build->index);
    if (!needs_pypi(order))
        return;
    gm_text_add(text, "\npoetry add ");
    add_names(text, order, "", "", " ", "");
}

/* https://pixi.sh/latest/python/pytorch */
static void pixi(gm_text *text, const order *order)
{
    gm_text_add(text, "[pypi-dependencies]");
    for (size_t i = 0; i < order->advice->installs.count; i++) {
        const gm_install *install = &order->advice->installs.items[i];
        gm_text_addf(text, "\n%s = { version = \"%s%s\"", install->name, order->pin ? "==" : "*",
                     order->pin ? install->version : "");
        if (install->index)
            gm_text_addf(text, ", index = \"%s\"", install->index);
        gm_text_add(text, " }");
    }
}

/* Without a function: their commands stand in a table (conda, libtorch), or it is no install. */
static const struct {
    const char *name;
    void (*write)(gm_text *text, const order *order);
    bool in_table;
} installers[] = {{"pip", pip, false},
                  {"uv", uv, false},
                  {"conda", NULL, true},
                  {"libtorch", NULL, true},
                  {"poetry", poetry, false},
                  {"pixi", pixi, false},
                  {"pyproject", pyproject, false},
                  {"requirements", requirements, false},
                  {"dockerfile", dockerfile, false},
                  {"source", NULL, false}};
#define INSTALLERS (sizeof installers / sizeof *installers)

const char *gm_advise_installer(size_t index)
{
    return index < INSTALLERS ? installers[index].name : NULL;
}

static size_t installer_at(const char *name)
{
    for (size_t i = 0; name && i < INSTALLERS; i++)
        if (!strcmp(installers[i].name, name))
            return i;
    return 0;
}

bool gm_advise_has_commands(const char *installer)
{
    return installers[installer_at(installer)].in_table;
}

void gm_write_install(gm_text *text, const char *installer, const gm_advice *advice,
                      const gm_build *build, bool force, gm_pin pin)
{
    order order = {advice, build, force, pin};
    size_t at = installer_at(installer);
    (installers[at].write ? installers[at].write : pip)(text, &order);
}
