/* SPDX-License-Identifier: MIT */
#include "os/stdio.h"

#include <sys/stat.h>

#include "os/terminal.h"

FILE *gm_os_fopen(const char *path, const char *mode)
{
    return fopen(path, mode);
}

bool gm_os_rename(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

void gm_os_remove(const char *path)
{
    remove(path);
}

bool gm_os_is_replaceable(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) != 0 || S_ISREG(facts.st_mode);
}

bool gm_os_is_file(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}
