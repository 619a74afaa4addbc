/* SPDX-License-Identifier: MIT */
/* The screens of check, pick and explain: machine, verdict and reason, what to do. */
#include <stdio.h>
#include <string.h>

#include "base/lookup.h"
#include "base/utf8.h"
#include "report/screen.h"
#include "report/text_packages.h"

static void add_driver(gm_text *out, const gm_style *style, const gm_machine *machine)
{
    const gm_driver *driver = &machine->driver;
    if (driver->state == GM_ABSENT) {
        gm_text_addf(out, " · %s", gm_screen_word(style, "no-driver"));
    } else if (driver->state == GM_KNOWN) {
        gm_text_addf(out, " · %s %s", gm_screen_word(style, "driver"), driver->text);
        if (driver->cuda.count >= 2)
            gm_text_addf(out, " (CUDA %u.%u)", driver->cuda.part[0], driver->cuda.part[1]);
        if (driver->library && driver->version.count &&
            gm_version_compare(driver->library_version, driver->version))
            gm_text_addf(out, " · libcuda %s", driver->library);
    } else {
        gm_text_addf(out, " · %s", gm_screen_word(style, "driver-unknown"));
    }
}

static void add_device(gm_text *out, const gm_style *style, const gm_machine *machine,
                       const gm_device *device)
{
    const char *name = device->name           ? device->name
                       : device->target_count ? ""
                                              : gm_screen_word(style, "unnamed-gpu");
    gm_text_add_visible(out, name, strlen(name));
    if (device->target_count == 0)
        gm_text_addf(out, " · %s", gm_screen_word(style, "unknown"));
    for (unsigned i = 0; i < device->target_count; i++) {
        char target[GM_TARGET_TEXT];
        gm_target_format(&device->targets[i], target);
        if (!gm_text_equal(target, device->name))
            gm_text_addf(out, "%s%s", i ? "/" : *name ? " · " : "", target);
    }
    if (device->overridden_by)
        gm_text_addf(out, " (%s)", device->overridden_by);
    if (device->hidden)
        gm_text_addf(out, " · %s", gm_screen_word(style, "hidden"));
    else if (device->binding == GM_BINDING_DISPLAY || device->binding == GM_BINDING_PASSTHROUGH)
        gm_text_addf(out, " · %s", device->kernel_driver);
    else if (device->vendor == GM_VENDOR_NVIDIA)
        add_driver(out, style, machine);
    if (device->hidden && device->hidden_by)
        gm_text_addf(out, " (%s)", device->hidden_by);
}

#define PART  " · " /* between the parts of a row */
#define ALIKE 3     /* so many GPUs in a row that are the same share a line */

/* Label of a device: "GPU", "GPU 1" where there are several, "GPU 0-7" for eight that are alike. */
static void device_label(const gm_style *style, const gm_machine *machine, size_t place,
                         size_t alike, char label[64])
{
    const char *gpu = gm_screen_word(style, "gpu");
    const gm_device *device = &machine->devices.items[place];
    if (alike >= ALIKE)
        snprintf(label, 64, "%s %d-%d", gpu, device->index, device[alike - 1].index);
    else if (machine->devices.count > 1)
        snprintf(label, 64, "%s %d", gpu, device->index);
    else
        snprintf(label, 64, "%s", gpu);
}

/* How many devices from `place` on look the same. */
static size_t alike_from(gm_text *out, const gm_style *style, const gm_machine *machine,
                         size_t place)
{
    gm_text first = GM_TEXT_INIT, other = GM_TEXT_INIT;
    size_t alike = 1;
    add_device(&first, style, machine, &machine->devices.items[place]);
    while (place + alike < machine->devices.count) {
        gm_text_clear(&other);
        add_device(&other, style, machine, &machine->devices.items[place + alike]);
        if (strcmp(first.data, other.data))
            break;
        alike++;
    }
    if (first.failed || other.failed) /* then they only seem alike */
        gm_text_add(out, gm_text_lost);
    gm_text_free(&first);
    gm_text_free(&other);
    return alike;
}

