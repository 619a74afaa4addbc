/* SPDX-License-Identifier: MIT */
/* Operating system, processor, C library; WSL by the kernel's name (docs/… detection: the kernel
 * release of WSL 2 contains "microsoft"). */
#include <string.h>

#include "probe/sources.h"

bool gm_probe_system(gm_probe *probe)
{
    gm_machine *machine = probe->machine;
    const char *os = gm_key_text(probe->keys, "system:os", probe->arena);
    const char *arch = gm_key_text(probe->keys, "system:arch", probe->arena);
    const char *release = gm_key_text(probe->keys, "file:/proc/sys/kernel/osrelease", probe->arena);
    static const char glibc[] = "glibc ";
    if (os)
        gm_os_parse(os, &machine->os);
    if (arch)
        gm_cpu_parse(arch, &machine->cpu);
    machine->libc = gm_key_text(probe->keys, "system:libc", probe->arena);
    if (machine->libc && !strncmp(machine->libc, glibc, strlen(glibc)))
        gm_version_read(machine->libc + strlen(glibc), &machine->glibc);
    if (machine->os == GM_OS_LINUX && release && strstr(release, "microsoft"))
        machine->os = GM_OS_WSL;
    if (machine->os == GM_OS_MACOS)
        machine->gpus = GM_ABSENT;
    return true;
}
