/* SPDX-License-Identifier: MIT */
/* UTF-8 and UTF-16 at the border to Windows. Internal to `os`. */
#ifndef GM_OS_WINDOWS_H
#define GM_OS_WINDOWS_H

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00 /* Windows 10 */
#endif
#include <windows.h>

#include <shellapi.h>
#include <wchar.h>

/* Copies to be freed by the caller; NULL without memory. Unpaired surrogates become U+FFFD. */
wchar_t *gm_os_widen(const char *text);
char *gm_os_narrow(const wchar_t *text);

#endif
