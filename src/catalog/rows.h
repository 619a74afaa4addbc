/* SPDX-License-Identifier: MIT */
/* Rows that several files of the catalogue look up. Internal to `catalog`. */
#ifndef GM_CATALOG_ROWS_H
#define GM_CATALOG_ROWS_H

#include "catalog/internal.h"

const gm_gpu_pci_row *gm_catalog_pci_row(const gm_catalog *catalog,
                                         uint32_t id); /* vendor << 16 | device; NULL unknown */
const gm_gpu_names_row *gm_catalog_name_row(const gm_catalog *catalog,
                                            const char *name); /* as people write it */
const gm_sm_targets_row *gm_catalog_sm_row(const gm_catalog *catalog, const gm_target *target);
const gm_cuda_toolkits_row *gm_catalog_toolkit_row(const gm_catalog *catalog, gm_version cuda);

#endif
