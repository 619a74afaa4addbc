/* SPDX-License-Identifier: MIT */
/* A wheel, by what is written inside
 * (https://packaging.python.org/specifications/binary-distribution-format); the name of its file
 * may say anything. */
#ifndef GM_PACKAGE_WHEEL_H
#define GM_PACKAGE_WHEEL_H

#include "model/report.h"
#include "store/archive.h"

/* Fills name, version (with local version), tags, path and evidence of `ret_package` from METADATA
 * and WHEEL of the one .dist-info folder at the top of `archive`, which is called `path`; memory of
 * `arena`. `*ret_found` is false when the archive has no such folder, or METADATA lacks the name or
 * the version, which `damage` says. Errors: those of the archive's source, GM_MEMORY. */
gm_status gm_wheel_read(const gm_archive *archive, gm_member_reader *reader, const char *path,
                        gm_arena *arena, gm_package *ret_package, bool *ret_found,
                        gm_damage_list *damage, gm_error *reterr);

/* The system that a wheel's tags are for; values that they leave open ("any") are not touched. */
void gm_wheel_platform(const gm_package *package, gm_os *os, gm_cpu *cpu);

#endif
