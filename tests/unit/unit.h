/* SPDX-License-Identifier: MIT */
/* cmocka needs these before it. */
#ifndef GM_TESTS_UNIT_H
#define GM_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
