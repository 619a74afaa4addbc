/* SPDX-License-Identifier: MIT */
/* Facts for keys that each system tells in its own way. Internal to `os`. */
#ifndef GM_OS_LIVE_H
#define GM_OS_LIVE_H

#include "base/keys.h"
#include "base/text.h"

/* Appends the value of a variable, which may be empty; false when it is not set. */
bool gm_os_variable(const char *name, gm_text *text);

/* May this user read and write `path` (a device file)? Nothing is opened: asking wakes no GPU. */
gm_key_answer gm_os_access(const char *path);

/* Appends the target of a symbolic link; false when it is none. */
bool gm_os_read_link(const char *path, gm_text *text);

/* Appends the ids of running devices of a class ("display"), one per line; false when the system
 * does not tell. */
bool gm_os_devices(const char *kind, gm_text *text);

/* Appends the text "KEY!NAME" of the registry; false when it is not there. */
bool gm_os_registry(const char *place, gm_text *text);

/* Appends "os" ("linux", "windows"), "arch" ("x86_64"), "libc" ("glibc 2.36"), "directory" (the
 * current one) or "host" (the computer's name); false when not
 * known. */
bool gm_os_system(const char *name, gm_text *text);

#endif
