/* SPDX-License-Identifier: MIT */
/* The packages of a screen: those in trouble with their reasons, the others in a line. Internal to
 * `report`. */
#ifndef GM_REPORT_TEXT_PACKAGES_H
#define GM_REPORT_TEXT_PACKAGES_H

#include "report/screen.h"

/* Does the package have a line of its own among the facts? What comes along with others has not. */
bool gm_screen_is_named(const gm_style *style, const gm_package *package);

void gm_screen_packages(gm_text *out, const gm_style *style, const gm_result *result);

#endif
