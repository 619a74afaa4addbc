/* SPDX-License-Identifier: MIT */
#ifndef GM_OS_KEYS_H
#define GM_OS_KEYS_H

#include "base/keys.h"

/* Answers keys from the live system. Kinds that a system does not have (list:/sys on Windows) are
 * absent. */
gm_key_reader gm_os_keys(void);

#endif
