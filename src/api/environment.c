/* SPDX-License-Identifier: MIT */
#include "api/run.h"

gm_status gm_run_add_environment(gm_run *run, const char *directory)
{
    (void)run;
    (void)directory;
    return GM_OK;
}
