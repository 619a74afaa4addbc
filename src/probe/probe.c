/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

#include "probe/sources.h"

gm_status gm_probe_machine(const gm_catalog *catalog, const gm_key_reader *keys, gm_arena *arena,
                           gm_machine *ret_machine, gm_finding_list *findings)
{
    static bool (*const sources[])(gm_probe *) = {
        gm_probe_system,  gm_probe_container, gm_probe_pci,           gm_probe_windows,
        gm_probe_tegra,   gm_probe_kfd,       gm_probe_nvidia_driver, gm_probe_nvidia_gpus,
        gm_probe_libcuda, gm_probe_nodes,     gm_probe_visible};
    gm_probe probe = {catalog, keys, arena, ret_machine, findings};
    *ret_machine = (gm_machine){0};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!sources[i](&probe))
            return GM_MEMORY;
    return GM_OK;
}
