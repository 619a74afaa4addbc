/* SPDX-License-Identifier: MIT */
/* One function per source of facts. Internal to `probe`. */
#ifndef GM_PROBE_SOURCES_H
#define GM_PROBE_SOURCES_H

#include "probe/probe.h"

typedef struct gm_probe {
    const gm_catalog *catalog;
    const gm_key_reader *keys;
    gm_arena *arena;
    gm_machine *machine;
    gm_finding_list *findings;
} gm_probe;

/* A source looks at its keys and adds what it understands; false without memory. Sources that come
 * later see what earlier ones found. */
bool gm_probe_system(gm_probe *probe);
bool gm_probe_container(gm_probe *probe);
bool gm_probe_pci(gm_probe *probe);
bool gm_probe_windows(gm_probe *probe);
bool gm_probe_tegra(gm_probe *probe);
bool gm_probe_kfd(gm_probe *probe);
bool gm_probe_nvidia_driver(gm_probe *probe);
bool gm_probe_nvidia_gpus(gm_probe *probe);
bool gm_probe_libcuda(gm_probe *probe);
bool gm_probe_nodes(gm_probe *probe);
bool gm_probe_visible(gm_probe *probe);

/* A new device at the end of the list, nothing known of it but its place; NULL without memory. */
gm_device *gm_probe_add_device(gm_probe *probe);

/* A GPU by its PCI vendor and device id, with what the catalogue knows of it; `*ret_device` is NULL
 * for one that no builds are made for. False without memory. */
bool gm_probe_add_pci(gm_probe *probe, const char *address, unsigned long vendor, unsigned long id,
                      gm_device **ret_device);

/* A number in hexadecimal ("0x10de\n"); false when the key has none. */
bool gm_probe_hex(gm_probe *probe, const char *key, unsigned long *number);

/* The next line of a text, without its end; NULL at the end of the text (or without memory). */
const char *gm_probe_line(gm_probe *probe, const char **at);

/* What stands behind `name` at the start of a line, without blanks around it; NULL none. */
const char *gm_probe_field(gm_probe *probe, const char *text, const char *name);

/* Names in a directory, text of a file; NULL when they cannot be read. */
const char *gm_probe_list(gm_probe *probe, const char *path);
const char *gm_probe_file(gm_probe *probe, const char *path);

/* May this user read and write a device file? Does a file exist? */
gm_access gm_probe_access(gm_probe *probe, const char *path);
bool gm_probe_exists(gm_probe *probe, const char *path);

gm_device *gm_probe_device_at(gm_probe *probe, const char *address); /* NULL none */
bool gm_probe_has(const gm_machine *machine, gm_vendor vendor);

/* Takes note of a variable that was honoured. False without memory. */
bool gm_probe_setting(gm_probe *probe, const char *name, const char *value);

#endif
