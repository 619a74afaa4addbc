/* SPDX-License-Identifier: MIT */
#include "snapshot/parts.h"

const char *const gm_role_tokens[] = {
    [GM_ROLE_OTHER] = "other", [GM_ROLE_CORE] = "core", [GM_ROLE_FEATURE] = "feature", NULL};
const char *const gm_answer_tokens[] = {[GM_KEY_OK] = "ok",
                                        [GM_KEY_ABSENT] = "absent",
                                        [GM_KEY_DENIED] = "denied",
                                        [GM_KEY_FAILED] = "failed",
                                        NULL};
