/* SPDX-License-Identifier: MIT */
/* The redactor over everything that a snapshot holds. */
#include <string.h>

#include "snapshot/redact.h"

/* "file:/proc/…", "link:/sys/…" */
static bool is_kernels(const char *key)
{
    const char *path = strchr(key, ':');
    return path && (!strncmp(path + 1, "/proc/", 6) || !strncmp(path + 1, "/sys/", 5));
}

static void redact_key(gm_redactor *redactor, gm_noted_key *note)
{
    const char *key = note->key;
    note->key = gm_redact(redactor, key);
    if (note->answer != GM_KEY_OK || memchr(note->bytes.data, 0, note->bytes.size))
        return; /* bytes with a NUL in them: a device tree, which names a product */
    const char *kept = gm_reduce(redactor, key, (const char *)note->bytes.data);
    const char *text =
        is_kernels(key) ? gm_redact_kernel(redactor, kept) : gm_redact(redactor, kept);
    note->bytes = (gm_span){(const uint8_t *)text, strlen(text)};
}

static void redact_args(gm_redactor *redactor, gm_args *args)
{
    for (size_t i = 0; i < args->count; i++) {
        gm_arg *arg = &args->items[i];
        const char **list =
            arg->list ? gm_arena_array(redactor->arena, arg->list_count + 1, sizeof *list) : NULL;
        if (!arg->is_number && !arg->is_message)
            arg->text = gm_redact(redactor, arg->text);
        for (size_t k = 0; list && k < arg->list_count; k++)
            list[k] = gm_redact(redactor, arg->list[k]);
        redactor->failed = redactor->failed || (arg->list && !list);
        arg->list = list;
    }
}

static void redact_findings(gm_redactor *redactor, gm_finding_list *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        gm_finding *finding = &findings->items[i];
        redact_args(redactor, &finding->args);
        for (size_t k = 0; k < finding->evidence.count; k++) {
            gm_evidence *evidence = &finding->evidence.items[k];
            evidence->file = gm_redact(redactor, evidence->file);
            evidence->fact = gm_redact(redactor, evidence->fact);
            evidence->source = gm_redact(redactor, evidence->source);
        }
    }
}

static void redact_package(gm_redactor *redactor, gm_package *package)
{
    package->path = gm_redact(redactor, package->path);
    package->source = gm_redact(redactor, package->source);
    package->first_missing = gm_redact(redactor, package->first_missing);
    package->unmet_by = gm_redact(redactor, package->unmet_by);
    package->unmet_sibling = gm_redact(redactor, package->unmet_sibling);
    package->channel = gm_redact(redactor, package->channel);
    for (size_t i = 0; i < package->libraries.count; i++)
        package->libraries.items[i].path = gm_redact(redactor, package->libraries.items[i].path);
}

bool gm_snapshot_redact(gm_snapshot *snapshot, const gm_key_reader *keys, gm_arena *arena)
{
    gm_redactor redactor;
    gm_redactor_begin(&redactor, keys, arena);
    for (size_t i = 0; i < snapshot->keys.count; i++)
        redact_key(&redactor, &snapshot->keys.items[i]);
    snapshot->python.prefix = gm_redact(&redactor, snapshot->python.prefix);
    for (size_t i = 0; i < snapshot->packages.count; i++)
        redact_package(&redactor, &snapshot->packages.items[i]);
    redact_findings(&redactor, &snapshot->findings);
    return !redactor.failed;
}
