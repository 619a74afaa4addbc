/* SPDX-License-Identifier: MIT */
/* The rear half of a library's containers, walked by a second thread. Registration records say
 * where containers begin, so that nobody has to have walked what lies before. */
#ifndef GM_SCAN_BESIDE_H
#define GM_SCAN_BESIDE_H

#include "base/source.h"
#include "scan/select.h"

typedef struct gm_beside gm_beside;

/* Starts walking those containers of `file`, a random source, that the rear half of `records`
 * (sorted by container) point to. NULL when it is not worth a thread, when the context allows none,
 * or when there is none: then everything is read by `front` alone. `file`, `records` and `front`,
 * which may be used meanwhile, outlive it. */
gm_beside *gm_beside_start(const gm_context *context, gm_source *file,
                           const gm_host_records *records, gm_container_source front);

/* The containers of the file: those in the rear as the second thread found them. What is there
 * does not depend on who read it. */
gm_container_source gm_containers_beside(gm_beside *beside);

/* Waits for the thread, which ends early when it is not done, and frees it. NULL is allowed. */
void gm_beside_end(gm_beside *beside);

#endif