static size_t label_width(gm_text *out, const gm_style *style, const gm_result *result)
{
    size_t width = gm_utf8_width("Python");
    char label[64];
    for (size_t i = 0; i < result->machine.devices.count; i++) {
        device_label(style, &result->machine, i, alike_from(out, style, &result->machine, i),
                     label);
        if (gm_utf8_width(label) > width)
            width = gm_utf8_width(label);
    }
    for (size_t i = 0; i < result->packages.count; i++)
        if (gm_screen_is_named(style, &result->packages.items[i]) &&
            gm_utf8_width(result->packages.items[i].name) > width)
            width = gm_utf8_width(result->packages.items[i].name);
    return (width > 20 ? 20 : width) + 3;
}

/* Where to end a row of `room` columns: behind the last part that fits, at least behind the first;
 * NULL: nothing follows. */
static const char *last_part(const char *value, size_t room)
{
    const char *end = NULL;
    if (gm_utf8_width(value) <= room)
        return NULL;
    for (const char *at = strstr(value, PART); at; at = strstr(at + strlen(PART), PART)) {
        gm_text part = GM_TEXT_INIT;
        gm_text_add_n(&part, value, (size_t)(at - value));
        if (!end || gm_utf8_width(part.data) <= room)
            end = at;
        gm_text_free(&part);
    }
    return end;
}

/* A row that is too wide goes on in further ones, each from a part on that does not fit. */
static void show_parts(gm_text *out, const gm_style *style, const char *label, size_t width,
                       const char *value)
{
    size_t columns = style->columns ? style->columns : 80;
    for (const char *end = value; end; label = "", value = end + strlen(PART)) {
        gm_text row = GM_TEXT_INIT;
        end = last_part(value, columns > width ? columns - width : 1);
        gm_text_add_n(&row, value, end ? (size_t)(end - value) : strlen(value));
        gm_screen_row(out, style, label, width, row.data);
        gm_text_free(&row);
        if (!end)
            return;
    }
}

static void show_devices(gm_text *out, const gm_style *style, const gm_machine *machine,
                         size_t width)
{
    char label[64];
    gm_text value = GM_TEXT_INIT;
    for (size_t i = 0; i < machine->devices.count;) {
        size_t alike = alike_from(out, style, machine, i);
        gm_text_clear(&value);
        device_label(style, machine, i, alike, label);
        add_device(&value, style, machine, &machine->devices.items[i]);
        show_parts(out, style, label, width, value.data);
        i += alike >= ALIKE ? alike : 1;
    }
    const char *none = machine->gpus != GM_UNKNOWN ? "none"
                       : machine->os == GM_OS_WSL  ? "unknown"
                                                   : "not-given";
    if (machine->devices.count == 0)
        gm_screen_row(out, style, gm_screen_word(style, "gpu"), width, gm_screen_word(style, none));
    gm_text_free(&value);
}

static void show_python(gm_text *out, const gm_style *style, const gm_python *python, size_t width)
{
    gm_text value = GM_TEXT_INIT;
    if (python->version.count >= 2)
        gm_text_addf(&value, "%u.%u%s", python->version.part[0], python->version.part[1],
                     python->free_threaded ? "t" : "");
    if (python->prefix) {
        gm_text_add(&value, value.size ? " · " : "");
        gm_text_add_visible(&value, python->prefix, strlen(python->prefix));
    }
    if (gm_text_or(&value, NULL))
        gm_screen_row(out, style, "Python", width, value.data);
    gm_text_free(&value);
}

/* "torch    2.5.1 · conda-forge cuda126_py311h_303" */
static void show_package(gm_text *out, const gm_style *style, const gm_package *package,
                         size_t width)
{
    gm_text value = GM_TEXT_INIT;
    gm_text_add_visible(&value, package->version, strlen(package->version));
    if (package->build)
        gm_text_addf(&value, " · %s%s%s", package->channel ? package->channel : "",
                     package->channel ? " " : "", package->build);
    gm_screen_row(out, style, package->name, width, value.data);
    gm_text_free(&value);
}

