/* SPDX-License-Identifier: MIT */
/* What reading a file has to say beside its code. */
#ifndef GM_SCAN_FINDINGS_H
#define GM_SCAN_FINDINGS_H

#include "model/code.h"
#include "model/damage.h"

/* Damage becomes findings; the library is then incomplete. */
void gm_scan_damage(gm_arena *arena, gm_library *library, const gm_damage_list *damage);

/* The file holds, or may hold, GPU code in a form that is not read: `format` is a message id. */
void gm_scan_unsupported(gm_arena *arena, gm_library *library, const char *format);

/* The file holds no GPU code. `variant` may be NULL. */
void gm_scan_no_code(gm_arena *arena, gm_library *library, const char *variant);

/* The file could not be read; `reason` is a message id. */
void gm_scan_unreadable(gm_arena *arena, gm_library *library, const char *reason);

/* The payload of `image` is for another target than the image says. */
void gm_scan_mismatch(gm_arena *arena, gm_library *library, const gm_image *image);

#endif
