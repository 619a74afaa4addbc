/* SPDX-License-Identifier: MIT */
/* A machine in a file, and the probes that are asked with its keys. */
#include "fuzz.h"

#include <string.h>

#include "probe/probe.h"
#include "snapshot/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_snapshot snapshot = {0};
    gm_machine machine = {0};
    gm_finding_list findings = {0};
    gm_error error = {0};
    gm_arena *arena = gm_arena_new((size_t)64 << 20);
    gm_status status =
        gm_snapshot_read((const char *)data, size, "fuzz.json", arena, &snapshot, &error);
    fuzz_require(status == GM_OK || status == GM_DAMAGED || status == GM_LIMIT);
    fuzz_require(status == GM_OK || error.code != NULL);
    if (status == GM_OK) {
        gm_key_reader keys = gm_snapshot_keys(&snapshot);
        gm_probe_machine(gm_catalog_builtin(), &keys, arena, &machine, &findings);
    }
    gm_arena_free(arena);
    return 0;
}
