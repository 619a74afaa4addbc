/* SPDX-License-Identifier: MIT */
#ifndef GM_BASE_FORMAT_H
#define GM_BASE_FORMAT_H

/* Checks printf-like arguments by the C standard's rules on every system; gcc's plain "printf"
 * means Microsoft's own formats when it compiles for Windows. */
#if defined(__clang__)
#define GM_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define GM_FORMAT(text, first) __attribute__((format(gnu_printf, text, first)))
#endif

#endif
