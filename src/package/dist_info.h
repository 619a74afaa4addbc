/* SPDX-License-Identifier: MIT */
/* One .dist-info folder (https://packaging.python.org/specifications/recording-installed-packages).
 * Internal to `package`. */
#ifndef GM_PACKAGE_DIST_INFO_H
#define GM_PACKAGE_DIST_INFO_H

#include "package/environment.h"

/* "Torch-2.9.1.dist-info" → "torch", normalised as PyPI does; NULL when it is no such folder. */
const char *gm_dist_info_name(const char *folder, gm_arena *arena);

/* "Torch-2.9.1.dist-info" → "2.9.1"; NULL when the name has none. */
const char *gm_dist_info_version(const char *folder, gm_arena *arena);

/* The value of a header ("Version") in the text of METADATA; NULL when it has none. */
const char *gm_metadata_value(const char *text, const char *header, gm_arena *arena);

/* The value of the next such header at or behind `*at`, which moves behind it; NULL when there is
 * none. */
const char *gm_metadata_next(const char **at, const char *header, gm_arena *arena);

/* Does a path name a shared library: "x.so", "x.so.12", "x.dll", "x.pyd"? */
bool gm_is_library(const char *path, size_t size);

/* One line of RECORD: a file below the folder of packages. */
typedef struct gm_record_line {
    const char *path; /* in the text, without quotes */
    size_t path_size;
    bool inside;    /* below the folder: not absolute, not "../../../bin/x" */
    bool has_bytes; /* the size is recorded */
    uint64_t bytes;
    const char *sha256; /* in the text; NULL not recorded */
    size_t sha256_size;
} gm_record_line;

/* Reads the line at `*text` and moves on; false at the end. */
bool gm_record_next(const char **text, gm_record_line *line);

/* Adds the shared libraries and bare GPU files that the text of RECORD names, below
 * `site_packages`. Lines that leave that folder are no libraries of the package. */
bool gm_record_libraries(const char *text, const char *site_packages, gm_arena *arena,
                         gm_installed *installed);

/* Are the files gone that RECORD names: none of the first ones is there, beside the metadata? False
 * for a package that consists of nothing else. */
bool gm_record_is_gone(const char *text, const char *site_packages, gm_arena *arena);

/* How many of the first files that RECORD gives a size for have that size: tells the version that
 * lies there from one that was left over. */
size_t gm_record_matches(const char *text, const char *site_packages, gm_arena *arena);

#endif
