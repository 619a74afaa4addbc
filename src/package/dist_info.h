/* SPDX-License-Identifier: MIT */
/* One .dist-info folder (https://packaging.python.org/specifications/recording-installed-packages).
 * Internal to `package`. */
#ifndef GM_PACKAGE_DIST_INFO_H
#define GM_PACKAGE_DIST_INFO_H

#include "package/environment.h"

/* "Torch-2.9.1.dist-info" → "torch", normalised as PyPI does; NULL when it is no such folder. */
const char *gm_dist_info_name(const char *folder, gm_arena *arena);

/* The value of a header ("Version") in the text of METADATA; NULL when it has none. */
const char *gm_metadata_value(const char *text, const char *header, gm_arena *arena);

/* Adds the shared libraries that the text of RECORD names, below `site_packages`. Lines that leave
 * that folder ("../../../bin/x") are no libraries of the package. */
bool gm_record_libraries(const char *text, const char *site_packages, gm_arena *arena,
                         gm_installed *installed);

#endif