static void show_facts(gm_text *out, const gm_style *style, const gm_result *result)
{
    size_t width = label_width(out, style, result);
    show_devices(out, style, &result->machine, width);
    show_python(out, style, &result->machine.python, width);
    for (size_t i = 0; i < result->packages.count; i++) {
        const gm_package *package = &result->packages.items[i];
        if (gm_screen_is_named(style, package))
            show_package(out, style, package, width);
    }
    gm_text_add(out, "\n");
}

/* The GPU that the trouble is about; the first one where no finding names one. NULL: none. */
static const gm_device *device_in_question(const gm_result *result)
{
    const gm_machine *machine = &result->machine;
    for (size_t i = 0; i < result->findings.count; i++) {
        const gm_finding *finding = &result->findings.items[i];
        for (size_t k = 0; k < machine->devices.count && finding->devices.count; k++)
            if (finding->severity > GM_SEVERITY_NOTE &&
                machine->devices.items[k].index == finding->devices.items[0])
                return &machine->devices.items[k];
    }
    return machine->devices.count ? machine->devices.items : NULL;
}

/* "What do sm_120 and cu118 mean?" for those who read these words for the first time. */
static void show_footer(gm_text *out, const gm_style *style, const gm_result *result)
{
    char target[GM_TARGET_TEXT];
    const gm_device *device = device_in_question(result);
    if (result->verdict <= GM_VERDICT_RUNS_JIT || !device || device->target_count == 0 ||
        style->verbose < 0)
        return;
    gm_target_format(&device->targets[0], target);
    const char *variant = result->packages.count ? result->packages.items[0].variant : NULL;
    if (variant && !strpbrk(variant, "0123456789"))
        variant = NULL; /* "cpu" explains itself */
    gm_words_arg args[] = {{"target", target, false}, {"variant", variant, false}};
    gm_text line = GM_TEXT_INIT;
    gm_words_add(&line, style->lang, variant ? "report.footer" : "report.footer.target", args,
                 variant ? 2 : 1);
    /* Question and command share a line where there is room. */
    char *command = strchr(line.data, '\n');
    unsigned columns = style->columns ? style->columns : 80;
    gm_text_add(out, "\n");
    if (command && gm_utf8_width(line.data) + 2 <= columns) {
        *command = ' ';
        gm_text_add(out, "  ");
        gm_text_add(out, line.data);
        gm_text_add(out, "\n");
    } else {
        gm_text_paragraphs(out, line.data, columns, 2);
    }
    gm_text_free(&line);
}

static void show_matches(gm_text *out, const gm_style *style, const gm_explained *explained)
{
    if (explained->matches.count == 0 && explained->facts.count == 0)
        gm_text_wrap(out, gm_screen_word(style, "nothing-recognised"), style->columns, 0, 0);
    for (size_t i = 0; i < explained->matches.count; i++) {
        const gm_match *match = &explained->matches.items[i];
        gm_text meaning = GM_TEXT_INIT, text = GM_TEXT_INIT;
        if (!match->meaning)
            continue;
        gm_text_add_visible(&text, match->text, strlen(match->text));
        gm_report_sentence(&meaning, style->lang, match->meaning, &match->args);
        gm_text line = GM_TEXT_INIT;
        gm_text_wrap(&line, text.data, style->columns, 0, 0);
        gm_screen_tone(out, style, GM_TONE_PLAIN, line.data);
        gm_text_free(&line);
        gm_text_paragraphs(out, meaning.data, style->columns, 2);
        gm_text_add(out, "\n");
        gm_text_free(&meaning);
        gm_text_free(&text);
    }
}

void gm_report_text(gm_text *out, const gm_style *style, const char *schema,
                    const gm_result *result, const gm_explained *explained)
{
    bool machine_known = result->machine.devices.count || result->machine.gpus != GM_UNKNOWN;
    bool explaining = !strcmp(schema, "explain");
    if (explained)
        show_matches(out, style, explained);
    if (style->verbose >= 0 && (result->judged || machine_known || !explaining))
        show_facts(out, style, result);
    if (result->judged || result->findings.count)
        gm_screen_packages(out, style, result);
    gm_screen_advice(out, style, &result->advice);
    if (result->judged)
        show_footer(out, style, result);
    while (out->size > 1 && !strcmp(out->data + out->size - 2, "\n\n")) /* nothing followed */
        out->data[--out->size] = '\0';
}
