/* SPDX-License-Identifier: MIT */
/* The C library's file functions with UTF-8 paths. Internal to `os`. */
#ifndef GM_OS_STDIO_H
#define GM_OS_STDIO_H

#include <stdbool.h>
#include <stdio.h>

FILE *gm_os_fopen(const char *path, const char *mode);
bool gm_os_rename(const char *from, const char *to); /* replaces `to` */
void gm_os_remove(const char *path);
/* Nothing is there yet, or a plain file: what may be replaced by another file. False for devices,
 * pipes and links, which must stay what they are. */
bool gm_os_is_replaceable(const char *path);
/* Columns of the terminal on standard output; 0: it is none. */
unsigned gm_os_terminal_columns(void);

#endif
