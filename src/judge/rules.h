/* SPDX-License-Identifier: MIT */
/* The rules that judge.c lists. Each is described where it is defined. Internal to `judge`. */
#ifndef GM_JUDGE_RULES_H
#define GM_JUDGE_RULES_H

#include "judge/case.h"

/* rules_build.c */
void gm_rule_platform(gm_case *c);
void gm_rule_python(gm_case *c);
void gm_rule_libc(gm_case *c);
void gm_rule_gpu(gm_case *c);
void gm_rule_cpu_build(gm_case *c);
void gm_rule_vendor(gm_case *c);
void gm_rule_known_gpu(gm_case *c);
void gm_rule_whole(gm_case *c);
void gm_rule_assumed(gm_case *c);
void gm_rule_table_only(gm_case *c);
void gm_rule_unlisted(gm_case *c);

/* rules_driver.c */
void gm_rule_driver(gm_case *c);
void gm_rule_driver_floor(gm_case *c);
void gm_rule_driver_range(gm_case *c);
void gm_rule_kernel_module(gm_case *c);

/* rules_machine.c */
void gm_rule_access(gm_case *c);
void gm_rule_library(gm_case *c);
void gm_rule_order(gm_case *c);

/* rules_code.c */
void gm_rule_code(gm_case *c);
void gm_rule_features(gm_case *c);
void gm_rule_old_ptx(gm_case *c);

/* rules_container.c */
void gm_rule_container(gm_case *c);

/* rules_compiler.c */
void gm_rule_compiler(gm_case *c);

/* rules_extension.c */
void gm_rule_extension(gm_case *c);

/* rules_library.c */
void gm_rule_cudnn(gm_case *c);
void gm_rule_nvrtc(gm_case *c);
void gm_rule_triton(gm_case *c);

#endif
