/* SPDX-License-Identifier: MIT */
/* Devices and the registry of Windows
 * (https://learn.microsoft.com/windows/win32/api/cfgmgr32, …/windows/win32/sysinfo/registry). */
#include "os/live.h"

#include <stdlib.h>
#include <string.h>

#include "os/windows.h"

#include <cfgmgr32.h>

/* GUID_DEVCLASS_DISPLAY */
#define DISPLAY_CLASS L"{4d36e968-e325-11ce-bfc1-08002be10318}"
#define BELOW         "SYSTEM\\CurrentControlSet\\"
#define IDS_MAX       65536u
#define VALUE_BYTES   8192u

/* A list of texts that an empty one ends. */
static bool add_lines(gm_text *text, const wchar_t *list, size_t room)
{
    for (size_t at = 0; at < room && list[at]; at += wcslen(list + at) + 1) {
        char *line = gm_os_narrow(list + at);
        if (!line)
            return false;
        gm_text_addf(text, "%s\n", line);
        free(line);
    }
    return !text->failed;
}

bool gm_os_devices(const char *kind, gm_text *text)
{
    const ULONG running = CM_GETIDLIST_FILTER_CLASS | CM_GETIDLIST_FILTER_PRESENT;
    wchar_t name[] = DISPLAY_CLASS;
    ULONG size = 0;
    if (strcmp(kind, "display") ||
        CM_Get_Device_ID_List_SizeW(&size, name, running) != CR_SUCCESS || size > IDS_MAX)
        return false;
    wchar_t *list = calloc((size_t)size + 2, sizeof *list);
    bool ok = list && CM_Get_Device_ID_ListW(name, list, size, running) == CR_SUCCESS &&
              add_lines(text, list, size);
    free(list);
    return ok;
}

/* KEY and NAME of "KEY!NAME" as Windows wants them; both NULL without memory. */
static void split(const char *place, wchar_t **ret_key, wchar_t **ret_name)
{
    const char *mark = strrchr(place, '!');
    gm_text key = GM_TEXT_INIT;
    *ret_key = *ret_name = NULL;
    if (!mark)
        return;
    gm_text_add(&key, BELOW);
    gm_text_add_n(&key, place, (size_t)(mark - place));
    *ret_key = key.failed ? NULL : gm_os_widen(key.data);
    *ret_name = gm_os_widen(mark + 1);
    gm_text_free(&key);
}

bool gm_os_registry(const char *place, gm_text *text)
{
    wchar_t *key, *name, value[VALUE_BYTES / sizeof(wchar_t)];
    DWORD size = sizeof value;
    split(place, &key, &name);
    bool there = key && name &&
                 RegGetValueW(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_SZ, NULL, value, &size) ==
                     ERROR_SUCCESS;
    char *narrow = there ? gm_os_narrow(value) : NULL;
    if (narrow)
        gm_text_add(text, narrow);
    free(narrow);
    free(key);
    free(name);
    return narrow != NULL;
}
