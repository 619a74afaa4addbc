/* SPDX-License-Identifier: MIT */
/* One function per source of facts. Internal to `probe`. */
#ifndef GM_PROBE_SOURCES_H
#define GM_PROBE_SOURCES_H

#include "probe/probe.h"

typedef struct gm_probe {
    const gm_key_reader *keys;
    gm_arena *arena;
    gm_machine *machine;
    gm_finding_list *findings;
} gm_probe;

/* A source looks at its keys and adds what it understands; false without memory. Sources that come
 * later see what earlier ones found. */
bool gm_probe_system(gm_probe *probe);
bool gm_probe_pci(gm_probe *probe);
bool gm_probe_kfd(gm_probe *probe);
bool gm_probe_nvidia_driver(gm_probe *probe);

/* A number in hexadecimal ("0x10de\n"); false when the key has none. */
bool gm_probe_hex(gm_probe *probe, const char *key, unsigned long *number);

#endif
