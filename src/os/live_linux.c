/* SPDX-License-Identifier: MIT */
#include "os/live.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

bool gm_os_variable(const char *name, gm_text *text)
{
    const char *value = getenv(name);
    if (value)
        gm_text_add(text, value);
    return value != NULL;
}

gm_key_answer gm_os_access(const char *path)
{
    if (access(path, R_OK | W_OK) == 0)
        return GM_KEY_OK;
    if (errno == ENOENT || errno == ENOTDIR)
        return GM_KEY_ABSENT;
    return errno == EACCES || errno == EPERM ? GM_KEY_DENIED : GM_KEY_FAILED;
}

bool gm_os_read_link(const char *path, gm_text *text)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target);
    if (size < 0)
        return false;
    gm_text_add_n(text, target, (size_t)size);
    return true;
}

static bool add_libc(gm_text *text)
{
#if defined(__GLIBC__)
    gm_text_addf(text, "glibc %s", gnu_get_libc_version());
    return true;
#else
    (void)text;
    return false;
#endif
}

bool gm_os_system(const char *name, gm_text *text)
{
    struct utsname facts;
    char directory[PATH_MAX];
    if (!strcmp(name, "libc"))
        return add_libc(text);
    if (!strcmp(name, "directory")) {
        gm_text_add(text, getcwd(directory, sizeof directory) ? directory : "");
        return text->size > 0;
    }
    if (uname(&facts) != 0)
        return false;
    if (!strcmp(name, "os"))
        gm_text_add(text, !strcmp(facts.sysname, "Darwin") ? "macos" : "linux");
    else if (!strcmp(name, "host"))
        gm_text_add(text, facts.nodename);
    else if (!strcmp(name, "arch"))
        gm_text_add(text, facts.machine);
    else
        return false;
    return true;
}

bool gm_os_devices(const char *kind, gm_text *text)
{
    (void)kind;
    (void)text;
    return false; /* /sys tells */
}

bool gm_os_registry(const char *place, gm_text *text)
{
    (void)place;
    (void)text;
    return false;
}
