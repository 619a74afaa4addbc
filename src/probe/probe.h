/* SPDX-License-Identifier: MIT */
/* Machine facts out of keys. Portable: the keys come live, from a snapshot or from a test. */
#ifndef GM_PROBE_PROBE_H
#define GM_PROBE_PROBE_H

#include "base/error.h"
#include "base/keys.h"
#include "catalog/catalog.h"
#include "model/finding.h"
#include "model/machine.h"

/* Fills `ret_machine` from what `keys` answer. What cannot be found out stays unknown; remarks
 * become findings. Errors: GM_MEMORY. */
gm_status gm_probe_machine(const gm_catalog *catalog, const gm_key_reader *keys, gm_arena *arena,
                           gm_machine *ret_machine, gm_finding_list *findings);

#endif
