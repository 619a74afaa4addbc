/* SPDX-License-Identifier: MIT */
#include "os/live.h"

#include <stdlib.h>
#include <string.h>

#include "os/terminal.h"
#include "os/windows.h"

bool gm_os_variable(const char *name, gm_text *text)
{
    return gm_os_getenv(name, text); /* Windows keeps no empty variables */
}

gm_key_answer gm_os_access(const char *path)
{
    (void)path;
    return GM_KEY_ABSENT;
}

bool gm_os_read_link(const char *path, gm_text *text)
{
    (void)path;
    (void)text;
    return false;
}

static bool add_directory(gm_text *text)
{
    wchar_t wide[MAX_PATH];
    DWORD size = GetCurrentDirectoryW(MAX_PATH, wide);
    char *directory = size && size < MAX_PATH ? gm_os_narrow(wide) : NULL;
    if (directory)
        gm_text_add(text, directory);
    free(directory);
    return directory != NULL;
}

bool gm_os_system(const char *name, gm_text *text)
{
    SYSTEM_INFO info;
    if (!strcmp(name, "os")) {
        gm_text_add(text, "windows");
        return true;
    }
    if (!strcmp(name, "directory"))
        return add_directory(text);
    if (!strcmp(name, "host"))
        return gm_os_getenv("COMPUTERNAME", text);
    if (strcmp(name, "arch"))
        return false;
    GetNativeSystemInfo(&info);
    if (info.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64)
        gm_text_add(text, "x86_64");
    else if (info.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_ARM64)
        gm_text_add(text, "aarch64");
    else
        return false;
    return true;
}
