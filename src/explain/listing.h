/* SPDX-License-Identifier: MIT */
/* The messages that `explain` knows, row by row, for looking things up. */
#ifndef GM_EXPLAIN_LISTING_H
#define GM_EXPLAIN_LISTING_H

#include "model/table.h"

extern const gm_table gm_list_errors;

#endif
