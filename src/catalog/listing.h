/* SPDX-License-Identifier: MIT */
/* The tables row by row, for looking things up. */
#ifndef GM_CATALOG_LISTING_H
#define GM_CATALOG_LISTING_H

#include "model/table.h"

/* GPUs by PCI id, then names without one; targets; toolkits; driver branches; torch builds (row i
 * is the i-th of gm_catalog_build), then extensions; packages, then their libraries. */
extern const gm_table gm_list_gpus, gm_list_archs, gm_list_toolkits, gm_list_drivers,
    gm_list_builds, gm_list_libraries;

#endif
