/* SPDX-License-Identifier: MIT */
/* Files hold more than the probes read: only that is kept. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/lookup.h"
#include "snapshot/redact.h"

#define WORDS_MAX 6

/* Lines that begin with one of `words` (ended by NULL). */
static void keep_lines(gm_redactor *redactor, gm_text *out, const char *text,
                       const char *const *words)
{
    (void)redactor;
    while (*text) {
        size_t size = strcspn(text, "\n");
        size += text[size] == '\n';
        for (size_t i = 0; words[i]; i++)
            if (!strncmp(text, words[i], strlen(words[i]))) {
                gm_text_add_n(out, text, size);
                break;
            }
        text += size;
    }
}

/* The first line up to "(": behind it stands who built the module, and where. */
static void keep_version(gm_redactor *redactor, gm_text *out, const char *text,
                         const char *const *words)
{
    (void)redactor;
    (void)words;
    gm_text_add_n(out, text, strcspn(text, "(\n"));
    gm_text_add(out, "\n");
}

/* A processor's and a GPU's properties; unique_id is a serial number. */
static void keep_node(gm_redactor *redactor, gm_text *out, const char *text,
                      const char *const *words)
{
    static const char unique[] = "unique_id ";
    keep_lines(redactor, out, text, words);
    for (const char *at = text; *at;) {
        size_t size = strcspn(at, "\n");
        uint64_t number =
            !strncmp(at, unique, strlen(unique)) ? strtoull(at + strlen(unique), NULL, 10) : 0;
        if (number)
            gm_text_addf(out, "%s%" PRIu64 "\n", unique, gm_redact_number(redactor, number));
        at += size + (at[size] == '\n');
    }
}

/* The word that betrays a container. */
static void keep_container(gm_redactor *redactor, gm_text *out, const char *text,
                           const char *const *words)
{
    const char *word;
    (void)redactor;
    if (gm_container_find(text, &word))
        gm_text_addf(out, "/%s\n", word);
    else
        gm_text_add(out, words[0]);
}

/* The type of the root's file system and, for an overlay, the word that betrays a container. */
static void keep_root(gm_redactor *redactor, gm_text *out, const char *text,
                      const char *const *words)
{
    const char *word, *mount = gm_mount_of_root(text);
    char *line = mount ? gm_arena_text_n(redactor->arena, mount, strcspn(mount, "\n")) : NULL;
    (void)words;
    if (!line)
        return;
    bool found = gm_container_find(line, &word) != NULL;
    gm_text_addf(out, "0 0 0:0 / / - %.*s none lowerdir=/%s\n", (int)strcspn(line, " "), line,
                 found ? word : "");
}

/* Only that it is set. */
static void keep_nothing(gm_redactor *redactor, gm_text *out, const char *text,
                         const char *const *words)
{
    (void)redactor;
    (void)text;
    gm_text_add(out, words[0]);
}

/* "6.1.0" of a kernel's release, and whether it is WSL's. */
static void keep_release(gm_redactor *redactor, gm_text *out, const char *text,
                         const char *const *words)
{
    (void)redactor;
    gm_text_add_n(out, text, strspn(text, "0123456789."));
    gm_text_addf(out, "%s\n", strstr(text, words[0]) ? words[1] : "");
}

/* "# R36 (release), REVISION: 4.3" */
static void keep_l4t(gm_redactor *redactor, gm_text *out, const char *text,
                     const char *const *words)
{
    const char *revision = strstr(text, words[0]);
    size_t size = revision ? (size_t)(revision - text) + strlen(words[0]) : 0;
    (void)redactor;
    size += strspn(text + size, "0123456789.");
    gm_text_add_n(out, text, size);
    gm_text_add(out, "\n");
}

static const struct reduction {
    const char *start, *end; /* of the key */
    void (*keep)(gm_redactor *redactor, gm_text *out, const char *text, const char *const *words);
    const char *words[WORDS_MAX];
} reductions[] = {
    {"file:/proc/driver/nvidia/gpus/",
     "/information",
     keep_lines,
     {"Model:", "GPU UUID:", "Bus Location:", "Device Minor:", "GPU Firmware:"}},
    {"file:/proc/driver/nvidia/version", "", keep_version, {NULL}},
    {"file:/sys/class/kfd/kfd/topology/nodes/",
     "/properties",
     keep_node,
     {"gfx_target_version ", "location_id ", "domain ", "vendor_id ", "device_id "}},
    {"file:/proc/1/cgroup", "", keep_container, {"0::/\n"}},
    {"env:container", "", keep_container, {"other"}},
    {"env:KUBERNETES_SERVICE_HOST", "", keep_nothing, {"set"}},
    {"file:/proc/self/mountinfo", "", keep_root, {NULL}},
    {"file:/proc/sys/kernel/osrelease", "", keep_release, {"microsoft", "-microsoft-standard"}},
    {"file:/etc/nv_tegra_release", "", keep_l4t, {"REVISION: "}},
    {"file:/etc/ld.so.conf.d/", ".conf", keep_lines, {"/"}}};

static bool fits(const struct reduction *reduction, const char *key)
{
    size_t size = strlen(key), start = strlen(reduction->start), end = strlen(reduction->end);
    return size >= start + end && !strncmp(key, reduction->start, start) &&
           (end ? !strcmp(key + size - end, reduction->end) : size == start);
}

const char *gm_reduce(gm_redactor *redactor, const char *key, const char *text)
{
    const struct reduction *reduction = NULL;
    gm_text out = GM_TEXT_INIT;
    for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
        if (fits(&reductions[i], key))
            reduction = &reductions[i];
    if (!reduction || !*text)
        return text;
    reduction->keep(redactor, &out, text, reduction->words);
    char *copy = out.failed ? NULL : gm_arena_text_n(redactor->arena, out.data, out.size);
    gm_text_free(&out);
    redactor->failed = redactor->failed || !copy;
    return copy ? copy : "";
}
